"""An outbox on a server that fsspec knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from torgsync.core.config.settings import without_password
from torgsync.errors import Temporary, TorgsyncError
from torgsync.files.orders.order_file import HIDDEN, UNFINISHED

TIMEOUT = 30
"""Seconds after which a server that does not answer is given up."""

_EXTRAS = {"sftp": "sftp", "s3": "s3"}
"""Back ends that need a library of their own, and the extra that brings it."""


class RemoteOutbox:
    """An outbox on a server. `files` is a file system of fsspec, `path` the folder in it.

    Every method raises Temporary where the server cannot be used.
    """

    def __init__(self, files: Any, path: str, label: str, secrets: tuple[str, ...]) -> None:  # noqa: ANN401
        self._files = files
        self._path = path.rstrip("/")
        self._secrets = tuple(filter(None, secrets))
        self.label = label

    def names(self) -> frozenset[str] | None:
        """Return the names of all files; None where the folder is missing.

        A store without folders, such as S3, has none that could be missing.
        """
        sizes = self.sizes()
        return None if sizes is None else frozenset(sizes)

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

    def on_other_disk(self, home: Path) -> bool:  # noqa: ARG002  # a server is never the home
        """Return True: a server is never on the disk of the home."""
        return True

    def make_durable(self) -> None:
        """Do nothing: a server that has answered keeps what it was given."""

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
        reason = None
        try:
            yield
        except Exception as trouble:  # noqa: BLE001  # likewise
            reason = _without_secrets(trouble, self._secrets)
        if reason is not None:
            raise _unreachable(self.label, reason)


def connect_remote(address: str, password: str | None) -> RemoteOutbox:
    """Open the file system behind an address; an FTP or SFTP server is greeted at once.

    Raises TorgsyncError where a library is missing or the server cannot be used.
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
    secrets = (password or "", parts.password or "")
    try:
        files, path = url_to_fs(address, **options)
        return RemoteOutbox(files, path, label, secrets)
    except ImportError:
        extra = _EXTRAS.get(parts.scheme, parts.scheme)
        reason, missing = "", f'pip install "torgsync[{extra}]"'
    except Exception as trouble:  # noqa: BLE001  # every back end has a family of errors of its own
        reason, missing = _without_secrets(trouble, secrets), ""
    if missing:
        raise TorgsyncError(f"the outbox `{label}` needs a library: `{missing}`")
    raise _unreachable(label, reason)


def _without_secrets(trouble: Exception, secrets: tuple[str, ...]) -> str:
    """Return the message of a back end's error in one line, without a password."""
    text = " ".join(str(trouble).split()) or type(trouble).__name__
    for secret in filter(None, secrets):
        text = text.replace(secret, "[password]")
    return text[:200]


def _unreachable(label: str, reason: str) -> Temporary:
    return Temporary(
        f"the outbox `{label}` cannot be used: {reason}",
        hint="orders are kept and their files are written by the next run; look at `[orders] outbox`",
    )
