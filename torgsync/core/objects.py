"""The sync object: one shop's settings, tab by tab, checked as a whole.

The models mirror the TOML file of design §4. `read_settings` gives all mistakes of a file at once; which
line a key stands on is told by whoever read the file. Every default here is ours, none is claimed to be
Torgsoft's (reference/torgsoft.md §17 no. 32).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from torgsync.core.fields import TARGETS
from torgsync.core.goods import LAYOUT_48, SECRET, canonical, is_standard
from torgsync.errors import Mistake

_PERCENT = re.compile(r"(\d{1,4}(?:\.\d+)?)\s*%")


def _fraction(value: object) -> object:
    """Turn `"10%"` into the fraction 0.1; anything else is left to be refused."""
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value.strip())):
        return Decimal(found[1]) / 100
    raise ValueError(f'{value!r} is not a share such as "10%"'.replace("'", '"'))


def _share(value: object) -> object:
    fraction = _fraction(value)
    if isinstance(fraction, Decimal) and fraction > 1:
        raise ValueError(f'"{value}" is not between 0% and 100%')
    return fraction


Share = Annotated[Decimal, BeforeValidator(_share)]
Rise = Annotated[Decimal, BeforeValidator(_fraction)]


class _Table(BaseModel):
    """One table of the file. Unknown keys are mistakes: a misspelt guard would guard nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FromEnvironment(_Table):
    """The token stands in an environment variable."""

    env: str = Field(min_length=1)


class FromFile(_Table):
    """The token stands in a file of its own; the path is relative to the sync object."""

    file: str = Field(min_length=1)


class Languages(_Table):
    """Which language the export's texts are in, and whether they go to both of Prom's languages."""

    name: Literal["uk", "ru"] = "uk"
    both: bool = True


class Photos(_Table):
    """The photo folder, and the address under which the same folder can be read from the internet."""

    folder: str = Field(min_length=1)
    url: str

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if not re.match(r"https?://[^\s/]+", url):
            raise ValueError(f'"{url}" is not an address such as "https://shop.example/photos/"')
        return url if url.endswith("/") else f"{url}/"


class Catalog(_Table):
    """The export; paths are relative to the sync object's file.

    `format`, `encoding`, `delimiter` and `header` are found out by looking where they are not given. `names`
    leads the merchant's column names to Torgsoft's, `extra_columns` names what follows the standard columns
    in a file without a header. `centers` gives each accounting center a file of its own, keyed by the
    center's id; `path` is then the file whose texts and prices count where several have a good, the first one
    if it is left out.
    """

    path: str = Field(min_length=1)
    centers: dict[str, Annotated[str, Field(min_length=1)]] = {}
    format: Literal["trs", "csv", "yml", "xlsx"] | None = None
    encoding: Literal["utf-8", "cp1251"] | None = None
    delimiter: Literal[";", ",", "\t"] | None = None
    header: bool | None = None
    names: dict[str, str] = {}
    extra_columns: list[str] = []
    currency: str = Field("UAH", pattern="^[A-Z]{3}$")
    languages: Languages = Languages()
    photos: Photos | None = None

    @model_validator(mode="before")
    @classmethod
    def _first_center_leads(cls, data: object) -> object:
        if isinstance(data, dict) and "path" not in data and isinstance(centers := data.get("centers"), dict):
            leads = list(centers.values())[:1]
            return data | ({"path": leads[0]} if leads else {})
        return data

    @field_validator("centers")
    @classmethod
    def _one_file_each(cls, centers: dict[str, str]) -> dict[str, str]:
        seen: dict[str, str] = {}
        for center, path in centers.items():
            if not re.fullmatch(r"[^\s=|;]+", center):
                raise _at((center,), f'"{center}" is not the id of an accounting center, such as "1"')
            if path in seen:
                raise _at((center,), f"center {seen[path]} has this file too")
            seen[path] = center
        return centers

    @field_validator("names")
    @classmethod
    def _standard(cls, names: dict[str, str]) -> dict[str, str]:
        for name, column in names.items():
            if not is_standard(column.strip()):
                near = did_you_mean(column, [*LAYOUT_48])
                raise _at((name,), f"Torgsoft has no column `{column}`{near}")
        return names

    @field_validator("extra_columns")
    @classmethod
    def _own_names(cls, names: list[str]) -> list[str]:
        seen = {name.casefold() for name in LAYOUT_48}
        for number, name in enumerate(names):
            if not name.strip():
                raise _at((number,), "it has no name")
            if canonical(name).casefold() in seen:
                raise _at((number,), f"another column is named `{canonical(name)}` too")
            seen.add(canonical(name).casefold())
        return [canonical(name) for name in names]

    @model_validator(mode="after")
    def _led_by_a_center(self) -> Self:
        if self.centers and self.path not in self.centers.values():
            raise _at(
                ("path",), "it is none of the files of `centers`; name the one that leads, or leave it out"
            )
        return self


