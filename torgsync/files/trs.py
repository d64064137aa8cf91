"""The accounting program's catalog file `TSGoods.trs`, read as a stream: any size costs little memory.

A file that cannot be trusted is refused whole: a lost row would look like a vanished good, and a vanished
good is taken off the shop. Source: reference/torgsoft.md §2, §3, §17 no. 1-6.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from torgsync.core.goods import KEY, LAYOUTS, Record, canonical, is_standard
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.rows import DELIMITER, LONGEST, Grammar, Lines, Skim, split, texts, without_line_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_UTF8 = "utf-8"
_CP1251 = "cp1251"
_CHUNK = 1024 * 1024
_BUFFER = 256 * 1024
_TAIL = 64 * 1024
_CONFIRMING_ROWS = 100  # how many rows must agree with a layout that no header names
_KNOWN_NAMES = 3  # so many column names in a first row cannot be a good's own texts
_LISTED = 10
_LETTERS_BEFORE_DAMAGE = 20  # cp1251 text passes for UTF-8 over a letter or two, never over so many

_AGAIN = "export the catalog from Torgsoft once more, wait until it has finished, and run the command again"
_UNTOUCHED = "export the catalog from Torgsoft once more and do not save it in a spreadsheet or an editor"
_NAMES = f"let Torgsoft write the column names into the first row, the key as `{KEY}`, and export once more"

_DELIMITER = DELIMITER.encode()
_LOST = "\ufffd"
_SHOWN = 40  # letters of a strange cell
_TEXT = re.compile(rb'".*"', re.DOTALL)
_NUMBER = re.compile(rb"[+-]?[0-9]+(?:[.,][0-9]+)?")
_SHAPES = {
    KEY: re.compile(rb"[0-9]+"),
    "ModelGoodID": re.compile(rb"[0-9]*"),
    "SynchronizationSectionFull": re.compile(rb'"(?:[0-9]+=.*)?"', re.DOTALL),
    "WarehouseQuantityForPartner": re.compile(
        rb'"(?:[0-9]+=-?[0-9]+,[0-9]{3}(?:\|[0-9]+=-?[0-9]+,[0-9]{3})*)?"'
    ),
}
"""What a cell of these columns looks like with its quotes; all others are known by quotes alone (§3.4)."""


@dataclass(frozen=True)
class TrsFile:
    """One export that was looked at and can be read.

    `encoding` is `utf-8` or `cp1251`; `bom` tells whether the file says so itself. `columns` are in file
    order, standard names in their standard spelling, a merchant's own as written. `size` is in bytes,
    `modified_ns` in nanoseconds since 1970, both from before the first look. `body` is the offset of the
    first byte after the header (or the byte order mark), `body_line` the number of its line, from 1.
    """

    path: Path
    encoding: str
    bom: bool
    has_header: bool
    columns: tuple[str, ...]
    size: int
    modified_ns: int
    body: int
    body_line: int

    def records(self, skim: Skim | None = None) -> Iterator[Record]:
        """Yield the goods in file order, each as its line and bytes; those that `skim` knows are passed over.

        Every record has the file's number of columns. Raises ExportInvalid, at the latest at the end, where
        rows have another number of columns or the file changed while it was read: what was yielded before
        must not be acted upon until the iterator is exhausted.
        """
        try:
            with self.path.open("rb", _BUFFER) as file:
                file.seek(self.body)
                yield from self._rows(Lines(file, self.body_line), skim or Skim())
            unchanged = _stamp(self.path) == (self.size, self.modified_ns)
        except OSError as error:
            raise _unreadable(self.path, error) from error
        if not unchanged:
            raise _changed(self.path)

    def _rows(self, lines: Lines, skim: Skim) -> Iterator[Record]:
        grammar = Grammar(len(self.columns), without_line_end(lines.peek(0)))
        usual, strict = grammar.usual, grammar.strict
        mistakes: list[Mistake] = []
        wrong = 0
        while line := lines.take_unknown(skim):
            number = lines.number - 1
            raw = without_line_end(line)
            mark = skim.mark(line)
            if not usual(raw) and not strict(raw):
                if not raw.strip():
                    continue
                gathered = grammar.gather(line, lines)
                if gathered is None:
                    wrong += 1
                    cells = split(raw)
                    if cells is None:
                        grammar.skip(lines)
                    found = len(cells or ())
                    mistake = _wrong(number, found, grammar.width)
                    if wrong == 1 and found < grammar.width and lines.at_end():
                        raise _cut_short(self.path, mistake)
                    mistakes.append(mistake)
                    del mistakes[_LISTED:]
                    continue
                raw, mark = gathered, skim.mark(gathered, loose=True)
                if skim.passes(mark, number):
                    continue
            if not wrong:
                yield Record(number, raw, mark)
        if wrong:
            raise _uneven(self.path, len(self.columns), wrong, tuple(mistakes))

    def good_id(self, record: Record) -> str:
        """Return the good's key as trimmed text, empty where the cell is empty.

        Where the key is the first column and a bare number, as Torgsoft writes it, the row is not parsed.
        """
        if self.columns[0] == KEY:
            first = record.raw.partition(_DELIMITER)[0]
            if first.isdigit():
                return first.decode()
        return self.cells(record)[KEY].strip()

    def cells(self, record: Record) -> dict[str, str]:
        """Return the texts of a record, keyed by column in file order: quotes undone, not trimmed.

        Raises ExportInvalid where the record is not what the first look saw.
        """
        try:
            row = texts(record.raw, self.encoding, len(self.columns))
        except UnicodeDecodeError:
            row = None
        if row is None:
            raise _changed(self.path)
        return dict(zip(self.columns, row, strict=True))


def open_trs(path: Path, *, encoding: str | None = None, header: bool | None = None) -> TrsFile:
    """Look at an export and return it ready to be read.

    `encoding` (`utf-8` or `cp1251`) and `header` are found out where they are None (§17 no. 1-3). The whole
    file is read once for its encoding; its last line is looked at, so that a file which is still being
    written is refused before its first good. Raises ExportInvalid.
    """
    forced = _known_encoding(path, encoding)
    try:
        if path.is_dir():
            raise ExportInvalid(
                f"`{path}` is a folder, not an export", hint="give the path of the file inside the folder"
            )
        size, modified_ns = _stamp(path)
        if not size:
            raise ExportInvalid(f"`{path}` is empty", hint=_AGAIN)
        with path.open("rb") as file:
            bom = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
            start = len(codecs.BOM_UTF8) if bom else 0
            found, count = _encoding(path, file, start, forced or (_UTF8 if bom else None))
            file.seek(start)
            first, line = _first_row(file, 1)
            after = file.tell()
            row = texts(first, found) or []
            has_header = _is_header(row) if header is None else header
            if not first or (has_header and not _first_row(file, line + 1)[0]):
                raise ExportInvalid(f"`{path}` holds no goods", hint=_AGAIN)
            if not has_header:
                file.seek(start)
            trs = TrsFile(
                path=path,
                encoding=found,
                bom=bom,
                has_header=has_header,
                columns=_named(path, line, row) if has_header else _counted(path, file),
                size=size,
                modified_ns=modified_ns,
                body=after if has_header else start,
                body_line=line + 1 if has_header else 1,
            )
            _check_tail(trs, file, count)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not has_header:
        _confirm(trs)
    return trs


def _stamp(path: Path) -> tuple[int, int]:
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns


def _known_encoding(path: Path, encoding: str | None) -> str | None:
    if encoding is None:
        return None
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        name = encoding
    if name not in {_UTF8, _CP1251}:
        raise ExportInvalid(
            f"`{path}` cannot be read as `{encoding}`",
            hint=f"the encoding is either `{_UTF8}` or `{_CP1251}`",
        )
    return name


def _encoding(path: Path, file: BinaryIO, start: int, forced: str | None) -> tuple[str, int]:
    """Return the encoding in which the whole file can be read, and its number of lines (§17 no. 1)."""
    encoding = forced or _UTF8
    broken = _scan(path, file, start, encoding)
    if broken.line and not forced and broken.letters < _LETTERS_BEFORE_DAMAGE:
        encoding = _CP1251
        broken = _scan(path, file, start, encoding)
    if broken.line:
        raise ExportInvalid(
            f"`{path}` holds letters that cannot be read, the first in line {broken.line}", hint=_UNTOUCHED
        )
    return encoding, broken.lines


class _Scan(NamedTuple):
    """How far a file can be decoded: lines, letters beyond ASCII, and the first line that cannot (or 0)."""

    lines: int
    letters: int
    line: int


def _scan(path: Path, file: BinaryIO, start: int, encoding: str) -> _Scan:
    """Decode the file from `start` to its end or to the first broken letter.

    Raises ExportInvalid where it is no text, or a text that was spoilt before.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = letters = unbroken = 0
    file.seek(start)
    more = True
    while more:
        chunk = file.read(_CHUNK)
        more = bool(chunk)
        try:
            text = decoder.decode(chunk, final=not more)
        except UnicodeDecodeError as error:
            sound = error.object[: error.start]
            return _Scan(
                lines, letters + len(sound) - len(sound.decode(encoding)), lines + sound.count(b"\n") + 1
            )
        breaks = chunk.count(b"\n")
        unbroken = 0 if breaks else unbroken + len(chunk)
        if b"\0" in chunk or unbroken > LONGEST:
            raise ExportInvalid(f"`{path}` is not a text file", hint=_AGAIN)
        if _LOST in text:
            line = lines + text[: text.index(_LOST)].count("\n") + 1
            raise ExportInvalid(
                f"letters of `{path}` were lost when another program saved it, the first in line {line}",
                hint=_UNTOUCHED,
            )
        lines += breaks
        letters += len(chunk) - len(text)
    return _Scan(lines, letters, 0)


