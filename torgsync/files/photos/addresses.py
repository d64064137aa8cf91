"""Ask the addresses of photos as Prom.ua will, without fetching the photos.

Only the one server that the settings name is asked, and none on this machine or in a private network.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from enum import Enum, auto
from urllib.parse import urljoin, urlsplit

import httpx

from torgsync import __version__
from torgsync.core.loopback import is_private, is_public
from torgsync.core.photos.addresses import AddressAnswer
from torgsync.threads import ContextThreadPool

AT_ONCE = 8
"""Requests at once: web servers answer browsers in the same way."""
TIMEOUT = httpx.Timeout(10.0)
REDIRECTS = 5
_NO_HEAD = (405, 501)
_UNCHANGED = 304


class HostPlace(Enum):
    """Where a host is."""

    INTERNET = auto()
    PRIVATE = auto()
    """On this machine, or in a private network."""
    NOWHERE = auto()
    """Its name has no address."""
    OTHER_WAY = auto()
    """It is asked in another way than `http://` and `https://`."""


def place_of(address: str) -> HostPlace:
    """Return where the host of an address is, as the system resolves its name."""
    if not address.casefold().startswith(("http://", "https://")):
        return HostPlace.OTHER_WAY
    host = urlsplit(address).hostname or ""
    if is_private(host):
        return HostPlace.PRIVATE
    try:
        found = socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return HostPlace.NOWHERE
    public = all(is_public(str(place[0])) for *_, place in found)
    return HostPlace.INTERNET if public else HostPlace.PRIVATE


def ask_addresses(asked: Sequence[tuple[str, AddressAnswer | None]]) -> Iterator[AddressAnswer]:
    """Yield what each address answers, in their order, given what it answered last time, if it is known."""
    headers = {"User-Agent": f"torgsync/{__version__}"}
    client = httpx.Client(timeout=TIMEOUT, headers=headers)
    with closing(client), ContextThreadPool(AT_ONCE) as pool:
        yield from pool.map(lambda one: _ask(client, *one), asked)


def _ask(client: httpx.Client, address: str, before: AddressAnswer | None) -> AddressAnswer:
    headers = {"Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity"}
    if before and before.etag:
        headers["If-None-Match"] = before.etag
    elif before and before.modified:
        headers["If-Modified-Since"] = before.modified
    at, method = address, "HEAD"
    try:
        for _ in range(REDIRECTS):
            with client.stream(method, at, headers=headers) as answer:
                if answer.status_code in _NO_HEAD and method == "HEAD":
                    method = "GET"  # its content is not read
                    continue
                following = urljoin(at, answer.headers.get("Location", ""))
                if answer.has_redirect_location and urlsplit(following).netloc == urlsplit(at).netloc:
                    at = following
                    continue
                if answer.status_code == _UNCHANGED and before:
                    return before
                return _answer(answer)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return AddressAnswer()
    return AddressAnswer(status=310)


def _answer(answer: httpx.Response) -> AddressAnswer:
    given = answer.headers
    size = given.get("Content-Length", "")
    return AddressAnswer(
        answer.status_code,
        given.get("Content-Type", "").partition(";")[0].strip().lower(),
        int(size) if size.isascii() and size.isdigit() and "Content-Encoding" not in given else None,
        given.get("ETag", ""),
        given.get("Last-Modified", ""),
    )
