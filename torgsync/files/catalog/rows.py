"""Rows of the TRS dialect, as bytes: where one ends, how many columns it has, what its cells are.

`"`, every delimiter and both line ends are ASCII in either encoding, so nothing is decoded to find a row.
Source: docs/developers/torgsoft.md §2.2.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, takewhile
from typing import BinaryIO

import xxhash
from msgspec import Struct

from torgsync.core.product.columns import ExportRecord

DELIMITER = ";"
"""The delimiter of a raw file; commas and tabs occur in copies re-saved in a spreadsheet (torgsoft §2.2)."""

DELIMITERS = (DELIMITER, "\t", ",")
"""All that are known, in the order in which they are believed."""

_CHUNK = 1024 * 1024
LONGEST = 4 * 1024 * 1024
"""Bytes of the longest record. A site description of that length is a file whose quotes do not pair up."""

_ANY = "latin-1"  # gives each byte a letter: enough to count columns in either encoding
_MENDED_LINES = 200  # how far a row with a stray quote may reach: far enough for a site description

_QUOTED = rb'"[^"]*+(?:""[^"]*+)*+"'


class _Patterns:
    """What a cell, an open text and the beginning of a row look like with one delimiter."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = d = re.escape(delimiter).encode()
        self.bare = rb'[^"' + d + rb"\r\n]*+"
        self.strict = re.compile(_QUOTED + rb"|" + self.bare)
        # With a stray quote, the first quote before a delimiter closes the cell: that is how a program writes
        # which puts quotes around a text without looking into it.
        self.lenient = re.compile(
            rb'".*?"(?=' + d + rb'|\Z)|(?:[^"' + d + rb"\r\n][^" + d + rb"\r\n]*+)?", re.DOTALL
        )
        # Quotes that a backslash escapes, and the text of a formula, may hold the delimiter.
        self.marked = re.compile(rb'=?"[^"\\]*+(?:(?:""|\\.)[^"\\]*+)*+"|' + self.bare, re.DOTALL)
        self.open = re.compile(rb"(?:(?:" + self.strict.pattern + rb")" + d + rb')*"[^"]*+(?:""[^"]*+)*+')
        self.keyed = re.compile(rb'"?[0-9]+"?' + d + rb'["0-9]')


_PATTERNS = {delimiter: _Patterns(delimiter) for delimiter in DELIMITERS}


class RowFilter(Struct):
    """What is known of a file's rows before it is read, so that rows which did not change are skipped.

    `known` holds the hashes of rows seen before; each one met is removed, so that the hashes of rows that
    changed or vanished remain. `noted` is the line of a row, keyed by its hash, where that matters; `moved`
    gets the new line of rows that are on another line now. `met` counts the skipped rows. `seed` is mixed
    into every hash, 64 bits.
    """

    seed: int = 0
    known: set[int] = set()
    noted: Mapping[int, int] = {}
    moved: dict[int, int] = {}
    met: int = 0

    def row_hash(self, raw: bytes, *, loose: bool = False) -> int:
        """Return the hash of a row as 63 bits, which every database keeps.

        `loose`: more than the line itself decided where the row ends, so it never has the hash that its first
        line would have alone.
        """
        return xxhash.xxh3_64_intdigest(raw, self.seed ^ loose) >> 1

    def passes(self, row_hash: int, line: int) -> bool:
        """Return whether a row was known; it counts as met then."""
        if row_hash not in self.known:
            return False
        self.known.remove(row_hash)
        self.met += 1
        if self.noted.get(row_hash, line) != line:
            self.moved[row_hash] = line
        return True


def filtered_rows(records: Iterable[ExportRecord], row_filter: RowFilter | None) -> Iterator[ExportRecord]:
    """Yield the records that `row_filter` does not know, each with its hash."""
    row_filter = row_filter or RowFilter()
    for line, raw, _ in records:
        row_hash = row_filter.row_hash(raw)
        if not row_filter.passes(row_hash, line):
            yield ExportRecord(line, raw, row_hash)


class LineReader:
    """The physical lines of an open file, their numbers (from 1), and a look at those that come."""

    def __init__(self, file: BinaryIO, number: int) -> None:
        self.number = number  # of the line that `take` gives next
        self._file = file
        self._readline = file.readline
        self._ahead: deque[bytes] = deque()

    def take_unknown(self, row_filter: RowFilter) -> bytes:
        """Return the next line that is no known row by itself; no bytes at the end of the file.

        Nearly all lines of a big file go through here, so the loop holds only what a line cannot do without.
        """
        while self._ahead:
            line = self.take()
            if not row_filter.passes(row_filter.row_hash(line), self.number - 1):
                return line
        digest, seed = xxhash.xxh3_64_intdigest, row_filter.seed
        remove, noted = row_filter.known.remove, row_filter.noted
        first = number = self.number
        line = b""
        for line in self._file:  # the one that it stops at is the answer
            row_hash = digest(line, seed) >> 1
            try:
                remove(row_hash)
            except KeyError:
                break
            if row_hash in noted and noted[row_hash] != number:
                row_filter.moved[row_hash] = number
            number += 1
        else:
            line = b""
        row_filter.met += number - first
        self.number = number + 1
        return line

    def take(self) -> bytes:
        """Return the next line with its line end; no bytes at the end of the file."""
        self.number += 1
        return self._ahead.popleft() if self._ahead else self._readline()

    def peek(self, distance: int) -> bytes:
        """Return the line `distance` lines after the next one, without taking it."""
        while len(self._ahead) <= distance:
            line = self._readline()
            if not line:
                return b""
            self._ahead.append(line)
        return self._ahead[distance]

    def at_end(self) -> bool:
        """Return whether only lines without any value are left."""
        following = takewhile(bool, map(self.peek, count()))
        return all(map(is_blank, following))


