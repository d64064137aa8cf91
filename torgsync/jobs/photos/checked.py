"""Photos as they are published: whether each is there, and what its address answered."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from torgsync.core.photos.addresses import AddressAnswer, AddressFault
from torgsync.core.photos.pictures import PictureFacts, PictureFlaw
from torgsync.jobs.context import JobContext
from torgsync.jobs.photos.folder import PhotoFolder
from torgsync.state.store import UnitOfWork


class CheckedPhoto(Struct, frozen=True):
    """One photo of an item, and what its address answered; None where it was not asked.

    Its facts are None where it is no picture, its address is empty where it is not sent. `published` is
    whether torgsync has put it there, None where it publishes none.
    """

    file: str
    address: str
    facts: PictureFacts | None
    flaws: tuple[PictureFlaw, ...]
    published: bool | None = None
    answer: AddressAnswer | None = None

    @property
    def fault(self) -> AddressFault | None:
        """Why it cannot be fetched from its address, as far as that is known."""
        return self.answer.fault(self.facts.size if self.facts else None) if self.answer else None

    @property
    def is_bad(self) -> bool:
        """Whether buyers will not see it."""
        return self.fault is not None or not self.address


class UnreachablePhoto(Struct, frozen=True):
    """A published picture that cannot be fetched from its address."""

    address: str
    fault: AddressFault
    answer: AddressAnswer


class PublishedPhotos:
    """What is known of the published photos of one object, inside one transaction."""

    def __init__(self, context: JobContext, work: UnitOfWork) -> None:
        self._url = context.object.photos_url
        self._publishes = context.object.publishes_photos
        self._work = work
        self._sizes: dict[str, int] = {}
        if self._publishes:
            from torgsync.files.photos.storage import place_of  # noqa: PLC0415  # most objects publish none

            self._sizes = work.uploads.sizes(place_of(context.file))

    def of(self, folder: PhotoFolder, good_id: str) -> Iterator[CheckedPhoto]:
        """Yield a good's photos, main one first, without what their addresses answered."""
        for photo in folder.photos_of(good_id):
            there = photo.url.removeprefix(self._url) in self._sizes if self._publishes else None
            yield CheckedPhoto(*photo, published=there)

    def answered(self, folder: PhotoFolder, good_id: str) -> Iterator[CheckedPhoto]:
        """Yield a good's photos, main one first, with what their addresses answered last."""
        answers = self._work.photos.addresses()
        return (replace(photo, answer=answers.get(photo.address)) for photo in self.of(folder, good_id))

    def unreachable(self) -> Iterator[UnreachablePhoto]:
        """Yield the pictures of the folder's photos that did not answer well when they were asked last."""
        answers = self._work.photos.addresses() if self._sizes else {}
        faulty: dict[str, UnreachablePhoto] = {}
        for address, answer in answers.items():
            name = address.removeprefix(self._url)
            if name in self._sizes and (fault := answer.fault(self._sizes[name])):
                faulty[name] = UnreachablePhoto(address, fault, answer)
        if faulty:
            records = self._work.photos.pictures()
            now = (records.get(seen.last_good or seen.digest) for seen in self._work.photos.seen().values())
            shown = {record.published.name for record in now if record and record.published}
            yield from (faulty[name] for name in sorted(shown & faulty.keys()))
