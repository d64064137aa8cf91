"""Writes text files that people and other programs may change too."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from torgsync.errors import TorgsyncError

_PATIENCE = 20
"""Seconds to wait for another program that changes the file."""


@contextmanager
def editing(path: Path) -> Iterator[None]:
    """Hold a file while it is read, changed and written: of two programs that edit it one waits.

    Raises TorgsyncError where the other one takes too long.
    """
    try:
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=_PATIENCE):
            yield
    except Timeout as held:
        raise TorgsyncError(
            f"another program has been changing `{path}` for {_PATIENCE} seconds",
            hint="see what runs, then run the same command again",
        ) from held


def replace_text(path: Path, text: str) -> None:
    """Write a text file so that it is there whole or not at all, for its owner alone.

    A file that had the line ends of Windows keeps them. Raises TorgsyncError where the folder takes no file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        windows = path.is_file() and b"\r\n" in path.read_bytes()
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-", suffix=path.suffix)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\r\n" if windows else "\n") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as trouble:
        raise TorgsyncError(
            f"`{path}` cannot be written: {trouble.strerror}",
            hint=f"look at `{path.parent}` and the room on its disk, then run the same command again",
        ) from trouble
