"""Which columns a table has: by its delimiter and header, or by count and types where it names none.

Nothing here is trusted on one sign alone: a wrong column would sell goods at the price of others.
Source: docs/developers/torgsoft.md §2.2, §3.3, §3.4, §10, §17 no. 2-4.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from torgsync.core.product.columns import KEY, LAYOUTS, ColumnNames, is_standard, known_names, resolve
from torgsync.core.text import counted
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog import refusals
from torgsync.files.catalog.catalog_file import Aspect, Guess, ReadSettings
from torgsync.files.catalog.rows import DELIMITER, DELIMITERS, split, texts

CONFIRMING_ROWS = 100
"""How many rows must agree with a layout that no header names."""

_KNOWN_NAMES = 3  # so many column names in a first row cannot be a good's own texts
_EXTENDED = (48, 50)  # the layouts that are met with a merchant's own columns behind them (torgsoft §3.2)
_PARTNER = 49  # the position that distinguishes a true 50 from 48 and two more (torgsoft §3.4)
_NAMES_SHOWN = 6  # names of an unknown header
_SHOWN = 40  # letters of a strange cell

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
    best = max(DELIMITERS, key=lambda sign: (_names_key(heads[sign], given), named[sign]))
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
    return _names_key(row, given) or known_names(row, given.names) >= _KNOWN_NAMES


def _names_key(row: Sequence[str], given: ReadSettings) -> bool:
    return KEY in resolve(row, given.names, given.mapped).columns


def name_columns(path: Path, line: int, row: Sequence[str], given: ReadSettings) -> ColumnNames:
    """Return the columns that a header names. Raises ExportInvalid with all that is wrong with them."""
    names = resolve(row, given.names, given.mapped)
    mistakes = []
    seen: dict[str, int] = {}
    for position, name in enumerate(names.columns, start=1):
        earlier = seen.setdefault(name.casefold(), position)
        if not name:
            mistakes.append(Mistake(line, f"column {position}", "it has no name"))
        elif earlier != position:
            also = f"`{name}` is also the name of column {earlier}"
            mistakes.append(Mistake(line, f"column {position}", also))
    if len(names.columns) == 1:
        mistakes.append(Mistake(line, "", "there is only one column"))
    if KEY not in names.columns:
        mistakes.append(Mistake(line, "", f"no column is named `{KEY}`"))
    if mistakes:
        raise refusals.bad_names(path, mistakes, _hint_for_names(names.columns))
    return names


def _hint_for_names(columns: Sequence[str]) -> str:
    # A column that Torgsoft names itself is never the key: a name or an article does not identify a good.
    own = next((name for name in columns if name and not is_standard(name)), "")
    return refusals.NAMES if KEY in columns or not own else f"{refusals.NAMES}; or {_name_the_key(own)}"


def _name_the_key(own: str) -> str:
    shown = own.replace('"', "")[:_SHOWN]
    return f'name the key under `[catalog.names]`, such as "{shown}" = "{KEY}"'


def refuse_unknown_names(path: Path, line: int, rows: Sequence[Sequence[str]], given: ReadSettings) -> None:
    """Refuse a first row of different texts, none a number or a known name, above rows with numbers."""
    if given.header is not None or len(rows) < 2:  # noqa: PLR2004  # names, and a good below them
        return
    first, *others = ([cell.strip() for cell in row] for row in rows)
    alike = {len(row) for row in others} == {len(first)}
    named = len(first) > 1 and all(first) and len(set(first)) == len(first)
    if not (alike and named) or any(_NUMBER.fullmatch(cell) for cell in first):
        return
    keys = [name for place, name in enumerate(first) if all(_DIGITS.fullmatch(row[place]) for row in others)]
    if keys:
        names = ", ".join(f"`{name[:_SHOWN]}`" for name in first[:_NAMES_SHOWN])
        more = f" and {len(first) - _NAMES_SHOWN} more" if len(first) > _NAMES_SHOWN else ""
        mistake = Mistake(line, "", f"none of these names is Torgsoft's: {names}{more}")
        hint = f"{_name_the_key(keys[0])}, and each of the others likewise"
        raise refusals.bad_names(path, [mistake], hint)


def guesses_of_names(name: str, names: ColumnNames) -> tuple[Guess, ...]:
    """Return the guesses that the aliases of a header are."""
    return tuple(
        Guess(Aspect.NAME, f"`{column}`", f"the column is named `{alias}`", "names", name)
        for alias, column in names.aliases
    )


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
        found = _readings_of(count, own)
        if found and (not own or len(found[-1].columns) > found[-1].standard):
            return found
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
        hint=f"{refusals.NAMES} (without names, only the {known} standard columns are known)"
        + (f"; {_own_columns(counts[0] - _EXTENDED[0])}" if possible else ""),
    )


def _readings_of(count: int, own: tuple[str, ...]) -> tuple[Reading, ...]:
    found = [Reading(*LAYOUTS[count], count)] if count in LAYOUTS else []
    for base in _EXTENDED:
        if own and base + len(own) == count:
            columns, bare = LAYOUTS[base]
            found.append(Reading((*columns, *own), bare, base))
    return tuple(found)


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
            hint=refusals.NAMES + more,
        )
