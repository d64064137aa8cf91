"""Look at the photos of a folder as pictures: each content is decoded once, and remembered."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from torgsync.core.paging import pages
from torgsync.core.photos.pictures import PictureRecord, PictureRules, SeenPhoto
from torgsync.errors import ObjectInvalid
from torgsync.files.photos.folder import PhotoFile, read_photo
from torgsync.files.photos.pictures import record_of
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.photos.folder import PhotoFolder, publishing_rules
from torgsync.threads import ContextThreadPool

WORKERS = min(4, os.cpu_count() or 1)
"""Pictures that are decoded at once: Pillow leaves other threads alone meanwhile."""


def look_at_new_photos(context: JobContext) -> dict[str, SeenPhoto]:
    """Look at the photos that are new or changed, outside of a transaction, and return them by file name."""
    with context.transaction(durable=False) as work:
        unknown = PhotoFolder(context.file, work).unknown()
    return look_at_photos(context, unknown) if unknown else {}


def look_at_photos(context: JobContext, photos: Sequence[PhotoFile]) -> dict[str, SeenPhoto]:
    """Decode the photos whose content is unknown, remember what they are, and return all by file name.

    Those that cannot be opened now are left out.
    """
    folder = context.file.photo_folder or Path()
    with context.transaction(durable=False) as work:
        known = work.photos.pictures()
    rules = publishing_rules(context.object)
    seen: dict[str, SeenPhoto] = {}
    with ContextThreadPool(WORKERS) as pool:
        for page in pages(photos):
            context.report(Progress(Stage.PHOTOS, len(seen), len(photos)))
            new: dict[str, PictureRecord] = {}
            looks = pool.map(lambda photo: _look(folder / photo.name, known, rules), page)
            for photo, look in zip(page, looks, strict=True):
                if look:
                    digest, record = look
                    known[digest] = new[digest] = record
                    seen[photo.name] = SeenPhoto(photo.size, photo.modified_ns, digest)
            with context.transaction(durable=False) as work:
                work.photos.note_pictures(new)
    return seen


def _look(
    path: Path, known: Mapping[str, PictureRecord], rules: PictureRules | None
) -> tuple[str, PictureRecord] | None:
    """Return the digest of a photo, and what it is; None where it cannot be read now."""
    try:
        content, digest = read_photo(path)
    except ObjectInvalid:
        return None
    before = known.get(digest)
    return digest, before if before and before.rules == rules else record_of(content, rules)
