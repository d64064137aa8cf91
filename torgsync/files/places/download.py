"""Fetches files from servers that fsspec knows, part by part, in a limited time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from torgsync.threads import closing_after

PART = 8 * 1024 * 1024
"""Bytes that are fetched from S3 at once."""
PATIENCE = 60
"""Seconds that one such part may take."""


class FileStamp(NamedTuple):
    """What a server says of a file: its bytes, what changes with it, and when it was written, in UTC.

    `size` and `written` are None, and `version` is empty, where the server does not say it.
    """

    size: int | None
    version: str
    written: datetime | None


def stamp_of(info: Mapping[str, Any]) -> FileStamp:
    """Return what a server says of a file, as fsspec hands it on."""
    written = _moment(info.get("LastModified") or info.get("mtime") or info.get("modify"))
    size = info.get("size")
    version = str(info.get("ETag") or (f"{size}/{written.isoformat()}" if written else ""))
    return FileStamp(size if isinstance(size, int) else None, version, written)


def _moment(given: object) -> datetime | None:
    """Return the time of a file as a server gives it, in UTC; None where it gives none that is exact."""
    if isinstance(given, datetime):
        return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)
    digits = str(given or "").partition(".")[0]
    with suppress(ValueError):  # a time of a list for people, which knows no seconds
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return None


def parts_of(files: Any, protocol: str, path: str, size: int | None) -> Iterator[bytes]:  # noqa: ANN401  # no type
    """Yield a file in parts, by the library below fsspec, whose own files are read in other ways."""
    if protocol == "ftp":
        files.ftp.voidcmd("TYPE I")
        with files.ftp.transfercmd(f"RETR {files._strip_protocol(path)}") as data:  # noqa: SLF001
            while part := data.recv(1 << 16):
                yield part
        files.ftp.voidresp()
    elif protocol == "sftp":
        with files.ftp.open(path, "rb") as file:
            file.prefetch(size)
            while part := file.read(1 << 18):
                yield part
    else:
        for start in range(0, size or 0, PART):
            yield files.cat_file(path, start=start, end=min(size or 0, start + PART), timeout=PATIENCE)


def in_time(parts: Iterator[bytes], seconds: float, close: Callable[[], None]) -> Iterator[bytes]:
    """Yield parts for so many seconds; then `close` ends the connection. Raises TimeoutError."""
    with closing_after(seconds, close) as late:
        try:
            for part in parts:
                if late.is_set():
                    break
                yield part
        except Exception:
            if not late.is_set():
                raise
    if late.is_set():
        raise TimeoutError
