"""Where order files are put for Torgsoft to take: a folder, or a server that fsspec knows.

A file is written whole under a temporary name and then renamed, so that Torgsoft never sees half of one.
Source: docs/developers/torgsoft.md §12.4, §17 no. 25.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, ENOTDIR
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from torgsync.core.config.settings import without_password
from torgsync.errors import Temporary, TorgsyncError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.tokens import read_outbox_password

UNFINISHED = ".tmp"
"""Behind the name of a file that is not whole yet; Torgsoft looks for other names."""

ASIDE = f".old{UNFINISHED}"
"""Behind the name of a file that was set aside, so that nobody takes it while its successor comes."""

TRIAL = "torgsync-check"
"""Name of a file that only tries whether one can be written."""

TIMEOUT = 30
"""Seconds after which a server that does not answer is given up."""

_EXTRAS = {"sftp": "sftp", "s3": "s3"}
"""Back ends that need a library of their own, and the extra that brings it."""


class Outbox(Protocol):
    """A place for order files. `label` is how people know it; it holds no password.

    Every method raises TorgsyncError where the place cannot be used.
    """

    label: str

    def names(self) -> frozenset[str] | None:
        """Return the names of all files that lie there; None where the folder itself is missing."""

    def sizes(self) -> dict[str, int | None] | None:
        """Return the bytes of all files that lie there, by name; None where the folder itself is missing.

        A server that does not tell a size has None for it.
        """

    def read(self, name: str) -> bytes | None:
        """Return what a file holds, None where it is gone."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name, and make the folder where it is missing."""

    def publish(self, name: str) -> None:
        """Give a file that was put there its real name; one that has this name is replaced."""

    def remove(self, name: str) -> bool:
        """Take a file away; return False where there was none."""

    def set_aside(self, name: str) -> bool:
        """Take a file away from whoever may take it, in one step; return False where it was taken already."""

    def put_back(self, name: str) -> None:
        """Give a file that was set aside its real name again."""

    def lies_apart(self, home: Path) -> bool:
        """Tell whether it is on another disk than the home, or on a server: a share that can be missing."""

    def keep(self) -> None:
        """Have the names that were just given outlast a pulled plug, where the place can do so."""


def same_place(one: str, other: str) -> bool:
    """Tell whether two outboxes are one: the same folder, or the same address."""
    if is_address(one) or is_address(other):
        return without_password(one).rstrip("/") == without_password(other).rstrip("/")
    return Path(one).resolve() == Path(other).resolve()


def try_outbox(outbox: Outbox) -> bool:
    """Try whether files can be written there, and leave none; return False where the folder is to be made.

    Raises TorgsyncError where the place cannot be used.
    """
    if outbox.sizes() is None:
        if isinstance(outbox, Folder):
            outbox.try_making()
        return False
    outbox.put(TRIAL, b"")
    outbox.remove(f"{TRIAL}{UNFINISHED}")
    return True


def is_address(place: str) -> bool:
    """Tell whether an outbox is on a server."""
    return "://" in place


@contextmanager
def outbox_of_object(file: ObjectFile, usual: Path, place: str | None = None) -> Iterator[Outbox]:
    """Yield the outbox of an object, or another place; a folder is relative to the object's file.

    `usual` is the folder of an object that names none.
    """
    given = place or file.settings.orders.outbox
    if given is None:
        yield Folder(usual)
        return
    folder = Path(given).absolute() if place else file.path_of(given)
    with open_outbox(given if is_address(given) else folder, read_outbox_password(file)) as outbox:
        yield outbox


@contextmanager
def open_outbox(place: str | Path, password: str | None = None) -> Iterator[Outbox]:
    """Yield the outbox at a folder or an address. Raises TorgsyncError where a library is missing."""
    if isinstance(place, Path) or not is_address(place):
        yield Folder(Path(place))
        return
    remote = _connected(place, password)
    try:
        yield remote
    finally:
        remote.close()


