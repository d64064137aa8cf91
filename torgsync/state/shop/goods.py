"""What is remembered of goods, for finding and choosing them.

A good that left the export is among them while Prom has a product of it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, or_

from torgsync.core.plan.decide import RowStatus
from torgsync.core.product.cells import Section
from torgsync.core.product.documents import load
from torgsync.core.product.fields import Value
from torgsync.core.product.products import Product
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t
from torgsync.state.shop.snapshots import BEST_FIRST

_TEXTS = ("name", "name_ru", "sku", "gtin", "mpn")


@dataclass(frozen=True, slots=True)
class StoredGood:
    """One good as it was last read, and as Prom showed it last.

    `reason` is why it stays out, `path` its groups, root first; `values` are the last desired ones: price,
    stock, names and codes. `prom_id` and `status` are of its product on Prom, empty where it has none.
    """

    good_id: str
    line: int
    row_status: RowStatus
    reason: str
    title: str
    path: tuple[Section, ...]
    values: Mapping[str, Value]
    prom_id: str
    status: str


class GoodRepository(Repository):
    """The goods of one object, inside one transaction."""

    def ids(self) -> list[str]:
        """Return the ids of all goods in the order of the file, then of those that left it."""
        g, e = t.goods.c, t.existing.c
        there = self._select(g.good_id).where(g.row_status != RowStatus.GONE).order_by(g.line, g.good_id)
        gone = (
            self._select(g.good_id)
            .join(t.existing, and_(e.object == g.object, e.good_id == g.good_id))
            .where(g.row_status == RowStatus.GONE, e.deleted.is_(False))
            .distinct()
            .order_by(g.good_id)
        )
        return [row.good_id for query in (there, gone) for row in self._db.execute(query)]

    def unnamed(self) -> set[str]:
        """Return the goods of the last export whose name was not read, because they stay out."""
        g, d = t.goods.c, t.desired.c
        rows = self._db.execute(
            self._select(g.good_id)
            .outerjoin(t.desired, and_(d.object == g.object, d.good_id == g.good_id))
            .where(g.row_status != RowStatus.GONE, or_(d.title.is_(None), d.title == ""))
        )
        return set(rows.scalars())

    def stored(self, good_ids: Sequence[str]) -> list[StoredGood]:
        """Return these goods, in this order; one that is not known is left out."""
        goods: dict[str, StoredGood] = {}
        for row in self._in_pages(self._stored().order_by(*BEST_FIRST), t.goods.c.good_id, good_ids):
            if row.good_id not in goods:  # Prom may have deleted products of a good as well
                goods[row.good_id] = _stored(row)
        return [goods[good_id] for good_id in good_ids if good_id in goods]

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

    def variants(self, good_ids: Collection[str]) -> set[str]:
        """Return the goods that go to Prom in one of the variant groups of these, themselves included."""
        g = t.goods.c
        grouped = self._select(g.model).where(g.model != 0, g.variant != 0).distinct()
        models = {row.model for row in self._in_pages(grouped, g.good_id, sorted(good_ids))}
        together = self._select(g.good_id).where(g.variant != 0, g.row_status == RowStatus.IN)
        return {row.good_id for row in self._in_pages(together, g.model, sorted(models))}


def _path(text: str | None) -> tuple[Section, ...]:
    return tuple(Section(*step) for step in json.loads(text)) if text else ()


def _stored(row: Row[Any]) -> StoredGood:
    """Return a good; of its long content only the texts by which it is found."""
    values: dict[str, Value] = {}
    if row.price_stock is not None:
        content = load(row.content)
        values = load(row.price_stock) | {name: content[name] for name in _TEXTS if content.get(name)}
    title = row.title or ""
    if not title and row.prom_id is not None:
        title = Product(row.good_id, load(row.more)).title
    return StoredGood(
        row.good_id,
        row.line,
        RowStatus(row.row_status),
        row.reason,
        title,
        _path(row.path),
        values,
        row.prom_id or "",
        "" if row.prom_id is None else str(json.loads(row.shown).get("status") or ""),
    )
