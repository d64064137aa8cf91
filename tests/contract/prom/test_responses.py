"""The meaning of answers: errors, their words, and how long to wait."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import httpx
import pytest
import stamina
from recorded import BROKEN, CLOSED, CUT, SLOW, TOKEN, Answer, Call, Wire, edit, get, page, said, start_import

from torgsync.errors import ImportBusy, PromRefused, Temporary, TokenRefused, TorgsyncError
from torgsync.prom.http import TRIES
from torgsync.prom.request import NEEDED_RIGHTS, Right
from torgsync.prom.responses import NotFound, retry_after


def links(error: BaseException | None) -> list[BaseException]:
    """Return an exception and everything that hangs on its chain."""
    return [] if error is None else [error, *links(error.__cause__), *links(error.__context__)]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (said({}, 429), "Prom.ua is busy: it answered 429 to `/products/list`"),
        (said({}, 500), "Prom.ua is in trouble: it answered 500 to `/products/list`"),
        (page(503), "answered `/products/list` with a web page (503)"),
        (page(200), "answered `/products/list` with a web page (200)"),
        (CUT, "the answer to `/products/list` is incomplete or not JSON (200)"),
        (Answer(200, b"[" * 100_000, {}), "incomplete or not JSON"),
        (BROKEN, "the connection to `prom.example:443` broke: Connection reset by peer"),
        (httpx.ReadError(""), "the connection to `prom.example:443` broke: no reason was given"),
        (SLOW, "`prom.example:443` did not answer `/products/list` in time"),
        (CLOSED, "no connection to `prom.example:443`: Connection refused"),
        (httpx.ConnectTimeout(""), "no connection to `prom.example:443`: it did not answer in time"),
        (page(302), "the server sent `/products/list` on to another address (302)"),
    ],
)
def test_trouble_that_stays_is_temporary_and_says_what_it_is(trouble: Answer | Exception, words: str) -> None:
    """A person learns which server did what, and that the command may be run again."""
    with pytest.raises(Temporary) as raised:
        get(Wire(trouble))
    assert words in raised.value.message
    assert (raised.value.hint or "").endswith("run the same command again: it is safe")
    assert ("in a browser" in (raised.value.hint or "")) is ("web page" in words)


def test_a_plain_address_has_port_80() -> None:
    """The port in a message is the one that was tried."""
    with pytest.raises(Temporary, match=r"prom\.example:80"):
        get(Wire(CLOSED).http("http://prom.example/api/v1"))


def test_an_unknown_token_is_refused_with_the_rights_of_a_new_one() -> None:
    """401 means expired, revoked or unknown, and perhaps that a right is missing."""
    wire = Wire(page(401))
    message = "the token of `My Prom`: it is unknown, expired or revoked, or may not write products"
    with pytest.raises(TokenRefused, match=f"^Prom.ua refused {message}$") as refused:
        edit(wire)
    assert refused.value.hint == (
        "in the seller's cabinet, «Налаштування» › «Управління API-токенами», create a new token with these "
        "rights: "
        '"Products" and "Groups": "Read and write" («Товари» і «Групи»: «читання і запис»), '
        '"Orders": "Read only" («Замовлення»: «лише читання»), '
        '"Payment options": "Read only" («Способи оплати»: «лише читання»); '
        "then enter it here"
    )
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (said({"error": "x"}, 403), " (x)"),
        (Answer(403, b"", {}), ""),
        (said({"error": "Access FORBIDDEN for this section"}), " (Access FORBIDDEN for this section)"),
        (said({"errors": {"error": "forbidden"}}), " (forbidden)"),
        (said({"status": "error", "message": "Forbidden"}), " (Forbidden)"),
        (said({"detail": "forbidden"}, 400), " (forbidden)"),
        (said({"error": {"status": 403, "message": "Доступ заборонено"}}, 403), " (Доступ заборонено)"),
        (said({"status": 403, "message": "forbidden"}), " (forbidden)"),
        (said({"error": True, "message": "forbidden"}), " (forbidden)"),
        (said({"status": 403, "code": "no-access"}, 403), " (code: no-access)"),
    ],
)
def test_a_missing_right_is_named_with_proms_words(answer: Answer, words: str) -> None:
    """Whatever shape the refusal has, the person learns which right to give, and nothing is repeated."""
    wire = Wire(answer)
    with pytest.raises(TokenRefused) as refused:
        wire.http().get("/orders/list", right=Right.ORDERS_READ)
    assert refused.value.message == f"Prom.ua refused the token of `My Prom`: it may not read orders{words}"
    assert '"Orders": "Read only" («Замовлення»: «лише читання»)' in str(refused.value.hint)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (page(403), "Import forbidden"),
        (said({"error": "Import forbidden"}), "Import forbidden"),
        (said({"error": "Немає прав"}, 403), "Немає прав; Torgsoft shows: Import forbidden"),
        (said({"message": "Import FORBIDDEN", "status": "ok"}), "Import FORBIDDEN"),
    ],
)
def test_a_token_that_may_only_read_is_said_in_the_words_that_people_search(
    answer: Answer, words: str, tmp_path: Path
) -> None:
    """Torgsoft shows `Import forbidden`, and so does this program, however Prom refuses."""
    (tmp_path / "feed.xml").touch()
    with pytest.raises(TokenRefused) as refused:
        Wire(answer).prom().start_import(tmp_path / "feed.xml", [])
    assert f"it may not write products ({words})" in refused.value.message


@pytest.mark.parametrize(
    "answer",
    [
        said({"error": "API недоступний для вашого тарифного плану"}, 401),
        said({"error": {"message": "Ваш пакет послуг цього не дозволяє"}}, 403),
        said({"detail": "upgrade your subscription"}, 402),
        said({"error": "API is not part of your plan"}),
        said({"status": "error", "message": "Forbidden: the API needs another tariff"}, 400),
    ],
)
def test_an_api_that_the_plan_closes_is_no_fault_of_the_token(answer: Answer) -> None:
    """A new token would not help: Prom's own words are shown, and the way to the shop's plan."""
    with pytest.raises(TokenRefused) as refused:
        get(Wire(answer))
    assert "closed its API for `My Prom`, perhaps because of the shop's plan; it says: " in (
        refused.value.message
    )
    assert "see which plan the shop has" in str(refused.value.hint)


@pytest.mark.parametrize("status", [200, 400])
def test_a_refusal_that_speaks_of_a_plan_alone_closes_nothing(status: int) -> None:
    """A limit of the plan is a refusal of this one request."""
    with pytest.raises(PromRefused, match="Ліміт товарів вашого тарифу"):
        edit(Wire(said({"error": "Ліміт товарів вашого тарифу вичерпано"}, status)))


PRODUCTS, ORDERS, PAYMENTS = (right.instruction for right in NEEDED_RIGHTS)


@pytest.mark.parametrize(
    ("right", "instructions"),
    [
        (Right.GROUPS_READ, (PRODUCTS, ORDERS, PAYMENTS)),
        (Right.ORDERS_READ, (ORDERS, PRODUCTS, PAYMENTS)),
        (Right.ORDERS_WRITE, (Right.ORDERS_WRITE.instruction, PRODUCTS, PAYMENTS)),
        (Right.SETTINGS_READ, (PAYMENTS, PRODUCTS, ORDERS)),
        (Right.CHAT_WRITE, (Right.CHAT_WRITE.instruction, PRODUCTS, ORDERS, PAYMENTS)),
    ],
)
def test_the_rights_of_a_new_token_begin_with_what_was_refused(
    right: Right, instructions: tuple[str, ...]
) -> None:
    """It is in the list with the level that the refused request needs."""
    with pytest.raises(TokenRefused) as refused:
        Wire(page(401)).http().get("/any/list", right=right)
    assert f"create a new token with these rights: {', '.join(instructions)}; then" in str(refused.value.hint)


def test_a_401_with_words_shows_them() -> None:
    """The advice about the token stays: only Prom's words can say that the cause is another one."""
    with pytest.raises(TokenRefused) as refused:
        get(Wire(said({"error": "Компанію <b>заблоковано</b>"}, 401)))
    assert refused.value.message.endswith("may not read products; Prom.ua says: Компанію заблоковано")
    assert "create a new token" in str(refused.value.hint)


