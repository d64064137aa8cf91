"""Barcodes: which are some, and why the others are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.product.barcodes import LENGTHS, barcode_fault, check_digit

DIGITS = st.sampled_from(LENGTHS).flatmap(
    lambda length: st.text("0123456789", min_size=length - 1, max_size=length - 1).filter(
        lambda digits: digits.strip("0")
    )
)


@pytest.mark.parametrize(
    "barcode", ["2900000517332", "4820000000017", "96385074", "036000291452", "10012345678902"]
)
def test_a_barcode_is_one(barcode: str) -> None:
    """EAN-13, EAN-8, UPC-A and GTIN-14, in-house ones too."""
    assert barcode_fault(barcode) == ""


@given(DIGITS)
def test_one_digit_alone_fits_the_others(digits: str) -> None:
    """With its check digit a number is a barcode, with any other it is none."""
    right = check_digit(digits)
    for last in range(10):
        assert (barcode_fault(f"{digits}{last}") == "") is (last == right)


@given(DIGITS, st.data())
def test_a_wrong_digit_is_noticed(digits: str, data: st.DataObject) -> None:
    """No single digit can be mistyped without being told."""
    barcode = f"{digits}{check_digit(digits)}"
    place = data.draw(st.integers(0, len(barcode) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != barcode[place]]))
    assert barcode_fault(f"{barcode[:place]}{other}{barcode[place + 1 :]}")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("х900000000124", "the Cyrillic letter `х`, which looks like `X`, stands in it"),
        ("X900000000124", "`X` stands in it, and a barcode has digits only"),
        ("Ж900000000124", "`Ж` stands in it, and a barcode has digits only"),
        ("٣900000000124", "`٣` stands in it, and a barcode has digits only"),
        ("2900000051", "it has 10 digits, and a barcode has 8, 12, 13 or 14"),
        ("00000000", "it has zeros only"),
        ("2900000517333", "its last digit is 3 and should be 2"),
    ],
)
def test_what_is_wrong_is_named(text: str, why: str) -> None:
    """A letter that looks like another, another sign, the length, or the last digit."""
    assert barcode_fault(text) == why
