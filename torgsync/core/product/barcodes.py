"""Barcodes: which of them Prom may be given as a product's GTIN, and why not the others.

Source: docs/developers/torgsoft.md §3.1 (`Barcode`): in-house codes, other lengths, wrong check digits and
letters are all met.
"""

from __future__ import annotations

LENGTHS = (8, 12, 13, 14)
_LOOKS_LIKE = dict(zip("АВЕЗІКМНОРСТХ", "ABE3IKMHOPCTX", strict=True))


def check_digit(digits: str) -> int:
    """Return the last digit that belongs behind these, by the rule of GS1."""
    weighed = (int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return -sum(weighed) % 10


def why_no_barcode(text: str) -> str:
    """Return in words why a text is no barcode, empty where it is one."""
    strange = next((letter for letter in text if letter not in "0123456789"), "")
    if twin := _LOOKS_LIKE.get(strange.upper()):
        return f"the Cyrillic letter `{strange}`, which looks like `{twin}`, stands in it"
    if strange:
        return f"`{strange}` stands in it, and a barcode has digits only"
    if len(text) not in LENGTHS:
        return f"it has {len(text)} digits, and a barcode has 8, 12, 13 or 14"
    if not text.strip("0"):
        return "it has zeros only"
    digit = check_digit(text[:-1])
    return "" if text[-1] == str(digit) else f"its last digit is {text[-1]} and should be {digit}"
