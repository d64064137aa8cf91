"""One request to Prom.ua: headers, pace, retries, the journal, and what each kind of answer means.

No token and no HTML page ever leaves this room in a message, a log or an exception. For that, errors are
raised after the `except` block that noticed the trouble, so that nothing foreign hangs on their chain.
Source: docs/developers/prom-api.md §1, §11 Q1, Q13.
"""

from __future__ import annotations

import json as json_text
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import BinaryIO, Literal, Protocol

import httpx
import stamina
import xxhash

from torgsync import __version__
from torgsync.errors import (
    AnswerLost,
    GivenUp,
    Interrupted,
    PromRefused,
    Temporary,
    TokenRefused,
    TorgsyncError,
    UsageError,
)

PROM_URL = "https://my.prom.ua/api/v1"

TIMEOUT = httpx.Timeout(45.0, connect=10.0)
IMPORT_TIMEOUT = httpx.Timeout(120.0, connect=10.0)

TOTAL_TIMEOUT = 300.0
"""Seconds for one try with all of its answer: a server may send byte by byte and never be late."""

TRIES = 5
GIVE_UP_AFTER = 3
"""Requests that failed in a row, each with all its tries, after which nothing more is asked."""
RETRY_AFTER_MAX = 300.0
"""Seconds: a server that asks for more is asked again all the same."""
AGAIN = "run the same command again: it is safe"
IN_A_BROWSER = (
    "open Prom.ua in a browser on this computer and see what it says; without a proxy or VPN, and "
    f"with a smaller `[limits] requests_per_second`, {AGAIN}"
)
WEB_PAGE_PAUSE = 5.0
"""Seconds between tries while a web page answers: bot protection is made worse by haste."""
REASON_LIMIT = 200
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")

_log = logging.getLogger(__name__)

# Stamina reports every repeated try itself, and without a handler Python would print its bare report.
logging.getLogger("stamina").addHandler(logging.NullHandler())

_TRIES = stamina.RetryingCaller(
    attempts=TRIES, timeout=None, wait_initial=1.0, wait_max=60.0, wait_jitter=1.0, wait_exp_base=2
)

Json = dict[str, object]
Effect = Literal["values", "import"]
"""What a write does: "values" sets values and may be repeated, an "import" counts and may not (prom-api
§4.6)."""

Files = Mapping[str, tuple[str, BinaryIO, str]]
"""Files of a form, keyed by part: file name, open file, media type. They are streamed."""


class Right(Enum):
    """A right that a token can have: what it lets us do, and how the seller's cabinet calls it.

    Source: docs/developers/prom-api.md §1.2.
    """

    PRODUCTS_READ = ("read products", "Products and groups", "Read only", "«Товари» and «Групи»")
    PRODUCTS_WRITE = ("write products", "Products and groups", "Read and write", "«Товари» and «Групи»")
    ORDERS_READ = ("read orders", "Orders", "Read only", "«Замовлення»")
    ORDERS_WRITE = ("write orders", "Orders", "Read and write", "«Замовлення»")
    GROUPS_READ = ("read groups", "Products and groups", "Read only", "«Товари» and «Групи»")
    SETTINGS_READ = ("read payment options", "Payment options", "Read only", "«Способи оплати»")
    CLIENTS_READ = ("read clients", "Clients", "Read only", "«Клієнти»")

    def __init__(self, doing: str, section: str, level: str, cabinet: str) -> None:
        self.doing = doing
        self.section = section
        self.level = level
        self.cabinet = cabinet

    @property
    def in_cabinet(self) -> str:
        """The section and level in the cabinet's own words."""
        return f"{self.cabinet}: {'«лише читання»' if self.level == 'Read only' else '«читання і запис»'}"


_NEEDED = (Right.PRODUCTS_WRITE, Right.ORDERS_READ, Right.SETTINGS_READ)
"""What a new token should be given at once: one that lacks a right is refused later."""


class Journal(Protocol):
    """Where every try is written down before it is sent, so that a run that dies can be settled."""

    def before(self, method: str, path: str, items: int, digest: str) -> int:
        """Write a try down and return its entry.

        `path` starts after the API's base address; `items` counts what the body speaks of, 0 for a GET;
        `digest` is the xxh3 of the body in hex, never the body.
        """

    def after(self, entry: int, *, status: int | None, outcome: str) -> None:
        """Write down how it ended: the HTTP status, None without an answer, and "done" or an error's kind."""


