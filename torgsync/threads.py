"""Threads that work for a run: they have its context, which says its language, its log and where it prints.

Python gives a new thread an empty context.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")


def in_this_context(work: Callable[_P, _R]) -> Callable[_P, _R]:
    """Return a function that does the same in any thread as it would do here."""
    return partial(copy_context().run, work)


class ContextThreadPool(ThreadPoolExecutor):
    """A pool of threads, each of which works in the context of who gave it the work."""

    def submit(self, fn: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_R]:
        """Have a thread do something; see `ThreadPoolExecutor.submit`."""
        return super().submit(in_this_context(fn), *args, **kwargs)
