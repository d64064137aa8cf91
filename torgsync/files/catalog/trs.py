"""The accounting program's catalog file `TSGoods.trs`, read as a stream: any size costs little memory.

A file that cannot be trusted is refused whole: a lost row would look like a vanished good, and a vanished
good is taken off the shop. Source: docs/developers/torgsoft.md §2, §3, §17 no. 1-6.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from torgsync.core.product.columns import KEY, ColumnNames, ExportRecord
from torgsync.core.text import counted
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog import layouts, refusals, rows
from torgsync.files.catalog.catalog_file import Aspect, CatalogFile, FileFormat, Guess, ReadSettings
from torgsync.files.catalog.encodings import begin_text, known_encoding
from torgsync.files.catalog.rows import Grammar, LineReader, RowFilter, texts, without_line_end

_BUFFER = 256 * 1024
_SAID = re.compile(rb'"?sep=([;,\t])"?\r?\n', re.IGNORECASE)
"""A first line with which a spreadsheet notes the delimiter."""
_TAIL = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class TrsFile(CatalogFile):
    """One text file; `body` is the offset of its first row, in line `body_line`; `bom`: a mark precedes."""

    kind: FileFormat = FileFormat.TRS
    bom: bool
    body: int
    body_line: int
    delimiter: str

    @property
    def context(self) -> bytes:
        """How the bytes of a row become texts."""
        return f"{self.kind} {self.encoding} {self.delimiter}".encode()

    def records(self, row_filter: RowFilter | None = None) -> Iterator[ExportRecord]:
        """Yield the goods as every reader does; lines that `row_filter` knows are not even looked at."""
        with self._unchanged(), self.path.open("rb", _BUFFER) as file:
            file.seek(self.body)
            yield from self._rows(LineReader(file, self.body_line), row_filter or RowFilter())

    _all = records

    def _rows(self, lines: LineReader, row_filter: RowFilter) -> Iterator[ExportRecord]:
        grammar = Grammar(len(self.columns), without_line_end(lines.peek(0)), self.delimiter)
        usual, strict = grammar.usual, grammar.strict
        mistakes: list[Mistake] = []
        wrong = 0
        while line := lines.take_unknown(row_filter):
            number = lines.number - 1
            raw = without_line_end(line)
            row_hash = row_filter.row_hash(line)
            if not usual(raw) and not strict(raw):
                if not raw.strip():
                    continue
                gathered = grammar.gather(line, lines)
                if gathered is None:
                    wrong += 1
                    cells = rows.split(raw, self.delimiter)
                    if cells is None:
                        grammar.skip(lines)
                    found = len(cells or ())
                    mistake = _wrong(number, found, grammar.width)
                    if wrong == 1 and found < grammar.width and lines.at_end():
                        raise _cut_short(self.path, mistake)
                    mistakes.append(mistake)
                    del mistakes[refusals.LISTED :]
                    continue
                raw, row_hash = gathered, row_filter.row_hash(gathered, loose=True)
                if row_filter.passes(row_hash, number):
                    continue
            if not wrong:
                yield ExportRecord(number, raw, row_hash)
        if wrong:
            have = "does" if wrong == 1 else "do"
            first = f"; the first {refusals.LISTED} are listed" if wrong > refusals.LISTED else ""
            raise ExportInvalid(
                f"{counted(wrong, 'row')} of `{self.path}` {have} not have the {grammar.width} columns "
                f"of the file{first}",
                mistakes=tuple(mistakes),
                hint=refusals.UNTOUCHED,
            )

    def good_id(self, record: ExportRecord) -> str:
        """Return the good's key; a bare number in the first column, as Torgsoft writes it, is not parsed."""
        if self.columns[0] == KEY:
            first = record.raw.partition(self.delimiter.encode())[0]
            if first.isdigit():
                return first.decode()
        return super().good_id(record)

    def cells(self, record: ExportRecord) -> dict[str, str]:
        """Return the texts of a record: quotes undone, not trimmed."""
        try:
            row = texts(record.raw, self.encoding, len(self.columns), self.delimiter)
        except UnicodeDecodeError:
            row = None
        if row is None:
            raise refusals.changed(self.path)
        return dict(zip(self.columns, row, strict=True))


def open_trs(path: Path, given: ReadSettings = ReadSettings()) -> TrsFile:  # noqa: B008  # a value that never changes
    """Look at an export and return it ready to be read.

    What `given` leaves open is detected (torgsoft §17 no. 1-4). The whole file is read once for its encoding;
    its last line is looked at, so that a file which is still being written is refused before its first good.
    Raises ExportInvalid.
    """
    forced = known_encoding(path, given.encoding)
    try:
        if path.is_dir():
            raise ExportInvalid(
                f"`{path}` is a folder, not an export", hint="give the path of the file inside the folder"
            )
        size, modified_ns = refusals.stamp(path)
        if not size:
            raise ExportInvalid(f"`{path}` is empty", hint=refusals.AGAIN)
        with path.open("rb") as file:
            trs = replace(_look(path, file, given, forced), size=size, modified_ns=modified_ns)
            _check_tail(trs, file)
    except OSError as error:
        raise refusals.unreadable(path, error) from error
    return trs if trs.has_header else _confirmed(trs, given)


