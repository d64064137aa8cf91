"""One table of `[[synchronization_times]]`."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from torgsync.core.config.notation import Every, Weekdays
from torgsync.core.config.schedule import Rhythm, read_days, read_hour, read_step
from torgsync.core.config.table import SettingsTable


class SynchronizationTime(SettingsTable):
    """When the object is synchronised unattended, by which user of which computer."""

    user: str = Field(min_length=1)
    """Computer and user that synchronize: OFFICE-PC\\olena."""
    every: Every
    """How often: 30m, 2h, 1d."""
    between: tuple[str, str] | None = None
    """From which hour to which, by the clock in Kyiv; the second may lie after midnight."""
    days: Weekdays | None = None
    """On which weekdays: mon-sat, or mon,wed,fri; every day where it is left out."""
    only: Literal["goods", "orders"] | None = None
    """goods or orders, where not both are synchronized."""

    @field_validator("between", mode="before")
    @classmethod
    def _hours(cls, between: object) -> object:
        match between:
            case [str(start), str(end)]:
                with suppress(ValueError):
                    read_hour(start), read_hour(end)
                    return (start, end)
        raise ValueError('give two hours, such as ["08:00", "21:00"]')

    @model_validator(mode="after")
    def _possible(self) -> Self:
        _ = self.rhythm
        return self

    @cached_property
    def rhythm(self) -> Rhythm:
        """The moments that these settings mean."""
        start, end = map(read_hour, self.between) if self.between else (read_hour("00:00"), None)
        return Rhythm(read_step(self.every), start, end, read_days(self.days or "mon-sun"))

    @property
    def identity(self) -> str:
        """The key of the time in the state: two that mean the same have the same."""
        rhythm = self.rhythm
        days = "".join(map(str, sorted(rhythm.days)))
        hours = f"{rhythm.start:%H:%M}-{rhythm.end:%H:%M}" if rhythm.end else "all day"
        every = int(rhythm.step.total_seconds()) // 60
        return f"{self.user.casefold()} {every}m {hours} {days} {self.only or 'all'}"

    def __str__(self) -> str:
        """Return it for people: `every 30m, 08:00-21:00`."""
        hours = f", {self.between[0]}-{self.between[1]}" if self.between else ""
        days = f", {self.days}" if self.days else ""
        only = f", only {self.only}" if self.only else ""
        return f"every {self.every}{hours}{days}{only}"