class Clients(_Table):
    """How an order's buyer is looked up, and whether a missing one is made."""

    find_by: list[Literal["phone", "email", "name"]] = ["phone", "email"]
    create: bool = True


class PaymentMethod(_Table):
    """One of Prom's payment methods and where its money lands. Without either it is not mapped yet."""

    id: int
    name: str
    cash_register: str | None = Field(None, min_length=1)
    current_account: str | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.cash_register and self.current_account:
            raise ValueError("give either cash_register or current_account, not both")
        return self

    @property
    def mapped(self) -> bool:
        """Whether its money has a place to land."""
        return bool(self.cash_register or self.current_account)


class AccountingCenters(_Table):
    """Whose balances are sent, and what stays out."""

    use: list[str] = []
    only_in_stock: bool = False
    only_with_photos: bool = False
    respect_display: bool = True


class SynchronizationTime(_Table):
    """When the object is synchronised unattended, by which user of which computer."""

    user: str = Field(min_length=1)
    every: str = Field(pattern=r"^[1-9]\d{0,3}[mhd]$")
    between: tuple[str, str] | None = None

    @field_validator("between", mode="before")
    @classmethod
    def _hours(cls, between: object) -> object:
        match between:
            case [start, end] if _is_hour(start) and _is_hour(end):
                return (start, end)
        raise ValueError('give two hours, such as ["08:00", "21:00"]')


def _is_hour(text: object) -> bool:
    return isinstance(text, str) and bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text))


class FieldMapping(_Table):
    """One column of the export and where it goes. `name` and `unit` belong to characteristics."""

    column: str = Field(min_length=1)
    to: str
    name: str | None = None
    unit: str | None = None
    owner: Literal["torgsoft", "prom"] = "torgsoft"

    @field_validator("column")
    @classmethod
    def _speakable(cls, column: str) -> str:
        name = canonical(column)
        if name in SECRET:
            raise ValueError(f"`{name}` is what the shop paid; it can never be sent")
        return name

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


Gone = Literal["delete", "hide", "not-available", "keep"]


class Removal(_Table):
    """What happens on Prom to products that leave."""

    gone: Gone = "delete"
    unsold: Gone = "hide"
    foreign: Literal["keep", "delete"] = "keep"


class Limits(_Table):
    """The guards' limits, as shares, and Prom's patience."""

    removals: Share = Decimal("0.10")
    price_drop: Share = Decimal("0.40")
    price_rise: Rise = Decimal("1.50")
    stock_out: Share = Decimal("0.50")
    export_rows: Share = Decimal("0.70")
    imports_per_day: int = Field(8, ge=0, le=100)
    requests_per_second: float = Field(2.0, gt=0, le=50, strict=False)


