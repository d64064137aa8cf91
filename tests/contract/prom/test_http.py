"""One request to Prom.ua: what is sent, what is repeated, and what each answer means."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
from recorded import BROKEN, CLOSED, CUT, SLOW, TOKEN, URL, Answer, Wire, edit, get, page, said, start_import

from torgsync import __version__
from torgsync.core.portals import PROM_URL
from torgsync.core.problems import ProblemCode, error_of, of_state, problem
from torgsync.errors import AnswerLost, GivenUp, Interrupted, Temporary, TokenRefused, UsageError
from torgsync.prom.http import GIVE_UP_AFTER, TOTAL_TIMEOUT, TRIES, Http, open_client
from torgsync.prom.request import Right, import_request
from torgsync.prom.responses import NotFound
from torgsync.state.troubles import trouble


class JournalRecorder:
    """A journal that keeps its entries in order."""

    def __init__(self) -> None:
        self.lines: list[tuple[object, ...]] = []

    def before(self, method: str, path: str, items: int, digest: str) -> int:
        self.lines.append(("before", method, path, items, digest))
        return len(self.lines)

    def after(self, entry: int, *, status: int | None, outcome: str) -> None:
        self.lines.append(("after", entry, status, outcome))


def test_every_request_carries_token_language_and_program() -> None:
    """Prom gets the token, the language of the answer, and the name of the program."""
    wire = Wire(said({}))
    wire.http(token=f" {TOKEN}\n").get("/orders/list", {"limit": 100}, right=Right.ORDERS_READ)
    headers = wire.requests[0].headers
    assert (headers["Authorization"], headers["X-LANGUAGE"]) == (f"Bearer {TOKEN}", "uk")
    assert headers["User-Agent"] == f"torgsync/{__version__}"
    assert wire.paths == ["/orders/list?limit=100"]


def test_numbers_with_a_point_are_exact_decimals() -> None:
    """No price ever passes through a float on its way in."""
    wire = Wire(Answer(200, b'{"price": 0.10, "odd": NaN}', {}))
    assert get(wire) == {"price": Decimal("0.10"), "odd": None}


@pytest.mark.parametrize("token", ["", " ", "two words", f"{TOKEN}\n{TOKEN}", f"{TOKEN}ї"])
def test_a_token_that_no_header_carries_is_refused_at_once(token: str) -> None:
    """The HTTP library would complain in words that hold the token; the refusal does not show it."""
    with pytest.raises(TokenRefused, match="has characters that a token cannot have") as refused:
        Wire(said({})).http(token=token)
    assert refused.value.hint == "copy the whole token again and enter it here"
    assert TOKEN not in f"{refused.value!r} {refused.value.hint}"


def test_requests_start_at_the_pace() -> None:
    """Two requests a second means half a second between their starts, whatever they took."""
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    http = Wire(said({})).http(requests_per_second=2, monotonic=lambda: now[0], sleep=sleep)
    for passed in (0, 0.2, 7, 0):
        now[0] += passed
        get(http)
    assert slept == [0.3, 0.5]


def test_the_real_client_has_one_connection_and_follows_no_redirect() -> None:
    """Prom wants one slow connection; a redirect would carry the token elsewhere."""
    with open_client() as client:
        assert str(client.base_url) == f"{PROM_URL}/"
        assert not client.follow_redirects
        assert client.timeout == httpx.Timeout(45.0, connect=10.0)
        assert isinstance(client._transport, httpx.HTTPTransport)
        assert client._transport._pool._max_connections == 1


@pytest.mark.parametrize(
    "url",
    [
        "my.prom.ua/api/v1",
        "https://",
        "ftp://prom.example",
        "https://a:b@prom.example",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:x/",
        "https://prom.example/\x1b[31m",
        "https://prom..example",
        "https://xn--a/",
        f"https://{'ж' * 80}.example",
    ],
)
def test_an_address_that_is_none_is_wrong_usage(url: str) -> None:
    """A name and password in the address would take the place of the token."""
    with pytest.raises(UsageError, match="not a web address"):
        open_client(url)


@pytest.mark.parametrize(
    ("url", "alone"),
    [
        ("http://127.0.0.1:8765/api/v1", True),
        ("http://127.9.9.9/api/v1", True),
        ("http://localhost/api/v1", True),
        ("http://prom.localhost:1/api/v1", False),
        ("http://[::1]:8765/api/v1", True),
        ("https://prom.example/api/v1", True),
        ("http://prom.example/api/v1", False),
        ("HTTP://prom.example/api/v1", False),
        ("http://192.168.0.10/api/v1", False),
        ("http://0.0.0.0/api/v1", False),
        ("http://[::]/api/v1", False),
        ("http://127.0.0.1.prom.example/api/v1", False),
        ("http://localhost.prom.example/api/v1", False),
    ],
)
def test_no_token_leaves_this_machine_unencrypted(url: str, alone: bool) -> None:
    """Beyond loopback http:// needs `insecure`; the way to allow it is shown where there is an object."""
    if not alone:
        with pytest.raises(UsageError, match="is not encrypted") as refused:
            open_client(url, called="my-prom")
        assert "torgsync object edit my-prom --set connection.insecure=true" in str(refused.value.hint)
        with pytest.raises(UsageError) as refused:
            open_client(url)
        assert refused.value.hint == "give the address with https://"
    with open_client(url, insecure=not alone) as client:
        assert client.base_url.host


