"""When, and until when, an order is read again for a payment that is awaited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import NOON, order

from torgsync.core.orders.late import (
    AWAITED,
    READ_AT_ONCE,
    AwaitedOrder,
    orders_to_read,
    payment_awaited_until,
)
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


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("age", "since", "due"),
    [
        # In every fetch at first: a payment mostly comes within minutes.
        (MINUTE, MINUTE, True),
        (2 * HOUR, MINUTE, True),
        # Then by the first fetch of each hour, also one that is a second early or late.
        (2 * HOUR + 31 * MINUTE, 30 * MINUTE, False),
        (3 * HOUR, 30 * MINUTE, True),
        (4 * HOUR + 59 * MINUTE, 59 * MINUTE, False),
        (5 * HOUR + MINUTE, 59 * MINUTE, True),
        (26 * HOUR, 59 * MINUTE, True),
        # Then four times a day, however long ago it was listed or read.
        (27 * HOUR, HOUR, False),
        (29 * HOUR + 59 * MINUTE, 5 * HOUR, False),
        (30 * HOUR, 5 * HOUR, True),
        (13 * DAY + 5 * HOUR, 5 * HOUR, False),
        (13 * DAY + 6 * HOUR, 6 * HOUR, True),
        (13 * DAY + 23 * HOUR, 3 * DAY, True),
        # What another computer's clock read before it was modified.
        (28 * HOUR, 29 * HOUR, True),
    ],
)
def test_an_order_is_read_by_its_age(age: timedelta, since: timedelta, due: bool) -> None:
    """Often while it is new, seldom when it is old."""
    now = NOON + age
    one = AwaitedOrder("7", NOON + AWAITED, now - since)
    assert one.is_due(now) is due
    assert orders_to_read([one], [], now) == ["7"] * due
    assert orders_to_read([one], ["7"], now) == []


def test_fifty_orders_of_two_weeks_are_few_requests_a_day() -> None:
    """At half-hourly fetches each is read 4 + 24 + 13 * 4 times or less, and never more than 50 at once."""
    read = {str(number): NOON - number * 7 * HOUR for number in range(48)}
    awaited = {order_id: modified + AWAITED for order_id, modified in read.items()}
    counts = []
    for half_hour in range(48):
        now = NOON + half_hour * 30 * MINUTE
        waiting = [AwaitedOrder(key, awaited[key], read[key]) for key in sorted(read, key=read.__getitem__)]
        due = orders_to_read(waiting, [], now)
        counts.append(len(due))
        read.update(dict.fromkeys(due, now))
    assert max(counts) <= READ_AT_ONCE
    assert sum(counts[1:]) <= 48 * 4 + 4 * 24
    crowd = [AwaitedOrder(str(number), NOON + AWAITED, NOON) for number in range(60)]
    assert orders_to_read(crowd, ["0"], NOON) == [str(number) for number in range(1, 51)]