class SyncObject(_Table):
    """One shop: the six tabs."""

    name: str = Field(min_length=1, max_length=200)
    category: Literal["online-store"] = "online-store"
    via: Literal["prom.ua"] = "prom.ua"
    api_key: FromEnvironment | FromFile | str
    product_group: str | None = None
    catalog: Catalog
    clients: Clients = Clients()
    payment_methods: list[PaymentMethod] = []
    accounting_centers: AccountingCenters = AccountingCenters()
    synchronization_times: list[SynchronizationTime] = []
    fields: list[FieldMapping] = []
    removal: Removal = Removal()
    limits: Limits = Limits()

    @field_validator("fields")
    @classmethod
    def _no_twin_targets(cls, fields: list[FieldMapping]) -> list[FieldMapping]:
        for number in range(len(fields)):
            if twin := twin_target(fields[: number + 1]):
                raise _at((number, "to"), f"two columns are led to `{twin}`")
        return fields

    @field_validator("payment_methods")
    @classmethod
    def _no_twin_methods(cls, methods: list[PaymentMethod]) -> list[PaymentMethod]:
        seen: set[int] = set()
        for number, method in enumerate(methods):
            if method.id in seen:
                raise _at((number, "id"), f"another payment method has the id {method.id} too")
            seen.add(method.id)
        return methods

    def prom_owned(self) -> frozenset[str]:
        """Return the product fields that are set at creation and then left to the people on Prom."""
        return frozenset(
            field for mapping in self.fields if mapping.owner == "prom" for field in TARGETS[mapping.to]
        )

    def payment_method(self, identity: str) -> PaymentMethod | None:
        """Return the payment method with this id, or None."""
        return next((method for method in self.payment_methods if str(method.id) == identity), None)


def twin_target(fields: Sequence[FieldMapping]) -> str | None:
    """Return a target that two columns are led to, None where each has its own."""
    seen: set[str] = set()
    for mapping in fields:
        target = f"{mapping.to} {mapping.name}" if mapping.to == "characteristic" else mapping.to
        if target in seen:
            return target
        seen.add(target)
    return None


Path = tuple[str | int, ...]
"""Where a key stands: `("payment_methods", 1, "name")`."""


def read_settings(data: Mapping[str, Any], line_of: Callable[[Path], int]) -> SyncObject | list[Mistake]:
    """Return the sync object, or all its mistakes in the order of the file.

    `line_of` tells the line of a key's path, or of the nearest table above it.
    """
    try:
        return SyncObject.model_validate(data)
    except ValidationError as refused:
        mistakes = {_mistake(dict(error), line_of) for error in refused.errors()}
        return sorted(mistakes)


def _at(place: Path, message: str) -> PydanticCustomError:
    """Return a mistake that stands at `place` below the key that is looked at."""
    return PydanticCustomError("misplaced", "{message}", {"message": message, "place": place})


def _mistake(error: Mapping[str, Any], line_of: Callable[[Path], int]) -> Mistake:
    path: Path = tuple(error["loc"])
    if path[:1] == ("api_key",):
        path = ("api_key",)
        return Mistake(
            line_of(path), "api_key", 'give { env = "NAME" }, { file = "path" } or the token itself'
        )
    if error["type"] == "misplaced":
        path += tuple(error["ctx"]["place"])
    return Mistake(line_of(path), key_text(path), _words(error, path))


def key_text(path: Path) -> str:
    """Return a key's path as people write it: `payment_methods[1].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _words(error: Mapping[str, Any], path: Path) -> str:
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
        case _:
            return str(error["msg"]).replace("Input should be", "this should be")


def _keys_at(path: Path) -> list[str]:
    """Return the keys that the table at `path` knows."""
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


def did_you_mean(word: str, known: object) -> str:
    """Return `; did you mean `x`?` where one of the known words is near, else nothing."""
    near = get_close_matches(
        word, [str(name) for name in known] if isinstance(known, (list, tuple, dict)) else []
    )
    return f"; did you mean `{near[0]}`?" if near else ""
