"""Currencies, and the words and signs by which money names them (docs/developers/prom-api.md §5.5, §12)."""

from __future__ import annotations

import re
from functools import lru_cache

_SPELLINGS = {
    "UAH": r"грн|uah|₴|гривн[яіиею]|гривень",
    "USD": r"\$|usd|us\$",
    "EUR": r"€|eur|euro|євро|евро",
    "PLN": r"zł|zl|pln",
    "RUB": r"₽|rub|rur",
    "KZT": r"₸|тг|тенге|теңге|kzt",
    "BYN": r"br|byn|бел",
    "MDL": r"ле[йяюєв]|леев|lei|leu|mdl",
}
_ROUBLES = re.compile(r"р|руб|рубл[ьяеий]|рублей")
"""Words of two currencies: the Belarusian rouble at home, else the Russian one."""
_WORD = re.compile(r"[^\W\d_]*[$€₴₽₸]|[^\W\d_]+|[^\w\s.,'\u2019\u02bc-]")

LONGEST = 40
"""Letters that an error repeats of a text."""


def named_currency(money: str, home: str) -> str:
    """Return the currency that a text names, empty where it names none: `"1 950 ₸"`, `"12 руб."`, `"грн"`.

    `home` is the currency of the marketplace, which decides where a word is that of several. Raises
    ValueError where a word is no currency, or several are named.
    """
    found = {_currency(word, home) for word in _WORD.findall(money.casefold())}
    if len(found) > 1:
        raise ValueError(money[:LONGEST])
    return found.pop() if found else ""


@lru_cache(maxsize=1024)  # a listing says the same sign thousands of times
def _currency(word: str, home: str) -> str:
    if _ROUBLES.fullmatch(word):
        return "BYN" if home == "BYN" else "RUB"
    for currency, spelling in _SPELLINGS.items():
        if re.fullmatch(spelling, word):
            return currency
    raise ValueError(word[:LONGEST])
