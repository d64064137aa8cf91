"""Texts as Prom takes them: descriptions, and barcodes, with what is wrong with others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.product.texts import LENGTHS, BarcodeFault, barcode_fault, canonical_html, check_digit
from torgsync.core.reason import Reason


@pytest.mark.parametrize(
    ("cell", "html"),
    [
        ("", ""),
        ("Теплі & м'які <3", "<p>Теплі &amp; м'які &lt;3</p>"),
        ("Перший\r\n\r\n Другий ", "<p>Перший</p><p>Другий</p>"),
        ("<p>а</p>\n  <p>б</p>", "<p>а</p><p>б</p>"),
        ("<b>Нова</b>\n <i>модель</i>", "<b>Нова</b> <i>модель</i>"),
        ('<ul class="a">\n<li>а</li> </ul> <span>б</span>', '<ul class="a"><li>а</li></ul><span>б</span>'),
        ("<b>а</b> <BR/> <b>б</b>", "<b>а</b><BR/><b>б</b>"),
        ("<a>а</a> <body>б</body>", "<a>а</a> <body>б</body>"),
    ],
)
def test_a_description_is_canonical_html(cell: str, html: str) -> None:
    """Plain text becomes paragraphs; blanks stay only where they part two words."""
    assert canonical_html(cell) == html


@given(st.text() | st.text(alphabet="<>/bp \n&;a"))
def test_canonical_html_is_its_own_normal_form(text: str) -> None:
    """Making it canonical twice changes nothing more, so it can be compared."""
    assert canonical_html(canonical_html(text)) == canonical_html(text)


# Barcodes


DIGITS = st.sampled_from(LENGTHS).flatmap(
    lambda length: st.text("0123456789", min_size=length - 1, max_size=length - 1).filter(
        lambda digits: digits.strip("0")
    )
)


@pytest.mark.parametrize(
    "barcode", ["2900000517332", "4820000000017", "96385074", "036000291452", "10012345678902"]
)
def test_a_barcode_is_one(barcode: str) -> None:
    """EAN-13, EAN-8, UPC-A and GTIN-14, and a shop's internal ones."""
    assert barcode_fault(barcode) is None


@given(DIGITS)
def test_one_digit_alone_fits_the_others(digits: str) -> None:
    """With its check digit a number is a barcode, with any other it is none."""
    right = check_digit(digits)
    for last in range(10):
        assert (barcode_fault(f"{digits}{last}") is None) is (last == right)


@given(DIGITS, st.data())
def test_a_wrong_digit_is_noticed(digits: str, data: st.DataObject) -> None:
    """A single mistyped digit is always found."""
    barcode = f"{digits}{check_digit(digits)}"
    place = data.draw(st.integers(0, len(barcode) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != barcode[place]]))
    assert barcode_fault(f"{barcode[:place]}{other}{barcode[place + 1 :]}")


@pytest.mark.parametrize(
    ("text", "fault", "args"),
    [
        ("х900000000124", BarcodeFault.CYRILLIC, {"letter": "х", "latin": "X"}),
        ("X900000000124", BarcodeFault.LETTER, {"letter": "X"}),
        ("Ж900000000124", BarcodeFault.LETTER, {"letter": "Ж"}),
        ("٣900000000124", BarcodeFault.LETTER, {"letter": "٣"}),
        ("2900000051", BarcodeFault.LENGTH, {"digits": 10}),
        ("00000000", BarcodeFault.ZEROS, {}),
        ("2900000517333", BarcodeFault.CHECK_DIGIT, {"last": "3", "right": "2"}),
    ],
)
def test_what_is_wrong_is_named(text: str, fault: BarcodeFault, args: dict[str, str | int]) -> None:
    """A letter that looks like another, another sign, the length, or the last digit."""
    assert barcode_fault(text) == Reason(fault, args)
