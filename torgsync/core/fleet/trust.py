"""Which secrets a pushed object may name, and which hosts get something secret for it.

Who may push an object need not know the secrets of the shops. So what an object names is resolved only among
those that its worker keeps for objects, and goes only to hosts that the worker knows. Without any worker,
`refusals` finds what every one refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum, auto

from msgspec import Struct
from pydantic import SecretStr

from torgsync.core.config.keys import Key
from torgsync.core.config.paths import local_paths
from torgsync.core.config.settings import FromEnvironment, FromFile, FromKeyring, SyncObject
from torgsync.core.config.storages import kind_of
from torgsync.core.fleet.hosts import AMAZON, Host, host_of
from torgsync.core.fleet.walk import Secret, secrets_in, switches_in, texts_in
from torgsync.core.loopback import is_loopback
from torgsync.core.portals import PORTALS
from torgsync.core.reach import Reach
from torgsync.i18n import Message, _

FOLDER = "../secrets/"
"""How a pushed object writes the folder of its worker's secrets, as one in the home writes it."""
PORTAL_HOSTS = frozenset(host for portal in PORTALS.values() if (host := host_of(portal.url)))
"""The hosts that get a token without more."""


class Trust(Struct, frozen=True):
    """What a worker lets pushed objects reach.

    `secrets` is the folder of their secrets, `prefix` begins the names of variables of the environment and of
    the keyring that they may name, empty for none. Something secret goes to `hosts` only. With `shared_disk`
    they may name files and folders, with `private` servers of exports on this machine or its network.
    """

    secrets: str
    prefix: str = ""
    hosts: frozenset[Host] = PORTAL_HOSTS
    shared_disk: bool = False
    private: bool = False

    @property
    def reach(self) -> Reach:
        """Where servers of exports may be; what they may get was looked at when the object was loaded."""
        return Reach(private=self.private, own_keys=False)

    def refuses_secret(self, way: Secret) -> Message | None:
        """Return why a secret is not resolved, None where it is; links are looked at where it is read."""
        if why := _never_resolved(way):
            return why
        match way:
            case FromEnvironment(env=name) | FromKeyring(keyring=name):
                if not self.prefix:
                    return _(
                        "this worker reads no environment variable and no keyring for pushed objects; "
                        "`--secrets PREFIX` says which names it may read"
                    )
                if not name.startswith(self.prefix):
                    return _(
                        "this worker reads only names that begin with `{prefix}`, and `{name}` does not",
                        prefix=self.prefix,
                        name=name,
                    )
        return None

    def secret_place(self, path: str) -> str:
        """Return the path of a file in the folder of secrets, relative to it. Raises ValueError."""
        if (place := secret_file(path)) is None:
            raise ValueError(path)
        return place

    def refuses_host(self, address: str) -> Message | None:
        """Return why nothing secret is sent to the host of an address, None where it is."""
        host = Host(AMAZON) if kind_of(address) == "s3" else host_of(address)
        if host is None:
            return _("its host cannot be read with certainty")
        if host not in self.hosts:
            return _(
                "this worker sends no secrets to `{host}`; `--allow-host {host}` says that it may",
                host=str(host),
            )
        if kind_of(address) == "http" and not is_loopback(host.name):
            return _("`http://` is not encrypted; give the address with https://")
        return None


class _Use(Enum):
    """What an address is for."""

    SHOWN = auto()  # others ask it, or it is asked for what everybody sees
    READ = auto()  # files are read from there
    SECRET = auto()  # something secret is sent there, or something is written


_USES: Mapping[Key, _Use] = {
    ("catalog", "photos", "url"): _Use.SHOWN,
    ("reports", "url"): _Use.SHOWN,
    ("catalog", "path"): _Use.READ,
    ("catalog", "centers"): _Use.READ,
    ("clients", "path"): _Use.READ,
}
"""What addresses are for; every other one counts as `SECRET`."""
_ENDPOINTS: Mapping[Key, Key] = {
    ("catalog", "path"): ("catalog", "server", "endpoint"),
    ("catalog", "centers"): ("catalog", "server", "endpoint"),
    ("clients", "path"): ("clients", "server", "endpoint"),
    ("catalog", "photos", "publish"): ("catalog", "photos", "publish_endpoint"),
}
"""Keys of places, and those of the service that has them where it is not Amazon's."""
_WORDS: tuple[Key, ...] = (
    ("name",),
    ("product_group",),
    ("orders", "ship_message"),
    ("values",),
    ("fields",),
    ("payment_methods",),
)
"""Keys and tables of words for people, in which an address is one of these words."""
_RISKS: Mapping[Key, Message] = {
    ("connection", "insecure"): _("a token of a pushed object is never sent unencrypted; leave this out"),
}
"""Switches that no worker takes from a pushed object, and why."""
_PRIVATE = "allow_private"


