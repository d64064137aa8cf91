"""What one worker of a fleet decides: what it asks for at a tick, and what follows a run.

The state knows what is due, and what is being done. The queue carries only what of that is asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from torgsync.core.fleet.lanes import Lane
from torgsync.core.fleet.ticks import TICK, Ask, asks
from torgsync.errors import Exit, TorgsyncError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.settings import Settings
from torgsync.i18n import _
from torgsync.jobs.context import JobContext
from torgsync.jobs.fleet.objects import PushedObjects
from torgsync.jobs.fleet.status import FleetStatus, KnownShop, status_of
from torgsync.jobs.missed import missed
from torgsync.jobs.run import is_held
from torgsync.jobs.timetable import own_times
from torgsync.state.store import Store

if TYPE_CHECKING:
    from torgsync.jobs.fleet.queue import Queue

LOOK_AGAIN = timedelta(seconds=150)
"""How long after a look the end of an import is looked for again; Prom takes 3 to 10 minutes."""
BUSY_AGAIN = timedelta(seconds=20)
"""How long after it was refused, as another run has the shop, or its worker must not, a run is asked for."""
IMPORT_AGAIN = timedelta(minutes=10)
"""How long after it failed, or died with its worker, a run for an import is asked for again."""
TIDY_EVERY = timedelta(hours=1)
MISSED_EVERY = timedelta(minutes=10)
"""How often it is looked whether nothing works with some shop any more; first so long after the start."""

_log = logging.getLogger(__name__)


@dataclass
class FleetWorker:
    """The shops as one worker knows them, and what it asks for.

    Args:
        store: The state.
        queue: The queue.
        objects: Reads the pushed objects.
        now: Returns the time, in UTC.
        broken: Receives the slug and the error of an object that cannot be performed, whenever it changes.
    """

    store: Store
    queue: Queue
    objects: PushedObjects
    now: Callable[[], datetime]
    broken: Callable[[str, TorgsyncError], None]
    files: Mapping[str, ObjectFile] = field(default_factory=dict)
    _reading: Lock = field(default_factory=Lock)
    refused: Mapping[str, TorgsyncError] = field(default_factory=dict)
    _tidied: datetime | None = None
    _looked: datetime | None = None
    _missed: frozenset[str] = frozenset()

    def tick(self) -> None:
        """Ask for what is due and not asked for. Raises Temporary where the state cannot be reached."""
        now = self.now()
        self._read()
        self._recover(now)
        asked = self.queue.asked()  # before the attempts: what ends in between is not due
        with self.store.look_at_fleet() as work:
            attempts = work.fleet_shops.attempts()
        wanted = [
            ask
            for slug, file in self.files.items()
            for ask in asks(slug, own_times(file), attempts.get(slug, {}), asked, now)
        ]
        self.queue.ask(wanted)
        if self._tidied is None or now - self._tidied >= TIDY_EVERY:
            self.queue.tidy()
            self._tidied = now

    def newly_missed(self) -> list[ObjectFile]:
        """Return the objects that notify people and for which nothing ran for twice an interval, each once.

        Raises Temporary.
        """
        now = self.now()
        self._looked = self._looked or now
        files = [file for file in self.files.values() if file.settings.notify.to]
        if not files or now - self._looked < MISSED_EVERY:
            return []
        self._looked = now
        with self.store.look_at_fleet() as work:
            attempts, runs = work.fleet_shops.attempts(), work.fleet_shops.last_runs()
            leases = work.fleet_shops.leases()
        found = []
        for file in files:
            begun = [attempt.started for attempt in attempts.get(file.slug, {}).values()]
            begun += [runs[file.slug].started] if file.slug in runs else []
            if file.slug not in leases and missed(file, max(begun, default=None), now):
                found.append(file)
        before, self._missed = self._missed, frozenset(file.slug for file in found)
        return [file for file in found if file.slug not in before]

    def file(self, slug: str) -> ObjectFile | None:
        """Return a shop's object, None where it was removed. Raises Temporary."""
        if not self.files:  # a job that waited is given before the first tick
            self._read()
        return self.files.get(slug)

    def given_back(self, slug: str, lane: Lane) -> list[Ask]:
        """Return what is asked for in the place of a job whose object this worker does not perform.

        Another worker may: one that trusts its host, say.
        """
        pause = TICK if self.queue.once else BUSY_AGAIN
        return [Ask(slug, lane, self.now() + pause)] if slug in self.refused else []

    def status(self, settings: Settings) -> FleetStatus:
        """Return how the fleet stands. Raises Temporary."""
        known = [
            KnownShop(slug, file.settings.name, own_times(file), file.changed_at)
            for slug, file in self.files.items()
        ]
        return status_of(self.store, settings, known, self.now())

    def _read(self) -> None:
        """Read what was pushed since the last tick."""
        with self._reading:
            view = self.objects.view()
            self.files = view.files
        for slug, error in view.broken.items():
            if str(self.refused.get(slug)) != str(error):
                self.broken(slug, error)
        self.refused = view.broken

    def _recover(self, now: datetime) -> None:
        """Mark what dead workers were performing as failed, once nothing holds its shop any more.

        Its attempts count as interrupted, so that they are due again. An import has none: it is asked for.
        """
        for job, (slug, lane) in self.queue.stalled().items():
            with self.store.transaction(slug) as work:
                lease = work.leases.lease()
                if lease and is_held(lease, now):
                    continue
                work.schedule.interrupt()
            self.queue.fail(job)
            _log.warning("%s: %s", slug, _("the worker that performed it died; it is asked for again"))
            if lane is Lane.IMPORTS:
                self.queue.ask([Ask(slug, lane, now + IMPORT_AGAIN)])


def import_left(context: JobContext) -> bool:
    """Return whether there is something to do for a run that is asked for because of an import.

    A run for goods may have found out its end meanwhile.
    """
    with context.store.look(context.slug) as work:
        if work.journal.unfinished_import():
            return True
        plan = work.status.last_plan()
    return plan is None or plan.pending > 0


def follows(slug: str, lane: Lane, code: Exit, now: datetime, *, left: bool, is_open: bool) -> list[Ask]:
    """Return what is asked for after a run.

    Args:
        slug: The shop's.
        lane: The lane of the run.
        code: Its exit code.
        now: When it ended.
        left: Whether it left an import to be sent.
        is_open: Whether the end of an import is still to be looked up.
    """
    if code is Exit.BUSY:
        return [Ask(slug, lane, now + BUSY_AGAIN)]
    if code is Exit.INTERRUPTED:
        return [Ask(slug, lane, now)]
    if left or is_open:
        return [Ask(slug, Lane.IMPORTS, now if left else now + LOOK_AGAIN)]
    if lane is Lane.IMPORTS and code is Exit.TEMPORARY:
        return [Ask(slug, lane, now + IMPORT_AGAIN)]
    return []
