"""What Prom was seen to show: products by its ids, ours and foreign ones.

Source: docs/developers/architecture.md §5.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, String, and_, func, or_, select, tuple_, type_coerce

from torgsync.core.paging import PAGE
from torgsync.core.plan.decide import RowStatus
from torgsync.core.plan.diff import Verb
from torgsync.core.product.documents import StoredProduct, keep, load
from torgsync.core.product.fields import Value
from torgsync.core.product.products import Existing
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t
from torgsync.state.schema.run_tables import changes
from torgsync.state.shop.object_state import ObjectState
from torgsync.state.shop.rows import RowRepository


class ExistingProducts(Repository):
    """The products that one shop shows, inside one transaction."""

    def __init__(
        self, connection: Connection, slug: str, object_state: ObjectState, rows: RowRepository
    ) -> None:
        super().__init__(connection, slug)
        self._object_state = object_state
        self._rows = rows

    def anchors(self, most: int) -> list[tuple[str, str]]:
        """Return some of our products that are there, each with Prom's id and the good's: the oldest ones."""
        c = t.existing.c
        rows = self._db.execute(
            self._select(c.prom_id, c.good_id)
            .where(c.deleted.is_(False), c.good_id.in_(self._select(t.sent.c.good_id)))
            .order_by(func.length(c.prom_id), c.prom_id)
            .limit(most)
        )
        return [(row.prom_id, row.good_id) for row in rows]

    def knows(self, products: Sequence[tuple[str, str]]) -> bool:
        """Return whether one of these products was seen in this shop before, by Prom's id and external id.

        One without an external id proves nothing: the ids of two shops may be alike.
        """
        c = t.existing.c
        named = [pair for pair in products if pair[1]]
        same = tuple_(c.prom_id, func.coalesce(c.alias, c.good_id)).in_(named)
        return bool(named) and self._scalar(c.prom_id, same) is not None

    def remember_existing(self, products: Sequence[Existing], look: int) -> None:
        """Remember what Prom shows. Goods whose product changed since the last look are not clean."""
        kept = {product.prom_id: keep(product.values) for product in products}
        e = t.existing.c
        stored = self._select(e.prom_id, e.good_id, e.price_stock, e.content)
        known: dict[str, tuple[str, StoredProduct]] = {
            row.prom_id: (row.good_id, StoredProduct(row.price_stock, row.content))
            for row in self._in_pages(stored, e.prom_id, list(kept))
        }
        self._upsert(
            t.existing,
            [
                {
                    "prom_id": product.prom_id,
                    "good_id": product.good_id,
                    "alias": product.alias,
                    **kept[product.prom_id]._asdict(),
                    "modified": product.modified,
                    "look": look,
                    **facts(product.values),
                }
                for product in products
            ],
        )
        changed, moved = set[str](), set[str]()
        for product in products:
            now, before = kept[product.prom_id], known.get(product.prom_id)
            if before is None or (product.good_id, now.content) != (before[0], before[1].content):
                changed |= {product.good_id, before[0] if before else ""}
            elif now != before[1]:
                moved.add(product.good_id)
        if changed or moved:
            self._object_state.recount()
        self._rows.mark_dirty(sorted(changed))
        self._rows.mark_dirty(sorted(moved), content=False)

    def note_external_ids(self, good_ids: Mapping[str, str]) -> None:
        """Record that products have the ids of their goods as external ids now, keyed by Prom's id.

        The next plan compares these goods: what needs an external id can be sent.
        """
        for prom_id, good_id in good_ids.items():
            self._update(t.existing, t.existing.c.prom_id == prom_id, good_id=good_id, alias=None)
        self._object_state.recount()
        self._rows.mark_dirty(sorted(good_ids.values()))

    def unseen(self, look: int) -> list[str]:
        """Return the ids of goods that should be on Prom and were not shown by a full look."""
        e, s = t.existing.c, t.sent.c
        missing = self._select(e.good_id).where(e.look != look, e.good_id != "")
        lost = self._select(s.good_id).where(s.price_stock.not_like('%"status":"deleted"%'))
        shown = set(self._scalars(e.good_id, e.look == look))
        rows = self._db.execute(missing.union(lost)).scalars()
        return sorted(good_id for good_id in rows if good_id not in shown)

    def forget_unseen(self, look: int) -> None:
        """Forget the products that a full look and a second question did not show: they are not on Prom."""
        c = t.existing.c
        gone = self._scalars(c.good_id, c.look != look)
        self._delete(t.existing, c.look != look)
        if gone:
            self._object_state.recount()
        self._rows.mark_dirty(gone)

    def forget_good(self, good_id: str) -> None:
        """Forget the product of a good, which is not on Prom any more; the next look sees everything."""
        self._delete(t.existing, t.existing.c.good_id == good_id)
        self._object_state.forget_full_look()
        self._object_state.recount()
        self._rows.mark_dirty([good_id])

    def forget_existing(self, prom_ids: Sequence[str]) -> None:
        """Forget products that are not on Prom any more."""
        self._object_state.recount()
        self._delete_in_pages(t.existing, t.existing.c.prom_id, prom_ids)

    def shows_exact_times(self, since: datetime) -> bool:
        """Return whether a modification since a moment is between full hours, so that Prom does not round."""
        modified = t.existing.c.modified
        exact = type_coerce(modified, String).not_like("%:00:00.%")
        return self._count(t.existing, modified >= since, exact) > 0

    def existing_count(self) -> int:
        """Return how many products Prom shows, deleted ones left out."""
        return self._count(t.existing, t.existing.c.deleted.is_(False))

    def in_stock_count(self) -> int:
        """Return how many products Prom shows as available."""
        c = t.existing.c
        return self._count(t.existing, c.deleted.is_(False), c.available.is_(True))

    def pictured_count(self) -> int:
        """Return to how many products on Prom photos were sent."""
        s, e = t.sent.c, t.existing.c
        return self._db.execute(
            select(func.count())
            .select_from(t.sent)
            .join(t.existing, and_(e.object == s.object, e.good_id == s.good_id))
            .where(s.object == self._slug, e.deleted.is_(False), s.content.like('%"photos":[[%'))
        ).scalar_one()

    def foreign_count(self) -> int:
        """Return how many products are foreign; it is counted again only where it may have changed."""
        count = self._object_state.foreign()
        if count is None:
            query = select(func.count()).select_from(self._foreign().subquery())
            count = self._db.execute(query).scalar_one()
            self._object_state.note_foreign(count)
        return count

    def foreign(self) -> list[Existing]:
        """Return the products that are neither in the export nor ever sent by us, by Prom's id."""
        rows = self._db.execute(self._foreign().order_by(t.existing.c.prom_id))
        return [
            Existing(row.prom_id, row.good_id, load(row.price_stock, row.content), row.modified)
            for row in rows
        ]

    def leaving(self, plan: int) -> Iterator[Existing]:
        """Yield the products that a plan removes, foreign ones too; what a guard holds does not leave."""
        e, c = t.existing.c, changes.c
        goes = (c.plan == plan, c.verb == Verb.REMOVE, c.held.is_(None), e.deleted.is_(False))
        for same in (and_(c.prom_id == "", c.good_id == e.good_id), c.prom_id == e.prom_id):
            leaving = self._select(e.prom_id, e.good_id, e.price_stock, e.modified).join(changes, same)
            with self._db.execute(leaving.where(*goes).execution_options(yield_per=PAGE)) as rows:
                for row in rows:
                    yield Existing(row.prom_id, row.good_id, load(row.price_stock), row.modified)

    def _foreign(self) -> Select[Any]:
        """Ask for foreign products; what may be a good of ours is none until a person has decided."""
        c = t.existing.c
        doubted, ours = self._select(t.candidates.c.prom_id), self._select(t.sent.c.good_id)
        here = self._select(t.goods.c.good_id).where(t.goods.c.row_status != RowStatus.GONE)
        return (
            self._select(c.prom_id, c.good_id, c.price_stock, c.content, c.modified)
            .where(c.deleted.is_(False), c.prom_id.not_in(doubted))
            .where(or_(c.good_id == "", and_(c.good_id.not_in(ours), c.good_id.not_in(here))))
        )


def facts(values: Mapping[str, Value]) -> dict[str, bool]:
    """Return the columns that are counted over all products: the documents would be slow to search."""
    return {
        "deleted": values.get("status") in ("deleted", "deleted_by_moderator"),
        "available": values.get("presence") == "available",
    }
