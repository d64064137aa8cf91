"""Keys of a sync object by their names, what a word may mean as a value, and how two versions differ.

A person writes `removal.gone=hide` or `accounting_centers.use=2,8` without thinking of TOML; the type of the
key decides which value the word means.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from msgspec import Struct

from torgsync.core.addresses import scheme_alone
from torgsync.core.text import listed
from torgsync.i18n import _

Key = tuple[str | int, ...]
"""The path of a key: `("payment_methods", 1, "name")`."""

_BARE = re.compile(r"[\w-]+", re.ASCII)
_PART = re.compile(r"(?:^|(?<=[^.])\.)(?:\"([^\"]+)\"|([^\s.\[\]\"=]+))|\[(\d+)\]")


def read_key(text: str) -> Key:
    """Return the path of a key: `payment_methods[1].name`, `catalog.names."Мій ключ"`.

    Raises ValueError where it is none.
    """
    path: list[str | int] = []
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None or (not path and part[3]):
            raise ValueError(text)
        path.append(int(part[3]) if part[3] else part[1] or part[2])
        at = part.end()
    if not path:
        raise ValueError(text)
    return tuple(path)


def key_text(path: Key) -> str:
    """Return a key's path as people write it: `payment_methods[1].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def meanings(word: str) -> Iterator[Any]:
    """Yield the values that a word may mean, most likely first: a TOML value, a text, a list with commas."""
    with suppress(ValueError, RecursionError):  # also a number of too many digits
        yield tomllib.loads(f"value = {word}")["value"]
    yield word
    yield listed(word)


def put(data: dict[str, Any], path: Key, value: object) -> None:
    """Set the value at a path, creating missing tables.

    Raises LookupError where the path needs a list item that does not exist.
    """
    *parents, last = path
    place: Any = data
    for part in parents:
        if isinstance(part, str) and isinstance(place, dict):
            place.setdefault(part, {})
        place = _item(place, part)
    if isinstance(last, str) and isinstance(place, dict):
        place.setdefault(last, value)
    _item(place, last)
    place[last] = value


def remove(data: dict[str, Any], path: Key) -> None:
    """Remove the value at a path. Raises LookupError where there is none."""
    *parents, last = path
    place: Any = data
    for part in parents:
        place = _item(place, part)
    _item(place, last)
    del place[last]


def _item(place: Any, part: str | int) -> Any:  # noqa: ANN401  # any value of a document
    if isinstance(place, dict) and part in place:
        return place[part]
    if isinstance(place, list) and isinstance(part, int) and part < len(place):
        return place[part]
    raise LookupError(part)


HIDDEN = _("(hidden)")
"""What is shown of a token that is in the settings themselves."""
Document = dict[str, Any]
"""A sync object's TOML file as plain values."""


class SettingChanges(Struct, frozen=True):
    """What changed in an object's settings.

    `values` are key, old and new value. Where a list of tables is `resized`, later tables have other numbers;
    `tables` are `-` or `+`, the list's key and the table.
    """

    values: tuple[tuple[str, object, object], ...]
    tables: tuple[tuple[str, str, object], ...]
    resized: bool


def changes_between(before: Document, after: Document) -> SettingChanges:
    """Compare two versions of a sync object; tokens and addresses of people are left out."""
    lists = [key for key in before | after if _resized(before.get(key), after.get(key))]
    old, new = (
        {
            key: value
            for key, value in flat_rows(
                {key: _shown(key, part) for key, part in document.items() if key not in lists}
            )
            if value != {}
        }
        for document in (before, after)
    )
    values = [(key, old.get(key), new.get(key)) for key in old | new if old.get(key) != new.get(key)]
    tables = []
    for key in lists:
        sides = (part.get(key) or [] for part in (before, after))
        was, now = ([row for _, row in flat_rows({key: side})] if side else [] for side in sides)
        tables += [("-", key, row) for row in was if row not in now]
        tables += [("+", key, row) for row in now if row not in was]
    return SettingChanges(tuple(values), tuple(tables), bool(lists))


def _resized(before: object, after: object) -> bool:
    old, new = (tables if isinstance(tables, list) else [] for tables in (before, after))
    return len(old) != len(new) and any(isinstance(item, dict) for item in (*old, *new))


def _shown(key: str, value: object) -> object:
    if key == "api_key" and isinstance(value, str):
        return HIDDEN
    if key == "notify" and isinstance(value, dict):
        to = value.get("to")
        addresses = {"to": [_masked(one) for one in to]} if isinstance(to, list) else {}
        return {name: _masked(one) for name, one in value.items()} | addresses
    return value


def _masked(address: object) -> object:
    return scheme_alone(address) if isinstance(address, str) else address


def _words(table: dict[str, Any]) -> str:
    """Return a table of a list in one line, without the keys that have no value."""
    return ", ".join(
        f"{key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)} = {text}"
        for key, part in table.items()
        if (text := toml_text(part))
    )


def _plain(value: Any) -> object:  # noqa: ANN401  # any value of a document
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def toml_text(value: object) -> str:
    """Return a value as it is written in a sync object, nothing for one that is empty."""
    match value:
        case None | "" | []:
            return ""
        case dict():
            return f"{{ {_words(value)} }}" if value else ""
        case list():
            return f"[{', '.join(map(toml_text, value))}]"
        case str() | bool():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def flat_rows(
    settings: dict[str, Any], above: str = "", *, shown: Callable[[Any], object] = _plain
) -> list[tuple[str, object]]:
    """Return nested settings as rows: `catalog.path`, `payment_methods[0]`; `shown` makes single values."""
    rows: list[tuple[str, object]] = []
    for key, value in settings.items():
        name = f"{above}.{key}" if above else key
        if isinstance(value, dict) and value:
            rows += flat_rows(value, name, shown=shown)
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            for number, item in enumerate(value):
                rows.append((f"{name}[{number}]", _words(item) if isinstance(item, dict) else shown(item)))
        else:
            rows.append((name, shown(value)))
    return rows