@pytest.mark.parametrize(("call", "tries"), [(get, TRIES), (edit, 1), (start_import, 1)])
def test_a_403_that_stays_a_web_page_mentions_both_causes(call: Call, tries: int) -> None:
    """It may be the token, or bot protection; only a read finds out by patience."""
    wire = Wire(page(403))
    with pytest.raises(TokenRefused, match=r"it may not .*, or a page of bot protection or of a proxy"):
        call(wire)
    assert len(wire.requests) == tries


def test_a_token_that_could_do_something_is_not_unknown() -> None:
    """A 401 says then that this right is missing; where the same right worked before, the token expired."""
    wire = Wire(said({}), page(401))
    http = wire.http()
    get(http)
    with pytest.raises(TokenRefused, match="it may not write products"):
        edit(http)
    with pytest.raises(TokenRefused, match="it is unknown, expired or revoked"):
        get(http)


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
        (said({"status": "error", "message": None}), "no reason was given"),
        (
            said({"status": "error", "message": "no", "errors": {"declaration_id": "bad"}}),
            "no: declaration_id: bad",
        ),
        (said({"status": "error", "message": "It is bad", "errors": {"declaration_id": "bad"}}), "It is bad"),
        (said({"error": True, "code": 7}), "code: 7"),
        (said({"error": "too large"}, 413), "(413): too large"),
        (said({"error": {"status": 400, "message": "no such field"}}, 400), "(400): no such field"),
        (said({"error": {"code": 7}}), "code: 7"),
        (said({"status": 400, "message": "no such field"}), "no such field"),
        (page(400), "(400): no reason was given"),
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


