"""Opens ZIP archives, which spreadsheets are, only where they cannot fill the memory.

A few kilobytes may unpack to gigabytes, and a sheet with two far cells becomes a table of all between them in
the library that reads it. What is in an archive is measured before anything is kept of it, by unpacking it
piece by piece: an archive may lie about its sizes. Source: APPNOTE.TXT 4.3 (ZIP), ECMA-376 part 1, 18.3
(sheets), 18.4 (shared texts).
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EFBIG
from functools import lru_cache
from pathlib import Path
from typing import IO

from torgsync.disk import open_file, stat_file
from torgsync.i18n import Message, _

PARTS = 10_000
"""Files in an archive."""
UNPACKED = 512 * 1024 * 1024
"""Bytes of all that a spreadsheet holds."""
RATIO = 200
"""How many times larger one part may be unpacked; XML of equal rows packs 50 times."""
SMALL = 16 * 1024 * 1024
"""Bytes of a part whose ratio does no harm."""
CELLS = 8_000_000
"""Cells of a sheet, empty ones between others included: 160,000 rows of 50 columns."""
TEXTS = 384 * 1024 * 1024
"""Bytes of all texts of a sheet, each as often as it is used."""

_CHUNK = 1024 * 1024
_END = b"PK\x05\x06"
_TAIL = 66_000  # the end record and the longest comment
_LOCAL = struct.Struct("<4s22xHH")
_PLACE = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*\s)?r\s*=\s*["\']([A-Z]{1,9})(\d{1,9})["\'][^>]*(?<!/)>')
_CELL = re.compile(rb"<(?:\w+:)?c(?:\s[^>]*)?(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")
_ROW_NUMBER = re.compile(rb'<(?:\w+:)?row\s(?:[^>]*\s)?r\s*=\s*["\'](\d{1,9})["\']')
_SHARED = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*\s)?t\s*=\s*["\']s["\'][^>]*>\s*<(?:\w+:)?v>\s*(\d{1,9})\s*<')
_OPEN_TAG = re.compile(
    rb"<(?:\w+:)?table-(?P<kind>row|cell)(?=[\s/>])"
    rb'(?:[^>]*?-repeated\s*=\s*["\'](?P<number>\d{1,9})["\'])?[^>]*?(?P<empty>/)?>'
)
_ITEM_END = re.compile(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>")
_LONGEST_TAG = 1024


class TooLarge(OSError):
    """An archive that would take too much memory."""

    def __init__(self, path: Path, what: Message) -> None:
        super().__init__(EFBIG, what, str(path))


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive with a bearable number of parts. Raises OSError, BadZipFile."""
    with open_file(path) as file:
        file.seek(max(0, stat_file(path).st_size - _TAIL))
        tail = file.read()
        end = tail.rfind(_END)
        if end >= 0 and len(tail) - end >= 12 and struct.unpack_from("<H", tail, end + 10)[0] > PARTS:  # noqa: PLR2004  # the counts
            raise TooLarge(path, _("there are more than {count} files in it", count=PARTS))
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            yield archive


def refuse_large_book(path: Path) -> None:
    """Raise TooLarge for a spreadsheet that would take too much memory, BadZipFile for a damaged one."""
    seen = stat_file(path)
    _measure(path, (seen.st_size, seen.st_mtime_ns))


@lru_cache(maxsize=4)
def _measure(path: Path, _stamp: tuple[int, int]) -> None:
    """Measure a spreadsheet; one that was not changed is measured once."""
    total, lengths = 0, [0]
    with open_archive(path) as archive, open_file(path) as file:
        # Texts first: the sheets refer to them. Any part may be a sheet, whatever its name.
        for part in sorted(archive.infolist(), key=lambda part: not _holds_texts(part)):
            size, before = 0, b""
            sheet = _OpenSheetSize(path) if part.filename == "content.xml" else _SheetSize(path, lengths)
            for chunk in _unpacked(path, file, part):
                size, total = size + len(chunk), total + len(chunk)
                if total > UNPACKED or (size > SMALL and size > RATIO * max(part.compress_size, 1)):
                    raise TooLarge(path, _("it is packed so densely that it would fill the memory"))
                if _holds_texts(part):
                    *ended, before = _ITEM_END.split(before + chunk)
                    lengths[-1:] = [*map(len, ended), 0]
                else:
                    sheet.add(chunk)
            sheet.add(b"", last=True)


