"""Messages to buyers about parcels: written down before they are sent, so that none is sent twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from torgsync.core.orders.messages import BuyerMessage
from torgsync.state.repository import Repository
from torgsync.state.schema import order_tables as t


class BuyerMessageRepository(Repository):
    """Messages about the parcels of one object's orders, inside one transaction."""

    def of(self, order_id: str) -> list[BuyerMessage]:
        """Return the messages about an order, oldest first."""
        c = t.buyer_messages.c
        rows = self._db.execute(
            self._select(t.buyer_messages).where(c.order_id == order_id).order_by(c.at, c.parcel)
        )
        return [BuyerMessage(row.parcel, row.at, row.sent) for row in rows]

    def begin(self, order_id: str, parcel: str, now: datetime) -> None:
        """Record that a message is about to be sent: unclear until its answer is recorded."""
        self._insert(t.buyer_messages, [{"order_id": order_id, "parcel": parcel, "at": now}])

    def mark_sent(self, order_id: str, parcel: str, message_id: str, now: datetime) -> None:
        """Record that Prom confirmed a message, and the id that it gave."""
        self._update(t.buyer_messages, *_one(order_id, parcel), sent=now, message_id=message_id)

    def withdraw(self, order_id: str, parcel: str) -> None:
        """Remove a message that was not sent for certain, so that it may be tried again."""
        self._delete(t.buyer_messages, *_one(order_id, parcel))

    def forget(self, order_id: str) -> None:
        """Remove all messages about an order, because parcel numbers are personal data."""
        self._delete(t.buyer_messages, t.buyer_messages.c.order_id == order_id)


def _one(order_id: str, parcel: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions for the message about one parcel of an order."""
    c = t.buyer_messages.c
    return c.order_id == order_id, c.parcel == parcel
