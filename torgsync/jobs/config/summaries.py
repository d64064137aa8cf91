"""List sync objects, those with mistakes too."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from torgsync.core.config.sources import shown_source
from torgsync.core.config.storages import kind_of
from torgsync.errors import ObjectInvalid
from torgsync.files.config.objects import list_objects, load_object, name_in
from torgsync.files.config.settings import Settings
from torgsync.i18n import Message, _


class ObjectSummary(Struct, frozen=True):
    """One file among the objects; `problem` says why it, or its export, cannot be read."""

    slug: str
    name: str
    export: str | None
    problem: Message | None


def summaries(home: Settings) -> Iterator[ObjectSummary]:
    """Yield all objects of the home, by file name."""
    for path in list_objects(home.objects):
        try:
            file = load_object(path)
        except ObjectInvalid as error:
            yield ObjectSummary(path.stem, name_in(path) or path.stem, None, error.message)
        else:
            settings = file.settings
            export = settings.catalog.path
            there = kind_of(export) or file.catalog_path.is_file()
            lost = None if there else _("there is no export file")
            yield ObjectSummary(path.stem, settings.name, shown_source(export), lost)
