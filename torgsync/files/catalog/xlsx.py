"""A list of goods saved from a spreadsheet as `.xlsx`: the optional extra `torgsync[xlsx]`.

The format knows numbers and dates where an export has texts, so every cell is written down the one way in
which a person would type it. Source: docs/developers/torgsoft.md §10.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from lxml import etree

from torgsync.core.product.cleaning import without_quotes
from torgsync.core.product.columns import ExportRecord
from torgsync.core.product.money import TypedNumber
from torgsync.core.product.prom_export import prom_names
from torgsync.disk import open_file
from torgsync.errors import ExportInvalid
from torgsync.extras import install_command
from torgsync.files.catalog import headers, layouts, refusals
from torgsync.files.catalog.archives import TooLarge, refuse_large_book
from torgsync.files.catalog.catalog_file import Aspect, CatalogFile, FileFormat, Guess, ReadSettings
from torgsync.files.catalog.encodings import UTF8
from torgsync.files.catalog.file_kinds import ARCHIVE, OLD_OFFICE
from torgsync.files.catalog.quotes import with_quotes
from torgsync.i18n import _, composed, verbatim
from torgsync.system import reason

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_LOOK = 20  # rows in which a header is looked for: a service row may precede it (torgsoft §10)
_UNCOMPUTED = "#VALUE!"
"""A formula without a value: a program wrote it, and no spreadsheet computed it yet."""

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ZEROS = re.compile(r"0{2,20}")
_LETTERS = re.compile(r"[A-Z]+")
_SEPARATOR = "\x1f"
_TYPED = "\x1d"
"""Marks a cell of a record that the file holds as a number with decimals."""
_NO_TEXT = re.compile(r"_x000d_|\r(?=\n)|[\x1d\x1f]", re.IGNORECASE)
_SAVE = _(
    "open it in a spreadsheet program, save it again as `.xlsx` without a password, and run the command again"
)
_SAVE_AGAIN = _("save or copy it once more, wait until that has finished, and run the command again")


@dataclass(frozen=True, kw_only=True)
class XlsxFile(CatalogFile):
    """One spreadsheet: its sheet, the first row below the header, from 1, and the places of its columns."""

    kind: FileFormat = FileFormat.XLSX
    encoding: str = UTF8
    sheet: str
    first: int
    places: tuple[int, ...]

    @property
    def context(self) -> bytes:
        """Nothing outside a row shapes its good."""
        return f"{self.kind}{' quoted' if self.quoted else ''}".encode()

    def _all(self) -> Iterator[ExportRecord]:
        """Yield the goods in the order of the rows, each with the number of its row, without blank rows."""
        with self._unchanged(), _book(self.path) as book:
            for number, row in _rows(self.path, book, self.sheet):
                if number >= self.first and any(text.strip() for text in row):
                    cells = [_kept(row[place]) if place < len(row) else "" for place in self.places]
                    yield ExportRecord(number, _SEPARATOR.join(cells).encode())

    def cells(self, record: ExportRecord) -> dict[str, str]:
        """Return the texts of a row."""
        try:
            row = map(_restored, record.raw.decode().split(_SEPARATOR))
            return dict(zip(self.columns, map(without_quotes, row) if self.quoted else row, strict=True))
        except ValueError as error:
            raise refusals.changed(self.path) from error


def open_xlsx(path: Path, given: ReadSettings = ReadSettings()) -> XlsxFile:  # noqa: B008  # a value that never changes
    """Look at a spreadsheet and return it ready to be read.

    The first sheet that people see counts. Its header is the first of its first rows that holds names; what
    precedes it is skipped. Raises ExportInvalid, also where the library that reads it is not installed.
    """
    try:
        size, modified_ns = refusals.stamp(path)
    except OSError as error:
        raise refusals.unreadable(path, error) from error
    sheet = _sheet(path)
    with _book(path) as book:
        head = [item for item in islice(_rows(path, book, sheet), layouts.CONFIRMING_ROWS) if any(item[1])]
    for _number, row in head[:_LOOK]:
        if not headers.names_key(row, given) and (own := prom_names(row)):
            raise refusals.of_prom(path, own)
    shown = composed("`{sheet}`", sheet=sheet)
    guesses = [Guess(Aspect.SHEET, shown, _("it is the first that can be seen"), "", path.name)]
    if not head:
        raise refusals.empty(path)
    line = _header(head, given)
    if given.columns and line:
        raise headers.refuse_names(path, line)
    if given.header is None and not given.columns:
        guesses.append(_guess_of_header(path.name, line))
    if line:
        row = dict(head)[line]
        places = tuple(place for place, name in enumerate(row) if name.strip())
        names = headers.name_columns(
            path, line, [row[place] for place in places], given, _below(path, sheet, line, places)
        )
        guesses += headers.guesses_of_names(path.name, names)
        columns = names.columns
    else:
        cells = [row for _number, row in head]
        width = max(map(len, cells))
        below = _below(path, sheet, head[0][0], tuple(range(width)))
        headers.refuse_unknown_names(path, head[0][0], cells, given, below)
        columns = tuple(filter(None, layouts.columns_without_names(path, cells, [width], given).columns))
        if not given.columns:
            table = layouts.Table(path, [number for number, _row in head], cells)
            chosen, guess = table.choose(layouts.readings(path, [len(columns)], given))
            guesses.append(guess)
            columns = chosen.columns
        places = tuple(range(len(columns)))
    opened = XlsxFile(
        path=path,
        has_header=bool(line),
        columns=columns,
        size=size,
        modified_ns=modified_ns,
        guesses=tuple(guesses),
        sheet=sheet,
        first=line + 1,
        places=places,
    )
    if not any(True for _record in opened.records()):
        raise refusals.empty(path)
    return with_quotes(opened)


def _guess_of_header(file: str, line: int) -> Guess:
    value, because = _("there is none"), _("no row holds names")
    if line:
        value, because = _("row {row} holds names", row=line), _("columns are named like Torgsoft's")
    return Guess(Aspect.HEADER, value, because, "header", file)


def _below(path: Path, sheet: str, line: int, places: tuple[int, ...]) -> headers.Rows:
    """Return a reader of the cells at `places` of all rows below a line."""

    def read() -> Iterator[tuple[int, Sequence[str]]]:
        with _book(path) as book:
            for number, row in _rows(path, book, sheet):
                if number > line and any(text.strip() for text in row):
                    yield number, [row[place] if place < len(row) else "" for place in places]

    return read


def _header(head: Sequence[tuple[int, list[str]]], given: ReadSettings) -> int:
    """Return the number of the row that holds the names, 0 where none does."""
    if given.header is False:
        return 0
    row_number = next((number for number, row in head[:_LOOK] if headers.is_header(row, given)), 0)
    return row_number or (head[0][0] if given.header else 0)


@contextmanager
def _book(path: Path) -> Iterator[CalamineWorkbook]:
    """Open a spreadsheet. Whatever goes wrong with it while it is open is raised as ExportInvalid."""
    try:
        from python_calamine import CalamineWorkbook  # noqa: PLC0415  # an optional extra
    except ImportError as error:
        raise ExportInvalid(
            _("`{path}` is a spreadsheet, and what reads those is not installed", path=path),
            hint=verbatim(install_command("xlsx")),
        ) from error
    try:
        refuse_large_book(path)
        with open_file(path) as file, CalamineWorkbook.from_filelike(file) as book:
            yield book
    except BaseException as error:
        if not _is_trouble(error):
            raise
        raise _damaged(path, error) from error


def _damaged(path: Path, error: BaseException) -> ExportInvalid:
    if isinstance(error, TooLarge):
        hint = _("delete rows and columns far from the items and save it again, or export the items as CSV")
        return ExportInvalid(_("`{path}` is too large: {why}", path=path, why=reason(error)), hint=hint)
    if isinstance(error, OSError):
        return refusals.unreadable(path, error)
    beginning = b""
    with suppress(OSError), open_file(path) as file:
        beginning = file.read(len(OLD_OFFICE))
    hint = _SAVE
    if type(error).__name__ == "PasswordError":
        what = _("`{path}` is protected by a password")
    elif beginning == OLD_OFFICE:
        what = _(
            "`{path}` is a spreadsheet of the old kind (`.xls`), which is not read, "
            "or protected by a password"
        )
    elif beginning.startswith(ARCHIVE) and not zipfile.is_zipfile(path):
        what, hint = _("`{path}` is a damaged spreadsheet: its end is missing"), _SAVE_AGAIN
    else:
        what = _("`{path}` is a damaged spreadsheet")
    return ExportInvalid(what.filled(path=path), hint=hint)


def _is_trouble(error: BaseException) -> bool:
    """Return whether an error is about the file: also the library's panic, which is no ordinary exception."""
    names = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, OSError) or bool(
        names & {"CalamineError", "PanicException", "BadZipFile", "NotImplementedError"}
    )


