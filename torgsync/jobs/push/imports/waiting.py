"""The time that one run spends on waiting for imports (docs/developers/architecture.md §6.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from torgsync.core.plan.imports import Wait
from torgsync.jobs.context import JobContext


@dataclass
class Waiting:
    """What a run has waited so far; each kind of wait has its limit for the whole run.

    A run that does not wait, by `waits`, looks once and leaves the rest to the next one.
    """

    context: JobContext
    waits: bool
    _spent: dict[Wait, float] = field(default_factory=dict)

    def looks(self, wait: Wait) -> Iterator[None]:
        """Pause, then yield for a look, again and again until the time of this kind of wait is over.

        The time that requests take counts too.
        """
        if not self.waits:
            return
        started, before = self.context.now(), self._spent.get(wait, 0.0)
        paused = 0.0
        for seconds in wait.pauses():
            passed = (self.context.now() - started).total_seconds()
            left = wait.limit - before - max(paused, passed)
            if left <= 0:
                return
            self.context.pause(min(seconds, left))
            paused += min(seconds, left)
            passed = (self.context.now() - started).total_seconds()
            self._spent[wait] = before + max(paused, passed)
            yield
