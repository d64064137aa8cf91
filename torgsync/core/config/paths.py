"""The keys of a sync object whose value is a path: what only one machine has, unless it is an address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torgsync.core.config.keys import Key, key_text
from torgsync.core.config.settings import SyncObject
from torgsync.core.config.storages import kind_of

PATH_KEYS: tuple[Key, ...] = (
    ("catalog", "path"),
    ("catalog", "centers"),
    ("catalog", "photos", "folder"),
    ("catalog", "photos", "publish"),
    ("clients", "path"),
    ("orders", "outbox"),
    ("reports", "folder"),
)
"""All keys whose value is a path, or a table of paths; secrets have ways of their own."""


def local_paths(settings: SyncObject) -> list[tuple[str, str]]:
    """Return each key that names a file or folder of this machine, as people write it, and its path.

    A place on a server is none, and what is left out neither: its default is in the home folder.
    """
    # The main one of several centers' files is among them.
    keys = PATH_KEYS[1:] if settings.catalog.centers else PATH_KEYS
    return [
        (key_text(named), path) for key in keys for named, path in _paths(settings, key) if not kind_of(path)
    ]


def _paths(settings: SyncObject, key: Key) -> Iterator[tuple[Key, str]]:
    """Yield the paths that a key has, each with its own key."""
    value: object = settings
    for part in key:
        value = getattr(value, str(part), None)
    if isinstance(value, Mapping):
        yield from (((*key, name), path) for name, path in value.items())
    elif isinstance(value, str):
        yield key, value
