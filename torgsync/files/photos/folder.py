"""The folder of photos: which files belong to which good. Source: docs/developers/torgsoft.md §6."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import xxhash
from msgspec import Struct

from torgsync.core.photos.names import is_usual, owners_of
from torgsync.core.photos.pictures import MEGABYTE
from torgsync.disk import open_file
from torgsync.errors import ObjectInvalid
from torgsync.files.config.objects import ObjectFile
from torgsync.i18n import _
from torgsync.system import reason

LONGEST_FILE = 100 * MEGABYTE
"""The most bytes of a file that are kept in memory; nothing that is longer is a photo of an item."""
BLOCK = 1 << 20
_HINT = _("check the path, and that the folder is connected")


class PhotoFile(NamedTuple):
    """One photo: its name in the folder, its size in bytes, its last change in nanoseconds since 1970.

    The size is -1 where the system does not say it.
    """

    name: str
    size: int
    modified_ns: int


class PhotoIndex(Struct, frozen=True):
    """The photos of a folder when it was read, by each id that a name may mean, in lower case."""

    folder: Path
    by_stem: dict[str, tuple[PhotoFile, ...]]

    def files(self) -> dict[str, PhotoFile]:
        """Return every photo once, keyed by its name in the folder."""
        return {file.name: file for files in self.by_stem.values() for file in files}

    def without(self, names: Collection[str]) -> PhotoIndex:
        """Return the index without some of its photos."""
        return index_of(self.folder, (file for name, file in self.files().items() if name not in names))

    def of(self, good_id: str) -> tuple[PhotoFile, ...]:
        """Return a good's photos: `178.jpg` first, then `178_1.jpg`, `178_2.jpg` by number.

        The id is exact: 17 owns neither `178.jpg` nor `178_17.jpg`. Files that differ by extension or
        letter case alone come in the order of extension, then name (torgsoft §17 no. 23). One without a usual
        extension is a photo only where it is the only one of its number.
        """
        return self.by_stem.get(good_id.casefold(), ())


def photos_of(file: ObjectFile) -> PhotoIndex | None:
    """Read the photos of an object, None where it names no folder. Raises ObjectInvalid."""
    if file.photo_folder is None:
        return None
    try:
        return index_photos(file.photo_folder)
    except ObjectInvalid as missing:
        edit = f"torgsync object edit {file.called}"
        missing.hint = _(
            "{hint}\nanother folder: {edit} --photos DIR\nto leave photos on Prom.ua as they are: {edit} "
            "--unset catalog.photos",
            hint=_HINT,
            edit=edit,
        )
        raise


def no_photos(folder: Path) -> ObjectInvalid:
    """Return the error for a folder without a photo: absence is no signal, whatever it is asked for."""
    return ObjectInvalid(
        _("there is no photo in `{folder}`: photos on Prom.ua stay as they are", folder=folder.name),
        hint=_("check that the folder is connected, and that photos are named after their items: `17.jpg`"),
    )


def index_photos(folder: Path) -> PhotoIndex:
    """Read a folder's photos. Raises ObjectInvalid where it is missing: that is no shop without photos."""
    try:
        with os.scandir(folder) as entries:
            seen = [photo for entry in entries if owners_of(entry.name) and (photo := _seen(entry))]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ObjectInvalid(
            _("there is no folder of photos `{folder}`", folder=folder), hint=_HINT
        ) from error
    except OSError as error:
        why = _("the folder of photos `{folder}` cannot be read: {why}", folder=folder, why=reason(error))
        raise ObjectInvalid(why, hint=_HINT) from error
    return index_of(folder, seen)


def index_of(folder: Path, photos: Iterable[PhotoFile]) -> PhotoIndex:
    """Return which of these photos belong to which good."""
    by_good: dict[str, list[tuple[int, str, PhotoFile]]] = {}
    for photo in photos:
        extension = photo.name.rpartition(".")[2].casefold()
        for good_id, number in owners_of(photo.name).items():
            by_good.setdefault(good_id, []).append((number, extension, photo))
    return PhotoIndex(folder, {stem: tuple(_sorted(of)) for stem, of in by_good.items()})


def _sorted(photos: Iterable[tuple[int, str, PhotoFile]]) -> Iterator[PhotoFile]:
    """Yield the photos of one good by number, extension and name; see `PhotoIndex.of`."""
    by_number: dict[int, list[PhotoFile]] = {}
    for number, _extension, photo in sorted(photos):
        by_number.setdefault(number, []).append(photo)
    for same in by_number.values():
        usual = [photo for photo in same if is_usual(photo.name)]
        yield from usual or same


def _seen(entry: os.DirEntry[str]) -> PhotoFile | None:
    """Return the folder's entry of a file; None for a folder, or a file that vanished meanwhile."""
    try:
        if not entry.is_file():
            return None
        seen = entry.stat()
    except FileNotFoundError:
        return None
    except OSError:  # such as a link to itself; reading it says why
        return PhotoFile(entry.name, -1, 0)
    return PhotoFile(entry.name, seen.st_size, seen.st_mtime_ns)


def read_photo(path: Path) -> tuple[bytes, str]:
    """Return a photo's content and its digest, 16 hexadecimal digits: most photos are copies.

    A file that is too long for a photo has no content. Raises ObjectInvalid where it cannot be read.
    """
    try:
        with open_file(path) as file:
            content: bytes = file.read(LONGEST_FILE + 1)
            hashed = xxhash.xxh3_64(content)
            if len(content) > LONGEST_FILE:
                content = b""
                while block := file.read(BLOCK):
                    hashed.update(block)
            return content, hashed.hexdigest()
    except OSError as error:
        raise ObjectInvalid(
            _("the photo `{path}` cannot be read: {why}", path=path, why=reason(error)),
            hint=_(
                "make sure that it is there and no other program holds it open, and run the command again"
            ),
        ) from error