class Folder:
    """An outbox on this machine, or on a share that it has mounted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.label = str(path)

    def names(self) -> frozenset[str] | None:
        """Return the names of all files that lie there; None where there is no folder."""
        found = self.sizes()
        return None if found is None else frozenset(found)

    def sizes(self) -> dict[str, int | None] | None:
        """Return the bytes of all files that lie there, by name; None where there is no folder."""
        try:
            return dict(self._sizes())
        except FileNotFoundError:
            return None
        except OSError as trouble:
            raise self._trouble(trouble) from trouble

    def _sizes(self) -> Iterator[tuple[str, int]]:
        for entry in os.scandir(self._path):
            with suppress(FileNotFoundError):  # taken at this moment
                if entry.is_file():
                    yield entry.name, entry.stat().st_size

    def read(self, name: str) -> bytes | None:
        """Return what a file holds, None where it is gone."""
        try:
            return (self._path / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as trouble:
            raise self._trouble(trouble) from trouble

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name; a pulled plug does not lose it."""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            with (self._path / f"{name}{UNFINISHED}").open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        except OSError as trouble:
            raise self._trouble(trouble) from trouble

    def publish(self, name: str) -> None:
        """Give a file its real name."""
        try:
            (self._path / f"{name}{UNFINISHED}").replace(self._path / name)
        except OSError as trouble:
            raise self._trouble(trouble) from trouble

    def remove(self, name: str) -> bool:
        """Take a file away; return False where there was none."""
        try:
            (self._path / name).unlink()
        except FileNotFoundError:
            return False
        except OSError as trouble:
            raise self._trouble(trouble) from trouble
        return True

    def set_aside(self, name: str) -> bool:
        """Rename a file in one step; return False where it was taken already."""
        try:
            (self._path / name).replace(self._path / f"{name}{ASIDE}")
        except FileNotFoundError as missing:
            if not self._path.is_dir():  # nobody took it: the share went away at this moment
                raise self._trouble(missing) from missing
            return False
        except OSError as trouble:
            raise self._trouble(trouble) from trouble
        return True

    def put_back(self, name: str) -> None:
        """Give a file that was set aside its real name again."""
        try:
            (self._path / f"{name}{ASIDE}").replace(self._path / name)
        except OSError as trouble:
            raise self._trouble(trouble) from trouble

    def lies_apart(self, home: Path) -> bool:
        """Tell whether it is on another disk than the home; where its share is not mounted it is not."""
        try:
            return self._path.stat().st_dev != home.stat().st_dev
        except OSError as trouble:
            raise self._trouble(trouble) from trouble

    def try_making(self) -> None:
        """Raise TorgsyncError where the folder could not be made; it is not."""
        above = next(folder for folder in self._path.absolute().parents if folder.exists())
        if not above.is_dir():
            raise self._trouble(NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR)))
        if not os.access(above, os.W_OK | os.X_OK):
            raise self._trouble(PermissionError(EACCES, os.strerror(EACCES)))

    def keep(self) -> None:
        """Have the names outlast a pulled plug; Windows does so by itself."""
        if os.name == "nt":  # pragma: no cover  # likewise
            return
        try:
            folder = os.open(self._path, os.O_RDONLY)
        except OSError as trouble:
            raise self._trouble(trouble) from trouble
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _trouble(self, trouble: OSError) -> TorgsyncError:
        return TorgsyncError(
            f"`{self._path}` cannot be used: {trouble.strerror}",
            hint=f"look at `{self._path}` and the room on its disk, then run the same command again",
        )


