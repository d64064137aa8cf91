"""Which columns a table has: by its delimiter and header, or by count and types where it names none.

Nothing here is trusted on one sign alone: a wrong column would sell goods at the price of others.
Source: docs/developers/torgsoft.md §2.2, §3.3, §3.4, §10, §17 no. 2-4.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from torgsync.core.product.columns import KEY, LAYOUTS, ColumnNames, known_names, resolve
from torgsync.core.product.key_columns import KeyColumn, likely_key
from torgsync.core.text import counted
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog import equal_names, refusals
from torgsync.files.catalog.catalog_file import Aspect, Guess, ReadSettings
from torgsync.files.catalog.rows import DELIMITER, DELIMITERS, split, texts

CONFIRMING_ROWS = 100
"""How many rows must agree with a layout that no header names."""

_KNOWN_NAMES = 3  # so many column names in a first row cannot be a good's own texts
_EXTENDED = (48, 50)  # the layouts that are met with a merchant's own columns behind them (torgsoft §3.2)
_PARTNER = 49  # the position that distinguishes a true 50 from 48 and two more (torgsoft §3.4)
_NAMES_SHOWN = 6  # names of an unknown header
_SHOWN = 40  # letters of a strange cell

_NAME_ALL = "; or name all columns, in their order, as `columns` under `[catalog]`"
_COLUMN = re.compile(r"column ([0-9]+)")
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

Rows = Callable[[], Iterable[tuple[int, Sequence[str]]]]
"""Reads the rows of a table, each with its line; called where they are needed."""

_SPOKEN = {";": "semicolon", ",": "comma", "\t": "tab"}


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
    best = max(DELIMITERS, key=lambda sign: (names_key(heads[sign], given), named[sign]))
    because = f"it parts {counted(named[best], 'known column name')}"
    if not named[best]:
        best = _by_width(lines, given)
        because = "it parts the most rows into equally many columns"
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


def is_header(row: Sequence[str], given: ReadSettings) -> bool:
    """Return whether a first row holds column names (torgsoft §17 no. 2)."""
    return names_key(row, given) or known_names(row, given.names) >= _KNOWN_NAMES


def names_key(row: Sequence[str], given: ReadSettings) -> bool:
    """Return whether a first row names the key."""
    return KEY in resolve(row, given.names, given.mapped).columns


def name_columns(path: Path, line: int, row: Sequence[str], given: ReadSettings, below: Rows) -> ColumnNames:
    """Return the columns that a header names, an empty name for one without a name and without any value.

    `below` reads the rows. Raises ExportInvalid with all that is wrong with the names, and with the rows.
    """
    names = resolve(row, given.names, given.mapped)
    mistakes = equal_names.mistakes(line, row, names)
    if len(names.columns) == 1:
        mistakes.append(Mistake(line, "", "there is only one column"))
    if KEY not in names.columns:
        mistakes.append(Mistake(line, "", f"no column is named `{KEY}`"))
    key = None
    try:
        mistakes += _named_too_little(line, names.columns, below)
        key = likely_key(row, (cells for _, cells in below())) if mistakes else None
    except ExportInvalid as refused:
        if not mistakes:
            raise
        mistakes += refused.mistakes if len(row) > 1 else ()
    if mistakes:
        other = f"; or {_name_the_key(key)}" if key and KEY not in names.columns else ""
        hint = equal_names.hint(row, names) or refusals.NAMES + other
        raise refusals.bad_names(path, sorted(mistakes, key=_place_of), hint)
    return names


def _place_of(mistake: Mistake) -> tuple[int, int]:
    """Return the line and the column of a mistake as numbers: as a text, 11 sorts before 2."""
    column = _COLUMN.fullmatch(mistake.where)
    return mistake.line, int(column[1]) if column else sys.maxsize


def refuse_names(path: Path, line: int) -> ExportInvalid:
    """Return the refusal of a file with names for which the settings name the columns."""
    return ExportInvalid(
        f"line {line} of `{path}` names the columns, and `columns` under `[catalog]` names them too",
        hint="take `columns` out of the sync object; or, if that line is a good, add header = false",
    )


def check_nameless(path: Path, line: int, columns: Sequence[str], below: Rows) -> None:
    """Refuse columns without a name in which there is a value. Raises ExportInvalid."""
    if mistakes := _named_too_little(line, columns, below):
        raise refusals.bad_names(path, mistakes, refusals.NAMES)


def _named_too_little(line: int, columns: Sequence[str], below: Rows) -> list[Mistake]:
    """Return the columns without a name in which there is a value, with the first line that has one."""
    nameless = {place for place, name in enumerate(columns) if not name}
    first_lines: dict[int, int] = {}
    if nameless:
        for number, cells in below():
            for place in nameless - first_lines.keys():
                if place < len(cells) and cells[place].strip():
                    first_lines[place] = number
    return [
        Mistake(line, f"column {place + 1}", f"it has no name, but line {number} has a value in it")
        for place, number in sorted(first_lines.items())
    ]


def cells_without_names(width: int, below: Sequence[Sequence[str]]) -> int:
    """Return how many empty cells all the first rows have behind the last column that is named."""
    more = {len(row) for row in below}
    if len(more) != 1 or (widest := max(more)) <= width:
        return 0
    return 0 if any(cell.strip() for row in below for cell in row[width:]) else widest - width


def _name_the_key(key: KeyColumn) -> str:
    shown = key.name.replace('"', "")[:_SHOWN]
    return (
        f'name the key under `[catalog.names]`, such as "{shown}" = "{KEY}" '
        f"(the {counted(key.rows, 'row')} below have as many different values in it)"
    )


def refuse_unknown_names(
    path: Path, line: int, rows: Sequence[Sequence[str]], given: ReadSettings, below: Rows
) -> None:
    """Refuse a first row of texts, none a number, above rows with numbers or with a key."""
    if given.header is not None or given.columns or len(rows) < 2:  # noqa: PLR2004  # names, and a good below
        return
    first, *others = ([cell.strip() for cell in row] for row in rows)
    while first and not first[-1]:
        first.pop()
    alike = {len(row) for row in others} == {len(rows[0])}
    named = len(first) > 1 and all(first)
    if not (alike and named) or any(_NUMBER.fullmatch(cell) for cell in first):
        return
    try:
        key = likely_key(first, (cells for _, cells in below()))
    except ExportInvalid:  # its rows are judged when its columns are known
        key = likely_key(first, others)
    if not key and not any(
        all(_NUMBER.fullmatch(row[place]) for row in others) for place in range(len(first))
    ):
        return
    unknown = [name for name in dict.fromkeys(first) if not known_names([name], given.names)]
    names = ", ".join(f"`{name[:_SHOWN]}`" for name in unknown[:_NAMES_SHOWN])
    more = f" and {len(unknown) - _NAMES_SHOWN} more" if len(unknown) > _NAMES_SHOWN else ""
    no_key = f"no column is named `{KEY}`"
    mistake = Mistake(line, "", f"none of these names is Torgsoft's: {names}{more}" if unknown else no_key)
    hint = f"{_name_the_key(key)}, and each of the others likewise" if key else refusals.NAMES
    raise refusals.bad_names(path, [*equal_names.twice(line, first), mistake], hint)


def guesses_of_names(name: str, names: ColumnNames) -> tuple[Guess, ...]:
    """Return the guesses that the aliases of a header are, and the labels that were not taken for one."""
    meant = [(f"`{column}`", f"the column is named `{alias}`") for alias, column in names.aliases]
    own = [
        (f"`{names.columns[place]}` is your own", f"another column is `{names.columns[other]}` already")
        for place, other in names.repeated
    ]
    return tuple(Guess(Aspect.NAME, value, because, "names", name) for value, because in meant + own)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read rows without names: `standard` columns, then a merchant's own; `bare` unquoted."""

    columns: tuple[str, ...]
    bare: frozenset[int]
    standard: int

    def __str__(self) -> str:
        own = len(self.columns) - self.standard
        return f"{self.standard} standard columns" + (f" and {own} of your own" if own else "")


