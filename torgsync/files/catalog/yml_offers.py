"""The offers of a YML file: cut out as bytes, read as texts by column (docs/developers/torgsoft.md §9)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lxml import etree

from torgsync.core.product.columns import KEY, ExportRecord
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog.refusals import AGAIN
from torgsync.files.catalog.rows import LONGEST
from torgsync.files.catalog.yml_elements import Measured, element_columns, joined
from torgsync.files.catalog.yml_prices import LADDER_ELEMENT, ladder_of

_CHUNK = 1024 * 1024
_MARK_LENGTH = 16  # bytes that a mark may reach over the end of what was read

_MARK = re.compile(rb"<(?:!--|!\[CDATA\[|\?|(?P<end>/)?offer(?=[\s/>]))")
_CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_TAG_END = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*?(?P<empty>/?)>""")

CONTROL_BYTES = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})  # no XML carries them; programs write them
_CSV_TEXT = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"')


class Offer(NamedTuple):
    """One offer: columns from its elements; params by their own names, values joined by `|`.

    `has_available` is whether it says if it is available, be it by an empty word.
    """

    elements: dict[str, str]
    params: dict[str, Measured]
    has_available: bool


def xml_parser() -> etree.XMLParser[etree._Element]:
    """Return a parser that resolves nothing from outside the file."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def parse_offer(path: Path, record: ExportRecord, encoding: str, mapped: Collection[str] = ()) -> Offer:
    """Return what an offer says; `mapped` are the columns in use. Raises ExportInvalid with its line."""
    try:
        text = record.raw.translate(None, CONTROL_BYTES).decode(encoding)
        root = etree.fromstring(text, xml_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        what = re.sub(r", line \d+, column \d+.*", "", str(error).partition("\n")[0])
        what = "a bare `&` stands in it, which XML writes as `&amp;`" if "EntityRef" in what else what
        mistakes = (Mistake(record.line, "offer", what),)
        raise ExportInvalid(f"an offer of `{path}` cannot be read", mistakes=mistakes, hint=AGAIN) from error
    elements, params = dict[str, list[Measured]](), dict[str, list[Measured]]()
    for child in root.iterchildren("*"):
        name = str(child.tag)
        unit = child.get("unit")
        if name == "param":
            found, name = params, str(child.get("name", "")).strip()
            text = _text(child)
        else:
            found = elements
            text = ladder_of(child) if name.casefold() == LADDER_ELEMENT else _text(child)
        value = Measured(text, str(unit).strip()) if unit else Measured(text)
        if name in found:
            found[name].append(value)
        else:
            found[name] = [value]
    if word := root.get("available"):
        elements["available"] = [Measured(str(word))]
    elif word is not None:
        elements.setdefault("available", [Measured("")])
    if group := root.get("group_id"):
        elements.setdefault("group_id", [Measured(str(group))])
    return Offer(
        {**element_columns(elements, mapped), KEY: str(root.get("id", ""))},
        {name: joined(values) for name, values in params.items() if name},
        "available" in elements,
    )


def _text(element: etree._Element) -> str:
    """Return the text of an element; HTML elements in it keep their tags."""
    text = element.text or ""
    if len(element):
        text += "".join(etree.tostring(part, encoding="unicode") for part in element)
    return _unquoted(text) if '"' in text else text


def _unquoted(text: str) -> str:
    """Return a value without the quotation marks that the CSV left around it (torgsoft §9)."""
    found = _CSV_TEXT.fullmatch(text.strip())
    return found[1].replace('""', '"') if found else text


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
