"""What is remembered of the rows of the export, good by good, and of what was found in them.

A good is *clean* when the last plan found nothing to do for it and nothing about it has changed since:
clean goods are not looked at again. Source: docs/developers/architecture.md §5.1, §5.4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import Connection, Row, Select, and_, func

from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.paging import IDS, PAGE, pages
from torgsync.core.plan.decide import RowStatus
from torgsync.core.product.documents import dump, keep
from torgsync.core.product.fields import FIELDS
from torgsync.core.product.products import Product
from torgsync.core.reason import decode_args
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t
from torgsync.state.shop.object_state import ObjectState

_SAME_NAME = (
    "good_id",
    "row_hash",
    "row_status",
    "reason",
    "line",
    "model",
    "section",
    "traits",
    "content_hash",
    "creatable",
)
"""Columns that are called like the attribute of a row."""
_STREAM = 10_000
"""Rows of the narrow table fetched at once."""


class GoodRow(Struct, frozen=True):
    """One row of the export as it is to be remembered.

    `row_hash` is the hash of the row, 63 bits; `model` the number of its model, 0 for none; `section` the
    number under which its path of groups is remembered, 0 for none; `traits` a hash of all that makes it a
    variant of its model, 63 bits; `content_hash` a hash of its content, 63 bits, 0 where that was not
    looked at. `whole` is whether the product is complete: else it is price and stock of a good that was
    before and goes now, about which nothing was found before, and everything else of it is what it was.
    `creatable` is whether the good, as long as nothing else is known of it, is created exactly as desired.
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
    creatable: bool = False


class OldRow(NamedTuple):
    """What was known of a row before this reading: its hash, 0 where it must be read again."""

    row_hash: int
    model: int
    section: int
    traits: int
    content_hash: int
    row_status: str
    reason: str = ""


