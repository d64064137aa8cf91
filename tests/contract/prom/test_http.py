"""One request to Prom.ua: what is sent, what is repeated, and what each answer means."""

from __future__ import annotations

import gzip
import io
import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain

import httpx
import pytest
import stamina
from recorded import PAGE, TOKEN, URL, Answer, Wire, page, said
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from torgsync import __version__
from torgsync.core.problems import ProblemCode, error_of, problem
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
from torgsync.prom.http import (
    GIVE_UP_AFTER,
    PROM_URL,
    TOTAL_TIMEOUT,
    TRIES,
    Http,
    open_client,
)
from torgsync.prom.responses import NotFound, retry_after
from torgsync.prom.rights import Right

READ = Right.PRODUCTS_READ
WRITE = Right.PRODUCTS_WRITE
BROKEN = httpx.ReadError("[Errno 104] Connection reset by peer")
SLOW = httpx.ReadTimeout("timed out")
CLOSED = httpx.ConnectError("[Errno 111] Connection refused")
CUT = Answer(200, b'{"products": [{"id": 1', {"Content-Type": "application/json"})


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=TRIES, cap=True):
        yield


Call = Callable[[Wire], object]


def get(wire: Wire) -> dict[str, object]:
    return wire.http().get("/products/list", right=READ)


def edit(wire: Wire, count: int = 2) -> dict[str, object]:
    items = [{"id": str(number)} for number in range(count)]
    return wire.http().post("/products/edit", json=items, right=WRITE, effect="values")


def start_import(wire: Wire) -> dict[str, object]:
    files = {"file": ("products.xml", io.BytesIO(b"<yml_catalog/>"), "application/xml")}
    return wire.http().post("/products/import_file", files=files, right=WRITE, effect="import")


def links(error: BaseException | None) -> list[BaseException]:
    """Return an exception and everything that hangs on its chain."""
    return [] if error is None else [error, *links(error.__cause__), *links(error.__context__)]


class Notes:
    """A journal that remembers in which order it was written."""

    def __init__(self) -> None:
        self.lines: list[tuple[object, ...]] = []

    def before(self, method: str, path: str, items: int, digest: str) -> int:
        self.lines.append(("before", method, path, items, digest))
        return len(self.lines)

    def after(self, entry: int, *, status: int | None, outcome: str) -> None:
        self.lines.append(("after", entry, status, outcome))


def test_every_request_carries_token_language_and_program() -> None:
    """Prom learns who asks, in which language to answer, and which program it talks to."""
    wire = Wire(said({}))
    wire.http(token=f" {TOKEN}\n").get("/orders/list", {"limit": 100}, right=READ)
    headers = wire.requests[0].headers
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["X-LANGUAGE"] == "uk"
    assert headers["User-Agent"] == f"torgsync/{__version__}"
    assert wire.paths == ["/orders/list?limit=100"]


def test_numbers_with_a_point_are_exact_decimals() -> None:
    """No price ever passes through a float on its way in."""
    wire = Wire(Answer(200, b'{"price": 0.10, "odd": NaN}', {}))
    assert get(wire) == {"price": Decimal("0.10"), "odd": None}


@pytest.mark.parametrize("token", ["", " ", "two words", "line\nbreak", "токен"])
def test_a_token_that_no_header_carries_is_refused_at_once(token: str) -> None:
    """The HTTP library would complain in words that hold the token."""
    with pytest.raises(TokenRefused, match="holds characters that no token has") as refused:
        Wire(said({})).http(token=token)
    assert "api_key" in str(refused.value.hint)


def test_requests_start_at_the_pace() -> None:
    """Two requests a second means half a second between their starts, whatever they took."""
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    client = httpx.Client(base_url=URL, transport=Wire(said({})))
    http = Http(client, token=TOKEN, shop="My Prom", monotonic=lambda: now[0], sleep=sleep)
    http.get("/a", right=READ)
    now[0] += 0.2
    http.get("/b", right=READ)
    now[0] += 7
    http.get("/c", right=READ)
    http.get("/d", right=READ)
    assert slept == [0.3, 0.5]