def _first_row(file: BinaryIO, number: int) -> tuple[bytes, int]:
    """Return the next line that is not blank, and its number; no bytes where there is none."""
    while line := file.readline():
        if line.strip():
            return without_line_end(line), number
        number += 1
    return b"", number


def _is_header(row: Iterable[str]) -> bool:
    """Tell whether a first row holds column names (§17 no. 2)."""
    names = [canonical(cell) for cell in row]
    return KEY in names or sum(map(is_standard, names)) >= _KNOWN_NAMES


def _named(path: Path, line: int, row: list[str]) -> tuple[str, ...]:
    """Return the columns that a header names. Raises ExportInvalid with all that is wrong with them."""
    names = tuple(canonical(cell) for cell in row)
    mistakes = []
    seen: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        earlier = seen.setdefault(name.casefold(), position)
        if not name:
            mistakes.append(Mistake(line, f"column {position}", "it has no name"))
        elif earlier != position:
            mistakes.append(
                Mistake(line, f"column {position}", f"`{name}` is also the name of column {earlier}")
            )
    if len(names) == 1:
        mistakes.append(Mistake(line, "", "there is only one column"))
    if KEY not in names:
        mistakes.append(Mistake(line, "", f"no column is named `{KEY}`"))
    if mistakes:
        raise ExportInvalid(
            f"the column names of `{path}` cannot be used", mistakes=tuple(mistakes[:_LISTED]), hint=_NAMES
        )
    return names


