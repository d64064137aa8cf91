"""What a job works with: one sync object, its state, a clock, and a callback for progress."""

from __future__ import annotations

import os
import signal
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from itertools import count
from types import FrameType
from typing import TYPE_CHECKING

from msgspec import Struct

from torgsync.core.config.settings import SyncObject
from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.errors import Interrupted, TorgsyncError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.settings import Settings
from torgsync.i18n import Message
from torgsync.state.shared import shared_store
from torgsync.state.store import Store, UnitOfWork
from torgsync.state.unusable import UnusableStore
from torgsync.threads import HANGUP, SIGNALS

if TYPE_CHECKING:
    from torgsync.prom.recording.recorder import Recorder


class Stage(StrEnum):
    """What a job is doing at the moment."""

    READ = "read"
    PHOTOS = "photos"
    ADDRESSES = "addresses"
    PUBLISH = "publish"
    CLEAN = "clean"
    LOOK = "look"
    PLAN = "plan"
    ORDERS = "orders"
    FREE = "free"
    UPLOAD = "upload"
    IMPORT = "import"
    READ_BACK = "read-back"
    EDIT = "edit"
    REMOVE = "remove"


class Progress(Struct, frozen=True):
    """How far a stage is: `done` of `total`, which is None where it is unknown."""

    stage: Stage
    done: int = 0
    total: int | None = None


def _ignore(_given: object) -> None:
    """Report no progress, renew no lease: only a run holds one."""


class StopRequest:
    """The request to stop one or several runs."""

    def __init__(self) -> None:
        self.made = False
        self.event = threading.Event()

    def make(self) -> None:
        """Make the request, also a second time, and from the handler of a signal that interrupts this."""
        if not self.made:
            self.made = True  # an event alone would wait for itself
            self.event.set()


class StopSignal:
    """Whether a run was requested to stop, and whether it may stop where it is.

    Several runs that are stopped together have a signal each, made with a common request.
    """

    def __init__(self, request: StopRequest | None = None) -> None:
        self._request = request or StopRequest()
        self._waiting = False

    @property
    def requested(self) -> bool:
        """Whether a stop was requested."""
        return self._request.made

    def request(self) -> None:
        """Request a stop, from any thread; the run notices it at its next safe point, or where it sleeps."""
        self._request.make()

    def check(self) -> None:
        """Raise Interrupted if a stop was requested: where all outcomes of requests are recorded."""
        if self._request.made:
            raise error_of(Interrupted, problem(ProblemCode.STOPPED))

    def sleep(self, seconds: float) -> None:
        """Sleep. Raises Interrupted as soon as a stop is requested, where the run only waits."""
        if threading.current_thread() is threading.main_thread():
            time.sleep(seconds)  # the handler of the signal raises
        elif self._request.event.wait(seconds) and self._waiting:
            self.check()

    def wait(self, waiting: bool) -> None:  # noqa: FBT001  # nothing else could be meant
        """Note whether the run only waits from now on, so that a stop takes effect at once."""
        self._waiting = waiting  # before the check: a request between the two would be missed
        if waiting:
            self.check()

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let a stop end the block at once; all that is done in it can be repeated."""
        try:
            self.wait(True)
            yield
        finally:
            self.wait(False)

    @contextmanager
    def handling_signals(self) -> Iterator[None]:
        """Request a stop for the time of the block: on Ctrl-C, and when the system or the terminal ends.

        Where the run only waits, Interrupted is raised at once, the second time KeyboardInterrupt anywhere.
        A hangup that `nohup` has the process ignore stays ignored. One that is repeated, as shells do, says
        nothing new.
        """
        if threading.current_thread() is not threading.main_thread():
            yield  # Python delivers signals only to the main thread
            return

        stops, hangups = count(), count()  # counts, as one signal may interrupt the handler of another

        def handle(number: int, _frame: FrameType | None) -> None:
            if number == HANGUP:
                _leave_terminal()
                if next(hangups) or self.requested:
                    return
            if next(stops) or self.requested:
                raise KeyboardInterrupt
            self.request()
            if self._waiting:
                self.check()

        ignored = HANGUP and signal.getsignal(HANGUP) is signal.SIG_IGN
        handled = [number for number in SIGNALS if not (number == HANGUP and ignored)]
        before = {number: signal.signal(number, handle) for number in handled}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _leave_terminal() -> None:
    """Read and write nothing any more where the terminal was: each attempt would be an error."""
    for number in range(3):
        with suppress(OSError):
            if stat.S_ISCHR(os.fstat(number).st_mode):
                nothing = os.open(os.devnull, os.O_RDWR)
                os.dup2(nothing, number)
                os.close(nothing)


@dataclass(frozen=True, slots=True)
class JobContext:
    """One sync object with everything that a job needs to work with it.

    `settings` are those of the home. `now` returns the time, aware and in UTC, `report` receives the progress
    of the job, `began` is called when a run holds its lease, `renew_lease` at the beginning and at the end of
    every unit of work of a run. A `recorder` gets every request of the job, and its answer.
    """

    settings: Settings
    file: ObjectFile
    store: Store
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    report: Callable[[Progress], None] = field(default=_ignore)
    sleep: Callable[[float], None] = time.sleep
    stop: StopSignal = field(default_factory=StopSignal)
    renew_lease: Callable[[UnitOfWork], None] = field(default=_ignore)
    began: Callable[[], None] = field(default=lambda: None)
    recorder: Recorder | None = None

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
        with self.store.transaction(self.slug, durable=durable, give_up=lambda: self.stop.requested) as work:
            self.renew_lease(work)
            yield work
            self.renew_lease(work)


@contextmanager
def open_context(
    settings: Settings,
    file: ObjectFile,
    notify: Callable[[Message], None],
    stop: StopSignal,
    *,
    any_state: bool = False,
) -> Iterator[JobContext]:
    """Open the state and yield the context of an object's jobs; `notify` hears of a schema that changes.

    With `any_state` a state that cannot be opened ends only what needs it.
    """
    with ExitStack() as stack:
        try:
            store = stack.enter_context(shared_store(settings.state_url, notify))
        except TorgsyncError as reason:
            if not any_state:
                raise
            store = UnusableStore(reason)
        file = file.at_home(settings.fetched, offline=file.copies.offline, check=stop.check)
        yield JobContext(settings, file, store, sleep=stop.sleep, stop=stop)