def test_the_real_client_has_one_connection_and_follows_nobody() -> None:
    """Prom wants one slow connection; a redirect would carry the token elsewhere."""
    with open_client() as client:
        assert str(client.base_url) == f"{PROM_URL}/"
        assert not client.follow_redirects
        assert client.timeout == httpx.Timeout(45.0, connect=10.0)
        assert isinstance(client._transport, httpx.HTTPTransport)
        assert client._transport._pool._max_connections == 1


@pytest.mark.parametrize(
    "url", ["my.prom.ua/api/v1", "https://", "ftp://prom.example", "https://a:b@prom.example"]
)
def test_an_address_that_is_none_is_wrong_usage(url: str) -> None:
    """A name and password in the address would take the place of the token."""
    with pytest.raises(UsageError, match="not a web address"):
        open_client(url)


def test_an_import_may_take_two_minutes() -> None:
    """An upload is slower than any other call."""
    wire = Wire(said({"id": "1"}))
    start_import(wire)
    assert wire.requests[0].extensions["timeout"]["read"] == 120.0


@pytest.mark.parametrize(
    "trouble", [said({}, 429), said({}, 500), page(502), BROKEN, SLOW, CLOSED, page(200), page(403), CUT]
)
def test_a_read_is_repeated_until_it_answers(trouble: Answer | Exception) -> None:
    """Reading harms nobody, so it is asked again."""
    wire = Wire(trouble, trouble, said({"ok": 1}))
    assert get(wire) == {"ok": 1}
    assert len(wire.requests) == 3


@pytest.mark.parametrize("trouble", [said({}, 429), said({}, 500), page(503), BROKEN, SLOW, CLOSED])
def test_an_edit_is_repeated_because_it_sets_values(trouble: Answer | Exception) -> None:
    """A second edit sets the same values."""
    wire = Wire(trouble, said({"processed_ids": []}))
    assert edit(wire) == {"processed_ids": []}
    assert wire.bodies[0] == wire.bodies[1] == b'[{"id":"0"},{"id":"1"}]'


@pytest.mark.parametrize(
    "trouble", [said({}, 429), CLOSED, httpx.ConnectTimeout("slow"), httpx.PoolTimeout("full")]
)
def test_an_import_is_repeated_only_where_it_cannot_have_begun(trouble: Answer | Exception) -> None:
    """Busy and unreachable servers have started nothing; the same file goes once more, from its start."""
    wire = Wire(trouble, said({"id": "0123456789abcdef01234567"}))
    assert start_import(wire) == {"id": "0123456789abcdef01234567"}
    assert all(b"<yml_catalog/>" in body for body in wire.bodies)
    assert len(wire.bodies) == 2


@pytest.mark.parametrize("trouble", [said({}, 500), page(503), page(200), CUT, BROKEN, SLOW, page(302)])
def test_an_import_whose_answer_is_lost_is_never_repeated(trouble: Answer | Exception) -> None:
    """It may have begun, and imports are few: read back first."""
    wire = Wire(trouble)
    with pytest.raises(AnswerLost, match="an import was sent and its answer was lost") as lost:
        start_import(wire)
    assert "reads back" in str(lost.value.hint)
    assert len(wire.requests) == 1


@pytest.mark.parametrize("answer", [page(200), CUT, said([])])
def test_an_edit_answered_with_nonsense_is_sent_again(answer: Answer) -> None:
    """Somebody else may have answered in Prom's place; values may be set twice. In the end it is lost."""
    wire = Wire(answer, said({"processed_ids": [7, 8]}))
    assert edit(wire) == {"processed_ids": [7, 8]}
    wire = Wire(answer)
    with pytest.raises(AnswerLost, match="an edit of 2 products was sent"):
        edit(wire)
    assert len(wire.requests) == TRIES


def test_an_edit_that_may_have_worked_stays_unclear_though_the_last_try_never_left() -> None:
    """The first try was sent; that the last one was not says nothing of the first."""
    with pytest.raises(AnswerLost, match=r"an edit of 1 product was sent .* no connection to"):
        edit(Wire(BROKEN, CLOSED), count=1)