class NotFound(PromRefused):
    """There is nothing at this address; for a product that means absent or deleted (prom-api §1.3)."""

    kind = "not-found"


@dataclass
class _Ask:
    """One request with all its tries."""

    method: str
    path: str
    right: Right
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: bytes | None = None
    data: Mapping[str, str] | None = None
    files: Files | None = None
    effect: Effect | None = None
    items: int = 0
    digest: str = ""
    in_doubt: bool = False
    """Whether a try may have had an effect although nobody answered so."""
    tries: int = 0


class _Trouble(Exception):
    """One try failed: what to raise if it was the last, and whether, or after how many seconds, to repeat."""

    def __init__(self, failure: TorgsyncError, *, again: bool | float) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.again = again


@dataclass
class _Row:
    """Requests of one kind, reads or writes, that failed in a row."""

    requests: int = 0
    tries: int = 0
    last: str = ""

    def failed(self, ask: _Ask, failure: TorgsyncError) -> None:
        """Count one more."""
        self.requests, self.tries, self.last = self.requests + 1, self.tries + ask.tries, failure.message

    def given_up(self) -> GivenUp | None:
        """Return the error that ends the run where so many failed, else None."""
        if self.requests < GIVE_UP_AFTER:
            return None
        return GivenUp(
            f"{self.requests} requests in a row failed, with {self.tries} tries in all, and nothing more is "
            f"asked in this run; the last time {self.last}",
            hint="wait until Prom.ua answers again (`torgsync doctor` tells), then run the same command "
            "again: it goes on where this run ended",
        )


def _never_rests(_rests: bool) -> None:  # noqa: FBT001
    """Hear of no pauses."""


def open_client(url: str = PROM_URL) -> httpx.Client:
    """Return a client for the API at `url`, its `/api/v1` included: one connection, no redirects followed.

    Raises UsageError where `url` is no web address. A name or password in it is refused as well: they would
    take the place of the token.
    """
    address = httpx.URL(url)
    if address.scheme not in ("http", "https") or not address.host or address.userinfo:
        raise UsageError(
            "the address of Prom.ua's API is not a web address",
            hint=f"it looks like `{PROM_URL}`, without a name or password",
        )
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    return httpx.Client(base_url=address, timeout=TIMEOUT, limits=limits, follow_redirects=False)


