"""What a job works with: one sync object, its memory, a clock, and somebody to tell how far it is."""

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
    """What a job is busy with."""

    READ = "reading the export"
    LOOK = "looking at Prom.ua"
    PLAN = "making the plan"
    ORDERS = "bringing orders home"
    FREE = "waiting for another import to end"
    UPLOAD = "sending the import file"
    IMPORT = "waiting for Prom.ua to import"
    SETTLE = "reading back what Prom.ua made"
    EDIT = "sending prices, stock and status"
    REMOVE = "taking products out"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is: `done` of `total`; `total` is None where nobody can know it."""

    stage: Stage
    done: int = 0
    total: int | None = None


def _silent(_progress: Progress) -> None:
    """Tell nobody."""


def _held_by_nobody(_memory: UnitOfWork) -> None:
    """Keep no lease: a look holds nothing."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """One object at work.

    `now` gives aware times in UTC, `tell` hears about progress, `sleep` waits seconds, `stop` is what a stop
    is asked by. `keep` is called at the beginning and the end of every unit of work: a run renews its lease.
    """

    settings: Settings
    file: ObjectFile
    store: Store
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    report: Callable[[Progress], None] = field(default=_silent)
    sleep: Callable[[float], None] = time.sleep
    stop: StopSignal = field(default_factory=StopSignal)
    keep: Callable[[UnitOfWork], None] = field(default=_held_by_nobody)

    @property
    def object(self) -> SyncObject:
        """The sync object."""
        return self.file.settings

    @property
    def slug(self) -> str:
        """The sync object's short name."""
        return self.file.slug

    def pause(self, seconds: float) -> None:
        """Wait; who asks for a stop ends it at once. Raises Interrupted then."""
        with self.transaction():
            pass  # a run renews its lease
        with self.stop.interruptible():
            self.sleep(seconds)

    @contextmanager
    def transaction(self, *, durable: bool = True) -> Iterator[UnitOfWork]:
        """Begin one unit of work with the object's memory; it is kept whole or not at all.

        What is not `durable` can be found out again, and a pulled plug may take it back.
        """
        with self.store.transaction(self.slug, durable=durable) as work:
            self.keep(work)
            yield work
            self.keep(work)
