"""Names of photos in the folder: the goods that a file belongs to."""

from __future__ import annotations

import re

_USUAL = "jpg jpeg png gif webp".split()
_OTHERS = (
    "apng arw avif bmp cr2 dib dng heic heif ico j2k jfif jp2 jpe jxl nef pcx pjpeg psd raw svg tga tif tiff"
).split()
"""Extensions of pictures that few shops use; many of these types cannot be read."""
_PHOTO = re.compile(
    rf"(?P<stem>.+)\.(?:{'|'.join(_USUAL + _OTHERS)})|(?P<bare>[0-9]+(?:_[0-9]+)?)", re.IGNORECASE
)
_EXTRA = re.compile(r"(?P<good_id>.+)_(?P<number>[0-9]+)")


def owners_of(name: str) -> dict[str, int]:
    """Return the ids of goods that a file may belong to, in lower case, with its place among their photos.

    `178_1.jpg` is the first extra photo of 178, or the plain one of a good with that very id. A name without
    an extension is one of a photo where it is a number, as ids of Torgsoft are. A file that is named as
    something else, such as `178.txt`, is without a good: what it is then does not matter.
    """
    photo = _PHOTO.fullmatch(name)
    if photo is None:
        return {}
    stem = (photo["stem"] or photo["bare"]).casefold()
    extra = _EXTRA.fullmatch(stem)
    return {stem: -1} | ({extra["good_id"]: int(extra["number"])} if extra else {})


def is_usual(name: str) -> bool:
    """Return whether a file has an extension that photos usually have.

    Another file is a photo only where there is none of the same name with such an extension: it is the source
    of that one.
    """
    return name.casefold().rpartition(".")[2] in _USUAL
