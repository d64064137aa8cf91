"""What was published of one object, and where; a picture that nothing uses any more can be removed there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec.json import Decoder, encode
from sqlalchemy import select

from torgsync.core.photos.pictures import PictureRecord, SeenPhoto
from torgsync.core.plan.photo_names import PhotoNames
from torgsync.state.repository import Repository
from torgsync.state.schema import run_tables as r
from torgsync.state.schema import shop_tables as t

_FILES = Decoder(list[str])
_NAME = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}\.[a-z]{3}")
"""The name of a published picture, in a document of a product or a change."""
_DOCUMENTS = (
    t.desired.c.content,
    t.sent.c.content,
    t.existing.c.content,
    t.refusals.c.content,
    r.changes.c.fields,
    t.pictures.c.record,
)
"""Where names of published pictures may be, of every object: they may share one place."""

_BEGUN = -1
"""The size of a picture that is not there yet: its temporary file may be."""
_WHOLE = t.uploads.c.size > _BEGUN


class UploadRepository(Repository):
    """The published pictures of one object, inside one transaction."""

    def sizes(self, place: str) -> dict[str, int]:
        """Return the sizes in bytes of the pictures that were uploaded to a place, keyed by name."""
        c = t.uploads.c
        return self._pairs(self._select(c.name, c.size).where(c.place == place, _WHOLE))

    def begin(self, place: str, names: Iterable[str], now: datetime) -> None:
        """Record pictures before they are written to a place; the one who reads `unfinished` cleans up."""
        row = {"place": place, "size": _BEGUN, "files": "[]", "at": now, "unused_since": None}
        self._upsert(t.uploads, ({**row, "name": name} for name in names))

    def unfinished(self, place: str) -> set[str]:
        """Return the names of pictures that were begun and are not there, as far as is known."""
        return set(self._scalars(t.uploads.c.name, t.uploads.c.place == place, ~_WHOLE))

    def forgotten(self, place: str) -> set[str]:
        """Return those of the unfinished pictures that are of no photo any more."""
        left = self.unfinished(place)
        return left - self._names_in(self._scalars(t.pictures.c.record)) if left else left

    def note(
        self, place: str, sizes: Mapping[str, int], files: Mapping[str, Sequence[str]], now: datetime
    ) -> None:
        """Record pictures that were uploaded to a place, keyed by name: sizes in bytes, files they are of."""
        rows = (
            {"place": place, "name": name, "size": size, "files": encode(files[name]).decode(), "at": now}
            for name, size in sizes.items()
        )
        self._upsert(t.uploads, rows)

    def photo_names(self, folder: Mapping[str, SeenPhoto], known: Mapping[str, PictureRecord]) -> PhotoNames:
        """Return the files of uploaded pictures, and of those that the photos of a `folder` will be.

        `known` are the pictures by the digests of these photos.
        """
        files: dict[str, list[str]] = {}
        for file, seen in folder.items():
            record = known.get(seen.last_good or seen.digest)
            if record and record.published:
                files.setdefault(record.published.name, []).append(file)
        for name, of in self._db.execute(self._select(t.uploads.c.name, t.uploads.c.files).where(_WHOLE)):
            files.setdefault(name, []).extend(_FILES.decode(of))
        return PhotoNames({name: tuple(dict.fromkeys(of)) for name, of in files.items()})

    def note_unused(self, place: str, now: datetime) -> None:
        """Record since when nothing uses a picture: no photo, product, pending plan or run that is kept."""
        c = t.uploads.c
        rows = self._db.execute(self._select(t.uploads).where(c.place == place, _WHOLE))
        uploaded = {row.name: row for row in rows}
        unused = uploaded.keys() - self._used() if uploaded else set()
        noted = (
            {
                "place": place,
                "name": name,
                "size": row.size,
                "files": row.files,
                "at": row.at,
                "unused_since": since,
            }
            for name, row in uploaded.items()
            if (since := (row.unused_since or now) if name in unused else None) != row.unused_since
        )
        self._upsert(t.uploads, noted)

    def unused(self, place: str, before: datetime) -> dict[str, int]:
        """Return the sizes of the pictures that nothing has used since `before`, keyed by name."""
        c = t.uploads.c
        return self._pairs(
            self._select(c.name, c.size)
            .where(c.place == place, c.unused_since <= before, _WHOLE)
            .order_by(c.name)
        )

    def forget(self, place: str, name: str) -> None:
        """Forget a picture that was removed from a place, or never written."""
        self._delete(t.uploads, t.uploads.c.place == place, t.uploads.c.name == name)

    def elsewhere(self, place: str) -> Collection[str]:
        """Return the names of the pictures that other objects of this state uploaded to the same place.

        Those that were only begun are among them: they may get there at this moment.
        """
        others = select(t.uploads.c.name).where(t.uploads.c.object != self._slug, t.uploads.c.place == place)
        return set(self._db.execute(others).scalars())

    def _used(self) -> set[str]:
        return self._names_in(self._documents())

    @staticmethod
    def _names_in(documents: Iterable[str]) -> set[str]:
        return {name for document in documents for name in _NAME.findall(document)}

    def _documents(self) -> Iterator[str]:
        for column in _DOCUMENTS:
            yield from self._db.execute(select(column)).scalars()
