"""What the address of a photo answered, and whether Prom.ua will find the photo there."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus

from msgspec import Struct

_REDIRECTION = 3
_UNSAID_TYPES = ("", "application/octet-stream", "binary/octet-stream")
"""Types that a server gives to every file that it does not know."""


class AddressFault(StrEnum):
    """Why the photo cannot be fetched from its address."""

    NO_ANSWER = "no-answer"
    STATUS = "status"
    ELSEWHERE = "elsewhere"
    """The server sends those who ask to another one, which is not asked."""
    TYPE = "type"
    SIZE = "size"


class AddressAnswer(Struct, frozen=True, array_like=True):
    """What an address answered; `status` is 0 where it did not. `etag` and `modified` are the server's."""

    status: int = 0
    type: str = ""
    size: int | None = None
    etag: str = ""
    modified: str = ""

    def fault(self, size: int | None) -> AddressFault | None:
        """Return why the photo of this size in bytes cannot be fetched there; None where it can.

        Where the size is None, it is not known.
        """
        if not self.status:
            return AddressFault.NO_ANSWER
        if self.status // 100 == _REDIRECTION:
            return AddressFault.ELSEWHERE
        if self.status != HTTPStatus.OK:
            return AddressFault.STATUS
        if self.type not in _UNSAID_TYPES and not self.type.startswith("image/"):
            return AddressFault.TYPE
        if size is not None and self.size is not None and self.size != size:
            return AddressFault.SIZE
        return None
