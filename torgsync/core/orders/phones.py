"""Phone numbers of buyers, in E.164: a local one belongs to the country of the marketplace (prom-api §12)."""

from __future__ import annotations

import re
from functools import lru_cache

from torgsync.core.text import one_line

HOME = "UA"
"""The country of local numbers; in orders of other marketplaces these are made international first."""

_EXTENSION = re.compile(r"\s*(?:дод|доб|вн|ext)\.?\s*\d{1,6}\s*$", re.IGNORECASE)
"""An extension, dialled after the number: it does not identify the number."""

_OLD_TRUNK = re.compile(r"8(0\d{9})")
"""A number as it used to be dialled: 8, then the national number with its 0."""

_AT_HOME = re.compile(r"(?<!\d)(?:\+?38|8)?[\s()./-]*0(?:[\s()./-]*\d){9}(?!\d)")
"""A national number of Ukraine among other words, where another number may follow at once."""


def normal_phone(text: str, region: str = HOME) -> str:
    """Return a phone number in E.164; as written where the text contains no complete number.

    Where it contains more, such as a name or a second number, the first number counts. A number without the
    code of a country is one of the `region`, a country by ISO 3166.
    """
    text = one_line(text)
    return whole_phone(text, region) or _first_phone(text, region) or _EXTENSION.sub("", text)


def international(text: str, region: str) -> str:
    """Return a text in which local numbers of another country than Ukraine are in E.164.

    All else stays as it is written: without its country such a number would be taken for a Ukrainian one.
    """
    if region == HOME or not text:
        return text
    if whole := whole_phone(one_line(text), region):
        return whole
    import phonenumbers  # noqa: PLC0415  # slow to import, and only orders have phones

    for match in reversed([*phonenumbers.PhoneNumberMatcher(text, region)]):
        number = whole_phone(match.raw_string, region) or match.raw_string
        text = f"{text[: match.start]}{number}{text[match.end :]}"
    return text


@lru_cache(maxsize=4096)  # the buyer of an order is compared several times, and many orders share one
def whole_phone(text: str, region: str = HOME) -> str:
    """Return a text that is one phone number in E.164, empty where it is none."""
    text = _EXTENSION.sub("", text)
    import phonenumbers  # noqa: PLC0415  # as above

    digits = re.sub(r"\D", "", text)
    old = _OLD_TRUNK.fullmatch(digits) if region == HOME else None
    bare = region == HOME and digits.startswith("380")
    wanted = old[1] if old else digits if bare else text
    try:
        number = phonenumbers.parse(f"+{wanted}" if bare and not old else wanted, region)
    except phonenumbers.NumberParseException:
        return ""
    significant = phonenumbers.national_significant_number(number)
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE or significant.startswith("0"):
        return ""  # a digit is missing, or the code of the town
    if old and not phonenumbers.is_valid_number(number):
        return ""  # Belarus dials its own numbers in the same way
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _first_phone(text: str, region: str) -> str:
    import phonenumbers  # noqa: PLC0415  # as above

    at_home = _AT_HOME.finditer(text) if region == HOME else ()
    numbers = [(match.start(), whole_phone(match[0])) for match in at_home]
    numbers += [
        (match.start, whole_phone(match.raw_string, region))
        for match in phonenumbers.PhoneNumberMatcher(text, region)
    ]
    return next((phone for _, phone in sorted(numbers) if phone), "")


def is_phone(normal: str) -> bool:
    """Return whether a phone in normal form is a number; else it is some text given instead of one."""
    return normal.startswith("+") and whole_phone(normal) == normal
