"""Every value of a sync object with its key, so that no key can be forgotten where all are checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, SecretStr

from torgsync.core.config.keys import Key
from torgsync.core.config.settings import FromEnvironment, FromFile, FromKeyring, SyncObject

Secret = FromEnvironment | FromFile | FromKeyring | SecretStr
"""A secret itself, or where it is kept."""
SECRETS = (FromEnvironment, FromFile, FromKeyring, SecretStr)


def secrets_in(settings: SyncObject) -> Iterator[tuple[Key, Secret]]:
    """Yield every secret of a sync object, with its key."""
    for key, value in _values(settings, ()):
        if isinstance(value, SECRETS):
            yield key, value


def texts_in(settings: SyncObject) -> Iterator[tuple[Key, str]]:
    """Yield every text of a sync object that is no secret, with its key."""
    for key, value in _values(settings, ()):
        if isinstance(value, str):
            yield key, value


def switches_in(settings: SyncObject) -> Iterator[tuple[Key, bool]]:
    """Yield every switch of a sync object, with its key."""
    for key, value in _values(settings, ()):
        if isinstance(value, bool):
            yield key, value


def _values(value: object, key: Key) -> Iterator[tuple[Key, object]]:
    match value:
        case FromEnvironment() | FromFile() | FromKeyring() | SecretStr():
            yield key, value
        case BaseModel():
            for name in type(value).model_fields:
                yield from _values(getattr(value, name), (*key, name))
        case Mapping():
            for name, part in value.items():
                yield from _values(part, (*key, str(name)))
        case list() | tuple() | set() | frozenset():
            for number, part in enumerate(value):
                yield from _values(part, (*key, number))
        case _:
            yield key, value
