"""Files on a server that fsspec knows: FTP, SFTP, S3."""

from __future__ import annotations

import logging
import mimetypes
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from torgsync.core.config.storages import without_password
from torgsync.core.reach import Reach
from torgsync.errors import Interrupted, Temporary, TorgsyncError
from torgsync.extras import install_command
from torgsync.files.places.place import (
    HIDDEN,
    UNFINISHED,
    FilePlace,
    PlaceSilent,
    PlaceUntrusted,
    folder_mode,
)
from torgsync.i18n import Message, _
from torgsync.system import NO_ANSWER, causes, connection_words, known_reason, rejection

if TYPE_CHECKING:
    from torgsync.files.places.download import FileStamp

for _library in ("paramiko", "fsspec", "s3fs", "aiobotocore", "botocore", "asyncio"):
    logging.getLogger(_library).addHandler(logging.NullHandler())  # what they report is raised too

TIMEOUT = 30
"""Seconds after which a server that does not answer is given up."""
CONNECTING = 10
"""The same for connections to S3 services, which have many computers."""
SLOWEST = 10_000
"""Bytes in a second: an upload to S3 that is slower is given up, because nothing else would end it."""
TOTAL = 900
"""Seconds after which a file that is fetched is given up."""
LONGEST_PART = 5
"""Letters of a password that may be a part of an ordinary word."""


class PlaceWords(NamedTuple):
    """What a person hears where a place cannot be used: `{place}` and `{why}`, and the way on.

    `login` is the way on where the user or the password is refused.
    """

    unusable: Message
    library: Message
    hint: Message
    login: Message


_MAKING = Lock()
"""Two connections that make the same folders at once would be in each other's way."""


