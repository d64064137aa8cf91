"""List sync objects, those with mistakes too."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from torgsync.errors import ObjectInvalid
from torgsync.files.config.objects import list_objects, load_object, name_in
from torgsync.files.config.settings import Settings
from torgsync.i18n import Message


class ObjectSummary(Struct, frozen=True):
    """One file among the objects; `problem` says why it cannot be read, None where it can."""

    slug: str
    name: str
    export: str | None
    problem: Message | None


def summaries(home: Settings) -> Iterator[ObjectSummary]:
    """Yield all objects of the home, by file name."""
    for path in list_objects(home.objects):
        try:
            settings = load_object(path).settings
        except ObjectInvalid as error:
            yield ObjectSummary(path.stem, name_in(path) or path.stem, None, error.message)
        else:
            yield ObjectSummary(path.stem, settings.name, settings.catalog.path, None)