def _counted(path: Path, file: BinaryIO) -> tuple[str, ...]:
    """Return the columns that the number of cells in the first rows speaks for (§17 no. 3)."""
    counts = [
        len(cells)
        for line in islice(file, _CONFIRMING_ROWS)
        if line.strip() and (cells := split(without_line_end(line)))
    ]
    for count in counts:
        if count in LAYOUTS:
            return LAYOUTS[count][0]
    seen = f"rows of {_columns(counts[0])}" if counts else "rows whose quotes do not pair up"
    known = ", ".join(map(str, LAYOUTS))
    raise ExportInvalid(
        f"`{path}` has no column names, and {seen}, which could mean anything",
        hint=f"{_NAMES} (without names, only the {known} standard columns are known)",
    )


def _confirm(trs: TrsFile) -> None:
    """Refuse a file without a header whose first rows do not look like the layout of their count (§3.4)."""
    width = len(trs.columns)
    _, bare = LAYOUTS[width]
    strange: dict[int, Mistake] = {}
    for record in islice(trs.records(), _CONFIRMING_ROWS):
        for position, cell in enumerate(split(record.raw) or ()):
            name = trs.columns[position]
            shape = _SHAPES.get(name, _NUMBER if position in bare else _TEXT)
            if position not in strange and not shape.fullmatch(cell):
                shown = cell.decode(trs.encoding)[:_SHOWN]
                where = f"column {position + 1} ({name})"
                strange[position] = Mistake(record.line, where, f"`{shown}` does not belong there")
    if strange:
        raise ExportInvalid(
            f"`{trs.path}` has no column names, and its {width} columns are not the standard ones",
            mistakes=tuple(sorted(strange.values())[:_LISTED]),
            hint=_NAMES,
        )


