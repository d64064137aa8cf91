"""What is remembered of photos: the files seen last, and those that Prom could not fetch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_

from torgsync.core.plan.decide import RowStatus
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t
from torgsync.state.shop.object_state import ObjectState


class PhotoRepository(Repository):
    """The photos of one object, inside one transaction."""

    def __init__(self, connection: Connection, slug: str, object_state: ObjectState) -> None:
        super().__init__(connection, slug)
        self._object_state = object_state

    def seen(self) -> dict[str, tuple[int, int, str]]:
        """Return size, modification time and digest of the photos seen last, keyed by file name.

        The digest is empty where no good of the export asked for it.
        """
        c = t.photos.c
        rows = self._db.execute(self._select(c.name, c.size, c.modified_ns, c.digest))
        return {name: (size, modified, digest) for name, size, modified, digest in rows}

    def remember(self, photos: Mapping[str, tuple[int, int, str]], gone: Sequence[str] = ()) -> None:
        """Record photos as `seen()` returns them, and forget those that are gone."""
        rows = [
            {"name": name, "size": size, "modified_ns": modified, "digest": digest}
            for name, (size, modified, digest) in photos.items()
        ]
        self._upsert(t.photos, rows)
        self._delete_in_pages(t.photos, t.photos.c.name, gone)

    def note_unfetched(self, photos: Mapping[str, int], now: datetime) -> None:
        """Record how many photos of goods Prom could not fetch, keyed by good; 0 forgets it."""
        lost = {good_id: number for good_id, number in photos.items() if number}
        if photos:
            self._object_state.invalidate_noop_plan()
        fetched = [good_id for good_id in photos if good_id not in lost]
        self._delete_in_pages(t.unfetched, t.unfetched.c.good_id, fetched)
        self._upsert(t.unfetched, [{"good_id": good, "photos": n, "at": now} for good, n in lost.items()])

    def unfetched(self) -> dict[str, int]:
        """Return how many photos Prom could not fetch, keyed by good, for goods that go."""
        g, u = t.goods.c, t.unfetched.c
        return self._pairs(
            self._select(u.good_id, u.photos)
            .join(t.goods, and_(g.object == u.object, g.good_id == u.good_id))
            .where(g.row_status == RowStatus.IN)
            .order_by(u.good_id)
        )
