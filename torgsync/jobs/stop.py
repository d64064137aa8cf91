"""How a run stops when it is asked to: at once while it only waits, else when the work in hand is safe.

Whoever asks first (Ctrl-C, or the signal by which systems end a program) is heard at the next safe point;
whoever asks again ends the program where it stands.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from torgsync.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignal:
    """Whether a run has been asked to stop, and whether it may be stopped where it is."""

    def __init__(self) -> None:
        self._pulled = False
        self._rests = False

    def pull(self) -> None:
        """Ask for a stop. Raises Interrupted where the run rests, KeyboardInterrupt when asked again."""
        if self._pulled:
            raise KeyboardInterrupt
        self._pulled = True
        if self._rests:
            self.check()

    def check(self) -> None:
        """Stop here if asked: raises Interrupted. Nothing may be in flight, and all outcomes written down."""
        if self._pulled:
            raise Interrupted("stopped by you")

    def rest(self, rests: bool) -> None:  # noqa: FBT001  # nothing else could be meant
        """Note whether nothing is in hand from now on, so that a stop need not wait for anything."""
        self._rests = rests  # before the look, so that nobody is missed who asks in between
        if rests:
            self.check()

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let a stop end what is done inside at once: it leaves nothing behind that could not be redone."""
        try:
            self.rest(True)
            yield
        finally:
            self.rest(False)

    @contextmanager
    def handling_signals(self) -> Iterator[None]:
        """Hear Ctrl-C and the system's signal to end for the time of a `with` block."""
        if threading.current_thread() is not threading.main_thread():
            yield  # only there Python hears signals
            return

        def heard(_number: int, _frame: FrameType | None) -> None:
            self.pull()

        before = {number: signal.signal(number, heard) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
