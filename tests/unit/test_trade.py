"""Orders, clients and money: what Prom says is kept exactly, and posted once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from builders import MONEY, order
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.findings import Code
from torgsync.core.trade import (
    Balance,
    Buyer,
    Client,
    Match,
    Money,
    Order,
    Paid,
    Posting,
    findings_of,
    match_client,
    parse_money,
    postings_due,
    sums,
)

# Money


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 713 грн", "1713.00"),
        ("1\u00a0713\u00a0грн", "1713.00"),
        ("1\u202f234,50 грн.", "1234.50"),
        ("12\u2009345,6 ₴", "12345.60"),
        ("39 грн.", "39.00"),
        ("100.00", "100.00"),
        ("$ 5.25", "5.25"),
        ("0 грн", "0.00"),
        (39, "39.00"),
        (2.5, "2.50"),
        (Decimal("2.860"), "2.86"),
        ("0,125", "0.125"),
    ],
)
def test_money_is_read_in_every_form(text: object, amount: str) -> None:
    """Blanks of every kind, comma or point, a word behind it with a dot of its own; two places."""
    assert str(parse_money(text)) == amount


@pytest.mark.parametrize("text", [" ", "грн", None, "1,713.50 UAH", "1.713,50 грн", "1.2.3", "1" * 21])
def test_money_is_never_guessed(text: object) -> None:
    """No number, or one that can be read in two ways, is shown to a person."""
    with pytest.raises(ValueError, match=re.escape(str(text)[:40])):
        parse_money(text)


@given(MONEY, st.sampled_from([" ", "\u00a0", "\u202f", ""]), st.sampled_from([" грн", " грн.", " ₴", ""]))
def test_written_money_comes_back(amount: Decimal, blank: str, word: str) -> None:
    """Reading is the inverse of Prom's way of writing."""
    text = f"{amount:,.2f}".replace(",", blank).replace(".", ",") + word
    assert parse_money(text) == amount


# Orders


@pytest.mark.parametrize(
    ("status", "cancelled", "open_sale"),
    [
        ("pending", False, True),
        ("received", False, True),
        ("paid", False, True),
        ("custom-7", False, True),
        ("delivered", False, False),
        ("canceled", True, False),
        ("draft", False, False),
    ],
)
def test_an_order_waits_until_it_is_delivered_or_cancelled(
    status: str, cancelled: bool, open_sale: bool
) -> None:
    """Statuses that we do not know count as open: goods wait to be handed out."""
    found = order(status=status)
    assert (found.cancelled, found.open_sale) == (cancelled, open_sale)


def test_a_buyer_is_named_as_torgsoft_names_people() -> None:
    """Last, first and middle name; blanks leave no gap."""
    assert Buyer("", "Іван", "", "Тестовий", "", "").full_name == "Тестовий Іван"
    assert Buyer("", "Олена", "Петрівна", "Вигадана", "", "").full_name == "Вигадана Олена Петрівна"


LINE = order().lines[0]


@pytest.mark.parametrize(
    ("found", "codes"),
    [
        (order(), []),
        (order(total=Decimal("199.99")), [Code.ORDER_SUM]),
        (order(total=Decimal("250.00"), delivery_cost=Decimal(50)), []),
        (order(total=Decimal("200.00"), delivery_cost=Decimal(50)), []),
        (order(total=Decimal("180.00"), discount=Decimal(20)), []),
        (order(total=Decimal("230.00"), discount=Decimal(20), delivery_cost=Decimal(50)), []),
        (order(total=None), []),
        (order(total=Decimal(1), unreadable=("price `?`",)), [Code.ORDER_MONEY_UNREADABLE]),
        (order(lines=(replace(LINE, good_id=""),)), [Code.ORDER_GOOD_UNKNOWN]),
        (order(lines=()), [Code.ORDER_SUM]),
    ],
)
def test_an_order_that_does_not_add_up_is_told(found: Order, codes: list[Code]) -> None:
    """Lines less discount, with or without delivery, are the total to the kopiyka; goods have ids."""
    assert [finding.code for finding in findings_of(found)] == codes


# Postings


def post(found: Order, posted: tuple[Posting, ...] = (), *, account: str = "Каса 1") -> tuple[Posting, ...]:
    return posted + postings_due(found, place="cash_register", account=account, posted=posted)


def kinds(posted: tuple[Posting, ...]) -> list[Money]:
    return [posting.kind for posting in posted]


E, R, X = Money.EXPECTED, Money.RECEIVED, Money.REVERSED
CANCELLED = order(status="canceled")
REFUNDED = order(status="canceled", paid=Paid.REFUNDED)
PAID = order(paid=Paid.PAID)


@pytest.mark.parametrize(
    ("versions", "posted"),
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
        ([order(total=None)], []),
        ([order(total=Decimal("0.00"))], []),
        ([order(), CANCELLED, order()], [E, X, E]),
        ([order(), CANCELLED, PAID, REFUNDED], [E, X, E, R, X]),
    ],
)
def test_money_is_posted_as_an_order_goes_on(versions: list[Order], posted: list[Money]) -> None:
    """Expected when it comes, received when paid or delivered, reversed when gone, anew when taken up."""
    ledger: tuple[Posting, ...] = ()
    for version in versions:
        ledger = post(version, ledger)
    assert kinds(ledger) == posted


