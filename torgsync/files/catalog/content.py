"""The bytes of an object's export and their time, from which a change is seen without reading its rows."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path

import xxhash

from torgsync.disk import open_file
from torgsync.errors import TorgsyncError
from torgsync.files.catalog.sources import export_files
from torgsync.files.config.objects import ObjectFile


def content_of(file: ObjectFile) -> bytes:
    """Return a digest of the bytes of an object's export, all files in order; empty if one is unreadable.

    Raises what `export_files` raises.
    """
    state = xxhash.xxh3_128()
    try:
        for path in export_files(file):
            with open_file(path) as opened:
                file_digest(opened, lambda: state)
    except OSError:
        return b""
    return state.digest()


def written_at(file: ObjectFile) -> datetime | None:
    """Return when an object's export, or its oldest file, was written, in UTC; None if one is missing."""
    return min(times) if (times := _times_of_export(file)) else None


def changed_at(file: ObjectFile) -> datetime | None:
    """Return when an object's export, or its newest file, was written, in UTC; None if one is missing."""
    return max(times) if (times := _times_of_export(file)) else None


def configured_at(file: ObjectFile) -> datetime | None:
    """Return when the file of a sync object was written, in UTC; None if it is missing."""
    return next(iter(_times(file.path)), None)


def _times_of_export(file: ObjectFile) -> list[datetime]:
    with suppress(TorgsyncError):  # whoever reads it reports that
        return _times(*export_files(file))
    return []


def _times(*paths: Path) -> list[datetime]:
    try:
        return [datetime.fromtimestamp(path.stat().st_mtime, tz=UTC) for path in paths]
    except OSError:
        return []
