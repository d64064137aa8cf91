"""The sync objects that were pushed to the state: their texts as written, also of those removed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, select, update

from torgsync.core.paging import IDS, pages
from torgsync.state.bulk import insert_rows
from torgsync.state.repository import Repository
from torgsync.state.schema.fleet_tables import fleet_objects as t


class PushedObject(Struct, frozen=True):
    """One sync object in the state: its text, who pushed it when, and when it was removed."""

    slug: str
    name: str
    text: str
    digest: str
    pushed_at: datetime
    user: str
    host: str
    removed_at: datetime | None = None


def digest_of(text: str) -> str:
    """Return what a text is recognised by: two that differ in a comment differ."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class FleetObjects(Repository):
    """The objects of all shops; used in `Store.fleet()`, or in `Store.look_at_fleet()` to be read only."""

    def all(self, *, removed: bool = False) -> dict[str, PushedObject]:
        """Return the objects keyed by slug and sorted by it; with `removed`, those that were removed too."""
        query = select(t).order_by(t.c.object)
        if not removed:
            query = query.where(t.c.removed_at.is_(None))
        return {row.object: _pushed(row) for row in self._db.execute(query)}

    def digests(self) -> dict[str, str]:
        """Return the digest of each object that was not removed, keyed by slug."""
        return self._pairs(select(t.c.object, t.c.digest).where(t.c.removed_at.is_(None)))

    def texts(self, slugs: Iterable[str]) -> dict[str, PushedObject]:
        """Return some objects that were not removed, keyed by slug."""
        wanted = sorted(slugs)
        rows = self._in_pages(select(t).where(t.c.removed_at.is_(None)), t.c.object, wanted)
        return {row.object: _pushed(row) for row in rows}

    def put(self, texts: Mapping[str, tuple[str, str]], user: str, host: str, now: datetime) -> None:
        """Store objects, keyed by slug: name and text. One that was removed is there again."""
        rows = (
            {
                "object": slug,
                "name": name,
                "text": text,
                "digest": digest_of(text),
                "pushed_at": now,
                "user": user,
                "host": host,
                "removed_at": None,
            }
            for slug, (name, text) in texts.items()
        )
        insert_rows(self._db, t, rows, replace=True)

    def remove(self, slugs: Iterable[str], now: datetime) -> None:
        """Mark objects as removed; their text, and all that is known of their shops, stays."""
        for page in pages(sorted(slugs), IDS):
            gone = t.c.object.in_(page) & t.c.removed_at.is_(None)
            self._db.execute(update(t).where(gone).values(removed_at=now))


def _pushed(row: Row[Any]) -> PushedObject:
    return PushedObject(
        row.object, row.name, row.text, row.digest, row.pushed_at, row.user, row.host, row.removed_at
    )
