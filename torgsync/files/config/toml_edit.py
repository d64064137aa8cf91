"""Writes a sync object's file: a new one, single keys, and tables; comments, order and blank lines stay.

A change of keys that would not be valid is refused before anything is written.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, AoT, Array, InlineTable, Item, Table

from torgsync.core.config.keys import Document, Key, key_text, meanings, put, remove
from torgsync.core.config.settings import FieldMapping, PaymentMethod, SynchronizationTime, SyncObject
from torgsync.core.config.validation import UNFIT, read_settings
from torgsync.core.product.columns import canonical
from torgsync.errors import Mistake, ObjectInvalid, UsageError
from torgsync.files.config.objects import ObjectFile, text_of
from torgsync.files.config.text_files import TomlLines, editing, parse_toml, replace_text
from torgsync.i18n import Message, _

SCHEMA_FILE = "torgsync.schema.json"
"""The schema that sync objects name in their first line, so that editors complete and check keys."""


def write_new(
    path: Path, data: Mapping[str, Any], *, schema: Mapping[str, Any], remarks: Mapping[str, str]
) -> None:
    """Write a new sync object and its JSON Schema, with comments by table. UsageError where it exists."""
    if path.exists():
        raise UsageError(
            _("there is a sync object `{name}` already", name=path.stem),
            hint=_("look at it: `torgsync object show {name}`", name=path.stem),
        )
    replace_text(path.with_name(SCHEMA_FILE), json.dumps(schema, ensure_ascii=False, indent=2) + "\n")
    lines = [f"#:schema {SCHEMA_FILE}"]
    for line in tomli_w.dumps(data).splitlines():
        if remark := remarks.get(line.strip("[]")) if line.startswith("[") else None:
            lines.append(f"# {remark}")
        lines.append(line)
    replace_text(path, "\n".join(lines) + "\n")


@dataclass(frozen=True, slots=True)
class Setting:
    """One key to be set: to what a typed `word` means for the key, without one to `value` itself."""

    key: Key
    word: str | None = None
    value: object = None


def _accept(_settings: SyncObject) -> None:
    """Accept all settings that are valid."""


def change_keys(
    path: Path,
    settings: Sequence[Setting],
    unset: Sequence[Key] = (),
    *,
    called: str,
    verify: Callable[[SyncObject], None] = _accept,
) -> tuple[Document, Document]:
    """Set and remove keys of a sync object's file; return its values before and after.

    `called` is what the object is called in commands; `verify` raises for settings that are not accepted.

    Raises UsageError for a key that does not exist, ObjectInvalid where the object was or would be invalid:
    then the file is not changed.
    """
    with editing(path):
        text = text_of(path)
        data = _valid(
            parse_toml(text),
            _(
                "the sync object has a mistake; correct it first: torgsync object edit {called} --editor",
                called=called,
            ),
        )
        before = copy.deepcopy(data)
        document = tomlkit.parse(text)
        for key in unset:
            _remove(data, document, key, called)
        for setting in settings:
            _set(data, document, setting)
        _valid(data, _("the sync object would not be valid; nothing was changed"), verify=verify)
        if (changed := tomlkit.dumps(document)) != text:
            replace_text(path, changed)
    return before, data


def replace_whole(
    path: Path, before: str, after: str, verify: Callable[[SyncObject], None] = _accept
) -> tuple[Document, Document]:
    """Replace the text of a sync object's file; return its values before and after.

    `verify` raises for settings that are not accepted.

    Raises UsageError where the file is not `before` any more, ObjectInvalid with all mistakes where the new
    text is no sync object, or one of another name.
    """
    new = _valid(parse_toml(after), _("the sync object is not valid yet"), TomlLines(after), verify)
    old = parse_toml(before)
    was = {} if isinstance(old, Mistake) else old
    if was.get("name", new["name"]) != new["name"]:
        line = TomlLines(after).of(("name",))
        what = _('write "{name}" again: what was sent is remembered under this name', name=was["name"])
        wrong = Mistake(line, "name", what)
        raise ObjectInvalid(_("the name of a sync object cannot be changed"), mistakes=(wrong,))
    with editing(path):
        if text_of(path) != before:
            raise UsageError(
                _("`{file}` was changed meanwhile", file=path.name), hint=_("run the same command again")
            )
        replace_text(path, after)
    return was, new


def _valid(
    data: Document | Mistake,
    what: Message,
    lines: TomlLines | None = None,
    verify: Callable[[SyncObject], None] = _accept,
) -> Document:
    """Return the values unchanged. Raises ObjectInvalid where they are no sync object."""
    if isinstance(data, Mistake):
        raise ObjectInvalid(what, mistakes=(data,))
    outcome = read_settings(data, lines.of if lines else lambda _: 0)
    if isinstance(outcome, SyncObject):
        verify(outcome)
        return data
    raise ObjectInvalid(what, mistakes=tuple(outcome))


def _remove(data: Any, document: tomlkit.TOMLDocument, key: Key, called: str) -> None:  # noqa: ANN401
    try:
        remove(data, key)
    except LookupError as missing:
        raise UsageError(
            _("`{key}` is not set", key=key_text(key)),
            hint=_("see what is set: torgsync object show {called}", called=called),
        ) from missing
    *parents, last = key
    table: Any = document
    for part in parents:
        table = table[part]
    del table[last]


def _set(data: Any, document: tomlkit.TOMLDocument, setting: Setting) -> None:  # noqa: ANN401
    """Set a key in both; of the values that a word may mean, the one that fits the key best is set."""
    values = list(meanings(setting.word)) if setting.word is not None else [setting.value]
    try:
        chosen = min(values, key=lambda value: _misfit(data, setting.key, value))
        put(data, setting.key, chosen)
    except LookupError as missing:
        nowhere = _("`{key}` cannot be set: there is no such table or entry", key=key_text(setting.key))
        raise UsageError(nowhere) from missing
    _write(document, setting.key, chosen)


def _misfit(data: Document, key: Key, value: object) -> int:
    """Return how badly a value fits a key: 0 where the key takes it, 2 where not even kind or range fit."""
    tried = copy.deepcopy(data)
    put(tried, key, value)
    outcome = read_settings(tried, lambda _: 0)
    where = key_text(key)
    wrong = (
        []
        if isinstance(outcome, SyncObject)
        else [mistake for mistake in outcome if mistake.where.startswith(where)]
    )
    if any(mistake.code in UNFIT for mistake in wrong):
        return 2
    return 1 if wrong else 0


def _write(document: tomlkit.TOMLDocument, key: Key, given: object) -> None:
    *parents, last = key
    value = _inline(given) if isinstance(given, dict) else given
    table: Any = document
    for part in parents:
        if isinstance(part, str) and part not in table:
            table[part] = tomlkit.table()
        table = table[part]
    if last in table:
        if table[last] != value:
            _replace(table, str(last), value)
    elif isinstance(table, Table):
        tail = _cut_tail(table.value.body)
        table[str(last)] = value
        table.value.body.extend(tail)
    else:
        table[last] = value


def _replace(table: Any, key: str, value: object) -> None:  # noqa: ANN401  # any of tomlkit's tables
    """Replace the value of a key; the comment after it stays in its column."""
    items = table.value if isinstance(table, AbstractTable) else table
    old = items.item(key)
    table[key] = value
    new = items.item(key)
    if isinstance(old, Item) and isinstance(new, Item) and old.trivia.comment:
        width = len(old.as_string()) + len(old.trivia.comment_ws) - len(new.as_string())
        new.trivia.comment_ws = " " * max(1, width)


def set_payment_methods(file: ObjectFile, methods: Sequence[PaymentMethod]) -> None:
    """Write these payment methods of the object: known ones are changed in place, the others stay."""
    rows = [
        method.model_dump(exclude_none=True, exclude={"gone"} if not method.gone else set())
        for method in methods
    ]
    with _edited(file.editable) as document:
        tables = _tables(document, "payment_methods")
        known = {table.get("id"): table for table in tables}
        _append_tables(tables, [row for row in rows if row["id"] not in known])
        for row in rows:
            table = known.get(row["id"])
            if table is None:
                continue
            for word in [word for word in table if word not in row and word in PaymentMethod.model_fields]:
                del table[word]
            for word, value in row.items():
                if table.get(word) != value:
                    table[word] = value


def add_fields(file: ObjectFile, mappings: Sequence[FieldMapping]) -> None:
    """Append field mappings to the object; those that it has stay as they are."""
    rows = [
        mapping.model_dump(exclude_none=True, exclude_defaults=True)
        | {"column": mapping.column, "to": mapping.to}
        for mapping in mappings
    ]
    with _edited(file.editable) as document:
        _append_tables(_tables(document, "fields"), rows)


def remove_field(file: ObjectFile, column: str) -> None:
    """Remove every mapping of a column from the object."""
    _remove_tables(file.editable, "fields", lambda table: canonical(str(table["column"])) == column)


def add_time(file: ObjectFile, time: SynchronizationTime) -> None:
    """Append a synchronization time to the object."""
    row = time.model_dump(exclude_none=True)
    row |= {"between": list(time.between)} if time.between else {}
    with _edited(file.editable) as document:
        _append_tables(_tables(document, "synchronization_times"), [row])


def remove_time(file: ObjectFile, time: SynchronizationTime) -> None:
    """Remove a synchronization time from the object."""
    _remove_tables(
        file.editable,
        "synchronization_times",
        lambda table: SynchronizationTime.model_validate(table).identity == time.identity,
    )


@contextmanager
def _edited(path: Path) -> Iterator[tomlkit.TOMLDocument]:
    """Yield a TOML file for editing, with all its comments, and write it afterwards."""
    with editing(path):
        try:
            document = tomlkit.parse(text_of(path))
        except TOMLKitError as wrong:
            raise ObjectInvalid(_("`{file}` is not TOML: {what}", file=path.name, what=wrong)) from wrong
        yield document
        replace_text(path, tomlkit.dumps(document))


def _remove_tables(path: Path, name: str, gone: Callable[[Mapping[str, Any]], bool]) -> None:
    """Remove tables from an array of the file."""
    with _edited(path) as document:
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


def _cut_tail(body: list[Any]) -> list[Any]:
    """Remove and return blank lines and comments after the last key: they belong to what follows."""
    last = max((place for place, (name, _) in enumerate(body) if name is not None), default=-1)
    tail = body[last + 1 :]
    del body[last + 1 :]
    return tail


def _move_tail(document: tomlkit.TOMLDocument, tables: AoT, number: int) -> None:
    """Move blank lines and comments after a table to what follows it in the file."""
    tail = _cut_tail(tables[number].value.body)
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
    """Append tables, each after a blank line; those of an array in brackets go into its brackets."""
    if isinstance(tables, Array):
        for row in rows:
            tables.append(_inline(row))
        return
    tail = _cut_tail(tables[-1].value.body) if rows and len(tables) else []
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
