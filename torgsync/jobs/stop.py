"""Stop a run on request: at once while it only waits, otherwise at the next safe point.

The first request (Ctrl-C, or the signal by which systems end a program) waits for a safe point; the second
one ends the program immediately.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignal:
    """Whether a run was requested to stop, and whether it may stop where it is."""

    def __init__(self) -> None:
        self._requested = False
        self._waiting = False

    def request(self) -> None:
        """Request a stop.

        Raises:
            Interrupted: The run only waits.
            KeyboardInterrupt: It was requested before.
        """
        if self._requested:
            raise KeyboardInterrupt
        self._requested = True
        if self._waiting:
            self.check()

    def check(self) -> None:
        """Raise Interrupted if a stop was requested.

        Call it where no request is in flight and all outcomes are recorded.
        """
        if self._requested:
            raise error_of(Interrupted, problem(ProblemCode.STOPPED))

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
        """Request a stop on Ctrl-C and on the system's signal to end, for the time of the block."""
        if threading.current_thread() is not threading.main_thread():
            yield  # Python delivers signals only to the main thread
            return

        def handle(_number: int, _frame: FrameType | None) -> None:
            self.request()

        before = {number: signal.signal(number, handle) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