class Grammar:
    """What a row of `width` columns looks like.

    `strict` matches such a row and nothing else: every quote opens or closes a cell, or is doubled inside
    one. It is one pass in C over the bytes, so an ordinary line costs no decoding and no lists. `usual`
    matches the strict rows that quote the same columns as `sample`, a third faster: nearly all rows of a
    file do.
    """

    def __init__(self, width: int, sample: bytes, delimiter: str = DELIMITER) -> None:
        self._known = known = _PATTERNS[delimiter]
        self._delimiter = delimiter
        cell = b"(?:" + known.strict.pattern + b")"
        self.width = width
        self.strict = re.compile(cell + b"(?:" + known.delimiter + cell + b"){%d}" % (width - 1)).fullmatch
        self.usual = self.strict
        cells = split(sample, delimiter) or ()
        if len(cells) == width:
            self.usual = re.compile(
                known.delimiter.join(_QUOTED if cell[:1] == b'"' else known.bare for cell in cells)
            ).fullmatch

    def gather(self, line: bytes, lines: LineReader) -> bytes | None:
        """Return the record that begins with a line that is no row, taking its other lines; else None."""
        reach = self._grown(line, lines)
        reach = self._mended(line, lines) if reach is None else reach
        if reach is None:
            return None
        return without_line_end(line + b"".join(lines.take() for _ in range(reach)))

    def _grown(self, line: bytes, lines: LineReader) -> int | None:
        """Return how many more lines make a strict row, where a line end is inside quotes."""
        piece, size, reach = line, len(line), 0
        joined = [line]
        while size <= LONGEST and self._known.open.fullmatch(piece):
            following = lines.peek(reach)
            if not following:
                return None
            joined.append(following)
            size += len(following)
            reach += 1
            piece = b'"' + following  # the line begins inside a cell
        return reach if reach and self.strict(without_line_end(b"".join(joined))) else None

    def _mended(self, line: bytes, lines: LineReader) -> int | None:
        """Return how many more lines make a row despite a stray quote; a line that begins one stays out."""
        joined = line
        for reach in range(_MENDED_LINES):
            if texts(without_line_end(joined), _ANY, self.width, self._delimiter) is not None:
                return reach
            following = lines.peek(reach)
            if not following or self._begins_row(following):
                break
            joined += following
        return None

    def _begins_row(self, line: bytes) -> bool:
        """Return whether a physical line is a whole row by itself, or begins as one."""
        return bool(self.strict(without_line_end(line)) or self._known.keyed.match(line))

    def skip(self, lines: LineReader) -> None:
        """Take the lines up to the next one that is a row by itself, or begins as one."""
        while (following := lines.peek(0)) and not self._begins_row(following):
            lines.take()


def line_at(file: BinaryIO, start: int, at: int) -> int:
    """Return the number of the line that contains the byte `at`; the byte `start` is in line 1."""
    file.seek(start)
    breaks = 0
    while start < at and (chunk := file.read(min(_CHUNK, at - start))):
        breaks += chunk.count(b"\n")
        start += len(chunk)
    return breaks + 1


def without_line_end(line: bytes) -> bytes:
    """Return the line without the LF or CRLF that closes it."""
    return line.rstrip(b"\r\n")


def is_blank(line: bytes, encoding: str = "ascii") -> bool:
    """Return whether a line holds no value and opens no text: delimiters, quotes, blanks, an end mark."""
    return not line.strip(_NOTHING[encoding]) and line.count(b'"') % 2 == 0


_END_MARK = b"\x1a"
_NOTHING = dict.fromkeys(("ascii", "utf-8", "cp1251"), b' \t\r\n;,"' + _END_MARK)
_NOTHING |= {encoding: _NOTHING[encoding] + "\xa0".encode(encoding) for encoding in ("utf-8", "cp1251")}
"""Bytes that are no value: a spreadsheet writes rows of empty cells, MS-DOS a last U+001A."""


def split(raw: bytes, delimiter: str = DELIMITER) -> list[bytes] | None:
    """Return a row's raw cells, quotes included; None where it is not strict."""
    return _split(_PATTERNS[delimiter].strict, raw, delimiter)


def texts(
    raw: bytes, encoding: str, width: int | None = None, delimiter: str = DELIMITER
) -> list[str] | None:
    """Return a row's cells as text: quotes undone, blanks kept.

    A strict row is read as CSV, any other the careful way; None where that gives no row at all, or none of
    `width` columns. Raises UnicodeDecodeError.
    """
    try:
        row = next(csv.reader((raw.decode(encoding),), delimiter=delimiter, strict=True))
    except csv.Error:  # a stray quote, or a cell past the limit of the csv module
        row = []
    if row and (width is None or len(row) == width):
        return row
    known = _PATTERNS[delimiter]
    for pattern in (known.strict, known.lenient, known.marked):
        cells = _split(pattern, raw, delimiter)
        if cells is not None and width in {None, len(cells)}:
            return [_undone(cell.decode(encoding)) for cell in cells]
    return None


def _split(cell: re.Pattern[bytes], raw: bytes, delimiter: str) -> list[bytes] | None:
    separator = delimiter.encode()
    cells = []
    at = 0
    while match := cell.match(raw, at):
        cells.append(match.group())
        at = match.end() + 1
        if at > len(raw):
            return cells
        if raw[at - 1 : at] != separator:
            break
    return None


def _undone(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell
