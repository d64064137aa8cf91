"""What an answer, or its absence, means; whether to try again (docs/developers/prom-api.md §1.3, §11 Q1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from torgsync.core.loopback import is_loopback
from torgsync.core.plan.imports import says_another_runs
from torgsync.core.portals import API_PATH
from torgsync.core.problems import TOKENS_PAGE, ProblemCode, error_of, problem, problem_of
from torgsync.core.shell import command
from torgsync.errors import (
    AnswerLost,
    ImportBusy,
    Problem,
    PromRefused,
    Temporary,
    TokenRefused,
    TorgsyncError,
)
from torgsync.i18n import Message, _, joined
from torgsync.prom.answer_json import parse_answer
from torgsync.prom.request import NEEDED_RIGHTS, ApiRequest, Json, Right
from torgsync.system import connection_words

RETRY_AFTER_MAX = 300.0
"""Seconds: a server that asks for a longer pause gets this one."""
WEB_PAGE_PAUSE = 5.0
"""Seconds between tries while a web page answers: haste makes bot protection worse."""
REASON_LIMIT = 200
_FRAME = frozenset({"status", "error", "errors", "message", "detail"})
BLOCKED_IMPORT = _(
    "see the imports in the seller's cabinet, «Товари» › «Імпорт»: the running one must end, or be cancelled "
    "there if it hangs; then run the same command again"
)
DAY_USED_UP = _(
    "if the imports of this day are used up, there is nothing to do: later runs try again by themselves; any "
    "other reason is in the seller's cabinet, «Товари» › «Імпорт»"
)
NO_SANDBOX = _(
    "nothing on this computer answers at this address; to start the sandbox: `torgsync sandbox --port {port}`"
)
COMPLETE = _("check `TORGSYNC_PROM_URL`: the address must end with `{path}`", path=API_PATH)
AGAIN = _("run the same command again: it is safe")
IN_A_BROWSER = _(
    "open Prom.ua in a browser on this computer and see what it says; then, without a proxy or VPN and "
    "with a smaller `requests_per_second` in `[limits]`, run the same command again: it is safe"
)

IN_THE_PLAN = _(
    "in the seller's cabinet, see which plan the shop has and whether it includes the API; the token itself "
    "may be valid. Then {again}"
)

_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
_PLAN = re.compile(r"\b(?:plan|tariff|subscription|package)|тариф|пакет|підписк|подписк", re.IGNORECASE)
_API = re.compile(r"\b(?:api|апі|апи)\b", re.IGNORECASE)
_PLAN_STATUSES = (httpx.codes.UNAUTHORIZED, httpx.codes.PAYMENT_REQUIRED, httpx.codes.FORBIDDEN)
"""A refusal with one of these closes the API if it speaks of the plan; any other must name both."""
_TAG = re.compile(r"<[a-zA-Z/!?][^>]*(?:>|$)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NEVER_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class NotFound(PromRefused):
    """There is nothing at this address; for a product that means absent or deleted (prom-api §1.3)."""

    kind = "not-found"


class FailedTry(Exception):
    """The error if this try was the last; `again`: no, yes after the back-off, or after these seconds."""

    def __init__(self, failure: TorgsyncError, *, again: bool | float) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.again = again


class ResponseReader:
    """Reads the answers to one shop's requests; `server` is the host and port that messages name.

    `path` is that of the API on the server.
    `called` is what the sync object is called in commands, empty where it is not made yet.
    """

    def __init__(self, *, shop: str, token: str, server: str, path: str = API_PATH, called: str = "") -> None:
        self._shop = shop
        self._complete = None if path.rstrip("/").endswith(API_PATH) else COMPLETE
        self._give = give_token(called)
        self.doctor = command("doctor", options=f"-o {called}" if called else "")
        self._again = (
            _("check whether the API is open: {doctor}", doctor=self.doctor)
            if called
            else _("enter the token here again")
        )
        self._token = token
        self._server = server
        self._used: set[Right] = set()
        """Rights that the token has shown: it is not unknown then where it may not do something else."""

    def words(self, raw: object) -> str:
        """Return a reason of any JSON type as one short line: no tags, control characters or token."""
        text = _TAG.sub(" ", flat(raw).replace(self._token, "[token]"))
        text = " ".join(_UNPRINTABLE.sub(" ", text).split())
        return text if len(text) <= REASON_LIMIT else f"{text[: REASON_LIMIT - 1]}…"

    def read(self, request: ApiRequest, response: httpx.Response) -> Json:
        """Return the JSON object of a successful answer.

        Raises TokenRefused, NotFound or PromRefused where it refuses the request, ImportBusy where another
        import is running, FailedTry where the server was busy or in trouble, or sent no JSON.
        """
        status = response.status_code
        answer, media_type = parse_answer(response.content), response.headers.get("Content-Type", "")
        page = "html" in media_type.casefold() or response.content.lstrip()[:1] == b"<"
        refusal = _refusal(answer, status, is_state=request.asks_for_state)
        if request.effect == "import" and answer is not None:
            self._check_turn(answer)
        self._check_right(request, status, refusal, page=page)
        if status == httpx.codes.NOT_FOUND and request.effect != "message":  # there its words matter
            raise error_of(NotFound, problem(ProblemCode.NOT_FOUND, path=request.path), self._complete)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            busy = problem(ProblemCode.BUSY, path=request.path)
            raise FailedTry(error_of(Temporary, busy, AGAIN), again=_pause(response))
        if response.is_server_error:
            raise self._server_error(request, response, page=page)
        if response.is_redirect:
            raise _failed(request, _answered(ProblemCode.REDIRECT, request, status), again=False)
        if response.is_client_error:
            words = self.words(refusal)
            refused = problem(ProblemCode.REFUSED, path=request.path, status=status, words=words)
            raise error_of(PromRefused, refused)
        if answer is None and page:
            web_page = _answered(ProblemCode.WEB_PAGE, request, status)
            raise _failed(request, web_page, again=WEB_PAGE_PAUSE, hint=IN_A_BROWSER)
        if answer is None:
            raise _failed(request, _answered(ProblemCode.UNREADABLE, request, status))
        if refusal is not None:
            refused = problem(ProblemCode.REFUSED, path=request.path, words=self.words(refusal))
            raise error_of(PromRefused, refused)
        self._used.add(request.right)
        return answer

    def broken(self, request: ApiRequest, error: httpx.HTTPError) -> FailedTry:
        """Return the meaning of a failed connection; without a connection nothing was done for certain."""
        # The number of an error means something to programmers only.
        reason = _ERRNO.sub("", self.words(connection_words(error) or str(error)))
        if isinstance(error, _NEVER_CONNECTED):
            unconnected = problem(ProblemCode.NO_CONNECTION, server=self._server, words=reason)
            host, _sign, port = self._server.rpartition(":")
            hint = NO_SANDBOX.filled(port=port) if is_loopback(host) else AGAIN
            return FailedTry(error_of(Temporary, unconnected, hint), again=True)
        if isinstance(error, httpx.TimeoutException):
            return _failed(request, problem(ProblemCode.TIMEOUT, server=self._server, path=request.path))
        return _failed(request, problem(ProblemCode.CONNECTION_BROKE, server=self._server, words=reason))

    def lacks(self, right: Right, words: str = "") -> TokenRefused:
        """Return the error for a token that lacks `right`, with Prom's own words where it gave any."""
        hint = _(
            "{place}, give the token this right: {right}; then {give}",
            place=TOKENS_PAGE,
            right=right.instruction,
            give=self._give,
        )
        return self._token_refused(ProblemCode.RIGHT_MISSING, right, words, hint)

    def _unknown_token(self, right: Right, words: str) -> TokenRefused:
        """Return the error for a token that is none, with the rights that a new one needs."""
        hint = _(
            "{place}, create a new token with these rights: {rights}; then {give}",
            place=TOKENS_PAGE,
            rights=joined(", ", (needed.instruction for needed in _rights_of_new_token(right))),
            give=self._give,
        )
        return self._token_refused(ProblemCode.TOKEN_UNKNOWN, right, words, hint)

    def _token_refused(self, code: ProblemCode, right: Right, words: str, hint: Message) -> TokenRefused:
        args = {"shop": self._shop, "right": right.name} | ({"words": words} if words else {})
        return error_of(TokenRefused, problem(code, None, **args), hint)

    def _check_turn(self, answer: Json) -> None:
        """Raise ImportBusy where an import is refused because another one is running.

        This is the one place where that is recognised, with any HTTP status, in all shapes (prom-api §1.3).
        """
        if answer.get("id") or not says_another_runs(flat(answer)):
            return
        refusal = _refusal(answer, httpx.codes.BAD_REQUEST, is_state=False)
        busy = problem(ProblemCode.ANOTHER_IMPORT, words=self.words(refusal))
        raise error_of(ImportBusy, busy, BLOCKED_IMPORT)

    def _check_right(self, request: ApiRequest, status: int, refusal: object, *, page: bool) -> None:
        """Raise where the answer refuses the token; how a missing right looks is open (prom-api §11 Q1).

        Prom's own words are shown with the advice: the cause may be one that is not known here.
        """
        whole, words = flat(refusal), self.words(refusal)
        if _PLAN.search(whole) and (status in _PLAN_STATUSES or _API.search(whole)):
            closed = problem(ProblemCode.API_CLOSED, shop=self._shop, words=words)
            raise error_of(TokenRefused, closed, IN_THE_PLAN.filled(again=self._again))
        lacks = self.lacks(request.right, words)
        if status == httpx.codes.UNAUTHORIZED and self._used and request.right not in self._used:
            raise lacks  # Prom answers it as it answers an unknown token (prom-api §1.3)
        if status == httpx.codes.UNAUTHORIZED:
            raise self._unknown_token(request.right, words)
        if is_forbidden(whole):
            raise lacks
        if status != httpx.codes.FORBIDDEN:
            return
        if not page:
            raise lacks
        either = error_of(TokenRefused, problem(ProblemCode.RIGHT_OR_PAGE, problem_of(lacks)), lacks.hint)
        raise either if request.effect else FailedTry(either, again=WEB_PAGE_PAUSE)

    def _server_error(self, request: ApiRequest, response: httpx.Response, *, page: bool) -> FailedTry:
        status, pause = response.status_code, _pause(response)
        if page and status == httpx.codes.SERVICE_UNAVAILABLE:
            again = WEB_PAGE_PAUSE if pause is True else pause
            web_page = _answered(ProblemCode.WEB_PAGE, request, status)
            return _failed(request, web_page, again=again, hint=IN_A_BROWSER)
        return _failed(request, _answered(ProblemCode.SERVER_ERROR, request, status), again=pause)


