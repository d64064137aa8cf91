"""The files of the folder that published pictures were made of: their names are what people know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from msgspec import Struct

from torgsync.core.photos.names import owners_of
from torgsync.core.plan.diff import Change, FieldChange
from torgsync.core.product.fields import Photo, Value


class PhotoNames(Struct, frozen=True):
    """The files of the folder that published pictures were made of, keyed by the name of the picture.

    The address of a published picture says nothing to people: they are shown one with the name of the file.
    """

    files: Mapping[str, tuple[str, ...]] = {}

    def of_value(self, good_id: str, value: Value) -> Value:
        """Return a value of a good, in which photos have the names of its files."""
        if not (isinstance(value, tuple) and self.files):
            return value
        photos, named = [item for item in value if isinstance(item, Photo)], list[Photo]()
        for photo in photos:
            named.append(self._named(good_id, photo, photos[: len(named)].count(photo)))
        return tuple(named) if named else value

    def of_field(self, good_id: str, field: FieldChange) -> FieldChange:
        """Return a change of a field, in which photos have the names of files."""
        old, new, sent = (self.of_value(good_id, value) for value in (field.old, field.new, field.sent))
        return field._replace(old=old, new=new, sent=sent)

    def of_change(self, change: Change) -> Change:
        """Return a change, in which photos have the names of files."""
        if "photos" not in change.fields:
            return change
        named = self.of_field(change.good_id, change.fields["photos"])
        return replace(change, fields={**change.fields, "photos": named})

    def _named(self, good_id: str, photo: Photo, before: int) -> Photo:
        """Return a photo with the name of its file: of several with the same picture, the good's own.

        `before` are the photos of the good before it that have the same picture.
        """
        above, slash, name = photo.url.rpartition("/")
        if not (files := self.files.get(name)):
            return photo
        places = {file: owners_of(file).get(good_id.casefold()) for file in files}
        own = sorted((place, file) for file, place in places.items() if place is not None)
        file = own[before][1] if before < len(own) else files[0]
        return photo._replace(url=f"{above}{slash}{file}")
