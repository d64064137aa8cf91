"""Which columns a table has: by its delimiter and header, or by count and types where it names none.

Nothing here is trusted on one sign alone: a wrong column would sell goods at the price of others.
Source: docs/developers/torgsoft.md §2.2, §3.4, §10, §17 no. 2-4.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from torgsync.core.product.columns import KEY, LAYOUTS, ColumnNames, known_names, resolve
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog import equal_names, headers, refusals
from torgsync.files.catalog.catalog_file import Aspect, Guess, ReadSettings
from torgsync.files.catalog.refusals import either
from torgsync.files.catalog.rows import DELIMITER, DELIMITERS, split, texts
from torgsync.i18n import Message, _, _n

CONFIRMING_ROWS = 100
"""How many rows must agree with a layout that no header names."""

_EXTENDED = (48, 50)  # the layouts that are met with a merchant's own columns behind them (torgsoft §3.2)
_PARTNER = 49  # the position that distinguishes a true 50 from 48 and two more (torgsoft §3.4)
_SHOWN = 40  # letters of a strange cell

_NAME_ALL = _("name all columns, in their order, as `columns` under `[catalog]`")
_DIGITS = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_BALANCES = re.compile(r"[0-9]+=-?[0-9]+,[0-9]{3}(?:\|[0-9]+=-?[0-9]+,[0-9]{3})*")
_SHAPES = {
    KEY: _DIGITS,
    "ModelGoodID": re.compile(r"[0-9]*"),
    "SynchronizationSectionFull": re.compile(r"(?:[0-9]+=.*)?", re.DOTALL),
    "WarehouseQuantityForPartner": re.compile(f"(?:{_BALANCES.pattern})?"),
}
"""What the texts of these columns look like; all others are numbers or anything (torgsoft §3.4)."""


_SPOKEN = {";": _("semicolon"), ",": _("comma"), "\t": _("tab")}


def find_delimiter(
    name: str, lines: Sequence[bytes], encoding: str, given: ReadSettings
) -> tuple[str, tuple[Guess, ...]]:
    """Return the delimiter of a file's first lines, and the guess that it is.

    The one under which the first row holds most known names; without any, the one under which most rows have
    a known number of columns, else the same number.
    """
    if given.delimiter:
        return given.delimiter, ()
    first = lines[0] if lines else b""
    heads = {sign: texts(first, encoding, None, sign) or [] for sign in DELIMITERS}
    named = {sign: known_names(head, given.names) for sign, head in heads.items()}
    best = max(DELIMITERS, key=lambda sign: (headers.names_key(heads[sign], given), named[sign]))
    because = _n("it gives {count} known column name", "it gives {count} known column names", named[best])
    if not named[best]:
        best = _by_width(lines, given)
        because = _("it splits the most rows into the same number of columns")
    return best, (Guess(Aspect.DELIMITER, _SPOKEN[best], because, "delimiter", name),)


def _by_width(lines: Sequence[bytes], given: ReadSettings) -> str:
    known = {*LAYOUTS, *(count + len(given.extra_columns) for count in _EXTENDED)}
    best, score = DELIMITER, (0, 0)
    for sign in DELIMITERS:
        widths = Counter(count for count in cell_counts(lines, sign) if count > 1)
        evenly = max(widths.values(), default=0)
        reached = (sum(widths[width] for width in known), evenly)
        if reached > score:
            best, score = sign, reached
    return best


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read rows without names: `standard` columns, then a merchant's own; `bare` unquoted."""

    columns: tuple[str, ...]
    bare: frozenset[int]
    standard: int

    @property
    def shown(self) -> Message:
        """The numbers of its columns."""
        return _numbers_of_columns(self.standard, len(self.columns) - self.standard)


def _numbers_of_columns(standard: int, own: int) -> Message:
    if own:
        return _("{standard} standard columns and {own} of your own", standard=standard, own=own)
    return _("{standard} standard columns", standard=standard)


def cell_counts(rows: Iterable[bytes], delimiter: str) -> list[int]:
    """Return the number of cells of each row that can be split."""
    return [len(cells) for row in rows if (cells := split(row, delimiter))]


