"""What is remembered of an object as a whole: its last reading, its last plan, its looks at Prom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import Connection

from torgsync.core.plan.date_filter import FilterZone
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t


class SameSettings(NamedTuple):
    """Whether the settings are those of the last plan: all of them, and those that shape the content."""

    all: bool
    content: bool


class Looks(Struct, frozen=True):
    """When Prom was looked at: the start of the last look, and of the last full one."""

    looked: datetime | None
    full: datetime | None


class ObjectState(Repository):
    """One object as a whole, inside one transaction."""

    def __init__(self, connection: Connection, slug: str) -> None:
        super().__init__(connection, slug)
        self._invalidated = self._recount = False

    def begin_settings(self, fingerprint: str, content: str) -> SameSettings:
        """Note the settings that a plan is made with; return whether they are those of the last one.

        `content` is the fingerprint of those that shape more of a product than price and stock. Where
        settings changed, no good is clean any more; its content still may be.
        """
        before, _, content_before = (self._scalar(t.objects.c.settings) or "").partition("/")
        same = SameSettings(before == fingerprint, content_before == content)
        if not same.all:
            self.invalidate_noop_plan()
            self._update(t.goods, **(t.PRICE_STOCK_DIRTY if same.content else t.DIRTY))
        if not (same.all and same.content):
            self._note(settings=f"{fingerprint}/{content}")
        return same

    def reading(self) -> tuple[str, str]:
        """Return the fingerprint of the last whole reading and what was noted of it; empty before one."""
        row = self._first(t.objects)
        return (row.reading, row.read_info) if row else ("", "")

    def end_reading(self, fingerprint: str, noted: str) -> None:
        """Record that an export was read to its end."""
        self._note(reading=fingerprint, read_info=noted)

    def cached_noop_plan(self) -> str:
        """Return the counts of the last plan if it found nothing to do and nothing changed since, else ""."""
        return self._scalar(t.objects.c.noop_plan) or ""

    def cache_noop_plan(self, counts: str) -> None:
        """Keep the counts of a plan that found nothing to do."""
        self._note(noop_plan=counts)
        self._invalidated = False

    def invalidate_noop_plan(self) -> None:
        """Drop the cached no-op plan: something changed."""
        if not self._invalidated:
            self._update(t.objects, noop_plan="")
            self._invalidated = True

    def recount(self) -> None:
        """Have foreign products counted again: a product or a good was added or removed."""
        self.invalidate_noop_plan()
        if not self._recount:
            self._update(t.objects, foreign=None)
            self._recount = True

    def begun(self) -> bool:
        """Return whether the shop belongs to this object: something was sent there, or it was adopted."""
        return bool(self._scalar(t.objects.c.first_write_at) or self._scalar(t.objects.c.adopted_at))

    def has_sent(self) -> bool:
        """Return whether anything was ever sent to the shop."""
        return self._scalar(t.objects.c.first_write_at) is not None

    def note_first_write(self, now: datetime) -> None:
        """Record that something is about to be sent."""
        if self._scalar(t.objects.c.first_write_at) is None:
            self._note(first_write_at=now)

    def selection(self) -> str:
        """Return how goods were selected in the last run that could remove products; else empty."""
        return self._scalar(t.objects.c.selection) or ""

    def note_selection(self, selection: str) -> None:
        """Record how goods were selected by a run whose removals no guard held."""
        self._note(selection=selection)

    def looks(self) -> Looks:
        """Return when Prom was looked at."""
        return Looks(self._scalar(t.objects.c.looked_at), self._scalar(t.objects.c.full_look_at))

    def begin_look(self) -> int:
        """Return the number of a new look."""
        number = self.current_look() + 1
        self._note(look=number)
        return number

    def current_look(self) -> int:
        """Return the number of the newest look."""
        return self._scalar(t.objects.c.look) or 0

    def end_look(self, started: datetime, *, full: bool) -> None:
        """Record that a look came to its end."""
        self._note(looked_at=started, **({"full_look_at": started} if full else {}))

    def filter_zone(self) -> FilterZone:
        """Return how Prom reads dates in filters, as far as that was learned."""
        return FilterZone(self._scalar(t.objects.c.filter_zone) or "")

    def note_filter_zone(self, zone: FilterZone) -> None:
        """Record how Prom reads dates in filters."""
        self._note(filter_zone=zone)

    def groups(self) -> frozenset[str]:
        """Return the ids of the shop's groups, as far as they are known."""
        return frozenset((self._scalar(t.objects.c.groups) or "").split())

    def remember_groups(self, ids: Iterable[str]) -> None:
        """Record the ids of the shop's groups."""
        self._note(groups=" ".join(sorted(ids)))

    def foreign(self) -> int | None:
        """Return how many products are foreign, None where that may have changed since it was counted."""
        count: int | None = self._scalar(t.objects.c.foreign)
        return count

    def note_foreign(self, count: int) -> None:
        """Record how many products are foreign."""
        self._note(foreign=count)
        self._recount = False

    def forget_full_look(self) -> None:
        """Have the next look be a full one."""
        self._note(full_look_at=None)

    def start_over(self) -> None:
        """Forget when the shop was looked at, begun and adopted, and its groups."""
        self.recount()
        self._note(
            looked_at=None,
            full_look_at=None,
            first_write_at=None,
            groups="",
            adopted_at=None,
            filter_zone=FilterZone.UNKNOWN,
        )

    def _note(self, **values: object) -> None:
        self._upsert(t.objects, [values])
