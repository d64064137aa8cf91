"""What an amount of money in a cell may be, and what a whole column shows about its sign."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.product.cells import CellFault, number
from torgsync.core.product.money import (
    TypedNumber,
    decimal_signs,
    doubtful_sign,
    money,
    money_fault,
    two_amounts,
)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("", None),
        (" \u00a0", None),
        ("1450", "1450"),
        ("1450,000", "1450"),
        ("1 450.5", "1450.5"),
        ("1\u202f450,000", "1450"),
        ("0,450", "0.45"),
        ("-0.450", "-0.45"),
        ("001,450", "1.45"),
        ("119,46667", "119.46667"),
        ("1,45", "1.45"),
        ("1.4500", "1.45"),
        (TypedNumber("1.455"), "1.455"),
        ("1.450", CellFault.TWO_AMOUNTS),
        ("1,450", CellFault.TWO_AMOUNTS),
        ("12.345", CellFault.TWO_AMOUNTS),
        (" 999,000 ", CellFault.TWO_AMOUNTS),
        ("1. 450", CellFault.TWO_AMOUNTS),
        ("+1,450", CellFault.TWO_AMOUNTS),
        ("-1.450", CellFault.TWO_AMOUNTS),
        ("1,450.00", CellFault.NO_NUMBER),
        ("1.450.000", CellFault.NO_NUMBER),
        ("1'450.00", CellFault.NO_NUMBER),
        ("450 грн", CellFault.NO_NUMBER),
        ("１.450", CellFault.NO_NUMBER),
        ("1.４５０", CellFault.NO_NUMBER),
        ("٤٥٠", CellFault.NO_NUMBER),
        ("#REF!", CellFault.ERROR),
        ("1234567890123456", CellFault.TOO_LONG),
    ],
)
def test_an_amount_without_a_column(cell: str, amount: str | CellFault | None) -> None:
    """One to three digits, the only sign and three digits are two amounts; all else is what it was."""
    if isinstance(amount, CellFault):
        with pytest.raises(ValueError, match=r"."):
            money(cell)
        assert money_fault(cell) is amount
    else:
        assert money(cell) == (None if amount is None else Decimal(amount))


def test_a_typed_number_is_not_confused_with_a_text() -> None:
    """Both have the same letters, and are asked for in either order."""
    assert money(TypedNumber("1.451")) == Decimal("1.451")
    with pytest.raises(ValueError, match=r"1\.451"):
        money("1.451")
    assert money(TypedNumber("1.451")) == Decimal("1.451")


SIGNS = [
    (["1,450"], ""),
    (["1,450", "999,000", "1450", ""], ""),
    (["1,450", "12,5"], ","),
    (["12.50", "1.450"], "."),
    (["1,450", "0,450"], ","),
    (["1,450", "119,46667"], ","),
    (["1,450", "1450,000"], ","),
    (["1,450", "1 450,5"], ","),
    (["1,450", "12,5", "12.5"], ""),
    (["1,450", "12,5", "1.450"], ""),
    (["1.450", "12,5"], ""),
    (["1,450", "12,5", "1,450.00"], ""),
    (["1,450", "12,5", "1,450,000"], ""),
    (["1,450", "12,5 грн"], ""),
    (["1,450", "12,5", "12,5 грн"], ","),
    (["1,450", "12,5", "12 грн."], ""),
    (["1.450", "450 грн."], ""),
    (["1,450", "12,5", "договірна"], ","),
    (["1,450", "12,5", TypedNumber("12.5")], ","),
    (["1.450", TypedNumber("12.5")], ""),
]


@pytest.mark.parametrize(("cells", "sign"), SIGNS)
def test_the_decimal_sign_of_a_column(cells: list[str], sign: str) -> None:
    """Every cell with a sign has the same one, once, and a number among them cannot be thousands."""
    for order in (cells, cells[::-1]):
        assert decimal_signs(["P"], [{"P": cell} for cell in order]) == {"P": sign}


def test_columns_are_judged_one_by_one() -> None:
    """A column without a cell in doubt has no sign that matters; a row may lack a column."""
    rows = [{"P": "1,450", "S": "1,450"}, {"P": "12,5", "S": "12.5", "W": "1,5"}, {"P": "7"}]
    assert decimal_signs(["P", "S", "W"], rows) == {"P": ",", "S": ""}


WHOLE = st.integers(1, 999).map(str)
PARTS = st.text("0123456789", min_size=3, max_size=3)


@given(WHOLE, st.sampled_from(".,"), PARTS, st.sampled_from(["", " ", "\u00a0"]))
def test_three_digits_after_the_only_sign_are_never_guessed(
    whole: str, sign: str, parts: str, blank: str
) -> None:
    """Alone it is refused, with both amounts it may mean; with a certain decimal sign it is that number."""
    cell = f"{blank}{whole}{sign}{parts}{blank}"
    assert doubtful_sign(cell) == sign
    assert list(map(Decimal, two_amounts(cell) or ())) == [
        Decimal(whole + parts),
        Decimal(f"{whole}.{parts}"),
    ]
    for known in ("", {".": ",", ",": "."}[sign]):
        with pytest.raises(ValueError, match=r"."):
            money(cell, known)
    assert money(cell, sign) == Decimal(f"{whole}.{parts}")


@given(st.from_regex(r"-?[0-9]{1,7}([.,][0-9]{1,6})?", fullmatch=True))
def test_any_other_number_is_what_it_was(cell: str) -> None:
    """Whatever the sign of its column."""
    if two_amounts(cell) is None:
        assert [money(cell, sign) for sign in ("", ".", ",")] == [number(cell)] * 3
