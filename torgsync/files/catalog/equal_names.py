"""Names of a header that two columns share, or that mean the same standard column.

Where a good's key, price, stock or display depends on it, neither of two columns is chosen. Any other label
next to its standard column may be a merchant's own, and stays one. Source: docs/developers/torgsoft.md §3.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torgsync.core.product.columns import DECISIVE, SECRET, ColumnNames, folded
from torgsync.errors import Mistake
from torgsync.files.catalog.refusals import either
from torgsync.i18n import Message, _


def column_number(number: int) -> Message:
    """Return the place of a column, counted from 1."""
    return _("column {number}", number=number)


def mistakes(line: int, row: Sequence[str], names: ColumnNames) -> list[Mistake]:
    """Return the columns whose names are those of another one, each with the place of that one."""
    columns = list(names.columns)
    found = []
    for place, other in _doubtful(row, names):
        also = _(
            "`{name}` means `{column}`, and so does column {other}",
            name=columns[place],
            column=columns[other],
            other=other + 1,
        )
        found.append(Mistake(line, column_number(place + 1), also))
        columns[place] = ""
    return [*found, *twice(line, columns)]


def twice(line: int, names: Sequence[str]) -> list[Mistake]:
    """Return the names that an earlier column has too, in any case of letters."""
    seen: dict[str, int] = {}
    return [
        Mistake(
            line,
            column_number(position),
            _("`{name}` is also the name of column {earlier}", name=name, earlier=earlier),
        )
        for position, name in enumerate(names, start=1)
        if name and (earlier := seen.setdefault(name.casefold(), position)) != position
    ]


def hint(row: Sequence[str], names: ColumnNames) -> Message | None:
    """Return what to do about two different names of one column, None where there are none."""
    for place, other in _doubtful(row, names):
        column = names.columns[other]
        if folded(row[place]) != folded(row[other]):
            name = " ".join(row[other].split()).replace('"', "")
            removed = _("remove one of the two columns from the export")
            if column in SECRET:
                return removed
            named = _(
                "if one is a column of your own, name the other under `[catalog.names]`, "
                'such as `"{name}" = "{column}"`',
                name=name,
                column=column,
            )
            return either(removed, named)
    return None


def _doubtful(row: Sequence[str], names: ColumnNames) -> Iterator[tuple[int, int]]:
    for place, other in names.repeated:
        if names.columns[other] in DECISIVE or folded(row[place]) == folded(row[other]):
            yield place, other