def _holds_texts(part: zipfile.ZipInfo) -> bool:
    return part.filename.casefold() == "xl/sharedstrings.xml"


class _TableSize:
    """The size of a table, as its cells show it one after another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = b""
        self._rows = self._columns = self._cells = 0

    def add(self, chunk: bytes, *, last: bool = False) -> None:
        """Take the next piece of the table. Raises TooLarge."""
        text = self._before + chunk
        cut = len(text) if last else max(text.rfind(b"<", 0, -_LONGEST_TAG), 0)
        text, self._before = text[:cut], text[cut:]
        self._measure(text)
        if max(self._cells, self._rows * self._columns) > CELLS:
            raise TooLarge(
                self._path, _("its table has more than {millions} million cells", millions=CELLS // 1_000_000)
            )

    def _measure(self, text: bytes) -> None:
        raise NotImplementedError


class _OpenSheetSize(_TableSize):
    """The size of the tables of an OpenDocument, in which rows and cells may be repeated."""

    _row = _repeat = _column = 0

    def _measure(self, text: bytes) -> None:
        for tag in _OPEN_TAG.finditer(text):
            number = int(tag["number"] or 1)
            if tag["kind"] == b"row":
                self._row, self._repeat, self._column = self._row + number, number, 0
                continue
            self._column += number
            if not tag["empty"]:
                self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
                self._cells += self._repeat * number


class _SheetSize(_TableSize):
    """The size of a sheet; `lengths` are those of the shared texts."""

    def __init__(self, path: Path, lengths: list[int]) -> None:
        super().__init__(path)
        self._lengths = lengths
        self._bytes = 0

    def _measure(self, text: bytes) -> None:
        placed, cells = _PLACE.findall(text), len(_CELL.findall(text))
        self._cells += cells
        rows = {row for _column, row in placed} | {*_ROW_NUMBER.findall(text)}
        self._rows = max(self._rows, *map(int, rows), 0)
        self._columns = max(self._columns, *map(column_of, {name for name, _row in placed}), 0)
        if len(placed) < cells:  # cells without a place follow each other
            self._columns = max(self._columns, *(len(_CELL.findall(row)) for row in _ROW.split(text)))
        for index in map(int, _SHARED.findall(text)):
            self._bytes += self._lengths[index] if index < len(self._lengths) else 0
        if self._bytes > TEXTS:
            raise TooLarge(self._path, _("its texts would fill the memory"))


def column_of(name: bytes) -> int:
    """Return the number of a column, from 1: 1 for A, 27 for AA."""
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


def _unpacked(path: Path, file: IO[bytes], part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a part really holds, piece by piece, whatever size it says."""
    file.seek(part.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04") or part.flag_bits & 1:
        raise zipfile.BadZipFile(part.filename)
    _signature, name, extra = _LOCAL.unpack(head)
    file.seek(name + extra, 1)
    left = part.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
    if inflate is None and part.compress_type != zipfile.ZIP_STORED:
        raise TooLarge(path, _("it is packed in a way that is not read"))
    while left > 0 and (packed := file.read(min(_CHUNK, left))):
        left -= len(packed)
        if inflate is None:
            yield packed
            continue
        try:
            while packed:
                yield inflate.decompress(packed, _CHUNK)
                packed = inflate.unconsumed_tail
        except zlib.error as broken:
            raise zipfile.BadZipFile(part.filename) from broken
