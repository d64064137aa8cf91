"""A clock that a marketplace and the programs that use it share; waiting takes no time of the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from torgsync.sandbox.shop.shop import Shop


@dataclass
class VirtualTime:
    """The time of a test, which moves by `sleep` and `pass_by` alone; `waited` are the seconds of sleeps."""

    time: datetime = field(default_factory=lambda: datetime.now(UTC))
    waited: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.waited.append(seconds)
        self.time += timedelta(seconds=seconds)

    def pass_by(self, **units: float) -> None:
        """Let time pass between two runs."""
        self.waited.clear()
        self.time += timedelta(**units)


def clock_of(shop: Shop) -> VirtualTime:
    """Return the virtual clock of a shop, which has it from the first call on."""
    clock = getattr(shop._clock, "__self__", None)
    if not isinstance(clock, VirtualTime):
        clock = VirtualTime()
        shop._clock = clock.now
    return clock
