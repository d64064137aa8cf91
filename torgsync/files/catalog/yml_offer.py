"""One offer of a YML file: from its bytes to texts by column (docs/developers/torgsoft.md §9)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from torgsync.core.product.cells import number
from torgsync.core.product.columns import KEY, PICTURE, SUM_COLUMN, ExportRecord, canonical
from torgsync.core.product.groups import MODEL, NUMBER, PATH
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog.refusals import AGAIN

CONTROL_BYTES = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})  # no XML carries them; programs write them
_CSV_TEXT = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"')

_ELEMENTS = {
    "name": "GoodName",
    "description": "Description",
    "vendorCode": "Articul",
    "barcode": "Barcode",
    "vendor": "PCName",
    "country": "Country",
    "country_of_origin": "Country",
    "quantity_in_stock": SUM_COLUMN,
    "stock_quantity": SUM_COLUMN,
    "groupId": MODEL,
    "group_id": MODEL,
}
"""The column of an element of the norm; the other elements are columns of their own name."""

_PRICE, _SALE = "RetailPrice", "RetailPriceWithDiscount"

_READ_AS = {tag.casefold(): column for tag, column in _ELEMENTS.items()} | {
    "price": _PRICE,
    "oldprice": _PRICE,
    "model": "GoodName",
    "typeprefix": "GoodName",
    "categoryid": PATH,
}


def column_of(element: str) -> str:
    """Return the column as which an element of the norm is read, empty where it keeps its own name."""
    return _READ_AS.get(element.strip().casefold(), "")


class Offer(NamedTuple):
    """One offer: standard columns from its elements; params by their own names, values joined by `|`."""

    elements: dict[str, str]
    params: dict[str, str]
    available: str


def xml_parser() -> etree.XMLParser[etree._Element]:
    """Return a parser that resolves nothing from outside the file."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def parse_offer(path: Path, record: ExportRecord, encoding: str) -> Offer:
    """Return what an offer says. Raises ExportInvalid with its line."""
    try:
        text = record.raw.translate(None, CONTROL_BYTES).decode(encoding)
        root = etree.fromstring(text, xml_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        what = re.sub(r", line \d+, column \d+.*", "", str(error).partition("\n")[0])
        what = "a bare `&` stands in it, which XML writes as `&amp;`" if "EntityRef" in what else what
        mistakes = (Mistake(record.line, "offer", what),)
        raise ExportInvalid(f"an offer of `{path}` cannot be read", mistakes=mistakes, hint=AGAIN) from error
    elements_found, params = dict[str, list[str]](), dict[str, list[str]]()
    for child in root.iterchildren("*"):
        # HTML elements in a value keep their tags.
        inner = (etree.tostring(part, encoding="unicode") for part in child)
        value = _unquoted((child.text or "") + "".join(inner))
        if child.tag == "param":
            params.setdefault(str(child.get("name", "")).strip(), []).append(value)
        else:
            elements_found.setdefault(str(child.tag), []).append(value)
    available = str(root.get("available") or elements_found.get("available", [""])[0]).strip().casefold()
    if available:
        elements_found["available"] = [available]
    if group := root.get("group_id"):
        elements_found.setdefault("group_id", [str(group)])
    return Offer(
        {**_elements(elements_found), KEY: str(root.get("id", ""))},
        {name: "|".join(dict.fromkeys(filter(None, values))) for name, values in params.items() if name},
        available,
    )


def _unquoted(text: str) -> str:
    """Return a value without the quotation marks that the CSV left around it (torgsoft §9)."""
    found = _CSV_TEXT.fullmatch(text.strip())
    return found[1].replace('""', '"') if found else text


def _elements(elements_found: dict[str, list[str]]) -> dict[str, str]:
    """Return the columns that the elements of the norm make."""
    found: dict[str, str] = {}
    for tag, values in elements_found.items():
        if tag not in {"price", "oldprice", "picture", "categoryId", "typePrefix", "model"}:
            column = _ELEMENTS.get(tag) or canonical(tag)
            found.setdefault(column, values[0])
    if "GoodName" not in found:
        parts = [elements_found.get(tag, [""])[0].strip() for tag in ("typePrefix", "vendor", "model")]
        composed = " ".join(filter(None, parts)) if "model" in elements_found else ""
        if composed or "name_ua" in found:
            found["GoodName"] = composed or found["name_ua"]
    if "picture" in elements_found:
        found[PICTURE] = "\n".join(filter(None, (value.strip() for value in elements_found["picture"])))
    if "categoryId" in elements_found:
        found[NUMBER] = elements_found["categoryId"][0].strip()
    if "price" in elements_found:
        price = elements_found["price"][0].strip()
        old = elements_found.get("oldprice", [""])[0].strip()
        found[_PRICE] = old if _is_less(price, old) else price
        found[_SALE] = price
    return found


def _is_less(price: str, old: str) -> bool:
    try:
        low, high = number(price), number(old)
    except ValueError:
        return False
    return low is not None and high is not None and low < high
