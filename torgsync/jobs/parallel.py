"""Performs work in threads at the same time, each with a context and a stop of its own.

Signals come to the main thread alone, which stops all of them; a second one ends the process at once, and
with it the threads.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Generic, TypeVar

from torgsync.jobs.context import StopRequest, StopSignal
from torgsync.threads import start_thread

R = TypeVar("R")
TICK = 0.2
"""Seconds after which the main thread looks up: on Windows, no signal interrupts its waiting."""


class Parallel(Generic[R]):
    """Work that is performed in threads, in its order, at most so many at a time.

    Args:
        work: What to do, keyed by what it is for; it is given its stop, and returns what is yielded.
        most: How many are at work at once.

    Keys are in `waiting` until they are `at_work`. `begun` is called in the main thread when some were begun,
    `stopping` soon after a stop was requested.
    """

    def __init__(self, work: Mapping[str, Callable[[StopSignal], R]], most: int) -> None:
        self._stop = StopRequest()
        self.at_work: set[str] = set()
        self.waiting = list(work)
        self._work = work
        self._most = most
        self._noticed = False
        self.begun: Callable[[], None] = lambda: None
        self.stopping: Callable[[], None] = lambda: None
        self._ended: queue.SimpleQueue[tuple[str, R | None, BaseException | None]] = queue.SimpleQueue()

    @property
    def stopped(self) -> bool:
        """Whether a stop was requested."""
        return self._stop.made

    def results(self) -> Iterator[tuple[str, R]]:
        """Yield what each returned, as soon as it did. Once a stop is requested, no more are begun.

        What is left then is `waiting`. Raises what one raised: it returns errors that concern it alone.
        """
        with StopSignal(self._stop).handling_signals():
            while self._begin() or self.at_work:
                self._notice_stop()
                try:
                    key, result, error = self._ended.get(timeout=TICK)
                except queue.Empty:
                    continue
                self.at_work.discard(key)
                if error is not None:
                    raise error
                if result is not None:
                    yield key, result

    def _begin(self) -> bool:
        """Begin as many as may be; return whether any was."""
        before = len(self.waiting)
        while self.waiting and len(self.at_work) < self._most and not self._stop.made:
            key = self.waiting.pop(0)
            self.at_work.add(key)
            start_thread(partial(self._perform, key), f"torgsync {key}")
        if len(self.waiting) != before:
            self.begun()
        return len(self.waiting) != before

    def _notice_stop(self) -> None:
        if self._stop.made and not self._noticed:
            self._noticed = True
            self.stopping()

    def _perform(self, key: str) -> None:
        try:
            self._ended.put((key, self._work[key](StopSignal(self._stop)), None))
        except BaseException as error:  # noqa: BLE001  # raised again in the main thread
            self._ended.put((key, None, error))
