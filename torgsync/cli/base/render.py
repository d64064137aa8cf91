"""Prints rows: tables that fit 80 columns and read without colour, JSON, CSV."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

from torgsync.cli.base.headings import heading
from torgsync.cli.base.program import SCHEMA, Format, Program
from torgsync.cli.base.streams import json_text
from torgsync.core.text import shown
from torgsync.i18n import Message, _, translated

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

Row = Mapping[str, object]
GAP = 3
"""Blanks between the columns of a table; one less where it does not fit otherwise."""
SCREENFUL = 10
"""Things of one kind that people see one by one; more are folded or counted."""


def print_rows(
    program: Program,
    output: Format,
    noun: str,
    rows: Sequence[Row],
    table_rows: Sequence[Row] | None = None,
    *,
    columns: Sequence[str] = (),
    none: Message | None = None,
) -> None:
    """Print rows of plain values, keyed by column: JSON is one document keyed by the plural noun.

    `table_rows` are those for people, where they differ, and `none` is said to them where there are no rows;
    `columns` are the header of a CSV without rows.
    """
    if output is Format.JSON:
        print_json({"schema": SCHEMA}, {noun: rows})
    elif output is Format.CSV:
        print_csv(rows, columns)
    elif not rows:
        program.notify(none or _("there is nothing to list yet"))
    else:
        shown = rows if table_rows is None else table_rows
        print_table(program, map(heading, shown[0]), (row.values() for row in shown))


def print_result(
    output: Format,
    rows: Iterable[Row],
    for_people: Callable[[], None],
    *,
    columns: Sequence[str] = (),
    head: Row | None = None,
    lists: Mapping[str, Iterable[object]] | None = None,
    tail: Row | None = None,
) -> None:
    """Print one result: a JSON document of `head`, `lists` and `tail`, `rows` as CSV, or `for_people`."""
    if output is Format.JSON:
        print_json({"schema": SCHEMA, **(head or {})}, lists or {}, tail)
    elif output is Format.CSV:
        print_csv(rows, columns)
    else:
        for_people()


def cell(value: object) -> str:
    """Return a value as a cell of a table; a tuple of texts is one of several lines."""
    if value is None or value == "":
        return "–"
    if isinstance(value, tuple):
        return "\n".join(map(cell, value))
    if isinstance(value, bool):
        return translated(_("yes") if value else _("no"))
    return _visible(translated(value) if isinstance(value, Message) else str(value))


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else " " * sign.isspace() for sign in text)


def plain_table() -> Table:
    """Return a table without borders, which can be copied."""
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")


def print_table(program: Program, columns: Iterable[Message], rows: Iterable[Iterable[object]]) -> None:
    """Print values as a table: ids, dates, amounts and names stay whole, texts are broken into lines."""
    table, names = plain_table(), list(columns)
    cells = [[cell(value) for value in row] for row in rows]
    listed = [[row[place] for row in cells] for place in range(len(names))]
    least = [
        max(_least(translated(name)), *map(_least, values))
        for name, values in zip(names, listed, strict=True)
    ]
    widths = [max(map(_width, values), default=0) for values in listed]
    whole = [max(_width(translated(name)), width) for name, width in zip(names, widths, strict=True)]
    # Where only headings need be broken, no value is.
    unbroken = [max(_least(translated(name)), width) for name, width in zip(names, widths, strict=True)]
    tries = [(gap, widths) for widths in (unbroken, least) for gap in (GAP, GAP - 1)]
    gap, least = next(
        ((gap, widths) for gap, widths in tries if sum(widths) + gap * (len(names) - 1) <= program.out.width),
        tries[-1],
    )
    if gap < GAP:
        table.padding = (0, 1, 0, 0)
    space = program.out.width - gap * (len(names) - 1)
    if sum(least) > space:
        least = [
            min(low, NARROWEST) if any(map(_is_text, values)) else low
            for low, values in zip(least, listed, strict=True)
        ]
    for name, values, width in zip(names, listed, column_widths(least, whole, space), strict=True):
        numbers = name not in _NAMES and all(value in _EMPTY or _AMOUNT.fullmatch(value) for value in values)
        table.add_column(
            translated(name),
            overflow="fold",
            justify="right" if numbers and set(values) - _EMPTY else "left",
            width=width,
        )
    for row in cells:
        table.add_row(*map(_styled, row))
    if sum(least) > space:  # a line that the terminal breaks can be copied, a broken name cannot
        table.width = sum(least) + program.out.width - space
    program.print_table(table)


def column_widths(least: Sequence[int], whole: Sequence[int], space: int) -> list[int | None]:
    """Return the widths of columns: at least what cannot be broken, and equal shares of the rest of a line.

    What a short text does not need of its share is for the longer ones. None leaves a width to Rich.
    """
    if sum(whole) <= space:
        return [None] * len(least)
    widths: list[int | None] = [None] * len(least)
    rest = max(space - sum(least), 0)
    by_need = sorted(range(len(least)), key=lambda place: whole[place] - least[place])
    for done, place in enumerate(by_need):
        more = min(whole[place] - least[place], rest // (len(least) - done))
        widths[place] = least[place] + more
        rest -= more
    return widths


def _width(text: str) -> int:
    """Return the columns that a cell takes, whose lines are not broken."""
    from rich.cells import cell_len

    return max(map(cell_len, text.split("\n")))


def _least(text: str) -> int:
    """Return the columns that a cell needs: for its longest word, or all of it where it is one name."""
    lines = text.split("\n")
    words = [word for line in lines for word in ([line] if _UNBROKEN.fullmatch(line) else line.split())]
    return max((_width(word) for word in words if len(word) <= LONGEST), default=1)


def _is_text(text: str) -> bool:
    """Return whether a cell may be broken even within a word, where a table would not fit otherwise."""
    return any(" " in line and not _UNBROKEN.fullmatch(line) for line in text.split("\n"))


NARROWEST = 10
"""Columns of a text where names need all the others."""
LONGEST = 30
"""Letters of the longest word that is not broken; an IBAN of Ukraine has 29."""
_NAMES = frozenset({"article", "barcode", "id", "item", "no.", "order", "phone", "product", "row"})
"""Columns whose numbers are no amounts."""
_EMPTY = frozenset({"–", ""})
_AMOUNT = re.compile(r"[+-]?\d+(\.\d+)?( %| [A-Z]{3})?")
_ZERO = re.compile(r"0(\.0+)?( %| [A-Z]{3})?")
_UNBROKEN = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?|\+?\d[\d ()-]+|[+-]?[\d ]+([.,]\d+)? ?(%|[A-Z]{3})?|\d+ [^\W\d_]{1,3}"
)
"""Cells with blanks at which no line ends: times, phones, amounts and numbers with a short unit."""


def _styled(text: str) -> str | Text:
    """Return a cell as it looks: nothing, and a number that counts nothing, are dim."""
    if text in _EMPTY or not _ZERO.fullmatch(text):
        return text
    from rich.text import Text

    return Text(text, style="zero")


def whole_or_float(quantity: Decimal) -> int | float:
    """Return a quantity as JSON has it."""
    return int(quantity) if quantity == int(quantity) else float(quantity)


def pick(value: object, *names: str) -> dict[str, Any]:
    """Return attributes of a value by their names."""
    return {name: getattr(value, name) for name in names}


def print_json(head: Row, lists: Mapping[str, Iterable[object]], tail: Row | None = None) -> None:
    """Write one JSON document: `head`, then lists, which may be long, as they come, then `tail`."""
    out = sys.stdout
    out.write(json_text(head)[:-1])
    for name, items in lists.items():
        out.write(f", {json.dumps(name)}: [")
        for number, item in enumerate(items):
            out.write(("," if number else "") + "\n  " + json_text(item))
        out.write("]")
    if tail:
        out.write(", " + json_text(tail)[1:-1])
    out.write("}\n")


def print_csv(rows: Iterable[Row], columns: Sequence[str] = ()) -> None:
    """Write rows as CSV with a header: `columns`, or the first row's keys where none are given."""
    rest = iter(rows)
    first = next(rest, None)
    if header := list(columns or first or ()):
        writer = csv.DictWriter(sys.stdout, header, lineterminator="\n")
        writer.writeheader()
        for row in chain([first] if first else [], rest):
            writer.writerow({name: _harmless(value) for name, value in row.items()})


def _harmless(value: object) -> object:
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, list | tuple):
        value = ";".join(map(str, value))
    if not isinstance(value, str):
        return value
    text = shown(value)
    return f"'{text}" if text[:1] in _FORMULA and not _NUMBER.fullmatch(text) else text


_FORMULA = frozenset("=+-@\t\r")
_NUMBER = re.compile(r"[+-]?[\d\s()-]+([.,]\d+)?")
