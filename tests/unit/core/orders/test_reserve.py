"""What orders hold and an export cannot know: it must not be sold twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from builders import LATER, NOON, order

from torgsync.core.orders.order import Order, Paid
from torgsync.core.orders.stored import Handed, Holding, cannot_know, held_pieces, holdings

BEFORE = NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    ("found", "waits", "taken", "unknown"),
    [
        (order(created=LATER), False, None, True),
        (order(created=NOON), False, None, False),
        (order(created=BEFORE), True, None, True),
        (order(created=BEFORE), False, LATER, True),
        (order(created=BEFORE), False, NOON, False),
        (order(created=LATER, status="delivered"), False, None, True),
        (order(created=LATER, status="canceled"), True, None, False),
        (order(created=LATER, status="draft"), True, None, False),
        (order(created=LATER, paid=Paid.REFUNDED), True, None, False),
    ],
)
def test_an_export_knows_what_torgsoft_took_before(
    found: Order, waits: bool, taken: datetime | None, unknown: bool
) -> None:
    """Newer than the file, in the outbox, or found taken later: it cannot know. No sale holds nothing."""
    assert cannot_know(Handed(found, waits, taken), NOON) is unknown


def test_pieces_are_counted_by_good_and_order() -> None:
    """Lines of one good add up, with parts of pieces; a line without a good or pieces holds nothing."""
    (line,) = order().lines
    lines = (
        line,
        replace(line, quantity=Decimal("0.5")),
        replace(line, good_id="", quantity=Decimal(9)),
        replace(line, good_id="18", quantity=Decimal(0)),
    )
    first = Handed(order(id="1", created=LATER, lines=lines), waits=False)
    second = Handed(order(id="2"), waits=True)
    known = Handed(order(id="3"), waits=False, taken=BEFORE)
    found = holdings([second, first, known], NOON)
    assert found == (Holding("17", "1", Decimal("2.5")), Holding("17", "2", Decimal(2)))
    assert held_pieces(found) == {"17": Decimal("4.5")}
    assert holdings([], NOON) == ()