def test_a_posting_tells_all_of_the_money() -> None:
    """Order, place, account, method, amount and currency are those of the order and its mapping."""
    (found,) = post(order())
    assert found == Posting(
        "300000001",
        Money.EXPECTED,
        "cash_register",
        "Каса 1",
        "9000001",
        "Накладений платіж",
        Decimal("200.00"),
        "UAH",
    )


def test_a_reversal_goes_where_the_money_was() -> None:
    """A mapping or a total that changed later does not rewrite history."""
    ledger = post(
        order(status="canceled", total=Decimal("999.00")), post(PAID, account="Каса 1"), account="Каса 2"
    )
    assert (ledger[-1].kind, ledger[-1].account, ledger[-1].amount) == (X, "Каса 1", Decimal("200.00"))


_VERSIONS = st.lists(
    st.builds(
        lambda status, paid, total: order(status=status, paid=paid, total=total),
        st.sampled_from(["pending", "received", "paid", "delivered", "canceled", "draft"]),
        st.sampled_from(list(Paid)),
        st.sampled_from([Decimal("200.00"), Decimal("250.00")]),
    ),
    max_size=8,
)


@given(_VERSIONS, st.lists(st.sampled_from(["Каса 1", "Каса 2"]), min_size=8, max_size=8))
def test_the_ledger_is_consistent_after_any_history(versions: list[Order], accounts: list[str]) -> None:
    """An order that is gone leaves nothing, one that stands is expected once, and received at most once.

    Every version posted twice changes nothing more.
    """
    ledger: tuple[Posting, ...] = ()
    for version, account in zip(versions, accounts, strict=False):
        ledger = post(version, ledger, account=account)
        assert post(version, ledger, account=account) == ledger
        chapters = " ".join(kinds(ledger)).split(X)
        assert all(chapter.split() in ([E], [E, R]) for chapter in chapters[:-1])
        assert chapters[-1].split() in ([], [E], [E, R])
        gone = version.cancelled or version.paid is Paid.REFUNDED
        assert (not chapters[-1].split()) is gone or not ledger
        assert (R in chapters[-1].split()) or gone or version.paid is not Paid.PAID
    for number, posting in enumerate(ledger):
        if posting.kind is X:
            undone = ledger[number - 1]
            assert (posting.amount, posting.place, posting.account) == (
                undone.amount,
                undone.place,
                undone.account,
            )


@given(_VERSIONS)
def test_sums_lose_no_money(versions: list[Order]) -> None:
    """What the balances hold is what was posted, kind by kind."""
    ledger: tuple[Posting, ...] = ()
    for version in versions:
        ledger = post(version, ledger)
    total = Counter[str]()
    for posting in ledger:
        total[posting.kind] += posting.amount  # type: ignore[assignment]  # a Counter counts money as well
    balances = sums(ledger)
    assert sum(balance.expected for balance in balances) == total[E]
    assert sum(balance.received for balance in balances) == total[R]
    assert sum(balance.reversed for balance in balances) == total[X]


def test_sums_are_told_by_place() -> None:
    """Each place, account and currency has its own; unmapped money comes last."""
    (cash,) = post(order())
    bank = replace(cash, place="current_account", account="UA21", amount=Decimal("50.00"))
    lost = replace(cash, place="unmapped", account="", kind=Money.RECEIVED)
    zero = Decimal("0.00")
    assert sums(
        [lost, bank, cash, replace(cash, kind=Money.REVERSED), replace(cash, currency="USD"), cash]
    ) == [
        Balance("cash_register", "Каса 1", "UAH", Decimal("400.00"), zero, Decimal("200.00")),
        Balance("cash_register", "Каса 1", "USD", Decimal("200.00"), zero, zero),
        Balance("current_account", "UA21", "UAH", Decimal("50.00"), zero, zero),
        Balance("unmapped", "", "UAH", zero, Decimal("200.00"), zero),
    ]
    assert sums([]) == []


# Clients

WANTED = Client("", "Тестовий Іван", "+380500000001", "buyer@example.com")
KNOWN = (
    Client("1", "Тестовий Іван", "+380500000009", "other@example.com"),
    Client("2", "Вигадана Олена", "+380500000001", ""),
    Client("3", "тестовий іван", "", "Buyer@example.com"),
)


@pytest.mark.parametrize(
    ("find_by", "ids", "one"),
    [
        (("phone", "email"), ("2",), "2"),
        (("email", "phone"), ("3",), "3"),
        (("name", "phone"), ("1", "3"), None),
        (("phone",), ("2",), "2"),
        ((), (), None),
    ],
)
def test_a_client_is_found_by_the_first_tick_that_finds_any(
    find_by: tuple[str, ...], ids: tuple[str, ...], one: str | None
) -> None:
    """The order of the ticks decides; two matches are both reported, none is picked."""
    found = match_client(WANTED, KNOWN, find_by)
    assert found == Match(ids)
    assert found.one == one


def test_a_blank_finds_nobody() -> None:
    """A buyer without a phone is not every client without one; the next tick is asked."""
    assert match_client(replace(WANTED, phone="", email=""), KNOWN, ("phone", "email")) == Match(())
    assert match_client(replace(WANTED, phone=""), KNOWN, ("phone", "email")).one == "3"
