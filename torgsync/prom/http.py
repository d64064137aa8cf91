"""One shop's API over HTTP: headers, pace, retries, and the journal of requests.

No token and no HTML page may appear in a message, a log or an exception. For that, errors are raised after
the `except` block that noticed the failure, so that nothing foreign is on their chain.
Source: docs/developers/prom-api.md §1, §11 Q13.
"""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from ssl import SSLContext

import httpx
import stamina

from torgsync import __version__
from torgsync.core.loopback import is_loopback
from torgsync.core.portals import PROM, PROM_URL, Portal
from torgsync.core.problems import ProblemCode, error_of, problem, problem_of
from torgsync.errors import AnswerLost, GivenUp, Interrupted, Problem, TokenRefused, TorgsyncError, UsageError
from torgsync.i18n import _
from torgsync.prom.pace import Pace
from torgsync.prom.recording.recorder import Recorder
from torgsync.prom.request import ApiRequest, Json, RequestJournal, Right
from torgsync.prom.responses import FailedTry, ResponseReader, give_token, lost_answer

TIMEOUT = httpx.Timeout(45.0, connect=10.0)
IMPORT_TIMEOUT = httpx.Timeout(120.0, connect=10.0)

TOTAL_TIMEOUT = 300.0
"""Seconds for one try with all of its answer: a server may send byte by byte and never be late."""

PORTS = range(1, 65536)

TRIES = 5
GIVE_UP_AFTER = 3
"""Requests that failed in a row, each with all its tries, after which no more are sent."""

_log = logging.getLogger(__name__)

# Stamina reports every repeated try itself, and without a handler Python would print its bare report.
logging.getLogger("stamina").addHandler(logging.NullHandler())

_RETRY = stamina.RetryingCaller(attempts=TRIES, timeout=None)


def _back_off(tries: int) -> float:
    """Return the seconds before the next try: 1, 2, 4, 8 and up to one more."""
    return 2.0 ** (tries - 1) + random.random()  # noqa: S311  # it spreads requests


@dataclass
class _FailureStreak:
    """Requests of one kind, reads or writes, that failed in a row."""

    requests: int = 0
    tries: int = 0
    last: Problem | None = None

    def add(self, request: ApiRequest, failure: TorgsyncError) -> None:
        self.requests += 1
        self.tries += request.tries
        self.last = problem_of(failure)

    def given_up(self, doctor: str) -> GivenUp | None:
        """Return the error that ends the run after too many failures, else None; `doctor` is a command."""
        if self.requests < GIVE_UP_AFTER:
            return None
        return error_of(
            GivenUp,
            problem(ProblemCode.GIVEN_UP, self.last, requests=self.requests, tries=self.tries),
            _(
                "wait until Prom.ua answers again (check with `{doctor}`), then run the same command again: "
                "it goes on where this run ended",
                doctor=doctor,
            ),
        )


def ignore_idle(_idle: bool) -> None:  # noqa: FBT001  # nothing else could be meant
    """Do nothing while no request is in flight."""


def open_client(url: str = PROM_URL, *, insecure: bool = False, called: str = "") -> httpx.Client:
    """Return a client for the API at `url`, its `/api/v1` included: one connection, no redirects followed.

    `called` is what the sync object is called in commands, empty before there is one. Raises UsageError where
    it is no web address, holds a name or password, which would replace the token, or is not encrypted and
    leaves this machine; with `insecure` it may.
    """
    address = _parsed(url)
    if address is None or address.scheme not in ("http", "https") or not address.host or address.userinfo:
        raise UsageError(
            _("the address of Prom.ua's API in `TORGSYNC_PROM_URL` is not a web address"),
            hint=_("it looks like `{url}`, without a name or password", url=PROM_URL),
        )
    if address.scheme == "http" and not insecure and not is_loopback(address.host):
        hint = _("give the address with https://")
        if called:
            hint = _(
                "give the address with https://; in a network that you trust, allow it:\n"
                "  torgsync object edit {called} --set connection.insecure=true",
                called=called,
            )
        raise UsageError(
            _(
                "`http://{server}` is not encrypted: others on the way could read the token and change "
                "prices; nothing was sent",
                server=address.netloc.decode(),
            ),
            hint=hint,
        )
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    return httpx.Client(
        base_url=address, timeout=TIMEOUT, limits=limits, follow_redirects=False, verify=_certificates()
    )


