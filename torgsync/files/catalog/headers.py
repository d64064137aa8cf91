"""The columns that a header names, and first rows that look like a header but name nothing known.

Nothing here is trusted on one sign alone: a wrong column would sell goods at the price of others.
Source: docs/developers/torgsoft.md §3.3, §17 no. 2.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from torgsync.core.product.columns import KEY, ColumnNames, known_names, resolve
from torgsync.core.product.key_columns import KeyColumn, likely_key
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog import equal_names, refusals
from torgsync.files.catalog.catalog_file import Aspect, Guess, ReadSettings
from torgsync.files.catalog.refusals import either
from torgsync.i18n import Message, _, _n, composed

_KNOWN_NAMES = 3  # so many column names in a first row cannot be a good's own texts
_NAMES_SHOWN = 6  # names of an unknown header
_SHOWN = 40  # letters of a strange name

_NO_KEY = _("no column is named `GoodID`")
_COLUMN = re.compile(r"column ([0-9]+)")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")

Rows = Callable[[], Iterable[tuple[int, Sequence[str]]]]
"""Reads the rows of a table, each with its line; called where they are needed."""


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
        mistakes.append(Mistake(line, "", _("there is only one column")))
    if KEY not in names.columns:
        mistakes.append(Mistake(line, "", _NO_KEY))
    key = None
    try:
        mistakes += _named_too_little(line, names.columns, below)
        key = likely_key(row, (cells for _line, cells in below())) if mistakes else None
    except ExportInvalid as refused:
        if not mistakes:
            raise
        mistakes += refused.mistakes if len(row) > 1 else ()
    if mistakes:
        hint = equal_names.hint(row, names) or refusals.NAMES
        if hint is refusals.NAMES and key and KEY not in names.columns:
            hint = either(hint, _name_the_key(key))
        raise refusals.bad_names(path, sorted(mistakes, key=_place_of), hint)
    return names


def _place_of(mistake: Mistake) -> tuple[int, int]:
    """Return the line and the column of a mistake as numbers: as a text, 11 sorts before 2."""
    column = _COLUMN.fullmatch(mistake.where)
    return mistake.line, int(column[1]) if column else sys.maxsize


def refuse_names(path: Path, line: int) -> ExportInvalid:
    """Return the refusal of a file with names for which the settings name the columns."""
    return ExportInvalid(
        _(
            "line {line} of `{path}` names the columns, and `columns` under `[catalog]` names them too",
            line=line,
            path=path,
        ),
        hint=_("remove `columns` from the sync object; or, if that line is an item, add `header = false`"),
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
        Mistake(
            line,
            equal_names.column_number(place + 1),
            _("it has no name, but line {line} has a value in it", line=number),
        )
        for place, number in sorted(first_lines.items())
    ]


def cells_without_names(width: int, below: Sequence[Sequence[str]]) -> int:
    """Return how many empty cells all the first rows have behind the last column that is named."""
    more = {len(row) for row in below}
    if len(more) != 1 or (widest := max(more)) <= width:
        return 0
    return 0 if any(cell.strip() for row in below for cell in row[width:]) else widest - width


def _name_the_key(key: KeyColumn) -> Message:
    return _n(
        'name the key under `[catalog.names]`, such as `"{name}" = "GoodID"` '
        "(no value of this column is repeated in the {count} row below)",
        'name the key under `[catalog.names]`, such as `"{name}" = "GoodID"` '
        "(no value of this column is repeated in the {count} rows below)",
        key.rows,
        name=key.name.replace('"', "")[:_SHOWN],
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
        key = likely_key(first, (cells for _line, cells in below()))
    except ExportInvalid:  # its rows are judged when its columns are known
        key = likely_key(first, others)
    if not key and not any(
        all(_NUMBER.fullmatch(row[place]) for row in others) for place in range(len(first))
    ):
        return
    unknown = [name for name in dict.fromkeys(first) if not known_names([name], given.names)]
    mistake = Mistake(line, "", _strange_names(unknown) if unknown else _NO_KEY)
    hint = refusals.NAMES
    if key:
        hint = _("{key}, and each of the others likewise", key=_name_the_key(key))
    raise refusals.bad_names(path, [*equal_names.twice(line, first), mistake], hint)


def _strange_names(unknown: Sequence[str]) -> Message:
    shown = [name[:_SHOWN] for name in unknown[:_NAMES_SHOWN]]
    if more := len(unknown) - len(shown):
        return _("none of these names is Torgsoft's: {names:quoted} and {more} more", names=shown, more=more)
    return _("none of these names is Torgsoft's: {names:quoted}", names=shown)


def guesses_of_names(name: str, names: ColumnNames) -> tuple[Guess, ...]:
    """Return the guesses that the aliases of a header are, and the labels that were not taken for one."""
    meant = [
        (composed("`{column}`", column=column), _("the column is named `{alias}`", alias=alias))
        for alias, column in names.aliases
    ]
    own = [
        (
            _("`{column}` is your own", column=names.columns[place]),
            _("another column is `{column}` already", column=names.columns[other]),
        )
        for place, other in names.repeated
    ]
    return tuple(Guess(Aspect.NAME, value, because, "names", name) for value, because in meant + own)
