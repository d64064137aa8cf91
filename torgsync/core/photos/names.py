"""Names of photos in the folder: the goods that a file belongs to."""

from __future__ import annotations

import re

_PHOTO = re.compile(r"(?P<stem>.+)\.(?P<extension>jpe?g|png|gif|webp)", re.IGNORECASE)
_EXTRA = re.compile(r"(?P<good_id>.+)_(?P<number>[0-9]+)")


def owners_of(name: str) -> dict[str, int]:
    """Return the ids of goods that a file may belong to, in lower case, with its place among their photos.

    `178_1.jpg` is the first extra photo of 178, or the plain one of a good with that very id. A file that is
    no photo is without a good.
    """
    photo = _PHOTO.fullmatch(name)
    if photo is None:
        return {}
    stem = photo["stem"].casefold()
    extra = _EXTRA.fullmatch(stem)
    return {stem: -1} | ({extra["good_id"]: int(extra["number"])} if extra else {})
