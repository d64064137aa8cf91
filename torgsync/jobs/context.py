"""What a job works with: one sync object, its state, a clock, and a callback for progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial

from torgsync.core.config.settings import SyncObject
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.settings import Settings
from torgsync.jobs.stop import StopSignal
from torgsync.state.store import Store, UnitOfWork


class Stage(StrEnum):
    """What a job is doing at the moment."""

    READ = "reading the export"
    LOOK = "looking at Prom.ua"
    PLAN = "making the plan"
    ORDERS = "bringing orders home"
    FREE = "waiting for another import to end"
    UPLOAD = "sending the import file"
    IMPORT = "waiting for Prom.ua to import"
    READ_BACK = "reading back what Prom.ua made"
    EDIT = "sending prices, stock and status"
    REMOVE = "taking products out"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is: `done` of `total`, which is None where it is unknown."""

    stage: Stage
    done: int = 0
    total: int | None = None


def _ignore(_progress: Progress) -> None:
    """Report nothing."""


def _no_lease(_work: UnitOfWork) -> None:
    """Renew no lease: only a run holds one."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """One sync object with everything that a job needs to work with it.

    Args:
        settings: The home: its folders and addresses.
        file: The sync object with its file.
        store: The open state.
        now: Returns the time, aware and in UTC.
        report: Receives the progress of the job.
        sleep: Waits so many seconds.
        stop: Whether a stop was requested.
        renew_lease: Called at the beginning and at the end of every unit of work of a run.
    """

    settings: Settings
    file: ObjectFile
    store: Store
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    report: Callable[[Progress], None] = field(default=_ignore)
    sleep: Callable[[float], None] = time.sleep
    stop: StopSignal = field(default_factory=StopSignal)
    renew_lease: Callable[[UnitOfWork], None] = field(default=_no_lease)

    @property
    def object(self) -> SyncObject:
        """The sync object."""
        return self.file.settings

    @property
    def slug(self) -> str:
        """The sync object's short name."""
        return self.file.slug

    def pause(self, seconds: float) -> None:
        """Wait, renewing the lease first. Raises Interrupted as soon as a stop is requested."""
        with self.transaction():
            pass
        with self.stop.interruptible():
            self.sleep(seconds)

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[UnitOfWork]:
        """Begin one unit of work on the state of the object; it is committed whole or rolled back.

        With `durable=False` the commit may be lost in a power failure; use it only for data that can be
        recomputed.
        """
        with self.store.transaction(self.slug, durable=durable) as work:
            self.renew_lease(work)
            yield work
            self.renew_lease(work)