def test_an_import_may_take_two_minutes() -> None:
    """An upload is slower than any other call."""
    wire = Wire(said({"id": "1"}))
    start_import(wire)
    assert wire.requests[0].extensions["timeout"]["read"] == 120.0


@pytest.mark.parametrize(
    "trouble", [said({}, 429), said({}, 500), page(502), BROKEN, SLOW, CLOSED, page(200), page(403), CUT]
)
def test_a_read_is_repeated_until_it_answers(trouble: Answer | Exception) -> None:
    """Reading has no effect, so it is repeated."""
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
    """A proxy may have answered in Prom's place; values may be set twice. In the end the answer is lost."""
    wire = Wire(answer, said({"processed_ids": [7, 8]}))
    assert edit(wire) == {"processed_ids": [7, 8]}
    wire = Wire(answer)
    with pytest.raises(AnswerLost, match="an edit of 2 products was sent"):
        edit(wire)
    assert len(wire.requests) == TRIES


def test_an_edit_that_never_left_is_only_temporary() -> None:
    """Without a connection nothing was sent, so nothing is to be read back; one try that was sent is lost."""
    with pytest.raises(Temporary, match=r"no connection to `prom.example:443`") as trouble:
        edit(Wire(CLOSED))
    assert not isinstance(trouble.value, AnswerLost)
    with pytest.raises(AnswerLost, match=r"an edit of 1 product was sent .* no connection to"):
        edit(Wire(BROKEN, CLOSED), count=1)


def test_every_try_is_recorded_before_it_is_sent() -> None:
    """The journal knows method, path, size and digest of each try, and then how it ended."""
    journal = JournalRecorder()
    edit(Wire(said({}, 500), CLOSED, said({"processed_ids": ["1"]})).http(journal=journal), count=1)
    digest = journal.lines[0][-1]
    before = ("before", "POST", "/products/edit", 1, digest)
    assert journal.lines[::2] == [before] * 3
    assert journal.lines[1::2] == [
        ("after", 1, 500, "answer-lost"),
        ("after", 3, None, "temporary"),
        ("after", 5, 200, "done"),
    ]
    assert len(str(digest)) == 16


def test_a_refused_try_is_recorded_with_its_kind() -> None:
    """A read has no items and the digest of an empty body."""
    journal = JournalRecorder()
    with pytest.raises(TokenRefused):
        get(Wire(page(401)).http(journal=journal))
    before = ("before", "GET", "/products/list", 0, "2d06800538d394c2")
    assert journal.lines == [before, ("after", 1, 401, "token-refused")]


class HalfAJournal(JournalRecorder):
    """A journal that cannot record how a request was answered."""

    def after(self, entry: int, *, status: int | None, outcome: str) -> None:
        super().after(entry, status=status, outcome=outcome)
        raise trouble(ProblemCode.STATE_LOST, "postgresql://db/torgsync", "the server is away")


def test_an_answer_that_cannot_be_recorded() -> None:
    """A write may have had its effect, and must not be taken for one that was never sent; a read had none."""
    with pytest.raises(
        AnswerLost, match="its answer was lost: the connection to the server of the state"
    ) as lost:
        edit(Wire(said({"processed_ids": ["1"]})).http(journal=HalfAJournal()), count=1)
    assert not of_state(lost.value)
    wire = Wire(said({"id": "1"}))
    with pytest.raises(AnswerLost, match="an import was sent"):
        wire.http(journal=HalfAJournal()).send(import_request("{}", io.BytesIO(b"x")))
    assert len(wire.requests) == 1
    with pytest.raises(Temporary, match="broke while something was being saved") as away:
        get(Wire(said({})).http(journal=HalfAJournal()))
    assert of_state(away.value)


