"""What is remembered of goods and products: rows seen, products desired, sent and existing.

A good is *settled* when the last plan found nothing to do for it and nothing about it has changed since:
settled goods are not looked at again. Source: design §5.1, §5.4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from torgsync.core.diff import Sent
from torgsync.core.fields import FIELDS, TERMS, Value
from torgsync.core.findings import Code, Finding
from torgsync.core.plan import Known, Skipped, Standing
from torgsync.core.products import Existing, Kept, Product, dump, keep, load
from torgsync.core.select import Reason
from torgsync.core.variants import PLACED
from torgsync.state import tables as t

_Item = TypeVar("_Item")

PAGE = 100
"""Rows fetched or named in one statement."""
_STREAM = 10_000
"""Rows of the narrow table fetched at once."""

_BEST_FIRST = (t.existing.c.deleted, t.existing.c.prom_id)
"""Prom may list a deleted product beside the one that was made anew under its external id."""


_UNSETTLED = {"settled": False, "card_settled": False}
_TERMS_UNSETTLED = {
    "settled": False,
    # What is left alone is told field by field, so such a good is compared as a whole.
    "card_settled": case((t.goods.c.left_alone != "", False), else_=t.goods.c.card_settled),
}


@dataclass(frozen=True, slots=True)
class GoodRow:
    """One row of the export as it is to be remembered.

    `mark` is the hash of the row, 63 bits; `model` the number of its model, 0 for none (`core/variants.py`);
    `section` the number under which its path of groups is remembered, 0 for none; `traits` a hash of all that
    makes it a variant of its model, 63 bits; `card` a hash of all that makes its card, 63 bits, 0 where that
    was not looked at. `whole` tells that the product is all of it: else it is the terms of a good that went
    before and goes now, about which nothing was found before, and everything else of it is what it was.
    """

    good_id: str
    mark: int
    line: int
    standing: Standing
    reason: str = ""
    product: Product | None = None
    findings: tuple[Finding, ...] = ()
    model: int = 0
    section: int = 0
    traits: int = 0
    card: int = 0
    whole: bool = True


class OldRow(NamedTuple):
    """What was remembered of a row before this reading: its mark, 0 where it must be read anew."""

    mark: int
    model: int
    section: int
    traits: int
    card: int
    standing: str


@dataclass(frozen=True, slots=True)
class Looks:
    """When Prom was looked at: the start of the last look, and of the last full one."""

    looked: datetime | None
    full: datetime | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Prom refused of a good: the desired product, Prom's reason, and when."""

    values: Mapping[str, Value]
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is remembered of one good, whether the export has it or not.

    `standing` is None where no export ever had it; `sent_at` and `refusal` are None where there is none.
    """

    standing: Standing | None
    reason: str
    desired: Product | None
    sent: Sent | None
    sent_at: datetime | None
    existing: Existing | None
    refusal: Refusal | None
    findings: tuple[Finding, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is remembered."""
        return self.standing is None and self.sent is None and self.existing is None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What Prom accepted of one product, and what it showed right after where that differs."""

    good_id: str
    values: Mapping[str, Value]
    echo: Mapping[str, Value]


class Catalog:
    """Goods and products of one object, inside one transaction."""

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug
        self._stirred = self._recount = False

    # The object as a whole

    def begin_settings(self, fingerprint: str) -> bool:
        """Note the settings that a plan is made with, and tell whether they are those of the last one.

        Where they changed, no good is settled any more.
        """
        row = self._db.execute(select(t.objects.c.settings).where(t.objects.c.object == self._slug)).scalar()
        if row == fingerprint:
            return True
        self._stir()
        t.upsert(self._db, t.objects, [{"object": self._slug, "settings": fingerprint}])
        self._db.execute(update(t.goods).where(t.goods.c.object == self._slug).values(**_UNSETTLED))
        return False

    def reading(self) -> tuple[str, str]:
        """Return the fingerprint of the last whole reading and what was noted of it; empty before one."""
        row = self._db.execute(
            select(t.objects.c.reading, t.objects.c.read_info).where(t.objects.c.object == self._slug)
        ).one_or_none()
        return (row.reading, row.read_info) if row else ("", "")

    def end_reading(self, fingerprint: str, noted: str) -> None:
        """Remember that an export was read to its end."""
        row = {"object": self._slug, "reading": fingerprint, "read_info": noted}
        t.upsert(self._db, t.objects, [row])

    def quiet(self) -> str:
        """Return the sums of the last plan, if it found nothing to do and nothing has moved since."""
        found = select(t.objects.c.quiet).where(t.objects.c.object == self._slug)
        return self._db.execute(found).scalar() or ""

    def note_quiet(self, sums: str) -> None:
        """Remember the sums of a plan that found nothing to do."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "quiet": sums}])
        self._stirred = False

    def _stir(self) -> None:
        """Forget the quiet sums: something moved."""
        if not self._stirred:
            self._db.execute(update(t.objects).where(t.objects.c.object == self._slug).values(quiet=""))
            self._stirred = True

    def foreign_count(self) -> int:
        """Return how many products are foreign; it is counted anew only where it may have changed."""
        known = select(t.objects.c.foreign).where(t.objects.c.object == self._slug)
        count = self._db.execute(known).scalar()
        if count is None:
            count = self._db.execute(
                select(func.count()).select_from(self._foreign().subquery())
            ).scalar_one()
            t.upsert(self._db, t.objects, [{"object": self._slug, "foreign": count}])
            self._recount = False
        return int(count)

    def _recount_foreign(self) -> None:
        """Have foreign products counted anew: a product or a good came or went."""
        self._stir()
        if not self._recount:
            self._db.execute(update(t.objects).where(t.objects.c.object == self._slug).values(foreign=None))
            self._recount = True

    def begun(self) -> bool:
        """Tell whether the shop is this object's: something was sent there, or it was taken over."""
        o = t.objects.c
        begun = func.coalesce(o.first_write_at, o.adopted_at)
        return bool(self._db.execute(select(begun).where(o.object == self._slug)).scalar())

    def note_first_write(self, now: datetime) -> None:
        """Remember that something is about to be sent."""
        o = t.objects.c
        wrote = self._db.execute(select(o.first_write_at).where(o.object == self._slug)).scalar()
        if wrote is None:
            t.upsert(self._db, t.objects, [{"object": self._slug, "first_write_at": now}])

    def selection(self) -> str:
        """Return how goods were selected when last a run took products out, or might have; else empty."""
        found = select(t.objects.c.selection).where(t.objects.c.object == self._slug)
        return self._db.execute(found).scalar() or ""

    def note_selection(self, selection: str) -> None:
        """Remember how goods were selected by a run whose removals nothing held."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "selection": selection}])

    # Rows of the export

    def marks(self) -> set[int]:
        """Return the marks of all rows that the last export had.

        A million of them are fetched at every look, so they come from the driver itself.
        """
        c = t.goods.c
        rows = self._db.execute(
            select(c.digest).where(c.object == self._slug, c.standing != Standing.GONE, c.digest != 0)
        )
        cursor: Iterable[tuple[int]] = rows.cursor or ()  # type: ignore[assignment]  # every driver's iterates
        return set(chain.from_iterable(cursor))

    def old_rows(self, good_ids: Sequence[str]) -> dict[str, OldRow]:
        """Return what was remembered of these rows, keyed by good, as far as the last export had them."""
        found: dict[str, OldRow] = {}
        for page in _pages(good_ids):
            rows = self._db.execute(self._old_rows().where(t.goods.c.good_id.in_(page)))
            found |= _old_rows(rows)
        return found

    def rows_of(self, wanted: Callable[[str, int], bool]) -> dict[str, OldRow]:
        """Return the rows of the last export that `wanted` says yes to, by id and mark."""
        rows = self._db.execute(self._old_rows().execution_options(yield_per=_STREAM))
        return _old_rows(row for row in rows if wanted(row.good_id, row.digest))

    def rows_marked(self, marks: Collection[int]) -> dict[str, OldRow]:
        """Return the rows of the last export that have one of these marks."""
        if len(marks) > PAGE:
            return self.rows_of(lambda _, mark: mark in marks)
        rows = self._db.execute(self._old_rows().where(t.goods.c.digest.in_(list(marks))))
        return _old_rows(rows)

    def _old_rows(self) -> Select[tuple[str, int, int, int, int, int, str]]:
        c = t.goods.c
        return select(c.good_id, c.digest, c.model, c.section, c.traits, c.card, c.standing).where(
            c.object == self._slug, c.standing != Standing.GONE
        )

    def remember_rows(self, rows: Sequence[GoodRow], known: Collection[str] = ()) -> None:
        """Remember new and changed rows. What was desired of a blocked good stays.

        `known` are goods that the last export had as well.
        """
        if not rows:
            return
        self._stir()
        if any(row.good_id not in known for row in rows):
            self._recount_foreign()
        self._remember_whole([row for row in rows if row.whole], known)
        self._remember_terms([row for row in rows if not row.whole])
        self._add_findings([finding for row in rows for finding in row.findings])

    def _remember_whole(self, rows: Sequence[GoodRow], known: Collection[str]) -> None:
        t.upsert(
            self._db,
            t.goods,
            [
                {
                    "object": self._slug,
                    "good_id": row.good_id,
                    "digest": row.mark,
                    "standing": row.standing,
                    "reason": row.reason,
                    "line": row.line,
                    **_UNSETTLED,
                    "model": row.model,
                    "section": row.section,
                    "traits": row.traits,
                    "card": row.card,
                }
                for row in rows
            ],
        )
        titles = self._titles([row.good_id for row in rows if row.product and not row.product.title])
        wanted = [
            {
                "object": self._slug,
                "good_id": row.good_id,
                "title": row.product.title or titles.get(row.good_id, ""),
                **keep(row.product.values)._asdict(),
            }
            for row in rows
            if row.product is not None
        ]
        t.upsert(self._db, t.desired, wanted)
        for page in _pages([row.good_id for row in rows if row.good_id in known]):
            self._db.execute(
                delete(t.findings).where(t.findings.c.object == self._slug, t.findings.c.good_id.in_(page))
            )

    def _titles(self, good_ids: Sequence[str]) -> dict[str, str]:
        """Return the names by which these goods were known, keyed by id."""
        c = t.desired.c
        found: dict[str, str] = {}
        for page in _pages(good_ids):
            rows = self._db.execute(
                select(c.good_id, c.title).where(c.object == self._slug, c.good_id.in_(page))
            )
            found.update((good_id, title) for good_id, title in rows)
        return found

    def _remember_terms(self, rows: Sequence[GoodRow]) -> None:
        if not rows:
            return
        g, d = t.goods.c, t.desired.c
        of: ColumnElement[str] = bindparam("of")
        self._db.execute(
            update(t.goods)
            .where(g.object == self._slug, g.good_id == of)
            .values(digest=bindparam("mark"), line=bindparam("at"), **_TERMS_UNSETTLED),
            [{"of": row.good_id, "mark": row.mark, "at": row.line} for row in rows],
        )
        self._db.execute(
            update(t.desired).where(d.object == self._slug, d.good_id == of).values(terms=bindparam("moved")),
            [{"of": row.good_id, "moved": dump(row.product.values)} for row in rows if row.product],
        )

    def _add_findings(self, found: Sequence[Finding]) -> None:
        if found:
            self._db.execute(insert(t.findings), [t.finding_row(self._slug, finding) for finding in found])

    def _forget_findings(self, good_ids: Sequence[str], codes: Collection[Code]) -> None:
        f = t.findings.c
        if good_ids:
            self._db.execute(
                delete(t.findings).where(
                    f.object == self._slug, f.good_id.in_(good_ids), f.code.in_(sorted(codes))
                )
            )

    def block(self, good_id: str, finding: Finding, line: int) -> None:
        """Leave a good as it is on Prom, and say why, and nothing else. Its row is read anew next time.

        `line` is the first of its lines.
        """
        self._stir()
        self._db.execute(
            delete(t.findings).where(t.findings.c.object == self._slug, t.findings.c.good_id == good_id)
        )
        self._db.execute(
            update(t.goods)
            .where(t.goods.c.object == self._slug, t.goods.c.good_id == good_id)
            .values(
                standing=Standing.BLOCKED,
                reason=Reason.BLOCKED,
                line=line,
                digest=0,
                section=0,
                traits=0,
                card=0,
                **_UNSETTLED,
            )
        )
        self._add_findings([finding])

    def mark_gone(self, good_ids: Iterable[str]) -> None:
        """Remember that the export does not have these goods any more."""
        gone = list(good_ids)
        if gone:
            self._recount_foreign()
        for page in _pages(gone):
            self._db.execute(
                update(t.goods)
                .where(t.goods.c.object == self._slug, t.goods.c.good_id.in_(page))
                .values(standing=Standing.GONE, reason="", line=0, **_UNSETTLED)
            )
            self._db.execute(
                delete(t.findings).where(t.findings.c.object == self._slug, t.findings.c.good_id.in_(page))
            )

    def lines_of_findings(self) -> dict[int, int]:
        """Return the line of each row whose good has findings, keyed by its mark."""
        rows = self._db.execute(
            select(t.goods.c.digest, t.goods.c.line)
            .join(
                t.findings,
                and_(t.findings.c.object == t.goods.c.object, t.findings.c.good_id == t.goods.c.good_id),
            )
            .where(t.goods.c.object == self._slug, t.goods.c.standing != Standing.GONE)
            .distinct()
        )
        return {mark: line for mark, line in rows}  # noqa: C416  # a row is no pair to mypy

    def move_rows(self, lines: Mapping[int, int]) -> None:
        """Bring lines up to date where rows with findings moved without changing, keyed by mark."""
        places = self.rows_marked(lines) if lines else {}
        for table in (t.goods, t.findings):
            if places:
                self._db.execute(
                    update(table)
                    .where(table.c.object == self._slug, table.c.good_id == bindparam("moved"))
                    .values(line=bindparam("to")),
                    [{"moved": good_id, "to": lines[row.mark]} for good_id, row in places.items()],
                )

    def findings(self, good_id: str | None = None, code: Code | None = None) -> Iterator[Finding]:
        """Yield all findings of goods, or those of one good or one code, by line."""
        c = t.findings.c
        query = select(c.code, c.message, c.good_id, c.line, c.name, c.value, c.file).where(
            c.object == self._slug
        )
        if good_id is not None:
            query = query.where(c.good_id == good_id)
        if code is not None:
            query = query.where(c.code == code)
        for row in self._db.execute(query.order_by(c.line, c.id).execution_options(yield_per=PAGE)):
            yield Finding(Code(row.code), row.message, row.good_id, row.line, row.name, row.value, row.file)

    def finding_counts(self) -> dict[Code, int]:
        """Return how many findings of goods there are, keyed by code."""
        c = t.findings.c
        rows = self._db.execute(
            select(c.code, func.count()).where(c.object == self._slug).group_by(c.code).order_by(c.code)
        )
        return {Code(code): count for code, count in rows}

    def standings(self) -> dict[tuple[str, str], int]:
        """Return how many goods stand how: keyed by standing and reason."""
        c = t.goods.c
        rows = self._db.execute(
            select(c.standing, c.reason, func.count())
            .where(c.object == self._slug)
            .group_by(c.standing, c.reason)
        )
        return {(standing, reason): count for standing, reason, count in rows}

    def skipped(self, reason: str | None = None) -> Iterator[Skipped]:
        """Yield the goods of the last export that a rule or an error keeps out, in the order of the file.

        With `reason` only those.
        """
        g = t.goods.c
        rows = self._db.execute(
            select(g.good_id, g.line, g.reason)
            .where(g.object == self._slug, g.reason != "" if reason is None else g.reason == reason)
            .order_by(g.line, g.good_id)
        ).all()
        for page in _pages(rows):
            known = self.known([row.good_id for row in page])
            said = self._blocking([row.good_id for row in page if row.reason == Reason.BLOCKED])
            for good_id, line, why in page:
                yield Skipped(good_id, why, line, known[good_id].title, said.get(good_id, ""))

    def _blocking(self, good_ids: Sequence[str]) -> dict[str, str]:
        """Return what blocks these goods, keyed by id."""
        c = t.findings.c
        rows = self._db.execute(
            select(c.good_id, c.message)
            .where(c.object == self._slug, c.good_id.in_(good_ids), c.code == Code.ID_DUPLICATE)
            .order_by(c.id)
        )
        return {good_id: message for good_id, message in rows}  # noqa: C416

    # Photos

    def photos(self) -> dict[str, tuple[int, int, str]]:
        """Return size, modification time and digest of the photos seen last, keyed by file name.

        The digest is empty where no good of the export asked for it.
        """
        c = t.photos.c
        rows = self._db.execute(select(c.name, c.size, c.modified_ns, c.digest).where(c.object == self._slug))
        return {name: (size, modified, digest) for name, size, modified, digest in rows}

    def remember_photos(self, photos: Mapping[str, tuple[int, int, str]], gone: Sequence[str] = ()) -> None:
        """Remember photos as `photos()` returns them, and forget those that are gone."""
        rows = [
            {"object": self._slug, "name": name, "size": size, "modified_ns": modified, "digest": digest}
            for name, (size, modified, digest) in photos.items()
        ]
        t.upsert(self._db, t.photos, rows)
        for page in _pages(gone):
            self._db.execute(
                delete(t.photos).where(t.photos.c.object == self._slug, t.photos.c.name.in_(page))
            )

    def note_unfetched(self, photos: Mapping[str, int], now: datetime) -> None:
        """Remember how many photos of goods Prom could not fetch, keyed by good; 0 forgets it."""
        lost = {good_id: number for good_id, number in photos.items() if number}
        if photos:
            self._stir()
        for page in _pages([good_id for good_id in photos if good_id not in lost]):
            c = t.unfetched.c
            self._db.execute(delete(t.unfetched).where(c.object == self._slug, c.good_id.in_(page)))
        rows = [{"object": self._slug, "good_id": good, "photos": n, "at": now} for good, n in lost.items()]
        t.upsert(self._db, t.unfetched, rows)

    def unfetched(self) -> dict[str, int]:
        """Return how many photos Prom could not fetch, keyed by good, for goods that go."""
        g, u = t.goods.c, t.unfetched.c
        rows = self._db.execute(
            select(u.good_id, u.photos)
            .join(t.goods, and_(g.object == u.object, g.good_id == u.good_id))
            .where(u.object == self._slug, g.standing == Standing.IN)
            .order_by(u.good_id)
        )
        return {good_id: photos for good_id, photos in rows}  # noqa: C416  # a row is no pair to mypy

    # What Prom shows

    def looks(self) -> Looks:
        """Return when Prom was looked at."""
        row = self._db.execute(
            select(t.objects.c.looked_at, t.objects.c.full_look_at).where(t.objects.c.object == self._slug)
        ).one_or_none()
        return Looks(row.looked_at, row.full_look_at) if row else Looks(None, None)

    def begin_look(self) -> int:
        """Return the number of a new look."""
        number = self.current_look() + 1
        t.upsert(self._db, t.objects, [{"object": self._slug, "look": number}])
        return number

    def current_look(self) -> int:
        """Return the number of the newest look."""
        return (
            self._db.execute(select(t.objects.c.look).where(t.objects.c.object == self._slug)).scalar() or 0
        )

    def end_look(self, started: datetime, *, full: bool) -> None:
        """Remember that a look came to its end."""
        times = {"looked_at": started} | ({"full_look_at": started} if full else {})
        t.upsert(self._db, t.objects, [{"object": self._slug, **times}])

    def anchors(self, most: int) -> list[tuple[str, str]]:
        """Return some of our products that are there, each with Prom's id and the good's: the oldest ones."""
        c = t.existing.c
        ours = select(t.sent.c.good_id).where(t.sent.c.object == self._slug)
        rows = self._db.execute(
            select(c.prom_id, c.good_id)
            .where(c.object == self._slug, c.deleted.is_(False), c.good_id.in_(ours))
            .order_by(func.length(c.prom_id), c.prom_id)
            .limit(most)
        )
        return [(row.prom_id, row.good_id) for row in rows]

    def knows(self, products: Sequence[tuple[str, str]]) -> bool:
        """Tell whether one of these products was seen in this shop before, by Prom's id and external id.

        One without an external id tells nothing: the ids of two shops may be alike.
        """
        c = t.existing.c
        external = func.coalesce(c.alias, c.good_id)
        told = [pair for pair in products if pair[1]]
        query = (
            select(c.prom_id).where(c.object == self._slug, tuple_(c.prom_id, external).in_(told)).limit(1)
        )
        return bool(told) and self._db.execute(query).scalar() is not None

    def groups(self) -> frozenset[str]:
        """Return the ids of the shop's groups, as far as they are known."""
        kept = self._db.execute(select(t.objects.c.groups).where(t.objects.c.object == self._slug)).scalar()
        return frozenset((kept or "").split())

    def remember_groups(self, ids: Iterable[str]) -> None:
        """Remember the ids of the shop's groups."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "groups": " ".join(sorted(ids))}])

    def forget_shop(self) -> None:
        """Forget all that was seen and sent: the object begins anew, in another shop or an emptied one."""
        for table in (t.existing, t.sent, t.adoptions, t.candidates, t.unfetched):
            self._db.execute(delete(table).where(table.c.object == self._slug))
        self.forget_refusals()
        self._recount_foreign()
        anew = {"looked_at": None, "full_look_at": None, "first_write_at": None, "groups": ""}
        anew |= {"adopted_at": None}
        t.upsert(self._db, t.objects, [{"object": self._slug, **anew}])

    def remember_existing(self, products: Sequence[Existing], look: int) -> None:
        """Remember what Prom shows. Goods whose product changed since the last look are not settled."""
        kept = {product.prom_id: keep(product.values) for product in products}
        known: dict[str, tuple[str, Kept]] = {}
        e = t.existing.c
        for page in _pages(list(kept)):
            rows = self._db.execute(
                select(e.prom_id, e.good_id, e.terms, e.card).where(
                    e.object == self._slug, e.prom_id.in_(page)
                )
            )
            known.update((row.prom_id, (row.good_id, Kept(row.terms, row.card))) for row in rows)
        t.upsert(
            self._db,
            t.existing,
            [
                {
                    "object": self._slug,
                    "prom_id": product.prom_id,
                    "good_id": product.good_id,
                    "alias": product.alias,
                    **kept[product.prom_id]._asdict(),
                    "modified": product.modified,
                    "look": look,
                    **_facts(product.values),
                }
                for product in products
            ],
        )
        changed, moved = set[str](), set[str]()
        for product in products:
            now, before = kept[product.prom_id], known.get(product.prom_id)
            if before is None or (product.good_id, now.card) != (before[0], before[1].card):
                changed |= {product.good_id, before[0] if before else ""}
            elif now != before[1]:
                moved.add(product.good_id)
        if changed or moved:
            self._recount_foreign()
        self.unsettle(sorted(changed))
        self.unsettle(sorted(moved), card=False)

    def unseen(self, look: int) -> list[str]:
        """Return the ids of goods that should be on Prom and were not shown by a full look."""
        seen = select(t.existing.c.good_id).where(
            t.existing.c.object == self._slug, t.existing.c.look == look
        )
        missing = select(t.existing.c.good_id).where(
            t.existing.c.object == self._slug, t.existing.c.look != look, t.existing.c.good_id != ""
        )
        lost = (
            select(t.sent.c.good_id)
            .where(t.sent.c.object == self._slug)
            .where(t.sent.c.terms.not_like('%"status":"deleted"%'))
        )
        rows = self._db.execute(missing.union(lost)).scalars()
        shown = set(self._db.execute(seen).scalars())
        return sorted(good_id for good_id in rows if good_id not in shown)

    def forget_unseen(self, look: int) -> None:
        """Forget the products that a full look and a second question did not show: they are not on Prom."""
        c = t.existing.c
        gone = (
            self._db.execute(select(c.good_id).where(c.object == self._slug, c.look != look)).scalars().all()
        )
        self._db.execute(delete(t.existing).where(c.object == self._slug, c.look != look))
        if gone:
            self._recount_foreign()
        self.unsettle(gone)

    def forget_good(self, good_id: str) -> None:
        """Forget the product of a good, which is not on Prom any more; the next look sees everything."""
        c = t.existing.c
        self._db.execute(delete(t.existing).where(c.object == self._slug, c.good_id == good_id))
        t.upsert(self._db, t.objects, [{"object": self._slug, "full_look_at": None}])
        self._recount_foreign()
        self.unsettle([good_id])

    def forget_existing(self, prom_ids: Sequence[str]) -> None:
        """Forget products that are not on Prom any more."""
        self._recount_foreign()
        c = t.existing.c
        for page in _pages(prom_ids):
            self._db.execute(delete(t.existing).where(c.object == self._slug, c.prom_id.in_(page)))

    def unsettle(self, good_ids: Iterable[str], *, card: bool = True) -> None:
        """Have these goods looked at by the next plan; an empty id stands for a product without one.

        Without `card` nothing but their terms has moved.
        """
        ids = list(good_ids)
        if ids:
            self._stir()
        for page in _pages([good_id for good_id in ids if good_id]):
            self._db.execute(
                update(t.goods)
                .where(t.goods.c.object == self._slug, t.goods.c.good_id.in_(page))
                .values(**(_UNSETTLED if card else _TERMS_UNSETTLED))
            )

    def existing_count(self) -> int:
        """Return how many products Prom shows, deleted ones left out."""
        c = t.existing.c
        return (
            self._db.execute(
                select(func.count())
                .select_from(t.existing)
                .where(c.object == self._slug, c.deleted.is_(False))
            ).scalar()
            or 0
        )

    def in_stock_count(self) -> int:
        """Return how many products Prom shows as available."""
        c = t.existing.c
        return self._db.execute(
            select(func.count())
            .select_from(t.existing)
            .where(c.object == self._slug, c.deleted.is_(False), c.available.is_(True))
        ).scalar_one()

    def pictured_count(self) -> int:
        """Return to how many products on Prom photos were sent."""
        s, e = t.sent.c, t.existing.c
        return self._db.execute(
            select(func.count())
            .select_from(t.sent)
            .join(t.existing, and_(e.object == s.object, e.good_id == s.good_id))
            .where(s.object == self._slug, e.deleted.is_(False), s.card.like('%"photos":[{%'))
        ).scalar_one()

    def foreign(self) -> list[Existing]:
        """Return the products that are neither in the export nor ever sent by us, by Prom's id."""
        rows = self._db.execute(self._foreign().order_by(t.existing.c.prom_id))
        return [Existing(row.prom_id, row.good_id, load(row.terms, row.card), row.modified) for row in rows]

    def _foreign(self) -> Select[tuple[str, str, str, str, datetime | None]]:
        """Ask for foreign products; what may be a good of ours is none until a person has decided."""
        c = t.existing.c
        doubted = select(t.candidates.c.prom_id).where(t.candidates.c.object == self._slug)
        ours = select(t.sent.c.good_id).where(t.sent.c.object == self._slug)
        here = select(t.goods.c.good_id).where(
            t.goods.c.object == self._slug, t.goods.c.standing != Standing.GONE
        )
        return (
            select(c.prom_id, c.good_id, c.terms, c.card, c.modified)
            .where(c.object == self._slug, c.deleted.is_(False), c.prom_id.not_in(doubted))
            .where(or_(c.good_id == "", and_(c.good_id.not_in(ours), c.good_id.not_in(here))))
        )

    # Deciding

    def unsettled(self) -> Iterator[list[Known]]:
        """Yield, in the order of the file and by pages, what is known of goods that are not settled.

        Where the card of a good that goes and is on Prom is settled, its products carry their terms alone.
        """
        e = t.existing.c
        on_prom = and_(t.goods.c.standing == Standing.IN, e.prom_id.is_not(None), e.deleted.is_(False))
        after: tuple[int, str] | None = None
        while True:
            g = t.goods.c
            query = self._known(terms=and_(g.card_settled, on_prom)).where(g.settled.is_(False))
            if after is not None:
                query = query.where(tuple_(g.line, g.good_id) > after)
            rows = self._db.execute(query.order_by(g.line, g.good_id, *_BEST_FIRST).limit(PAGE)).all()
            if not rows:
                return
            yield [_known(best) for _, (best, *_) in groupby(rows, attrgetter("good_id"))]
            after = (rows[-1].line, rows[-1].good_id)

    def known(self, good_ids: Sequence[str]) -> dict[str, Known]:
        """Return all that is known of these goods, keyed by id; goods never seen are left out."""
        found: dict[str, Known] = {}
        for page in _pages(good_ids):
            query = self._known().where(t.goods.c.good_id.in_(page)).order_by(*_BEST_FIRST)
            for row in self._db.execute(query):
                found.setdefault(row.good_id, _known(row))
        return found

    def _known(self, *, terms: ColumnElement[bool] | None = None) -> Select[Any]:
        """Ask for all that is known; only the terms of products where `terms` is true."""
        g, d, s, e, r = t.goods.c, t.desired.c, t.sent.c, t.existing.c, t.refusals.c

        def of_good(table: Table) -> ColumnElement[bool]:
            return and_(table.c.object == g.object, table.c.good_id == g.good_id)

        def card_of(table: Table) -> ColumnElement[str]:
            card: ColumnElement[str] = table.c.card
            return (card if terms is None else case((terms, None), else_=card)).label(f"{table.name}_card")

        doubt = (
            select(t.candidates.c.prom_id)
            .where(t.candidates.c.object == g.object, t.candidates.c.good_id == g.good_id)
            .exists()
        )
        other = t.existing.alias("other")
        taken = select(other.c.prom_id).where(other.c.object == g.object, other.c.alias == g.good_id).exists()
        sources: FromClause = t.goods
        for table in (t.desired, t.sent, t.existing, t.refusals):
            sources = sources.outerjoin(table, of_good(table))
        return (
            select(
                g.good_id,
                g.standing,
                g.reason,
                g.reserved,
                g.line,
                case((g.model != 0, g.variant), else_=0).label("variant"),
                d.title,
                d.terms.label("desired"),
                card_of(t.desired),
                s.terms.label("sent"),
                s.echo,
                card_of(t.sent),
                e.prom_id,
                e.alias,
                e.modified,
                e.terms.label("existing"),
                card_of(t.existing),
                r.terms.label("refusals"),
                card_of(t.refusals),
                doubt.label("doubtful"),
                taken.label("taken"),
            )
            .select_from(sources)
            .where(g.object == self._slug)
        )

    def dossier(self, good_id: str) -> Dossier:
        """Return all that is remembered of one good."""

        def row_of(table: Table) -> Row[Any] | None:
            query = select(table).where(table.c.object == self._slug, table.c.good_id == good_id)
            return self._db.execute(query.order_by(*(_BEST_FIRST if table is t.existing else ()))).first()

        good, wanted, sent, shown, refused = map(row_of, (t.goods, t.desired, t.sent, t.existing, t.refusals))
        return Dossier(
            Standing(good.standing) if good else None,
            good.reason if good else "",
            _desired(good_id, load(wanted.terms, wanted.card), good.variant if good and good.model else 0)
            if wanted
            else None,
            Sent(load(sent.terms, sent.card), load(sent.echo)) if sent else None,
            sent.at if sent else None,
            Existing(shown.prom_id, good_id, load(shown.terms, shown.card), shown.modified, shown.alias)
            if shown
            else None,
            Refusal(load(refused.terms, refused.card), refused.message, refused.at) if refused else None,
            tuple(self.findings(good_id)),
        )

    def reserve(self, pieces: Mapping[str, int]) -> None:
        """Remember how many pieces of goods the export offers though they are sold, keyed by good.

        Goods of which that changed are not settled.
        """
        g = t.goods.c
        rows = self._db.execute(select(g.good_id, g.reserved).where(g.object == self._slug, g.reserved != 0))
        before = {row.good_id: row.reserved for row in rows}
        moved = [good for good in before.keys() | pieces.keys() if before.get(good, 0) != pieces.get(good, 0)]
        if moved:
            self._db.execute(
                update(t.goods)
                .where(g.object == self._slug, g.good_id == bindparam("of"))
                .values(reserved=bindparam("pieces")),
                [{"of": good_id, "pieces": pieces.get(good_id, 0)} for good_id in moved],
            )
            self.unsettle(sorted(moved), card=False)

    def leave_alone(self, fields: Mapping[str, str]) -> None:
        """Remember which fields of goods differ and are Prom's, keyed by good; empty where none does."""
        g = t.goods.c
        for page in _pages(sorted(fields)):
            mine = update(t.goods).where(g.object == self._slug, g.good_id.in_(page))
            self._db.execute(mine.where(g.left_alone != "").values(left_alone=""))
        rows = [{"of": good_id, "names": names} for good_id, names in fields.items() if names]
        if rows:
            self._db.execute(
                update(t.goods)
                .where(g.object == self._slug, g.good_id == bindparam("of"))
                .values(left_alone=bindparam("names")),
                rows,
            )

    def left_alone(self) -> dict[str, int]:
        """Return in how many goods each field differs and is left to Prom's side, keyed by field."""
        g = t.goods.c
        rows = self._db.execute(
            select(g.left_alone, func.count())
            .where(g.object == self._slug, g.left_alone != "", g.standing == Standing.IN)
            .group_by(g.left_alone)
        )
        counts = Counter[str]()
        for names, count in rows:
            for name in names.split(","):
                counts[name] += count
        return {name: counts[name] for name in FIELDS if counts[name]}

    def settle(self, good_ids: Iterable[str]) -> None:
        """Remember that there is nothing to do for these goods."""
        for page in _pages(list(good_ids)):
            self._db.execute(
                update(t.goods)
                .where(t.goods.c.object == self._slug, t.goods.c.good_id.in_(page))
                .values(settled=True, card_settled=True)
            )

    def accept(self, accepted: Sequence[Accepted], now: datetime) -> None:
        """Remember, good by good, what Prom accepted; what it shows of that is taken as shown from now on."""
        if accepted:
            self._recount_foreign()
        for page in _pages(accepted):
            ids = [item.good_id for item in page]
            s, e = t.sent.c, t.existing.c
            sent = {
                row.good_id: row
                for row in self._db.execute(
                    select(s.good_id, s.terms, s.echo, s.card).where(
                        s.object == self._slug, s.good_id.in_(ids)
                    )
                )
            }
            shown: dict[str, dict[str, object]] = {}
            best_first = (
                select(e.prom_id, e.good_id, e.terms, e.card, e.modified, e.look)
                .where(e.object == self._slug, e.good_id.in_(ids))
                .order_by(*_BEST_FIRST)
            )
            for row in self._db.execute(best_first).mappings():
                shown.setdefault(str(row["good_id"]), dict(row))
            news, views = [], []
            joined: list[str] = []  # goods that Prom made in another variant group than they were in
            for item in page:
                before = sent.get(item.good_id)
                echo = load(before.echo) if before else {}
                echo = {name: value for name, value in echo.items() if name not in item.values}
                past = load(before.terms, before.card) if before else {}
                group = past.get("variant_group")
                if item.values.get("variant_group", group) != group:
                    joined.append(item.good_id)
                news.append(
                    {
                        "object": self._slug,
                        "good_id": item.good_id,
                        "at": now,
                        "echo": dump(echo | dict(item.echo)),
                        **keep(past | dict(item.values))._asdict(),
                    }
                )
                if view := shown.get(item.good_id):
                    seen = {name: value for name, value in item.values.items() if FIELDS[name].shown}
                    values = load(str(view["terms"]), str(view["card"])) | seen | dict(item.echo)
                    views.append({**view, "object": self._slug, **keep(values)._asdict(), **_facts(values)})
            t.upsert(self._db, t.sent, news)
            t.upsert(self._db, t.existing, views)
            self._forget_findings(joined, PLACED)
            terms = {item.good_id for item in page if TERMS.issuperset((*item.values, *item.echo))}
            self.unsettle(terms, card=False)
            self.unsettle(good_id for good_id in ids if good_id not in terms)

    def remember_in_step(self, values: Mapping[str, Mapping[str, Value]], now: datetime) -> None:
        """Remember as sent what Prom was found to show already, keyed by good."""
        items = [Accepted(good_id, fields, {}) for good_id, fields in values.items() if fields]
        self.accept(items, now)

    def refuse(self, product: Product, message: str, now: datetime) -> None:
        """Remember that Prom refused this content of a good, so that no import is spent on it again.

        Its variant group is no part of that: it is decided by other goods, and kept apart.
        """
        self._stir()
        values = {name: value for name, value in product.values.items() if name != "variant_group"}
        row = {"object": self._slug, "good_id": product.good_id, "at": now, "message": message}
        t.upsert(self._db, t.refusals, [row | keep(values)._asdict()])

    def forget_refusals(self, good_ids: Sequence[str] | None = None) -> None:
        """Let these goods, or all, be tried again."""
        self._stir()
        everything = delete(t.refusals).where(t.refusals.c.object == self._slug)
        if good_ids is None:
            self._db.execute(everything)
            self._db.execute(update(t.goods).where(t.goods.c.object == self._slug).values(**_UNSETTLED))
            return
        for page in _pages(good_ids):
            self._db.execute(everything.where(t.refusals.c.good_id.in_(page)))