def give_token(called: str) -> Message:
    """Return how a token is given to a sync object; `called` as `ResponseReader` has it."""
    if called:
        return _("give it to the program: torgsync object edit {called} --api-key -", called=called)
    return _("enter it here")


def _rights_of_new_token(wanted: Right) -> tuple[Right, ...]:
    """Return the rights of a new token: first the wanted one, or one that includes it."""
    usual = [right for right in NEEDED_RIGHTS if right.section == wanted.section and wanted.list_path]
    others = [right for right in NEEDED_RIGHTS if right.section != wanted.section]
    return (*(usual or [wanted]), *others)


def lost_answer(request: ApiRequest, cause: Problem) -> AnswerLost:
    """Return the error for a write that may have had its effect, with the cause."""
    lost = problem(ProblemCode.IMPORT_LOST, cause)
    if request.effect == "message":
        hint = _("look at the chat in the seller's cabinet; the message is not sent a second time")
        return error_of(AnswerLost, problem(ProblemCode.MESSAGE_LOST, cause), hint)
    if request.effect != "import":
        of = "products" if request.path.startswith("/products") else "orders"
        lost = problem(ProblemCode.EDIT_LOST, cause, items=request.items, of=of)
    hint = _("run the same command again: it reads back what Prom.ua has before it sends anything")
    return error_of(AnswerLost, lost, hint)


