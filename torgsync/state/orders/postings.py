"""Postings: they are only added, never changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from torgsync.core.orders.order import DELIVERED
from torgsync.core.orders.postings import NOWHERE, Money, Posting
from torgsync.state.repository import Repository
from torgsync.state.schema import order_tables as t

_SAME_NAME = ("order_id", "kind", "place", "account", "payment_id", "payment_name", "amount", "currency")
"""Columns that are called like the attribute of a posting; its time is in `happened`."""


class PostingRepository(Repository):
    """Postings of one object, inside one transaction."""

    def all(self, order_id: str | None = None) -> tuple[Posting, ...]:
        """Return the postings of one order, or all, in the order they were made."""
        c = t.postings.c
        query = self._select(t.postings).order_by(c.id)
        if order_id is not None:
            query = query.where(c.order_id == order_id)
        return tuple(map(_posting, self._db.execute(query)))

    def add(self, postings: Sequence[Posting], now: datetime) -> None:
        """Add postings."""
        rows = [
            {name: getattr(posting, name) for name in _SAME_NAME} | {"at": now, "happened": posting.at}
            for posting in postings
        ]
        self._insert(t.postings, rows)

    def without_place(self, payment_ids: Iterable[str]) -> list[str]:
        """Return the orders whose money by these payment methods has no place, oldest first."""
        c = t.postings.c
        rows = self._select(c.order_id).where(self._unmapped, c.payment_id.in_(set(payment_ids)))
        return list(self._db.execute(rows.order_by(c.id)).scalars())

    def unmapped(self) -> dict[str, int]:
        """Return how many orders have money without a place, keyed by payment method.

        The key is the method's name, or its id where it has none. For money without a method see
        `without_method`.
        """
        c = t.postings.c
        query = self._select(c.payment_id, c.payment_name).where(self._unmapped, c.payment_id != "")
        return dict(Counter(name or id_ for id_, name in self._db.execute(query.order_by(c.id))))

    def orders_unmapped(self) -> list[str]:
        """Return the orders whose payment method has no place for its money, oldest first."""
        c = t.postings.c
        query = self._select(c.order_id).where(self._unmapped, c.payment_id != "")
        return list(dict.fromkeys(self._db.execute(query.order_by(c.id)).scalars()))

    def without_method(self) -> list[str]:
        """Return the orders on their way whose money has no payment method and no place, oldest first.

        Nothing can be mapped for it; once such an order is delivered there is nothing left to do about it.
        """
        c, o = t.postings.c, t.orders.c
        rows = (
            self._select(c.order_id)
            .join(t.orders, (o.object == c.object) & (o.order_id == c.order_id))
            .where(self._unmapped, c.payment_id == "", o.status != DELIVERED)
        )
        return list(self._db.execute(rows.order_by(c.id)).scalars())

    def homeless(self) -> set[str]:
        """Return the orders that `unmapped` counts, and those of `without_method`."""
        mappable = self._select(t.postings.c.order_id).where(self._unmapped, t.postings.c.payment_id != "")
        return {*self._db.execute(mappable).scalars(), *self.without_method()}

    @property
    def _unmapped(self) -> ColumnElement[bool]:
        """Whether a posting is the last one of its order, and has no place."""
        c = t.postings.c
        last = select(func.max(c.id)).where(self._own(t.postings)).group_by(c.order_id)
        return c.id.in_(last) & (c.place == NOWHERE) & (c.kind != Money.REVERSED)


def _posting(row: Row[Any]) -> Posting:
    values = {name: getattr(row, name) for name in _SAME_NAME}
    return Posting(**values | {"kind": Money(row.kind), "at": row.happened})
