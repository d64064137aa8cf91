"""Orders: what Prom says is kept exactly."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from builders import LATER, MONEY, NOON, order
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.orders.order import (
    Buyer,
    Order,
    Paid,
    Recipient,
    missing_numbers,
    parse_money,
    same_order,
    without_people,
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
        (Decimal("2.86"), "2.86"),
        ("0,125", "0.125"),
        ("1'234,50 грн", "1234.50"),
        ("1\u2019234 грн", "1234.00"),
        ("1\u02bc234\u02bc567.5", "1234567.50"),
    ],
)
def test_money_is_read_in_every_form(text: object, amount: str) -> None:
    """Blanks of every kind, comma or point, a word behind it with a dot of its own; two places."""
    assert str(parse_money(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        " ", "грн", None, "1,713.50 UAH", "1.713,50 грн", "1.2.3", "1" * 21, "0," + "1" * 20,
        "-5 грн", "\u22125", "\u20135", "1.713 грн", "1,713 грн", "10,125", "100,1234", "1'23", "12'3456",
        "1'234 567", "100-200 грн", "100 200,505", "12 34 грн", "1234 567", "100 грн 5 шт", ".50", "1\uff17",
    ],
)  # fmt: skip
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
    ("status", "cancelled", "takes_place", "open_sale"),
    [
        ("pending", False, True, True),
        ("received", False, True, True),
        ("paid", False, True, True),
        ("custom-7", False, True, True),
        ("delivered", False, True, False),
        ("canceled", True, False, False),
        ("draft", False, False, False),
    ],
)
def test_an_order_waits_until_it_is_delivered_or_cancelled(
    status: str, cancelled: bool, takes_place: bool, open_sale: bool
) -> None:
    """Statuses that we do not know count as open: goods wait to be handed out."""
    found = order(status=status)
    assert (found.cancelled, found.takes_place, found.open_sale) == (cancelled, takes_place, open_sale)
    assert not order(status=status, paid=Paid.REFUNDED).takes_place


def test_an_order_that_prom_only_touched_says_the_same() -> None:
    """Its time of change alone makes no new version; anything else does."""
    assert same_order(order(), order(modified=LATER))
    assert not same_order(order(), order(note="подзвоніть"))


def test_an_order_without_its_people_keeps_the_sale() -> None:
    """No personal data is left: goods, money, status and times are as they were."""
    found = order(
        note="Код під'їзду 0000", parcel="20450000000000", cancelled_because="Іван передумав",
        recipient=Recipient("Олена", "", "Вигадана", "+380500000002"),
    )  # fmt: skip
    left = without_people(found)
    assert not re.search("Іван|Тестовий|Олена|Вигадана|38050|buyer@|Київ|під|2045", repr(left))
    assert (left.total, left.lines, left.status, left.created) == (found.total, found.lines, "received", NOON)
    assert left.forgotten
    assert without_people(left) == left


@pytest.mark.parametrize(
    ("seen", "absent", "missing"),
    [
        ([], (), ()),
        (["5"], (), ()),
        (map(str, range(1, 30)), (), ()),
        (map(str, [*range(1, 20), *range(21, 40)]), (), (20,)),
        (map(str, [*range(1, 20), *range(22, 60)]), (), (21, 20)),
        (map(str, [*range(1, 20), *range(22, 60)]), (21,), (20,)),
        (["1", "3", "5"], (), ()),
        (["300000001", "300004711"], (), ()),
        (["x", *map(str, range(1, 20)), "21"], (), (20,)),
    ],
)
def test_gaps_are_seen_where_a_shop_counts_for_itself(
    seen: list[str], absent: tuple[int, ...], missing: tuple[int, ...]
) -> None:
    """A few missing numbers in a dense sequence may be lost orders; many are other shops' orders."""
    assert missing_numbers(seen, absent) == missing


def test_a_buyer_is_named_as_torgsoft_names_people() -> None:
    """Last, first and middle name; blanks leave no gap."""
    assert Buyer("", "Іван", "", "Тестовий", "", "").full_name == "Тестовий Іван"
    assert Buyer("", "Олена", "Петрівна", "Вигадана", "", "").full_name == "Вигадана Олена Петрівна"
    assert Recipient("Олена", "", "Вигадана").full_name == "Вигадана Олена"


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (order(status="paid"), "paid"),
        (order(status="paid", paid=Paid.REFUNDED), "refunded"),
        (order(status="canceled", paid=Paid.REFUNDED), "canceled"),
    ],
)
def test_an_order_is_called_by_what_became_of_it(found: Order, word: str) -> None:
    """Money that went back is not there, whatever Prom calls the order."""
    assert found.shown == word
