"""Writes every try of a request, and its answer, with personal data replaced.

Source: docs/developers/architecture.md §11.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import httpx

from torgsync.core.recording.exchange import Exchange, RecordedAnswer, line_of
from torgsync.core.recording.rules import clean_headers, clean_path, clean_query
from torgsync.core.recording.words import Replacer
from torgsync.i18n import _
from torgsync.prom.recording.bodies import clean_body

_log = logging.getLogger(__name__)


@dataclass
class Sending:
    """One try while it is under way: `answer` is the whole answer, once it came."""

    request: httpx.Request
    body: list[bytes]
    answer: httpx.Response | None = None


class _Copied(httpx.SyncByteStream):
    """Passes the parts of a body on, and keeps them."""

    def __init__(self, stream: httpx.SyncByteStream, parts: list[bytes]) -> None:
        self._stream = stream
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            self._parts.append(part)
            yield part


class Recorder:
    """Records the exchanges of one call of the program, of all its objects alike.

    `key` is random and stays in memory: with it, the replaced texts could be guessed. `write` takes a line;
    `now` returns the time, aware. `count` are the requests, `unread` those that could not be recorded.
    """

    def __init__(
        self,
        key: bytes,
        write: Callable[[str], None],
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._words = Replacer(key)
        self._write = write
        self._now = now
        self._monotonic = monotonic
        self._lock = Lock()
        self.count = 0
        self.unread = 0

    @contextmanager
    def sending(self, request: httpx.Request, base: httpx.URL) -> Iterator[Sending]:
        """Record the request that the block sends to the API at `base`, also where no answer comes."""
        at, started = self._now(), self._monotonic()
        sending = Sending(request, [])
        if isinstance(request.stream, httpx.SyncByteStream):  # pragma: no branch  # it always is
            request.stream = _Copied(request.stream, sending.body)
        error = ""
        try:
            yield sending
        except BaseException as broken:
            error = type(broken).__name__
            raise
        finally:
            seconds = self._monotonic() - started
            with self._lock:
                self.count += 1
                self._record(sending, base, at, seconds, error)

    def _record(self, sending: Sending, base: httpx.URL, at: datetime, seconds: float, error: str) -> None:
        """Write a line, or none where an answer is one that nothing here can read: the command goes on."""
        try:
            line = line_of(self._exchange(sending, base, at, seconds, error))
        except Exception as unreadable:  # noqa: BLE001  # a recording must never stop a run
            self.unread += 1
            kind = type(unreadable).__name__
            _log.warning("%s", _("a request could not be recorded: {kind}", kind=kind))
        else:
            self._write(line)

    def _exchange(
        self, sending: Sending, base: httpx.URL, at: datetime, seconds: float, error: str
    ) -> Exchange:
        request, words = sending.request, self._words
        words.add_secret(request.headers.get("Authorization", "").partition(" ")[2])
        path = request.url.raw_path.decode("ascii").partition("?")[0]
        below = path.removeprefix(base.raw_path.decode("ascii").rstrip("/"))
        headers = _headers(request.headers)
        answer = sending.answer
        return Exchange(
            number=self.count,
            at=at,
            method=request.method,
            path=clean_path(words, below),
            query=clean_query(words, request.url.params.multi_items()),
            headers=clean_headers(words, headers),
            body=clean_body(words, b"".join(sending.body), headers, below),
            answer=None
            if answer is None
            else RecordedAnswer(
                status=answer.status_code,
                headers=clean_headers(words, _headers(answer.headers)),
                body=clean_body(words, answer.content, _headers(answer.headers), below),
                seconds=seconds,
            ),
            error=error,
        )


def _headers(headers: httpx.Headers) -> list[tuple[str, str]]:
    """Return headers with their names as they were sent."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw]
