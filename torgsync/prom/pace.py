"""How fast requests may follow each other: one pace for a token and an address, whoever uses it."""

from __future__ import annotations

from threading import Lock
from weakref import WeakValueDictionary


class Pace:
    """When the next request may start, on a clock that never goes back."""

    def __init__(self) -> None:
        self._next = float("-inf")
        self._lock = Lock()

    def wait_for(self, now: float, interval: float) -> float:
        """Return how many seconds a request must wait; the next starts no sooner than `interval` later."""
        with self._lock:
            start = max(now, self._next)
            self._next = start + interval
            return start - now

    def started(self, now: float, interval: float) -> None:
        """Note when a request that had to wait really started: sleep may last longer than it was asked to."""
        with self._lock:
            self._next = max(self._next, now + interval)


_paces: WeakValueDictionary[tuple[str, str], Pace] = WeakValueDictionary()
_lock = Lock()


def shared_pace(address: str, token: str) -> Pace:
    """Return the pace of a token at an address; those who use it at the same time share it."""
    with _lock:
        pace = _paces.get((address, token))
        if pace is None:
            pace = _paces[address, token] = Pace()
        return pace
