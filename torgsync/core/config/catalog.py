"""What every table of a sync object is, and the tables of its export: `[catalog]` and `[[fields]]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, field_validator, model_validator
from pydantic_core import PydanticCustomError

from torgsync.core.addresses import names_host
from torgsync.core.config.keys import Key
from torgsync.core.product.cells import PLACEHOLDERS, line_of_text
from torgsync.core.product.columns import (
    KEY,
    LAYOUT_48,
    SECRET,
    canonical,
    folded,
    is_standard,
    resolve,
    unit_column,
)
from torgsync.core.product.fields import TARGETS
from torgsync.core.text import did_you_mean


class SettingsTable(BaseModel):
    """One table of the file. Unknown keys are mistakes: a misspelt guard would guard nothing.

    To build a model takes long, so each is built when it is first used, and a default that is a table is
    made with `model_construct`, which uses none. What the keys mean is read from here when it is asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def misplaced(place: Key, message: str) -> PydanticCustomError:
    """Return a mistake of the key at `place`, which is relative to the key that is validated."""
    return PydanticCustomError("misplaced", "{message}", {"message": message, "place": place})


class FromEnvironment(SettingsTable):
    """The token stands in an environment variable."""

    env: str = Field(min_length=1)
    """Name of the environment variable."""


class FromFile(SettingsTable):
    """The token stands in a file of its own; the path is relative to the sync object."""

    file: str = Field(min_length=1)
    """File that holds the token, relative to this one; only its owner should be able to read it."""


class FromKeyring(SettingsTable):
    """The token lies in the keyring of the user's system."""

    keyring: str = Field(min_length=1)
    """Name under which the token lies there."""


class Languages(SettingsTable):
    """Which language the export's texts are in, and whether they go to both of Prom's languages."""

    name: Literal["uk", "ru"] = "uk"
    """Language of the texts: uk or ru."""
    both: bool = True
    """Whether they go to both of Prom's languages; no text is translated."""


_FETCHABLE = re.compile(r"(?:https?|ftp)://[^\s/]+")


def is_fetchable(address: str) -> bool:
    """Return whether files can be fetched from an address over the internet; only https:// is encrypted."""
    return bool(_FETCHABLE.match(address)) and names_host(address)


class Photos(SettingsTable):
    """The photo folder, and the address under which the same folder can be read from the internet."""

    folder: str = Field(min_length=1)
    """Folder of photos that are called as goods are: 17.jpg, 17_1.jpg."""
    url: str
    """Address under which Prom can fetch the same folder."""

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if not is_fetchable(url):
            raise ValueError(f'"{url}" is not an address such as "https://shop.example/photos/"')
        return url if url.endswith("/") else f"{url}/"


class Catalog(SettingsTable):
    """The export; paths are relative to the sync object's file.

    `format`, `encoding`, `delimiter` and `header` are found out by looking where they are not given. `names`
    leads the merchant's column names to Torgsoft's, `extra_columns` names what follows the standard columns
    in a file without a header, `columns` names all columns of one. `centers` gives each accounting center a
    file of its own, keyed by the center's id; `path` is then the file whose texts and prices count where
    several have a good, the first one if it is left out.
    """

    path: str = Field(min_length=1)
    """File that Torgsoft writes."""
    centers: dict[str, Annotated[str, Field(min_length=1)]] = {}
    """A file for each accounting center, by its id, instead of one file."""
    format: Literal["trs", "csv", "yml", "xlsx"] | None = None
    """What the file is, where looking at it tells the wrong thing."""
    encoding: Literal["utf-8", "cp1251"] | None = None
    """How its letters are written."""
    delimiter: Literal[";", ",", "\t"] | None = None
    """What stands between two columns."""
    header: bool | None = None
    """Whether the first row holds the names of columns."""
    names: dict[str, str] = {}
    """Your names of columns and Torgsoft's: "Ключ" = "GoodID"."""
    extra_columns: list[str] = []
    """Names of your own columns behind the standard ones, where the file names none."""
    columns: list[str] = []
    """Names of all columns, in their order, where the file names none; one of them is GoodID."""
    last_line_end: bool = True
    """false: the last row is read although no line end follows; it might have been cut."""
    currency: str = Field("UAH", pattern="^[A-Z]{3}$")
    """Currency of the prices; nothing is ever converted."""
    languages: Languages = Languages.model_construct()
    """Language of the texts, and where they go."""
    photos: Photos | None = None
    """Where photos are; without it those on Prom stay untouched."""
    placeholders: list[Annotated[str, Field(min_length=1)]] = []
    """Words that mean an empty cell."""

    @cached_property
    def blank(self) -> frozenset[str]:
        """Words that mean an empty cell: those that everybody meets and the shop's own, in folded case."""
        own = (line_of_text(word, frozenset()).casefold() for word in self.placeholders)
        return PLACEHOLDERS | frozenset(own)

    @model_validator(mode="before")
    @classmethod
    def _default_path(cls, data: object) -> object:
        if isinstance(data, dict) and "path" not in data and isinstance(centers := data.get("centers"), dict):
            first = list(centers.values())[:1]
            return data | ({"path": first[0]} if first else {})
        return data

    @field_validator("centers")
    @classmethod
    def _one_file_each(cls, centers: dict[str, str]) -> dict[str, str]:
        seen: dict[str, str] = {}
        for center, path in centers.items():
            if not re.fullmatch(r"[^\s=|;]+", center):
                raise misplaced((center,), f'"{center}" is not the id of an accounting center, such as "1"')
            if path in seen:
                raise misplaced((center,), f"center {seen[path]} has this file too")
            seen[path] = center
        return centers

    @field_validator("names")
    @classmethod
    def _standard(cls, names: dict[str, str]) -> dict[str, str]:
        for name, column in names.items():
            if not is_standard(column.strip()):
                near = did_you_mean(column, [*LAYOUT_48])
                raise misplaced((name,), f"Torgsoft has no column `{column}`{near}")
        return names

    @field_validator("extra_columns")
    @classmethod
    def _own_names(cls, names: list[str]) -> list[str]:
        seen = {name.casefold() for name in LAYOUT_48}
        for number, name in enumerate(names):
            if not name.strip():
                raise misplaced((number,), "it has no name")
            if canonical(name).casefold() in seen:
                raise misplaced((number,), f"another column is named `{canonical(name)}` too")
            seen.add(canonical(name).casefold())
        return [canonical(name) for name in names]

    @model_validator(mode="after")
    def _columns_of_a_file_without_names(self) -> Self:
        if not self.columns:
            return self
        if self.extra_columns:
            raise misplaced(("columns",), "give either `columns` or `extra_columns`, not both")
        if self.header:
            raise misplaced(("columns",), "it is for a file without names; `header` says that there are some")
        resolved = resolve(self.columns, self.names).columns
        seen: set[str] = set()
        for number, name in enumerate(resolved):
            if not name:
                raise misplaced(("columns", number), "it has no name")
            if name.casefold() in seen:
                raise misplaced(("columns", number), f"another column is named `{name}` too")
            seen.add(name.casefold())
        if KEY not in resolved:
            raise misplaced(("columns",), f"no column is named `{KEY}`, which is the key of a good")
        return self

    @model_validator(mode="after")
    def _path_of_a_center(self) -> Self:
        if self.centers and self.path not in self.centers.values():
            raise misplaced(
                ("path",), "it is none of the files of `centers`; name the one that leads, or leave it out"
            )
        return self


