"""When a sync object is synchronized unattended, as its file says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, field_validator, model_validator

from torgsync.core.clock import SHOP_ZONE
from torgsync.core.config.notation import Every, Weekdays
from torgsync.core.config.schedule import (
    Rhythm,
    interval_words,
    read_days,
    read_hour,
    read_step,
    weekday_words,
)
from torgsync.core.config.tables import SettingsTable
from torgsync.i18n import Message, _, joined


class SynchronizationTime(SettingsTable):
    """When the object is synchronized unattended, by which user of which computer."""

    user: str = Field(min_length=1)
    """Computer and user that synchronize: `OFFICE-PC\\olena`, or `fleet` for workers."""
    every: Every
    """How often: `30m`, `2h`, `1d`."""
    between: tuple[str, str] | None = None
    """From which hour to which, by the clock of the marketplace; the second may be after midnight."""
    days: Weekdays | None = None
    """On which weekdays: `mon-sat` or `mon,wed,fri`; every day if left out."""
    only: Literal["goods", "orders"] | None = None
    """Only `goods` or only `orders`; both if left out."""
    _zone: ZoneInfo = PrivateAttr(SHOP_ZONE)

    @field_validator("between", mode="before")
    @classmethod
    def _hours(cls, between: object) -> object:
        match between:
            case [str(start), str(end)]:
                with suppress(ValueError):
                    read_hour(start), read_hour(end)
                    return (start, end)
        raise ValueError(_('give two hours, such as `["08:00", "21:00"]`'))

    @model_validator(mode="after")
    def _possible(self) -> Self:
        _rhythm = self._at(SHOP_ZONE)
        return self

    def by_clock(self, zone: ZoneInfo) -> Self:
        """Have the hours be those of a zone, before any is asked for; return the time."""
        self._zone = zone
        return self

    @cached_property
    def rhythm(self) -> Rhythm:
        """The moments that these settings mean."""
        return self._at(self._zone)

    def _at(self, zone: ZoneInfo) -> Rhythm:
        start, end = map(read_hour, self.between) if self.between else (read_hour("00:00"), None)
        return Rhythm(read_step(self.every), start, end, read_days(self.days or "mon-sun"), zone)

    @property
    def identity(self) -> str:
        """The key of the time in the state: two that mean the same have the same."""
        rhythm = self.rhythm
        days = "".join(map(str, sorted(rhythm.days)))
        hours = f"{rhythm.start:%H:%M}-{rhythm.end:%H:%M}" if rhythm.end else "-"
        every = int(rhythm.step.total_seconds()) // 60
        return f"{self.user.casefold()} {every}m {hours} {days} {self.only or 'all'}"

    @property
    def words(self) -> Message:
        """The time for people: `every 30 minutes, 08:00-21:00`."""
        return joined(", ", [interval_words(self.every), *self._limits(weekday_words(self.days or ""))])

    def __str__(self) -> str:
        """Return the time as documents have it: `every 30m, 08:00-21:00`."""
        return ", ".join([f"every {self.every}", *self._limits(self.days)])

    def _limits(self, days: str | None) -> Iterator[str]:
        if self.between:
            yield "-".join(self.between)
        if days:
            yield days
        if self.only:
            yield _HALVES[self.only]


_HALVES = {"goods": _("only goods"), "orders": _("only orders")}
