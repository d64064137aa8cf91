"""What comes late: when, and until when, an order is read again by its number for its payment or lines.

A payment may leave Prom's date of modification as it was, and the list of modified orders does not show the
order then (docs/developers/prom-api.md §10 Q14).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct

from torgsync.core.orders.order import Order, Paid
from torgsync.core.orders.reasons import HoldReason

AWAITED = timedelta(days=14)
"""How long an order is read again: after its last modification for its payment, else after it was placed."""

INCOMPLETE = (HoldReason.NO_LINES, HoldReason.MONEY_UNREADABLE)
"""Why an order is held that Prom may show whole when it is asked for it by number."""

READ_AT_ONCE = 50
"""How many orders are read again in one fetch; those that were read longest ago come first."""

ALWAYS = timedelta(hours=2)
"""Up to this age, counted from its last modification, an order is read in every fetch."""

FIRST_DAY = ALWAYS + timedelta(days=1)
"""Up to this age it is read once in each `EARLY` of its age, later once in each `LATE`."""

EARLY, LATE = timedelta(hours=1), timedelta(hours=6)


class AwaitedOrder(Struct, frozen=True):
    """An order of which something is awaited `until` a moment, and when it was last read, None if never."""

    order_id: str
    until: datetime
    read: datetime | None

    def is_due(self, now: datetime) -> bool:
        """Return whether the order is read again now.

        Its age is divided into spans of equal length, and it is read by the first fetch of each: a fetch
        that comes a second early or late puts nothing off.
        """
        modified = self.until - AWAITED
        age = now - modified
        if age <= ALWAYS or self.read is None:
            return True
        span = EARLY if age <= FIRST_DAY else LATE
        return (self.read - modified) // span < age // span


def payment_awaited_until(order: Order) -> datetime | None:
    """Return until when an order is read again for its payment, None where Prom awaits no payment."""
    awaited = order.takes_place and order.paid is Paid.UNPAID
    return order.modified + AWAITED if awaited else None


def orders_to_read(awaited: Iterable[AwaitedOrder], listed: Collection[str], now: datetime) -> list[str]:
    """Return the orders that a fetch reads again by number: those that were read longest ago, in their order.

    `listed` orders were in the list a moment ago and are left out.
    """
    due = (one.order_id for one in awaited if one.order_id not in listed and one.is_due(now))
    return list(islice(due, READ_AT_ONCE))