class RowRepository(Repository):
    """The rows of one object's export, inside one transaction."""

    def __init__(self, connection: Connection, slug: str, object_state: ObjectState) -> None:
        super().__init__(connection, slug)
        self._object_state = object_state

    def row_hashes(self) -> set[int]:
        """Return the hashes of all rows that the last export had.

        A million of them are fetched at every look, so they come from the driver itself.
        """
        c = t.goods.c
        rows = self._db.execute(
            self._select(c.row_hash).where(c.row_status != RowStatus.GONE, c.row_hash != 0)
        )
        cursor: Iterable[tuple[int]] = rows.cursor or ()  # type: ignore[assignment]  # every driver's iterates
        return set(chain.from_iterable(cursor))

    def old_rows(self, good_ids: Sequence[str]) -> dict[str, OldRow]:
        """Return what was remembered of these rows, keyed by good, as far as the last export had them."""
        return _old_rows(self._in_pages(self._old_rows(), t.goods.c.good_id, good_ids))

    def rows_of(self, wanted: Callable[[str, int], bool]) -> dict[str, OldRow]:
        """Return the rows of the last export that `wanted` says yes to, by id and row hash."""
        with self._db.execute(self._old_rows().execution_options(yield_per=_STREAM)) as rows:
            return _old_rows(row for row in rows if wanted(row.good_id, row.row_hash))

    def rows_with(self, row_hashes: Collection[int]) -> dict[str, OldRow]:
        """Return the rows of the last export that have one of these hashes."""
        if len(row_hashes) > PAGE:
            return self.rows_of(lambda _, row_hash: row_hash in row_hashes)
        rows = self._db.execute(self._old_rows().where(t.goods.c.row_hash.in_(list(row_hashes))))
        return _old_rows(rows)

    def _old_rows(self) -> Select[Any]:
        c = t.goods.c
        columns = (c.row_hash, c.model, c.section, c.traits, c.content_hash, c.row_status, c.reason)
        return self._select(c.good_id, *columns).where(c.row_status != RowStatus.GONE)

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
        self._remember_price_stock([row for row in rows if not row.whole])
        self._insert(t.findings, (t.finding_row(finding) for row in rows for finding in row.findings))

    def _remember_whole(self, rows: Sequence[GoodRow], known: Collection[str]) -> None:
        self._upsert(t.goods, [{name: getattr(row, name) for name in _SAME_NAME} | t.DIRTY for row in rows])
        titles = self._titles([row.good_id for row in rows if row.product and not row.product.title])
        wanted = [
            {
                "good_id": row.good_id,
                "title": row.product.title or titles.get(row.good_id, ""),
                **keep(row.product.values)._asdict(),
            }
            for row in rows
            if row.product is not None
        ]
        self._upsert(t.desired, wanted)
        again = [row.good_id for row in rows if row.good_id in known]
        self._delete_in_pages(t.findings, t.findings.c.good_id, again)

    def _titles(self, good_ids: Sequence[str]) -> dict[str, str]:
        """Return the names by which these goods were known, keyed by id."""
        c = t.desired.c
        titles = self._in_pages(self._select(c.good_id, c.title), c.good_id, good_ids)
        return {row.good_id: row.title for row in titles}

    def _remember_price_stock(self, rows: Sequence[GoodRow]) -> None:
        places = {
            row.good_id: {"row_hash": row.row_hash, "line": row.line, "creatable": False, "clean": False}
            for row in rows
        }
        self._update_goods(t.goods, places)
        if self._any_left_alone:
            self._set(list(places), **t.PRICE_STOCK_DIRTY)
        moved = {row.good_id: {"price_stock": dump(row.product.values)} for row in rows if row.product}
        self._update_goods(t.desired, moved)

    def replace_findings(
        self, good_ids: Sequence[str], codes: Collection[str], findings: Iterable[Finding] = ()
    ) -> None:
        """Forget the findings of these codes about these goods, and remember these."""
        f = t.findings.c
        for page in pages(good_ids, IDS):
            self._delete(t.findings, f.good_id.in_(page), f.code.in_(sorted(codes)))
        self._insert(t.findings, map(t.finding_row, findings))

    def block(self, good_id: str, finding: Finding, line: int) -> None:
        """Leave a good as it is on Prom, with one finding that says why. Its row is read again next time.

        `line` is the first of its lines.
        """
        self._object_state.invalidate_noop_plan()
        self._delete(t.findings, t.findings.c.good_id == good_id)
        unread = dict.fromkeys(("row_hash", "section", "traits", "content_hash"), 0)
        status = {"row_status": RowStatus.BLOCKED, "reason": SkipReason.BLOCKED}
        self._update(t.goods, t.goods.c.good_id == good_id, line=line, **status, **unread, **t.DIRTY)
        self._insert(t.findings, [t.finding_row(finding)])

    def mark_gone(self, good_ids: Iterable[str]) -> None:
        """Remember that the export does not have these goods any more."""
        gone = list(good_ids)
        if gone:
            self._object_state.recount()
        self._set(gone, row_status=RowStatus.GONE, reason="", line=0, **t.DIRTY)
        self._delete_in_pages(t.findings, t.findings.c.good_id, gone)

    def lines_of_findings(self) -> dict[int, int]:
        """Return the line of each row whose good has findings, keyed by its row hash."""
        g, f = t.goods.c, t.findings.c
        same_good = and_(f.object == g.object, f.good_id == g.good_id)
        rows = (
            self._select(g.row_hash, g.line).join(t.findings, same_good).where(g.row_status != RowStatus.GONE)
        )
        return self._pairs(rows.distinct())

    def move_rows(self, lines: Mapping[int, int]) -> None:
        """Bring lines up to date where rows with findings moved without changing, keyed by row hash."""
        moved = self.rows_with(lines) if lines else {}
        places = {good_id: {"line": lines[row.row_hash]} for good_id, row in moved.items()}
        for table in (t.goods, t.findings):
            self._update_goods(table, places)

    def findings(
        self, good_id: str | None = None, code: Code | None = None, good_ids: Sequence[str] | None = None
    ) -> Iterator[Finding]:
        """Yield all findings of goods, or those of one good, some goods or one code, by line."""
        c = t.findings.c
        query = self._select(c.code, c.args, c.good_id, c.line, c.name, c.value, c.file)
        if good_id is not None:
            query = query.where(c.good_id == good_id)
        if good_ids is not None:
            query = query.where(c.good_id.in_(good_ids))
        if code is not None:
            query = query.where(c.code == code)
        with self._db.execute(query.order_by(c.line, c.id).execution_options(yield_per=PAGE)) as rows:
            for row in rows:
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
        counts = self._select(c.code, func.count()).group_by(c.code).order_by(c.code)
        return {Code(code): count for code, count in self._db.execute(counts)}

    def row_statuses(self) -> dict[tuple[str, str], int]:
        """Return the number of goods, keyed by row status and skip reason."""
        c = t.goods.c
        counts = self._select(c.row_status, c.reason, func.count()).group_by(c.row_status, c.reason)
        return {(status, reason): count for status, reason, count in self._db.execute(counts)}

    def reserve(self, pieces: Mapping[str, int]) -> None:
        """Remember how many pieces of goods the export offers though they are sold, keyed by good.

        Goods of which that changed are not clean.
        """
        g = t.goods.c
        before = self._pairs(self._select(g.good_id, g.reserved).where(g.reserved != 0))
        moved = [good for good in before.keys() | pieces.keys() if before.get(good, 0) != pieces.get(good, 0)]
        if moved:
            self._update_goods(t.goods, {good: {"reserved": pieces.get(good, 0)} for good in moved})
            self.mark_dirty(sorted(moved), content=False)

    @cached_property
    def _any_left_alone(self) -> bool:
        """Whether any good has, or had, a field that is left alone."""
        return self._scalar(t.goods.c.good_id, t.goods.c.left_alone != "") is not None

    def leave_alone(self, fields: Mapping[str, str]) -> None:
        """Remember which fields of goods differ and are Prom's, keyed by good; empty where none does."""
        if any(fields.values()):
            self._any_left_alone = True
        self._update_goods(t.goods, {good_id: {"left_alone": names} for good_id, names in fields.items()})

    def left_alone(self) -> dict[str, int]:
        """Return in how many goods each field differs and is left to Prom's side, keyed by field."""
        g = t.goods.c
        rows = self._db.execute(
            self._select(g.left_alone, func.count())
            .where(g.left_alone != "", g.row_status == RowStatus.IN)
            .group_by(g.left_alone)
        )
        counts = Counter[str]()
        for names, count in rows:
            for name in names.split(","):
                counts[name] += count
        return {name: counts[name] for name in FIELDS if counts[name]}

    def mark_clean(self, good_ids: Iterable[str]) -> None:
        """Remember that there is nothing to do for these goods."""
        self._set(list(good_ids), clean=True, content_clean=True)

    def mark_dirty(self, good_ids: Iterable[str], *, content: bool = True) -> None:
        """Have these goods looked at by the next plan; an empty id means a product without one.

        Without `content` nothing but price and stock has moved.
        """
        ids = list(good_ids)
        if ids:
            self._object_state.invalidate_noop_plan()
        self._set([good_id for good_id in ids if good_id], **(t.DIRTY if content else t.PRICE_STOCK_DIRTY))

    def _set(self, good_ids: Sequence[str], **values: object) -> None:
        for page in pages(good_ids, IDS):
            self._update(t.goods, t.goods.c.good_id.in_(page), **values)


def _old_rows(rows: Iterable[Row[Any]]) -> dict[str, OldRow]:
    return {row[0]: OldRow._make(row[1:]) for row in rows}
