"""Barcodes: which of them Prom may be given as a product's GTIN, and why not the others.

Source: docs/developers/torgsoft.md §3.1 (`Barcode`): internal codes, other lengths, wrong check digits and
letters are all met.
"""

from __future__ import annotations

from enum import StrEnum

from torgsync.core.reason import Reason

LENGTHS = (8, 12, 13, 14)
_CYRILLIC = dict(zip("АВЕЗІКМНОРСТХ", "ABE3IKMHOPCTX", strict=True))
"""Cyrillic letters that look like another sign, each with that sign."""


class BarcodeFault(StrEnum):
    """Why a text is no barcode."""

    CYRILLIC = "cyrillic"
    LETTER = "letter"
    LENGTH = "length"
    ZEROS = "zeros"
    CHECK_DIGIT = "check-digit"


def check_digit(digits: str) -> int:
    """Return the check digit of these digits, by the rule of GS1."""
    weighted = (int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return -sum(weighted) % 10


def barcode_fault(text: str) -> Reason[BarcodeFault] | None:
    """Return why a text is no barcode, None where it is one."""
    strange = next((letter for letter in text if letter not in "0123456789"), "")
    if latin := _CYRILLIC.get(strange.upper()):
        return Reason(BarcodeFault.CYRILLIC, {"letter": strange, "latin": latin})
    if strange:
        return Reason(BarcodeFault.LETTER, {"letter": strange})
    if len(text) not in LENGTHS:
        return Reason(BarcodeFault.LENGTH, {"digits": len(text)})
    if not text.strip("0"):
        return Reason(BarcodeFault.ZEROS)
    digit = str(check_digit(text[:-1]))
    return None if text[-1] == digit else Reason(BarcodeFault.CHECK_DIGIT, {"last": text[-1], "right": digit})