class Remote:
    """An outbox on a server. `files` is a file system of fsspec, `path` the folder in it."""

    def __init__(self, files: Any, path: str, label: str, secrets: tuple[str, ...]) -> None:  # noqa: ANN401
        self._files = files
        self._path = path.rstrip("/")
        self._secrets = tuple(filter(None, secrets))
        self.label = label

    def names(self) -> frozenset[str] | None:
        """Return the names of all files that lie there; None where the folder is missing.

        A store that knows no folders, such as S3, has none that could be missing.
        """
        found = self.sizes()
        return None if found is None else frozenset(found)

    def sizes(self) -> dict[str, int | None] | None:
        """Return the bytes of all files that lie there, by name; None where the folder is missing."""
        with self._speaking():
            try:
                found = self._files.ls(self._path or "/", detail=True)
            except FileNotFoundError:
                bucket = self._path.strip("/").partition("/")[0]
                return {} if self._without_folders and self._files.exists(bucket) else None
            return {
                str(entry["name"]).rstrip("/").rpartition("/")[2]: entry.get("size")
                for entry in found
                if entry.get("type") != "directory"
            }

    def read(self, name: str) -> bytes | None:
        """Return what a file holds, None where it is gone."""
        with self._speaking():
            if not self._files.exists(self._at(name)):
                return None
            content: bytes = self._files.cat_file(self._at(name))
            return content

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name."""
        with self._speaking():
            if self._path and not self._without_folders and not self._files.exists(self._path):
                self._files.makedirs(self._path, exist_ok=True)
            with self._files.open(self._at(f"{name}{UNFINISHED}"), "wb") as out:
                out.write(content)

    def publish(self, name: str) -> None:
        """Give a file its real name; not every server replaces one that has it."""
        with self._speaking():
            if self._files.exists(self._at(name)):
                self._files.rm_file(self._at(name))
            self._files.mv(self._at(f"{name}{UNFINISHED}"), self._at(name))

    def remove(self, name: str) -> bool:
        """Take a file away; return False where there was none."""
        with self._speaking():
            if not self._files.exists(self._at(name)):
                return False
            self._files.rm_file(self._at(name))
            return True

    def set_aside(self, name: str) -> bool:
        """Rename a file; return False where it was taken already."""
        with self._speaking():
            if not self._files.exists(self._at(name)):
                return False
            self._files.mv(self._at(name), self._at(f"{name}{ASIDE}"))
            return True

    def put_back(self, name: str) -> None:
        """Give a file that was set aside its real name again."""
        with self._speaking():
            self._files.mv(self._at(f"{name}{ASIDE}"), self._at(name))

    def lies_apart(self, home: Path) -> bool:  # noqa: ARG002  # a server is never the home
        """Tell that a server is apart from the home."""
        return True

    def keep(self) -> None:
        """Do nothing: a server that has answered keeps what it was given."""

    def close(self) -> None:
        """End the connection, where the back end holds one."""
        for part in ("ftp", "client"):  # what fsspec calls the connections of FTP and SFTP
            ending = getattr(getattr(self._files, part, None), "close", None)
            if ending:
                ending()

    @property
    def _without_folders(self) -> bool:
        return "s3" in self._files.protocol

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turn whatever a back end raises into one error: each has a family of its own."""
        reason = None
        try:
            yield
        except Exception as trouble:  # noqa: BLE001  # likewise
            reason = _said(trouble, self._secrets)
        if reason is not None:
            raise _unreachable(self.label, reason)


def _connected(address: str, password: str | None) -> Remote:
    """Open the file system behind an address; an FTP or SFTP server is greeted at once."""
    from fsspec.core import url_to_fs  # noqa: PLC0415  # only who has such an outbox needs it

    label = without_password(address)
    parts = urlsplit(address)
    options: dict[str, object] = {"skip_instance_cache": True}
    if parts.scheme != "sftp":  # its back end hands whatever it does not know to the library below
        options["use_listings_cache"] = False
    if parts.scheme in ("ftp", "sftp"):
        options["timeout"] = TIMEOUT
        if password is not None:
            options["password"] = password
    secrets = (password or "", parts.password or "")
    try:
        files, path = url_to_fs(address, **options)
        return Remote(files, path, label, secrets)
    except ImportError:
        extra = _EXTRAS.get(parts.scheme, parts.scheme)
        reason, missing = "", f'pip install "torgsync[{extra}]"'
    except Exception as trouble:  # noqa: BLE001  # every back end has a family of errors of its own
        reason, missing = _said(trouble, secrets), ""
    if missing:
        raise TorgsyncError(f"the outbox `{label}` needs a library: `{missing}`")
    raise _unreachable(label, reason)


def _said(trouble: Exception, secrets: tuple[str, ...]) -> str:
    """Return what a back end says of a failure in one line, without a password."""
    text = " ".join(str(trouble).split()) or type(trouble).__name__
    for secret in filter(None, secrets):
        text = text.replace(secret, "[password]")
    return text[:200]


def _unreachable(label: str, reason: str) -> Temporary:
    return Temporary(
        f"the outbox `{label}` cannot be used: {reason}",
        hint="orders are kept and their files are written by the next run; look at `[orders] outbox`",
    )
