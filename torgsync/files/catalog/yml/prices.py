"""The prices of an offer: the full price and the one to pay, however its elements are named.

Nothing is guessed here: what cannot be computed is written so that the mapping refuses and reports it.
Source: docs/developers/prom-api.md §7.2, docs/developers/torgsoft.md §9.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from torgsync.core.product.cells import number
from torgsync.core.product.fields import CENT
from torgsync.core.product.money import TypedNumber, doubtful_sign

PRICE, SALE = "RetailPrice", "RetailPriceWithDiscount"
LADDER_ELEMENT = "prices"

_OLD, _DISCOUNT, _CURRENT = "old", "discount", "price"
PRICE_ELEMENTS: Mapping[str, str] = {
    "price": _CURRENT,
    **dict.fromkeys(("oldprice", "old_price", "price_old", "priceold"), _OLD),
    **dict.fromkeys(("price_promo", "promo_price", "pricepromo", "promoprice"), SALE),
    "discount": _DISCOUNT,
}
"""What an element of a price holds, by its tag in folded case."""

_NO_VALUE = frozenset({"null", "none", "nan"})
_PERCENT = re.compile(r"([0-9.,\s\u00a0]+)%")


def price_columns(prices: Mapping[str, str]) -> dict[str, str]:
    """Return the full price and the one to pay, keyed by column; `prices` has the texts of the elements.

    An old price above the price is the full one, and `discount` is then not looked at: Prom allows one of
    both. A price for a promotion is the one to pay.
    """
    if _CURRENT not in prices:
        return {}
    price = prices[_CURRENT]
    if len(prices) == 1:
        return {PRICE: price, SALE: price}
    old, promo, discount = (
        "" if _is_nothing(text := prices.get(kind, "")) else text for kind in (_OLD, SALE, _DISCOUNT)
    )
    full = _full(price, old) if old else price
    if promo:
        return {PRICE: full, SALE: promo}
    if discount and full == price:
        return {PRICE: full, SALE: _less(price, discount)}
    return {PRICE: full, SALE: price}


def _is_nothing(text: str) -> bool:
    """Return whether a text holds no price and no discount: nothing, a lone sign, zero."""
    return not text.strip(" 0.,%-\u2013\u2014\u00a0") or text.casefold() in _NO_VALUE


def _full(price: str, old: str) -> str:
    """Return the higher one of a price and an old price; both where that cannot be decided.

    An old price without any digit is none.
    """
    try:
        low = number(price)
    except ValueError:
        return price
    try:
        high = number(old)
    except ValueError:
        return old if any(map(str.isdigit, old)) else price
    if low is None or high is None:
        return price
    if low < high:
        return old
    return f"{price} / {old}" if doubtful_sign(old) and low < high * 1000 else price


def ladder_of(element: etree._Element) -> str:
    """Return the wholesale prices of an offer as the text of their column, `5=150.00|10=120.00`."""
    steps = [
        f"{step.findtext('quantity', '').strip()}={step.findtext('value', '').strip()}"
        for step in element.iterchildren("price")
    ]
    return "|".join(steps) or "".join(element.itertext()).strip()


def _less(price: str, discount: str) -> str:
    """Return a price less a discount, an amount or a percent.

    It is computed, so it shows nothing about the decimal sign of the file's own prices.
    A price that cannot be read stays as it is; a discount that cannot be taken off it stays next to it.
    """
    try:
        full = number(price)
    except ValueError:
        return price
    if not full:
        return price
    if doubtful_sign(discount):
        return f"{price} - {discount}"
    try:
        percent = _PERCENT.fullmatch(discount)
        amount = number(percent[1] if percent else discount) or Decimal(0)
    except ValueError:
        return f"{price} - {discount}"
    left = full * (100 - amount) / 100 if percent else full - amount
    if not 0 < left < full:
        return f"{price} - {discount}"
    left = left.quantize(CENT, ROUND_HALF_UP)
    return TypedNumber(f"{left:f}" if left % 1 else f"{left:.0f}")
