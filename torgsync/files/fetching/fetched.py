"""What is fetched, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, NamedTuple

from torgsync.core.reach import Reach
from torgsync.files.places.remote import PlaceWords
from torgsync.i18n import Message, _
from torgsync.system import reason

MOST = 512 * 1024 * 1024
"""Bytes of the largest file that is fetched, unpacked."""


class FileSource(NamedTuple):
    """A file on a server, and what its server asks for.

    `query` is what is secret behind the `?`; `shown` is the address as people may see it.
    """

    address: str
    shown: str
    words: PlaceWords
    reach: Reach = Reach()
    user: str | None = None
    password: str | None = None
    query: str | None = None
    endpoint: str | None = None


class Validators(NamedTuple):
    """What the server said about a version of a file, by which it recognises it; empty where it said nothing.

    `modified` is as the server wrote it.
    """

    etag: str = ""
    modified: str = ""

    def __bool__(self) -> bool:
        """Return whether a version can be recognised."""
        return bool(self.etag or self.modified)


class Fetched(NamedTuple):
    """A version of a file that was fetched: its validators, and when it was written, in UTC, where known."""

    validators: Validators
    written: datetime | None


class Target:
    """A new file into which another one is fetched.

    `check` is called for each part, and may raise Interrupted.
    """

    def __init__(self, out: BinaryIO, check: Callable[[], None]) -> None:
        self._out = out
        self._check = check
        self.size = 0

    def begin(self) -> None:
        """Begin again, with an empty file."""
        self._out.seek(0)
        self._out.truncate()
        self.size = 0

    def write(self, part: bytes) -> None:
        """Add a part. Raises FetchFailed where the file is too large, or cannot be written."""
        self._check()
        self.size += len(part)
        refuse_size(self.size)
        try:
            self._out.write(part)
        except OSError as trouble:
            why = _("its copy cannot be written: {why}", why=reason(trouble))
            raise FetchFailed(why, hint=_("free space on the disk of the home folder")) from trouble


class FetchFailed(Exception):
    """A file could not be fetched.

    Args:
        why: The reason, for people.
        again: Whether it is tried again at once, or after how many seconds.
        permanent: Whether a person has to do something about it.
        hint: What to do; None for the usual.
        login: Whether user and password were refused.
    """

    def __init__(
        self,
        why: Message,
        *,
        again: bool | float = False,
        permanent: bool = False,
        hint: Message | None = None,
        login: bool = False,
    ) -> None:
        super().__init__(why)
        self.why, self.again, self.permanent, self.hint, self.login = why, again, permanent, hint, login


def refuse_size(size: int) -> None:
    """Refuse a file of so many bytes. Raises FetchFailed."""
    if size > MOST:
        raise FetchFailed(
            _("the file is larger than {mib} MiB", mib=MOST // 1024 // 1024),
            permanent=True,
            hint=_("check that the address is that of the export"),
        )


def cut_off(received: int, announced: int) -> FetchFailed:
    """Return the failure of a file that did not come whole, in bytes."""
    return FetchFailed(
        _(
            "the file was cut off: {received} of {announced} bytes came",
            received=received,
            announced=announced,
        ),
        again=True,
    )


def changed_meanwhile() -> FetchFailed:
    """Return the failure of a file that is being written."""
    return FetchFailed(_("the file changed while it was fetched"), again=True)


def no_file() -> FetchFailed:
    """Return the failure of a file that is not there."""
    return FetchFailed(
        _("there is no such file"),
        permanent=True,
        hint=_("check the address, or whether Torgsoft has written the file"),
    )
