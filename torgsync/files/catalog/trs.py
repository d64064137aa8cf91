"""The accounting program's catalog file `TSGoods.trs`, read as a stream: any size costs little memory.

A file that cannot be trusted is refused whole: a lost row would look like a vanished good, and a vanished
good is taken off the shop. Source: docs/developers/torgsoft.md §2, §3, §17 no. 1-6.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from torgsync.core.product.cleaning import without_quotes
from torgsync.core.product.columns import KEY, ExportRecord
from torgsync.core.product.prom_export import prom_names
from torgsync.disk import open_file
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog import headers, layouts, refusals, rows
from torgsync.files.catalog.catalog_file import Aspect, CatalogFile, FileFormat, Guess, ReadSettings
from torgsync.files.catalog.encodings import begin_text, known_encoding
from torgsync.files.catalog.quotes import with_quotes
from torgsync.files.catalog.rows import Grammar, LineReader, RowFilter, texts, without_line_end
from torgsync.i18n import _, _n, verbatim

_BUFFER = 256 * 1024
_SAID = re.compile(rb'"?sep=([;,\t])"?\r?\n', re.IGNORECASE)
"""A first line with which a spreadsheet notes the delimiter."""
_TAIL = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class TrsFile(CatalogFile):
    """One text file; `body` is the offset of its first row, in line `body_line`; `bom`: a mark precedes.

    A row has `width` cells; `places` are those of `columns`. The others have no name and no value.
    """

    kind: FileFormat = FileFormat.TRS
    width: int
    places: tuple[int, ...]
    bom: bool
    body: int
    body_line: int
    delimiter: str

    @property
    def context(self) -> bytes:
        """How the bytes of a row become texts."""
        quotes = " quoted" if self.quoted else ""
        return f"{self.kind} {self.encoding} {self.delimiter}{quotes}".encode()

    def records(self, row_filter: RowFilter | None = None) -> Iterator[ExportRecord]:
        """Yield the goods as every reader does; lines that `row_filter` knows are not even looked at."""
        with self._unchanged(), open_file(self.path, _BUFFER) as file:
            file.seek(self.body)
            yield from self._rows(LineReader(file, self.body_line), row_filter or RowFilter())

    _all = records

    def _rows(self, lines: LineReader, row_filter: RowFilter) -> Iterator[ExportRecord]:
        grammar = Grammar(self.width, without_line_end(lines.peek(0)), self.delimiter)
        usual, strict, encoding = grammar.usual, grammar.strict, self.encoding
        mistakes: list[Mistake] = []
        wrong = 0
        while line := lines.take_unknown(row_filter):
            if rows.is_blank(line, encoding):
                continue
            number = lines.number - 1
            raw = without_line_end(line)
            row_hash = row_filter.row_hash(line)
            if not usual(raw) and not strict(raw):
                gathered = grammar.gather(line, lines)
                if gathered is None:
                    wrong += 1
                    cells = rows.split(raw, self.delimiter)
                    if cells is None:
                        grammar.skip(lines)
                    count = len(cells or ())
                    mistake = _wrong(number, count, grammar.width)
                    if wrong == 1 and count < grammar.width and lines.at_end():
                        raise _cut_short(self.path, mistake)
                    mistakes.append(mistake)
                    del mistakes[refusals.LISTED :]
                    continue
                raw, row_hash = gathered, row_filter.row_hash(gathered, loose=True)
                if row_filter.passes(row_hash, number) or rows.is_blank(raw, encoding):
                    continue
            if not wrong:
                yield ExportRecord(number, raw, row_hash)
        if wrong:
            raise ExportInvalid(
                _n(
                    "{count} row of `{path}` does not have the {width} columns of the file",
                    "{count} rows of `{path}` do not have the {width} columns of the file",
                    wrong,
                    path=self.path,
                    width=grammar.width,
                ),
                **refusals.listed(mistakes, wrong),
                hint=refusals.UNTOUCHED,
            )

    def good_id(self, record: ExportRecord) -> str:
        """Return the good's key; a bare number in the first column, as Torgsoft writes it, is not parsed."""
        if self.columns[0] == KEY and self.places[0] == 0:
            first = record.raw.partition(self.delimiter.encode())[0]
            if first.isdigit():
                return first.decode()
        return super().good_id(record)

    def cells(self, record: ExportRecord) -> dict[str, str]:
        """Return the texts of a record: quotes undone, not trimmed."""
        try:
            row = texts(record.raw, self.encoding, self.width, self.delimiter)
        except UnicodeDecodeError:
            row = None
        if row is None:
            raise refusals.changed(self.path)
        if self.width > len(self.columns):
            row = [row[place] for place in self.places]
        return dict(zip(self.columns, map(without_quotes, row) if self.quoted else row, strict=True))


