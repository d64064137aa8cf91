"""Where situations are remembered: in the state, and in a file of the home while the state cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from torgsync import disk
from torgsync.core.notices.decide import Situations
from torgsync.core.notices.sending import FailedDelivery
from torgsync.core.notices.situations import Situation, read_name
from torgsync.state.store import Store

FILE = "situations.json"
"""The file in a home; it is there only while the state cannot be used."""
_Kept = dict[str, dict[str, Situation]]


class Memory(Protocol):
    """Remembers the situations of objects."""

    def read(self, slug: str) -> Situations:
        """Return the situations of an object."""

    def write(self, slug: str, situations: Situations) -> None:
        """Remember these situations of an object and no others."""

    def note(self, slug: str, failures: Mapping[str, FailedDelivery | None], now: datetime) -> None:
        """Record which addresses of an object could not be reached, and which were, by fingerprint."""


class StateMemory:
    """The memory of a state that can be used; it takes over what the file of the home has."""

    def __init__(self, store: Store, home: Path) -> None:
        self._store = store
        self._file = FileMemory(home)

    def read(self, slug: str) -> Situations:
        """Return the situations of an object."""
        with self._store.transaction(slug, durable=False) as work:
            return {**work.situations.all(), **self._file.read(slug)}

    def write(self, slug: str, situations: Situations) -> None:
        """Remember these situations of an object and no others."""
        with self._store.transaction(slug, durable=False) as work:
            work.situations.replace(situations)
        self._file.forget(slug)

    def note(self, slug: str, failures: Mapping[str, FailedDelivery | None], now: datetime) -> None:
        """Record which addresses of an object could not be reached, and which were."""
        with self._store.transaction(slug, durable=False) as work:
            for address, failure in failures.items():
                work.situations.note_failure(address, failure, now)


class FileMemory:
    """The memory of a home whose state cannot be used; where it cannot be written either, nothing is kept."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE

    def read(self, slug: str) -> Situations:
        """Return the situations of an object."""
        return {read_name(name): situation for name, situation in self._all().get(slug, {}).items()}

    def write(self, slug: str, situations: Situations) -> None:
        """Remember these situations of an object and no others."""
        self._put({**self._all(), slug: {str(name): situation for name, situation in situations.items()}})

    def note(self, slug: str, failures: Mapping[str, FailedDelivery | None], now: datetime) -> None:
        """Record nothing: what keeps the state from being used is to be mended first."""

    def forget(self, slug: str) -> None:
        """Forget an object, and with the last one the file."""
        if self._path.exists():
            self._put({known: kept for known, kept in self._all().items() if known != slug})

    def _all(self) -> _Kept:
        with suppress(OSError, ValueError, msgspec.DecodeError):
            return msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        return {}

    def _put(self, kept: _Kept) -> None:
        with suppress(OSError):
            if kept:
                with disk.replacing(self._path) as file:
                    file.write(msgspec.json.encode(kept))
            else:
                self._path.unlink(missing_ok=True)
