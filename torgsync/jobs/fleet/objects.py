"""The sync objects that were pushed to the state, as a worker performs them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from torgsync.core.fleet.trust import Trust
from torgsync.errors import TorgsyncError
from torgsync.files.config.objects import ObjectFile, Pushed, pushed_object
from torgsync.state.fleet.objects import PushedObject
from torgsync.state.store import Store


class FleetView(Struct, frozen=True):
    """The pushed objects at one moment, keyed by slug: those that can be performed, and the `broken` others.

    An object is broken where its text has mistakes, such as keys of a newer program, or names what its
    worker refuses.
    """

    files: Mapping[str, ObjectFile]
    broken: Mapping[str, TorgsyncError]


class PushedObjects:
    """Reads the pushed objects of a state, each text once.

    Args:
        store: The state.
        base: The folder to which their paths are relative: that of the worker's own objects.
        trust: What they may reach.
    """

    def __init__(self, store: Store, base: Path, trust: Trust) -> None:
        self._store = store
        self._base = base
        self._trust = trust
        self._read: dict[str, tuple[str, ObjectFile | TorgsyncError]] = {}

    def view(self) -> FleetView:
        """Return the objects as they are now. Raises what `Store.look` raises."""
        with self._store.look_at_fleet() as work:
            digests = work.fleet_objects.digests()
            new = [slug for slug, digest in digests.items() if self._read.get(slug, ("",))[0] != digest]
            texts = work.fleet_objects.texts(new) if new else {}
        self._read = {slug: read for slug, read in self._read.items() if slug in digests}
        for slug, pushed in texts.items():
            self._read[slug] = (pushed.digest, self._loaded(pushed))
        found = {slug: self._read[slug][1] for slug in sorted(self._read)}
        return FleetView(
            {slug: one for slug, one in found.items() if isinstance(one, ObjectFile)},
            {slug: one for slug, one in found.items() if isinstance(one, TorgsyncError)},
        )

    def _loaded(self, pushed: PushedObject) -> ObjectFile | TorgsyncError:
        try:
            return pushed_object(self._base, pushed.name, Pushed(pushed.text, pushed.pushed_at, self._trust))
        except TorgsyncError as error:
            return error
