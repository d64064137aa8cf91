"""The sync object, checked as a whole: shop, clients, orders, payments, centers, times, prices, limits.

The models mirror the TOML file of architecture §4; `validation.py` reads them. Every default here is ours,
none is claimed to be Torgsoft's (torgsoft §17 no. 32). Docstrings go into the JSON Schema.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator

from torgsync.core.addresses import names_host
from torgsync.core.config.accounting_centers import AccountingCenters
from torgsync.core.config.catalog import (
    Catalog,
    FieldMapping,
    FromEnvironment,
    FromFile,
    FromKeyring,
    Languages,
    Photos,
    SettingsTable,
    misplaced,
    twin_target,
)
from torgsync.core.config.message_text import check_template
from torgsync.core.config.notation import Every, Markup, Rise, Rounding, Share, Weekdays
from torgsync.core.config.removal import Gone, Removal
from torgsync.core.config.retention import Retention
from torgsync.core.config.schedule import Rhythm, read_days, read_hour, read_step
from torgsync.core.config.value_map import ValueMap, ValueMapping, twin_column
from torgsync.core.product.fields import TARGETS
from torgsync.core.product.presence import Presence


class SynchronizationTime(SettingsTable):
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
        """The key of the time in the state: two that mean the same have the same."""
        rhythm = self.rhythm
        days = "".join(map(str, sorted(rhythm.days)))
        hours = f"{rhythm.start:%H:%M}-{rhythm.end:%H:%M}" if rhythm.end else "-"
        every = int(rhythm.step.total_seconds()) // 60
        return f"{self.user.casefold()} {every}m {hours} {days} {self.only or 'all'}"

    def __str__(self) -> str:
        """Return it for people: `every 30m, 08:00-21:00`."""
        hours = f", {self.between[0]}-{self.between[1]}" if self.between else ""
        days = f", {self.days}" if self.days else ""
        only = f", only {self.only}" if self.only else ""
        return f"every {self.every}{hours}{days}{only}"


def without_password(address: str) -> str:
    """Return an address with its password removed."""
    return re.sub(r"(://[^/@:]*):[^/]*@", r"\1@", address)


OUTBOXES = ("ftp", "sftp", "s3")
"""Kinds of servers that take order files."""


class Clients(SettingsTable):
    """How an order's buyer is looked up, and whether a missing one is made."""

    find_by: list[Literal["phone", "email", "name"]] = ["phone", "email"]
    """What a buyer is looked up by, in this order; two matches are told, never guessed."""
    create: bool = True
    """Whether a missing client is made."""
    path: str | None = Field(None, min_length=1)
    """File of clients that Torgsoft writes, TSClients.trs: who is in it is known from the first day."""


class Orders(SettingsTable):
    """How orders go into Torgsoft, and what Prom is told of them."""

    enabled: bool = True
    """Whether orders are fetched; false for a token without the right for orders."""
    outbox: str | None = Field(None, min_length=1)
    """Where order files are put: a folder, ftp://, sftp:// or s3://; without it a folder of this program."""
    outbox_password: FromEnvironment | FromFile | FromKeyring | None = None
    """Password of that server: { env = "NAME" }, { file = "path" } or { keyring = "NAME" }."""
    accept: bool = False
    """Whether Prom is told that a new order is received, once Torgsoft can have it."""
    since: str | None = None
    """Day from which on orders go to Torgsoft, "2026-03-01"; older ones are kept here alone."""
    free_lines: Literal["comment", "hold"] = "comment"
    """Where a free line that is no good (a gift card) goes: the file's "comment"; "hold" holds the order."""
    zone: str = "Europe/Kyiv"
    """Whose clock orders and payments are told by."""
    ship_message: str | None = None
    """Message to the buyer when a parcel number is saved, with {parcel}, {order}, {carrier}; else none."""

    @field_validator("since")
    @classmethod
    def _day(cls, since: str | None) -> str | None:
        try:
            date.fromisoformat(since or "")
        except ValueError:
            raise ValueError(f'"{since}" is not a day such as "2026-03-01"') from None
        return since

    @field_validator("ship_message")
    @classmethod
    def _sendable(cls, text: str | None) -> str | None:
        return None if text is None else check_template(text)

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
        if mark and not names_host(outbox or ""):
            # Not repeated: a password may be in it.
            raise ValueError(
                'this is not an address such as "ftp://server/folder"; in a name or password write [ as %5B, '
                "] as %5D, / as %2F, # as %23 and ? as %3F"
            )
        return outbox

    @property
    def clock(self) -> ZoneInfo:
        """The zone of the shop's clock."""
        return ZoneInfo(self.zone)

    @property
    def begin(self) -> datetime | None:
        """The moment from which on orders go to Torgsoft, aware; None where all do."""
        return datetime.combine(date.fromisoformat(self.since), time.min, self.clock) if self.since else None


class PaymentMethod(SettingsTable):
    """One of Prom's payment methods and where its money lands. Without either it is not mapped yet."""

    id: int = Field(ge=0, le=2**63 - 1)
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


