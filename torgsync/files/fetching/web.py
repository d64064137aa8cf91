"""Fetches a file from a web server, by the rules for servers that a sync object names.

The connection goes to an address that was checked, whatever the name resolves to a moment later; redirects
stay on the server, at most five, and never leave encryption.
Source: RFC 9110, sections 8.8 and 15.4; RFC 9112, section 8.
"""

from __future__ import annotations

import ssl
import time
import zlib
from base64 import b64encode
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from socket import SHUT_RDWR
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

import httpcore
import httpx

from torgsync import __version__
from torgsync.core.reach import Reach
from torgsync.files.fetching.fetched import (
    Fetched,
    FetchFailed,
    FileSource,
    Target,
    Validators,
    cut_off,
    no_file,
    refuse_size,
)
from torgsync.files.places.reach import resolve
from torgsync.files.places.remote import CONNECTING, SLOWEST, TIMEOUT
from torgsync.i18n import _
from torgsync.system import NO_ANSWER, connection_words, known_reason
from torgsync.threads import closing_after

TOTAL = 900
"""Seconds that one try may take."""
REDIRECTS = 5
LONGEST_PAUSE = 60
"""Seconds that a server may ask to be left alone within one call."""
_OK, _UNCHANGED = 200, 304
_REDIRECTS = (301, 302, 303, 307, 308)
_LOGIN = (401, 403, 407)
_GONE = (404, 410)
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_PORTS = {"http": 80, "https": 443}


class _AnswerHead(NamedTuple):
    """The head of an answer."""

    status: int
    headers: dict[str, str]

    def get(self, name: str) -> str:
        """Return a header, empty where there is none."""
        return self.headers.get(name, "")


