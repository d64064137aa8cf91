"""Files in a folder: on this machine, or on a share that it has mounted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ENOTDIR
from pathlib import Path
from tempfile import mkdtemp

from torgsync import disk
from torgsync.errors import TorgsyncError
from torgsync.files.config.text_files import cure
from torgsync.files.places.place import HIDDEN, TRIAL, UNFINISHED, FilePlace, folder_mode
from torgsync.i18n import _
from torgsync.system import reason


class FolderPlace(FilePlace):
    """A folder for files.

    With `own` it is torgsync's, for the owner alone. In a folder that the owner named, files are for those
    who may use the folder, such as Torgsoft, which removes them. They have at least the rights of `mode`.
    """

    def __init__(self, path: Path, *, own: bool = False, mode: int = disk.FILE_MODE) -> None:
        self._path = path
        self._own = own
        self._mode = mode
        self.label = str(path)

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
                return disk.read_bytes(self._path / name)
            except FileNotFoundError:
                return None

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name, so that it survives a power failure."""
        with self._usable():
            if self._own:
                disk.make_folder(self._path)
            else:
                self._make_folder()
            mode = self._mode | (0 if self._own else self._path.stat().st_mode & 0o066)
            unfinished = self._path / f"{name}{UNFINISHED}"
            unfinished.unlink(missing_ok=True)  # of a run that was killed; or a link, which is not followed
            with os.fdopen(disk.create_file(unfinished, mode), "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())

    def _make_folder(self) -> None:
        """Make the folder where it is missing: whoever may read its files may list it and enter it."""
        if self._path.is_dir():
            return
        missing = [one for one in (self._path, *self._path.parents) if not one.exists()]
        self._path.mkdir(parents=True, exist_ok=True)
        for folder in missing:
            folder.chmod(folder.stat().st_mode | folder_mode(self._mode))

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
            Path(mkdtemp(prefix=TRIAL, dir=above)).rmdir()  # rights alone say little of a share, or to root

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
                _("`{path}` cannot be used: {why}", path=self._path, why=reason(trouble)),
                hint=cure(self._path, trouble),
            ) from trouble
