"""Goods behind the lines of orders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Connection, Table, bindparam, exists, select

from torgsync.state.schema import shop_tables


def _unknown_in(table: Table) -> ColumnElement[bool]:
    """Return the condition that a good that Prom has is not in this table."""
    c = shop_tables.existing.c
    return ~exists().where(table.c.object == c.object, table.c.good_id == c.good_id)


_FOREIGN = select(shop_tables.existing.c.good_id).where(
    shop_tables.existing.c.object == bindparam("object"),
    shop_tables.existing.c.good_id.in_(bindparam("good_ids", expanding=True)),
    _unknown_in(shop_tables.goods),
    _unknown_in(shop_tables.sent),
)
"""Built once: it is executed for every order."""


class OrderedGoodRepository:
    """Goods and products of one object as lines of orders name them, inside one transaction."""

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug

    def foreign(self, good_ids: Iterable[str]) -> frozenset[str]:
        """Return the external ids that Prom has and that are neither in an export nor were sent."""
        rows = self._db.execute(_FOREIGN, {"object": self._slug, "good_ids": list(good_ids)})
        return frozenset(rows.scalars())

    def by_product(self, prom_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the external ids that Prom last showed, keyed by Prom's product id."""
        c = shop_tables.existing.c
        rows = self._db.execute(
            select(c.prom_id, c.good_id).where(
                c.object == self._slug, c.prom_id.in_(set(prom_ids)), c.good_id != ""
            )
        )
        return {row.prom_id: row.good_id for row in rows}

    def by_sku(self, sku: str) -> str | None:
        """Return the only good of the export with this article, None where none or several have it."""
        c = shop_tables.desired.c
        pattern = json.dumps({"sku": sku}, ensure_ascii=False, separators=(",", ":"))[1:-1]
        rows = self._db.execute(
            select(c.good_id, c.content).where(
                c.object == self._slug, c.content.contains(pattern, autoescape=True)
            )
        )
        good_ids = [row.good_id for row in rows if json.loads(row.content).get("sku") == sku]
        return good_ids[0] if len(good_ids) == 1 else None