@cache
def _certificates() -> SSLContext:
    """Return what servers are recognised by; to read it takes as long as a small plan."""
    return httpx.create_ssl_context()


def _parsed(url: str) -> httpx.URL | None:
    """Return an address, None where its host or port is none."""
    try:
        address = httpx.URL(url)
        address.host.encode("idna")  # as it is looked up
    except (httpx.InvalidURL, UnicodeError):
        return None
    return address if address.port is None or address.port in PORTS else None


class Http:
    """Sends requests to one shop's API, one at a time.

    After `GIVE_UP_AFTER` reads or as many writes in a row that failed, every request raises GivenUp.

    The base address of `client` is the API's, `shop` its name in messages. `requests_per_second` limits the
    starts of requests on the clock `monotonic`, by `sleep`, which also waits before a repeated try; `pace` is
    that of all who use the token at the same time.
    `on_idle` is called with True when nothing is in flight while the next try is waited for, and with False
    when that is over; it may raise Interrupted. A `recorder` gets every try and its answer. Raises
    TokenRefused where no header can carry the token. `called` is what the sync object is called in commands.
    """

    def __init__(
        self,
        client: httpx.Client,
        *,
        token: str,
        shop: str,
        called: str = "",
        requests_per_second: float = 2.0,
        journal: RequestJournal | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        pace: Pace | None = None,
        on_idle: Callable[[bool], None] = ignore_idle,
        recorder: Recorder | None = None,
        portal: Portal = PROM,
    ) -> None:
        self.portal = portal
        token = token.strip()
        # The HTTP library would refuse such a header in words that hold the whole token.
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            raise TokenRefused(
                _("the token of `{shop}` is empty or has characters that a token cannot have", shop=shop),
                hint=_("copy the whole token again and {give}", give=give_token(called)),
            )
        address = client.base_url
        server = f"{address.host}:{address.port or (443 if address.scheme == 'https' else 80)}"
        self.responses = ResponseReader(
            shop=shop, token=token, server=server, path=address.path, called=called
        )
        self._client = client
        self._on_idle = on_idle
        # Reads and writes are counted apart: reads that work do not show that writes do.
        self._streaks = {False: _FailureStreak(), True: _FailureStreak()}
        self._interval = 1.0 / requests_per_second
        self._journal = journal
        self._recorder = recorder
        self._monotonic = monotonic
        self._sleep = sleep
        self._pace = pace or Pace()
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "User-Agent": f"torgsync/{__version__}",
            **({"X-LANGUAGE": "uk"} if "uk" in portal.languages else {}),
        }

    def get(self, path: str, params: Mapping[str, str | int] | None = None, *, right: Right) -> Json:
        """Return the JSON object at `path`; numbers with a point are exact decimals.

        Repeated on 429, 5xx, broken connections, web pages and answers that cannot be read. Raises
        TokenRefused, NotFound, PromRefused or Temporary.
        """
        return self.send(ApiRequest("GET", path, right, params=params or {}))

    def send(self, request: ApiRequest) -> Json:
        """Send a request and return Prom's JSON object.

        Values are repeated on 429, 5xx and broken connections, since a second edit sets the same values. An
        import or a message is repeated only where it cannot have begun: on 429, or without a connection.

        After AnswerLost the effect is unknown, after TokenRefused, PromRefused or Temporary nothing was done.
        """
        writes = request.effect is not None
        streak = self._streaks[writes]
        if given_up := streak.given_up(self.responses.doctor):
            raise given_up
        stopped = False
        try:
            answer = _RETRY(partial(self._may_retry, request), self._try, request)
        except FailedTry as failed:
            failure = failed.failure
        except Interrupted as stop:
            if not request.in_doubt:
                raise
            failure, stopped = stop, True
        except TorgsyncError:
            self._streaks[writes] = _FailureStreak()  # a refusal is an answer
            raise
        else:
            self._streaks[writes] = _FailureStreak()
            return answer
        finally:
            self._on_idle(False)
        if request.in_doubt and not isinstance(failure, AnswerLost):
            failure = lost_answer(request, problem_of(failure))
        if not stopped:
            streak.add(request, failure)
        if not isinstance(failure, AnswerLost) and (given_up := streak.given_up(self.responses.doctor)):
            failure = given_up
        raise failure

    def _may_retry(self, request: ApiRequest, error: Exception) -> bool | float:
        """Return for stamina whether to try once more: at once, as the next try begins with the pause."""
        if not isinstance(error, FailedTry) or error.again is False:
            return False
        _log.info(
            "%s",
            _("{error}; unless this was the last try, it is asked again", error=error.failure.message),
        )
        self._on_idle(True)
        request.pause = _back_off(request.tries) if error.again is True else error.again
        return 0.0

    def _try(self, request: ApiRequest) -> Json:
        self._on_idle(True)
        if request.pause and not stamina.is_testing():
            self._sleep(request.pause)
        self._keep_pace()
        self._on_idle(False)
        request.tries += 1
        entry = 0
        if self._journal:
            entry = self._journal.before(request.method, request.path, request.items, request.digest)
        started = self._monotonic()
        status: int | None = None
        answer: Json = {}
        error: TorgsyncError | FailedTry | None = None
        try:
            response = self._exchanged(self._built(request))
            status = response.status_code
            answer = self.responses.read(request, response)
        except httpx.HTTPError as broken:
            error = self.responses.broken(request, broken)
        except (TorgsyncError, FailedTry) as failed:
            error = failed
        cause = error.failure if isinstance(error, FailedTry) else error
        outcome = cause.kind if cause else "done"
        request.in_doubt = request.in_doubt or isinstance(cause, AnswerLost)
        seconds = self._monotonic() - started
        _log.debug("%s %s: %s, %s, %.2f s", request.method, request.path, status, outcome, seconds)
        self._record_answer(request, entry, status, outcome)
        if error:
            raise error
        return answer

    def _record_answer(self, request: ApiRequest, entry: int, status: int | None, outcome: str) -> None:
        """Record an answer. Raises AnswerLost where that fails for a write: it was sent all the same."""
        if self._journal is None:
            return
        try:
            self._journal.after(entry, status=status, outcome=outcome)
        except TorgsyncError as error:
            if request.effect is None:
                raise
            raise lost_answer(request, problem_of(error)) from error

    def _keep_pace(self) -> None:
        pause = self._pace.wait_for(self._monotonic(), self._interval)
        if pause > 0:
            self._sleep(pause)
            self._pace.started(self._monotonic(), self._interval)

    def _built(self, request: ApiRequest) -> httpx.Request:
        build = partial(self._client.build_request, request.method, request.path)
        if request.form:
            settings, file = request.form
            name, media_type = request.file_type
            files = {"file": (name, file, media_type)}
            data = {"data": settings}
            return build(data=data, files=files, headers=self._headers, timeout=IMPORT_TIMEOUT)
        json_type = {"Content-Type": "application/json"} if request.body is not None else {}
        headers = {**self._headers, **json_type}
        return build(params=dict(request.params), content=request.body, headers=headers)

    def _exchanged(self, request: httpx.Request) -> httpx.Response:
        """Return a whole answer, and record it where that is wanted."""
        if self._recorder is None:
            return self._received(request)
        with self._recorder.sending(request, self._client.base_url) as sending:
            sending.answer = self._received(request)
        return sending.answer

    def _received(self, request: httpx.Request) -> httpx.Response:
        """Return a whole answer; raise ReadTimeout where it does not end in time."""
        deadline = self._monotonic() + TOTAL_TIMEOUT
        response = self._client.send(request, stream=True)
        try:
            parts = []
            for part in response.iter_bytes():
                parts.append(part)
                if self._monotonic() > deadline:
                    raise httpx.ReadTimeout("the answer did not end", request=request)
        finally:
            response.close()
        # As bytes: a header in another encoding would stop the run.
        headers = [item for item in response.headers.raw if item[0].lower() != b"content-encoding"]
        return httpx.Response(response.status_code, headers=headers, content=b"".join(parts), request=request)
