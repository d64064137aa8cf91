"""Pings a monitor by the convention of healthchecks.io: `/start`, then `/` and an exit code.

Each address has a thread, which is not waited for while the run goes on, and for a short time after it.
"""

from __future__ import annotations

import logging
import queue
import threading
from urllib.parse import urlsplit, urlunsplit

import httpx

from torgsync.core.notices.sending import FailedDelivery, Undelivered
from torgsync.files.notices.addresses import Address

TIMEOUT = 5.0
"""Seconds for each step of a request."""
START, TRIAL = "start", "log"
"""The signals that are no exit code."""
REDIRECTS = 3
"""How often a ping follows the server to another address of the same host."""


class Heartbeat(threading.Thread):
    """The pings to one address, in order."""

    def __init__(self, address: Address) -> None:
        super().__init__(name="torgsync-heartbeat", daemon=True)
        self.address = address
        self._signals: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._failure: FailedDelivery | None = None
        self._ended = False

    def begin(self) -> None:
        """Ping that a run begins, without waiting for it."""
        self._signals.put(START)
        self.start()

    def end(self, code: int) -> None:
        """Ping the exit code, after which there are no more pings."""
        self.signal(str(code))

    def signal(self, signal: str) -> None:
        """Ping the last signal."""
        self._signals.put(signal)
        if self.ident is None:
            self.start()

    def result(self, seconds: float) -> FailedDelivery | None:
        """Return why the monitor does not know the end, None where it does; it has so many seconds for it."""
        self.join(max(0.0, seconds))
        return self._failure if self._ended else FailedDelivery(self.address.shown, Undelivered.NO_ANSWER)

    def run(self) -> None:
        """Ping until the end."""
        signal = START
        while signal == START:
            signal = self._signals.get()
            self._failure = self._ping(signal)
        self._ended = True

    def _ping(self, signal: str) -> FailedDelivery | None:
        """Return why a ping failed, None where it was taken."""
        if self.address.secret is None:
            return FailedDelivery(self.address.shown, Undelivered.SECRET)
        try:
            status = _ask(ping_address(self.address.secret.get_secret_value(), signal))
        except httpx.ReadTimeout:
            return FailedDelivery(self.address.shown, Undelivered.NO_ANSWER)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError):  # each may hold the address
            return FailedDelivery(self.address.shown, Undelivered.UNREACHED)
        ok = httpx.codes.is_success(status)
        return None if ok else FailedDelivery(self.address.shown, Undelivered.REFUSED, status)


def try_heartbeat(address: Address, seconds: float = TIMEOUT) -> FailedDelivery | None:
    """Return why a monitor cannot be pinged; healthchecks.io only writes the signal to the monitor's log."""
    beat = Heartbeat(address)
    beat.signal(TRIAL)
    return beat.result(seconds)


def ping_address(address: str, signal: str) -> str:
    """Return the address of a signal: below the path, before the query."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{signal}", fragment=""))


def _ask(address: str) -> int:
    """Return the status of the answer; a redirect is followed on the same host only."""
    logging.getLogger("httpx").propagate = False  # its log has addresses
    logging.getLogger("httpx").addHandler(logging.NullHandler())
    with httpx.Client(timeout=TIMEOUT, headers={"User-Agent": "torgsync"}) as client:
        for _number in range(REDIRECTS + 1):
            with client.stream("GET", address) as answer:
                if answer.next_request is None:
                    return answer.status_code
                target = answer.next_request.url
                asked = answer.request.url
            if (target.host, target.scheme in ("https", asked.scheme)) != (asked.host, True):
                return answer.status_code
            address = str(target)
    return answer.status_code
