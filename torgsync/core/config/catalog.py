"""The tables of the export of a sync object: `[catalog]` and `[[fields]]`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from torgsync.core.config.sources import FileServer, check_server, source
from torgsync.core.config.storages import folder_address, is_fetchable, is_web_address, storage, surplus
from torgsync.core.config.tables import FromEnvironment, FromFile, FromKeyring, SettingsTable, misplaced
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
from torgsync.core.text import did_you_mean, message_of
from torgsync.i18n import _

if TYPE_CHECKING:
    from torgsync.core.photos.pictures import PictureRules


class Languages(SettingsTable):
    """Which language the export's texts are in, and whether they go to both of Prom's languages."""

    name: Literal["uk", "ru"] = "uk"
    """Language of the texts: `uk` or `ru`."""
    both: bool = True
    """Whether they are sent as both languages of Prom.ua; no text is translated."""


class Photos(SettingsTable):
    """The photo folder, and the address under which the same folder can be read from the internet."""

    folder: str = Field(min_length=1)
    """Folder of photos named after the items: `17.jpg`, `17_1.jpg`."""
    url: str
    """Address from which Prom.ua can fetch the same folder."""
    publish: str | None = Field(None, min_length=1)
    """Where photos are put first so that they are at `url`: a folder, `s3://`, `sftp://` or `ftp://`."""
    publish_user: str | None = Field(None, min_length=1)
    """User of that server, for `s3://` the id of the access key; if left out, as the system knows it."""
    publish_password: FromEnvironment | FromFile | FromKeyring | None = None
    """Its password or secret key: `{ env = "NAME" }`, `{ file = "path" }` or `{ keyring = "NAME" }`."""
    publish_endpoint: str | None = Field(None, min_length=1)
    """Address of the S3 service, if it is not Amazon's: `"https://s3.example"`."""
    convert: bool = True
    """Whether pictures of other types or colours, and animated ones, are converted to be published."""
    rotate: bool = True
    """Whether pictures that are stored turned are made upright to be published."""
    scale: bool = True
    """Whether pictures that are too large are scaled to be published."""
    smallest: int = Field(200, ge=1)
    """Pixels of a side under which a picture is reported as small."""
    largest: int = Field(10_000, ge=100)
    """Pixels of a side over which a picture is reported as too large."""
    megabytes: int = Field(10, ge=1, le=100)
    """Size of a file over which it is reported as too large."""

    @property
    def rules(self) -> PictureRules:
        """What is done to pictures, and their limits."""
        from torgsync.core.photos.pictures import MEGABYTE, PictureRules  # noqa: PLC0415  # few commands need them

        return PictureRules(
            *(self.convert, self.rotate, self.scale),
            *(self.smallest, self.largest, self.megabytes * MEGABYTE),
        )

    @field_validator("publish")
    @classmethod
    def _storage(cls, place: str | None) -> str | None:
        return None if place is None else storage(place.removeprefix("file://"))

    @field_validator("publish_endpoint")
    @classmethod
    def _endpoint(cls, address: str | None) -> str | None:
        if address is not None and not is_web_address(address):
            raise ValueError(_('"{given}" is not an address such as `"https://s3.example"`', given=address))
        return address

    @model_validator(mode="after")
    def _asked_for(self) -> Self:
        given = (
            ("user", self.publish_user),
            ("password", self.publish_password),
            ("endpoint", self.publish_endpoint),
        )
        for key, why in surplus(self.publish, [key for key, value in given if value]).items():
            raise misplaced((f"publish_{key}",), why)
        return self

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if not is_fetchable(url):
            raise ValueError(
                _('"{given}" is not an address such as `"https://shop.example/photos/"`', given=url)
            )
        return folder_address(url)