def _failed(
    request: ApiRequest, cause: Problem, *, again: bool | float = True, hint: Message = AGAIN
) -> FailedTry:
    """Return the failure of a try that reached the server; an edit may be repeated, an import may not."""
    if request.effect is None:
        return FailedTry(error_of(Temporary, cause, hint), again=again)
    return FailedTry(lost_answer(request, cause), again=again if request.effect == "values" else False)


def _answered(code: ProblemCode, request: ApiRequest, status: int) -> Problem:
    return problem(code, path=request.path, status=status)


def _pause(response: httpx.Response) -> bool | float:
    return retry_after(response.headers.get("Retry-After", ""), datetime.now(UTC))


def retry_after(header: str, now: datetime) -> bool | float:
    """Return the seconds that a `Retry-After` header (seconds or a date) asks for, at most 300, else True."""
    text = header.strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d+)?", text):
        return min(float(text), RETRY_AFTER_MAX)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return True
    seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), RETRY_AFTER_MAX)


def is_forbidden(words: str) -> bool:
    """Return whether a refusal, whatever its status, says that the token lacks a right (prom-api §11 Q1)."""
    return "forbidden" in words.casefold()


def _refusal(answer: Json | None, status: int, *, is_state: bool) -> object:
    """Return Prom's own words of refusal, of any JSON type, or None where the answer is no refusal.

    `error` may be a text or an object with `status` and `message`, or its keys may be those of the answer
    (prom-api §1.3). Where the answer `is_state`, its `status` is that of an import, which may be "error" too.
    """
    if answer is None:
        return None
    errors = answer.get("errors")
    reason = answer.get("error") or (errors.get("error") if isinstance(errors, dict) else None)
    if isinstance(reason, dict):
        reason = reason.get("message") or reason
    if reason and reason is not True:
        return reason
    own = answer.get("status")
    failed = isinstance(own, int) and own >= httpx.codes.BAD_REQUEST
    failed = failed or (str(own).casefold() == "error" and not is_state)
    if reason or failed or status >= httpx.codes.BAD_REQUEST:
        message = answer.get("message") or answer.get("detail")
        return _with_details(message, errors) or _without_frame(answer)
    return None


def _with_details(message: object, errors: object) -> object:
    """Return a general message with the errors of single fields that it does not repeat."""
    if not (message and errors):
        return message or errors
    general = flat(message)
    fields = errors if isinstance(errors, dict) else {}
    details = {name: text for name, text in fields.items() if (said := flat(text)) and said not in general}
    return f"{general}: {flat(details)}" if details else general


def _without_frame(answer: Json) -> Json:
    """Return what an answer of unknown shape says apart from being an error."""
    return {key: value for key, value in answer.items() if key not in _FRAME and value}


def flat(raw: object) -> str:
    """Return JSON of any type as text: `{"a": {"b": 1}}` becomes `a: b: 1`."""
    if isinstance(raw, dict):
        return ", ".join(f"{key}: {flat(value)}" for key, value in raw.items())
    if isinstance(raw, list | tuple):
        return "; ".join(flat(item) for item in raw)
    return "" if raw is None else str(raw)
