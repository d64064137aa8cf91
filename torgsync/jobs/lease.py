"""Keeps the lease of a run: a thread of its own renews it for as long as the run holds it.

So neither a long request nor a person who thinks makes a run lose its object; and a run that cannot renew it,
because its connection hangs or its computer slept, knows by its own clock when it must send nothing more.
Source: docs/developers/architecture.md §6.1.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from torgsync.errors import TorgsyncError
from torgsync.state.runs.leases import LEASE
from torgsync.threads import start_thread

RENEW_EVERY: float = 30
"""Seconds between two renewals."""
RETRY: float = 3
"""Seconds until a renewal is tried again that could not be made."""
THINKING: float = 600
"""Seconds for which a question to a person keeps the lease; then another run may take the object over."""
_JOIN: float = 5
"""Seconds to wait for a renewal in hand when the run ends."""

# What passes while a computer sleeps counts, where the system has such a clock.
_clock = getattr(time, "CLOCK_BOOTTIME", None)
elapsed: Callable[[], float] = (
    time.monotonic if _clock is None else partial(getattr(time, "clock_gettime"), _clock)  # noqa: B009
)


class LeaseKeeper:
    """The thread that renews the lease of one run.

    `lost` says that another run has taken the object over.

    Args:
        renew: Renews the lease; returns False where this run does not hold it any more. It is given what says
            whether the run has ended.
    """

    def __init__(self, renew: Callable[[Callable[[], bool]], bool]) -> None:
        self._renew = renew
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._renewed = elapsed()
        self._until: float | None = None
        self.lost = False

    def start(self) -> None:
        """Begin to renew the lease, which was taken just now."""
        self._thread = start_thread(self._keep, "lease")

    def stop(self) -> None:
        """Renew it no more."""
        self._ended.set()
        if self._thread:
            self._thread.join(_JOIN)

    @property
    def valid(self) -> bool:
        """Whether the lease was renewed within its time, by the clock of this computer."""
        return not self.lost and elapsed() - self._renewed < LEASE.total_seconds()

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """Note that the lease was renewed by the block: as of its beginning, which is never too late."""
        began = elapsed()
        yield
        self._renewed = max(self._renewed, began)

    @contextmanager
    def thinking(self) -> Iterator[None]:
        """Renew the lease for a limited time while a person is asked: a question may be forgotten."""
        self._until = elapsed() + THINKING
        try:
            yield
        finally:
            self._until = None

    def _keep(self) -> None:
        pause = RENEW_EVERY
        while not self._ended.wait(pause):
            pause = RENEW_EVERY
            if self._until is not None and elapsed() > self._until:
                continue
            try:
                with self.renewing():
                    if not self._renew(self._ended.is_set):
                        self.lost = True
                        return
            except TorgsyncError:
                pause = RETRY  # the run notices by itself what is wrong with the state