def _look(path: Path, file: BinaryIO, given: ReadSettings, forced: str | None) -> TrsFile:
    """Return the file as its beginning speaks for it."""
    start, encoding, why = begin_text(path, file, forced)
    bom = bool(start)
    guesses = [] if forced or bom else [Guess(Aspect.ENCODING, encoding, why, "encoding", path.name)]
    number = 1
    if (said := _SAID.fullmatch(file.readline())) is not None:
        given = replace(given, delimiter=given.delimiter or said[1].decode())
        start, number = file.tell(), 2
    file.seek(start)
    head = _first_lines(file)
    delimiter, more = layouts.find_delimiter(path.name, head, encoding, given)
    guesses += more
    file.seek(start)
    first, line = _first_row(file, number)
    after = file.tell()
    row = texts(first, encoding, None, delimiter) or []
    has_header = layouts.is_header(row, given) if given.header is None else given.header
    if given.header is None:
        value = "the first row holds names" if has_header else "there is none"
        because = "a column is named like one of Torgsoft's" if has_header else "the first row is a good"
        guesses.append(Guess(Aspect.HEADER, value, because, "header", path.name))
    if b"\r" in first and not file.readline():
        raise ExportInvalid(
            f"the rows of `{path}` end as old Macintosh programs end them, so it is one long line",
            hint="save it with the line ends of Windows (CRLF), "
            "or export the catalog from Torgsoft once more",
        )
    file.seek(after)
    if not first or (has_header and not _first_row(file, line + 1)[0]):
        raise refusals.empty(path)
    if has_header:
        names = layouts.name_columns(path, line, row, given)
        guesses += layouts.guesses_of_names(path.name, names)
    else:
        cells = [texts(raw, encoding, None, delimiter) or [] for raw in head]
        layouts.refuse_unknown_names(path, line, cells, given)
        names = ColumnNames(layouts.readings(path, layouts.cell_counts(head, delimiter), given)[0].columns)
    return TrsFile(
        path=path,
        encoding=encoding,
        bom=bom,
        has_header=has_header,
        columns=names.columns,
        size=0,
        modified_ns=0,
        body=after if has_header else start,
        body_line=line + 1 if has_header else number,
        delimiter=delimiter,
        guesses=tuple(guesses),
    )


def _first_lines(file: BinaryIO) -> list[bytes]:
    """Return the first rows that are not blank, with the lines that end inside quotes joined."""
    lines = [line for line in islice(file, layouts.CONFIRMING_ROWS) if line.strip()]
    found = []
    while lines:
        reach = _closed_after(lines)
        found.append(without_line_end(b"".join(lines[:reach])))
        del lines[:reach]
    return found


def _closed_after(lines: list[bytes]) -> int:
    """Return how many lines make the first row; 1 where its quotes pair up nowhere."""
    quotes = 0
    for reach, line in enumerate(lines, start=1):
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            row = without_line_end(b"".join(lines[:reach]))
            return reach if any(rows.split(row, delimiter) for delimiter in rows.DELIMITERS) else 1
    return 1


def _first_row(file: BinaryIO, number: int) -> tuple[bytes, int]:
    """Return the next line that is not blank, and its number; no bytes where there is none."""
    while line := file.readline():
        if line.strip():
            return without_line_end(line), number
        number += 1
    return b"", number


def _confirmed(trs: TrsFile, given: ReadSettings) -> TrsFile:
    """Return a file without a header with the columns that its first rows confirm (torgsoft §3.4)."""
    first = [(record.line, record.raw) for record in islice(trs.records(), layouts.CONFIRMING_ROWS)]
    possible = layouts.readings(
        trs.path, layouts.cell_counts((raw for _, raw in first), trs.delimiter), given
    )
    chosen, guess = layouts.Table.of_bytes(trs.path, first, trs.encoding, trs.delimiter).choose(possible)
    return replace(trs, columns=chosen.columns, guesses=(*trs.guesses, guess))


def _check_tail(trs: TrsFile, file: BinaryIO) -> None:
    """Refuse a file whose last line is visibly cut, before anybody reads the first."""
    begin = max(trs.body, trs.size - _TAIL)
    file.seek(begin)
    tail = file.read()
    start = len(codecs.BOM_UTF8) if trs.bom else 0
    if not tail.endswith(b"\n"):
        line = rows.line_at(file, start, begin + len(tail))
        raise ExportInvalid(f"`{trs.path}` ends in the middle of line {line}", hint=refusals.AGAIN)
    content = tail.rstrip(b" \r\n")  # a tab may be an empty cell
    before, _, last = content.rpartition(b"\n")
    cells = rows.split(last, trs.delimiter)
    # With an odd number of quotes it may be the end of a record of several lines: the reading will show.
    if before and cells and len(cells) < len(trs.columns) and last.count(b'"') % 2 == 0:
        number = rows.line_at(file, start, begin + len(content))
        raise _cut_short(trs.path, _wrong(number, len(cells), len(trs.columns)))


def _wrong(line: int, found: int, width: int) -> Mistake:
    """Return what is wrong with a row in which `found` columns were recognised, 0 where none could be."""
    instead = f"{counted(found, 'column')} instead of {width}"
    return Mistake(line, "", instead if found else "a quotation mark is missing or too many")


def _cut_short(path: Path, mistake: Mistake) -> ExportInvalid:
    return ExportInvalid(
        f"`{path}` is cut off in its last row, line {mistake.line}: {mistake.message}", hint=refusals.AGAIN
    )
