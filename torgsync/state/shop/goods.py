"""What is remembered of goods, for finding and choosing them.

A good that left the export is among them while Prom has a product of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, tuple_

from torgsync.core.paging import PAGE
from torgsync.core.plan.decide import RowStatus
from torgsync.core.product.cells import Section
from torgsync.core.product.fields import Value
from torgsync.core.product.products import load
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t

_BEST_FIRST = (t.existing.c.deleted, t.existing.c.prom_id)


@dataclass(frozen=True, slots=True)
class StoredGood:
    """One good as it was last read, and as Prom showed it last.

    `reason` is why it stays out, `path` its groups, root first; `values` are the last desired ones, `shown`
    those on Prom, None where it has no product there; `prom_id` is empty then.
    """

    good_id: str
    line: int
    row_status: RowStatus
    reason: str
    title: str
    path: tuple[Section, ...]
    values: Mapping[str, Value]
    prom_id: str
    shown: Mapping[str, Value] | None


class GoodRepository(Repository):
    """The goods of one object, inside one transaction."""

    def goods(self) -> Iterator[StoredGood]:
        """Yield all goods in the order of the file, then those that left it."""
        g = t.goods.c
        for gone in (False, True):
            where = g.row_status == RowStatus.GONE if gone else g.row_status != RowStatus.GONE
            where = and_(where, t.existing.c.deleted.is_(False)) if gone else where
            after: tuple[int, str] | None = None
            while True:
                query = self._stored().where(where)
                if after is not None:
                    query = query.where(tuple_(g.line, g.good_id) > after)
                rows = self._db.execute(query.order_by(g.line, g.good_id, *_BEST_FIRST).limit(PAGE)).all()
                if not rows:
                    break
                for row in rows:
                    # Prom may have a deleted product as well, which comes last.
                    if after is None or after[1] != row.good_id:
                        yield _stored(row)
                    after = (row.line, row.good_id)

    def _stored(self) -> Select[Any]:
        g, d, e, s = t.goods.c, t.desired.c, t.existing.c, t.sections.c
        return (
            self._select(
                g.good_id, g.line, g.row_status, g.reason, d.title, s.path,
                d.price_stock, d.content, e.prom_id, e.price_stock.label("shown"), e.content.label("more"),
            )
            .select_from(t.goods)
            .outerjoin(t.desired, and_(d.object == g.object, d.good_id == g.good_id))
            .outerjoin(t.existing, and_(e.object == g.object, e.good_id == g.good_id))
            .outerjoin(t.sections, and_(s.object == g.object, s.section == g.section))
        )  # fmt: skip

    def unknown(self, good_ids: Sequence[str]) -> list[str]:
        """Return those ids that no good has, and no product on Prom."""
        found = set()
        for table in (t.goods, t.existing):
            column = table.c.good_id
            found |= {row.good_id for row in self._in_pages(self._select(column), column, good_ids)}
        return [good_id for good_id in good_ids if good_id not in found]

    def paths(self) -> dict[int, tuple[Section, ...]]:
        """Return the path of every group that goods are in, root first, keyed by its number."""
        g, s = t.goods.c, t.sections.c
        rows = self._db.execute(
            self._select(s.section, s.path)
            .join(t.goods, and_(g.object == s.object, g.section == s.section))
            .where(g.row_status == RowStatus.IN)
            .distinct()
        )
        return {section: _path(path) for section, path in rows}

    def members(self, sections: Collection[int]) -> set[str]:
        """Return the goods that go to Prom and are in one of these groups."""
        g = t.goods.c
        query = self._select(g.good_id).where(g.row_status == RowStatus.IN)
        return {row.good_id for row in self._in_pages(query, g.section, sorted(sections))}

    def with_variants(self, good_ids: Collection[str]) -> set[str]:
        """Return these goods, and all that go to Prom in one of their variant groups."""
        g = t.goods.c
        grouped = self._select(g.model).where(g.model != 0, g.variant != 0).distinct()
        models = {row.model for row in self._in_pages(grouped, g.good_id, sorted(good_ids))}
        together = self._select(g.good_id).where(g.variant != 0, g.row_status == RowStatus.IN)
        return {*good_ids, *(row.good_id for row in self._in_pages(together, g.model, sorted(models)))}


def _path(text: str | None) -> tuple[Section, ...]:
    return tuple(Section(*step) for step in json.loads(text)) if text else ()


def _stored(row: Row[Any]) -> StoredGood:
    shown = None if row.prom_id is None else load(row.shown, row.more)
    return StoredGood(
        row.good_id,
        row.line,
        RowStatus(row.row_status),
        row.reason,
        row.title or "",
        _path(row.path),
        load(row.price_stock, row.content) if row.price_stock is not None else {},
        row.prom_id or "",
        shown,
    )
