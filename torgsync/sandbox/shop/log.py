"""The log of requests, so that a test can assert that no write was sent."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

# A sandbox may run for weeks; the oldest records are dropped.
KEPT_RECORDS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One request and its answer, never with the token.

    `size` counts the bytes of the request's body; of an upload, `body` is the `data` part. `status` is 0
    where the connection was cut, `fault` the one that fired.
    """

    time: datetime
    method: str
    path: str
    query: str
    status: int
    size: int
    body: bytes
    fault: str | None = None


class RequestLog:
    """The newest requests, oldest first. Appending is atomic; it needs no lock."""

    def __init__(self) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=KEPT_RECORDS)

    def add(self, record: RequestRecord) -> None:
        """Add one request."""
        self._records.append(record)

    def records(self) -> list[RequestRecord]:
        """Return all requests, oldest first."""
        return list(self._records)

    def writes(self) -> list[RequestRecord]:
        """Return the requests that were no GET, whether they had an effect or not."""
        return [record for record in self._records if record.method != "GET"]

    def clear(self) -> None:
        """Remove all requests, as a test does after its preparations."""
        self._records.clear()