def readings(path: Path, counts: Sequence[int], given: ReadSettings) -> tuple[Reading, ...]:
    """Return every way to read rows of the first count that can be read. ExportInvalid proposes names."""
    own = given.extra_columns
    for count in counts:
        if fitting := _fitting(count, own):
            return fitting
    seen = _("rows whose quotes do not pair up")
    if counts:
        seen = _n("rows of {count} column", "rows of {count} columns", counts[0])
    if own:
        raise ExportInvalid(
            _(
                "`{path}` has no column names, and {seen}, which do not fit the {own} of `extra_columns`",
                path=path,
                seen=seen,
                own=len(own),
            ),
            hint=_(
                "name under `[catalog]` as `extra_columns` what follows the {fewer} or {more} standard "
                "columns, no more and no less",
                fewer=_EXTENDED[0],
                more=_EXTENDED[1],
            ),
        )
    possible = [(base, counts[0] - base) for base in _EXTENDED if counts and counts[0] > base]
    hint = _(
        "{names} (without names, only the {known} standard columns are known)",
        names=refusals.NAMES,
        known=", ".join(map(str, LAYOUTS)),
    )
    hint = either(hint, _NAME_ALL)
    raise ExportInvalid(
        _("`{path}` has no column names, and {seen}, which could mean anything", path=path, seen=seen),
        mistakes=tuple(
            Mistake(0, "", _("it may be {columns}", columns=_numbers_of_columns(*way))) for way in possible
        ),
        hint=either(hint, _own_columns(counts[0] - _EXTENDED[0])) if possible else hint,
    )


def columns_without_names(
    path: Path, cells: Sequence[Sequence[str]], counts: Sequence[int], given: ReadSettings
) -> ColumnNames:
    """Return the columns of rows under no names, an empty name for each cell more that is empty in all.

    `counts` are the numbers of cells of the rows that can be split. The columns are those that the settings
    name, else those of the first layout that fits. Raises ExportInvalid.
    """
    width = counts[0] if counts else 0
    spare = 0
    while spare < width and not any(row[-1 - spare].strip() for row in cells if len(row) == width):
        spare += 1
    if given.columns:
        names = resolve(given.columns, given.names, given.mapped)
        if wrong := equal_names.mistakes(0, given.columns, names):
            raise refusals.bad_names(path, wrong, equal_names.hint(given.columns, names) or refusals.NAMES)
        named = names.columns
        if not width - spare <= len(named) <= width:
            raise ExportInvalid(
                _n(
                    "`{path}` has rows of {count} column, but `columns` under `[catalog]` names {named}",
                    "`{path}` has rows of {count} columns, but `columns` under `[catalog]` names {named}",
                    width,
                    path=path,
                    named=len(named),
                ),
                hint=_(
                    "name every column of the file, in its order, or remove `columns` from the sync object"
                ),
            )
        return ColumnNames((*named, *[""] * (width - len(named))))
    for count in range(width, width - spare - 1, -1):
        if fitting := _fitting(count, given.extra_columns):
            return ColumnNames((*fitting[0].columns, *[""] * (width - count)))
    return ColumnNames(readings(path, counts, given)[0].columns)


def _fitting(count: int, own: tuple[str, ...]) -> tuple[Reading, ...]:
    possible = _readings_of(count, own)
    return possible if possible and (not own or len(possible[-1].columns) > possible[-1].standard) else ()


def _readings_of(count: int, own: tuple[str, ...]) -> tuple[Reading, ...]:
    possible = [Reading(*LAYOUTS[count], count)] if count in LAYOUTS else []
    for base in _EXTENDED:
        if own and base + len(own) == count:
            columns, bare = LAYOUTS[base]
            possible.append(Reading((*columns, *own), bare, base))
    return tuple(possible)


def _own_columns(count: int) -> Message:
    return _n(
        "if the last column is your own and the {standard} before it are standard, "
        "name it under `[catalog]`: extra_columns = [{names}]",
        "if the last {count} columns are your own and the {standard} before them are standard, "
        "name them under `[catalog]`: extra_columns = [{names}]",
        count,
        standard=_EXTENDED[0],
        names=", ".join(['"…"'] * count),
    )