def open_trs(path: Path, given: ReadSettings = ReadSettings()) -> TrsFile:  # noqa: B008  # a value that never changes
    """Look at an export and return it ready to be read.

    What `given` leaves open is detected (torgsoft §17 no. 1-4). The whole file is read once for its encoding;
    its last line is looked at, so that a file which is still being written is refused before its first good.
    Raises ExportInvalid.
    """
    forced = known_encoding(path, given.encoding)
    try:
        size, modified_ns = refusals.stamp(path)
        if not size:
            raise ExportInvalid(_("`{path}` is empty", path=path), hint=refusals.AGAIN)
        with open_file(path) as file:
            trs = _look(path, file, given, forced, (size, modified_ns))
            _check_tail(trs, file, given)
    except OSError as error:
        raise refusals.unreadable(path, error) from error
    return with_quotes(trs if trs.has_header or given.columns else _confirmed(trs, given))


def _look(
    path: Path, file: BinaryIO, given: ReadSettings, forced: str | None, stamp: tuple[int, int]
) -> TrsFile:
    """Return the file as its beginning speaks for it."""
    start, encoding, why = begin_text(path, file, forced)
    bom = bool(start)
    guesses = (
        [] if forced or bom else [Guess(Aspect.ENCODING, verbatim(encoding), why, "encoding", path.name)]
    )
    number = 1
    if (said := _SAID.fullmatch(file.readline())) is not None:
        given = replace(given, delimiter=given.delimiter or said[1].decode())
        start, number = file.tell(), 2
    file.seek(start)
    head = _first_lines(file, encoding)
    delimiter, more = layouts.find_delimiter(path.name, head, encoding, given)
    guesses += more
    file.seek(start)
    first, line = _first_row(file, number, encoding)
    after = file.tell()
    row = texts(first, encoding, None, delimiter) or []
    if not headers.names_key(row, given):
        for sign in rows.DELIMITERS:
            if own := prom_names(texts(first, encoding, None, sign) or []):
                raise refusals.of_prom(path, own)
    has_header = headers.is_header(row, given) if given.header is None else given.header
    if given.columns and has_header:
        raise headers.refuse_names(path, line)
    if given.header is None and not given.columns:
        guesses.append(_guess_of_header(path.name, has_header=has_header))
    if b"\r" in first and not file.readline():
        raise ExportInvalid(
            _(
                "the rows of `{path}` end as old Macintosh programs end them, so it is one long line",
                path=path,
            ),
            hint=_(
                "save it with the line ends of Windows (CRLF), or export the catalog from Torgsoft once more"
            ),
        )
    file.seek(after)
    if not first or (has_header and not _first_row(file, line + 1, encoding)[0]):
        raise refusals.empty(path)
    cells = [texts(raw, encoding, None, delimiter) or [] for raw in head]
    trs = TrsFile(
        path=path,
        encoding=encoding,
        bom=bom,
        has_header=has_header,
        columns=(),
        width=0,
        places=(),
        size=stamp[0],
        modified_ns=stamp[1],
        body=after if has_header else start,
        body_line=line + 1 if has_header else number,
        delimiter=delimiter,
    )
    if has_header:
        row += [""] * headers.cells_without_names(len(row), cells[1:])
        names = headers.name_columns(path, line, row, given, _rows_of(trs, len(row)))
        guesses += headers.guesses_of_names(path.name, names)
    else:
        below = _rows_of(replace(trs, body=after, body_line=line + 1), len(row))
        headers.refuse_unknown_names(path, line, cells, given, below)
        counts = layouts.cell_counts(head, delimiter)
        names = layouts.columns_without_names(path, cells, counts, given)
        headers.check_nameless(path, line, names.columns, _rows_of(trs, len(names.columns)))
    places = tuple(place for place, name in enumerate(names.columns) if name)
    return replace(
        trs,
        columns=tuple(filter(None, names.columns)),
        width=len(names.columns),
        places=places,
        guesses=tuple(guesses),
    )


def _guess_of_header(file: str, *, has_header: bool) -> Guess:
    value, because = _("there is none"), _("the first row is an item")
    if has_header:
        value, because = _("the first row holds names"), _("a column is named like one of Torgsoft's")
    return Guess(Aspect.HEADER, value, because, "header", file)


def _rows_of(trs: TrsFile, width: int) -> headers.Rows:
    """Return a reader of all rows of a file whose columns are not known yet, each with its line."""

    def read() -> Iterator[tuple[int, Sequence[str]]]:
        for record in replace(trs, width=width).records():
            yield record.line, texts(record.raw, trs.encoding, width, trs.delimiter) or ()

    return read


