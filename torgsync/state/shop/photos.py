"""What is remembered of photos: the files seen last, and those that Prom could not fetch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.json import Decoder, encode
from sqlalchemy import Connection, and_, select

from torgsync.core.photos.addresses import AddressAnswer
from torgsync.core.photos.pictures import PictureRecord, SeenPhoto
from torgsync.core.plan.decide import RowStatus
from torgsync.state.repository import Repository
from torgsync.state.schema import shop_tables as t
from torgsync.state.shop.object_state import ObjectState

_PICTURES = Decoder(PictureRecord)
_ANSWERS = Decoder(AddressAnswer)


class PhotoRepository(Repository):
    """The photos of one object, inside one transaction."""

    def __init__(self, connection: Connection, slug: str, object_state: ObjectState) -> None:
        super().__init__(connection, slug)
        self._object_state = object_state

    def seen(self) -> dict[str, SeenPhoto]:
        """Return the photos seen last, keyed by file name."""
        c = t.photos.c
        rows = self._db.execute(self._select(c.name, c.size, c.modified_ns, c.digest, c.last_good, c.version))
        return {name: SeenPhoto(*values) for name, *values in rows}

    def remember(self, photos: Mapping[str, SeenPhoto], gone: Sequence[str] = ()) -> None:
        """Record photos, keyed by file name, and forget those that are gone."""
        self._upsert(t.photos, [{"name": name, **photo._asdict()} for name, photo in photos.items()])
        self._delete_in_pages(t.photos, t.photos.c.name, gone)

    def pictures(self) -> dict[str, PictureRecord]:
        """Return what is known of contents as pictures, keyed by digest."""
        rows = self._db.execute(self._select(t.pictures.c.digest, t.pictures.c.record))
        return {digest: _PICTURES.decode(record) for digest, record in rows}

    def note_pictures(self, records: Mapping[str, PictureRecord]) -> None:
        """Record what contents are as pictures, keyed by digest."""
        self._upsert(
            t.pictures,
            [{"digest": digest, "record": encode(record).decode()} for digest, record in records.items()],
        )

    def forget_pictures(self) -> None:
        """Forget the contents that no photo has any more."""
        used = (
            t.pictures.c.digest.not_in(select(column).where(self._own(t.photos)))
            for column in (t.photos.c.digest, t.photos.c.last_good)
        )
        self._delete(t.pictures, *used)

    def addresses(self) -> dict[str, AddressAnswer]:
        """Return what the addresses of photos answered last, keyed by address."""
        rows = self._db.execute(self._select(t.photo_addresses.c.address, t.photo_addresses.c.answer))
        return {address: _ANSWERS.decode(answer) for address, answer in rows}

    def note_addresses(self, answers: Mapping[str, AddressAnswer]) -> None:
        """Record what addresses answered."""
        rows = ({"address": one, "answer": encode(answer).decode()} for one, answer in answers.items())
        self._upsert(t.photo_addresses, rows)

    def forget_address(self, address: str) -> None:
        """Forget what an address answered."""
        self._delete(t.photo_addresses, t.photo_addresses.c.address == address)

    def note_unfetched(self, photos: Mapping[str, int], now: datetime, status: str = "") -> None:
        """Record how many photos of goods Prom could not fetch, keyed by good; 0 forgets it.

        `status` are the HTTP statuses with which their addresses answered, where Prom said them.
        """
        lost = {good_id: number for good_id, number in photos.items() if number}
        if photos:
            self._object_state.invalidate_noop_plan()
        fetched = [good_id for good_id in photos if good_id not in lost]
        self._delete_in_pages(t.unfetched, t.unfetched.c.good_id, fetched)
        self._upsert(
            t.unfetched,
            [{"good_id": good, "photos": n, "at": now, "status": status} for good, n in lost.items()],
        )

    def unfetched(self) -> dict[str, tuple[int, str]]:
        """Return how many photos Prom could not fetch and why, keyed by good, for goods that go."""
        g, u = t.goods.c, t.unfetched.c
        rows = self._db.execute(
            self._select(u.good_id, u.photos, u.status)
            .join(t.goods, and_(g.object == u.object, g.good_id == u.good_id))
            .where(g.row_status == RowStatus.IN)
            .order_by(u.good_id)
        )
        return {good_id: (photos, status) for good_id, photos, status in rows}
