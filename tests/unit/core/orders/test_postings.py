"""The ledger: what an order's postings come to is always what Prom says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from builders import LATER, NOON, order
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.clock import SHOP_ZONE, bounds
from torgsync.core.config.settings import PaymentMethod
from torgsync.core.orders.order import Order, Paid
from torgsync.core.orders.postings import (
    UNMAPPED,
    AccountBalance,
    Money,
    Place,
    Posting,
    account_balances,
    is_received,
    order_balance,
    place_of,
    postings_due,
)

CASH = Place("cash_register", "Каса 1")
OTHER_CASH = Place("cash_register", "Каса 2")
BANK = Place("current_account", "UA21")
E, R, X, M = Money
MUCH_LATER = LATER + timedelta(days=1)


def post(found: Order, posted: tuple[Posting, ...] = (), place: Place = CASH) -> tuple[Posting, ...]:
    return posted + postings_due(found, place, posted)


def summary(posted: tuple[Posting, ...]) -> list[tuple[Money, str, str]]:
    return [(posting.kind, posting.account, str(posting.amount)) for posting in posted]


PAID = order(paid=Paid.PAID)
CANCELLED = order(status="canceled")
REFUNDED = order(paid=Paid.REFUNDED)
DEARER = order(total=Decimal("250.00"))


@pytest.mark.parametrize(
    ("method", "place"),
    [
        (PaymentMethod(id=1, name="А", cash_register="Каса 1"), CASH),
        (PaymentMethod(id=1, name="А", current_account="UA21"), BANK),
        (PaymentMethod(id=1, name="А"), UNMAPPED),
        (None, UNMAPPED),
    ],
)
def test_money_lands_where_its_method_says(method: PaymentMethod | None, place: Place) -> None:
    """One cash register, one account, or nowhere yet."""
    assert place_of(method) == place


@pytest.mark.parametrize(
    ("paid", "status", "place", "name", "received"),
    [
        (Paid.PAID, "pending", BANK, "Пром-оплата", True),
        (Paid.REFUNDED, "delivered", CASH, "Накладений платіж", False),
        (Paid.UNPAID, "delivered", CASH, "Пром-оплата", False),
        (Paid.NOT_YET, "delivered", CASH, "Готівка", True),
        (Paid.NOT_YET, "delivered", BANK, "Накладений платіж", True),
        (Paid.NOT_YET, "delivered", UNMAPPED, "Наложенный платеж", True),
        (Paid.NOT_YET, "delivered", BANK, "Оплата на карту", False),
        (Paid.NOT_YET, "received", CASH, "Накладений платіж", False),
    ],
)
def test_money_is_there_when_prom_says_so_or_it_comes_with_the_delivery(
    paid: Paid, status: str, place: Place, name: str, received: bool
) -> None:
    """A delivered order that was to be paid into an account is still expected there."""
    assert is_received(order(paid=paid, status=status, payment_name=name), place) is received


@pytest.mark.parametrize(
    ("versions", "kinds"),
    [
        ([order()], [E]),
        ([order(), order()], [E]),
        ([PAID], [E, R]),
        ([order(), PAID, PAID], [E, R]),
        ([order(), order(status="delivered")], [E, R]),
        ([order(), CANCELLED, CANCELLED], [E, X]),
        ([order(), PAID, REFUNDED], [E, R, X]),
        ([CANCELLED], []),
        ([REFUNDED], []),
        ([order(status="draft"), order()], [E]),
        ([order(total=None)], []),
        ([order(), order(total=None)], [E]),
        ([order(), order(total=None, status="canceled")], [E, X]),
        ([PAID, order(total=None, paid=Paid.REFUNDED)], [E, R, X]),
        ([order(total=None, status="draft")], []),
        ([order(total=Decimal("0.00"))], []),
        ([order(), order(total=Decimal("0.00"))], [E, X]),
        ([order(), CANCELLED, order()], [E, X, E]),
        ([order(), CANCELLED, PAID, REFUNDED], [E, X, E, R, X]),
        ([order(), DEARER], [E, X, E]),
        ([PAID, replace(PAID, total=Decimal("250.00"))], [E, R, X, E, R]),
        ([PAID, order(paid=Paid.UNPAID)], [E, R, X, E]),
        ([order(), order(payment_id="9000002")], [E, X, E]),
        ([order(), order(currency="USD")], [E, X, E]),
    ],
)
def test_money_is_posted_as_an_order_goes_on(versions: list[Order], kinds: list[Money]) -> None:
    """Expected, received, reversed; what turns out otherwise is reversed and posted again."""
    ledger: tuple[Posting, ...] = ()
    for version in versions:
        ledger = post(version, ledger)
    assert [posting.kind for posting in ledger] == kinds


def test_a_posting_has_all_about_the_money() -> None:
    """Order, place, account, method, amount, currency, and when it happened."""
    (found,) = post(order())
    assert found == Posting(
        "300000001", E, "cash_register", "Каса 1", "9000001", "Накладений платіж", Decimal("200.00"), "UAH",
        NOON,
    )  # fmt: skip


def test_postings_are_dated_by_what_happened() -> None:
    """Placed, paid, changed or cancelled: Prom's own times, also where the money got its place later."""
    paid = order(paid=Paid.PAID, paid_at=LATER, modified=MUCH_LATER)
    ledger = post(order(status="canceled", modified=MUCH_LATER), post(paid))
    assert [(posting.kind, posting.at) for posting in ledger] == [(E, NOON), (R, LATER), (X, MUCH_LATER)]
    moved = post(replace(paid, paid_at=None), post(paid, place=UNMAPPED))
    assert [posting.at for posting in moved] == [NOON, LATER, NOON, NOON, LATER]


