"""Places for files as a sync object names them: folders, and addresses of servers."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from torgsync.core.addresses import names_host
from torgsync.i18n import Message, _

_FETCHABLE = re.compile(r"(?:https?|ftp)://[^\s/]+")


def is_fetchable(address: str) -> bool:
    """Return whether files can be fetched from an address over the internet; only https:// is encrypted."""
    return bool(_FETCHABLE.match(address)) and names_host(address)


def is_web_address(text: str) -> bool:
    """Return whether a text is an address that can be asked."""
    return text.startswith("http") and is_fetchable(text)


def folder_address(url: str) -> str:
    """Return the address of a folder, behind which names of files are put."""
    return url if url.endswith("/") else f"{url}/"


STORAGES = ("ftp", "sftp", "s3")
"""Kinds of servers on which files are put."""
_EXAMPLES = {
    "ftp": "ftp://server/folder",
    "sftp": "sftp://server/folder",
    "s3": "s3://bucket/folder",
}


def storage(place: str) -> str:
    """Return a folder, or the address of a server on which files can be put. Raises ValueError."""
    scheme, mark, rest = place.partition("://")
    if mark and scheme.casefold() not in STORAGES:
        known = [f"{one}://" for one in STORAGES]
        raise ValueError(
            _(
                "this program cannot put files on `{scheme}://`; give a folder, or one of {known:quoted}",
                scheme=scheme,
                known=known,
            )
        )
    if mark and not names_host(place):
        # Not repeated: a password may be in it.
        raise ValueError(
            _(
                "this is not an address such as `{example}`; in a name or password write `[` "
                "as `%5B`, `]` as `%5D`, `/` as `%2F`, `#` as `%23` and `?` as `%3F`",
                example=_EXAMPLES[scheme.casefold()],
            )
        )
    return f"{scheme.casefold()}://{rest}" if mark else place


def without_password(address: str) -> str:
    """Return an address with its password removed."""
    return re.sub(r"(://[^/@:]*):[^/]*@", r"\1@", address)


def kind_of(place: str | None) -> str:
    """Return the kind of server that a place is on; empty for a folder of this machine."""
    scheme, mark, _rest = (place or "").partition("://")
    return scheme.casefold() if mark else ""


def surplus(place: str | None, given: Collection[str], key: str = "publish") -> dict[str, Message]:
    """Return what is given for the place that a `key` names although it cannot be used there, and why.

    Keyed by what is `given`: `user`, `password`, `endpoint`.
    """
    kind, parts = kind_of(place), urlsplit(place or "")
    if not kind:
        servers = [f"{one}://" for one in STORAGES]
        why = _(
            "only a server asks for it, and `{key}` names none: an address of one begins with {known:quoted}",
            key=key,
            known=servers,
        )
        return dict.fromkeys(given, why)
    refused = {"endpoint": _("only `s3://` has such an address")} if kind != "s3" else {}
    if parts.username:
        refused["user"] = _("the address in `{key}` names a user too; keep one of them", key=key)
    if parts.password:
        refused["password"] = _("the address in `{key}` has a password too; keep it only here", key=key)
    return {name: why for name, why in refused.items() if name in given}