def _sheet(path: Path) -> str:
    """Return the name of the first sheet that can be seen."""
    with _book(path) as book:
        for sheet in book.sheets_metadata:
            # The library's enumerations have no names of their own.
            if str(sheet.visible).endswith(".Visible") and str(sheet.typ).endswith(".WorkSheet"):
                return sheet.name
    raise refusals.empty(path)


def _rows(path: Path, book: CalamineWorkbook, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet as texts, each with its number."""
    page = book.get_sheet_by_name(sheet)
    _top, shift = page.start or (0, 0)  # columns to the left that are empty are not in its rows
    with open_file(path) as file:
        corrected = _corrections(file, sheet)
        done: tuple[int, Mapping[int, str]] = (0, {})
        at, right = next(corrected, done)
        for number, row in enumerate(page.iter_rows(), start=1):
            texts = [_text(cell) for cell in row]
            while at and at < number:
                at, right = next(corrected, done)
            if at == number:
                for place, text in right.items():
                    if shift <= place < shift + len(texts):
                        texts[place - shift] = text
            yield number, texts


def _corrections(file: BinaryIO, sheet: str) -> Iterator[tuple[int, Mapping[int, str]]]:
    """Yield the number of each row with something to put right, from 1, and its true cells by column, from 0.

    The library gives an empty text for an error and for a formula that was never computed, and the bare
    number for one that is shown as `0042`: all would be lost silently. A sheet that is not found where the
    format has it gives nothing. Source: ECMA-376 part 1: 18.3 (sheets) and 18.8 (number formats).
    """
    with zipfile.ZipFile(file) as archive, suppress(KeyError, etree.XMLSyntaxError):
        widths = _widths(archive)
        with archive.open(_part_of(archive, sheet)) as part:
            number = 0
            for _event, row in etree.iterparse(part, tag="{*}row", resolve_entities=False, no_network=True):
                number = int(row.get("r") or number + 1)
                if cells := _corrected(row, widths):
                    yield number, cells
                row.clear()
                if (above := row.getparent()) is not None:
                    del above[: above.index(row)]


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
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


def _corrected(row: etree._Element, widths: Mapping[str, int]) -> dict[int, str]:
    cells = {}
    place = -1
    for cell in row:
        letters = _LETTERS.match(cell.get("r", ""))
        place = _place(letters.group()) if letters else place + 1
        kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
        if kind == "e":
            cells[place] = value or _UNCOMPUTED
        elif kind == "n" and not value and cell.find("{*}f") is not None:
            cells[place] = _UNCOMPUTED
        elif kind == "n" and (width := widths.get(cell.get("s", ""), 0)) > len(value) and value.isdigit():
            cells[place] = value.zfill(width)
    return cells


def _place(letters: str) -> int:
    """Return the position of a column, from 0: 0 for A, 26 for AA."""
    return reduce(lambda number, letter: number * 26 + ord(letter) - ord("A") + 1, letters, 0) - 1


def _kept(cell: str) -> str:
    """Return a cell as a record keeps it."""
    return _TYPED + cell if isinstance(cell, TypedNumber) else cell


def _restored(cell: str) -> str:
    """Return a cell that a record kept."""
    return TypedNumber(cell[1:]) if cell[:1] == _TYPED else cell


def _text(cell: object) -> str:
    """Return a cell as a person would type it; behind the 15 digits that a spreadsheet keeps is noise."""
    match cell:
        case str():
            return _NO_TEXT.sub("", cell)
        case bool():
            return "1" if cell else "0"
        case int() | float():
            exact = format(Decimal(f"{cell:.15g}"), "f")
            return TypedNumber(exact.rstrip("0").rstrip(".")) if "." in exact else exact
        case datetime():
            return cell.isoformat()
        case _:  # days and times of day
            return str(cell)
