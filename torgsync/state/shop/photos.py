"""What is remembered of photos: the files seen last, and those that Prom could not fetch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, select

from torgsync.core.paging import pages
from torgsync.core.plan.decide import RowStatus
from torgsync.state.schema import tables as t
from torgsync.state.shop.object_state import ObjectState


class Photos:
    """The photos of one object, inside one transaction."""

    def __init__(self, connection: Connection, slug: str, whole: ObjectState) -> None:
        self._db = connection
        self._slug = slug
        self._whole = whole

    def seen(self) -> dict[str, tuple[int, int, str]]:
        """Return size, modification time and digest of the photos seen last, keyed by file name.

        The digest is empty where no good of the export asked for it.
        """
        c = t.photos.c
        rows = self._db.execute(select(c.name, c.size, c.modified_ns, c.digest).where(c.object == self._slug))
        return {name: (size, modified, digest) for name, size, modified, digest in rows}

    def remember(self, photos: Mapping[str, tuple[int, int, str]], gone: Sequence[str] = ()) -> None:
        """Remember photos as `photos()` returns them, and forget those that are gone."""
        rows = [
            {"object": self._slug, "name": name, "size": size, "modified_ns": modified, "digest": digest}
            for name, (size, modified, digest) in photos.items()
        ]
        t.upsert(self._db, t.photos, rows)
        for page in pages(gone):
            self._db.execute(
                delete(t.photos).where(t.photos.c.object == self._slug, t.photos.c.name.in_(page))
            )

    def note_unfetched(self, photos: Mapping[str, int], now: datetime) -> None:
        """Remember how many photos of goods Prom could not fetch, keyed by good; 0 forgets it."""
        lost = {good_id: number for good_id, number in photos.items() if number}
        if photos:
            self._whole.invalidate_noop_plan()
        for page in pages([good_id for good_id in photos if good_id not in lost]):
            c = t.unfetched.c
            self._db.execute(delete(t.unfetched).where(c.object == self._slug, c.good_id.in_(page)))
        rows = [{"object": self._slug, "good_id": good, "photos": n, "at": now} for good, n in lost.items()]
        t.upsert(self._db, t.unfetched, rows)

    def unfetched(self) -> dict[str, int]:
        """Return how many photos Prom could not fetch, keyed by good, for goods that go."""
        g, u = t.goods.c, t.unfetched.c
        rows = self._db.execute(
            select(u.good_id, u.photos)
            .join(t.goods, and_(g.object == u.object, g.good_id == u.good_id))
            .where(u.object == self._slug, g.row_status == RowStatus.IN)
            .order_by(u.good_id)
        )
        return {good_id: photos for good_id, photos in rows}  # noqa: C416  # a row is no pair to mypy
