"""A sync object's settings as rows, and what differs between two versions of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
"""A sync object's TOML file as plain values."""


@dataclass(frozen=True, slots=True)
class SettingChanges:
    """What changed in an object's settings.

    `values` are key, old and new value, None where there is none. Where a list of tables grew or shrank (it
    is `resized`), later tables have other numbers; `tables` are `-` or `+`, the list's key and the table.
    """

    values: tuple[tuple[str, object, object], ...]
    tables: tuple[tuple[str, str, object], ...]
    resized: bool


def changes_between(before: Document, after: Document) -> SettingChanges:
    """Compare two versions of a sync object; the value of a token is left out."""
    lists = [key for key in before | after if _resized(before.get(key), after.get(key))]
    old, new = (
        dict(flat_rows(_without_token({key: part for key, part in document.items() if key not in lists})))
        for document in (before, after)
    )
    values = [(key, old.get(key), new.get(key)) for key in old | new if old.get(key) != new.get(key)]
    tables = []
    for key in lists:
        was, now = ([row for _, row in flat_rows({key: part.get(key, [])})] for part in (before, after))
        tables += [("-", key, row) for row in was if row not in now]
        tables += [("+", key, row) for row in now if row not in was]
    return SettingChanges(tuple(values), tuple(tables), bool(lists))


def _resized(before: object, after: object) -> bool:
    old, new = (tables if isinstance(tables, list) else [] for tables in (before, after))
    return len(old) != len(new) and any(isinstance(item, dict) for item in (*old, *new))


def _without_token(document: Document) -> Document:
    return document | ({"api_key": "(hidden)"} if isinstance(document.get("api_key"), str) else {})


def flat_rows(settings: dict[str, Any], above: str = "") -> list[tuple[str, object]]:
    """Return nested settings as rows: `catalog.path`, `payment_methods[0]`."""
    rows: list[tuple[str, object]] = []
    for key, value in settings.items():
        name = f"{above}.{key}" if above else key
        if isinstance(value, dict) and value:
            rows += flat_rows(value, name)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, item in enumerate(value):
                words = ", ".join(f"{word} = {part}" for word, part in item.items() if part is not None)
                rows.append((f"{name}[{number}]", words))
        elif isinstance(value, list):
            rows.append((name, ", ".join(map(str, value))))
        else:
            rows.append((name, value))
    return rows
