"""What the reader of spreadsheets leaves out of a sheet: cells that hold an error, and written zeros.

It gives an empty text for an error and for a formula that was never computed, and the bare number for one
that is shown as `0042`. Both would be lost silently, so they are looked up in the sheet itself, row by row.
Source: ECMA-376 part 1: 18.3 (sheets) and 18.8 (number formats).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import reduce
from typing import BinaryIO

from lxml import etree

UNCOMPUTED = "#VALUE!"
"""A formula without a value: a program wrote it, and no spreadsheet computed it yet."""

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ZEROS = re.compile(r"0{2,20}")
_LETTERS = re.compile(r"[A-Z]+")


def corrections(file: BinaryIO, sheet: str) -> Iterator[tuple[int, Mapping[int, str]]]:
    """Yield the number of each row of a sheet that has something to put right, from 1, in their order.

    With it comes what its cells ought to say, keyed by column, from 0. A sheet that is not found where the
    format has it gives nothing: what can be read of it was read already.
    """
    with zipfile.ZipFile(file) as archive, suppress(KeyError, etree.XMLSyntaxError):
        widths = _widths(archive)
        with archive.open(_part(archive, sheet)) as part:
            number = 0
            for _, row in etree.iterparse(part, tag="{*}row", resolve_entities=False, no_network=True):
                number = int(row.get("r") or number + 1)
                if found := _row(row, widths):
                    yield number, found
                row.clear()
                if (above := row.getparent()) is not None:
                    del above[: above.index(row)]


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds a sheet; KeyError where there is none."""
    book = etree.fromstring(archive.read("xl/workbook.xml"))
    relation = {item.get("name"): item.get(_RELATION) for item in book.iter("{*}sheet")}[sheet]
    links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = {item.get("Id"): item.get("Target") for item in links}[relation]
    return posixpath.normpath(posixpath.join("/xl", str(target))).lstrip("/")


def _widths(archive: zipfile.ZipFile) -> Mapping[str, int]:
    """Return how many digits a number has at least, keyed by the styles that say so: `0000` means four."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    styles = etree.fromstring(archive.read("xl/styles.xml"))
    codes = {item.get("numFmtId"): item.get("formatCode", "") for item in styles.iter("{*}numFmt")}
    formats = [item.get("numFmtId") for group in styles.iter("{*}cellXfs") for item in group]
    return {
        str(place): len(code)
        for place, number in enumerate(formats)
        if _ZEROS.fullmatch(code := codes.get(number, ""))
    }


def _row(row: etree._Element, widths: Mapping[str, int]) -> dict[int, str]:
    found = {}
    place = -1
    for cell in row:
        letters = _LETTERS.match(cell.get("r", ""))
        place = _place(letters.group()) if letters else place + 1
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if kind == "e":
            found[place] = value or UNCOMPUTED
        elif kind == "n" and not value and cell.find("{*}f") is not None:
            found[place] = UNCOMPUTED
        elif kind == "n" and (width := widths.get(cell.get("s", ""), 0)) > len(value) and value.isdigit():
            found[place] = value.zfill(width)
    return found


def _place(letters: str) -> int:
    """Return the position of a column, from 0: 0 for A, 26 for AA."""
    return reduce(lambda number, letter: number * 26 + ord(letter) - ord("A") + 1, letters, 0) - 1
