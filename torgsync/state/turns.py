"""Lets the threads of a process write to a SQLite file in turn.

SQLite itself has whoever waits look again after ever longer pauses: under many threads the file is idle
meanwhile, and who waits longest may wait in vain.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from weakref import WeakValueDictionary

from sqlalchemy import Engine

from torgsync.state.troubles import file_of


class _Turn:
    """The right of one thread to write to a file."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.owner: int | None = None


_turns: WeakValueDictionary[str, _Turn] = WeakValueDictionary()
_finding = Lock()


@contextmanager
def in_turn(engine: Engine) -> Iterator[None]:
    """Wait until no other thread of this process has a transaction that may write to the file of a state.

    A server lets the objects of a state write at the same time, so nothing waits here.
    """
    file = file_of(engine.url)
    turn = _turn_of(str(file)) if file else None
    if turn is None or turn.owner == get_ident():
        yield
        return
    with turn.lock:
        turn.owner = get_ident()
        try:
            yield
        finally:
            turn.owner = None


def _turn_of(file: str) -> _Turn:
    with _finding:
        turn = _turns.get(file)
        if turn is None:
            turn = _turns[file] = _Turn()
        return turn