ANOTHER = "В данный момент действует ограничение на запуск одновременных импортов."
BUSY_ANSWERS = [
    said({"error": {"status": 400, "message": ANOTHER}}, 400),
    said({"status": 400, "message": ANOTHER.upper()}, 400),
    said({"error": ANOTHER}, 409),
    said({"error": {"status": 400, "message": ANOTHER}}),
    said({"status": 400, "message": ANOTHER}),
    said({"status": "error", "message": ANOTHER}),
    said({"message": ANOTHER}),
    said({"error": {"status": 400, "message": ANOTHER}}, 429),
    said({"error": {"status": 400, "message": ANOTHER}}, 503),
]


@pytest.mark.parametrize("answer", BUSY_ANSWERS)
def test_another_import_is_recognised_wherever_prom_says_so(answer: Answer) -> None:
    """With any status and in all shapes; its words are shown, and the import is not sent again at once."""
    wire = Wire(answer)
    with pytest.raises(ImportBusy) as busy:
        start_import(wire)
    assert busy.value.message.casefold().endswith(f"one at a time: {ANOTHER}".casefold())
    assert ("«Товари» › «Імпорт»" in str(busy.value.hint), len(wire.requests)) == (True, 1)


def test_words_of_another_import_elsewhere() -> None:
    """They refuse an edit as any words do, and say nothing about an import that was taken."""
    with pytest.raises(PromRefused, match="одновременных"):
        edit(Wire(BUSY_ANSWERS[0]))
    taken: dict[str, object] = {"id": "0123456789abcdef01234567", "status": "success", "message": ANOTHER}
    assert start_import(Wire(said(taken))) == taken


@pytest.mark.parametrize(
    "body", [{"error": None}, {"errors": {}}, {"errors": {"7": "x"}}, {"errors": []}, {"status": "success"}]
)
def test_an_empty_error_is_no_error(body: dict[str, object]) -> None:
    """Keys that say nothing refuse nothing; reasons by product are the caller's to read."""
    assert edit(Wire(said(body))) == body


def test_an_unknown_address_is_an_error_of_its_own() -> None:
    """A product that is absent or deleted answers 404 with a page."""
    with pytest.raises(NotFound, match="found nothing at `/products/list`"):
        get(Wire(page(404)))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *(("7", 7.0), ("0", 0.0), ("1.5", 1.5), ("86400", 300.0), ("", True), ("soon", True), ("-5", True)),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2026 07:28:30 -0000", 30.0),
        ("Wed, 21 Oct 2026 07:00:00 GMT", 0.0),
        ("Wed, 21 Oct 2027 07:00:00 GMT", 300.0),
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
    with stamina.set_testing(False), pytest.raises(Temporary):
        get(Wire(page(status, Retry_After="0")).http(sleep=waits.append))
    assert waits == []
    with stamina.set_testing(False), pytest.raises(Temporary):
        get(Wire(page(status, Retry_After="7")).http(sleep=waits.append, requests_per_second=1000))
    assert [wait for wait in waits if wait > 1] == [7.0] * (TRIES - 1)


def test_the_back_off_grows() -> None:
    """A server that names no pause is asked again after 1, 2, 4 and 8 seconds, and up to one more."""
    waits: list[float] = []
    with stamina.set_testing(False), pytest.raises(Temporary):
        get(Wire(page(500)).http(sleep=waits.append, requests_per_second=1000))
    pauses = [wait for wait in waits if wait >= 1]
    assert [int(pause) for pause in pauses] == [1, 2, 4, 8]


@pytest.mark.parametrize("call", [get, edit, start_import])
@pytest.mark.parametrize(
    "answer",
    [
        *(page(status) for status in (200, 302, 400, 401, 403, 404, 429, 500, 503)),
        *(said({"error": f"no <html> {TOKEN}"}, status) for status in (200, 400, 401, 403, 404, 429, 500)),
        said({"status": "error", "message": page(200).body.decode(), "errors": {TOKEN: "<html"}}),
        said({"errors": {"error": f"Forbidden: {TOKEN}"}}),
        *(Answer(200, page(200).body, {}), Answer(200, b"", {}), CUT, BROKEN, SLOW),
        httpx.RemoteProtocolError("illegal status line: <html><head>"),
        httpx.ConnectError(f"[Errno 111] {TOKEN}"),
    ],
    ids=str,
)
def test_neither_token_nor_page_is_ever_shown(
    call: Call, answer: Answer | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """No message, hint, chained exception, traceback or log line holds the token or a piece of a page."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(TorgsyncError) as raised:
        call(Wire(answer))
    texts = chain(
        *((str(link), repr(link), str(getattr(link, "hint", ""))) for link in links(raised.value)),
        traceback.format_exception(raised.value),
        (f"{record.getMessage()} {record.__dict__}" for record in caplog.records),
    )
    for text in texts:
        assert TOKEN not in text
        assert "<html" not in text.casefold()
