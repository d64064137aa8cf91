"""The elements of an offer and the columns that they make, with units and repeated elements.

A characteristic may have several values, joined by `|`; of a text, a price, a code or a category the first
counts. Source: docs/developers/torgsoft.md §9, docs/developers/prom-api.md §7.2.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from torgsync.core.product.columns import LADDER, PICTURE, SUM_COLUMN, canonical, is_standard, unit_column
from torgsync.core.product.fields import STANDARD
from torgsync.core.product.groups import MODEL, NUMBER, PATH
from torgsync.core.product.languages import without_mark
from torgsync.files.catalog.yml.prices import LADDER_ELEMENT, PRICE, PRICE_ELEMENTS, SALE, price_columns

OWN_UNITS = " "
"""The unit of values that differ in their units: each is written with its own."""


class Measured(NamedTuple):
    """A value with its unit, empty where it has none."""

    text: str
    unit: str = ""


_ELEMENTS = {
    "name": "GoodName",
    "description": "Description",
    "vendorcode": "Articul",
    "barcode": "Barcode",
    "vendor": "PCName",
    "country": "Country",
    "country_of_origin": "Country",
    "quantity_in_stock": SUM_COLUMN,
    "stock_quantity": SUM_COLUMN,
    "groupid": MODEL,
    "group_id": MODEL,
}
"""The column of an element of the norm, by its tag in folded case; others are columns of their own name."""

_READ_AS = _ELEMENTS | {
    "model": "GoodName",
    "typeprefix": "GoodName",
    "categoryid": PATH,
    LADDER_ELEMENT: LADDER,
}
_READ_AS |= {tag: SALE if read_as == SALE else PRICE for tag, read_as in PRICE_ELEMENTS.items()}

_COMPOSED = frozenset({"typeprefix", "model"})
_SINGLE = _COMPOSED | frozenset(_ELEMENTS) | frozenset(PRICE_ELEMENTS)
_SINGLE |= {"brand", "currencyid", "ean", "gtin", "mpn", "title", "unit", "url"}
"""Elements of which the first one counts, in every language (`name_ua`), as of the columns of Torgsoft."""
_CHARACTERISTICS = frozenset(column for column, target, _ in STANDARD if target == "characteristic")


def column_of(element: str) -> str:
    """Return the column as which an element of the norm is read, empty where it keeps its own name."""
    return _READ_AS.get(element.strip().casefold(), "")


def joined(values: Sequence[Measured]) -> Measured:
    """Return the values of one name as one, each different value once; units that differ go into the text."""
    if len(values) == 1:
        return values[0]
    parts = [
        (part.strip(), unit.strip()) for text, unit in values for part in text.split("|") if part.strip()
    ]
    units = {unit for _, unit in parts}
    if len(units) > 1:
        return Measured("|".join(dict.fromkeys(f"{part} {unit}".strip() for part, unit in parts)), OWN_UNITS)
    return Measured("|".join(dict.fromkeys(part for part, _ in parts)), units.pop() if units else "")


def element_columns(elements: Mapping[str, Sequence[Measured]], mapped: Collection[str]) -> dict[str, str]:
    """Return the columns that the elements of an offer make, keyed by column; `elements` is keyed by tag.

    An element of a price that the sync object maps by its own name (`mapped`) stays a column of its own.
    """
    columns: dict[str, str] = {}
    prices: dict[str, str] = {}
    composed: dict[str, str] = {}
    for tag, values in elements.items():
        key, column, price, single = _role(tag)
        if key == PICTURE:
            text, unit = _lines(values), ""
        else:
            text, unit = _first(values) if single else joined(values)
        if price and (key == "price" or tag not in mapped):
            prices.setdefault(price, text.strip())
        elif key in _COMPOSED:
            composed[key] = text.strip()
        else:
            columns.setdefault(column, text)
            if unit:
                columns.setdefault(unit_column(column), unit)
    if number := columns.get(NUMBER):
        columns[NUMBER] = number.strip()
    if "GoodName" not in columns:
        parts = [composed.get("typeprefix", ""), columns.get("PCName", "").strip(), composed.get("model", "")]
        name = " ".join(filter(None, parts)) if "model" in composed else ""
        if name or "name_ua" in columns:
            columns["GoodName"] = name or columns["name_ua"]
    columns |= price_columns(prices)
    return columns


@lru_cache(maxsize=1024)
def _role(tag: str) -> tuple[str, str, str, bool]:
    """Return a tag in folded case, its column, its part of a price, and whether only the first counts."""
    key = tag.casefold()
    column = NUMBER if key == "categoryid" else _ELEMENTS.get(key) or canonical(tag)
    single = without_mark(key) in _SINGLE or (is_standard(column) and column not in _CHARACTERISTICS)
    return key, column, PRICE_ELEMENTS.get(key, ""), single


def _lines(values: Sequence[Measured]) -> str:
    """Return the different texts, one a line."""
    return "\n".join(dict.fromkeys(text for value in values if (text := value.text.strip())))


def _first(values: Sequence[Measured]) -> Measured:
    """Return the first value that is not empty."""
    return next((value for value in values if value.text.strip()), values[0])