class Catalog(SettingsTable):
    """The export; paths are relative to the sync object's file.

    `format`, `encoding`, `delimiter` and `header` are detected where they are not given. `names`
    maps the merchant's column names to Torgsoft's, `extra_columns` names what follows the standard columns
    in a file without a header, `columns` names all columns of one. `centers` gives each accounting center a
    file of its own, keyed by the center's id; `path` is then the file whose texts and prices count where
    several have a good, the first one if it is left out.
    """

    path: str = Field(min_length=1)
    """File that Torgsoft writes, or its address: `https://`, `sftp://`, `ftp://` or `s3://`."""
    server: FileServer = FileServer.model_construct()
    """What the server of that address asks for, and where it may be."""
    centers: dict[str, Annotated[str, Field(min_length=1)]] = {}
    """A file for each accounting center, by its id, instead of one file."""
    format: Literal["trs", "csv", "yml", "xlsx"] | None = None
    """Format of the file, if it is not detected correctly."""
    encoding: Literal["utf-8", "cp1251"] | None = None
    """Encoding of the file."""
    delimiter: Literal[";", ",", "\t"] | None = None
    """Character between two columns."""
    header: bool | None = None
    """Whether the first row has the names of the columns."""
    names: dict[str, str] = {}
    """Your names of columns and Torgsoft's: `"Ключ" = "GoodID"`."""
    extra_columns: list[str] = []
    """Names of your own columns after the standard ones, if the file has no names."""
    columns: list[str] = []
    """Names of all columns in order, if the file has no names; one of them must be `GoodID`."""
    last_line_end: bool = True
    """`false`: the last row is read also without a line end after it; it may be cut off."""
    currency: str = Field("UAH", pattern="^[A-Z]{3}$")
    """Currency of the prices; nothing is converted."""
    languages: Languages = Languages.model_construct()
    """Language of the texts, and to which languages of Prom.ua they go."""
    photos: Photos | None = None
    """Where the photos are; if left out, those on Prom.ua stay as they are."""
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

    @field_validator("path")
    @classmethod
    def _readable(cls, path: str) -> str:
        return source(path)

    @field_validator("centers")
    @classmethod
    def _one_file_each(cls, centers: dict[str, str]) -> dict[str, str]:
        seen: dict[str, str] = {}
        for center, path in centers.items():
            if not re.fullmatch(r"[^\s=|;]+", center):
                message = _('"{given}" is not the id of an accounting center, such as `"1"`', given=center)
                raise misplaced((center,), message)
            if path in seen:
                raise misplaced((center,), _("center `{center}` also has this file", center=seen[path]))
            seen[path] = center
            try:
                source(path)
            except ValueError as refused:
                raise misplaced((center,), message_of(refused)) from refused
        return {center: source(path) for center, path in centers.items()}

    @field_validator("names")
    @classmethod
    def _standard(cls, names: dict[str, str]) -> dict[str, str]:
        for name, column in names.items():
            if not is_standard(column.strip()):
                near = did_you_mean(column, [*LAYOUT_48])
                message = _("Torgsoft has no column `{column}`{near}", column=column, near=near)
                raise misplaced((name,), message)
        return names

    @field_validator("extra_columns")
    @classmethod
    def _own_names(cls, names: list[str]) -> list[str]:
        seen = {name.casefold() for name in LAYOUT_48}
        for number, name in enumerate(names):
            if not name.strip():
                raise misplaced((number,), _("the name is empty"))
            if canonical(name).casefold() in seen:
                raise misplaced((number,), _("another column is also named `{name}`", name=canonical(name)))
            seen.add(canonical(name).casefold())
        return [canonical(name) for name in names]

    @model_validator(mode="after")
    def _columns_of_a_file_without_names(self) -> Self:
        if not self.columns:
            return self
        if self.extra_columns:
            raise misplaced(("columns",), _("give either `columns` or `extra_columns`, not both"))
        if self.header:
            message = _("this is for a file without names of columns, but `header = true` says it has them")
            raise misplaced(("columns",), message)
        resolved = resolve(self.columns, self.names).columns
        seen: set[str] = set()
        for number, name in enumerate(resolved):
            if not name:
                raise misplaced(("columns", number), _("the name is empty"))
            if name.casefold() in seen:
                raise misplaced(("columns", number), _("another column is also named `{name}`", name=name))
            seen.add(name.casefold())
        if KEY not in resolved:
            message = _("no column is named `{column}`, which is the key of an item", column=KEY)
            raise misplaced(("columns",), message)
        return self

    @model_validator(mode="after")
    def _path_of_a_center(self) -> Self:
        if self.centers and self.path not in self.centers.values():
            raise misplaced(
                ("path",), _("this file is not one of `centers`; name the main one of them, or leave it out")
            )
        return self

    @model_validator(mode="after")
    def _asked_for(self) -> Self:
        check_server(self.server, self.files)
        return self

    @property
    def files(self) -> list[str]:
        """The paths and addresses of all files of the export."""
        return list(self.centers.values()) or [self.path]


SPLIT_TARGETS = ("name", "description", "keywords", "characteristic", "vendor", "country", "unit")
"""Targets whose texts may be written in both languages, `<uk>_<ru>` (torgsoft §5)."""


class FieldMapping(SettingsTable):
    """One column of the export and where it goes. `name` and `unit` belong to characteristics.

    `split` parts a text that is written in both languages: Ukrainian, then Russian.
    """

    column: str = Field(min_length=1)
    """Column of the export."""
    to: Annotated[str, WithJsonSchema({"type": "string", "enum": [*TARGETS]})]
    """Field of a product on Prom.ua; the README lists the targets."""
    name: str | None = None
    """The characteristic's name for buyers."""
    unit: str | None = None
    """The characteristic's unit, if the export has no unit with a value."""
    split: str | None = Field(None, min_length=1)
    """What separates Ukrainian from Russian in one cell."""
    owner: Literal["torgsoft", "prom"] = "torgsoft"
    """`torgsoft`: as in the export; `prom`: set when the product is created, then left as it is."""

    @field_validator("column")
    @classmethod
    def _speakable(cls, column: str) -> str:
        name = canonical(column)
        if name in SECRET:
            raise ValueError(_("`{column}` is what the shop paid; it is never sent", column=name))
        return name

    @field_validator("name")
    @classmethod
    def _one_line(cls, name: str | None) -> str | None:
        return name and line_of_text(name, frozenset())

    @field_validator("to")
    @classmethod
    def _known(cls, target: str) -> str:
        if target not in TARGETS:
            near = did_you_mean(target, TARGETS)
            raise ValueError(_("there is no target `{target}`{near}", target=target, near=near))
        return target

    @model_validator(mode="after")
    def _characteristic_named(self) -> Self:
        if self.to == "characteristic" and not self.name:
            raise ValueError(_('a characteristic needs a name, such as `name = "Колір"`'))
        return self

    @model_validator(mode="after")
    def _split_in_two(self) -> Self:
        if self.split is None:
            return self
        if self.to not in SPLIT_TARGETS:
            raise ValueError(
                _(
                    "`split` is only for texts in two languages: {known:quoted}; not for `{target}`",
                    known=SPLIT_TARGETS,
                    target=self.to,
                )
            )
        if (self.name or "").count(self.split) > 1:
            raise ValueError(
                _('"{split}" is in the name more than once; it separates two languages', split=self.split)
            )
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