class RemotePlace(FilePlace):
    """A place on a server that fsspec knows. `files` is a file system of it, `path` the folder in it.

    Over SFTP files get the rights of `mode`, where the server lets them.

    Every method raises Temporary where the server cannot be used; a store without folders, such as S3, has
    none that could be missing.
    """

    def __init__(
        self,
        files: Any,  # noqa: ANN401  # a file system has no common type
        path: str,
        label: str,
        secrets: tuple[str, ...],
        words: PlaceWords,
        mode: int | None = None,
    ) -> None:
        self._files = files
        protocol = files.protocol
        self._protocol: str = protocol if isinstance(protocol, str) else protocol[0]
        self._mode = mode
        self._made = False
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
                return {} if self._without_folders and self._has(bucket) else None
            return {
                str(entry["name"]).rstrip("/").rpartition("/")[2]: entry.get("size")
                for entry in entries
                if entry.get("type") != "directory"
            }

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None where it is gone."""
        with self._usable():
            if not self._has(self._at(name)):
                return None
            content: bytes = self._files.cat_file(self._at(name))
            return content

    def stamp(self, name: str) -> FileStamp | None:
        """Return what the server says of a file, None where there is none."""
        from torgsync.files.places.download import stamp_of  # noqa: PLC0415  # most places only get files

        with self._usable():
            try:
                info = self._files.info(self._at(name))
            except FileNotFoundError:
                return None
        return stamp_of(info)

    def parts(self, name: str, size: int | None) -> Iterator[bytes]:
        """Yield a file of so many bytes in parts; a server that takes too long for them is given up."""
        from torgsync.files.places.download import in_time, parts_of  # noqa: PLC0415  # most places only get files

        limit = min(TOTAL, TIMEOUT + (size or TOTAL * SLOWEST) // SLOWEST)
        with self._usable():
            yield from in_time(parts_of(self._files, self._protocol, self._at(name), size), limit, self.close)

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole under its temporary name."""
        with self._usable():
            self._make_folder()
            self._send(self._at(f"{name}{UNFINISHED}"), content)

    def _make_folder(self) -> None:
        if self._made or not self._path or self._without_folders:
            return
        with _MAKING:
            missing, path = [], self._path
            while path and not self._has(path):
                missing.append(path)
                path = path.rpartition("/")[0]
            if missing:
                self._files.makedirs(self._path, exist_ok=True)
            for folder in missing:
                self._permit(folder, None if self._mode is None else folder_mode(self._mode))
        self._made = True

    def _send(self, path: str, content: bytes) -> None:
        """Send a file by the library below fsspec, whose own files are sent again when they are closed."""
        if self._protocol == "ftp":
            self._files.ftp.storbinary(f"STOR {self._files._strip_protocol(path)}", BytesIO(content))  # noqa: SLF001
        elif self._protocol == "sftp":
            self._files.ftp.putfo(BytesIO(content), path)  # which asks for the size afterwards
            self._permit(path, self._mode)
        else:
            self._files.pipe_file(path, content)

    def _permit(self, path: str, mode: int | None) -> None:
        if self._protocol == "sftp" and mode is not None:
            with suppress(OSError):  # some servers allow none; one that is gone refuses the next step
                self._files.ftp.chmod(path, mode)

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole under its real name; a store without folders shows none before it is whole."""
        if not self._without_folders:
            super().write(name, content)
            return
        kind = mimetypes.guess_type(name, strict=False)[0] or "application/octet-stream"
        with self._usable():
            limit = TIMEOUT + len(content) // SLOWEST
            self._files.pipe_file(self._at(name), content, ContentType=kind, timeout=limit)

    def publish(self, name: str) -> None:
        """Give a file its real name; not every server replaces one that has it."""
        unfinished, real = self._at(f"{name}{UNFINISHED}"), self._at(name)
        with self._usable():
            try:
                self._files.mv(unfinished, real)
            except Exception:
                if not (self._has(unfinished) and self._has(real)):
                    raise
                self._files.rm_file(real)
                self._files.mv(unfinished, real)

    def remove(self, name: str) -> bool:
        """Remove a file; return False where there was none."""
        with self._usable():
            if self._without_folders and not self._has(self._at(name)):
                return False  # it removes what is not there without a word
            try:
                self._files.rm_file(self._at(name))
            except Exception:
                if self._has(self._at(name)):
                    raise
                return False
            return True

    def hide(self, name: str) -> bool:
        """Rename a file; return False where it was taken already."""
        with self._usable():
            if not self._has(self._at(name)):
                return False
            self._files.mv(self._at(name), self._at(f"{name}{HIDDEN}"))
            return True

    def unhide(self, name: str) -> None:
        """Give a file that was hidden its real name again."""
        with self._usable():
            self._files.mv(self._at(f"{name}{HIDDEN}"), self._at(name))

    def close(self) -> None:
        """End the connection, where the back end holds one; one that is broken is ended already."""
        for part in ("ftp", "client"):  # what fsspec calls the connections of FTP and SFTP
            close = getattr(getattr(self._files, part, None), "close", None)
            if close:
                with suppress(Exception):  # each back end has a family of its own
                    close()

    def _has(self, path: str) -> bool:
        """Return whether there is a file or a folder; fsspec's own `exists` says no where it cannot ask."""
        try:
            self._files.info(path)
        except FileNotFoundError:
            return False
        return True

    @property
    def _without_folders(self) -> bool:
        return self._protocol == "s3"

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """Turn whatever a back end raises into one error: each has a family of its own."""
        failure = None
        try:
            yield
        except Interrupted:
            raise
        except Exception as trouble:  # noqa: BLE001  # likewise
            failure = _unreachable(self.label, trouble, self._secrets, self._words)
        if failure:
            raise failure


def connect_remote(
    address: str,
    password: str | None,
    words: PlaceWords,
    *,
    user: str | None = None,
    endpoint: str | None = None,
    mode: int | None = None,
    reach: Reach | None = None,
) -> RemotePlace:
    """Open the file system behind an address; FTP and SFTP are greeted at once. Raises TorgsyncError.

    `user` and `password` are the id of the access key and its secret on S3, whose service is at `endpoint`.
    `mode` is that of `RemotePlace`, `reach` says where the server may be, anywhere without it.
    """
    label = without_password(address)
    parts = urlsplit(address)
    options: dict[str, object] = {"skip_instance_cache": True, **_OPTIONS.get(parts.scheme, dict)()}
    if parts.scheme == "s3":
        given = {"key": user, "secret": password, "endpoint_url": endpoint}
        options |= {key: value for key, value in given.items() if value}
    else:
        options |= {"username": user} if user else {}
        options |= {"password": password} if password is not None else {}
    secrets = (password or "", parts.password or "")
    try:
        files, path = _opened(address, options, reach)
        return RemotePlace(files, path, label, secrets, words, mode)
    except Interrupted:
        raise
    except ImportError:  # back ends and extras have the same names
        failure = TorgsyncError(
            words.library.filled(place=label),
            hint=_("install it: {command}", command=install_command(parts.scheme)),
        )
    except Exception as trouble:  # noqa: BLE001  # every back end has a family of errors of its own
        failure = _unreachable(label, trouble, secrets, words)
    raise failure


