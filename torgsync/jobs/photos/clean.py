"""Remove published pictures that nothing uses any more."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from datetime import timedelta

from msgspec import Struct

from torgsync.errors import TorgsyncError
from torgsync.files.photos.storage import PhotoStorage, lost_pictures, place_of
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.photos.publish import require_place

KEPT = timedelta(days=30)
"""How long a picture stays that nothing uses."""


class UnusedPhotos(Struct):
    """Pictures that can be removed from a place: their sizes in bytes and the files they are of, by name.

    `waiting` counts those that nothing uses and that stay for some days yet. `failed` says why removing ended
    early. `unfinished` are the names of those whose writing was cut off, and that are not written again.
    """

    place: str
    unused: dict[str, int]
    files: dict[str, tuple[str, ...]]
    waiting: int = 0
    removed: int = 0
    failed: TorgsyncError | None = None
    unfinished: Collection[str] = ()


def unused_photos(context: JobContext) -> UnusedPhotos:
    """Return which published pictures nothing has used for `KEPT`.

    They were uploaded by this state to exactly this place, and no object of it, product, pending plan or run
    that can still be rolled back has them. The place itself is not listed.
    """
    require_place(context)
    place, now = place_of(context.file), context.now()
    with context.transaction() as work:
        work.uploads.note_unused(place, now)
        shared = work.uploads.elsewhere(place)
        found = work.uploads.unused(place, now)
        ripe = work.uploads.unused(place, now - KEPT)
        files = work.uploads.photo_names({}, {}).files
        left = work.uploads.forgotten(place)
    unused = {name: size for name, size in ripe.items() if name not in shared}
    known = {name: files[name] for name in unused if name in files}
    return UnusedPhotos(place, unused, known, len(found) - len(ripe), unfinished=sorted(left))


def clean(context: JobContext, cleaning: UnusedPhotos) -> None:
    """Remove pictures, each forgotten as it goes; it ends at the first that cannot be removed.

    In a folder that has none of its pictures nothing is removed: its disk may not be connected.
    """
    if not (cleaning.unused or cleaning.unfinished):
        return
    with context.transaction() as work:
        there = set(work.uploads.sizes(cleaning.place))
    if lost := lost_pictures(context.file, there):
        cleaning.failed = lost
        return
    try:
        with closing(PhotoStorage.of_object(context.file)) as storage:
            for name in cleaning.unfinished:
                context.stop.check()
                storage.remove_unfinished(name)
                with context.transaction() as work:
                    work.uploads.forget(cleaning.place, name)
            for name in cleaning.unused:
                context.stop.check()
                context.report(Progress(Stage.CLEAN, cleaning.removed, len(cleaning.unused)))
                storage.remove(name)
                with context.transaction() as work:
                    work.uploads.forget(cleaning.place, name)
                    work.photos.forget_address(context.object.photos_url + name)
                cleaning.removed += 1
    except TorgsyncError as error:
        cleaning.failed = error
