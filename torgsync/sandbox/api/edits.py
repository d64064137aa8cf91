"""What one item of an edit says: the fields to change, or why it is refused (prom-api §3.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from torgsync.sandbox.shop.products import EDITABLE_STATUSES, PRESENCES, ShopDiscount, Wholesale

LONGEST_NAME = 110
LONGEST_KEYWORDS = 1024
# Above this a price is a mistake of the sender, and could no longer be shown exactly by a JSON number.
LARGEST_NUMBER = Decimal(10) ** 12


class EditRefused(Exception):
    """This item is not changed at all; the message goes under its id in `errors`."""


def wanted_fields(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of `Product`; raise EditRefused at the first value that Prom would not take.

    Keys that cannot be edited (`sku`, `external_id`, `quantity`, `group`, …) are passed over in silence.
    """
    return {key: read(key, item[key]) for key, read in READERS.items() if key in item}


def _text(longest: int | None) -> Callable[[str, object], str]:
    def read(key: str, value: object) -> str:
        if not isinstance(value, str):
            raise EditRefused(f"{key}: a string is expected")
        if longest is not None and len(value) > longest:
            raise EditRefused(f"{key}: Максимальна довжина поля: {longest}")
        return value

    return read


def _name(key: str, value: object) -> str:
    name = _text(LONGEST_NAME)(key, value)
    if not name.strip():
        raise EditRefused(f"{key}: a name is required")
    return name


def _one_of(words: tuple[str, ...]) -> Callable[[str, object], str]:
    def read(key: str, value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise EditRefused(f"{key}: This value is not allowed")
        return value

    return read


def _flag(key: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise EditRefused(f"{key}: true, false or null is expected")


def _positive(key: str, value: object) -> Decimal:
    # JSON's true is an int for Python, and must not become a price of 1.
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise EditRefused(f"{key}: a number is expected")
    if not 0 < value < LARGEST_NUMBER:
        raise EditRefused(f"{key}: a number above zero is expected")
    return Decimal(value)


def _stock(key: str, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < LARGEST_NUMBER:
        raise EditRefused(f"{key}: a whole number is expected")
    return value


def _discount(key: str, value: object) -> ShopDiscount | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("type") not in ("amount", "percent"):
        raise EditRefused(f"{key}: value and type (amount or percent) are expected")
    dates = (value.get("date_start"), value.get("date_end"))
    for date in dates:
        if date is not None and not (isinstance(date, str) and re.fullmatch(r"\d\d\.\d\d\.\d{4}", date)):
            raise EditRefused(f"{key}: a date DD.MM.YYYY is expected")
    return ShopDiscount(_positive(key, value.get("value")), value["type"], *dates)


def _prices(key: str, value: object) -> tuple[Wholesale, ...]:
    if not isinstance(value, list) or not all(isinstance(rung, dict) for rung in value):
        raise EditRefused(f"{key}: a list of price and minimum_order_quantity is expected")
    return tuple(
        Wholesale(_positive(key, rung.get("price")), _positive(key, rung.get("minimum_order_quantity")))
        for rung in value
    )


READERS: Mapping[str, Callable[[str, object], object]] = {
    "name": _name,
    "description": _text(None),
    "keywords": _text(LONGEST_KEYWORDS),
    "price": _positive,
    "prices": _prices,
    "discount": _discount,
    "presence": _one_of(PRESENCES),
    "in_stock": _flag,
    "quantity_in_stock": _stock,
    "status": _one_of(EDITABLE_STATUSES),
}
