"""Remove published pictures that nothing uses any more."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

from msgspec import Struct

from torgsync.errors import TorgsyncError
from torgsync.files.photos.storage import PhotoStorage, place_of
from torgsync.i18n import Message
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.photos.publish import require_place

KEPT = timedelta(days=30)
"""How long a picture stays that nothing uses."""


class UnusedPhotos(Struct):
    """Pictures that can be removed from a place: their sizes in bytes, keyed by name.

    `waiting` counts those that nothing uses and that stay for some days yet. `failed` says why removing ended
    early.
    """

    place: str
    unused: dict[str, int]
    waiting: int = 0
    removed: int = 0
    failed: Message | None = None


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
    unused = {name: size for name, size in ripe.items() if name not in shared}
    return UnusedPhotos(place, unused, len(found) - len(ripe))


def clean(context: JobContext, cleaning: UnusedPhotos) -> None:
    """Remove pictures, each forgotten as it goes; it ends at the first that cannot be removed."""
    try:
        with closing(PhotoStorage.of_object(context.file)) as storage:
            for name in cleaning.unused:
                context.stop.check()
                context.report(Progress(Stage.CLEAN, cleaning.removed, len(cleaning.unused)))
                storage.remove(name)
                with context.transaction() as work:
                    work.uploads.forget(cleaning.place, name)
                    work.photos.forget_address(context.object.photos_url + name)
                cleaning.removed += 1
    except TorgsyncError as error:
        cleaning.failed = error.message
