"""Validates the settings of a sync object, and explains every key for people and for editors.

Every mistake has its place and a message. The explanations are the docstrings of the models in `core/config`.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from torgsync.core.config.keys import Key, key_text
from torgsync.core.config.notation import KINDS
from torgsync.core.config.settings import Catalog, SyncObject
from torgsync.core.text import did_you_mean, message_of
from torgsync.errors import Mistake
from torgsync.i18n import Message, _, joined, verbatim

_PASSWORDS: tuple[Key, ...] = (
    ("orders", "outbox_password"),
    ("catalog", "photos", "publish_password"),
    ("catalog", "server", "password"),
    ("catalog", "server", "query"),
    ("clients", "server", "password"),
    ("clients", "server", "query"),
)

_ADDRESSES: Mapping[Key, int] = {("notify", "to"): 3, ("notify", "heartbeat"): 2}
"""Keys of secret addresses, and how many parts of a mistake's place name one of them."""


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
        ways = _('give `{ env = "NAME" }`, `{ file = "path" }`, `{ keyring = "NAME" }` or the token itself')
        return Mistake(line_of(path), "api_key", ways)
    for secret, depth in _ADDRESSES.items():
        if path[: len(secret)] == secret and error["type"] not in ("misplaced", "value_error", "list_type"):
            ways = _(
                'give `{ env = "NAME" }`, `{ file = "path" }`, `{ keyring = "NAME" }` or the address itself'
            )
            return Mistake(line_of(path[:depth]), key_text(path[:depth]), ways)
    for password in _PASSWORDS:
        if path[: len(password)] == password:
            ways = _('give `{ env = "NAME" }`, `{ file = "path" }` or `{ keyring = "NAME" }`')
            return Mistake(line_of(password), key_text(password), ways)
    if error["type"] == "misplaced":
        path += tuple(error["ctx"]["place"])
    return Mistake(line_of(path), key_text(path), _words(error, path), error["type"])


def reasons_of(refused: ValidationError) -> Message:
    """Return the mistakes of one table in one sentence."""
    return joined("; ", (_words(dict(error), tuple(error["loc"])) for error in refused.errors()))


def _words(error: Mapping[str, Any], path: Key) -> Message:
    given = error.get("input")
    context: Mapping[str, Any] = error.get("ctx") or {}
    match error["type"]:
        case "missing":
            return _("this key is needed")
        case "extra_forbidden":
            near = did_you_mean(str(path[-1]), _keys_at(path[:-1]))
            return _("there is no such key{near}", near=near)
        case "misplaced":
            return message_of(ValueError(context["message"]))
        case "value_error":
            return message_of(context["error"])
        case "literal_error":
            return _(
                '"{given}" is not one of {known:quoted}',
                given=given,
                known=_LISTED.findall(context["expected"]),
            )
        case "string_pattern_mismatch":
            return _('"{given}" does not have the right form', given=given)
        case "string_too_short":
            return _("this must not be empty")
        case "greater_than_equal":
            return _("this must be at least {limit}", limit=_number(context["ge"]))
        case "less_than_equal":
            return _("this must be at most {limit}", limit=_number(context["le"]))
        case kind:
            return KINDS.get(kind) or verbatim(str(error["msg"]))


def _number(limit: float) -> str:
    return f"{limit:g}"


_LISTED = re.compile("'([^']*)'")
_OUT_OF_RANGE = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")
UNFIT = frozenset({*KINDS, *_OUT_OF_RANGE, "is_instance_of"})
"""The codes of mistakes about a value of another kind, a number instead of a text or the like, or range."""


def _keys_at(path: Key) -> list[str]:
    table: type[BaseModel] = SyncObject
    for part in path:
        if isinstance(part, str) and (inner := _table_in(table.model_fields[part])[0]):
            table = inner
    return list(table.model_fields)


DRAFT = "https://json-schema.org/draft/2020-12/schema"


class Explained(NamedTuple):
    """One key, as people write it, and what it means; `fields[].to` is the key of every item."""

    key: str
    meaning: Message
    required: bool


def explained(model: type[BaseModel] = SyncObject, above: str = "") -> Iterator[Explained]:
    """Yield every key in the order of the tabs; a table comes before its keys."""
    meanings = _meanings(model)
    for name, field in model.model_fields.items():
        key = f"{above}{name}"
        yield Explained(key, Message(meanings.get(name, "")), field.is_required())
        if name in ("api_key", "heartbeat"):  # one of several tables, which its meaning names
            continue
        inner, many = _table_in(field)
        if inner:
            yield from explained(inner, f"{key}[]." if many else f"{key}.")


@cache
def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring below each key of a table, which is read from the source of the program."""
    (table,) = ast.parse(inspect.getsource(model)).body
    lines = table.body if isinstance(table, ast.ClassDef) else []
    return {
        key.target.id: inspect.cleandoc(str(below.value.value))
        for key, below in pairwise(lines)
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
    }


def _tables(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield a table and all tables in it."""
    yield model
    for field in model.model_fields.values():
        for option in (field.annotation, *get_args(field.annotation)):
            if isinstance(option, type) and not get_args(option) and issubclass(option, BaseModel):
                yield from _tables(option)


def _table_in(field: FieldInfo) -> tuple[type[BaseModel] | None, bool]:
    """Return the table that a key holds, if it holds one, and whether it holds several."""
    many = getattr(field.annotation, "__origin__", None) is list
    options = [field.annotation, *get_args(field.annotation)]
    tables = (option for option in options if isinstance(option, type) and not get_args(option))
    return next((table for table in tables if issubclass(table, BaseModel)), None), many


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a sync object, as its TOML is written.

    An export is named by `path` or by `centers`.
    """
    schema = SyncObject.model_json_schema()
    models = {model.__name__: model for model in _tables(SyncObject)}
    for name, table in ((SyncObject.__name__, schema), *schema["$defs"].items()):
        table.pop("title", None)
        meanings = _meanings(models[name])
        for key, value in table["properties"].items():
            value.pop("title", None)
            value.pop("default", None)
            described = schema["$defs"].get(value.get("$ref", "").rpartition("/")[2], {}).get("description")
            if meanings.get(key, described) != described:  # else the table says so itself
                value["description"] = meanings[key]
            table["properties"][key] = dict(sorted(value.items()))
    catalog = schema["$defs"][Catalog.__name__]
    catalog.pop("required")
    catalog["anyOf"] = [{"required": ["path"]}, {"required": ["centers"]}]
    return {"$schema": DRAFT, "title": "A sync object of torgsync", **schema}
