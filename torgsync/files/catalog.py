"""The accounting program's catalog file, whatever its format.

The first byte that is not blank tells (reference/torgsoft.md §17 no. 4).
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import xxhash

from torgsync.errors import ExportInvalid
from torgsync.files.trs import TrsFile, open_trs

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1024 * 1024
_LOOK = 4096
_BLANK = bytes(range(0x21))  # control bytes may stand before the XML


def open_catalog(path: Path, *, encoding: str | None = None, header: bool | None = None) -> TrsFile:
    """Look at an export and return it ready to be read, see `open_trs`. Raises ExportInvalid."""
    if _beginning(path).startswith(b"<"):
        raise ExportInvalid(
            f"`{path}` is a YML export, which is not read yet",
            hint="let Torgsoft write the synchronization file as TRS or CSV, and export once more",
        )
    return open_trs(path, encoding=encoding, header=header)


def content_of(*paths: Path) -> bytes:
    """Return a digest of the files' bytes, in this order: nothing costs less.

    It is empty where a file cannot be read; `open_catalog` says what is wrong with it.
    """
    state = xxhash.xxh3_128()
    try:
        for path in paths:
            with path.open("rb", buffering=0) as file:
                while chunk := file.read(_CHUNK):
                    state.update(chunk)
    except OSError:
        return b""
    return state.digest()


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LOOK).removeprefix(codecs.BOM_UTF8).lstrip(_BLANK)
    except OSError:
        return b""  # `open_trs` says what is wrong
