"""The photos of goods: a photo is decoded once, and again only when its size or time changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.photos.names import is_usual, owners_of
from torgsync.core.photos.pictures import (
    MEGABYTE,
    PictureFacts,
    PictureFlaw,
    PictureRecord,
    PictureRules,
    SeenPhoto,
)
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.product.fields import PHOTO_LIMIT, Photo, file_name
from torgsync.core.reason import Arg, Args
from torgsync.errors import ObjectInvalid
from torgsync.files.config.objects import ObjectFile
from torgsync.files.photos.folder import PhotoFile, index_of, photos_of, read_photo
from torgsync.state.store import UnitOfWork

_NEVER_SEEN = SeenPhoto(0, 0, "")
"""A file whose content was never known."""


def publishing_rules(settings: SyncObject) -> PictureRules | None:
    """Return the rules by which pictures are prepared, None where they are not published."""
    photos = settings.catalog.photos
    return photos.rules if photos and photos.publish else None


class FolderPhoto(NamedTuple):
    """A photo of the folder: its name, its address, its facts if it is a picture, and its flaws.

    The address is empty where the photo is not sent.
    """

    name: str
    url: str
    facts: PictureFacts | None
    flaws: tuple[PictureFlaw, ...]


class PublishablePhoto(NamedTuple):
    """A file whose picture is published, the size of that in bytes, and the names of all files with it."""

    path: Path
    size: int
    files: list[str]


class PhotoFolder:
    """The photos in one object's folder, compared with those in the state.

    Absence is no signal (torgsoft §6): a folder without any photo, such as a drive that is not connected,
    keeps its stored photos, and so does a file that is empty, cannot be read or is no picture any more.

    Args:
        file: The sync object.
        work: The transaction in which the photos were seen last.
        looked: What `look_at_photos` returned of those that are new.

    Raises ObjectInvalid if the folder cannot be read.
    """

    def __init__(
        self, file: ObjectFile, work: UnitOfWork, looked: Mapping[str, SeenPhoto] = MappingProxyType({})
    ) -> None:
        photos = file.settings.catalog.photos
        self._url = file.settings.photos_url
        self._rules = photos.rules if photos else PictureRules()
        self._publishes = file.settings.publishes_photos
        self._prepared_by = publishing_rules(file.settings)
        self._index = photos_of(file)
        self._folder = file.photo_folder or Path()
        self._work = work
        self._known = work.photos.seen()
        self._news = dict(looked)
        files = self._index.files() if self._index else {}
        self.bare = self._index is not None and not files
        if self._index and self.bare:
            files = {name: PhotoFile(name, *seen[:2]) for name, seen in self._known.items()}
            self._index = index_of(self._index.folder, files.values()) if files else None
        self._files = files
        self._blank = {name for name, photo in files.items() if not photo.size}
        self._unread: dict[str, str] = {}  # why they cannot be read, keyed by name
        self._gone = [name for name in self._known if name not in files]
        self._touched = {name for name in files if self._is_touched(name)}

    def _is_touched(self, name: str) -> bool:
        """Return whether a file with a content is new, or another than when it was seen last."""
        file, seen = self._files[name], self._known.get(name)
        same = seen and seen.digest and (seen.size, seen.modified_ns) == (file.size, file.modified_ns)
        return not (same or self.bare or name in self._blank)

    @property
    def is_source(self) -> bool:
        """Whether the object has a folder of photos."""
        return self._index is not None

    @property
    def moved(self) -> bool:
        """Whether anything in the folder changed."""
        return bool(self._touched or self._gone)

    def unknown(self) -> list[PhotoFile]:
        """Return the photos that are to be looked at: touched ones, and those prepared by other rules."""
        if self.bare:
            return []
        names = {name for name in self._files.keys() - self._blank if self._is_unknown(name)}
        return [self._files[name] for name in sorted(names)]

    def _is_unknown(self, name: str) -> bool:
        """Return whether a photo was never looked at as it is, and as it is wanted now."""
        record = self._records.get(self._digest_before(name))
        return name in self._touched or record is None or record.rules != self._prepared_by

    def published(self, good_ids: Collection[str] | None = None) -> dict[str, PublishablePhoto]:
        """Return a file with each picture that is to be published, keyed by its name there.

        With `good_ids` only pictures that are sent of these goods.
        """
        names = self._files if good_ids is None else {one for each in good_ids for one in self._sent_of(each)}
        found: dict[str, PublishablePhoto] = {}
        for name in sorted(names):
            if name not in self._news and not self._digest_before(name):
                continue
            record = self._records.get(self._now(name).digest)
            if record and record.published and self._is_fit(name):
                photo = PublishablePhoto(self._folder / name, record.published.facts.size, [])
                found.setdefault(record.published.name, photo).files.append(name)
        return found

    def _sent_of(self, good_id: str) -> list[str]:
        """Return the names of a good's photos that are sent: Prom takes only some."""
        return [name for name in self._names(good_id) if self._usable(name)][:PHOTO_LIMIT]

    def unfit(self, good_ids: Collection[str]) -> list[str]:
        """Return the names of the photos of goods that cannot be sent as they are now."""
        names = {name for good_id in good_ids for name in self._names(good_id)}
        return sorted(name for name in names if not self._is_fit(name))

    def _is_fit(self, name: str) -> bool:
        """Return whether a file has a picture that can be sent, now and not only earlier."""
        seen = self._now(name)
        absent = name in self._blank or name in self._unread
        return not absent and bool(seen.digest) and self._is_picture(seen.digest)

    @cached_property
    def changed(self) -> set[str]:
        """The ids, in lower case, of goods whose photos differ from the last reading.

        A photo that was only saved again is the same, and its goods have not changed.
        """
        return {
            good_id
            for name in (*self._gone, *self._touched)
            if self._is_other(name)
            for good_id in owners_of(name)
        }

    def _is_other(self, name: str) -> bool:
        """Return whether a photo that was touched is gone, new, or has another content."""
        before = self._digest_before(name)
        return name not in self._files or not before or self._now(name).digest != before

    def __call__(self, good_id: str) -> tuple[Photo, ...] | None:
        """Return a good's photos, main one first; None where it has no source of photos, or no picture."""
        if self._index is None:
            return None
        names = self._names(good_id)
        found = {name: self._photo(name) for name in names}
        photos = tuple(filter(None, found.values()))
        if any(is_usual(name) or not photos for name, photo in found.items() if not photo):
            known = self._work.products.known([good_id]).get(good_id)
            if known and (known.sent or known.existing):  # what is no picture takes none off the site
                return self._sent_photos(known)
        return photos if photos or not names else None

    @staticmethod
    def _sent_photos(known: ProductSnapshot) -> tuple[Photo, ...] | None:
        """Return the photos that Prom was given of a good; None where it was given neither any nor none."""
        sent = known.sent.values.get("photos") if known.sent else None
        return tuple(photo for photo in sent if isinstance(photo, Photo)) if isinstance(sent, tuple) else None

    def _photo(self, name: str) -> Photo | None:
        """Return a photo as Prom gets it; None where it has no content that can be sent."""
        if not (digest := self._usable(name)):
            return None
        record = self._records.get(digest)
        if self._publishes and record and record.published:
            return Photo(self._url + record.published.name, record.published.digest)
        version = self._now(name).version
        return Photo(f"{self._url}{quote(name)}{f'?v={version}' if version else ''}", digest)

    def photos_of(self, good_id: str) -> Iterator[FolderPhoto]:
        """Yield a good's photos, main one first, also those that are no pictures."""
        for name in self._names(good_id):
            record = self._records.get(self._now(name).digest, PictureRecord())
            if name in self._blank or name in self._unread:
                record = PictureRecord()
            photo = self._photo(name) if self._is_fit(name) else None
            yield FolderPhoto(name, photo.url if photo else "", record.shown, record.flaws(self._rules))

    def unused(self, good_ids: Collection[str]) -> Iterator[str]:
        """Yield the names of photos that belong to no good; ids are in lower case."""
        return (name for name in sorted(self._files) if owners_of(name).keys().isdisjoint(good_ids))

    def findings_of(self, good_id: str) -> Iterator[Finding]:
        """Yield what is wrong with the contents of a good's photos."""
        for name in self._names(good_id):
            record = self._records.get(self._now(name).digest)
            if record is not None and name not in self._blank and name not in self._unread:
                yield from _findings(good_id, name, record, self._rules)

    def findings(self, good_id: str | None = None) -> Iterator[Finding]:
        """Yield the findings about photos without a content, of the whole folder or of one good."""
        about = good_id or ""
        if self.bare:
            yield Finding(Code.PHOTOS_UNREAD, good_id=about, args={"case": "none"})
            return
        of = set(self._files if good_id is None else self._names(good_id))
        if blank := self._blank & of:
            args: Args = {"case": "empty", "count": len(blank), "first": min(blank)}
            yield Finding(Code.PHOTOS_UNREAD, good_id=about, args=args)
        if unread := self._unread.keys() & of:
            first = min(unread)
            args = {"case": "refused", "count": len(unread), "first": first, "why": self._unread[first]}
            yield Finding(Code.PHOTOS_UNREAD, good_id=about, args=args)

    def store(self, work: UnitOfWork) -> None:
        """Store what changed."""
        if self.moved:
            known = self._touched.intersection(self._news).difference(self._unread)
            seen = {name: self._now(name) for name in known}
            work.photos.remember(seen, self._gone)
            work.photos.forget_pictures()

    def _names(self, good_id: str) -> list[str]:
        """Return the names of a good's photos, also of those without a content."""
        return [file.name for file in self._index.of(good_id)] if self._index else []

    def _digest_before(self, name: str) -> str:
        return self._known[name].digest if name in self._known else ""

    def _now(self, name: str) -> SeenPhoto:
        """Return a photo as it is now, with its last good content where it is no picture any more."""
        if name not in self._touched or name in self._unread:
            return self._known.get(name, _NEVER_SEEN)
        file, seen = self._files[name], self._news.get(name)
        if not seen or (seen.size, seen.modified_ns) != (file.size, file.modified_ns):
            try:
                seen = SeenPhoto(file.size, file.modified_ns, self._look(name))
            except ObjectInvalid as error:
                refusal = error.__cause__
                self._unread[name] = str(refusal.strerror if isinstance(refusal, OSError) else refusal)
                return self._known.get(name, _NEVER_SEEN)
        if not seen.last_good and not self._is_picture(seen.digest):
            seen = seen._replace(last_good=self._good_before(name))
        if not self._publishes and not seen.version:
            seen = seen._replace(version=self._version(name, seen.digest))
        self._news[name] = seen
        return seen

    def _version(self, name: str, digest: str) -> str:
        """Return what marks the address of a photo: Prom keeps what it fetched from an address once."""
        before = self._known.get(name)
        if before is None or before.digest == digest:
            return before.version if before else ""
        return digest[:8] if before.version or self._was_sent(name) else ""

    def _was_sent(self, name: str) -> bool:
        """Return whether Prom was given the address of a photo before."""
        goods = self._work.products.known(list(owners_of(name))).values()
        return any(file_name(photo.url) == name for good in goods for photo in self._sent_photos(good) or ())

    def _good_before(self, name: str) -> str:
        """Return the digest of the last content that was a picture; empty where there was none."""
        before = self._known.get(name)
        if before is None:
            return ""
        return before.digest if self._is_picture(before.digest) else before.last_good

    def _usable(self, name: str) -> str:
        """Return the digest of a photo's newest content that is a picture; empty where there is none."""
        seen = self._now(name)
        return seen.digest if self._is_picture(seen.digest) else seen.last_good

    def _is_picture(self, digest: str) -> bool:
        """Return whether a content can be sent as a picture, which is assumed where it was never decoded."""
        record = self._records.get(digest)
        if record is None:
            return not self._publishes
        return bool(record.published) if self._publishes else record.facts is not None

    def _look(self, name: str) -> str:
        """Look at a photo that nothing has looked at before, and return its digest."""
        from torgsync.files.photos.pictures import record_of  # noqa: PLC0415  # Pillow is seldom needed

        content, digest = read_photo(self._folder / name)
        if digest not in self._records:
            self._records[digest] = record_of(content, self._prepared_by)
        return digest

    @cached_property
    def _records(self) -> dict[str, PictureRecord]:
        return self._work.photos.pictures()


def _findings(good_id: str, name: str, record: PictureRecord, rules: PictureRules) -> Iterator[Finding]:
    """Yield what is wrong with one photo."""
    facts = record.facts
    if facts is None:
        args: dict[str, Arg] = {"file": name, **({"flaw": record.refusal} if record.refusal else {})}
        yield Finding(Code.PHOTO_BROKEN, good_id=good_id, args=args)
        return
    if record.refusal:
        yield Finding(Code.PHOTO_REFUSED, good_id=good_id, args={"file": name, "flaw": record.refusal})
        return
    for flaw in record.flaws(rules):
        args = {"file": name, "case": flaw}
        match flaw:
            case PictureFlaw.TYPE:
                args["type"] = facts.type.upper()
            case PictureFlaw.HEAVY:
                args["megabytes"] = facts.size // MEGABYTE
            case PictureFlaw.LARGE | PictureFlaw.SMALL | PictureFlaw.TOO_MANY_PIXELS:
                shown = record.shown or facts
                args |= {"width": shown.width, "height": shown.height}
                if shown.pixels() != facts.pixels():
                    args["scaled"] = True
        yield Finding(Code.PHOTO_UNFIT, good_id=good_id, args=args)