@dataclass(frozen=True, slots=True)
class Table:
    """The first rows of a file without names, by which a reading is confirmed."""

    path: Path
    lines: Sequence[int]
    rows: Sequence[Sequence[str]]
    quotes: Sequence[Sequence[bool]] | None = None

    @classmethod
    def of_bytes(cls, path: Path, rows: Sequence[tuple[int, bytes]], encoding: str, delimiter: str) -> Table:
        """Return the table of the raw rows of a text file, each with its line."""
        cells = [split(raw, delimiter) or [] for _line, raw in rows]
        signs = (delimiter.encode(), b'"', b"\r", b"\n")
        # A spreadsheet quotes only where it must; then quotes say nothing about types.
        freely = any(
            cell[:1] == b'"' and not any(sign in cell[1:-1] for sign in signs)
            for cell in chain.from_iterable(cells)
        )
        quotes = [[cell[:1] == b'"' for cell in row] for row in cells] if freely else None
        read = [texts(raw, encoding, None, delimiter) or [] for _line, raw in rows]
        return cls(path, [line for line, _raw in rows], read, quotes)

    def choose(self, possible: Sequence[Reading]) -> tuple[Reading, Guess]:
        """Return the reading that the rows confirm. Raises ExportInvalid where none is confirmed.

        Where rows confirm a true 50 as well as 48 and two of the merchant's own, balances of accounting
        centers in the last column decide (torgsoft §3.4).
        """
        strange = {reading: self._strange(reading) for reading in possible}
        confirmed = [reading for reading in possible if not strange[reading]]
        if not confirmed:
            best = min(possible, key=lambda reading: len(strange[reading]))
            raise self._refusal(best, strange[best])
        chosen = confirmed[-1]
        if len(confirmed) > 1 and any(_BALANCES.fullmatch(row[_PARTNER]) for row in self.rows):
            chosen = confirmed[0]
        return chosen, Guess(Aspect.LAYOUT, chosen.shown, self._because(), "extra_columns", self.path.name)

    def _because(self) -> Message:
        if self.quotes:
            return _n(
                "quotes and numbers in the first {count} row are where they should be",
                "quotes and numbers in the first {count} rows are where they should be",
                len(self.rows),
            )
        return _n(
            "the numbers in the first {count} row are where they should be",
            "the numbers in the first {count} rows are where they should be",
            len(self.rows),
        )

    def _strange(self, reading: Reading) -> dict[int, Mistake]:
        """Return the first cell of each column that does not belong there."""
        strange: dict[int, Mistake] = {}
        for number, row in enumerate(self.rows):
            for position, text in enumerate(row[: reading.standard]):
                if position in strange:
                    continue
                name, bare = reading.columns[position], position in reading.bare
                shape = _SHAPES.get(name, _NUMBER if bare else None)
                quoted = self.quotes[number][position] if self.quotes and self.quotes[number] else None
                fits = shape is None or shape.fullmatch(text)
                if fits and (quoted is None or quoted is not bare):
                    continue
                shown = f'"{text}"'[: _SHOWN + 1] if quoted else text[:_SHOWN]
                where = _("column {number} ({name})", number=position + 1, name=name)
                what = _("an empty cell does not belong there")
                if shown:
                    what = _("`{text}` does not belong there", text=shown)
                strange[position] = Mistake(self.lines[number], where, what)
        return strange

    def _refusal(self, reading: Reading, strange: dict[int, Mistake]) -> ExportInvalid:
        width = len(reading.columns)
        own = width - _EXTENDED[0]
        hint = either(refusals.NAMES, _NAME_ALL)
        # By column as a number: as a text, 11 sorts before 2.
        first = sorted(strange, key=lambda place: (strange[place].line, place))
        return ExportInvalid(
            _n(
                "`{path}` has no column names, and its {count} column is not the standard one",
                "`{path}` has no column names, and its {count} columns are not the standard ones",
                width,
                path=self.path,
            ),
            **refusals.listed([strange[place] for place in first]),
            hint=either(hint, _own_columns(own)) if own > 0 and width == reading.standard else hint,
        )
