"""Addresses of `[notify]`, read from where they are kept; never shown whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from pydantic import SecretStr

from torgsync.core.config.storages import is_web_address
from torgsync.core.config.unattended import Notify, SecretAddress, is_address, masked, number_alike
from torgsync.core.fleet.trust import Trust
from torgsync.files.config.tokens import read_secret
from torgsync.i18n import NOTHING, Message, _


@dataclass(frozen=True, slots=True)
class Address:
    """One address: how people see it, its fingerprint, and itself, None where it cannot be read.

    `trouble` says why it cannot be read.
    """

    shown: str
    fingerprint: str
    secret: SecretStr | None
    trouble: Message = NOTHING


def read_addresses(folder: Path, notify: Notify, trust: Trust | None) -> list[Address]:
    """Return the addresses of people; `folder` is that of the sync object's file. None is there twice."""
    read = (_read(folder, way, trust, web=False) for way in notify.to)
    found = {address.fingerprint: address for address in read}.values()
    shown = number_alike([address.shown for address in found])
    return [replace(address, shown=one) for address, one in zip(found, shown, strict=True)]


def read_heartbeat(folder: Path, notify: Notify, trust: Trust | None) -> Address | None:
    """Return the address of the monitor, None where there is none."""
    return _read(folder, notify.heartbeat, trust, web=True) if notify.heartbeat else None


def literal_addresses(folder: Path, notify: Notify) -> Iterator[str]:
    """Yield, as people see them, the addresses of people that are in the TOML itself."""
    literal = {_fingerprint(way.get_secret_value()) for way in notify.to if isinstance(way, SecretStr)}
    found = read_addresses(folder, notify, None)
    yield from (address.shown for address in found if address.fingerprint in literal)


def _read(folder: Path, way: SecretAddress, trust: Trust | None, *, web: bool) -> Address:
    if isinstance(way, SecretStr) and trust is None:
        return Address(masked(way), _fingerprint(way.get_secret_value()), way)
    text, trouble = read_secret(folder, way, _("there is no address in `{place}`"), trust)
    place = masked(way) if isinstance(way, SecretStr) else next(iter(way.model_dump().values()))
    text = (text or "").strip()
    if not text:
        return Address(place, _fingerprint(f"\0{place}"), None, trouble)
    if not (is_web_address(text) if web else is_address(text)):
        wrong = _("what is in `{place}` is not an address", place=place)
        return Address(place, _fingerprint(f"\0{place}"), None, wrong)
    secret = SecretStr(text)
    return Address(masked(secret), _fingerprint(text), secret)


def _fingerprint(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, person=b"torgsync").hexdigest()
