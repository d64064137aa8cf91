"""Keys of a sync object by their names, and what a word on a command line may mean as a value.

A person writes `removal.gone=hide` or `accounting_centers.use=2,8` without thinking of TOML; the type of the
key decides which value the word means.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

Key = tuple[str | int, ...]
"""The path of a key: `("payment_methods", 1, "name")`."""

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
    with suppress(tomllib.TOMLDecodeError):
        yield tomllib.loads(f"value = {word}")["value"]
    yield word
    yield [part.strip() for part in word.split(",") if part.strip()]


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