def _old_rows(rows: Iterable[Row[Any]]) -> dict[str, OldRow]:
    return {row[0]: OldRow._make(row[1:]) for row in rows}


def _facts(values: Mapping[str, Value]) -> dict[str, bool]:
    """Return what is counted of all products, beside the document that would be slow to search."""
    return {
        "deleted": values.get("status") in ("deleted", "deleted_by_moderator"),
        "available": values.get("presence") == "available",
    }


def _known(r: Row[Any]) -> Known:
    wanted = None
    if r.desired is not None:
        variant = r.variant if r.desired_card is not None else 0
        wanted = _desired(r.good_id, _load(r.desired, r.desired_card), variant)
    sent = Sent(_load(r.sent, r.sent_card), load(r.echo)) if r.sent is not None else None
    shown = None
    if r.prom_id is not None:
        agrees = sent is not None and (r.existing, r.existing_card) == (r.sent, r.sent_card)  # as most do
        seen = sent.values if sent and agrees else _load(r.existing, r.existing_card)
        shown = Existing(r.prom_id, r.good_id, seen, r.modified, r.alias)
    refused = (r.refusals, r.refusals_card)
    return Known(
        r.good_id,
        Standing(r.standing),
        wanted,
        sent,
        shown,
        refused=refused == (r.desired, r.desired_card) and None not in refused,
        line=r.line,
        name=r.title or "",
        doubtful=r.doubtful,
        taken=r.taken,
        reserved=r.reserved,
        reason=r.reason,
    )


def _desired(good_id: str, values: Mapping[str, Value], variant: int) -> Product:
    """Return a desired product with its variant group, which is kept apart: other goods decide it too."""
    return Product(good_id, {**values, "variant_group": str(variant)} if variant else values)


def _load(terms: str, card: str | None) -> dict[str, Value]:
    return load(terms) if card is None else load(terms, card)


def _pages(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), PAGE):
        yield items[start : start + PAGE]
