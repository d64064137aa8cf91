"""Reads a scenario: a sandbox's goods, tokens, quirks and faults, from a TOML document.

    [shop]
    products = 200                 # invented ones, in a shop without products
    seed = 7                       # the same seed invents the same products

    [tokens]
    sandbox = "write"              # or "read", "none", "expired"
    orders-only = { orders = "read", expires = 2026-03-09T12:00:00Z }

    [manners]                      # the keys of `Quirks`
    last_id = "inclusive"
    import_seconds = 20

    [[faults]]                     # the keys of `Fault`
    on = "POST products/edit*"
    nth = 2
    does = "429"
    retry_after = 3

Every key may be left out but `does`; a misspelt one is a mistake.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from torgsync.core.config.notation import KINDS
from torgsync.core.text import did_you_mean
from torgsync.errors import Mistake
from torgsync.i18n import Message, _, composed, joined, verbatim
from torgsync.sandbox.faults import Fault, out_of_range
from torgsync.sandbox.quirks import Quirks, Rights

Path = tuple[str | int, ...]
Table = TypeVar("Table")

TOKEN_WORDS: Mapping[str, Rights] = {
    "write": Rights.full(),
    "read": Rights.read_only(),
    "none": Rights(),
    "expired": replace(Rights.full(), expires=datetime(2000, 1, 1, tzinfo=UTC)),
}


MOST_PRODUCTS = 100_000


@dataclass(frozen=True, kw_only=True)
class Filling:
    """The number of invented products, and their seed."""

    products: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.products <= MOST_PRODUCTS:
            raise ValueError(out_of_range("products", 0, MOST_PRODUCTS))


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """The initial state of a sandbox. `tokens` are rights by token; without any the shop has its default."""

    shop: Filling = field(default_factory=Filling)
    tokens: Mapping[str, Rights] = field(default_factory=dict)
    quirks: Quirks = field(default_factory=Quirks)
    faults: tuple[Fault, ...] = ()


def read_scenario(data: Mapping[str, Any], line_of: Callable[[Path], int]) -> Scenario | list[Mistake]:
    """Return the scenario, or all mistakes in the order of the file; `line_of` finds the line of a key."""
    reader = _Reader(line_of)
    reader.unknown_keys((), data, ("shop", "tokens", "manners", "faults"))
    faults = data.get("faults", [])
    if not isinstance(faults, list):
        reader.add_mistake(("faults",), _("this should be an array of tables: `[[faults]]`"))
        faults = []
    scenario = Scenario(
        shop=reader.table(Filling, ("shop",), data.get("shop", {})) or Filling(),
        tokens=reader.tokens(data.get("tokens", {})),
        quirks=reader.table(Quirks, ("manners",), data.get("manners", {})) or Quirks(),
        faults=tuple(
            fault
            for place, table in enumerate(faults)
            if (fault := reader.table(Fault, ("faults", place), table))
        ),
    )
    return sorted(reader.mistakes) if reader.mistakes else scenario


def read_quirks(base: Quirks, words: Iterable[str]) -> Quirks:
    """Return quirks changed by words such as `last_id=inclusive`; raise ValueError with every mistake."""
    parts = (word.partition("=") for word in words)
    table = {name.strip(): _plain(text.strip()) for name, _sign, text in parts}
    reader = _Reader(lambda _path: 0)
    changed = reader.table(Quirks, (), table)
    if changed is None or reader.mistakes:
        said = (composed("{key}: {what}", key=one.where, what=one.message) for one in sorted(reader.mistakes))
        raise ValueError(joined("; ", said))
    return replace(base, **{name: getattr(changed, name) for name in table})


def _plain(text: str) -> object:
    """Parse a value like TOML; anything but a number or truth value is text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # also a number of too many digits
        return text


class _Reader:
    """Reads tables and collects their mistakes."""

    def __init__(self, line_of: Callable[[Path], int]) -> None:
        self._line_of = line_of
        self.mistakes: set[Mistake] = set()

    def add_mistake(self, path: Path, message: Message) -> None:
        """Add a mistake."""
        text = ""
        for part in path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        self.mistakes.add(Mistake(self._line_of(path), text, message))

    def unknown_keys(self, path: Path, table: Mapping[str, Any], known: Iterable[str]) -> None:
        """Add a mistake for each unknown key, with the nearest known one."""
        names = list(known)
        for name in table.keys() - set(names):
            what = _("there is no such key; there are {keys:quoted}", keys=names)
            if near := did_you_mean(name, names):
                what = _("there is no such key{near}", near=near)
            self.add_mistake((*path, name), what)

    def table(self, kind: type[Table], path: Path, table: object) -> Table | None:
        """Return a table as a value of its dataclass, None where it has mistakes."""
        if not isinstance(table, dict):
            self.add_mistake(path, KINDS["dict_type"])
            return None
        if isinstance(does := table.get("does"), int):
            table = table | {"does": str(does)}
        names = [key.name for key in fields(kind)]  # type: ignore[arg-type]  # all are dataclasses
        self.unknown_keys(path, table, names)
        try:
            # Through JSON: only there strict validation accepts a table for a dataclass.
            return TypeAdapter(kind).validate_json(json.dumps(table, default=str), strict=True)
        except ValidationError as invalid:
            for error in invalid.errors(include_url=False):
                self.add_mistake((*path, *error["loc"]), _message(error))
            return None

    def tokens(self, table: object) -> dict[str, Rights]:
        """Return the rights by token."""
        if not isinstance(table, dict):
            self.add_mistake(("tokens",), KINDS["dict_type"])
            return {}
        rights_of = {}
        for token, value in table.items():
            path = ("tokens", token)
            if isinstance(value, str):
                rights = TOKEN_WORDS.get(value)
                if rights is None:
                    self.add_mistake(path, _not_one_of(value, tuple(TOKEN_WORDS)))
            else:
                rights = self._sections(path, value)
            if rights is not None:
                rights_of[token] = rights
        return rights_of

    def _sections(self, path: Path, value: object) -> Rights | None:
        """Return rights given section by section; a date without a zone is in UTC."""
        if not isinstance(value, dict):
            what = _("this should be one of {words:quoted}, or a table of sections", words=tuple(TOKEN_WORDS))
            self.add_mistake(path, what)
            return None
        sections = dict(value)
        expires = sections.pop("expires", None)
        if expires is not None and not isinstance(expires, datetime):
            what = _("this should be a date with a time, such as `2026-03-09T12:00:00Z`")
            self.add_mistake((*path, "expires"), what)
            return None
        rights = self.table(Rights, path, sections)
        if rights is None or expires is None:
            return rights
        return replace(rights, expires=expires if expires.tzinfo else expires.replace(tzinfo=UTC))


def _not_one_of(given: object, known: Sequence[str]) -> Message:
    return _('"{given}" is not one of {known:quoted}', given=given, known=known)


def _message(error: Mapping[str, Any]) -> Message:
    match error["type"]:
        case "missing":
            return _("this key is needed")
        case "literal_error":
            return _not_one_of(error["input"], re.findall("'([^']*)'", error["ctx"]["expected"]))
        case "value_error":
            said: Message = error["ctx"]["error"].args[0]
            return said
        case kind:
            return KINDS.get(kind) or verbatim(
                re.sub("^Input should be", "this should be", str(error["msg"]))
            )