class Http:
    """Asks one shop's API, one request at a time.

    `client` is ready: its base address is the API's. `token` is the secret, `shop` the name that people know
    the shop by. Between the starts of two requests at least `1 / requests_per_second` seconds pass on
    `monotonic`, by `sleep`; the pauses before a repeated try are stamina's. `rests` hears when nothing is in
    flight while the next try is waited for, and when that is over. After `GIVE_UP_AFTER` reads or as many
    writes in a row that failed, every request raises GivenUp. Raises TokenRefused for a token that no header
    can carry.
    """

    def __init__(
        self,
        client: httpx.Client,
        *,
        token: str,
        shop: str,
        requests_per_second: float = 2.0,
        journal: Journal | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        rests: Callable[[bool], None] = _never_rests,
    ) -> None:
        self._client = client
        self._rests = rests
        self._failed = {False: _Row(), True: _Row()}  # reads, writes: a read that works heals no write
        self._token = token.strip()
        self._shop = shop
        self._interval = 1.0 / requests_per_second
        self._journal = journal
        self._monotonic = monotonic
        self._sleep = sleep
        self._next_start = monotonic()
        # The HTTP library would refuse such a header in words that hold the whole token.
        if not re.fullmatch(r"[\x21-\x7e]+", self._token):
            raise TokenRefused(
                f"the token of `{shop}` is empty or holds characters that no token has",
                hint=f"copy the token once more to where `api_key` of `{shop}` points",
            )
        self._headers = {
            "Authorization": f"Bearer {self._token}",
            "Accept": "application/json",
            "X-LANGUAGE": "uk",
            "User-Agent": f"torgsync/{__version__}",
        }

    def get(self, path: str, params: Mapping[str, str | int] | None = None, *, right: Right) -> Json:
        """Return the JSON object at `path`; numbers with a point are exact decimals.

        Repeated on 429, 5xx, broken connections, web pages and answers that cannot be read. Raises
        TokenRefused, NotFound, PromRefused or Temporary.
        """
        return self._answer(
            _Ask("GET", path, right, params=params or {}, digest=xxhash.xxh3_64_hexdigest(b""))
        )

    def post(
        self,
        path: str,
        *,
        json: object = None,
        data: Mapping[str, str] | None = None,
        files: Files | None = None,
        right: Right,
        effect: Effect,
    ) -> Json:
        """Send `json`, or a form of `data` and `files`, and return Prom's JSON object.

        Values are repeated on 429, 5xx and broken connections, since a second edit sets the same values. An
        import is repeated only where it cannot have begun: on 429, or without a connection. Raises
        TokenRefused, PromRefused, Temporary where nothing was done, and AnswerLost where nobody knows.
        """
        if files:
            digest = _digest_of_form(data or {}, files)
            ask = _Ask("POST", path, right, data=data or {}, files=files, digest=digest)
        else:
            body = json_text.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
            ask = _Ask("POST", path, right, body=body, digest=xxhash.xxh3_64_hexdigest(body))
        ask.effect = effect
        listed = json.get("ids") if isinstance(json, dict) else json
        ask.items = len(listed) if isinstance(listed, list) else 1
        return self._answer(ask)

    def words(self, raw: object) -> str:
        """Return what Prom says, of any shape, as one short line: no tags, control characters or token."""
        text = _TAG.sub(" ", _flat(raw).replace(self._token, "[token]"))
        text = " ".join(_UNPRINTABLE.sub(" ", text).split())
        return text if len(text) <= REASON_LIMIT else f"{text[: REASON_LIMIT - 1]}…"

    def refused(self, right: Right) -> TokenRefused:
        """Return the error for a token that lacks `right`."""
        return TokenRefused(
            f"Prom.ua refused the token of `{self._shop}`: it may not {right.doing}",
            hint=f"in the seller's cabinet, Settings > API tokens, give {self._section(right)}, "
            f"then put the new token where `api_key` of `{self._shop}` points",
        )

    def _answer(self, ask: _Ask) -> Json:
        row = self._failed[ask.effect is not None]
        if given_up := row.given_up():
            raise given_up
        stopped = False
        try:
            answer = _TRIES(self._go_on, self._try, ask)
        except _Trouble as trouble:
            failure = trouble.failure
        except Interrupted as stop:
            if not ask.in_doubt:
                raise
            failure, stopped = stop, True
        except TorgsyncError:
            self._failed[ask.effect is not None] = _Row()  # an answer all the same
            raise
        else:
            self._failed[ask.effect is not None] = _Row()
            return answer
        finally:
            self._rests(False)
        if ask.in_doubt and not isinstance(failure, AnswerLost):
            failure = self._lost(ask, failure.message)
        if not stopped:
            row.failed(ask, failure)
        if not isinstance(failure, AnswerLost) and (given_up := row.given_up()):
            failure = given_up
        raise failure

    def _go_on(self, error: Exception) -> bool | float:
        """Tell stamina whether to try once more, or after how many seconds."""
        if not isinstance(error, _Trouble):
            return False
        if error.again is not False:
            _log.info("%s; unless this was the last try, it is asked again", error)
            self._rests(True)
        return error.again

    def _try(self, ask: _Ask) -> Json:
        self._rests(True)
        self._keep_pace()
        self._rests(False)
        ask.tries += 1
        entry = self._journal.before(ask.method, ask.path, ask.items, ask.digest) if self._journal else 0
        started = self._monotonic()
        status: int | None = None
        answer: Json = {}
        failure: TorgsyncError | _Trouble | None = None
        try:
            response = self._received(self._request(ask))
            status = response.status_code
            answer = self._read(ask, response)
        except httpx.HTTPError as error:
            failure = self._broken(ask, error)
        except (TorgsyncError, _Trouble) as error:
            failure = error
        blame = failure.failure if isinstance(failure, _Trouble) else failure
        outcome = blame.kind if blame else "done"
        ask.in_doubt = ask.in_doubt or isinstance(blame, AnswerLost)
        _log.debug(
            "%s %s: %s, %s, %.2f s", ask.method, ask.path, status, outcome, self._monotonic() - started
        )
        if self._journal:
            self._journal.after(entry, status=status, outcome=outcome)
        if failure:
            raise failure
        return answer

    def _received(self, request: httpx.Request) -> httpx.Response:
        """Return a whole answer; raise ReadTimeout where it does not end in time."""
        late = self._monotonic() + TOTAL_TIMEOUT
        response = self._client.send(request, stream=True)
        try:
            parts = []
            for part in response.iter_bytes():
                parts.append(part)
                if self._monotonic() > late:
                    raise httpx.ReadTimeout("the answer did not end", request=request)
        finally:
            response.close()
        headers = [item for item in response.headers.multi_items() if item[0] != "content-encoding"]
        return httpx.Response(response.status_code, headers=headers, content=b"".join(parts), request=request)

    def _keep_pace(self) -> None:
        pause = self._next_start - self._monotonic()
        if pause > 0:
            self._sleep(pause)
        self._next_start = self._monotonic() + self._interval

    def _request(self, ask: _Ask) -> httpx.Request:
        if ask.files:
            return self._client.build_request(
                ask.method,
                ask.path,
                data=dict(ask.data or {}),
                files=ask.files,
                headers=self._headers,
                timeout=IMPORT_TIMEOUT,
            )
        kind = {"Content-Type": "application/json"} if ask.body is not None else {}
        return self._client.build_request(
            ask.method, ask.path, params=dict(ask.params), content=ask.body, headers={**self._headers, **kind}
        )

    def _read(self, ask: _Ask, response: httpx.Response) -> Json:
        """Return the JSON object of an answer that says yes; raise what any other answer means.

        Source: docs/developers/prom-api.md §1.3.
        """
        status = response.status_code
        answer, page = _parse(response.content), _is_page(response)
        says_no = _refusal(answer, status)
        self._check_right(ask, status, says_no, page=page)
        if status == httpx.codes.NOT_FOUND:
            raise NotFound(f"Prom.ua knows no `{ask.path}`")
        if status == httpx.codes.TOO_MANY_REQUESTS:
            wait = retry_after(response.headers.get("Retry-After", ""), datetime.now(UTC))
            raise _Trouble(_temporary(f"Prom.ua is busy: it answered 429 to `{ask.path}`"), again=wait)
        if response.is_server_error:
            raise self._server_trouble(ask, response, page=page)
        if response.is_redirect:
            raise self._trouble(
                ask, f"the server sent `{ask.path}` on to another address ({status})", again=False
            )
        if response.is_client_error:
            reason = self.words(says_no) or "without a reason"
            raise PromRefused(f"Prom.ua refused `{ask.path}` ({status}): {reason}")
        if answer is None:
            raise self._unreadable(ask, status, page=page)
        if says_no is not None:
            raise PromRefused(f"Prom.ua refused `{ask.path}`: {self.words(says_no) or 'without a reason'}")
        return answer

    def _broken(self, ask: _Ask, error: httpx.HTTPError) -> _Trouble:
        """Tell what a failed connection means; only one that never stood is sure to have done nothing."""
        server = self._server()
        if isinstance(error, _NEVER_STOOD):
            reason = self._reason(error)
            return _Trouble(_temporary(f"no connection to `{server}`: {reason}"), again=True)
        if isinstance(error, httpx.TimeoutException):
            return self._trouble(ask, f"`{server}` did not answer `{ask.path}` in time")
        reason = self._reason(error)
        return self._trouble(ask, f"the connection to `{server}` broke: {reason}")

    def _reason(self, error: httpx.HTTPError) -> str:
        """Return what the connection says of itself, without the number that only programmers know."""
        return _ERRNO.sub("", self.words(str(error))) or type(error).__name__

    def _server_trouble(self, ask: _Ask, response: httpx.Response, *, page: bool) -> _Trouble:
        status = response.status_code
        wait = retry_after(response.headers.get("Retry-After", ""), datetime.now(UTC))
        if page and status == httpx.codes.SERVICE_UNAVAILABLE:
            again = WEB_PAGE_PAUSE if wait is True else wait
            return self._trouble(ask, _web_page(ask.path, status), again=again, hint=IN_A_BROWSER)
        return self._trouble(ask, f"Prom.ua is in trouble: it answered {status} to `{ask.path}`", again=wait)

    def _unreadable(self, ask: _Ask, status: int, *, page: bool) -> _Trouble:
        """Tell what an answer without JSON means: what asks or sets values goes again, not so an import."""
        if page:
            return self._trouble(ask, _web_page(ask.path, status), again=WEB_PAGE_PAUSE, hint=IN_A_BROWSER)
        return self._trouble(ask, f"the answer to `{ask.path}` is cut or is no JSON ({status})")

    def _check_right(self, ask: _Ask, status: int, says_no: object, *, page: bool) -> None:
        """Raise where the answer speaks against the token: how a missing right looks is open.

        Source: docs/developers/prom-api.md §11 Q1.
        """
        if status == httpx.codes.UNAUTHORIZED:
            raise self._unknown_token(ask.right)
        refused = self.refused(ask.right)
        if "forbidden" in _flat(says_no).casefold():
            raise refused
        if status != httpx.codes.FORBIDDEN:
            return
        if not page:
            raise refused
        both = TokenRefused(
            f"{refused.message}, or a page of bot protection or of a proxy stood in the way (403)",
            hint=refused.hint,
        )
        raise both if ask.effect else _Trouble(both, again=WEB_PAGE_PAUSE)

    def _trouble(self, ask: _Ask, why: str, *, again: bool | float = True, hint: str = AGAIN) -> _Trouble:
        """Return trouble with a request that reached the server, or may have; the hint is for a GET."""
        if ask.effect is None:
            return _Trouble(_temporary(why, hint), again=again)
        return _Trouble(self._lost(ask, why), again=again if ask.effect == "values" else False)

    def _lost(self, ask: _Ask, why: str) -> AnswerLost:
        noun = "product" if ask.path.startswith("/products") else "order"
        what = "an import" if ask.effect == "import" else f"an edit of {ask.items} {noun}"
        plural = "s" if ask.effect == "values" and ask.items != 1 else ""
        return AnswerLost(
            f"{what}{plural} was sent and its answer was lost: {why}",
            hint="run the same command again: it reads back what Prom.ua has before it sends anything",
        )

    def _unknown_token(self, right: Right) -> TokenRefused:
        needed = ", ".join(self._section(one) for one in _NEEDED)
        return TokenRefused(
            f"Prom.ua refused the token of `{self._shop}`: it is unknown, expired or revoked, "
            f"or may not {right.doing}",
            hint=f"in the seller's cabinet, Settings > API tokens, create a new one and give {needed}; "
            f"then put the new token where `api_key` of `{self._shop}` points",
        )

    def _section(self, right: Right) -> str:
        return f'"{right.section}" the right "{right.level}" ({right.in_cabinet})'

    def _server(self) -> str:
        address = self._client.base_url
        return f"{address.host}:{address.port or (443 if address.scheme == 'https' else 80)}"


