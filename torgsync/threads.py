"""Threads that work for a run: they have its context, which says its language, its log and where it prints.

Python gives a new thread an empty context. Signals that stop a run are left to the main thread, whose waiting
they interrupt: one that came to another thread would be noticed only once the main thread wakes.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from threading import Event, Thread, Timer
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

HANGUP = getattr(signal, "SIGHUP", None)
"""The signal of a terminal that is closed, or a connection that broke; Windows has none."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, *([HANGUP] if HANGUP else []))
"""What stops a run."""


@contextmanager
def _deaf() -> Iterator[None]:
    """Have threads that are started in the block get no signal. Windows has signals in the main one only."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def start_thread(work: Callable[[], object], name: str) -> Thread:
    """Do something in a thread that ends with the process, as it would be done here."""
    thread = Thread(target=copy_context().run, args=(work,), name=name, daemon=True)
    with _deaf():
        thread.start()
    return thread


@contextmanager
def closing_after(seconds: float, close: Callable[[], object]) -> Iterator[Event]:
    """Call `close` from another thread where the block takes longer; the event, which is yielded, says so."""
    late = Event()

    def give_up() -> None:
        late.set()
        close()

    timer = Timer(seconds, give_up)
    timer.daemon = True
    with _deaf():
        timer.start()
    try:
        yield late
    finally:
        timer.cancel()


class ContextThreadPool(ThreadPoolExecutor):
    """A pool of threads, each of which works in the context of who gave it the work."""

    def submit(self, fn: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_R]:
        """Have a thread do something; see `ThreadPoolExecutor.submit`."""
        with _deaf():
            return super().submit(partial(copy_context().run, fn), *args, **kwargs)
