"""The sync object, checked as a whole: shop, clients, orders, payments, centers, times, prices, limits.

The models mirror the TOML file of architecture §4; `validation.py` reads them. Every default here is ours,
none is claimed to be Torgsoft's (torgsoft §17 no. 32). Docstrings go into the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator

from torgsync.core.config.accounting_centers import AccountingCenters
from torgsync.core.config.accounts import PaymentMethod
from torgsync.core.config.catalog import Catalog, FieldMapping, Languages, Photos, twin_target
from torgsync.core.config.connection import Connection, other_language, with_defaults
from torgsync.core.config.keys import HIDDEN
from torgsync.core.config.limits import Limits, Prices, StockRules
from torgsync.core.config.message_text import check_template
from torgsync.core.config.removal import Gone, Removal, Retention
from torgsync.core.config.sources import FileServer, check_server, source
from torgsync.core.config.storages import kind_of, storage, surplus, without_password
from torgsync.core.config.synchronization_time import SynchronizationTime
from torgsync.core.config.tables import FromEnvironment, FromFile, FromKeyring, SettingsTable, misplaced
from torgsync.core.config.unattended import Notify, Reports, masked
from torgsync.core.config.value_map import ValueMap, ValueMapping, twin_column
from torgsync.core.portals import PORTALS, Portal, PortalName
from torgsync.core.product.fields import TARGETS
from torgsync.i18n import _


class Clients(SettingsTable):
    """How the buyer of an order is found among clients, and whether a missing one is created."""

    find_by: list[Literal["phone", "email", "name"]] = ["phone", "email"]
    """What a buyer is found by, in this order; where two clients match, a person chooses."""
    create: bool = True
    """Whether a missing client is created."""
    path: str | None = Field(None, min_length=1)
    """File of clients that Torgsoft writes (`TSClients.trs`), or its address; they are known at once."""
    server: FileServer = FileServer.model_construct()
    """What the server of that address asks for, and where it may be."""

    @field_validator("path")
    @classmethod
    def _readable(cls, path: str | None) -> str | None:
        return None if path is None else source(path)

    @model_validator(mode="after")
    def _asked_for(self) -> Self:
        check_server(self.server, [self.path] if self.path else [])
        return self


class Orders(SettingsTable):
    """How orders go into Torgsoft, and what is sent to Prom.ua about them."""

    enabled: bool = True
    """Whether orders are fetched; `false` for a token without the right for orders."""
    outbox: str | None = Field(None, min_length=1)
    """Where order files are put: a folder, `ftp://`, `sftp://` or `s3://`; if left out, the home folder."""
    outbox_password: FromEnvironment | FromFile | FromKeyring | None = None
    """Password of that server: `{ env = "NAME" }`, `{ file = "path" }` or `{ keyring = "NAME" }`."""
    accept: bool = False
    """Whether a new order is marked as received on Prom.ua once its file for Torgsoft is written."""
    since: str | None = None
    """First day whose orders go to Torgsoft, such as `"2026-03-01"`; older ones are only kept here."""
    free_lines: Literal["comment", "hold"] = "comment"
    """A free line that is no item (a gift card): `comment` puts it there, `hold` holds the order."""
    zone: str = "Europe/Kyiv"
    """Time zone of the dates of orders and payments."""
    ship_message: str | None = None
    """Message to the buyer about a parcel, with `{parcel}`, `{order}`, `{carrier}`; none if left out."""

    @field_validator("since")
    @classmethod
    def _day(cls, since: str | None) -> str | None:
        try:
            date.fromisoformat(since or "")
        except ValueError:
            raise ValueError(_('"{given}" is not a day such as `"2026-03-01"`', given=since)) from None
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
            raise ValueError(
                _('there is no time zone "{zone}"; that of Ukraine is `"Europe/Kyiv"`', zone=zone)
            ) from None
        return zone

    @field_validator("outbox")
    @classmethod
    def _reachable(cls, outbox: str | None) -> str | None:
        return None if outbox is None else storage(outbox)

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if kind_of(self.outbox) and self.outbox_password:
            for why in surplus(self.outbox, ["password"], "outbox").values():
                raise misplaced(("outbox_password",), why)
        return self

    @property
    def clock(self) -> ZoneInfo:
        """The zone of the shop's clock."""
        return ZoneInfo(self.zone)

    @property
    def begin(self) -> datetime | None:
        """The moment from which on orders go to Torgsoft, aware; None where all do."""
        return datetime.combine(date.fromisoformat(self.since), time.min, self.clock) if self.since else None


__all__ = [
    "AccountingCenters",
    "Catalog",
    "Connection",
    "FieldMapping",
    "FromEnvironment",
    "FromFile",
    "FromKeyring",
    "Gone",
    "Languages",
    "Limits",
    "Notify",
    "PaymentMethod",
    "Photos",
    "Prices",
    "Removal",
    "Reports",
    "Retention",
    "StockRules",
    "SynchronizationTime",
]
"""Tables that other modules define; they are imported from here, with those below."""


LONGEST_NAME = 200
"""Bytes of an object's name: files are named after it."""
TOO_LONG = _("the name is too long: 200 Latin or 100 Cyrillic letters at most")