def cell_counts(rows: Iterable[bytes], delimiter: str) -> list[int]:
    """Return the number of cells of each row that can be split."""
    return [len(cells) for row in rows if (cells := split(row, delimiter))]


def readings(path: Path, counts: Sequence[int], given: ReadSettings) -> tuple[Reading, ...]:
    """Return every way to read rows of the first count that can be read. ExportInvalid proposes names."""
    own = given.extra_columns
    for count in counts:
        if fitting := _fitting(count, own):
            return fitting
    seen = f"rows of {counted(counts[0], 'column')}" if counts else "rows whose quotes do not pair up"
    known = ", ".join(map(str, LAYOUTS))
    if own:
        raise ExportInvalid(
            f"`{path}` has no column names, and {seen}, which do not fit the {len(own)} of `extra_columns`",
            hint=f"name under `[catalog]` as `extra_columns` what follows the {_EXTENDED[0]} or "
            f"{_EXTENDED[1]} standard columns, no more and no less",
        )
    possible = [
        f"{base} standard columns and {counts[0] - base} of your own"
        for base in _EXTENDED
        if counts and counts[0] > base
    ]
    raise ExportInvalid(
        f"`{path}` has no column names, and {seen}, which could mean anything",
        mistakes=tuple(Mistake(0, "", f"it may be {way}") for way in possible),
        hint=f"{refusals.NAMES} (without names, only the {known} standard columns are known){_NAME_ALL}"
        + (f"; {_own_columns(counts[0] - _EXTENDED[0])}" if possible else ""),
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
                f"`{path}` has rows of {counted(width, 'column')}, but `columns` under `[catalog]` "
                f"names {len(named)}",
                hint="name every column of the file, in its order, or take `columns` out of the sync object",
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


def _own_columns(count: int) -> str:
    names = ", ".join(['"…"'] * count)
    last, them = ("the last column is", "it") if count == 1 else (f"the last {count} columns are", "them")
    if_so = f"if {last} your own and the {_EXTENDED[0]} before {them} standard"
    return f"or, {if_so}, name {them} under `[catalog]`: extra_columns = [{names}]"


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
        cells = [split(raw, delimiter) or [] for _, raw in rows]
        signs = (delimiter.encode(), b'"', b"\r", b"\n")
        # A spreadsheet quotes only where it must; then quotes say nothing about types.
        freely = any(
            cell[:1] == b'"' and not any(sign in cell[1:-1] for sign in signs)
            for cell in chain.from_iterable(cells)
        )
        quotes = [[cell[:1] == b'"' for cell in row] for row in cells] if freely else None
        read = [texts(raw, encoding, None, delimiter) or [] for _, raw in rows]
        return cls(path, [line for line, _ in rows], read, quotes)

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
        signs = "quotes and numbers" if self.quotes else "the numbers"
        because = f"{signs} in the first {counted(len(self.rows), 'row')} stand where they should"
        return chosen, Guess(Aspect.LAYOUT, str(chosen), because, "extra_columns", self.path.name)

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
                where = f"column {position + 1} ({name})"
                strange[position] = Mistake(self.lines[number], where, f"`{shown}` does not belong there")
        return strange

    def _refusal(self, reading: Reading, strange: dict[int, Mistake]) -> ExportInvalid:
        width = len(reading.columns)
        own = width - _EXTENDED[0]
        more = f"; {_own_columns(own)}" if own > 0 and width == reading.standard else ""
        # By column as a number: as a text, 11 sorts before 2.
        first = sorted(strange, key=lambda place: (strange[place].line, place))[: refusals.LISTED]
        return ExportInvalid(
            f"`{self.path}` has no column names, and its {width} columns are not the standard ones",
            mistakes=tuple(strange[place] for place in first),
            hint=refusals.NAMES + _NAME_ALL + more,
        )
