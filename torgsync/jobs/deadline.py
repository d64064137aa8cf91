"""Does what follows a run in a thread that may hang: the end of the process does not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from torgsync.threads import start_thread

Result = TypeVar("Result")
PATIENCE: float = 8
"""Seconds that a folder has which may be on a share that hangs; all that follows a run may take ten."""
NAME = "work with a deadline"
"""The name of the threads."""


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """Return the result of work that is given so many seconds. Raises what it raises, or TimeoutError.

    Work that takes longer is left behind in its thread, which ends with the process.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def perform() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  # raised again where it is waited for
            errors.append(error)

    start_thread(perform, NAME).join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError
    return results[0]