def _first_lines(file: BinaryIO, encoding: str) -> list[bytes]:
    """Return the first rows that are not blank, with the lines that end inside quotes joined."""
    first = islice(file, layouts.CONFIRMING_ROWS)
    lines = [line for line in first if not rows.is_blank(line, encoding)]
    joined = []
    while lines:
        reach = _closed_after(lines)
        joined.append(without_line_end(b"".join(lines[:reach])))
        del lines[:reach]
    return joined


def _closed_after(lines: list[bytes]) -> int:
    """Return how many lines make the first row; 1 where its quotes pair up nowhere."""
    quotes = 0
    for reach, line in enumerate(lines, start=1):
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            row = without_line_end(b"".join(lines[:reach]))
            return reach if any(rows.split(row, delimiter) for delimiter in rows.DELIMITERS) else 1
    return 1


def _first_row(file: BinaryIO, number: int, encoding: str) -> tuple[bytes, int]:
    """Return the next line that is not blank, and its number; no bytes where there is none."""
    while line := file.readline():
        if not rows.is_blank(line, encoding):
            return without_line_end(line), number
        number += 1
    return b"", number


def _confirmed(trs: TrsFile, given: ReadSettings) -> TrsFile:
    """Return a file without a header with the columns that its first rows confirm (torgsoft §3.4)."""
    first = [(record.line, record.raw) for record in islice(trs.records(), layouts.CONFIRMING_ROWS)]
    possible = layouts.readings(trs.path, [len(trs.columns)], given)
    chosen, guess = layouts.Table.of_bytes(trs.path, first, trs.encoding, trs.delimiter).choose(possible)
    return replace(trs, columns=chosen.columns, guesses=(*trs.guesses, guess))


def _check_tail(trs: TrsFile, file: BinaryIO, given: ReadSettings) -> None:
    """Refuse a file whose last line is visibly cut, before anybody reads the first."""
    begin = max(trs.body, trs.size - _TAIL)
    file.seek(begin)
    lines = file.read().split(b"\n")
    if not rows.is_blank(lines[-1], trs.encoding) and given.last_line_end:
        raise _without_line_end(trs, _line_of_tail(trs, file, begin, lines))
    while lines and rows.is_blank(lines[-1], trs.encoding):
        lines.pop()
    if len(lines) < 2:  # noqa: PLR2004  # a line whose beginning is before the tail
        return
    last = lines[-1].rstrip(b" \r")  # a tab may be an empty cell
    cells = rows.split(last, trs.delimiter)
    # With an odd number of quotes it may be the end of a record of several lines: the reading will show.
    if cells and len(cells) < trs.width and last.count(b'"') % 2 == 0:
        number = _line_of_tail(trs, file, begin, lines)
        raise _cut_short(trs.path, _wrong(number, len(cells), trs.width))


def _line_of_tail(trs: TrsFile, file: BinaryIO, begin: int, lines: Sequence[bytes]) -> int:
    """Return the number of the last of the lines that begin at the offset `begin`."""
    start = len(codecs.BOM_UTF8) if trs.bom else 0
    return rows.line_at(file, start, begin + sum(map(len, lines)) + len(lines) - 1)


def _without_line_end(trs: TrsFile, number: int) -> ExportInvalid:
    """Return the refusal of a file whose last line has no end: all its rows show whether it is cut."""
    try:
        for _record in trs.records():
            pass
    except ExportInvalid as refused:
        if refused.hint == refusals.AGAIN:
            return ExportInvalid(
                _("`{path}` ends in the middle of line {line}", path=trs.path, line=number),
                hint=refusals.AGAIN,
            )
        listed = (*refused.mistakes, Mistake(number, "", _("it has no line end")))
        return ExportInvalid(refused.message, mistakes=listed, unlisted=refused.unlisted, hint=refused.hint)
    return ExportInvalid(
        _n(
            "`{path}` has no line end after line {line}; the row looks complete ({count} cell), "
            "but its last cell may have been cut",
            "`{path}` has no line end after line {line}; the row looks complete (all {count} cells), "
            "but its last cell may have been cut",
            trs.width,
            path=trs.path,
            line=number,
        ),
        hint=_(
            "if the program that writes it never ends the last line, "
            "write `last_line_end = false` under `[catalog]` in the sync object"
        ),
    )


def _wrong(line: int, count: int, width: int) -> Mistake:
    """Return what is wrong with a row in which `count` columns were recognised, 0 where none could be."""
    if not count:
        return Mistake(line, "", _("a quotation mark is missing, or there is one too many"))
    instead = _n(
        "{count} column instead of {width}", "{count} columns instead of {width}", count, width=width
    )
    return Mistake(line, "", instead)


def _cut_short(path: Path, mistake: Mistake) -> ExportInvalid:
    return ExportInvalid(
        _(
            "`{path}` is cut off in its last row, line {line}: {what}",
            path=path,
            line=mistake.line,
            what=mistake.message,
        ),
        hint=refusals.AGAIN,
    )