SPLIT_TARGETS = ("name", "description", "keywords", "characteristic", "vendor", "country", "unit")
"""Targets whose texts may be written in both languages, `<uk>_<ru>` (torgsoft §5)."""


class FieldMapping(SettingsTable):
    """One column of the export and where it goes. `name` and `unit` belong to characteristics.

    `split` parts a text that is written in both languages: Ukrainian, then Russian.
    """

    column: str = Field(min_length=1)
    """Column of the export."""
    to: Annotated[str, WithJsonSchema({"type": "string", "enum": [*TARGETS]})]
    """What it is on Prom; the README lists the targets."""
    name: str | None = None
    """The characteristic's name for buyers."""
    unit: str | None = None
    """The characteristic's unit, where the export gives a value none of its own."""
    split: str | None = Field(None, min_length=1)
    """What parts Ukrainian from Russian in one cell."""
    owner: Literal["torgsoft", "prom"] = "torgsoft"
    """torgsoft: Prom shows what the export says; prom: set at creation, then left alone."""

    @field_validator("column")
    @classmethod
    def _speakable(cls, column: str) -> str:
        name = canonical(column)
        if name in SECRET:
            raise ValueError(f"`{name}` is what the shop paid; it can never be sent")
        return name

    @field_validator("name")
    @classmethod
    def _one_line(cls, name: str | None) -> str | None:
        return name and line_of_text(name, frozenset())

    @field_validator("to")
    @classmethod
    def _known(cls, target: str) -> str:
        if target not in TARGETS:
            raise ValueError(f"there is no target `{target}`{did_you_mean(target, TARGETS)}")
        return target

    @model_validator(mode="after")
    def _characteristic_named(self) -> Self:
        if self.to == "characteristic" and not self.name:
            raise ValueError('a characteristic needs a name, such as name = "Колір"')
        return self

    @model_validator(mode="after")
    def _split_in_two(self) -> Self:
        if self.split is None:
            return self
        if self.to not in SPLIT_TARGETS:
            known = ", ".join(SPLIT_TARGETS)
            raise ValueError(f"`split` parts two languages of a text; `{self.to}` is none of {known}")
        if (self.name or "").count(self.split) > 1:
            raise ValueError(f'the name holds "{self.split}" more than once; it parts two languages')
        return self

    @property
    def names(self) -> frozenset[str]:
        """The names of a characteristic: one, or one for each language."""
        name = self.name or ""
        parts = name.split(self.split) if self.split else [name]
        return frozenset(part.strip() for part in parts if part.strip())

    @cached_property
    def unit_column(self) -> str:
        """The column that holds the units of the values."""
        return unit_column(self.column)


ALSO_SET = {"wholesale_prices": ("wholesale_price", "wholesale_minimum")}
"""What a target sets as well."""


def twin_target(fields: Sequence[FieldMapping]) -> str | None:
    """Return a target that two columns are mapped to, None where there is none.

    Names of characteristics that differ by case, blanks or look-alike letters alone are one name, and of a
    name in two languages each counts.
    """
    seen: set[str] = set()
    for mapping in fields:
        targets = {mapping.to, *ALSO_SET.get(mapping.to, ())}
        if mapping.to == "characteristic":
            targets = {f"characteristic {folded(name)}" for name in mapping.names}
        elif mapping.split and f"{mapping.to}_ru" in TARGETS:
            targets.add(f"{mapping.to}_ru")
        if twins := targets & seen:
            return f"characteristic {mapping.name}" if mapping.to == "characteristic" else max(twins)
        seen |= targets
    return None
