"""The sync object: one shop's settings, tab by tab, checked as a whole.

The models mirror the TOML file of architecture §4; `mistakes.py` reads them. Every default here is ours, none
is claimed to be Torgsoft's (torgsoft §17 no. 32).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from torgsync.core.config.keys import Key
from torgsync.core.config.notation import Every, Kept, Markup, Rise, Rounding, Share, Weekdays
from torgsync.core.config.schedule import Rhythm, read_days, read_hour, read_step
from torgsync.core.product.cells import PLACEHOLDERS, line_of_text
from torgsync.core.product.columns import LAYOUT_48, SECRET, canonical, is_standard
from torgsync.core.product.fields import TARGETS
from torgsync.core.text import did_you_mean


class _Table(BaseModel):
    """One table of the file. Unknown keys are mistakes: a misspelt guard would guard nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class FromEnvironment(_Table):
    """The token stands in an environment variable."""

    env: str = Field(min_length=1)
    """Name of the environment variable."""


class FromFile(_Table):
    """The token stands in a file of its own; the path is relative to the sync object."""

    file: str = Field(min_length=1)
    """File that holds the token, relative to this one; only its owner should be able to read it."""


class FromKeyring(_Table):
    """The token lies in the keyring of the user's system."""

    keyring: str = Field(min_length=1)
    """Name under which the token lies there."""


class Languages(_Table):
    """Which language the export's texts are in, and whether they go to both of Prom's languages."""

    name: Literal["uk", "ru"] = "uk"
    """Language of the texts: uk or ru."""
    both: bool = True
    """Whether they go to both of Prom's languages; no text is translated."""


class Photos(_Table):
    """The photo folder, and the address under which the same folder can be read from the internet."""

    folder: str = Field(min_length=1)
    """Folder of photos that are called as goods are: 17.jpg, 17_1.jpg."""
    url: str
    """Address under which Prom can fetch the same folder."""

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
    currency: str = Field("UAH", pattern="^[A-Z]{3}$")
    """Currency of the prices; nothing is ever converted."""
    languages: Languages = Languages()
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
    def _led_by_a_center(self) -> Self:
        if self.centers and self.path not in self.centers.values():
            raise misplaced(
                ("path",), "it is none of the files of `centers`; name the one that leads, or leave it out"
            )
        return self


def without_password(address: str) -> str:
    """Return an address as people may read it."""
    return re.sub(r"(://[^/@:]*):[^/]*@", r"\1@", address)


OUTBOXES = ("ftp", "sftp", "s3")
"""Kinds of servers that take order files."""


class Clients(_Table):
    """How an order's buyer is looked up, and whether a missing one is made."""

    find_by: list[Literal["phone", "email", "name"]] = ["phone", "email"]
    """What a buyer is looked up by, in this order; two matches are told, never guessed."""
    create: bool = True
    """Whether a missing client is made."""
    path: str | None = Field(None, min_length=1)
    """File of clients that Torgsoft writes, TSClients.trs: who is in it is known from the first day."""


