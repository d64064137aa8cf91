"""`torgsync orders ship` writes to the buyer: once for a parcel, and never where it is unclear."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from faulty import FaultyServer, Gate, Kills, loses_the_answer, says
from homes import Home, Ran

from torgsync.sandbox.shop.orders import ShopBuyer

TTN = "20450000000001"
OLENA = ShopBuyer(first_name="Олена", last_name="Вигадана", phone="+380500000001")
CHAT = "/api/v1/chat/send_order_context"
TEXT = "Замовлення {order}: {carrier}, ТТН {parcel}"
posix = pytest.mark.skipif(os.name == "nt", reason="there are no signals on Windows")
PAGE = b"<html>Unauthorized</html>"


@pytest.fixture
def writing(hard_filled: Home) -> Home:
    """A home that writes to buyers, with one order that was fetched."""
    hard_filled.edit_object("[clients]", f'[orders]\nship_message = "{TEXT}"\n\n[clients]')
    hard_filled.sandbox.place_order([("26901", 1)], buyer=OLENA)
    assert hard_filled.run("orders", "fetch").code in (0, 8)
    return hard_filled


def number_of(home: Home) -> int:
    """Return the number of the one order."""
    (order,) = home.sandbox.orders
    return order.id


def ship(home: Home, *options: str, parcel: str = TTN, now: datetime | None = None) -> Ran:
    """Send the parcel of the one order."""
    return home.run("orders", "ship", str(number_of(home)), "--parcel", parcel, *options, now=now)


def received(home: Home) -> list[str]:
    """Return what buyers were written."""
    return [message.body for message in home.sandbox.conversations.chat]


def test_the_buyer_is_written_to_once_for_a_parcel(writing: Home) -> None:
    """It is shown before, sent once, and again for another parcel only; `orders show` has it."""
    number = number_of(writing)
    text = f"Замовлення {number}: Нова Пошта, ТТН {TTN}"
    dry = ship(writing, "--dry-run")
    assert (dry.code, dry.lines[0]) == (0, f"order {number}: parcel {TTN} (Нова Пошта)")
    assert (dry.lines[-1], received(writing)) == (f"  {text}", [])
    assert "/api/v1/delivery/save_declaration_id" not in writing.writes()
    ran = ship(writing)
    assert (ran.code, ran.out, received(writing)) == (0, "", [text])
    assert ran.err.splitlines()[-4:] == [
        f"order {number}: the buyer will be sent this message:",
        f"  {text}",
        f"order {number}: saved on Prom.ua",
        f"order {number}: the message was sent to the buyer",
    ]
    run = writing.run("history", "--format", "json").json["runs"][0]
    assert (run["parcels"], run["messages"], run["unclear_messages"]) == (1, 1, 0)
    for shown in (writing.run("history"), writing.run("history", str(run["run"]))):
        assert "1 parcel number saved" in shown.out
        assert "1 message sent to buyers" in shown.out
        assert text not in shown.out
    again = ship(writing, "--message", "Інший текст")
    assert (again.code, received(writing)) == (0, [text])
    assert "it is not sent again" in again.err
    ship(writing, parcel="2045 0000 000002")
    assert received(writing) == [text, text.replace(TTN, "20450000000002")]
    document = writing.run("orders", "show", str(number), "--format", "json").json["order"]
    states = [(message["parcel"], message["state"]) for message in document["messages"]]
    assert states == [(TTN, "sent"), ("20450000000002", "sent")]
    assert f"about {TTN}: sent to the buyer, 20" in writing.run("orders", "show", str(number)).out
    assert text.encode() not in b"".join(path.read_bytes() for path in writing.folder.glob("logs/*"))


@pytest.mark.parametrize("lost", ["lost", "no JSON", "killed"])
def test_a_message_that_is_unclear_is_never_repeated(writing: Home, faulty: FaultyServer, lost: str) -> None:
    """Neither a lost answer, one that cannot be read, nor a run that died has it sent a second time."""
    if lost == "killed":
        kills = Kills(1, after=True)
        faulty.misbehave("POST /chat", kills)
        kills.process = writing.start("orders", "ship", str(number_of(writing)), "--parcel", TTN)
        kills.process.communicate()
        faulty.behave()
        writing.orphan_leases()
    else:
        fault = loses_the_answer if lost == "lost" else says(200, b"<html>")
        faulty.misbehave("POST /chat", fault, times=1)
        ran = ship(writing, "--format", "json")
        assert (ran.code, ran.json["parcel"]["message"], ran.json["exit"]) == (6, "unclear", 6)
        assert ran.json["parcel"]["saved"] is True
        assert ran.json["error"]["kind"] == "answer-lost"
        assert "1 message to a buyer" in writing.run("history").out
    sent, asked = received(writing), writing.writes().count(CHAT)
    again = ship(writing)
    assert (again.code, received(writing), writing.writes().count(CHAT)) == (6, sent, asked)
    assert "it is unclear whether the message about this parcel was sent to the buyer" in again.err
    assert ship(writing, "--no-message").code == 0
    assert "unclear whether it was sent" in writing.run("orders", "show", str(number_of(writing))).out


def test_a_message_that_was_not_sent_is_tried_again(writing: Home, faulty: FaultyServer) -> None:
    """The parcel is saved all the same, and Prom's words, or the right that is missing, are shown."""
    tokens = writing.sandbox.tokens
    full = tokens["full"]
    writing.sandbox.quirks = replace(writing.sandbox.quirks, chat=False)
    ran = ship(writing)
    assert (ran.code, "was refused: Prom.ua refused the message to the buyer: Chat is" in ran.err) == (
        6,
        True,
    )
    assert "hint: switch on the chat in the seller's cabinet" in ran.err
    assert writing.sandbox.order(number_of(writing)).declaration_number == TTN
    writing.sandbox.quirks = replace(writing.sandbox.quirks, chat=True, forbidden_as="401-html")
    tokens["full"] = replace(full, messages="read")
    ran = ship(writing)
    assert (ran.code, "may not write to buyers" in ran.err, '"Messages"' in ran.err) == (4, True, True)
    tokens["full"] = full
    faulty.misbehave("POST /chat", says(429, {}))
    assert ship(writing).code == 5
    faulty.behave()
    assert (ship(writing).code, len(received(writing))) == (0, 1)


