"""Pictures for the pages: files of local folders, since photos' addresses do not exist on loopback."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

# What browsers show as a picture and nothing else; SVG is left out because it may hold scripts.
IMAGE_TYPES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
# Separators of any system, the colon of Windows' drives and streams, and NUL, which no system allows.
SIGNS_OF_PATHS = frozenset("/\\:\0")


def name_of(source: str) -> str:
    """Return the last part of a photo's address as a file would be called, "" where there is none."""
    try:
        return PurePosixPath(unquote(urlsplit(source).path)).name
    except ValueError:
        # The address comes from an import file, and may be none, such as `http://[`.
        return ""


class PhotoFolders:
    """Folders whose pictures are served by name; of equal names the first folder's picture."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self._folders = [folder.resolve() for folder in folders]

    def find(self, name: str) -> Path | None:
        """Return the picture of this name, or None.

        Only a file directly in a folder is served: a name that is a path, or a link to outside the folder,
        counts as missing.
        """
        if SIGNS_OF_PATHS & set(name) or PurePosixPath(name).suffix.lower() not in IMAGE_TYPES:
            return None
        for folder in self._folders:
            try:
                path = (folder / name).resolve(strict=True)
            except OSError:
                continue
            if path.parent == folder and path.is_file():
                return path
        return None