def test_an_edit_that_never_left_is_only_temporary() -> None:
    """Without a connection nothing was sent, so there is nothing to read back."""
    with pytest.raises(Temporary, match=r"no connection to `prom.example:443`") as trouble:
        edit(Wire(CLOSED))
    assert not isinstance(trouble.value, AnswerLost)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (said({}, 429), "Prom.ua is busy: it answered 429 to `/products/list`"),
        (said({}, 500), "Prom.ua is in trouble: it answered 500 to `/products/list`"),
        (page(503), "answered `/products/list` with a web page (503)"),
        (page(200), "answered `/products/list` with a web page (200)"),
        (CUT, "the answer to `/products/list` is cut or is no JSON (200)"),
        (Answer(200, b'{"n": 1e99999999999999999999}', {}), "cut or is no JSON"),
        (Answer(200, b"[" * 100_000, {}), "cut or is no JSON"),
        (BROKEN, "the connection to `prom.example:443` broke: Connection reset by peer"),
        (httpx.ReadError(""), "the connection to `prom.example:443` broke: ReadError"),
        (SLOW, "`prom.example:443` did not answer `/products/list` in time"),
        (CLOSED, "no connection to `prom.example:443`: Connection refused"),
        (httpx.ConnectTimeout(""), "no connection to `prom.example:443`: ConnectTimeout"),
        (page(302), "the server sent `/products/list` on to another address (302)"),
    ],
)
def test_trouble_that_stays_is_temporary_and_says_what_it_is(trouble: Answer | Exception, words: str) -> None:
    """A person learns which server did what, and that the command may be run again."""
    with pytest.raises(Temporary) as told:
        get(Wire(trouble))
    assert words in told.value.message
    assert (told.value.hint or "").endswith("run the same command again: it is safe")
    assert ("in a browser" in (told.value.hint or "")) is ("web page" in words)


def test_a_plain_address_has_port_80() -> None:
    """The port in a message is the one that was tried."""
    client = httpx.Client(base_url="http://prom.example/api/v1", transport=Wire(CLOSED))
    with pytest.raises(Temporary, match=r"prom\.example:80"):
        Http(client, token=TOKEN, shop="My Prom", requests_per_second=1e9).get("/a", right=READ)


def test_an_unknown_token_is_told_with_all_rights_a_new_one_needs() -> None:
    """401 means expired, revoked or unknown, and perhaps that a right is missing."""
    wire = Wire(page(401))
    with pytest.raises(TokenRefused) as refused:
        edit(wire)
    assert refused.value.message == (
        "Prom.ua refused the token of `My Prom`: it is unknown, expired or revoked, or may not write products"
    )
    assert refused.value.hint == (
        "in the seller's cabinet, Settings > API tokens, create a new one and give "
        '"Products and groups" the right "Read and write" («Товари» and «Групи»: «читання і запис»), '
        '"Orders" the right "Read only" («Замовлення»: «лише читання»), '
        '"Payment options" the right "Read only" («Способи оплати»: «лише читання»); '
        "then put the new token where `api_key` of `My Prom` points"
    )
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        said({"error": "x"}, 403),
        Answer(403, b"", {}),
        said({"error": "Access FORBIDDEN for this section"}),
        said({"errors": {"error": "forbidden"}}),
        said({"status": "error", "message": "Forbidden"}),
        said({"detail": "forbidden"}, 400),
    ],
)
def test_a_missing_right_is_named(answer: Answer) -> None:
    """Whatever shape the refusal has, the person learns which right to give, and nothing is repeated."""
    wire = Wire(answer)
    with pytest.raises(TokenRefused) as refused:
        wire.http().get("/orders/list", right=Right.ORDERS_READ)
    assert refused.value.message == "Prom.ua refused the token of `My Prom`: it may not read orders"
    assert '"Orders" the right "Read only" («Замовлення»: «лише читання»)' in str(refused.value.hint)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(("call", "tries"), [(get, TRIES), (edit, 1), (start_import, 1)])
