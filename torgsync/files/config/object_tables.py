"""Adds, changes and removes tables of a sync object, keeping every comment and the order of the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, InlineTable, Table

from torgsync.core.config.settings import FieldMapping, PaymentMethod, SynchronizationTime
from torgsync.core.product.columns import canonical
from torgsync.errors import ObjectInvalid
from torgsync.files.config.objects import ObjectFile, text_of
from torgsync.files.config.text_files import editing, replace_text


def set_payment_methods(file: ObjectFile, methods: Sequence[PaymentMethod]) -> None:
    """Write these payment methods of the object; the others stay."""
    rows = [
        method.model_dump(exclude_none=True, exclude={"gone"} if not method.gone else set())
        for method in methods
    ]
    _replace_tables(file.path, "payment_methods", rows, key="id")


def add_fields(file: ObjectFile, mappings: Sequence[FieldMapping]) -> None:
    """Append field mappings to the object; those that it has stay as they are."""
    rows = [
        mapping.model_dump(exclude_none=True, exclude_defaults=True)
        | {"column": mapping.column, "to": mapping.to}
        for mapping in mappings
    ]
    _add_tables(file.path, "fields", rows)


def remove_field(file: ObjectFile, column: str) -> None:
    """Remove every mapping of a column from the object."""
    _remove_tables(file.path, "fields", lambda table: canonical(str(table["column"])) == column)


def add_time(file: ObjectFile, time: SynchronizationTime) -> None:
    """Append a synchronization time to the object."""
    row = time.model_dump(exclude_none=True)
    row |= {"between": list(time.between)} if time.between else {}
    _add_tables(file.path, "synchronization_times", [row])


def remove_time(file: ObjectFile, time: SynchronizationTime) -> None:
    """Remove a synchronization time from the object."""
    _remove_tables(
        file.path,
        "synchronization_times",
        lambda table: SynchronizationTime.model_validate(table).identity == time.identity,
    )


def _add_tables(path: Path, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    with editing(path):
        document = _document(path)
        _append_tables(_tables(document, name), rows)
        replace_text(path, tomlkit.dumps(document))


def _remove_tables(path: Path, name: str, gone: Callable[[Mapping[str, Any]], bool]) -> None:
    """Remove tables from an array of the file.

    Blank lines and comments after a table belong to what follows it, and stay.
    """
    with editing(path):
        document = _document(path)
        tables: Any = document.get(name, [])
        plain = document.unwrap().get(name, [])
        for number in reversed(range(len(plain))):
            if not gone(plain[number]):
                continue
            if isinstance(tables, AoT):
                _move_tail(document, tables, number)
            del tables[number]
        if plain and not len(tables):
            del document[name]
        replace_text(path, tomlkit.dumps(document))


def _move_tail(document: tomlkit.TOMLDocument, tables: AoT, number: int) -> None:
    """Move blank lines and comments after a table to what follows it in the file."""
    body = tables[number].value.body
    tail: list[Any] = []
    while body and body[-1][0] is None:
        tail.insert(0, body.pop())
    text = "".join(item.as_string() for _, item in tail).lstrip("\n")
    items = [item for _, item in document.body]
    place = next(place for place, item in enumerate(items) if item is tables)
    following = [*tables.body[number + 1 :], *items[place + 1 :]]
    tops = [item.body[0] if isinstance(item, AoT) else item for item in following]
    follower = next((item for item in tops if isinstance(item, Table)), None)
    if follower is not None:
        follower.trivia.indent = text + follower.trivia.indent.lstrip("\n")
    else:
        document.body.extend(tail)


def _document(path: Path) -> tomlkit.TOMLDocument:
    """Return a TOML file for editing, with all its comments."""
    try:
        return tomlkit.parse(text_of(path))
    except TOMLKitError as wrong:
        raise ObjectInvalid(f"`{path.name}` is not TOML: {wrong}") from wrong


def _replace_tables(path: Path, name: str, rows: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """Update an array of tables by these rows: known ones are changed in place, new ones appended."""
    with editing(path):
        document = _document(path)
        tables = _tables(document, name)
        known = {table.get(key): table for table in tables}
        _append_tables(tables, [row for row in rows if row[key] not in known])
        for row in rows:
            table = known.get(row[key])
            if table is None:
                continue
            for word in [word for word in table if word not in row and word in PaymentMethod.model_fields]:
                del table[word]
            for word, value in row.items():
                if table.get(word) != value:
                    table[word] = value
        replace_text(path, tomlkit.dumps(document))


def _tables(document: tomlkit.TOMLDocument, name: str) -> AoT | Array:
    """Return an array of tables of the document, made at its end where it has none."""
    tables = document.get(name)
    if isinstance(tables, Array) and len(tables):
        return tables
    if not isinstance(tables, AoT):
        document.pop(name, None)
        tables = tomlkit.aot()
        document.append(name, tables)
    return tables


def _append_tables(tables: AoT | Array, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append tables, each after a blank line; those of an array in brackets go into its brackets.

    Blank lines and comments after the last table belong to what follows the array in the file, although to
    tomlkit they are a part of that table: they stay in front of what they belong to.
    """
    if isinstance(tables, Array):
        for row in rows:
            tables.append(_inline(row))
        return
    tail: list[Any] = []
    if rows and len(tables):
        body = tables[-1].value.body
        while body and body[-1][0] is None:
            tail.insert(0, body.pop())
    for row in rows:
        table = tomlkit.item(dict(row))
        table.trivia.indent = "\n"
        tables.append(table)
    if tail:
        tables[-1].value.body.extend(tail)


def _inline(row: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    table.update(row)
    return table
