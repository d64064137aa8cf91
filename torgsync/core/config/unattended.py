"""`[notify]` and `[reports]`: who hears of what happens unattended, and where reports of it are kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pydantic import Field, SecretStr, field_validator

from torgsync.core.addresses import scheme_alone
from torgsync.core.config.storages import folder_address, is_web_address
from torgsync.core.config.tables import (
    FromEnvironment,
    FromFile,
    FromKeyring,
    SettingsTable,
    misplaced,
)
from torgsync.i18n import _

SecretAddress = FromEnvironment | FromFile | FromKeyring | SecretStr
"""An address that holds a password or a token, or where it is kept."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")


def is_address(text: str) -> bool:
    """Return whether a text has the form of an address: what can be sent there, only its service knows."""
    return _ADDRESS.fullmatch(text) is not None and text.isprintable()


def masked(address: SecretStr) -> str:
    """Return an address without what is secret of it: its scheme alone."""
    return scheme_alone(address.get_secret_value())


def number_alike(shown: Sequence[str]) -> list[str]:
    """Return addresses as people see them, those that look the same with a number: `tgram://…#2`."""
    met = Counter[str]()
    numbered = []
    for address in shown:
        met[address] += 1
        numbered.append(f"{address}#{met[address]}" if shown.count(address) > 1 else address)
    return numbered


class Notify(SettingsTable):
    """Who is notified of what happens in unattended runs."""

    to: list[SecretAddress] = []
    """Addresses in Apprise's form: `tgram://…`, `mailto://…`; secret ones by `env`, `file` or `keyring`."""
    heartbeat: SecretAddress | None = None
    """Address that each unattended run pings: `/start` when it begins, `/0` or its exit code at its end."""

    @field_validator("to")
    @classmethod
    def _addresses(cls, to: list[SecretAddress]) -> list[SecretAddress]:
        for number, address in enumerate(to):
            if isinstance(address, SecretStr) and not is_address(address.get_secret_value()):
                # Not repeated: a password may be in it.
                raise misplaced((number,), _("this is not an address such as `tgram://…` or `mailto://…`"))
        return to

    @field_validator("heartbeat")
    @classmethod
    def _web_address(cls, address: SecretAddress | None) -> SecretAddress | None:
        if isinstance(address, SecretStr) and not is_web_address(address.get_secret_value()):
            raise ValueError(_("this is not an address such as `https://hc.example/ping/…`"))
        return address


class Reports(SettingsTable):
    """Where the reports of unattended runs are kept."""

    folder: str | None = Field(None, min_length=1)
    """Folder that gets a page of every unattended run that changed or held something."""
    url: str | None = None
    """Address under which the same folder can be read; a notification links to it."""
    keep: int = Field(30, ge=1, le=10_000)
    """How many of these pages are kept; older ones are removed."""

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if not is_web_address(url):
            raise ValueError(
                _('"{given}" is not an address such as `"https://shop.example/reports/"`', given=url)
            )
        return folder_address(url)