def refusals(
    settings: SyncObject, trust: Trust | None = None, *, shared_disk: bool = False
) -> list[tuple[Key, Message]]:
    """Return what of a pushed object is refused: the keys, and why.

    Args:
        settings: The sync object.
        trust: That of the worker; None when it is pushed, for what every worker refuses.
        shared_disk: Whether all workers have the same files, so that it may name some.
    """
    return [
        *_refused_secrets(settings, trust),
        *_refused_addresses(settings, trust),
        *_refused_switches(settings, trust),
        *([] if shared_disk or (trust and trust.shared_disk) else _refused_paths(settings)),
    ]


def secret_file(path: str) -> str | None:
    """Return the name of a file in the folder of secrets, None where a path is of another place."""
    path = path.replace("\\", "/")
    if not path.startswith(FOLDER) or "\0" in path:
        return None
    parts = [part for part in path.removeprefix(FOLDER).split("/") if part not in ("", ".")]
    return "/".join(parts) if parts and ".." not in parts else None


def _never_resolved(way: Secret) -> Message | None:
    """Return why no worker resolves a secret, None where one may."""
    match way:
        case SecretStr():
            return _(
                "the secret itself is not pushed, since everyone who reads the state would see it; "
                'write `{ file = "../secrets/NAME" }`, `{ env = "NAME" }` or `{ keyring = "NAME" }`'
            )
        case FromFile(file=path) if secret_file(path) is None:
            return _(
                "a worker reads only files in its own folder of secrets: `../secrets/NAME`; `{path}` is "
                "elsewhere",
                path=path,
            )
    return None


def _refused_secrets(settings: SyncObject, trust: Trust | None) -> Iterator[tuple[Key, Message]]:
    for key, way in secrets_in(settings):
        if why := trust.refuses_secret(way) if trust else _never_resolved(way):
            yield key, why


def _refused_addresses(settings: SyncObject, trust: Trust | None) -> Iterator[tuple[Key, Message]]:
    texts = dict(texts_in(settings))
    for key, text in texts.items():
        if "://" not in text or any(key[: len(words)] == words for words in _WORDS):
            continue
        if _has_password(text):
            yield key, _("a password in an address is not pushed; keep it in a file, and name that")
        elif trust and _sends_secrets(settings, texts, key, text) and (why := trust.refuses_host(text)):
            yield key, why


def _has_password(address: str) -> bool:
    """Return whether an address has a password, or on the web a name; one that cannot be read may have."""
    authority = re.split(r"[/?#\\]", address.partition("://")[2], maxsplit=1)[0]
    user, mark, _host = authority.rpartition("@")
    return bool(mark) and (":" in user or kind_of(address).startswith("http"))


def _sends_secrets(settings: SyncObject, texts: Mapping[Key, str], key: Key, address: str) -> bool:
    """Return whether the host of an address gets something secret, or what is written there."""
    use = next((use for known, use in _USES.items() if key[: len(known)] == known), _Use.SECRET)
    if kind_of(address) == "s3" and use is not _Use.SHOWN:
        endpoint = next((to for known, to in _ENDPOINTS.items() if key[: len(known)] == known), None)
        return endpoint not in texts  # its address is one of the others
    if use is _Use.READ and kind_of(address).startswith("http"):
        return any(secret[:2] == (key[0], "server") for secret, _way in secrets_in(settings))
    return use is not _Use.SHOWN


def _refused_switches(settings: SyncObject, trust: Trust | None) -> Iterator[tuple[Key, Message]]:
    for key, on in switches_in(settings):
        if on and key in _RISKS:
            yield key, _RISKS[key]
        elif on and key[-1] == _PRIVATE and trust and not trust.private:
            yield (
                key,
                _(
                    "this worker fetches nothing from servers of its own network; `--allow-private` says "
                    "that it may"
                ),
            )


def _refused_paths(settings: SyncObject) -> Iterator[tuple[Key, Message]]:
    for name, path in local_paths(settings):
        yield (
            tuple(name.split(".", 2)),
            _(
                "`{path}` is on one computer, and any worker may need it; name a server, or, where all "
                "workers have the same disk, push with `--shared-disk`",
                path=path,
            ),
        )
    if settings.orders.enabled and settings.orders.outbox is None:
        yield (
            ("orders", "outbox"),
            _(
                "it is needed: without it each order file would stay on the worker that fetched the order; "
                "name a place on a server, or write `enabled = false`"
            ),
        )
