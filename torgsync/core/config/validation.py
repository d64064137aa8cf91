"""Validates the settings of a sync object; every mistake has its place and a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from torgsync.core.config.keys import Key, key_text
from torgsync.core.config.settings import SyncObject
from torgsync.core.text import did_you_mean
from torgsync.errors import Mistake

_PASSWORD: Key = ("orders", "outbox_password")


def read_settings(data: Mapping[str, Any], line_of: Callable[[Key], int]) -> SyncObject | list[Mistake]:
    """Return the sync object, or all its mistakes in the order of the file.

    `line_of` returns the line of a key's path, or of the nearest table above it.
    """
    try:
        return SyncObject.model_validate(data)
    except ValidationError as refused:
        mistakes = {_mistake(dict(error), line_of) for error in refused.errors()}
        return sorted(mistakes)


def _mistake(error: Mapping[str, Any], line_of: Callable[[Key], int]) -> Mistake:
    path: Key = tuple(error["loc"])
    if path[:1] == ("api_key",):
        path = ("api_key",)
        ways = 'give { env = "NAME" }, { file = "path" }, { keyring = "NAME" } or the token itself'
        return Mistake(line_of(path), "api_key", ways)
    if path[:2] == _PASSWORD:
        ways = 'give { env = "NAME" }, { file = "path" } or { keyring = "NAME" }'
        return Mistake(line_of(_PASSWORD), key_text(_PASSWORD), ways)
    if error["type"] == "misplaced":
        path += tuple(error["ctx"]["place"])
    return Mistake(line_of(path), key_text(path), _words(error, path))


def _words(error: Mapping[str, Any], path: Key) -> str:
    given = error.get("input")
    context: Mapping[str, Any] = error.get("ctx") or {}
    match error["type"]:
        case "missing":
            return "this key is needed"
        case "extra_forbidden":
            return f"there is no such key{did_you_mean(str(path[-1]), _keys_at(path[:-1]))}"
        case "value_error":
            return str(context["error"])
        case "literal_error":
            return f'"{given}" is not one of {context["expected"]}'.replace("'", '"')
        case "string_pattern_mismatch":
            return f'"{given}" has not the form it needs'
        case "string_too_short":
            return "this must not be empty"
        case kind if kind in _KINDS:
            return f"{OF_ANOTHER_KIND} {_KINDS[kind]}"
        case _:
            return str(error["msg"]).replace("Input should be", "this should be")


OF_ANOTHER_KIND = "this should be"
"""How the words about a value begin that is a number instead of a text, or the like."""
_KINDS = {
    "string_type": "a text in quotes",
    "int_type": "a whole number, without quotes",
    "float_type": "a number, without quotes",
    "bool_type": "true or false, without quotes",
    "list_type": 'a list in brackets, such as ["…"]',
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
}
"""What a value of another kind should be, as a person writes it in TOML, by pydantic's names of kinds."""


def _keys_at(path: Key) -> list[str]:
    model: Any = SyncObject
    for part in path:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        options = [annotation, *getattr(annotation, "__args__", ())]
        model = next(
            option for option in options if isinstance(option, type) and issubclass(option, BaseModel)
        )
    return list(model.model_fields)
