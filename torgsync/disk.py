"""Opens and writes files and folders: the one place for modes, links and files that are none.

What is opened must be a regular file: a pipe, a device or a socket could block or never end. What is written
is written under a random name next to its place, without following links, and then renamed. Every function
raises OSError, also for names that the system itself refuses with another exception.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EFBIG, EINVAL, ENOTDIR
from io import DEFAULT_BUFFER_SIZE, BufferedReader, FileIO
from pathlib import Path
from typing import BinaryIO

from torgsync.i18n import _

FILE_MODE = 0o600
FOLDER_MODE = 0o700
"""Modes of what torgsync itself keeps: it holds buyers' names and phones."""
OTHERS = 0o077
"""The bits of a mode that are for anybody but the owner."""

MOST = 64 * 1024 * 1024
"""Bytes of the largest file that is read as a whole."""

_EXTRA = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)

_KINDS = (
    (stat.S_ISDIR, _("a folder")),
    (stat.S_ISFIFO, _("a named pipe")),
    (stat.S_ISSOCK, _("a socket")),
    (lambda mode: stat.S_ISCHR(mode) or stat.S_ISBLK(mode), _("a device")),
)


class NotAFile(OSError):
    """A path at which there is something else than a regular file; `what` is that, with its article."""

    def __init__(self, path: Path, mode: int) -> None:
        self.is_folder = stat.S_ISDIR(mode)
        self.what = next((what for is_kind, what in _KINDS if is_kind(mode)), _("something else"))
        super().__init__(EINVAL, _("it is {what}, not a file", what=self.what), str(path))


# Reading


def stat_file(path: Path) -> os.stat_result:
    """Return what the system knows of a regular file. Raises OSError."""
    with _system_names(path):
        seen = path.stat()
    if not stat.S_ISREG(seen.st_mode):
        raise NotAFile(path, seen.st_mode)
    return seen


def open_file(path: Path, buffering: int = DEFAULT_BUFFER_SIZE) -> BufferedReader:
    """Open a regular file to be read; nothing else is opened, so that nothing blocks. Raises OSError."""
    stat_file(path)  # opening a device may already do something
    handle = os.open(path, os.O_RDONLY | _NO_WAIT | _EXTRA & ~getattr(os, "O_NOFOLLOW", 0))
    _refuse_others(path, handle)
    return BufferedReader(FileIO(handle), buffering)


def read_bytes(path: Path, most: int = MOST) -> bytes:
    """Return the content of a regular file of at most so many bytes. Raises OSError."""
    with open_file(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(EFBIG, _("it is larger than {mib} MiB", mib=most // 1024 // 1024), str(path))
    return content


def read_text(path: Path, encoding: str = "utf-8-sig", most: int = MOST) -> str:
    """Return the text of a regular file, its line ends as line feeds. Raises OSError, UnicodeDecodeError."""
    return read_bytes(path, most).decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


# Writing


def make_folder(path: Path) -> None:
    """Make a folder that only its owner may open, with those above it; one that is there stays as it is.

    Raises OSError.
    """
    with _system_names(path):
        if path.is_dir():
            return
        make_folder(path.parent)
        try:
            path.mkdir(mode=FOLDER_MODE)
        except FileExistsError:
            if path.is_dir():  # another process made it at this moment
                return
            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), str(path)) from None
        path.chmod(FOLDER_MODE)  # whatever the umask took away


def create_file(path: Path, mode: int = FILE_MODE) -> int:
    """Make a new file and return its handle, open to be written; FileExistsError also for a link."""
    with _system_names(path):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _EXTRA, mode)
    if hasattr(os, "fchmod"):  # pragma: no branch  # Windows has none
        os.fchmod(handle, mode)
    return handle


def append_file(path: Path) -> int:
    """Open a file of ours to be written at its end, and return the handle; a link or a pipe is refused."""
    with _system_names(path), suppress(FileExistsError):
        return create_file(path)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | _NO_WAIT | _EXTRA)
    _refuse_others(path, handle)
    return handle


@contextmanager
def replacing(path: Path, mode: int = FILE_MODE) -> Iterator[BinaryIO]:
    """Yield a new file that takes the place of `path` when the block ends, whole or not at all.

    A link in its place is replaced, never followed. Raises OSError.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    handle = create_file(temporary, mode)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        with _system_names(path):
            temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def make_file(path: Path) -> None:
    """Make an empty file where there is none, also where a link has no target. Raises OSError."""
    with suppress(FileExistsError):
        os.close(create_file(path))


def put_new(source: Path, target: Path) -> None:
    """Give a file another name. Raises FileExistsError where that is taken, also by a link."""
    if os.name == "nt":  # pragma: no cover  # where a rename never replaces anything
        source.rename(target)
        return
    os.link(source, target, follow_symlinks=False)
    source.unlink()


def narrow(path: Path) -> None:
    """Take from a file or folder what others may do with it; a link is not followed. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | _NO_WAIT | _EXTRA)
    try:
        os.fchmod(handle, stat.S_IMODE(os.fstat(handle).st_mode) & ~OTHERS)
    finally:
        os.close(handle)


def _refuse_others(path: Path, handle: int) -> None:
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise NotAFile(path, mode)


@contextmanager
def _system_names(path: Path) -> Iterator[None]:
    """Turn what Python raises for a name that no file can have into an OSError."""
    try:
        yield
    except ValueError as wrong:  # a zero byte, or letters that the system's encoding lacks
        raise OSError(EINVAL, _("no file can have this name"), ascii(str(path))) from wrong
