"""Outboxes that order files were written to."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select, update

from torgsync.state.schema import order_tables as t
from torgsync.state.schema.base import upsert


class OutboxRepository:
    """Outboxes of one object, keyed by label, inside one transaction."""

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug

    def on_other_disk(self, place: str) -> bool | None:
        """Return whether an outbox was on another disk than the home, None where it was never used."""
        return self._db.execute(select(t.outboxes.c.apart).where(self._is(place))).scalar()

    def record_use(self, place: str, *, other_disk: bool) -> None:
        """Store that files were written to an outbox, and whether it was on another disk than the home."""
        upsert(self._db, t.outboxes, [{"object": self._slug, "place": place, "apart": other_disk}])

    def set_missed(self, place: str, *, missed: bool) -> None:
        """Store whether an outbox was found missing with files in it, and these are still to be checked."""
        self._db.execute(update(t.outboxes).where(self._is(place)).values(missed=missed))

    def missed(self, place: str) -> bool:
        """Return whether an outbox was found missing with files in it."""
        return bool(self._db.execute(select(t.outboxes.c.missed).where(self._is(place))).scalar())

    def _is(self, place: str) -> ColumnElement[bool]:
        return (t.outboxes.c.object == self._slug) & (t.outboxes.c.place == place)
