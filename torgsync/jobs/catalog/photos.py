"""The photos of goods: content is hashed once, size and time tell whether a photo is still the same."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from torgsync.core.findings import Code, Finding
from torgsync.core.product.fields import Photo
from torgsync.core.reason import Args
from torgsync.files.catalog.photos import PhotoFile, digest, index_of, index_photos, owners_of
from torgsync.files.config.objects import ObjectFile
from torgsync.state.store import UnitOfWork

Seen = tuple[int, int, str]
"""Size, modification time and digest of a photo; the digest is empty where no good asked for it."""


class Shelf:
    """The photos of one object's folder beside what was remembered of them.

    `touched` are the ids, in lower case, of goods whose photos are not what they were at the last reading.
    Absent is no signal (torgsoft §6): a folder without a single photo, as that of a drive which
    is not connected, is taken for what it was, and an empty file for the photo that it was. Raises
    ObjectInvalid where the folder or a photo cannot be read.
    """

    def __init__(self, file: ObjectFile, work: UnitOfWork) -> None:
        photos = file.settings.catalog.photos
        self._url = photos.url if photos else ""
        self._index = index_photos(file.photo_folder) if file.photo_folder else None
        self._known = work.photos.seen()
        self._news: dict[str, Seen] = {}
        self._blank: set[str] = set()  # names of files without content
        files = self._index.files() if self._index else {}
        self.bare = self._index is not None and not files
        if self._index and self.bare:
            files = {name: PhotoFile(name, size, at) for name, (size, at, _) in self._known.items()}
            self._index = index_of(self._index.folder, files.values()) if files else None
        self._gone = [name for name in self._known if name not in files]
        self.touched = self._owners(self._gone)
        self._look_at(files)

    def _look_at(self, files: dict[str, PhotoFile]) -> None:
        """Find photos that are new, or have another content than before."""
        for name, file in files.items():
            size, modified, before = self._known.get(name, (-1, -1, ""))
            if not file.size:
                self._blank.add(name)
                continue
            if (size, modified) == (file.size, file.modified_ns):
                continue
            # What was only saved again is the same photo, and none of its goods need be looked at.
            content = self._digest(name) if before else ""
            self._news[name] = (file.size, file.modified_ns, content)
            if not before or content != before:
                self.touched |= self._owners([name])

    @property
    def is_source(self) -> bool:
        """Whether it can tell the photos of goods."""
        return self._index is not None

    @property
    def moved(self) -> bool:
        """Whether anything in the folder is not as it was."""
        return bool(self._news or self._gone)

    def __call__(self, good_id: str) -> tuple[Photo, ...] | None:
        """Return a good's photos, main one first; None where there is no source of photos."""
        if self._index is None:
            return None
        found = []
        for file in self._index.of(good_id):
            content = self._news.get(file.name, self._known.get(file.name, (0, 0, "")))[2]
            if not content and (self.bare or file.name in self._blank):
                continue
            if not content:
                content = self._digest(file.name)
                self._news[file.name] = (file.size, file.modified_ns, content)
            found.append(Photo(self._url + quote(file.name), content))
        return tuple(found)

    def findings(self) -> tuple[Finding, ...]:
        """Return what is to be said of the folder as a whole."""
        if self.bare:
            return (Finding(Code.PHOTOS_UNREAD, args={"case": "none"}),)
        if self._blank:
            args: Args = {"case": "empty", "count": len(self._blank), "first": min(self._blank)}
            return (Finding(Code.PHOTOS_UNREAD, args=args),)
        return ()

    def remember(self, work: UnitOfWork) -> None:
        """Keep what was found out."""
        work.photos.remember(self._news, self._gone)

    def _digest(self, name: str) -> str:
        return digest(self._index.folder / name) if self._index else ""

    @staticmethod
    def _owners(names: Iterable[str]) -> set[str]:
        return {good_id for name in names for good_id in owners_of(name)}
