"""Check the photos of every item: whether they open and are fit, and whether Prom.ua can fetch them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import replace

from torgsync.core.photos.addresses import AddressAnswer, AddressFault
from torgsync.core.photos.pictures import PictureFacts, PictureFlaw
from torgsync.core.product.cells import id_fault
from torgsync.errors import ObjectInvalid
from torgsync.files.catalog.export import open_export
from torgsync.files.photos.addresses import HostPlace
from torgsync.i18n import _
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.photos.asking import ask, host_place
from torgsync.jobs.photos.folder import PhotoFolder
from torgsync.jobs.photos.looking import look_at_new_photos


class CheckedPhoto(Struct, frozen=True):
    """One photo of an item, and what its address answered; None where it was not asked.

    Its facts are None where it is no picture.
    """

    file: str
    address: str
    facts: PictureFacts | None
    flaws: tuple[PictureFlaw, ...]
    answer: AddressAnswer | None = None

    @property
    def fault(self) -> AddressFault | None:
        """Why it cannot be fetched from its address, as far as that is known."""
        return self.answer.fault(self.facts) if self.answer else None

    @property
    def is_bad(self) -> bool:
        """Whether buyers will not see it."""
        return self.fault is not None or self.facts is None


class ItemPhotos(Struct, frozen=True):
    """An item of the export with its photos, main one first."""

    good_id: str
    title: str
    photos: tuple[CheckedPhoto, ...]


class PhotoCheck(Struct, frozen=True):
    """All items of the export, or those that were asked for.

    `unused` are names of photos that belong to no item. `not_asked` is the address of all photos where it was
    not asked: it is `private`, on this machine or in a private network, or of a kind that is not asked.
    """

    items: tuple[ItemPhotos, ...]
    unused: tuple[str, ...] = ()
    not_asked: str = ""
    private: bool = False


def check_photos(context: JobContext, wanted: Collection[str] = ()) -> PhotoCheck:
    """Check the photos of all items of the export, or of those with the ids `wanted`.

    What is found out is remembered: a content is decoded once, and an address that names a version of its
    file is asked whether it still has that one.

    Raises ObjectInvalid where the object has no photo folder, and what reading the export raises.
    """
    if context.file.photo_folder is None:
        raise ObjectInvalid(
            _("`{name}` has no photo folder", name=context.object.name),
            hint=_("name it: torgsync object edit {called} --photos DIR --photos-url https://…").filled(
                called=context.file.called
            ),
        )
    context.report(Progress(Stage.PHOTOS))
    looked = look_at_new_photos(context)
    with context.transaction(durable=False) as work:
        folder = PhotoFolder(context.file, work, looked)
        items = tuple(_items(context, folder, wanted))
        unused = () if wanted else tuple(folder.unused({item.good_id.casefold() for item in items}))
    place = host_place(context)
    if place in (HostPlace.PRIVATE, HostPlace.OTHER_WAY):
        return PhotoCheck(items, unused, context.object.photos_url, private=place is HostPlace.PRIVATE)
    answers = ask(context, [photo.address for item in items for photo in item.photos])
    answered = (
        replace(item, photos=tuple(replace(photo, answer=answers[photo.address]) for photo in item.photos))
        for item in items
    )
    return PhotoCheck(tuple(answered), unused)


def _items(context: JobContext, folder: PhotoFolder, wanted: Collection[str]) -> Iterator[ItemPhotos]:
    catalog, met = open_export(context.file), set()
    names = [mapping.column for mapping in context.object.fields if mapping.to == "name"]
    for record in catalog.records():
        good_id = catalog.good_id(record)
        if id_fault(good_id) or good_id in met or (wanted and good_id not in wanted):
            continue
        met.add(good_id)
        cells = catalog.cells(record)
        title = next((cells[name] for name in names if cells.get(name)), "")
        photos = tuple(CheckedPhoto(*photo) for photo in folder.photos_of(good_id))
        yield ItemPhotos(good_id, title, photos)
