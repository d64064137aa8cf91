"""Where order files are put for Torgsoft to take: a folder, or a server that fsspec knows.

A file is written whole under a temporary name and then renamed, so that Torgsoft never sees half of one.
Source: reference/torgsoft.md §12.4, §17 no. 25.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from torgsync.errors import Temporary, TorgsyncError

UNFINISHED = ".tmp"
"""Behind the name of a file that is not whole yet; Torgsoft looks for other names."""

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

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name, and make the folder where it is missing."""

    def publish(self, name: str) -> None:
        """Give a file that was put there its real name; one that has this name is replaced."""

    def remove(self, name: str) -> bool:
        """Take a file away; return False where there was none."""

    def keep(self) -> None:
        """Have the names that were just given outlast a pulled plug, where the place can do so."""


def is_address(place: str) -> bool:
    """Tell whether an outbox is on a server."""
    return "://" in place


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
        try:
            return frozenset(entry.name for entry in self._path.iterdir() if entry.is_file())
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


def without_password(address: str) -> str:
    """Return an address as people may read it."""
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1@", address)


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
        with self._speaking():
            try:
                found = self._files.ls(self._path or "/", detail=False)
            except FileNotFoundError:
                bucket = self._path.strip("/").partition("/")[0]
                return frozenset() if self._without_folders and self._files.exists(bucket) else None
            return frozenset(str(name).rstrip("/").rpartition("/")[2] for name in found)

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