def test_a_refund_is_dated_by_when_the_money_went_back() -> None:
    """Not by Prom's last touch; without a time of its own by that, and never before the receipt."""
    paid = post(order(paid=Paid.PAID, paid_at=LATER, modified=LATER))
    back = LATER + timedelta(hours=1)
    refunded = order(paid=Paid.REFUNDED, paid_at=back, modified=MUCH_LATER)
    for found, at in (
        (refunded, back),
        (replace(refunded, status="canceled"), back),
        (replace(refunded, paid_at=None), MUCH_LATER),
        (replace(refunded, paid_at=NOON), LATER),
    ):
        assert [(posting.kind, posting.at) for posting in post(found, paid)[2:]] == [(X, at)]


def test_a_mapping_that_changed_later_rewrites_nothing() -> None:
    """What was posted stays where it was; a reversal goes where the money was, whatever the total is now."""
    received = post(PAID)
    assert post(PAID, received, OTHER_CASH) == received
    gone = post(order(status="canceled", total=Decimal("999.00")), received, OTHER_CASH)
    assert summary(gone)[-1] == (X, "Каса 1", "200.00")
    waiting = post(order())
    assert post(order(), waiting, OTHER_CASH) == post(order(), waiting, UNMAPPED) == waiting


def test_money_that_comes_after_the_mapping_changed_lands_in_the_new_place() -> None:
    """What was expected in the old place is reversed there: no place waits for ever."""
    ledger = post(PAID, post(order()), OTHER_CASH)
    assert summary(ledger) == [
        (E, "Каса 1", "200.00"),
        (M, "Каса 1", "200.00"),
        (E, "Каса 2", "200.00"),
        (R, "Каса 2", "200.00"),
    ]
    assert [balance.account for balance in account_balances(ledger)] == ["Каса 2"]


def test_received_money_stays_in_its_place_when_the_total_changes() -> None:
    """It is there already, whatever the mapping says now."""
    ledger = post(replace(PAID, total=Decimal("250.00")), post(PAID), OTHER_CASH)
    assert summary(ledger)[2:] == [(X, "Каса 1", "200.00"), (E, "Каса 1", "250.00"), (R, "Каса 1", "250.00")]


@pytest.mark.parametrize("version", [order(), PAID])
def test_money_without_a_place_gets_the_one_its_method_is_mapped_to(version: Order) -> None:
    """It needs no change of the order; the old postings stay, and a report shows no reversal."""
    lost = post(version, place=UNMAPPED)
    found = post(version, lost, BANK)
    assert found[: len(lost)] == lost
    assert order_balance(found).expected is not None
    assert {posting.account for posting in found[len(lost) + 1 :]} == {"UA21"}
    assert account_balances(found) == account_balances(post(version, place=BANK))
    assert account_balances(found, until=NOON) == []


def test_what_was_moved_is_counted_where_it_is_in_every_stretch_of_days() -> None:
    """Neither the day of the move nor any other shows money where it was, or less than nothing."""
    paid = order(paid=Paid.PAID, paid_at=LATER, modified=MUCH_LATER)
    there, moved = post(paid, place=BANK), post(paid, post(paid, place=UNMAPPED), BANK)
    for since in (None, NOON, LATER, MUCH_LATER):
        for until in (None, NOON, LATER, MUCH_LATER):
            assert account_balances(moved, since, until) == account_balances(there, since, until)


_PLACES = st.sampled_from([CASH, OTHER_CASH, BANK, UNMAPPED])
_VERSIONS = st.builds(
    lambda status, paid, total, method: order(status=status, paid=paid, total=total, payment_id=method),
    st.sampled_from(["pending", "received", "paid", "delivered", "canceled", "draft"]),
    st.sampled_from(list(Paid)),
    st.sampled_from([Decimal("200.00"), Decimal("250.00"), Decimal("0.00"), None]),
    st.sampled_from(["9000001", "9000002"]),
)


