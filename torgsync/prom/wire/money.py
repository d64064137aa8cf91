"""Money and numbers in Prom.ua's JSON.

Source: docs/developers/prom-api.md §3.3, §5.5.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from torgsync.core.orders.order import parse_money
from torgsync.core.product.fields import CENT

EXCERPT = 40
"""Letters shown of a text that cannot be read."""

_CURRENCIES = {
    "UAH": re.compile("грн|uah|₴|гривн[яіиею]|гривень"),
    "USD": re.compile(r"\$|usd|us\$"),
    "EUR": re.compile("€|eur|euro|євро|евро"),
    "PLN": re.compile("zł|zl|pln"),
    "RUB": re.compile("₽|руб|rub"),
    "KZT": re.compile("₸|тг|тенге|kzt"),
}
"""Currencies, and the words by which money names them (prom-api §5.5)."""

_CURRENCY_WORD = re.compile(r"[^\W\d_]*[$€₴₽₸]|[^\W\d_]+|[^\w\s.,'\u2019\u02bc-]")


def exact(raw: object) -> Decimal:
    """Return a JSON number, or the localised money in a JSON text, without rounding.

    Raises ValueError where there is none.
    """
    if isinstance(raw, str):
        return parse_money(raw)
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return Decimal(raw)
    raise ValueError(type(raw).__name__)


def exact_money(raw: object) -> Decimal:
    """Return an amount with two places, or with more where Prom gives more; raises like `exact`."""
    amount = exact(raw)
    rounded = amount.quantize(CENT)
    return rounded if rounded == amount else amount


def currency_of(money: object) -> str:
    """Return the currency that localised money names; without any word, the hryvnia.

    Raises ValueError for an unknown currency, or for several.
    """
    words = _CURRENCY_WORD.findall(money.casefold()) if isinstance(money, str) else []
    currencies = {_currency(word) for word in words} or {"UAH"}
    if len(currencies) > 1:
        raise ValueError(str(money)[:EXCERPT])
    return currencies.pop()


def _currency(word: str) -> str:
    for currency, words in _CURRENCIES.items():
        if words.fullmatch(word):
            return currency
    raise ValueError(word[:EXCERPT])


def json_number(amount: Decimal) -> int | float:
    """Return a number that JSON prints exactly as the amount, with at most two places.

    Whole amounts become integers. Others are exact below ten million millions, since a float of that many
    digits prints the shortest text that means it.
    """
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)
