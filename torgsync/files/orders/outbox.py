"""Where order files are written for Torgsoft: a folder, or a server that fsspec knows.

A file is written whole under a temporary name and then renamed, so that Torgsoft never sees half of one.
Source: docs/developers/torgsoft.md §12.4, §17 no. 25.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, ENOTDIR
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from torgsync import disk
from torgsync.core.config.settings import without_password
from torgsync.errors import Temporary, TorgsyncError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.text_files import look_at_folder
from torgsync.files.config.tokens import read_outbox_password
from torgsync.files.orders.order_file import HIDDEN, UNFINISHED
from torgsync.i18n import Message, _
from torgsync.system import connection_words, known_reason, reason

TRIAL = "torgsync-check"
"""Name of a file that only tries whether one can be written."""

TIMEOUT = 30
"""Seconds after which a server that does not answer is given up."""


class StorageWords(NamedTuple):
    """What a person hears where a place cannot be used: `{place}` and `{why}`, `{extra}`, the way on."""

    unusable: Message
    library: Message
    hint: Message


OUTBOX_WORDS = StorageWords(
    _("the outbox `{place}` cannot be used: {why}"),
    _('the outbox `{place}` needs a library: `pip install "torgsync[{extra}]"`'),
    _("the orders are kept, and the next run writes their files; look at `outbox` under `[orders]`"),
)


class Outbox(Protocol):
    """A place for order files; `label` is its name, without a password. Its methods raise TorgsyncError."""

    label: str

    def names(self) -> frozenset[str] | None:
        """Return the names of all files; None where the folder itself is missing."""
        sizes = self.sizes()
        return None if sizes is None else frozenset(sizes)

    def sizes(self) -> dict[str, int | None] | None:
        """Return the bytes of files by name, where they are known; None where the folder is missing."""

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None where it is gone."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name, and make the folder where it is missing."""

    def publish(self, name: str) -> None:
        """Give a file that was put there its real name; one that has this name is replaced."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole under its real name; one that has this name is replaced."""
        self.put(name, content)
        self.publish(name)

    def remove(self, name: str) -> bool:
        """Remove a file; return False where there was none."""

    def hide(self, name: str) -> bool:
        """Hide a file from Torgsoft in one step; return False where it was taken already."""

    def unhide(self, name: str) -> None:
        """Give a file that was hidden its real name again."""

    def on_other_disk(self, home: Path) -> bool:  # noqa: ARG002  # a server is never the home
        """Return whether it is on another disk than the home, or on a server, and so can be missing."""
        return True

    def try_making(self) -> None:
        """Raise TorgsyncError where the folder could not be made, as far as that shows; it is not made."""
        return

    def make_durable(self) -> None:
        """Make the names just given survive a power failure; a server that has answered keeps them."""
        return


class FolderOutbox(Outbox):
    """An outbox in a folder: on this machine, or on a share that it has mounted.

    With `own` it is the default one, for the owner alone. In a folder that the owner named, files are for
    those who may use the folder: Torgsoft must read and remove them. They have at least the rights of `mode`.
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
                self._path.mkdir(parents=True, exist_ok=True)
            mode = self._mode | (0 if self._own else self._path.stat().st_mode & 0o066)
            unfinished = self._path / f"{name}{UNFINISHED}"
            unfinished.unlink(missing_ok=True)  # of a run that was killed; or a link, which is not followed
            with os.fdopen(disk.create_file(unfinished, mode), "wb") as out:
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
                _("`{path}` cannot be used: {why}", path=self._path, why=reason(trouble)),
                hint=look_at_folder(self._path),
            ) from trouble


class RemoteOutbox(Outbox):
    """An outbox on a server that fsspec knows. `files` is a file system of it, `path` the folder in it.

    Every method raises Temporary where the server cannot be used; a store without folders, such as S3, has
    none that could be missing.
    """

    def __init__(
        self,
        files: Any,  # noqa: ANN401  # a file system has no common type
        path: str,
        label: str,
        secrets: tuple[str, ...],
        words: StorageWords = OUTBOX_WORDS,
    ) -> None:
        self._files = files
        self._words = words
        self._path = path.rstrip("/")
        self._secrets = secrets
        self.label = label

    def sizes(self) -> dict[str, int | None] | None:
        """Return the bytes of all files, by name; None where the folder is missing."""
        with self._usable():
            try:
                entries = self._files.ls(self._path or "/", detail=True)
            except FileNotFoundError:
                bucket = self._path.strip("/").partition("/")[0]
                return {} if self._without_folders and self._files.exists(bucket) else None
            return {
                str(entry["name"]).rstrip("/").rpartition("/")[2]: entry.get("size")
                for entry in entries
                if entry.get("type") != "directory"
            }

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None where it is gone."""
        with self._usable():
            if not self._files.exists(self._at(name)):
                return None
            content: bytes = self._files.cat_file(self._at(name))
            return content

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name."""
        with self._usable():
            if self._path and not self._without_folders and not self._files.exists(self._path):
                self._files.makedirs(self._path, exist_ok=True)
            with self._files.open(self._at(f"{name}{UNFINISHED}"), "wb") as out:
                out.write(content)

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole under its real name; a store without folders shows none before it is whole."""
        if not self._without_folders:
            super().write(name, content)
            return
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        with self._usable():
            self._files.pipe_file(self._at(name), content, ContentType=kind)

    def publish(self, name: str) -> None:
        """Give a file its real name; not every server replaces one that has it."""
        with self._usable():
            if self._files.exists(self._at(name)):
                self._files.rm_file(self._at(name))
            self._files.mv(self._at(f"{name}{UNFINISHED}"), self._at(name))

    def remove(self, name: str) -> bool:
        """Remove a file; return False where there was none."""
        with self._usable():
            if not self._files.exists(self._at(name)):
                return False
            self._files.rm_file(self._at(name))
            return True

    def hide(self, name: str) -> bool:
        """Rename a file; return False where it was taken already."""
        with self._usable():
            if not self._files.exists(self._at(name)):
                return False
            self._files.mv(self._at(name), self._at(f"{name}{HIDDEN}"))
            return True

    def unhide(self, name: str) -> None:
        """Give a file that was hidden its real name again."""
        with self._usable():
            self._files.mv(self._at(f"{name}{HIDDEN}"), self._at(name))

    def close(self) -> None:
        """End the connection, where the back end holds one."""
        for part in ("ftp", "client"):  # what fsspec calls the connections of FTP and SFTP
            close = getattr(getattr(self._files, part, None), "close", None)
            if close:
                close()

    @property
    def _without_folders(self) -> bool:
        return "s3" in self._files.protocol

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """Turn whatever a back end raises into one error: each has a family of its own."""
        failure = None
        try:
            yield
        except Exception as trouble:  # noqa: BLE001  # likewise
            failure = _unreachable(self.label, trouble, self._secrets, self._words)
        if failure:
            raise failure