class SyncObject(SettingsTable):
    """One shop: the six tabs."""

    name: str = Field(min_length=1)
    """Name of the shop; what was sent is remembered under it."""
    language: Literal["uk", "en"] | None = None
    """Language of notifications, reports and output without a terminal: `uk` or `en`."""
    category: Literal["online-store"] = "online-store"
    """Kind of object."""
    via: PortalName = "prom.ua"
    """Marketplace: `prom.ua`; others of its platform were never tried on a living shop."""
    api_key: FromEnvironment | FromFile | FromKeyring | SecretStr
    """Token: `{ env = "NAME" }`, `{ file = "path" }`, `{ keyring = "NAME" }`, or itself (not secret)."""
    product_group: str | None = None
    """Only this group and the groups in it are sent."""
    catalog: Catalog
    """The export."""
    clients: Clients = Clients.model_construct()
    """How buyers are found."""
    orders: Orders = Orders.model_construct()
    """How orders go into Torgsoft."""
    payment_methods: list[PaymentMethod] = []
    """Where the money of each payment method goes."""
    accounting_centers: AccountingCenters = AccountingCenters.model_construct()
    """Whose stock is sent, and which items are not."""
    synchronization_times: list[SynchronizationTime] = []
    """When it is synchronized unattended."""
    fields: list[FieldMapping] = []
    """Which column goes to which field of a product."""
    values: list[ValueMapping] = []
    """Which words of the export are replaced before they are sent."""
    stock: StockRules = StockRules.model_construct()
    """How an item without stock is shown."""
    prices: Prices = Prices.model_construct()
    """How prices are changed before they are sent."""
    removal: Removal = Removal.model_construct()
    """What happens to products whose items are no longer sent."""
    limits: Limits = Limits.model_construct()
    """Which changes are held until you allow them."""
    connection: Connection = Connection.model_construct()
    """How Prom.ua is reached."""
    history: Retention = Retention()
    """How long the records of runs are kept."""
    notify: Notify = Notify.model_construct()
    """Who is notified of what happens in unattended runs."""
    reports: Reports = Reports.model_construct()
    """Where the reports of unattended runs are kept."""

    @model_validator(mode="before")
    @classmethod
    def _of_portal(cls, data: object) -> object:
        return with_defaults(data) if isinstance(data, Mapping) else data

    @model_validator(mode="after")
    def _fits_portal(self) -> Self:
        for one in self.synchronization_times:
            one.by_clock(self.portal.clock)  # only the object knows the marketplace
        languages = self.catalog.languages
        if why := other_language(self.portal, languages.name, both=languages.both):
            raise misplaced(("catalog", "languages"), why)
        return self

    @field_validator("fields")
    @classmethod
    def _no_twin_targets(cls, fields: list[FieldMapping]) -> list[FieldMapping]:
        for number in range(len(fields)):
            if twin := twin_target(fields[: number + 1]):
                raise misplaced((number, "to"), _("two columns are mapped to `{target}`", target=twin))
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
            message = _(
                "another table also replaces words of `{column}`; make one table of them",
                column=values[number].column,
            )
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
                twin = _("another payment method also has the id `{id}`", id=method.id)
                raise misplaced((number, "id"), twin)
            seen.add(method.id)
        return methods

    @property
    def document(self) -> dict[str, Any]:
        """All settings with their defaults, for TOML or JSON; a token is hidden."""
        hidden = {"api_key": HIDDEN} if isinstance(self.api_key, SecretStr) else {}
        document = self.model_dump(mode="json") | hidden
        if self.orders.outbox:
            document["orders"]["outbox"] = without_password(self.orders.outbox)
        if self.catalog.photos and self.catalog.photos.publish:
            document["catalog"]["photos"]["publish"] = without_password(self.catalog.photos.publish)
        document["notify"] = {
            "to": [
                masked(to) if isinstance(to, SecretStr) else to.model_dump(mode="json")
                for to in self.notify.to
            ],
            "heartbeat": masked(self.notify.heartbeat)
            if isinstance(self.notify.heartbeat, SecretStr)
            else document["notify"]["heartbeat"],
        }
        return document

    @cached_property
    def prom_owned(self) -> frozenset[str]:
        """The product fields that are set at creation and then left to the people on Prom."""
        return frozenset(
            field for mapping in self.fields if mapping.owner == "prom" for field in TARGETS[mapping.to]
        )

    @property
    def portal(self) -> Portal:
        """The marketplace where the shop is."""
        return PORTALS[self.via]

    @property
    def publishes_photos(self) -> bool:
        """Whether photos are published before they are sent."""
        return bool(self.catalog.photos and self.catalog.photos.publish)

    @property
    def photos_url(self) -> str:
        """The address under which the photos of the folder are, empty where there is no folder."""
        return self.catalog.photos.url if self.catalog.photos else ""

    def passes_over(self, time: SynchronizationTime) -> bool:
        """Return whether a time has nothing to do: it is for orders alone, and none are fetched."""
        return time.only == "orders" and not self.orders.enabled

    def column_of(self, target: str) -> str:
        """Return the column that is mapped to a target, empty for none."""
        return next((mapping.column for mapping in self.fields if mapping.to == target), "")

    def payment_method(self, identity: str) -> PaymentMethod | None:
        """Return the payment method with this id, or None."""
        return next((method for method in self.payment_methods if str(method.id) == identity), None)
