"""Payments that come late: until when the order of one is read again by its number.

A payment may leave Prom's date of modification as it was, and the list of modified orders does not show the
order then (docs/developers/prom-api.md §10 Q14).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from torgsync.core.orders.order import Order, Paid

AWAITED = timedelta(days=14)
"""How long after its last modification the online payment of an order is awaited."""

READ_AT_ONCE = 50
"""How many orders are read again in one fetch; those that were read longest ago come first."""


def payment_awaited_until(order: Order) -> datetime | None:
    """Return until when an order is read again for its payment, None where Prom awaits no payment."""
    awaited = order.takes_place and order.paid is Paid.UNPAID
    return order.modified + AWAITED if awaited else None