def test_a_403_that_stays_a_web_page_mentions_both_causes(call: Call, tries: int) -> None:
    """It may be the token, or bot protection; only a read finds out by patience."""
    wire = Wire(page(403))
    with pytest.raises(TokenRefused, match=r"it may not .*, or a page of bot protection or of a proxy"):
        call(wire)
    assert len(wire.requests) == tries


def test_every_right_names_itself_in_both_languages() -> None:
    """A hint speaks the words of the seller's cabinet."""
    assert all(right.doing and right.section and "«" in right.in_cabinet for right in Right)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (said({"error": "This status value is not allowed"}), "This status value is not allowed"),
        (said({"errors": {"error": "Ожидается список товаров"}}), "Ожидается список товаров"),
        (said({"status": "error", "message": "daily limit"}), "daily limit"),
        (said({"status": "ERROR", "errors": {"a": ["b", {"c": 1}]}}), "a: b; c: 1"),
        (said({"status": "error", "message": None}), "without a reason"),
        (said({"error": "too large"}, 413), "(413): too large"),
        (page(400), "(400): without a reason"),
        (said({"error": "<b>no</b>\x00\x1b[31m\nway\u202e" + "!" * 300}), "no [31m way " + "!" * 187 + "…"),
    ],
)
def test_a_refusal_carries_proms_own_reason_as_one_short_line(answer: Answer, reason: str) -> None:
    """HTTP 200 is no success; tags and control characters never reach a terminal."""
    wire = Wire(answer)
    with pytest.raises(PromRefused) as refused:
        edit(wire)
    assert refused.value.message.endswith(f": {reason}") or refused.value.message.endswith(reason)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "body", [{"error": None}, {"errors": {}}, {"errors": {"7": "x"}}, {"errors": []}, {"status": "success"}]
)
def test_an_empty_error_is_no_error(body: dict[str, object]) -> None:
    """Keys that say nothing refuse nothing; reasons by product are the caller's to read."""
    assert edit(Wire(said(body))) == body