def _check_tail(trs: TrsFile, file: BinaryIO, lines: int) -> None:
    """Refuse a file whose last line is visibly cut, before anybody reads the first."""
    file.seek(max(trs.body, trs.size - _TAIL))
    tail = file.read()
    if not tail.endswith(b"\n"):
        raise ExportInvalid(f"`{trs.path}` ends in the middle of line {lines + 1}", hint=_AGAIN)
    content = tail.rstrip()
    before, _, last = content.rpartition(b"\n")
    cells = split(last)
    # With an odd number of quotes it may be the end of a record of several lines: the reading will tell.
    if before and cells and len(cells) < len(trs.columns) and last.count(b'"') % 2 == 0:
        number = lines - tail[len(content) :].count(b"\n") + 1
        raise _cut_short(trs.path, _wrong(number, len(cells), len(trs.columns)))


def _wrong(line: int, found: int, width: int) -> Mistake:
    """Return what is wrong with a row in which `found` columns were told apart, 0 where none could."""
    seen = f"{_columns(found)} instead of {width}" if found else "a quotation mark is missing or too many"
    return Mistake(line, "", seen)


def _columns(count: int) -> str:
    return f"{count} column" if count == 1 else f"{count} columns"


def _cut_short(path: Path, mistake: Mistake) -> ExportInvalid:
    return ExportInvalid(
        f"`{path}` is cut off in its last row, line {mistake.line}: {mistake.message}", hint=_AGAIN
    )


def _uneven(path: Path, width: int, wrong: int, mistakes: tuple[Mistake, ...]) -> ExportInvalid:
    rows = "1 row" if wrong == 1 else f"{wrong} rows"
    have = "does" if wrong == 1 else "do"
    first = f"; the first {_LISTED} are listed" if wrong > _LISTED else ""
    return ExportInvalid(
        f"{rows} of `{path}` {have} not have the {width} columns of the file{first}",
        mistakes=mistakes,
        hint=_UNTOUCHED,
    )


def _changed(path: Path) -> ExportInvalid:
    return ExportInvalid(f"`{path}` changed while it was read", hint=_AGAIN)


def _unreadable(path: Path, error: OSError) -> ExportInvalid:
    if isinstance(error, FileNotFoundError):
        return ExportInvalid(
            f"there is no file `{path}`",
            hint="correct `path` under `[catalog]` in the sync object, or export the catalog from Torgsoft",
        )
    return ExportInvalid(
        f"`{path}` cannot be read: {error.strerror}",
        hint="close the program that holds it open, or give yourself the right to read it",
    )