_NEVER_STOOD = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

_TAG = re.compile(r"<[a-zA-Z/!?][^>]*(?:>|$)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def retry_after(header: str, now: datetime) -> bool | float:
    """Return the seconds to wait that a `Retry-After` asks for, at most five minutes.

    It may hold seconds or an HTTP date. True, which means "by our own back-off", where it says nothing.
    """
    text = header.strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d+)?", text):
        return min(float(text), RETRY_AFTER_MAX)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return True
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), RETRY_AFTER_MAX)


def _temporary(why: str, hint: str = AGAIN) -> Temporary:
    return Temporary(why, hint=hint)


def _web_page(path: str, status: int) -> str:
    return f"the server answered `{path}` with a web page ({status}): bot protection, or a proxy"


def _parse(content: bytes) -> Json | None:
    """Return the JSON object that the bytes hold, None where they hold none."""
    try:
        found = json_text.loads(content, parse_float=Decimal, parse_constant=lambda _: None)
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_page(response: httpx.Response) -> bool:
    kind = response.headers.get("Content-Type", "")
    return "html" in kind.casefold() or response.content.lstrip()[:1] == b"<"


def _refusal(answer: Json | None, status: int) -> object:
    """Return Prom's own words of refusal, of any shape, or None where the answer is no refusal.

    Source: docs/developers/prom-api.md §1.3.
    """
    if answer is None:
        return None
    errors = answer.get("errors")
    told = answer.get("error") or (errors.get("error") if isinstance(errors, dict) else None)
    if told:
        return told
    if str(answer.get("status")).casefold() == "error" or status >= httpx.codes.BAD_REQUEST:
        return answer.get("message") or answer.get("detail") or errors or ""
    return None


def _flat(raw: object) -> str:
    """Return JSON of any shape as text: `{"a": {"b": 1}}` becomes `a: b: 1`."""
    if isinstance(raw, dict):
        return ", ".join(f"{key}: {_flat(value)}" for key, value in raw.items())
    if isinstance(raw, list | tuple):
        return "; ".join(_flat(item) for item in raw)
    return "" if raw is None else str(raw)


def _digest_of_form(data: Mapping[str, str], files: Files) -> str:
    """Return the digest of what a form carries, without the boundary that differs from try to try."""
    digest = xxhash.xxh3_64()
    for name, text in data.items():
        digest.update(f"{name}={text}\n".encode())
    for _, handle, _ in files.values():
        while chunk := handle.read(65536):
            digest.update(chunk)
        handle.seek(0)
    return str(digest.hexdigest())