@given(st.lists(st.tuples(_VERSIONS, _PLACES), max_size=8))
def test_after_any_history_the_postings_are_what_prom_says(history: list[tuple[Order, Place]]) -> None:
    """Their sum is the order's total, or nothing where there is no sale; received is what is paid.

    Every version posted twice changes nothing more, nothing that was posted changes, no place goes below
    zero, and money is without a place only while its method has none.
    """
    ledger: tuple[Posting, ...] = ()
    for version, place in history:
        before = ledger
        ledger = post(version, ledger, place)
        assert ledger[: len(before)] == before
        assert post(version, ledger, place) == ledger
        balance = order_balance(ledger)
        worth = version.total if version.takes_place else Decimal(0)
        if worth is None:
            assert ledger == before
            continue
        signed = {E: 1, R: 0, X: -1, M: -1}
        assert sum(signed[posting.kind] * posting.amount for posting in ledger) == worth == balance.worth
        if worth:
            assert balance.expected is not None
            where = balance.expected.where
            assert (balance.received is not None) == is_received(version, where)
            assert where != UNMAPPED or place == UNMAPPED
            assert balance.expected.payment_id == version.payment_id
        by_place: dict[str, Decimal] = defaultdict(Decimal)
        for posting in ledger:
            by_place[posting.account] += signed[posting.kind] * posting.amount
            assert by_place[posting.account] >= 0


@given(st.lists(st.tuples(_VERSIONS, _PLACES), max_size=8))
def test_a_report_loses_no_money(history: list[tuple[Order, Place]]) -> None:
    """The balances are what was posted and not moved; open is what is expected and was not received."""
    ledger: tuple[Posting, ...] = ()
    for version, place in history:
        ledger = post(version, ledger, place)
    balances = account_balances(ledger)
    posted = {kind: sum(posting.amount for posting in ledger if posting.kind is kind) for kind in Money}
    assert sum(balance.expected for balance in balances) == posted[E] - posted[M]
    assert sum(balance.received for balance in balances) <= posted[R]
    assert sum(balance.reversed for balance in balances) == posted[X]
    assert all(min(one.expected, one.received, one.reversed) >= 0 for one in balances)
    balance = order_balance(ledger)
    assert sum(balance.open for balance in balances) == (0 if balance.received else balance.worth)
    assert all(balance.open >= 0 for balance in balances)


def test_sums_are_kept_by_place() -> None:
    """Each place, account and currency has its own; unmapped money comes last."""
    (cash,) = post(order())
    bank = replace(cash, order_id="2", place="current_account", account="UA21", amount=Decimal("50.00"))
    lost = replace(cash, order_id="3", place="unmapped", account="")
    dollars = replace(cash, order_id="4", currency="USD")
    zero = Decimal("0.00")
    assert account_balances([lost, bank, cash, replace(cash, kind=X), dollars, replace(dollars, kind=R)]) == [
        AccountBalance("cash_register", "Каса 1", "UAH", Decimal("200.00"), zero, Decimal("200.00"), zero),
        AccountBalance("cash_register", "Каса 1", "USD", Decimal("200.00"), Decimal("200.00"), zero, zero),
        AccountBalance("current_account", "UA21", "UAH", Decimal("50.00"), zero, zero, Decimal("50.00")),
        AccountBalance("unmapped", "", "UAH", Decimal("200.00"), zero, zero, Decimal("200.00")),
    ]
    assert account_balances([]) == []


@pytest.mark.parametrize(
    ("day", "hours", "first", "last"),
    [
        ("2026-03-29", 23, "2026-03-28T22:00:00+00:00", "2026-03-29T20:59:59+00:00"),
        ("2026-10-25", 25, "2026-10-24T21:00:00+00:00", "2026-10-25T21:59:59+00:00"),
        ("2026-07-01", 24, "2026-06-30T21:00:00+00:00", "2026-07-01T20:59:59+00:00"),
    ],
)
def test_a_days_report_is_right_on_the_days_when_clocks_change(
    day: str, hours: int, first: str, last: str
) -> None:
    """A day is that of the shop's clock, its first and last second among it."""
    date = datetime.fromisoformat(day).date()
    since, until = bounds(date, date, SHOP_ZONE)
    assert since is not None
    assert until is not None
    assert (until - since, since.tzinfo) == (timedelta(hours=hours), UTC)
    moments = [datetime.fromisoformat(first), datetime.fromisoformat(last)]
    second = timedelta(seconds=1)
    postings = [
        post(order(id=str(number), created=moment))[0]
        for number, moment in enumerate([moments[0] - second, *moments, moments[1] + second])
    ]
    (balance,) = account_balances(postings, since, until)
    assert (balance.expected, balance.open) == (Decimal("400.00"), Decimal("600.00"))


def test_a_stretch_of_days_may_be_open() -> None:
    """Without a first or a last day nothing is left out on that side."""
    assert bounds(None, None, SHOP_ZONE) == (None, None)
    (before,) = post(order())
    assert account_balances([before], since=LATER)[0].expected == 0
    assert account_balances([before], until=NOON) == []