@posix
def test_stopped_by_a_person(writing: Home, faulty: FaultyServer) -> None:
    """The request in flight is finished, and the command that goes on is shown; a second stop ends at once.

    Where a message was under way then, it is unclear, and none is sent again.
    """
    number = number_of(writing)
    gate = Gate(after=True)
    faulty.misbehave("POST /delivery", gate, times=1)
    process = writing.start("orders", "ship", str(number), "--parcel", TTN, "-o", str(writing.object))
    assert gate.reached.wait(60)
    process.send_signal(signal.SIGTERM)
    gate.opened.set()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err.splitlines()[-3:]) == (
        130,
        [
            "error: stopped by you: the parcel number was sent, but not yet read back from Prom.ua",
            "",
            f"hint: go on with: torgsync orders ship {number} --parcel {TTN} -o {writing.object}",
        ],
    )
    gate = Gate(after=True)
    faulty.misbehave("POST /chat", gate, times=1)
    process = writing.start("orders", "ship", str(number), "--parcel", TTN)
    assert gate.reached.wait(60)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    gate.opened.set()
    assert (process.returncode, "it is unclear whether the message was sent to the buyer" in err) == (
        130,
        True,
    )
    assert "run the same command again" not in err
    faulty.behave()
    assert (ship(writing).code, len(received(writing))) == (6, 1)


def test_an_old_order(writing: Home) -> None:
    """No message after 30 days: a text for this order alone is not done, the usual one is left out."""
    later = datetime.now(UTC) + timedelta(days=30, minutes=1)
    for options, code in (((), 0), (("--message", "ТТН {parcel}"), 6)):
        ran = ship(writing, *options, now=later)
        assert (ran.code, "no message to the buyer: the order is older than 30 days" in ran.err) == (
            code,
            True,
        )
    assert CHAT not in writing.writes()


def test_a_text_that_cannot_be_sent(writing: Home) -> None:
    """Exit 64, or 3 in the sync object, before anything is sent; without a text no buyer is written to."""
    for options, words in (
        (("--message", "{phone}"), "`{phone}` is unknown"),
        (("--message", ""), "is empty"),
        (("--message", "x" * 995 + "{order}"), "1004 characters; Prom.ua accepts 1000"),
        (("--message", "a", "--no-message"), "either `--message` or `--no-message`"),
    ):
        ran = ship(writing, *options)
        assert (ran.code, words in ran.err) == (64, True), ran.err
    assert "/api/v1/delivery/save_declaration_id" not in writing.writes()
    writing.edit_object(TEXT, "{parcels}")
    ran = ship(writing)
    assert (ran.code, "did you mean `{parcel}`?" in ran.err) == (3, True)
    writing.edit_object('ship_message = "{parcels}"\n', "")
    assert (ship(writing).code, received(writing)) == (0, [])


def test_a_forgotten_buyer_is_not_written_to(writing: Home) -> None:
    """The record of messages goes with the parcel numbers."""
    ship(writing)
    assert writing.run("clients", "forget", "+380500000001", "--yes").code in (0, 8)
    assert TTN.encode() not in (writing.folder / "state.db").read_bytes()
    ran = ship(writing, parcel="20450000000002")
    assert (ran.code, len(received(writing))) == (0, 1)
    assert "who was forgotten" in ran.err
