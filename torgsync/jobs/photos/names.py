"""The names of published pictures for people: those of the files that they were made of."""

from __future__ import annotations

from torgsync.core.plan.photo_names import PhotoNames
from torgsync.jobs.context import JobContext
from torgsync.state.store import UnitOfWork


def photo_names(context: JobContext, work: UnitOfWork) -> PhotoNames:
    """Return the files of the pictures that an object has published, and of those that it will."""
    if not context.object.publishes_photos:
        return work.uploads.photo_names({}, {})
    return work.uploads.photo_names(work.photos.seen(), work.photos.pictures())
