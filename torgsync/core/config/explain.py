"""The meaning of every key of a sync object, for people and as a JSON Schema for editors.

The texts are the docstrings of the models in `core/config`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from torgsync.core.config.settings import Catalog, SyncObject

DRAFT = "https://json-schema.org/draft/2020-12/schema"


class Explained(NamedTuple):
    """One key, as people write it, and what it means; `fields[].to` is the key of every item."""

    key: str
    meaning: str
    required: bool


def explained(model: type[BaseModel] = SyncObject, above: str = "") -> Iterator[Explained]:
    """Yield every key in the order of the tabs; a table comes before its keys."""
    for name, field in model.model_fields.items():
        key = f"{above}{name}"
        yield Explained(key, field.description or "", field.is_required())
        if name == "api_key":  # one of several tables, which its meaning names
            continue
        inner, many = _table_in(field)
        if inner:
            yield from explained(inner, f"{key}[]." if many else f"{key}.")


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
    for table in (*schema["$defs"].values(), schema):
        table.pop("title", None)
        for key in table["properties"].values():
            key.pop("title", None)
            key.pop("default", None)
    catalog = schema["$defs"][Catalog.__name__]
    catalog.pop("required")
    catalog["anyOf"] = [{"required": ["path"]}, {"required": ["centers"]}]
    return {"$schema": DRAFT, "title": "A sync object of torgsync", **schema}
