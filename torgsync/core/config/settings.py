"""The sync object: one shop's settings, tab by tab, checked as a whole.

The models mirror the TOML file of architecture §4; `validation.py` reads them. Every default here is ours,
none is claimed to be Torgsoft's (torgsoft §17 no. 32). Docstrings go into the JSON Schema.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator

from torgsync.core.config.catalog import Catalog, Languages, Photos
from torgsync.core.config.field_mapping import FieldMapping, twin_target
from torgsync.core.config.orders import Clients, Orders, PaymentMethod, without_password
from torgsync.core.config.rules import AccountingCenters, Gone, Limits, Prices, Removal
from torgsync.core.config.secret_sources import FromEnvironment, FromFile, FromKeyring
from torgsync.core.config.synchronization_time import SynchronizationTime
from torgsync.core.config.table import SettingsTable, misplaced
from torgsync.core.product.fields import TARGETS

__all__ = [
    "AccountingCenters",
    "Catalog",
    "Clients",
    "FieldMapping",
    "FromEnvironment",
    "FromFile",
    "FromKeyring",
    "Gone",
    "Languages",
    "Limits",
    "Orders",
    "PaymentMethod",
    "Photos",
    "Prices",
    "Removal",
    "SyncObject",
    "SynchronizationTime",
    "without_password",
]


class SyncObject(SettingsTable):
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
        """All settings with their defaults, for TOML or JSON; a token is hidden."""
        hidden = {"api_key": "(hidden)"} if isinstance(self.api_key, SecretStr) else {}
        document = self.model_dump(mode="json") | hidden
        if self.orders.outbox:
            document["orders"]["outbox"] = without_password(self.orders.outbox)
        return document

    def prom_owned(self) -> frozenset[str]:
        """Return the product fields that are set at creation and then left to the people on Prom."""
        return frozenset(
            field for mapping in self.fields if mapping.owner == "prom" for field in TARGETS[mapping.to]
        )

    def payment_method(self, identity: str) -> PaymentMethod | None:
        """Return the payment method with this id, or None."""
        return next((method for method in self.payment_methods if str(method.id) == identity), None)
