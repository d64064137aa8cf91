"""How the marketplace of a sync object is reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import field_validator

from torgsync.core.config.storages import is_web_address
from torgsync.core.config.tables import SettingsTable
from torgsync.core.portals import API_PATH, PORTALS, PROM, PROM_URL, Portal
from torgsync.i18n import Message, _


class Connection(SettingsTable):
    """How the marketplace is reached."""

    url: str | None = None
    """Address of its API, with `/api/v1`; if left out, that of the marketplace in `via`."""
    insecure: bool = False
    """Whether token and data may go to Prom.ua unencrypted (`http://`); to this computer they may."""

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        # Not repeated: a password may be in it.
        if not is_web_address(url) or "@" in url or not url.rstrip("/").endswith(API_PATH):
            raise ValueError(
                _("this is not an address such as `{url}`, without a name or password", url=PROM_URL)
            )
        return url


def portal_of(data: Mapping[str, Any]) -> Portal:
    """Return the marketplace that a sync object names; Prom.ua for one that there is not."""
    name = data.get("via")
    return PORTALS.get(name, PROM) if isinstance(name, str) else PROM


def with_defaults(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a sync object says, completed by what is usual where its shop is.

    Those of Prom.ua are the defaults of the models; what is no table stays as it is, for them to refuse.
    """
    portal = portal_of(data)
    if portal is PROM:
        return data
    catalog = _table(data.get("catalog"), {"currency": portal.currency, "languages": {}})
    if isinstance(catalog, Mapping):
        usual = {"name": portal.languages[0], "both": len(portal.languages) > 1}
        catalog = {**catalog, "languages": _table(catalog["languages"], usual)}
    return {**data, "catalog": catalog, "orders": _table(data.get("orders", {}), {"zone": portal.zone})}


def _table(given: object, usual: Mapping[str, Any]) -> object:
    return {**usual, **given} if isinstance(given, Mapping) else given


def other_language(portal: Portal, name: str, *, both: bool) -> Message | None:
    """Return why texts cannot go into the languages that an object names, None where they can."""
    if name in portal.languages and (not both or len(portal.languages) > 1):
        return None
    return _(
        'texts on {portal} are only in "{language}": leave out `languages`, or give `both = false`',
        portal=portal.title,
        language=portal.languages[0],
    )
