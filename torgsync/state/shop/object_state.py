"""What is remembered of an object as a whole: its last reading, its last plan, its looks at Prom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from torgsync.state.schema import tables as t


@dataclass(frozen=True, slots=True)
class Looks:
    """When Prom was looked at: the start of the last look, and of the last full one."""

    looked: datetime | None
    full: datetime | None


class ObjectState:
    """One object as a whole, inside one transaction."""

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug
        self._stirred = self._recount = False

    def begin_settings(self, fingerprint: str) -> bool:
        """Note the settings that a plan is made with; return whether they are those of the last one.

        Where they changed, no good is clean any more.
        """
        row = self._db.execute(select(t.objects.c.settings).where(t.objects.c.object == self._slug)).scalar()
        if row == fingerprint:
            return True
        self.invalidate_noop_plan()
        t.upsert(self._db, t.objects, [{"object": self._slug, "settings": fingerprint}])
        self._db.execute(update(t.goods).where(t.goods.c.object == self._slug).values(**t.DIRTY))
        return False

    def reading(self) -> tuple[str, str]:
        """Return the fingerprint of the last whole reading and what was noted of it; empty before one."""
        row = self._db.execute(
            select(t.objects.c.reading, t.objects.c.read_info).where(t.objects.c.object == self._slug)
        ).one_or_none()
        return (row.reading, row.read_info) if row else ("", "")

    def end_reading(self, fingerprint: str, noted: str) -> None:
        """Remember that an export was read to its end."""
        row = {"object": self._slug, "reading": fingerprint, "read_info": noted}
        t.upsert(self._db, t.objects, [row])

    def cached_noop_plan(self) -> str:
        """Return the sums of the last plan, if it found nothing to do and nothing has moved since."""
        found = select(t.objects.c.noop_plan).where(t.objects.c.object == self._slug)
        return self._db.execute(found).scalar() or ""

    def cache_noop_plan(self, sums: str) -> None:
        """Remember the sums of a plan that found nothing to do."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "noop_plan": sums}])
        self._stirred = False

    def invalidate_noop_plan(self) -> None:
        """Drop the cached no-op plan: something changed."""
        if not self._stirred:
            self._db.execute(update(t.objects).where(t.objects.c.object == self._slug).values(noop_plan=""))
            self._stirred = True

    def recount(self) -> None:
        """Have foreign products counted again: a product or a good was added or removed."""
        self.invalidate_noop_plan()
        if not self._recount:
            self._db.execute(update(t.objects).where(t.objects.c.object == self._slug).values(foreign=None))
            self._recount = True

    def begun(self) -> bool:
        """Return whether the shop belongs to this object: something was sent there, or it was adopted."""
        o = t.objects.c
        begun = func.coalesce(o.first_write_at, o.adopted_at)
        return bool(self._db.execute(select(begun).where(o.object == self._slug)).scalar())

    def note_first_write(self, now: datetime) -> None:
        """Remember that something is about to be sent."""
        o = t.objects.c
        wrote = self._db.execute(select(o.first_write_at).where(o.object == self._slug)).scalar()
        if wrote is None:
            t.upsert(self._db, t.objects, [{"object": self._slug, "first_write_at": now}])

    def selection(self) -> str:
        """Return how goods were selected when last a run took products out, or might have; else empty."""
        found = select(t.objects.c.selection).where(t.objects.c.object == self._slug)
        return self._db.execute(found).scalar() or ""

    def note_selection(self, selection: str) -> None:
        """Remember how goods were selected by a run whose removals nothing held."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "selection": selection}])

    def looks(self) -> Looks:
        """Return when Prom was looked at."""
        row = self._db.execute(
            select(t.objects.c.looked_at, t.objects.c.full_look_at).where(t.objects.c.object == self._slug)
        ).one_or_none()
        return Looks(row.looked_at, row.full_look_at) if row else Looks(None, None)

    def begin_look(self) -> int:
        """Return the number of a new look."""
        number = self.current_look() + 1
        t.upsert(self._db, t.objects, [{"object": self._slug, "look": number}])
        return number

    def current_look(self) -> int:
        """Return the number of the newest look."""
        return (
            self._db.execute(select(t.objects.c.look).where(t.objects.c.object == self._slug)).scalar() or 0
        )

    def end_look(self, started: datetime, *, full: bool) -> None:
        """Remember that a look came to its end."""
        times = {"looked_at": started} | ({"full_look_at": started} if full else {})
        t.upsert(self._db, t.objects, [{"object": self._slug, **times}])

    def groups(self) -> frozenset[str]:
        """Return the ids of the shop's groups, as far as they are known."""
        kept = self._db.execute(select(t.objects.c.groups).where(t.objects.c.object == self._slug)).scalar()
        return frozenset((kept or "").split())

    def remember_groups(self, ids: Iterable[str]) -> None:
        """Remember the ids of the shop's groups."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "groups": " ".join(sorted(ids))}])

    def foreign(self) -> int | None:
        """Return how many products are foreign, None where that may have changed since it was counted."""
        known = select(t.objects.c.foreign).where(t.objects.c.object == self._slug)
        return self._db.execute(known).scalar()

    def note_foreign(self, count: int) -> None:
        """Remember how many products are foreign."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "foreign": count}])
        self._recount = False

    def forget_full_look(self) -> None:
        """Have the next look see everything."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "full_look_at": None}])

    def begin_anew(self) -> None:
        """Forget when the shop was looked at, begun and taken over, and its groups."""
        self.recount()
        anew = {"looked_at": None, "full_look_at": None, "first_write_at": None, "groups": ""}
        anew |= {"adopted_at": None}
        t.upsert(self._db, t.objects, [{"object": self._slug, **anew}])