def connect_remote(
    address: str,
    password: str | None,
    words: StorageWords = OUTBOX_WORDS,
    **more: object,
) -> RemoteOutbox:
    """Open the file system behind an address; FTP and SFTP are greeted at once. Raises TorgsyncError.

    `more` are options of the back end.
    """
    from fsspec.core import url_to_fs  # noqa: PLC0415  # only objects with such an outbox need it

    label = without_password(address)
    parts = urlsplit(address)
    options: dict[str, object] = {"skip_instance_cache": True}
    if parts.scheme != "sftp":  # its back end passes unknown options on to the library below
        options["use_listings_cache"] = False
    if parts.scheme in ("ftp", "sftp"):
        options["timeout"] = TIMEOUT
        if password is not None:
            options["password"] = password
    options |= more
    secrets = (password or "", parts.password or "")
    try:
        files, path = url_to_fs(address, **options)
        return RemoteOutbox(files, path, label, secrets, words)
    except ImportError:  # back ends and extras have the same names
        failure = TorgsyncError(words.library.filled(place=label, extra=parts.scheme))
    except Exception as trouble:  # noqa: BLE001  # every back end has a family of errors of its own
        failure = _unreachable(label, trouble, secrets, words)
    raise failure


def _unreachable(
    label: str, trouble: Exception, secrets: tuple[str, ...], words: StorageWords
) -> TorgsyncError:
    """Return the error for whatever a back end raised, without a password and without its chain."""
    said = " ".join((connection_words(trouble) or str(trouble)).split()) or type(trouble).__name__
    for secret in filter(None, secrets):
        said = said.replace(secret, "[password]")
    return Temporary(words.unusable.filled(place=label, why=known_reason(said[:200])), hint=words.hint)


def same_place(one: str, other: str) -> bool:
    """Return whether two outboxes are one: the same folder, or the same address."""
    if is_address(one) or is_address(other):
        return without_password(one).rstrip("/") == without_password(other).rstrip("/")
    return Path(one).resolve() == Path(other).resolve()


def try_outbox(outbox: Outbox) -> bool:
    """Try to write a file and leave none; False where the folder is to be made. Raises TorgsyncError."""
    if outbox.sizes() is None:
        outbox.try_making()
        return False
    outbox.put(TRIAL, b"")
    outbox.remove(f"{TRIAL}{UNFINISHED}")
    return True


def is_address(place: str) -> bool:
    """Return whether an outbox is on a server."""
    return "://" in place


@contextmanager
def outbox_of_object(file: ObjectFile, usual: Path, place: str | None = None) -> Iterator[Outbox]:
    """Yield the outbox of an object, by default the folder `usual`, or the one at `place`."""
    given = place or file.settings.orders.outbox
    if given is None:
        yield FolderOutbox(usual, own=True)
        return
    folder = Path(given).absolute() if place else file.path_of(given)
    with open_outbox(given if is_address(given) else folder, read_outbox_password(file)) as outbox:
        yield outbox


@contextmanager
def open_outbox(place: str | Path, password: str | None = None) -> Iterator[Outbox]:
    """Yield the outbox at a folder or an address. Raises TorgsyncError where a library is missing."""
    if isinstance(place, Path) or not is_address(place):
        yield FolderOutbox(Path(place))
        return
    remote = connect_remote(place, password)
    try:
        yield remote
    finally:
        remote.close()
