"""The offers of a YML file: cut out as bytes, read as texts by column (docs/developers/torgsoft.md §9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lxml import etree

from torgsync.core.product.cells import number
from torgsync.core.product.columns import KEY, PICTURE, SUM_COLUMN, ExportRecord, canonical
from torgsync.core.product.groups import MODEL, NUMBER, PATH
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog.refusals import AGAIN
from torgsync.files.catalog.rows import LONGEST

_CHUNK = 1024 * 1024
_MARK_LENGTH = 16  # bytes that a mark may reach over the end of what was read

_MARK = re.compile(rb"<(?:!--|!\[CDATA\[|\?|(?P<end>/)?offer(?=[\s/>]))")
_CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_TAG_END = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*?(?P<empty>/?)>""")

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
    """One offer: standard columns from its elements; params by their own names, values joined by `|`.

    `has_available` is whether it says if it is available, be it by an empty word.
    """

    elements: dict[str, str]
    params: dict[str, str]
    has_available: bool


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
    if word := root.get("available"):
        elements_found["available"] = [word]
    elif word is not None:
        elements_found.setdefault("available", [word])
    if group := root.get("group_id"):
        elements_found.setdefault("group_id", [str(group)])
    return Offer(
        {**_elements(elements_found), KEY: str(root.get("id", ""))},
        {name: "|".join(dict.fromkeys(filter(None, values))) for name, values in params.items() if name},
        "available" in elements_found,
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


class OfferCutter:
    """Cuts a file into offers and keeps the rest; what is in comments, CDATA or attributes ends nothing."""

    def __init__(self, path: Path, file: BinaryIO, line: int) -> None:
        self._path = path
        self._file = file
        self._buffer = b""
        self._at = 0  # everything before it is done
        self._line = line  # of the byte at that place
        self.outside = bytearray()

    def offers(self) -> Iterator[ExportRecord]:
        """Yield the offers. Raises ExportInvalid where one of them does not end."""
        at = 0
        while mark := self._mark(at):
            if mark["end"]:
                raise self._refusal(mark.start(), "an offer ends here that has not begun")
            self._leave(mark.start())
            end = self._offer(mark.end())
            yield ExportRecord(self._line, self._buffer[self._at : end])
            self._advance(end)
            if self._at > _CHUNK:
                self._buffer = self._buffer[self._at :]
                self._at = 0
            at = self._at
        self._leave(len(self._buffer))

    def _offer(self, at: int) -> int:
        """Return where the offer ends whose tag goes on at `at`."""
        while not (tag := _TAG_END.match(self._buffer, at)):
            if not self._more():
                raise self._refusal(self._at, "this offer has no end")
        at = tag.end()
        if tag["empty"]:
            return at
        if mark := self._mark(at):
            if mark["end"]:
                return self._behind(mark.end(), b">")
            raise self._refusal(mark.start(), "an offer begins here before the one above has ended")
        raise self._refusal(self._at, "this offer has no end")

    def _mark(self, at: int) -> re.Match[bytes] | None:
        """Return the next mark of an offer from `at` on, reading as far as it takes; else None."""
        while True:
            while not (found := _MARK.search(self._buffer, at)):
                at = max(at, len(self._buffer) - _MARK_LENGTH)
                if not self._more():
                    return None
            if found[0] not in _CLOSED_BY:
                return found
            at = self._behind(found.end(), _CLOSED_BY[found[0]])

    def _behind(self, at: int, mark: bytes) -> int:
        """Return the place behind the next `mark`."""
        start = at
        while (found := self._buffer.find(mark, at)) < 0:
            at = max(start, len(self._buffer) - len(mark))
            if not self._more():
                raise self._refusal(start, f"`{mark.decode()}` is missing")
        return found + len(mark)

    def _more(self) -> bool:
        """Read on. Raises ExportInvalid where an offer grows past every measure."""
        if len(self._buffer) - self._at > LONGEST:
            raise self._refusal(self._at, "what begins here does not end")
        chunk = self._file.read(_CHUNK)
        self._buffer += chunk
        return bool(chunk)

    def _leave(self, end: int) -> None:
        """Keep the bytes up to `end` as outside an offer."""
        gap = self._buffer[self._at : end]
        self.outside += gap if gap.strip() else b""
        if len(self.outside) > LONGEST:
            raise self._refusal(self._at, "too much stands beside the offers")
        self._advance(end)

    def _advance(self, end: int) -> None:
        self._line += self._buffer.count(b"\n", self._at, end)
        self._at = end

    def _refusal(self, at: int, what: str) -> ExportInvalid:
        line = self._line + self._buffer.count(b"\n", self._at, at)
        return ExportInvalid(
            f"`{self._path}` is cut off or damaged", mistakes=(Mistake(line, "", what),), hint=AGAIN
        )
