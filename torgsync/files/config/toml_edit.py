"""Changes single keys of a sync object's file; comments, order and blank lines stay.

A change that would not be valid is refused before anything is written.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import AbstractTable, Item, Table

from torgsync.core.config.changes import Document
from torgsync.core.config.keys import Key, key_text, meanings, put, remove
from torgsync.core.config.settings import SyncObject
from torgsync.core.config.validation import OF_ANOTHER_KIND, read_settings
from torgsync.errors import Mistake, ObjectInvalid, UsageError
from torgsync.files.config.objects import text_of
from torgsync.files.config.text_files import editing, replace_text
from torgsync.files.config.toml_lines import TomlLines, parse_toml

_NOWHERE = "it leads nowhere: there is no such table or item"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key to be set.

    A `word` is what a person typed and means what the key takes; without one `value` is the value itself.
    """

    key: Key
    word: str | None = None
    value: object = None


def change_keys(
    path: Path, settings: Sequence[Setting], unset: Sequence[Key] = ()
) -> tuple[Document, Document]:
    """Set and remove keys of a sync object's file; return its values before and after.

    Raises UsageError for a key that does not exist, ObjectInvalid where the object was or would be invalid:
    then the file is not changed.
    """
    with editing(path):
        text = text_of(path)
        data = _valid(parse_toml(text), "has a mistake; correct it first: torgsync object edit --editor")
        before = copy.deepcopy(data)
        document = tomlkit.parse(text)
        for key in unset:
            _remove(data, document, key)
        for setting in settings:
            _set(data, document, setting)
        _valid(data, "would not be valid; nothing was changed")
        if (changed := tomlkit.dumps(document)) != text:
            replace_text(path, changed)
    return before, data


def replace_whole(path: Path, before: str, after: str) -> tuple[Document, Document]:
    """Replace the text of a sync object's file; return its values before and after.

    Raises UsageError where the file is not `before` any more, ObjectInvalid with all mistakes where the new
    text is no sync object, or one of another name.
    """
    new = _valid(parse_toml(after), "is not valid yet", TomlLines(after))
    old = parse_toml(before)
    was = {} if isinstance(old, Mistake) else old
    if was.get("name", new["name"]) != new["name"]:
        line = TomlLines(after).of(("name",))
        wrong = Mistake(line, "name", f'write "{was["name"]}" again: what was sent is remembered under it')
        raise ObjectInvalid("the name stays", mistakes=(wrong,))
    with editing(path):
        if text_of(path) != before:
            raise UsageError(f"somebody changed `{path.name}` meanwhile", hint="run the same command again")
        replace_text(path, after)
    return was, new


def _valid(data: Document | Mistake, what: str, lines: TomlLines | None = None) -> Document:
    """Return the values unchanged. Raises ObjectInvalid where they are no sync object."""
    if isinstance(data, Mistake):
        raise ObjectInvalid(f"the sync object {what}", mistakes=(data,))
    found = read_settings(data, lines.of if lines else _no_line)
    if isinstance(found, SyncObject):
        return data
    raise ObjectInvalid(f"the sync object {what}", mistakes=tuple(found))


def _no_line(_key: Key) -> int:
    return 0


def _remove(data: Any, document: tomlkit.TOMLDocument, key: Key) -> None:  # noqa: ANN401
    try:
        remove(data, key)
    except LookupError as missing:
        raise UsageError(
            f"`{key_text(key)}` is not set", hint="see what is: torgsync object show"
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
        raise UsageError(f"`{key_text(setting.key)}` cannot be set: {_NOWHERE}") from missing
    _write(document, setting.key, chosen)


def _misfit(data: Document, key: Key, value: object) -> int:
    """Return how badly a value fits a key: 0 where the key takes it, 2 where it is not even of its kind."""
    tried = copy.deepcopy(data)
    put(tried, key, value)
    found = read_settings(tried, _no_line)
    where = key_text(key)
    wrong = [] if isinstance(found, SyncObject) else [one for one in found if one.where.startswith(where)]
    if any(mistake.message.startswith(OF_ANOTHER_KIND) for mistake in wrong):
        return 2
    return 1 if wrong else 0


def _write(document: tomlkit.TOMLDocument, key: Key, given: object) -> None:
    *parents, last = key
    value = given
    if isinstance(given, dict):
        value = tomlkit.inline_table()
        value.update(given)
    table: Any = document
    for part in parents:
        if isinstance(part, str) and part not in table:
            table[part] = tomlkit.table()
        table = table[part]
    if last in table:
        if table[last] != value:
            _replace(table, str(last), value)
    elif isinstance(table, Table):
        _append(table, str(last), value)
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


def _append(table: AbstractTable, key: str, value: object) -> None:
    """Add a key after the others, before blank lines and comments, which belong to what follows the table."""
    body = table.value.body
    last = max((place for place, (name, _) in enumerate(body) if name is not None), default=-1)
    tail = body[last + 1 :]
    del body[last + 1 :]
    table[key] = value
    body.extend(tail)
