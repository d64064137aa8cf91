"""Keys of a sync object by their names, and what a word on a command line may mean as a value.

A person writes `removal.gone=hide` or `accounting_centers.use=2,8` without thinking of TOML; what the word
stands for is decided by what the key takes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

Key = tuple[str | int, ...]
"""Where a key stands: `("payment_methods", 1, "name")`."""

_PART = re.compile(r"(?:^|(?<=[^.])\.)(?:\"([^\"]+)\"|([^\s.\[\]\"=]+))|\[(\d+)\]")


def read_key(text: str) -> Key:
    """Return the path of a key: `payment_methods[1].name`, `catalog.names."Мій ключ"`.

    Raises ValueError where it is none.
    """
    path: list[str | int] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or (not path and found[3]):
            raise ValueError(text)
        path.append(int(found[3]) if found[3] else found[1] or found[2])
        at = found.end()
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
    """Yield what a word may stand for, most likely first: a TOML value, a text, a list with commas."""
    with suppress(tomllib.TOMLDecodeError):
        yield tomllib.loads(f"value = {word}")["value"]
    yield word
    yield [part.strip() for part in word.split(",") if part.strip()]


def put(data: dict[str, Any], path: Key, value: object) -> None:
    """Put a value where a path leads, making tables on the way.

    Raises LookupError where it leads to an item that there is not.
    """
    *way, last = path
    place: Any = data
    for part in way:
        if isinstance(part, str) and isinstance(place, dict):
            place.setdefault(part, {})
        place = _item(place, part)
    if isinstance(last, str) and isinstance(place, dict):
        place.setdefault(last, value)
    _item(place, last)
    place[last] = value


def take_out(data: dict[str, Any], path: Key) -> None:
    """Take out what stands where a path leads. Raises LookupError where nothing does."""
    *way, last = path
    place: Any = data
    for part in way:
        place = _item(place, part)
    _item(place, last)
    del place[last]


def _item(place: Any, part: str | int) -> Any:  # noqa: ANN401  # whatever a document holds
    if isinstance(place, dict) and part in place:
        return place[part]
    if isinstance(place, list) and isinstance(part, int) and part < len(place):
        return place[part]
    raise LookupError(part)
