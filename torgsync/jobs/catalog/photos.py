"""The photos of goods: a photo is hashed once, and again only when its size or time changes."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from torgsync.core.findings import Code, Finding
from torgsync.core.product.fields import Photo
from torgsync.core.reason import Args
from torgsync.files.catalog.photos import PhotoFile, digest, index_of, owners_of, photos_of
from torgsync.files.config.objects import ObjectFile
from torgsync.state.store import UnitOfWork

Seen = tuple[int, int, str]
"""Size, modification time and digest of a photo; the digest is empty where no good asked for it."""


class PhotoFolder:
    """The photos in one object's folder, compared with those in the state.

    `changed` are the ids, in lower case, of goods whose photos differ from the last reading. Absence is no
    signal (torgsoft §6): a folder without any photo, such as a drive that is not connected, keeps its stored
    photos, and so does an empty file. Raises ObjectInvalid if the folder or a photo cannot be read.
    """

    def __init__(self, file: ObjectFile, work: UnitOfWork) -> None:
        photos = file.settings.catalog.photos
        self._url = photos.url if photos else ""
        self._index = photos_of(file)
        self._known = work.photos.seen()
        self._news: dict[str, Seen] = {}
        self._blank: set[str] = set()  # names of files without content
        files = self._index.files() if self._index else {}
        self.bare = self._index is not None and not files
        if self._index and self.bare:
            files = {name: PhotoFile(name, size, at) for name, (size, at, _) in self._known.items()}
            self._index = index_of(self._index.folder, files.values()) if files else None
        self._gone = [name for name in self._known if name not in files]
        self.changed = self._owners(self._gone)
        self._compare(files)

    def _compare(self, files: dict[str, PhotoFile]) -> None:
        """Find photos that are new, or have another content than before."""
        for name, file in files.items():
            size, modified, before = self._known.get(name, (-1, -1, ""))
            if not file.size:
                self._blank.add(name)
                continue
            if (size, modified) == (file.size, file.modified_ns):
                continue
            # A photo that was only saved again is the same, and its goods have not changed.
            content = self._digest(name) if before else ""
            self._news[name] = (file.size, file.modified_ns, content)
            if not before or content != before:
                self.changed |= self._owners([name])

    @property
    def is_source(self) -> bool:
        """Whether the object has a folder of photos."""
        return self._index is not None

    @property
    def moved(self) -> bool:
        """Whether anything in the folder changed."""
        return bool(self._news or self._gone)

    def __call__(self, good_id: str) -> tuple[Photo, ...] | None:
        """Return a good's photos, main one first; None where there is no source of photos."""
        if self._index is None:
            return None
        photos = []
        for file in self._index.of(good_id):
            content = self._news.get(file.name, self._known.get(file.name, (0, 0, "")))[2]
            if not content and (self.bare or file.name in self._blank):
                continue
            if not content:
                content = self._digest(file.name)
                self._news[file.name] = (file.size, file.modified_ns, content)
            photos.append(Photo(self._url + quote(file.name), content))
        return tuple(photos)

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings about the folder as a whole."""
        if self.bare:
            return (Finding(Code.PHOTOS_UNREAD, args={"case": "none"}),)
        if self._blank:
            args: Args = {"case": "empty", "count": len(self._blank), "first": min(self._blank)}
            return (Finding(Code.PHOTOS_UNREAD, args=args),)
        return ()

    def store(self, work: UnitOfWork) -> None:
        """Store what changed."""
        work.photos.remember(self._news, self._gone)

    def _digest(self, name: str) -> str:
        return digest(self._index.folder / name) if self._index else ""

    @staticmethod
    def _owners(names: Iterable[str]) -> set[str]:
        return {good_id for name in names for good_id in owners_of(name)}
