"""An outbox in a folder: on this machine, or on a share that it has mounted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, ENOTDIR
from pathlib import Path

from torgsync.errors import TorgsyncError
from torgsync.files.orders.order_file import HIDDEN, UNFINISHED


class FolderOutbox:
    """An outbox in a folder. Every method raises TorgsyncError where the folder cannot be used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.label = str(path)

    def names(self) -> frozenset[str] | None:
        """Return the names of all files; None where there is no folder."""
        sizes = self.sizes()
        return None if sizes is None else frozenset(sizes)

    def sizes(self) -> dict[str, int | None] | None:
        """Return the bytes of all files, by name; None where there is no folder."""
        with self._usable():
            try:
                return dict(self._sizes())
            except FileNotFoundError:
                return None

    def _sizes(self) -> Iterator[tuple[str, int]]:
        for entry in os.scandir(self._path):
            with suppress(FileNotFoundError):  # taken at this moment
                if entry.is_file():
                    yield entry.name, entry.stat().st_size

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None where it is gone."""
        with self._usable():
            try:
                return (self._path / name).read_bytes()
            except FileNotFoundError:
                return None

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name, so that it survives a power failure."""
        with self._usable():
            self._path.mkdir(parents=True, exist_ok=True)
            with (self._path / f"{name}{UNFINISHED}").open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())

    def publish(self, name: str) -> None:
        """Give a file its real name."""
        with self._usable():
            (self._path / f"{name}{UNFINISHED}").replace(self._path / name)

    def remove(self, name: str) -> bool:
        """Remove a file; return False where there was none."""
        with self._usable():
            try:
                (self._path / name).unlink()
            except FileNotFoundError:
                return False
            return True

    def hide(self, name: str) -> bool:
        """Rename a file in one step; return False where it was taken already."""
        with self._usable():
            try:
                (self._path / name).replace(self._path / f"{name}{HIDDEN}")
            except FileNotFoundError:
                if not self._path.is_dir():  # it was not taken: the share went away at this moment
                    raise
                return False
            return True

    def unhide(self, name: str) -> None:
        """Give a file that was hidden its real name again."""
        with self._usable():
            (self._path / f"{name}{HIDDEN}").replace(self._path / name)

    def on_other_disk(self, home: Path) -> bool:
        """Return whether it is on another disk than the home; where its share is not mounted it is not."""
        with self._usable():
            return self._path.stat().st_dev != home.stat().st_dev

    def try_making(self) -> None:
        """Raise TorgsyncError where the folder could not be made; it is not made."""
        above = next(folder for folder in self._path.absolute().parents if folder.exists())
        with self._usable():
            if not above.is_dir():
                raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR))
            if not os.access(above, os.W_OK | os.X_OK):
                raise PermissionError(EACCES, os.strerror(EACCES))

    def make_durable(self) -> None:
        """Make the names survive a power failure; Windows does so by itself."""
        if os.name == "nt":  # pragma: no cover  # tests run elsewhere
            return
        with self._usable():
            folder = os.open(self._path, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except OSError as trouble:
            raise TorgsyncError(
                f"`{self._path}` cannot be used: {trouble.strerror}",
                hint=f"look at `{self._path}` and the room on its disk, then run the same command again",
            ) from trouble
