"""Files on servers that a sync object reads: their addresses, and what their servers ask for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, field_validator

from torgsync.core.addresses import names_host
from torgsync.core.config.keys import Key
from torgsync.core.config.storages import is_web_address, kind_of, without_password
from torgsync.core.config.tables import FromEnvironment, FromFile, FromKeyring, SettingsTable, misplaced
from torgsync.i18n import Message, _

WEB = ("https", "http")
SOURCES = ("https", "sftp", "ftp", "s3", "http")
"""Kinds of servers from which files are read."""
_EXAMPLES = {
    "https": "https://shop.example/export/TSGoods.trs",
    "http": "https://shop.example/export/TSGoods.trs",
    "sftp": "sftp://user@server/export/TSGoods.trs",
    "ftp": "ftp://user@server/export/TSGoods.trs",
    "s3": "s3://bucket/export/TSGoods.trs",
}
_SECRET = re.compile(
    r"(?i)auth|credential|hash|jwt|pass|pwd|secret|session|sig|token|(?:^|[_.-])(?:api)?key|^k$|^s[ev]$"
)
"""Names of what is secret in the query of an address, also of one that a storage has signed."""


class FileServer(SettingsTable):
    """What the server of a file asks for, where `path` is an address, and where it may be."""

    user: str | None = Field(None, min_length=1)
    """User of the server, for `s3://` the id of the access key; if left out, as the system knows it."""
    password: FromEnvironment | FromFile | FromKeyring | None = None
    """Its password or secret key, kept as `api_key` is; without `user`, an access token."""
    query: FromEnvironment | FromFile | FromKeyring | None = None
    """What is behind the `?` of an address of the web and secret, such as `key=…`, kept as `api_key` is."""
    endpoint: str | None = Field(None, min_length=1)
    """Address of the S3 service, if it is not Amazon's: `"https://s3.example"`."""
    allow_private: bool = False
    """Whether the server may be this computer, or one of a private network."""

    @field_validator("endpoint")
    @classmethod
    def _web_address(cls, address: str | None) -> str | None:
        if address is not None and not is_web_address(address):
            raise ValueError(_('"{given}" is not an address such as `"https://s3.example"`', given=address))
        return address


def source(path: str) -> str:
    """Return a path, or the address of a file that can be read. Raises ValueError without any secret."""
    kind = kind_of(path)
    if not kind:
        return path
    if kind not in SOURCES:
        known = [f"{one}://" for one in SOURCES[:-1]]
        raise ValueError(
            _(
                "this program cannot read files from `{scheme}://`; give a path, or an address of one of "
                "{known:quoted}",
                scheme=kind,
                known=known,
            )
        )
    parts = urlsplit(path) if names_host(path) else None
    if parts is None or parts.fragment or not (parts.path.strip("/") or kind in WEB):
        raise ValueError(
            _(
                "this is not an address of a file such as `{example}`; in a name write `#` as `%23` and `?` "
                "as `%3F`",
                example=_EXAMPLES[kind],
            )
        )
    if parts.password is not None or (parts.username is not None and kind in (*WEB, "s3")):
        raise ValueError(
            _(
                "a user or password in an address is seen by everyone who reads it; name them in the table "
                "`server` next to `path`, as `user` and `password`"
            )
        )
    if kind not in WEB and parts.query:
        raise ValueError(_("only addresses of the web have a `?`; in a name write it as `%3F`"))
    if any(_SECRET.search(name) for name, _value in parse_qsl(parts.query, keep_blank_values=True)):
        raise ValueError(
            _(
                "a secret behind the `?` of an address is seen by everyone who reads it; keep all that is "
                "behind it elsewhere, and name that in the table `server` next to `path`, as `query`"
            )
        )
    return f"{kind}{path[len(kind) :]}"


def shown_source(path: str) -> str:
    """Return a path as it is, and an address without what may be secret of it."""
    if not kind_of(path):
        return path
    address, mark, _query = without_password(path).partition("?")
    return f"{address}{mark}…" if mark else address


def check_server(server: FileServer, paths: Collection[str], place: Key = ("server",)) -> None:
    """Refuse what the server of files is not asked for. Raises PydanticCustomError.

    `paths` are those that the table is for, `place` is the key of the table.
    """
    for key, why in _surplus(server, paths):
        raise misplaced((*place, key), why)
    if any(kind_of(path) == "http" for path in paths) and not server.allow_private:
        raise misplaced(
            ("path",),
            _(
                "`http://` is not encrypted: others on the way could change the file; give the address with "
                "https://, or allow it in a private network: `server.allow_private = true` next to `path`"
            ),
        )


def _surplus(server: FileServer, paths: Collection[str]) -> Iterator[tuple[str, Message]]:
    """Yield the keys of a server that cannot be used, each with the reason."""
    given = [key for key in FileServer.model_fields if getattr(server, key)]
    addresses = [urlsplit(path) for path in paths if kind_of(path)]
    kinds = {address.scheme for address in addresses}
    several = len({(address.scheme, address.netloc) for address in addresses}) > 1
    for key in given:
        if not addresses:
            yield key, _("only a server asks for it, and `path` names none: it is no address")
        elif key == "endpoint" and kinds != {"s3"}:
            yield key, _("only `s3://` has such an address")
        elif key == "query" and not kinds <= set(WEB):
            yield key, _("only addresses of the web have a query")
        elif key == "user" and any(address.username for address in addresses):
            yield key, _("the address in `{key}` names a user too; keep one of them", key="path")
        elif several and key in ("user", "password", "query"):
            yield key, _("the files are on several servers, and each would get it; put them on one")
