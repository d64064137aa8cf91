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
    """Print values as a table."""
    table, cells = plain_table(), [[cell(value) for value in row] for row in rows]
    for name, values in zip(columns, zip(*cells, strict=True), strict=True):
        numbers = name not in _NAMES and all(value in _EMPTY or _AMOUNT.fullmatch(value) for value in values)
        whole = any(map(_IBAN.search, values))
        table.add_column(
            translated(name),
            overflow="fold",
            justify="right" if numbers and set(values) - _EMPTY else "left",
            no_wrap=whole,
            min_width=_IBAN_WIDTH if whole else None,
        )
    for row in cells:
        table.add_row(*map(_styled, row))
    program.print_table(table)


_NAMES = frozenset({"article", "barcode", "id", "item", "no.", "order", "phone", "product", "row"})
"""Columns whose numbers are no amounts."""
_EMPTY = frozenset({"–", ""})
_AMOUNT = re.compile(r"[+-]?\d+(\.\d+)?( %| [A-Z]{3})?")
_ZERO = re.compile(r"0(\.0+)?( %| [A-Z]{3})?")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b")
_IBAN_WIDTH = 29
"""Letters and digits of an IBAN of Ukraine: it is copied, so no line may end in it."""


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
    if not isinstance(value, str):
        return value
    text = shown(value)
    return f"'{text}" if text[:1] in _FORMULA and not _NUMBER.fullmatch(text) else text


_FORMULA = frozenset("=+-@\t\r")
_NUMBER = re.compile(r"[+-]?[\d\s()-]+([.,]\d+)?")