def _opened(address: str, options: dict[str, Any], reach: Reach | None) -> tuple[Any, str]:
    """Return the file system behind an address, and the path in it."""
    kind, host = urlsplit(address).scheme, urlsplit(address).hostname
    if kind == "sftp":
        from torgsync.files.places.sftp import KnownServerFiles  # noqa: PLC0415  # only such places need it

        options = KnownServerFiles._get_kwargs_from_urls(address) | options  # noqa: SLF001
        if reach:
            options |= {"reach": reach, "host": host}  # that of the library has the brackets of IPv6
        files = KnownServerFiles(**options)
        return files, KnownServerFiles._strip_protocol(address)  # noqa: SLF001
    if kind == "ftp" and reach:
        from torgsync.files.places.ftp import CheckedServerFiles  # noqa: PLC0415  # likewise

        options = CheckedServerFiles._get_kwargs_from_urls(address) | options | {"host": host}  # noqa: SLF001
        return CheckedServerFiles(reach, **options), CheckedServerFiles._strip_protocol(address)  # noqa: SLF001
    if kind == "s3" and reach:
        from torgsync.files.places.s3 import checked_options  # noqa: PLC0415  # likewise

        options = checked_options(options, reach)
    from fsspec.core import url_to_fs  # noqa: PLC0415  # likewise

    files, path = url_to_fs(address, **options)
    files.retries = 1  # how often s3fs tries
    return files, path


_OPTIONS: dict[str, Callable[[], dict[str, object]]] = {
    "ftp": lambda: {"use_listings_cache": False, "timeout": TIMEOUT},
    "sftp": lambda: {"timeout": TIMEOUT, "channel_timeout": TIMEOUT},
    "s3": lambda: {
        "use_listings_cache": False,
        "config_kwargs": {
            "connect_timeout": min(CONNECTING, TIMEOUT),
            "read_timeout": TIMEOUT,
            "retries": {"total_max_attempts": 1},  # whoever uploads tries again by itself
            "request_checksum_calculation": "when_required",  # services other than Amazon's may know none
            "response_checksum_validation": "when_required",
        },
    },
}
"""Options of each back end, made when they are used."""


def _masked(said: str, secret: str) -> str:
    """Hide a secret in what a server said; one that may be part of words only where it is a word."""
    found = re.escape(secret) if len(secret) > LONGEST_PART else rf"(?<!\w){re.escape(secret)}(?!\w)"
    return re.sub(found, "[password]", said)


def _unreachable(
    label: str, trouble: Exception, secrets: tuple[str, ...], words: PlaceWords
) -> TorgsyncError:
    """Return the error for whatever a back end raised, without a password and without its chain."""
    for cause in causes(trouble):
        if isinstance(cause, PlaceUntrusted):
            return TorgsyncError(words.unusable.filled(place=label, why=cause.why), hint=cause.hint)
    if refused := rejection(trouble):
        hint = words.login if refused.is_login else words.hint
        return Temporary(words.unusable.filled(place=label, why=refused.why), hint=hint)
    known = connection_words(trouble)
    said = " ".join((known or str(trouble)).split()) or type(trouble).__name__
    for secret in filter(None, secrets):
        said = _masked(said, secret)
    kind = PlaceSilent if known == NO_ANSWER else Temporary
    return kind(words.unusable.filled(place=label, why=known_reason(said[:200])), hint=words.hint)