class Orders(_Table):
    """How orders go into Torgsoft, and what Prom is told of them."""

    outbox: str | None = Field(None, min_length=1)
    """Where order files are put: a folder, ftp://, sftp:// or s3://; without it a folder of this program."""
    outbox_password: FromEnvironment | FromFile | FromKeyring | None = None
    """Password of that server: { env = "NAME" }, { file = "path" } or { keyring = "NAME" }."""
    accept: bool = False
    """Whether Prom is told that a new order is received, once Torgsoft can have it."""
    since: str | None = None
    """Day from which on orders go to Torgsoft, "2026-03-01"; older ones are kept here alone."""
    zone: str = "Europe/Kyiv"
    """Whose clock orders and payments are told by."""

    @field_validator("since")
    @classmethod
    def _day(cls, since: str | None) -> str | None:
        try:
            date.fromisoformat(since or "")
        except ValueError:
            raise ValueError(f'"{since}" is not a day such as "2026-03-01"') from None
        return since

    @field_validator("zone")
    @classmethod
    def _somewhere(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder
            raise ValueError(f'there is no time zone "{zone}"; one is called "Europe/Kyiv"') from None
        return zone

    @field_validator("outbox")
    @classmethod
    def _reachable(cls, outbox: str | None) -> str | None:
        scheme, mark, _ = (outbox or "").partition("://")
        if mark and scheme.casefold() not in OUTBOXES:
            known = ", ".join(f"{one}://" for one in OUTBOXES)
            raise ValueError(f'"{scheme}://" is none of {known}, and no folder')
        return outbox

    @property
    def clock(self) -> ZoneInfo:
        """The zone of the shop's clock."""
        return ZoneInfo(self.zone)

    @property
    def begin(self) -> datetime | None:
        """The moment from which on orders go to Torgsoft, aware; None where all do."""
        return datetime.combine(date.fromisoformat(self.since), time.min, self.clock) if self.since else None


class PaymentMethod(_Table):
    """One of Prom's payment methods and where its money lands. Without either it is not mapped yet."""

    id: int
    """Prom's id of the method."""
    name: str
    """Its name on Prom."""
    cash_register: str | None = Field(None, min_length=1)
    """Cash register in which its money lands; this or current_account."""
    current_account: str | None = Field(None, min_length=1)
    """Account on which its money lands; this or cash_register."""
    gone: bool = False
    """Whether Prom does not list it any more; old orders may still be paid by it."""

    @field_validator("cash_register", "current_account")
    @classmethod
    def _named(cls, place: str | None) -> str | None:
        if place is not None and not place.strip():
            raise ValueError("it has no name")
        return place

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
    """Ids of the centers whose stock counts; none means all together."""
    only_in_stock: bool = False
    """Whether goods without stock are taken off the site."""
    only_with_photos: bool = False
    """Whether goods without a photo stay off the site."""
    respect_display: bool = True
    """Whether Display = 0 keeps a good off the site."""
    keep: Kept = Decimal(0)
    """Pieces that stay for the own buyers of each center: a number, or one for each center."""

    @model_validator(mode="after")
    def _kept_where_ticked(self) -> Self:
        for center in self.keep if isinstance(self.keep, dict) and self.use else ():
            if center not in self.use:
                raise ValueError(f'keep: center "{center}" is not ticked in `use`')
        return self

    def kept_in(self, center: str) -> Decimal:
        """Return how many pieces stay in a center for its own buyers."""
        return self.keep.get(center, Decimal(0)) if isinstance(self.keep, dict) else self.keep

    @property
    def kept_in_all(self) -> Decimal:
        """Return how many pieces are kept where only the stock of all centers together is known."""
        return sum(self.keep.values(), Decimal(0)) if isinstance(self.keep, dict) else self.keep


class SynchronizationTime(_Table):
    """When the object is synchronised unattended, by which user of which computer."""

    user: str = Field(min_length=1)
    """Computer and user that synchronize: OFFICE-PC\\olena."""
    every: Every
    """How often: 30m, 2h, 1d."""
    between: tuple[str, str] | None = None
    """From which hour to which, by the clock in Kyiv; the second may lie after midnight."""
    days: Weekdays | None = None
    """On which weekdays: mon-sat, or mon,wed,fri; every day where it is left out."""
    only: Literal["goods", "orders"] | None = None
    """goods or orders, where not both are synchronized."""

    @field_validator("between", mode="before")
    @classmethod
    def _hours(cls, between: object) -> object:
        match between:
            case [str(start), str(end)]:
                with suppress(ValueError):
                    read_hour(start), read_hour(end)
                    return (start, end)
        raise ValueError('give two hours, such as ["08:00", "21:00"]')

    @model_validator(mode="after")
    def _possible(self) -> Self:
        _ = self.rhythm
        return self

    @cached_property
    def rhythm(self) -> Rhythm:
        """The moments that these settings mean."""
        start, end = map(read_hour, self.between) if self.between else (read_hour("00:00"), None)
        return Rhythm(read_step(self.every), start, end, read_days(self.days or "mon-sun"))

    @property
    def identity(self) -> str:
        """What the time is remembered by: two that mean the same are one."""
        rhythm = self.rhythm
        days = "".join(map(str, sorted(rhythm.days)))
        hours = f"{rhythm.start:%H:%M}-{rhythm.end:%H:%M}" if rhythm.end else "all day"
        every = int(rhythm.step.total_seconds()) // 60
        return f"{self.user.casefold()} {every}m {hours} {days} {self.only or 'all'}"

    def __str__(self) -> str:
        """Tell it as people do."""
        hours = f", {self.between[0]}-{self.between[1]}" if self.between else ""
        days = f", {self.days}" if self.days else ""
        only = f", only {self.only}" if self.only else ""
        return f"every {self.every}{hours}{days}{only}"


SPLIT_TARGETS = ("name", "description", "keywords", "characteristic", "vendor", "country", "unit")
"""Targets whose texts may be written in both languages, `<uk>_<ru>` (torgsoft §5)."""


class FieldMapping(_Table):
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
    """The characteristic's unit."""
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


class Prices(_Table):
    """What is added to every price, and what it is rounded to: a step, or an ending such as 0.99."""

    markup: Markup = Decimal(0)
    """What is added to every price; "-3%" takes off."""
    round: Rounding = Decimal("0.01")
    """A step (0.5, 5) or an ending (0.99) to which prices are rounded."""


Gone = Literal["delete", "hide", "not-available", "keep"]


class Removal(_Table):
    """What happens on Prom to products that leave."""

    gone: Gone = "delete"
    """What happens to goods that left the export."""
    unsold: Gone = "hide"
    """What happens to goods that a rule keeps out."""
    foreign: Literal["keep", "delete"] = "keep"
    """What happens to products on Prom that were never sent from here."""


class Limits(_Table):
    """The guards' limits, as shares, and Prom's patience."""

    removals: Share = Decimal("0.10")
    """Share of the products that may be taken out at once; more wait for a person."""
    price_drop: Share = Decimal("0.40")
    """How far a price may fall; further ones wait."""
    price_rise: Rise = Decimal("1.50")
    """How far a price may rise; further ones wait."""
    stock_out: Share = Decimal("0.50")
    """Share of the goods in stock that may sell out at once."""
    photos: Share = Decimal("0.50")
    """Share of the products with photos that may lose all of them at once."""
    export_rows: Share = Decimal("0.70")
    """Share of its usual rows that an export needs for anything to be removed."""
    imports_per_day: int = Field(8, ge=0, le=100)
    """Imports that are spent in 24 hours; Prom allows only a few."""
    requests_per_second: float = Field(2.0, gt=0, le=50, strict=False)
    """How fast Prom is asked."""


class SyncObject(_Table):
    """One shop: the six tabs."""

    name: str = Field(min_length=1, max_length=200)
    """Name of the shop; what was sent is remembered under it."""
    category: Literal["online-store"] = "online-store"
    """Kind of object."""
    via: Literal["prom.ua"] = "prom.ua"
    """Where it goes."""
    api_key: FromEnvironment | FromFile | FromKeyring | SecretStr
    """Prom's token: { env = "NAME" }, { file = "path" }, { keyring = "NAME" }, or itself, for all to read."""
    product_group: str | None = None
    """Only this group and what is under it goes."""
    catalog: Catalog
    """The export."""
    clients: Clients = Clients()
    """How buyers are found."""
    orders: Orders = Orders()
    """How orders go into Torgsoft."""
    payment_methods: list[PaymentMethod] = []
    """Where the money of each method lands."""
    accounting_centers: AccountingCenters = AccountingCenters()
    """Whose stock counts, and what stays out."""
    synchronization_times: list[SynchronizationTime] = []
    """When it is synchronised unattended."""
    fields: list[FieldMapping] = []
    """Which column goes where."""
    prices: Prices = Prices()
    """What is made of prices."""
    removal: Removal = Removal()
    """What becomes of what leaves."""
    limits: Limits = Limits()
    """What waits for a person."""

    @field_validator("fields")
    @classmethod
    def _no_twin_targets(cls, fields: list[FieldMapping]) -> list[FieldMapping]:
        for number in range(len(fields)):
            if twin := twin_target(fields[: number + 1]):
                raise misplaced((number, "to"), f"two columns are led to `{twin}`")
        return fields

    @field_validator("payment_methods")
    @classmethod
    def _no_twin_methods(cls, methods: list[PaymentMethod]) -> list[PaymentMethod]:
        seen: set[int] = set()
        for number, method in enumerate(methods):
            if method.id in seen:
                raise misplaced((number, "id"), f"another payment method has the id {method.id} too")
            seen.add(method.id)
        return methods

    @property
    def document(self) -> dict[str, Any]:
        """All settings with their defaults as TOML or JSON hold them; a token that stands there is hidden."""
        hidden = {"api_key": "(hidden)"} if isinstance(self.api_key, SecretStr) else {}
        told = self.model_dump(mode="json") | hidden
        if self.orders.outbox:
            told["orders"]["outbox"] = without_password(self.orders.outbox)
        return told

    def prom_owned(self) -> frozenset[str]:
        """Return the product fields that are set at creation and then left to the people on Prom."""
        return frozenset(
            field for mapping in self.fields if mapping.owner == "prom" for field in TARGETS[mapping.to]
        )

    def payment_method(self, identity: str) -> PaymentMethod | None:
        """Return the payment method with this id, or None."""
        return next((method for method in self.payment_methods if str(method.id) == identity), None)


def twin_target(fields: Sequence[FieldMapping]) -> str | None:
    """Return a target that two columns are led to, None where each has its own.

    A quantity makes the presence too.
    """
    seen: set[str] = set()
    for mapping in fields:
        target = f"{mapping.to} {mapping.name}" if mapping.to == "characteristic" else mapping.to
        targets = {target, f"{target}_ru"} if mapping.split and f"{target}_ru" in TARGETS else {target}
        targets |= {"presence"} if mapping.to == "quantity" else set()
        if twins := targets & seen:
            return max(twins)
        seen |= targets
    return None


def misplaced(place: Key, message: str) -> PydanticCustomError:
    """Return a mistake that stands at `place` below the key that is looked at."""
    return PydanticCustomError("misplaced", "{message}", {"message": message, "place": place})
