"""Check the photos of every item: whether they open and are fit, and whether Prom.ua can fetch them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import replace

from torgsync.core.product.cells import id_fault
from torgsync.errors import ObjectInvalid
from torgsync.files.catalog.export import open_export
from torgsync.files.catalog.sources import export_files
from torgsync.files.photos.addresses import HostPlace
from torgsync.files.photos.folder import no_photos
from torgsync.i18n import _
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.photos.asking import ask, host_place
from torgsync.jobs.photos.checked import CheckedPhoto, PublishedPhotos
from torgsync.jobs.photos.folder import PhotoFolder
from torgsync.jobs.photos.looking import look_at_new_photos
from torgsync.jobs.unknown import unknown_goods
from torgsync.state.store import UnitOfWork


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

    Raises ObjectInvalid where the object has no photo folder or that is empty, UsageError where the export
    has no such item, and what reading the export raises.
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
    export_files(context.file)  # before the state is held
    with context.transaction(durable=False) as work:
        folder = PhotoFolder(context.file, work, looked)
        if folder.bare:
            raise no_photos(context.file.photo_folder)
        items = tuple(_items(context, folder, work, wanted))
        unused = () if wanted else tuple(folder.unused({item.good_id.casefold() for item in items}))
    place = host_place(context)
    if place in (HostPlace.PRIVATE, HostPlace.OTHER_WAY):
        return PhotoCheck(items, unused, context.object.photos_url, private=place is HostPlace.PRIVATE)
    answers = ask(
        context,
        [
            photo.address
            for item in items
            for photo in item.photos
            if photo.address and photo.published is not False
        ],
    )
    answered = (
        replace(
            item, photos=tuple(replace(photo, answer=answers.get(photo.address)) for photo in item.photos)
        )
        for item in items
    )
    return PhotoCheck(tuple(answered), unused)


def _items(
    context: JobContext, folder: PhotoFolder, work: UnitOfWork, wanted: Collection[str]
) -> Iterator[ItemPhotos]:
    published = PublishedPhotos(context, work)
    catalog, met = open_export(context.file), set[str]()
    names = [mapping.column for mapping in context.object.fields if mapping.to == "name"]
    for record in catalog.records():
        good_id = catalog.good_id(record)
        if id_fault(good_id) or good_id in met:
            continue
        met.add(good_id)
        if wanted and good_id not in wanted:
            continue
        cells = catalog.cells(record)
        title = next((cells[name] for name in names if cells.get(name)), "")
        yield ItemPhotos(good_id, title, tuple(published.of(folder, good_id)))
    if unknown := sorted(set(wanted) - met):
        raise unknown_goods(context, unknown, met)
