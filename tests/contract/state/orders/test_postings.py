"""What the state promises about money: postings are only added."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from builders import LATER, NOON, order

from torgsync.core.orders.postings import UNMAPPED, Money, Place, postings_due
from torgsync.state.store import UnitOfWork

CASH = Place("cash_register", "Каса 1")
(POSTING,) = postings_due(order(), CASH, ())


def test_money_without_a_place_is_counted_by_method(work: UnitOfWork) -> None:
    """What was paid back, what has a place by now, and what goes by no method needs none."""
    for number, method, name in (("1", "9", "Картка"), ("2", "9", "Картка"), ("3", "8", ""), ("4", "", "")):
        found = order(id=number, payment_id=method, payment_name=name)
        work.postings.add(postings_due(found, UNMAPPED, ()), NOON)
    assert work.postings.unmapped() == {"Картка": 2, "8": 1}
    again = order(id="1", payment_id="9", payment_name="Картка")
    work.postings.add(postings_due(again, CASH, work.postings.all("1")), NOON)
    gone = order(id="2", payment_id="9", status="canceled")
    work.postings.add(postings_due(gone, UNMAPPED, work.postings.all("2")), NOON)
    assert work.postings.unmapped() == {"8": 1}


def test_money_without_a_method_is_reported_until_its_order_is_delivered(work: UnitOfWork) -> None:
    """Neither what is cancelled nor what has a method."""
    for number, method, status in (
        ("1", "", "received"), ("2", "", "paid"), ("3", "9", "paid"), ("4", "", "delivered"),
    ):  # fmt: skip
        found = order(id=number, payment_id=method, status=status)
        work.orders.remember(found, NOON, client_id="", hold=None)
        work.postings.add(postings_due(found, UNMAPPED, ()), NOON)
    assert work.postings.without_method() == ["1", "2"]
    gone = order(id="1", payment_id="", status="canceled")
    work.postings.add(postings_due(gone, UNMAPPED, work.postings.all("1")), NOON)
    assert work.postings.without_method() == ["2"]


def test_postings_are_only_added(work: UnitOfWork) -> None:
    """In the order they were made, of one order or of all, with the money to the last digit."""
    received = replace(POSTING, kind=Money.RECEIVED, amount=Decimal("1713.10"), at=LATER)
    other = replace(POSTING, order_id="2")
    work.postings.add([POSTING, other], NOON)
    work.postings.add([received], LATER)
    work.postings.add([], LATER)
    assert work.postings.all() == (POSTING, other, received)
    assert work.postings.all("300000001") == (POSTING, received)
    assert work.postings.all("9") == ()
    assert str(work.postings.all("300000001")[1].amount) == "1713.10"


def test_money_without_a_place_is_found(work: UnitOfWork) -> None:
    """Orders of the methods asked for whose last posting has no place and is no reversal, oldest first."""
    lost = replace(POSTING, place="unmapped", account="")
    work.postings.add([replace(lost, order_id=number) for number in "1234"], NOON)
    work.postings.add([replace(lost, order_id="2", kind=Money.RECEIVED)], NOON)
    work.postings.add([replace(lost, order_id="3", kind=Money.REVERSED)], NOON)
    work.postings.add([replace(POSTING, order_id="4"), replace(lost, order_id="5", payment_id="8")], NOON)
    assert work.postings.without_place(["9000001"]) == ["1", "2"]
    assert work.postings.without_place([]) == []
