"""What is remembered of the rows of the export, good by good, and of what was found in them.

A good is *clean* when the last plan found nothing to do for it and nothing about it has changed since:
clean goods are not looked at again. Source: docs/developers/architecture.md §5.1, §5.4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.select import SkipReason
from torgsync.core.paging import PAGE, pages
from torgsync.core.plan.decide import RowStatus
from torgsync.core.product.fields import FIELDS
from torgsync.core.product.products import Product, dump, keep
from torgsync.core.reason import decode_args
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t
from torgsync.state.schema.base import upsert
from torgsync.state.shop.object_state import ObjectState

_STREAM = 10_000
"""Rows of the narrow table fetched at once."""


@dataclass(frozen=True, slots=True)
class GoodRow:
    """One row of the export as it is to be remembered.

    `row_hash` is the hash of the row, 63 bits; `model` the number of its model, 0 for none; `section` the
    number under which its path of groups is remembered, 0 for none; `traits` a hash of all that makes it a
    variant of its model, 63 bits; `card` a hash of all that makes its card, 63 bits, 0 where that was not
    looked at. `whole` is whether the product is complete: else it is price and stock of a good that was
    before and goes now, about which nothing was found before, and everything else of it is what it was.
    """

    good_id: str
    row_hash: int
    line: int
    row_status: RowStatus
    reason: str = ""
    product: Product | None = None
    findings: tuple[Finding, ...] = ()
    model: int = 0
    section: int = 0
    traits: int = 0
    content_hash: int = 0
    whole: bool = True


class OldRow(NamedTuple):
    """What was known of a row before this reading: its hash, 0 where it must be read again."""

    row_hash: int
    model: int
    section: int
    traits: int
    content_hash: int
    row_status: str


class RowRepository(Repository):
    """The rows of one object's export, inside one transaction."""

    def __init__(self, connection: Connection, slug: str, object_state: ObjectState) -> None:
        super().__init__(connection, slug)
        self._object_state = object_state

    def row_hashes(self) -> set[int]:
        """Return the marks of all rows that the last export had.

        A million of them are fetched at every look, so they come from the driver itself.
        """
        c = t.goods.c
        rows = self._db.execute(
            select(c.row_hash).where(c.object == self._slug, c.row_status != RowStatus.GONE, c.row_hash != 0)
        )
        cursor: Iterable[tuple[int]] = rows.cursor or ()  # type: ignore[assignment]  # every driver's iterates
        return set(chain.from_iterable(cursor))

    def old_rows(self, good_ids: Sequence[str]) -> dict[str, OldRow]:
        """Return what was remembered of these rows, keyed by good, as far as the last export had them."""
        found: dict[str, OldRow] = {}
        for page in pages(good_ids):
            rows = self._db.execute(self._old_rows().where(t.goods.c.good_id.in_(page)))
            found |= _old_rows(rows)
        return found

    def rows_of(self, wanted: Callable[[str, int], bool]) -> dict[str, OldRow]:
        """Return the rows of the last export that `wanted` says yes to, by id and mark."""
        rows = self._db.execute(self._old_rows().execution_options(yield_per=_STREAM))
        return _old_rows(row for row in rows if wanted(row.good_id, row.row_hash))

    def rows_marked(self, row_hashes: Collection[int]) -> dict[str, OldRow]:
        """Return the rows of the last export that have one of these marks."""
        if len(row_hashes) > PAGE:
            return self.rows_of(lambda _, row_hash: row_hash in row_hashes)
        rows = self._db.execute(self._old_rows().where(t.goods.c.row_hash.in_(list(row_hashes))))
        return _old_rows(rows)

    def _old_rows(self) -> Select[tuple[str, int, int, int, int, int, str]]:
        c = t.goods.c
        return select(
            c.good_id, c.row_hash, c.model, c.section, c.traits, c.content_hash, c.row_status
        ).where(c.object == self._slug, c.row_status != RowStatus.GONE)

    def remember_rows(self, rows: Sequence[GoodRow], known: Collection[str] = ()) -> None:
        """Remember new and changed rows. What was desired of a blocked good stays.

        `known` are goods that the last export had as well.
        """
        if not rows:
            return
        self._object_state.invalidate_noop_plan()
        if any(row.good_id not in known for row in rows):
            self._object_state.recount()
        self._remember_whole([row for row in rows if row.whole], known)
        self._remember_terms([row for row in rows if not row.whole])
        self._add_findings([finding for row in rows for finding in row.findings])

    def _remember_whole(self, rows: Sequence[GoodRow], known: Collection[str]) -> None:
        upsert(
            self._db,
            t.goods,
            [
                {
                    "object": self._slug,
                    "good_id": row.good_id,
                    "row_hash": row.row_hash,
                    "row_status": row.row_status,
                    "reason": row.reason,
                    "line": row.line,
                    **t.DIRTY,
                    "model": row.model,
                    "section": row.section,
                    "traits": row.traits,
                    "content_hash": row.content_hash,
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
        upsert(self._db, t.desired, wanted)
        for page in pages([row.good_id for row in rows if row.good_id in known]):
            self._db.execute(delete(t.findings).where(self._own(t.findings), t.findings.c.good_id.in_(page)))

    def _titles(self, good_ids: Sequence[str]) -> dict[str, str]:
        """Return the names by which these goods were known, keyed by id."""
        c = t.desired.c
        found: dict[str, str] = {}
        for page in pages(good_ids):
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
            .values(row_hash=bindparam("mark"), line=bindparam("at"), **t.PRICE_STOCK_DIRTY),
            [{"of": row.good_id, "mark": row.row_hash, "at": row.line} for row in rows],
        )
        self._db.execute(
            update(t.desired)
            .where(d.object == self._slug, d.good_id == of)
            .values(price_stock=bindparam("moved")),
            [{"of": row.good_id, "moved": dump(row.product.values)} for row in rows if row.product],
        )

    def _add_findings(self, found: Sequence[Finding]) -> None:
        if found:
            self._db.execute(insert(t.findings), [t.finding_row(self._slug, finding) for finding in found])

    def forget_findings(self, good_ids: Sequence[str], codes: Collection[Code]) -> None:
        """Forget findings of these goods that have one of these codes."""
        f = t.findings.c
        if good_ids:
            self._db.execute(
                delete(t.findings).where(
                    f.object == self._slug, f.good_id.in_(good_ids), f.code.in_(sorted(codes))
                )
            )

    def block(self, good_id: str, finding: Finding, line: int) -> None:
        """Leave a good as it is on Prom, with one finding that says why. Its row is read again next time.

        `line` is the first of its lines.
        """
        self._object_state.invalidate_noop_plan()
        self._db.execute(delete(t.findings).where(self._own(t.findings), t.findings.c.good_id == good_id))
        self._db.execute(
            update(t.goods)
            .where(self._own(t.goods), t.goods.c.good_id == good_id)
            .values(
                row_status=RowStatus.BLOCKED,
                reason=SkipReason.BLOCKED,
                line=line,
                row_hash=0,
                section=0,
                traits=0,
                content_hash=0,
                **t.DIRTY,
            )
        )
        self._add_findings([finding])

    def mark_gone(self, good_ids: Iterable[str]) -> None:
        """Remember that the export does not have these goods any more."""
        gone = list(good_ids)
        if gone:
            self._object_state.recount()
        for page in pages(gone):
            self._db.execute(
                update(t.goods)
                .where(self._own(t.goods), t.goods.c.good_id.in_(page))
                .values(row_status=RowStatus.GONE, reason="", line=0, **t.DIRTY)
            )
            self._db.execute(delete(t.findings).where(self._own(t.findings), t.findings.c.good_id.in_(page)))

    def lines_of_findings(self) -> dict[int, int]:
        """Return the line of each row whose good has findings, keyed by its mark."""
        rows = self._db.execute(
            select(t.goods.c.row_hash, t.goods.c.line)
            .join(
                t.findings,
                and_(t.findings.c.object == t.goods.c.object, t.findings.c.good_id == t.goods.c.good_id),
            )
            .where(self._own(t.goods), t.goods.c.row_status != RowStatus.GONE)
            .distinct()
        )
        return {row_hash: line for row_hash, line in rows}  # noqa: C416  # a row is no pair to mypy

    def move_rows(self, lines: Mapping[int, int]) -> None:
        """Bring lines up to date where rows with findings moved without changing, keyed by mark."""
        places = self.rows_marked(lines) if lines else {}
        for table in (t.goods, t.findings):
            if places:
                self._db.execute(
                    update(table)
                    .where(table.c.object == self._slug, table.c.good_id == bindparam("moved"))
                    .values(line=bindparam("to")),
                    [{"moved": good_id, "to": lines[row.row_hash]} for good_id, row in places.items()],
                )

    def findings(
        self, good_id: str | None = None, code: Code | None = None, good_ids: Sequence[str] | None = None
    ) -> Iterator[Finding]:
        """Yield all findings of goods, or those of one good, some goods or one code, by line."""
        c = t.findings.c
        query = select(c.code, c.args, c.good_id, c.line, c.name, c.value, c.file).where(
            c.object == self._slug
        )
        if good_id is not None:
            query = query.where(c.good_id == good_id)
        if good_ids is not None:
            query = query.where(c.good_id.in_(good_ids))
        if code is not None:
            query = query.where(c.code == code)
        for row in self._db.execute(query.order_by(c.line, c.id).execution_options(yield_per=PAGE)):
            yield Finding(
                Code(row.code),
                good_id=row.good_id,
                line=row.line,
                column=row.name,
                value=row.value,
                file=row.file,
                args=decode_args(row.args),
            )

    def finding_counts(self) -> dict[Code, int]:
        """Return how many findings of goods there are, keyed by code."""
        c = t.findings.c
        rows = self._db.execute(
            select(c.code, func.count()).where(c.object == self._slug).group_by(c.code).order_by(c.code)
        )
        return {Code(code): count for code, count in rows}

    def row_statuses(self) -> dict[tuple[str, str], int]:
        """Return the number of goods, keyed by row status and skip reason."""
        c = t.goods.c
        rows = self._db.execute(
            select(c.row_status, c.reason, func.count())
            .where(c.object == self._slug)
            .group_by(c.row_status, c.reason)
        )
        return {(row_status, reason): count for row_status, reason, count in rows}

    def reserve(self, pieces: Mapping[str, int]) -> None:
        """Remember how many pieces of goods the export offers though they are sold, keyed by good.

        Goods of which that changed are not clean.
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
            self.mark_dirty(sorted(moved), content=False)

    def leave_alone(self, fields: Mapping[str, str]) -> None:
        """Remember which fields of goods differ and are Prom's, keyed by good; empty where none does."""
        g = t.goods.c
        for page in pages(sorted(fields)):
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
            .where(g.object == self._slug, g.left_alone != "", g.row_status == RowStatus.IN)
            .group_by(g.left_alone)
        )
        counts = Counter[str]()
        for names, count in rows:
            for name in names.split(","):
                counts[name] += count
        return {name: counts[name] for name in FIELDS if counts[name]}

    def settle(self, good_ids: Iterable[str]) -> None:
        """Remember that there is nothing to do for these goods."""
        for page in pages(list(good_ids)):
            self._db.execute(
                update(t.goods)
                .where(self._own(t.goods), t.goods.c.good_id.in_(page))
                .values(clean=True, content_clean=True)
            )

    def mark_dirty(self, good_ids: Iterable[str], *, content: bool = True) -> None:
        """Have these goods looked at by the next plan; an empty id means a product without one.

        Without `card` nothing but their terms has moved.
        """
        ids = list(good_ids)
        if ids:
            self._object_state.invalidate_noop_plan()
        for page in pages([good_id for good_id in ids if good_id]):
            self._db.execute(
                update(t.goods)
                .where(self._own(t.goods), t.goods.c.good_id.in_(page))
                .values(**(t.DIRTY if content else t.PRICE_STOCK_DIRTY))
            )


def _old_rows(rows: Iterable[Row[Any]]) -> dict[str, OldRow]:
    return {row[0]: OldRow._make(row[1:]) for row in rows}