def test_the_digest_of_an_import_is_that_of_its_content() -> None:
    """The same file has the same digest on every day, another file or other settings have another."""
    journal = JournalRecorder()
    http = Wire(said({"id": "1"})).http(journal=journal)
    for content, settings in ((b"a", "{}"), (b"a", "{}"), (b"b", "{}"), (b"a", "[]")):
        http.send(import_request(settings, io.BytesIO(content)))
    first, again, other, otherwise = (line[-1] for line in journal.lines if line[0] == "before")
    assert first == again
    assert len({first, other, otherwise}) == 3


# Giving up


def fails(http: Http, times: int, kind: type[Exception] = Temporary) -> None:
    """Ask in vain that often."""
    for _ in range(times):
        with pytest.raises(kind):
            get(http)


@pytest.mark.parametrize("answer", [BROKEN, CLOSED, SLOW, page(200), page(503), said({}, 500), said({}, 429)])
def test_after_requests_that_failed_in_a_row_nothing_more_is_asked(answer: Answer | Exception) -> None:
    """Whatever the trouble was, the error says how often, what came last, and what to do."""
    wire = Wire(answer)
    http = wire.http()
    fails(http, GIVE_UP_AFTER - 1)
    with pytest.raises(GivenUp) as raised:
        get(http)
    asked = len(wire.requests)
    assert raised.value.message.startswith("3 requests in a row failed (tries: 15)")
    assert "the last cause: " in raised.value.message
    assert "torgsync doctor" in str(raised.value.hint)
    fails(http, 3, GivenUp)
    assert (len(wire.requests), raised.value.exit_code) == (asked, 5)


def test_an_answer_ends_a_row_of_failures() -> None:
    """Whether it says yes or no, Prom is there."""
    down = [said({}, 500)] * TRIES * (GIVE_UP_AFTER - 1)
    wire = Wire(*down, said({}), *down, page(404), *down, said({}))
    http = wire.http()
    fails(http, GIVE_UP_AFTER - 1)
    assert get(http) == {}
    fails(http, GIVE_UP_AFTER - 1)
    fails(http, 1, NotFound)
    fails(http, GIVE_UP_AFTER - 1)
    assert get(http) == {}


def test_a_read_that_works_does_not_end_a_row_of_failed_writes() -> None:
    """Writes that fail while reads work are given up as well; the last failed one is in doubt."""
    down = [said({}, 500)] * TRIES
    wire = Wire(*down, said({}), *down, said({}), *down, said({}))
    http = wire.http()
    for _ in range(GIVE_UP_AFTER):
        with pytest.raises(AnswerLost):
            edit(http)
        if len(wire.requests) < TRIES * GIVE_UP_AFTER:
            assert get(http) == {}
    with pytest.raises(GivenUp, match="an edit of 2 products was sent and its answer was lost"):
        edit(http)
    assert get(http) == {}


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
    with pytest.raises(Temporary, match="did not answer `/products/list` in time"):
        get(http)


def test_an_answer_that_is_packed() -> None:
    """It is unpacked once."""
    packed = Answer(200, gzip.compress(b'{"a": 1}'), {"Content-Encoding": "gzip"})
    assert get(Wire(packed)) == {"a": 1}


# A stop


class Stop:
    """Asks for a stop at the pause with this number; it records when nothing is in flight."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.idle: list[bool] = []

    def __call__(self, idle: bool) -> None:
        self.idle.append(idle)
        if idle and self.idle.count(True) == self.at:
            raise error_of(Interrupted, problem(ProblemCode.STOPPED))


def test_it_reports_when_nothing_is_in_flight() -> None:
    """That is before each try and between two; never when an answer is to be remembered."""
    stop = Stop(99)
    get(Wire(said({}, 500), said({})).http(on_idle=stop))
    assert stop.idle == [True, False, True, True, False, False]


def test_stopped_before_anything_was_sent() -> None:
    """Nothing was done, and nothing is."""
    wire = Wire(said({}))
    with pytest.raises(Interrupted):
        edit(wire.http(on_idle=Stop(1)))
    assert wire.requests == []


def test_stopped_between_two_tries_of_an_edit() -> None:
    """The first try may have had its effect: that is the error, and the stop follows soon enough."""
    with pytest.raises(AnswerLost, match="was sent and its answer was lost: stopped"):
        edit(Wire(BROKEN).http(on_idle=Stop(2)))