def test_nothing_at_an_address_is_told_apart() -> None:
    """A product that is absent or deleted answers 404 with a page."""
    with pytest.raises(NotFound, match="knows no `/products/list`"):
        get(Wire(page(404)))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("86400", 300.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:28:30 -0000", 30.0),
        ("Wed, 21 Oct 2026 07:00:00 GMT", 0.0),
        ("Wed, 21 Oct 2027 07:00:00 GMT", 300.0),
        ("", True),
        ("soon", True),
        ("-5", True),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_five_minutes(header: str, seconds: float) -> None:
    """A server that says nothing readable leaves the pause to our own back-off."""
    wait = retry_after(header, datetime(2026, 10, 21, 7, 28, tzinfo=UTC))
    assert wait == seconds
    assert isinstance(wait, bool) == isinstance(seconds, bool)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_retry_after_takes_the_place_of_the_back_off(status: int) -> None:
    """With `Retry-After: 0` five tries take no time, though the back-off would be seconds."""
    waits: list[float] = []

    def note(details: RetryDetails) -> None:
        waits.append(details.wait_for)

    set_on_retry_hooks([note])
    try:
        with stamina.set_testing(False), pytest.raises(Temporary):
            get(Wire(page(status, Retry_After="0")))
    finally:
        set_on_retry_hooks(None)
    assert waits == [0.0] * (TRIES - 1)


def test_every_try_is_written_down_before_it_is_sent() -> None:
    """The journal knows method, path, size and digest of each try, and then how it ended."""
    notes = Notes()
    wire = Wire(said({}, 500), CLOSED, said({"processed_ids": ["1"]}))
    wire.http(notes).post("/products/edit", json=[{"id": "1"}], right=WRITE, effect="values")
    digest = notes.lines[0][-1]
    assert notes.lines == [
        ("before", "POST", "/products/edit", 1, digest),
        ("after", 1, 500, "answer-lost"),
        ("before", "POST", "/products/edit", 1, digest),
        ("after", 3, None, "temporary"),
        ("before", "POST", "/products/edit", 1, digest),
        ("after", 5, 200, "done"),
    ]
    assert isinstance(digest, str)
    assert len(digest) == 16


def test_a_refused_try_is_written_down_with_its_kind() -> None:
    """A read counts nothing and has the digest of nothing."""
    notes = Notes()
    with pytest.raises(TokenRefused):
        Wire(page(401)).http(notes).get("/orders/list", right=READ)
    assert notes.lines == [
        ("before", "GET", "/orders/list", 0, "2d06800538d394c2"),
        ("after", 1, 401, "token-refused"),
    ]


def test_the_digest_of_an_import_is_that_of_its_content() -> None:
    """The same file has the same digest on every day, another file or other settings have another."""
    notes = Notes()
    http = Wire(said({"id": "1"})).http(notes)
    for content, settings in ((b"a", "{}"), (b"a", "{}"), (b"b", "{}"), (b"a", "[]")):
        file = ("products.xml", io.BytesIO(content), "application/xml")
        http.post("/i", data={"data": settings}, files={"file": file}, right=WRITE, effect="import")
    first, again, other, otherwise = (line[-1] for line in notes.lines if line[0] == "before")
    assert first == again
    assert len({first, other, otherwise}) == 3


@pytest.mark.parametrize("call", [get, edit, start_import])
@pytest.mark.parametrize(
    "answer",
    [
        *(page(status) for status in (200, 302, 400, 401, 403, 404, 429, 500, 503)),
        *(
            said({"error": f"no <html> for {TOKEN}"}, status)
            for status in (200, 400, 401, 403, 404, 429, 500)
        ),
        said({"status": "error", "message": PAGE.decode(), "errors": {TOKEN: "<html"}}),
        said({"errors": {"error": f"Forbidden: {TOKEN}"}}),
        Answer(200, PAGE, {}),
        Answer(200, b"", {}),
        CUT,
        BROKEN,
        SLOW,
        httpx.RemoteProtocolError("illegal status line: <html><head>"),
        httpx.ConnectError(f"[Errno 111] {TOKEN}"),
    ],
    ids=str,
)
def test_neither_token_nor_page_is_ever_told(
    call: Call, answer: Answer | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """No message, hint, chained exception, traceback or log line holds the token or a piece of a page."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(TorgsyncError) as raised:
        call(Wire(answer))
    told = chain(
        *((str(link), repr(link), str(getattr(link, "hint", ""))) for link in links(raised.value)),
        traceback.format_exception(raised.value),
        (f"{record.getMessage()} {record.__dict__}" for record in caplog.records),
    )
    for text in told:
        assert TOKEN not in text
        assert "<html" not in text.casefold()


@pytest.mark.parametrize("token", [f"{TOKEN}\n{TOKEN}", f"{TOKEN}ї"])
def test_a_token_of_strange_letters_is_not_told_either(token: str) -> None:
    """Not even the refusal of the token shows it."""
    with pytest.raises(TokenRefused) as refused:
        Wire(said({})).http(token=token)
    assert TOKEN not in f"{refused.value!r} {refused.value.hint}"


# Giving up


def fails(http: Http, times: int, kind: type[TorgsyncError] = Temporary) -> None:
    """Ask in vain that often."""
    for _ in range(times):
        with pytest.raises(kind):
            http.get("/products/list", right=READ)


@pytest.mark.parametrize("answer", [BROKEN, CLOSED, SLOW, page(200), page(503), said({}, 500), said({}, 429)])
def test_after_requests_that_failed_in_a_row_nothing_more_is_asked(answer: Answer | Exception) -> None:
    """Whatever the trouble was, the error says how often, what came last, and what to do."""
    wire = Wire(answer)
    http = wire.http()
    fails(http, GIVE_UP_AFTER - 1)
    with pytest.raises(GivenUp) as told:
        http.get("/products/list", right=READ)
    asked = len(wire.requests)
    assert told.value.message.startswith("3 requests in a row failed, with 15 tries in all")
    assert "the last time " in told.value.message
    assert "torgsync doctor" in str(told.value.hint)
    fails(http, 3, GivenUp)
    assert (len(wire.requests), told.value.exit_code) == (asked, 5)


def test_an_answer_makes_good_for_what_failed_before() -> None:
    """Whether it says yes or no, Prom is there."""
    down = [said({}, 500)] * TRIES * (GIVE_UP_AFTER - 1)
    wire = Wire(*down, said({}), *down, page(404), *down, said({}))
    http = wire.http()
    fails(http, GIVE_UP_AFTER - 1)
    assert http.get("/products/list", right=READ) == {}
    fails(http, GIVE_UP_AFTER - 1)
    fails(http, 1, NotFound)
    fails(http, GIVE_UP_AFTER - 1)
    assert http.get("/products/list", right=READ) == {}


def test_a_read_that_works_makes_good_for_no_write() -> None:
    """Writes that fail while reads work are given up as well; the last failed one is told to be in doubt."""
    down = [said({}, 500)] * TRIES
    wire = Wire(*down, said({}), *down, said({}), *down, said({}))
    http = wire.http()
    for _ in range(GIVE_UP_AFTER):
        with pytest.raises(AnswerLost):
            http.post("/products/edit", json=[{}], right=WRITE, effect="values")
        if len(wire.requests) < TRIES * GIVE_UP_AFTER:
            assert http.get("/products/list", right=READ) == {}
    with pytest.raises(GivenUp, match="an edit of 1 product was sent and its answer was lost"):
        http.post("/products/edit", json=[{}], right=WRITE, effect="values")
    assert http.get("/products/list", right=READ) == {}


def test_an_answer_that_never_ends_is_too_late() -> None:
    """Byte by byte a server could keep us waiting for ever."""
    now = [0.0]

    class Drip(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                now[0] += TOTAL_TIMEOUT / 4
                yield b" "

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Drip()))
    client = httpx.Client(base_url=URL, transport=transport)
    http = Http(client, token=TOKEN, shop="My Prom", monotonic=lambda: now[0], sleep=lambda _: None)
    with pytest.raises(Temporary, match="did not answer `/a` in time"):
        http.get("/a", right=READ)


def test_an_answer_that_is_packed() -> None:
    """It is unpacked once."""
    packed = Answer(200, gzip.compress(b'{"a": 1}'), {"Content-Encoding": "gzip"})
    assert get(Wire(packed)) == {"a": 1}


# A stop


class Stop:
    """Asks for a stop at the pause with this number; it hears when nothing is in flight."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.heard: list[bool] = []

    def __call__(self, idle: bool) -> None:
        self.heard.append(idle)
        if idle and self.heard.count(True) == self.at:
            raise error_of(Interrupted, problem(ProblemCode.STOPPED))


def stopping(wire: Wire, at: int) -> tuple[Http, Stop]:
    """Return a client that is stopped at this pause."""
    stop = Stop(at)
    client = httpx.Client(base_url=URL, transport=wire)
    return Http(client, token=TOKEN, shop="My Prom", requests_per_second=1e9, on_idle=stop), stop


def test_it_is_told_when_nothing_is_in_flight() -> None:
    """That is before each try and between two; never when an answer is to be remembered."""
    http, stop = stopping(Wire(said({}, 500), said({})), 99)
    http.get("/a", right=READ)
    assert stop.heard == [True, False, True, True, False, False]


def test_stopped_before_anything_was_sent() -> None:
    """Nothing was done, and nothing is."""
    wire = Wire(said({}))
    http, _ = stopping(wire, 1)
    with pytest.raises(Interrupted):
        http.post("/products/edit", json=[{}], right=WRITE, effect="values")
    assert wire.requests == []


def test_stopped_between_two_tries_of_an_edit() -> None:
    """The first try may have had its effect: that is told, not the stop, which is noticed soon enough."""
    http, _ = stopping(Wire(BROKEN), 2)
    with pytest.raises(AnswerLost, match="was sent and its answer was lost: stopped"):
        http.post("/products/edit", json=[{}], right=WRITE, effect="values")