class _Speed:
    """The time that a server has: an answer that comes byte by byte would never be late."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._received = 0

    def left(self, timeout: float | None) -> float:
        """Return how many seconds it has for its next bytes. Raises ReadTimeout."""
        allowed = min(TOTAL, TIMEOUT + self._received / SLOWEST) - (time.monotonic() - self._began)
        if allowed <= 0:
            raise httpcore.ReadTimeout(NO_ANSWER)
        return min(allowed, timeout or allowed)

    def receive(self, count: int) -> None:
        """Count bytes that came."""
        self._received += count


class _Stream(httpcore.NetworkStream):
    """A connection whose server has so much time."""

    def __init__(self, stream: httpcore.NetworkStream, pace: _Speed) -> None:
        self._stream, self._pace = stream, pace

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        part = self._stream.read(max_bytes, self._pace.left(timeout))
        self._pace.receive(len(part))
        return part

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._pace.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Begin encryption; a server that does so byte by byte is given up too."""
        connection = self._stream.get_extra_info("socket").dup()

        def give_up() -> None:
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)

        with closing(connection), closing_after(self._pace.left(timeout), give_up) as late:
            try:
                return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._pace)
            except httpcore.ConnectError:
                if not late.is_set():
                    raise
        raise httpcore.ConnectTimeout(NO_ANSWER)  # outside, so that its cause is no other one

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # as the library has it
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Connections by the rules of a `Reach`; certificates are still compared with the name of the server."""

    def __init__(self, reach: Reach, pace: _Speed) -> None:
        self._reach, self._pace = reach, pace

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002  # the library's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002  # likewise
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("Name or service not known")
        for resolved in resolve(host, port, self._reach):
            try:
                stream = httpcore.SyncBackend().connect_tcp(resolved.ip, port, self._pace.left(timeout))
                return _Stream(stream, self._pace)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as trouble:
                failure = trouble
        raise failure


def fetch_web(source: FileSource, known: Validators, target: Target) -> Fetched | None:
    """Fetch a file into `target`; return None where the version of `known` is still there.

    Raises FetchFailed, PlaceUntrusted.
    """
    failure = None
    try:
        return _fetch(source, known, target)
    except (
        httpcore.RemoteProtocolError,
        httpcore.NetworkError,
        httpcore.TimeoutException,
        OSError,
    ) as broken:
        words = connection_words(broken)
        silent = words == NO_ANSWER
        failure = FetchFailed(known_reason(words or "its answer is not HTTP"), again=not silent)
    raise failure  # outside, so that no address is on its chain


def _fetch(source: FileSource, known: Validators, target: Target) -> Fetched | None:
    at = urlsplit(source.address)
    if source.query:
        at = at._replace(query="&".join(filter(None, (at.query, source.query.lstrip("?&")))))
    reach = source.reach
    pace = _Speed()
    timeouts = {"connect": CONNECTING, "read": TIMEOUT, "write": TIMEOUT, "pool": TIMEOUT}
    for _number in range(REDIRECTS + 1):
        url = httpx.URL(at.geturl())
        pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context() if at.scheme == "https" else None,
            max_connections=1,
            network_backend=_Backend(reach._replace(public=at.scheme == "https"), pace),
        )
        target_url = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        headers = [("Host", url.netloc.decode("ascii")), *_headers(source, known)]
        request = pool.stream("GET", target_url, headers=headers, extensions={"timeout": timeouts})
        with pool, request as response:
            answer = _AnswerHead(
                response.status,
                {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers},
            )
            if answer.status in _REDIRECTS:
                at = _redirected(at, answer.get("location"))
                continue
            if answer.status == _UNCHANGED and known:
                return None
            _refuse_status(answer)
            _receive(response, answer, target)
            return Fetched(
                Validators(answer.get("etag"), answer.get("last-modified")),
                _moment(answer.get("last-modified")),
            )
    raise FetchFailed(_("it redirects without end"), permanent=True)


def _headers(source: FileSource, known: Validators) -> list[tuple[str, str]]:
    headers = [
        ("User-Agent", f"torgsync/{__version__}"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "gzip"),
        ("Connection", "close"),
    ]
    if source.user is not None:
        pair = f"{source.user}:{source.password or ''}".encode()
        headers.append(("Authorization", f"Basic {b64encode(pair).decode('ascii')}"))
    elif source.password is not None:
        headers.append(("Authorization", f"Bearer {source.password}"))
    if known.etag:
        headers.append(("If-None-Match", known.etag))
    if known.modified:
        headers.append(("If-Modified-Since", known.modified))
    return headers


def _redirected(at: SplitResult, location: str) -> SplitResult:
    """Return the target of a redirect, on the same server. Raises FetchFailed for another one."""
    failed = FetchFailed(
        _("it redirects to another server, which is not asked"),
        permanent=True,
        hint=_("open the address in a browser, and give the one it ends at"),
    )
    try:
        target = urlsplit(urljoin(at.geturl(), location))
        here, there = ((one.scheme, one.port or _PORTS.get(one.scheme)) for one in (at, target))
    except ValueError:
        raise failed from None
    encrypted = (here, there) == (("http", _PORTS["http"]), ("https", _PORTS["https"]))
    if target.hostname != at.hostname or target.username is not None or not (here == there or encrypted):
        raise failed
    return target._replace(fragment="")


def _refuse_status(answer: _AnswerHead) -> None:
    """Refuse an answer that is no file. Raises FetchFailed."""
    status = answer.status
    if status == _OK:
        return
    if status in _LOGIN:
        why = _("it refuses the user or the password ({code})", code=status)
        raise FetchFailed(why, permanent=True, login=True)
    if status in _GONE:
        raise no_file()
    why = _("it answered {code}", code=status)
    if status in _AGAIN:
        pause = answer.get("retry-after")
        asked = int(pause) if pause.isascii() and pause.isdigit() else 0
        raise FetchFailed(why, again=float(asked) or True if asked <= LONGEST_PAUSE else False)
    raise FetchFailed(why, permanent=status < 500)  # noqa: PLR2004  # a client's error


def _receive(response: httpcore.Response, answer: _AnswerHead, target: Target) -> None:
    """Write the file that comes, unpacked. Raises FetchFailed."""
    encoding = answer.get("content-encoding").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchFailed(
            _(
                "it sent the file packed in a way that was not asked for (`{encoding}`)",
                encoding=encoding[:20],
            ),
            permanent=True,
        )
    length = answer.get("content-length")
    announced = int(length) if length.isascii() and length.isdigit() else None
    refuse_size(announced or 0)
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in encoding else None
    received = 0
    target.begin()
    try:
        for part in response.iter_stream():
            received += len(part)
            if unpacking is None:
                target.write(part)
            else:
                _unpack(unpacking, part, target)
    except httpcore.RemoteProtocolError:
        if announced is None:
            raise
    except zlib.error:
        raise FetchFailed(_("what came packed is broken"), again=True) from None
    if announced is not None and received != announced:
        raise cut_off(received, announced)
    if unpacking is not None and not unpacking.eof:
        raise FetchFailed(_("the file was cut off: what came packed has no end"), again=True)


_PIECE = 1024 * 1024


def _unpack(unpacking: Any, part: bytes, target: Target) -> None:  # noqa: ANN401  # zlib exports no type
    """Write a part unpacked, piece by piece: a few bytes may hold gigabytes."""
    while part and not unpacking.eof:
        target.write(unpacking.decompress(part, _PIECE))
        part = unpacking.unconsumed_tail
    if part or unpacking.unused_data:
        raise zlib.error


def _moment(header: str) -> datetime | None:
    """Return the moment of a header, in UTC; None where it has none."""
    with suppress(ValueError, TypeError, OverflowError):
        return parsedate_to_datetime(header).astimezone(UTC)
    return None
