"""Until when a payment is awaited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import NOON, order

from torgsync.core.orders.late import AWAITED, READ_AT_ONCE, payment_awaited_until
from torgsync.core.orders.order import Paid

TWO_WEEKS = NOON + timedelta(days=14)


@pytest.mark.parametrize(
    ("status", "paid", "until"),
    [
        *((status, Paid.UNPAID, TWO_WEEKS) for status in ("pending", "received", "delivered", "custom-7")),
        *((status, Paid.UNPAID, None) for status in ("canceled", "draft")),
        *(("pending", paid, None) for paid in Paid if paid is not Paid.UNPAID),
    ],
)
def test_only_sales_that_prom_takes_the_money_of(status: str, paid: Paid, until: object) -> None:
    """For two weeks after Prom modified the order last: an edit may bring another way to pay."""
    earlier = NOON - timedelta(days=30)
    assert payment_awaited_until(order(status=status, paid=paid, created=earlier)) == until
    assert (50, timedelta(days=14)) == (READ_AT_ONCE, AWAITED)
