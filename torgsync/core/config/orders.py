"""The tables of orders: buyers, the outbox, and payment methods."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from torgsync.core.config.secret_sources import FromEnvironment, FromFile, FromKeyring
from torgsync.core.config.table import SettingsTable


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


class PaymentMethod(SettingsTable):
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
