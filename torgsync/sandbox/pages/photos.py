"""Pictures for the pages: files of local folders, since photos' addresses do not exist on loopback."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

# What browsers show as a picture and nothing else; SVG is left out because it may hold scripts.
IMAGE_TYPES = {f".{kind}": f"image/{kind}" for kind in ("avif", "gif", "jpeg", "png", "webp")}
IMAGE_TYPES[".jpg"] = "image/jpeg"
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
        """Return the picture of this name; a path, or a link to outside the folder, counts as missing."""
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
