"""Prints rows: tables that fit 80 columns and read without colour, JSON, CSV."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from torgsync.cli.base.program import SCHEMA, Format, Program

if TYPE_CHECKING:
    from rich.table import Table

Row = Mapping[str, object]


def print_rows(
    program: Program,
    form: Format,
    noun: str,
    rows: Sequence[Row],
    table_rows: Sequence[Row] | None = None,
    *,
    columns: Sequence[str] = (),
    none: str = "",
) -> None:
    """Print rows of plain values, keyed by column: JSON is one document keyed by the plural noun.

    Args:
        table_rows: The rows of the table for people, where they differ.
        columns: The header of a CSV without rows.
        none: The line for people where there are no rows.
    """
    if form is Format.JSON:
        print_json({"schema": SCHEMA}, {noun: rows})
    elif form is Format.CSV:
        print_csv(rows, columns)
    elif not rows:
        program.notify(none or f"no {noun.replace('_', ' ')} yet")
    else:
        shown = rows if table_rows is None else table_rows
        table = plain_table(*(name.replace("_", " ") for name in shown[0]))
        for row in shown:
            table.add_row(*(cell(value) for value in row.values()))
        program.out.print(table)


def cell(value: object) -> str:
    """Return a value as a cell of a table."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _visible(str(value))


def _visible(text: str) -> str:
    """Return a text without control characters; its line ends and tabs stay."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " * sign.isspace() for sign in text)


def plain_table(*columns: str) -> Table:
    """Return a table without borders, which can be copied."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def print_json(head: Row, lists: Mapping[str, Iterable[object]], tail: Row | None = None) -> None:
    """Write one JSON document: `head`, then lists, which may be long, as they come, then `tail`."""
    out = sys.stdout
    out.write(json.dumps(head, ensure_ascii=False)[:-1])
    for name, items in lists.items():
        out.write(f", {json.dumps(name)}: [")
        for number, item in enumerate(items):
            out.write(("," if number else "") + "\n  " + json.dumps(item, ensure_ascii=False))
        out.write("]")
    if tail:
        out.write(", " + json.dumps(tail, ensure_ascii=False)[1:-1])
    out.write("}\n")


def print_csv(rows: Iterable[Row], columns: Sequence[str] = ()) -> None:
    """Write rows as CSV with a header: `columns`, or the first row's keys where none are given."""
    writer = _csv_of(columns) if columns else None
    for row in rows:
        if writer is None:
            writer = _csv_of(row)
        writer.writerow({name: _harmless(value) for name, value in row.items()})


def _csv_of(columns: Iterable[str]) -> csv.DictWriter[str]:
    """Write the header of a CSV, and return the writer of its rows."""
    writer = csv.DictWriter(sys.stdout, list(columns), lineterminator="\n")
    writer.writeheader()
    return writer


def _harmless(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    formula = isinstance(value, str) and value[:1] in _FORMULA and not _NUMBER.fullmatch(value)
    return f"'{value}" if formula else value


_FORMULA = frozenset("=+-@\t\r")
_NUMBER = re.compile(r"[+-]?[\d\s()-]+([.,]\d+)?")