class StockRules(SettingsTable):
    """What an item without stock becomes."""

    zero: Literal["not_available", "order", "waiting"] = "not_available"
    """What an item without stock becomes on Prom: not_available, order (on order) or waiting (expected)."""

    @property
    def presence(self) -> Presence:
        """The presence of an item without stock."""
        return Presence(self.zero)


class Prices(SettingsTable):
    """What is added to every price, and what it is rounded to: a step, or an ending such as 0.99."""

    markup: Markup = Decimal(0)
    """What is added to every price; "-3%" takes off."""
    round: Rounding = Decimal("0.01")
    """A step (0.5, 5) or an ending (0.99) to which prices are rounded."""


class Limits(SettingsTable):
    """The guards' limits, as shares, and Prom's patience."""

    removals: Share = Decimal("0.10")
    """Share of the products that may be taken out at once; more wait for a person."""
    deletions: Share = Decimal("0.10")
    """Share of the products that may be deleted at once after `delete_after`; more wait for a person."""
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
    requests_per_second: float = Field(2.0, ge=0.05, le=50, strict=False)
    """How fast Prom is asked."""


__all__ = [
    "AccountingCenters",
    "Catalog",
    "FieldMapping",
    "FromEnvironment",
    "FromFile",
    "FromKeyring",
    "Gone",
    "Languages",
    "Photos",
    "Removal",
    "Retention",
]
"""Tables that other modules define; they are imported from here, with those below."""


class Connection(SettingsTable):
    """How Prom is reached."""

    insecure: bool = False
    """Whether token and data may go to Prom by http://, for all to read on the way; on loopback they may."""


LONGEST_NAME = 200
"""Bytes of an object's name: files are called by it."""
TOO_LONG = "the name is too long: 200 Latin or 100 Cyrillic letters at most"


class SyncObject(SettingsTable):
    """One shop: the six tabs."""

    name: str = Field(min_length=1)
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
    clients: Clients = Clients.model_construct()
    """How buyers are found."""
    orders: Orders = Orders.model_construct()
    """How orders go into Torgsoft."""
    payment_methods: list[PaymentMethod] = []
    """Where the money of each method lands."""
    accounting_centers: AccountingCenters = AccountingCenters.model_construct()
    """Whose stock counts, and what stays out."""
    synchronization_times: list[SynchronizationTime] = []
    """When it is synchronised unattended."""
    fields: list[FieldMapping] = []
    """Which column goes where."""
    values: list[ValueMapping] = []
    """Which words of the export are replaced before they are sent."""
    stock: StockRules = StockRules.model_construct()
    """What becomes of an item without stock."""
    prices: Prices = Prices.model_construct()
    """What is made of prices."""
    removal: Removal = Removal.model_construct()
    """What becomes of what leaves."""
    limits: Limits = Limits.model_construct()
    """What waits for a person."""
    connection: Connection = Connection.model_construct()
    """How Prom is reached."""
    history: Retention = Retention()
    """How long the records of runs are kept."""

    @field_validator("fields")
    @classmethod
    def _no_twin_targets(cls, fields: list[FieldMapping]) -> list[FieldMapping]:
        for number in range(len(fields)):
            if twin := twin_target(fields[: number + 1]):
                raise misplaced((number, "to"), f"two columns are led to `{twin}`")
        return fields

    @field_validator("name")
    @classmethod
    def _fits_file(cls, name: str) -> str:
        if len(name.encode(errors="replace")) > LONGEST_NAME:
            raise ValueError(TOO_LONG)
        return name

    @field_validator("values")
    @classmethod
    def _no_twin_columns(cls, values: list[ValueMapping]) -> list[ValueMapping]:
        if number := twin_column(values):
            message = f"another table replaces words of `{values[number].column}` too; make them one"
            raise misplaced((number, "column"), message)
        return values

    @cached_property
    def value_map(self) -> ValueMap:
        """The words of `values`, prepared for many rows."""
        return ValueMap(self.values)

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
        """All settings with their defaults, for TOML or JSON; a token is hidden."""
        hidden = {"api_key": "(hidden)"} if isinstance(self.api_key, SecretStr) else {}
        document = self.model_dump(mode="json") | hidden
        if self.orders.outbox:
            document["orders"]["outbox"] = without_password(self.orders.outbox)
        return document

    @cached_property
    def prom_owned(self) -> frozenset[str]:
        """The product fields that are set at creation and then left to the people on Prom."""
        return frozenset(
            field for mapping in self.fields if mapping.owner == "prom" for field in TARGETS[mapping.to]
        )

    def passes_over(self, time: SynchronizationTime) -> bool:
        """Return whether a time has nothing to do: it is for orders alone, and none are fetched."""
        return time.only == "orders" and not self.orders.enabled

    def column_of(self, target: str) -> str:
        """Return the column that is mapped to a target, empty for none."""
        return next((mapping.column for mapping in self.fields if mapping.to == target), "")

    def payment_method(self, identity: str) -> PaymentMethod | None:
        """Return the payment method with this id, or None."""
        return next((method for method in self.payment_methods if str(method.id) == identity), None)
