"""`torgsync clients`: who ordered, found by phone and e-mail, never guessed."""

from __future__ import annotations

import shutil
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from servers import PASSWORD, ftp_server

from torgsync.cli.base.program import Program
from torgsync.sandbox.shop.orders import ShopBuyer


def order(home: Home, **buyer: str) -> int:
    """Place an order, and return its number."""
    return home.sandbox.place_order([("26901", 1)], buyer=ShopBuyer(**buyer), payment_option_id=9000002)


def clients(home: Home) -> list[dict[str, Any]]:
    """Fetch orders, and return all clients."""
    home.sync("--only", "orders")
    listed: list[dict[str, Any]] = home.run("clients", "list", "--format", "json").json["clients"]
    return listed


def test_a_new_buyer_becomes_a_client(filled: Home) -> None:
    """The phone is in one form, the e-mail in lower case."""
    order(filled, first_name="Олена", last_name="Вигадана", phone="050 000-00-01", email="O.V@Shop.example")
    assert clients(filled) == [
        {
            "id": "1",
            "name": "Вигадана Олена",
            "phone": "+380500000001",
            "email": "o.v@shop.example",
            "card": "",
            "orders": 1,
        }
    ]
    assert filled.run("clients", "list").lines == [
        "id   full name        phone           email",
        "─" * 54,
        "1    Вигадана Олена   +380500000001   o.v@shop.example",
    ]
    assert filled.run("clients", "list", "--format", "csv").lines[1] == (
        "1,Вигадана Олена,+380500000001,o.v@shop.example,,1"
    )


def test_a_known_mail_with_another_phone(filled: Home) -> None:
    """It may be a new number or a relative: a person decides once, and the decision is stored."""
    order(filled, phone="+380500000001", email="o@shop.example")
    number = order(filled, phone="+380500000002", email="O@shop.example")
    ran = filled.run("orders", "fetch")
    message = f"! order {number}: its buyer may be client 1, but the phone differs; none was chosen"
    assert (ran.code, message in ran.lines) == (8, True)
    assert held(filled) == {str(number): ["1"]}
    listed = filled.run("clients", "list", "--held").err
    assert f'hint: torgsync clients choose {number} new -o "My Prom"' in listed
    assert "merge" not in listed
    assert filled.run("clients", "choose", str(number), "new").code == 0
    again = [order(filled, phone=f"+38050000000{last}", email="o@shop.example") for last in (1, 2)]
    filled.run("orders", "fetch")
    assert ([owner(filled, one) for one in again], held(filled)) == (["1", "2"], {})


def test_an_empty_list_has_its_header(filled: Home) -> None:
    """CSV has its header also without rows."""
    assert filled.run("clients", "list", "--format", "csv").out == "id,name,phone,email,card,orders\n"
    nothing = filled.run("clients", "list", "--held", "--format", "csv")
    assert nothing.out == "order,id,name,phone,email\n"
    filled.edit_object("[clients]", '[clients]\npath = "TSClients.trs"')
    export_clients(filled, client_row("Олена", "0500000001"))
    filled.run("clients", "import")
    shown = filled.run("clients", "show", "1", "--format", "csv")
    assert shown.out == "id,created,status,total,currency\n"


def test_a_name_that_a_spreadsheet_would_run(filled: Home) -> None:
    """In CSV it is text, and a phone stays what it is."""
    order(filled, first_name="Марко", last_name="=HYPERLINK(1)", phone="+380501234567")
    clients(filled)
    row = filled.run("clients", "list", "--format", "csv").lines[1]
    assert row.startswith("1,'=HYPERLINK(1) Марко,+380501234567,")


def test_clients_are_not_made(filled: Home) -> None:
    """With `create = false` no client is created; the order's file has the buyer all the same."""
    filled.edit_object("create = true", "create = false")
    number = order(filled, first_name="Олена", last_name="Вигадана", phone="+380500000001")
    assert clients(filled) == []
    assert filled.run("clients", "list").err == "no clients yet\n"
    (path,) = (filled.folder / "outbox" / "my-prom").iterdir()
    assert '"Name": "Вигадана Олена"' in path.read_text("utf-8")
    ran = filled.run("clients", "choose", str(number), "new")
    assert (ran.code, "does not wait for a choice: no known client matches its buyer" in ran.err) == (
        64,
        True,
    )


def held(home: Home) -> dict[str, list[str]]:
    """Return the matching clients of each order for which a person must choose one."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in home.run("clients", "list", "--held", "--format", "json").json["held_orders"]:
        found[row["order"]].append(row["id"])
    return found


def owner(home: Home, number: int) -> str | None:
    """Return the client of an order."""
    orders = home.run("orders", "list", "--format", "json").json["orders"]
    client_id: str | None = next(one["client_id"] for one in orders if one["id"] == str(number))
    return client_id


@pytest.fixture
def ambiguous(filled: Home) -> tuple[Home, int]:
    """A home in which an order fits two clients, and the order's number."""
    filled.edit_object('find_by = ["phone", "email"]', 'find_by = ["phone"]')
    order(filled, first_name="Олена", phone="+380500000001", email="o@shop.example")
    order(filled, first_name="Ольга", phone="+380500000002", email="o@shop.example")
    clients(filled)
    filled.edit_object('find_by = ["phone"]', 'find_by = ["email"]')
    number = order(filled, first_name="О.", phone="+380500000003", email="o@shop.example")
    return filled, number


def test_who_fits_several_clients_waits_for_a_person(ambiguous: tuple[Home, int]) -> None:
    """Exit 8; the order is listed with each matching client and the commands to choose one."""
    home, number = ambiguous
    ran = home.run("orders", "fetch")
    assert (ran.code, "hint: torgsync clients list --held" in ran.err) == (8, True)
    assert held(home) == {str(number): ["1", "2"]}
    listed = home.run("clients", "list", "--held")
    assert listed.lines[0].split() == ["order", "id", "full", "name", "phone", "email"]
    assert f'hint: torgsync clients choose {number} 1 -o "My Prom"' in listed.err
    assert 'hint: torgsync clients merge 2 --into 1 -o "My Prom"' in listed.err
    assert (
        home.run("clients", "list", "--held", "--format", "csv")
        .lines[1]
        .startswith(f"{number},1,Тестовий Олена,")
    )


@pytest.mark.parametrize(("chosen", "client"), [("2", "2"), ("new", "3")])
def test_a_person_chooses(ambiguous: tuple[Home, int], chosen: str, client: str) -> None:
    """The order is that client's, and the next one from the same phone as well."""
    home, number = ambiguous
    home.run("orders", "fetch")
    ran = home.run("clients", "choose", str(number), chosen)
    assert (ran.code, ran.err) == (0, f"order {number} now belongs to client {client}\n")
    assert (held(home), owner(home, number)) == ({}, client)
    shown = home.run("clients", "show", client, "--format", "json").json["client"]
    assert ("o@shop.example" in shown["email"], "+380500000003" in shown["phone"]) == (True, True)
    home.edit_object('find_by = ["email"]', 'find_by = ["phone"]')
    again = order(home, phone="050 000 00 03")
    home.run("orders", "fetch")
    assert owner(home, again) == client


def test_two_clients_turn_out_to_be_one(ambiguous: tuple[Home, int]) -> None:
    """The remaining client gets their orders, phones and e-mails; pending choices are resolved."""
    home, number = ambiguous
    home.run("orders", "fetch")
    ran = home.run("clients", "merge", "1", "2", "--into", "1")
    assert (ran.code, ran.err) == (0, "1 client merged into 1; 1 order no longer waits for your choice\n")
    assert (held(home), owner(home, number)) == ({}, "1")
    shown = home.run("clients", "show", "1", "--format", "json").json["client"]
    assert (shown["name"], shown["phone"]) == ("Тестовий Олена", ["+380500000001", "+380500000002"])
    assert len(shown["orders"]) == 3
    assert [client["orders"] for client in clients(home)] == [3]


def test_wrong_arguments(ambiguous: tuple[Home, int]) -> None:
    """Exit 64 with a message, and nothing changes; arguments that may be names are not logged."""
    home, number = ambiguous
    home.run("orders", "fetch")
    shown = home.run("clients", "show", "1", "--format", "json").json["client"]
    (clear,) = (row["id"] for row in shown["orders"])
    for args, message in (
        ("choose 1 1", "there is no order 1"),
        (f"choose {clear} 2", "does not wait for a choice: its client is 1"),
        (f"choose {clear} new", "hint: see those that wait for a choice: torgsync clients list --held"),
        (f"choose {number} 9", "there is no client 9"),
        (f"choose {number} x", "there is no client x"),
        ("merge 9 --into 1", "there is no client 9"),
        ("merge 1 --into 1", "client 1 cannot be merged into itself"),
        ("merge 1 --into x", "there is no client x"),
        ("show 9", "there is no client 9"),
        ("show Олена", "there is no client Олена"),
        ("import", "the sync object has no file of clients"),
        ("forget нема", "`нема` is not a phone number"),
        ("forget нема", "torgsync clients forget +380501234567"),
        ("forget 050000", "`050000` is not a phone number"),
        ("forget +380500000001", "there is no terminal to ask on, so nothing was removed"),
    ):
        ran = home.run("clients", *args.split())
        assert (args, ran.code, message in ran.err) == (args, 64, True)
    assert (held(home), owner(home, int(clear))) == ({str(number): ["1", "2"]}, "1")
    assert len(clients(home)) == 2
    assert "client Олена" not in (home.folder / "logs" / "torgsync.log").read_text("utf-8")


def test_a_client_is_shown(filled: Home) -> None:
    """With all contacts and orders, in every format."""
    number = order(filled, first_name="Олена", last_name="[red]", phone="0500000001", email="O@shop.example")
    order(filled, phone="+380500000001", email="second@shop.example")
    clients(filled)
    shown = filled.run("clients", "show", "1")
    assert shown.lines[:3] == [
        "client 1: [red] Олена",
        "phone   +380500000001",
        "e-mail  o@shop.example, second@shop.example",
    ]
    assert str(number) in shown.out
    assert (
        filled.run("clients", "show", "1", "--format", "csv").lines[0] == "id,created,status,total,currency"
    )


# Torgsoft's clients

ROWS = (
    '"Вигадана Олена";"";"0500000001";0;"";"990000000017";"";"";"";"";"";"";1250;33,9',
    '"ВИГАДАНА О.";"o@shop.example";"+38 (050) 000-00-01";3;"";"990000000018";"";"";"";"";"";"";0;0',
    '"Без телефону";"";"";0;"";"";"";"";"";"";"";"";0;0',
)


def export_clients(home: Home, *rows: str) -> None:
    """Have Torgsoft write its clients."""
    (home.shop / "TSClients.trs").write_bytes("".join(f"{row}\r\n" for row in rows).encode("cp1251"))


@pytest.fixture
def knowing(filled: Home) -> Home:
    """A home whose object names Torgsoft's clients."""
    filled.edit_object("[clients]", '[clients]\npath = "TSClients.trs"')
    export_clients(filled, *ROWS)
    return filled


def test_torgsofts_clients_are_known_from_the_first_day(knowing: Home) -> None:
    """One person with two spellings and two cards is one; their first order is theirs."""
    number = order(knowing, first_name="Олена", phone="380500000001")
    people = clients(knowing)
    assert [(client["name"], client["phone"], client["card"]) for client in people] == [
        ("Вигадана Олена", "+380500000001", "990000000017"),
        ("Без телефону", "", ""),
    ]
    assert owner(knowing, number) == "1"
    shown = knowing.run("clients", "show", "1", "--format", "json").json["client"]
    assert (shown["card"], shown["email"]) == (["990000000017", "990000000018"], ["o@shop.example"])


def test_the_same_clients_again(knowing: Home) -> None:
    """Reading them twice changes nothing; a file that changed is read by the next fetch."""
    assert knowing.run("clients", "import").err == "3 clients in `TSClients.trs`: 2 new, 1 known\n"
    assert knowing.run("clients", "import").err == "3 clients in `TSClients.trs`: 0 new, 3 known\n"
    before = clients(knowing)
    export_clients(knowing, *ROWS, ROWS[0].replace("0500000001", "0500000007").replace("17", "19"))
    assert [client["name"] for client in clients(knowing)] == [
        *(client["name"] for client in before),
        "Вигадана Олена",
    ]


def client_row(name: str, phone: str = "") -> str:
    """A row of Torgsoft's clients without a card."""
    return f'"{name}";"";"{phone}";0;"";"";"";"";"";"";"";"";0;0'


def test_a_row_that_fits_two_clients(knowing: Home) -> None:
    """No client is chosen, and it is reported; a row without any contact is skipped."""
    export_clients(knowing, client_row("Олена В.", "0500000001"), client_row("ОЛЕНА В.", "0500000002"))
    assert knowing.run("clients", "import").err.endswith("2 new, 0 known\n")
    knowing.edit_object('find_by = ["phone", "email"]', 'find_by = ["name"]')
    export_clients(knowing, client_row("олена  в."), client_row(""))
    ran = knowing.run("clients", "import")
    assert (ran.code, "! 1 row matches several known clients; none was chosen" in ran.err) == (8, True)


def test_clients_that_cannot_be_read(knowing: Home) -> None:
    """Orders are fetched all the same, and it is reported; the command itself fails."""
    export_clients(knowing, "a;b;c")
    order(knowing, phone="+380500000001")
    ran = knowing.run("orders", "fetch")
    assert "! 1 row of" in ran.out
    assert len(clients(knowing)) == 1
    assert knowing.run("clients", "import").code == 3
    assert knowing.run("clients", "import", "nowhere.trs").code == 64


def test_a_file_that_was_named_and_is_not_there(knowing: Home) -> None:
    """The hint is about the argument, or about the path in the sync object."""
    ran = knowing.run("clients", "import", "nofile.trs")
    assert (ran.code, "[clients]" in ran.err, "hint: correct the name" in ran.err) == (64, False, True)
    (knowing.shop / "TSClients.trs").unlink()
    assert "correct `path` under `[clients]`" in knowing.run("clients", "import").err


def test_one_mail_of_two_people(knowing: Home) -> None:
    """Torgsoft has two clients with a phone each, so they stay two, however often they are read."""
    rows = [
        '"Вигадана Олена";"o@shop.example";"0500000001";0;"";"";"";"";"";"";"";"";0;0',
        '"Вигаданий Олег";"O@shop.example";"0500000002";0;"";"";"";"";"";"";"";"";0;0',
    ]
    export_clients(knowing, *rows)
    assert knowing.run("clients", "import").err == "2 clients in `TSClients.trs`: 2 new, 0 known\n"
    assert knowing.run("clients", "import").err == "2 clients in `TSClients.trs`: 0 new, 2 known\n"
    numbers = [order(knowing, phone=f"050000000{last}", email="o@shop.example") for last in (2, 1)]
    unclear = order(knowing, phone="", email="o@shop.example")
    assert [client["phone"] for client in clients(knowing)] == ["+380500000001", "+380500000002"]
    assert [owner(knowing, number) for number in numbers] == ["2", "1"]
    assert held(knowing) == {str(unclear): ["1", "2"]}


def test_what_was_read_is_a_document_too(knowing: Home) -> None:
    """One document or one row, with the exit code; phones that are none are counted."""
    export_clients(knowing, *ROWS, client_row("Іван", "увечері"))
    numbers = {"rows": 4, "new": 3, "known": 1, "ambiguous": 0, "unreadable": 1}
    ran = knowing.run("clients", "import", "--format", "json")
    assert ran.json == {"schema": 1, "object": "My Prom", "clients": numbers, "exit": 0}
    assert knowing.run("clients", "import").err.endswith(
        "! 1 phone is not a phone number; no buyer can be matched by it\n"
    )
    knowing.edit_object('find_by = ["phone", "email"]', 'find_by = ["name"]')
    export_clients(knowing, client_row("Олена В.", "0500000003"), client_row("Олена В.", "0500000004"))
    assert knowing.run("clients", "import", "--format", "csv").out == (
        "rows,new,known,ambiguous,unreadable\n2,1,1,0,0\n"
    )
    (knowing.shop / "TSClients.trs").write_bytes(b"")
    failed = knowing.run("clients", "import", "--format", "json")
    assert (failed.code, failed.json["error"]["kind"]) == (3, "export-invalid")


# Forgetting


def test_a_person_is_forgotten(filled: Home) -> None:
    """No personal data is left on disk, even if an order is fetched again; totals stay."""
    buyer = {
        "first_name": "Олена",
        "last_name": "Вигадана",
        "phone": "+380500000001",
        "email": "olena@shop.example",
    }
    number = filled.sandbox.place_order(
        [("26901", 1)],
        buyer=ShopBuyer(**buyer),
        client_notes="Код під'їзду 0000",
        delivery_address="вул. Вигадана 1",
    )
    other = order(filled, first_name="Іван", phone="+380500000002")
    filled.sync("--only", "orders")
    before = filled.run("payments", "report").out
    asked = filled.run("clients", "forget", "050 000 00 01", "--yes")
    message = "removed: 1 client, people in 1 order, 1 file in the outbox"
    assert (asked.code, asked.err.splitlines()[0]) == (8, message)

    def traces() -> list[str]:
        raw = filled.everything_written()
        words = ("Олена", "Вигадана", "500000001", "olena@", "Код під", "вул. Вигадана")
        return [word for word in words if word.encode() in raw]

    assert traces() == []
    filled.sandbox.set_order_status(number, "received")
    filled.run("orders", "fetch")
    assert traces() == []
    assert filled.run("payments", "report").out == before
    shown = filled.run("orders", "show", str(number), "--format", "json").json["order"]
    assert (shown["status"], shown["total"], shown["buyer"]["forgotten"]) == ("received", "1713.00", True)
    assert (owner(filled, number), owner(filled, other)) == (None, "2")
    assert [path.name for path in (filled.folder / "outbox" / "my-prom").iterdir()] == [f"order-{other}.json"]
    assert "forgotten" in filled.run("orders", "show", str(number)).out
    for command in (("clients", "choose", str(number), "2"), ("orders", "export", str(number))):
        assert filled.run(*command).code == 64
    assert (
        filled.run("clients", "forget", "+380500000001", "--yes").err
        == "no person with this phone is known\n"
    )


def test_a_person_is_forgotten_before_their_order_was_written(knowing: Home) -> None:
    """No file is written afterwards; Torgsoft's own list is to be corrected by hand."""
    (knowing.folder / "outbox").mkdir(exist_ok=True)
    (knowing.folder / "outbox" / "my-prom").write_text("in the way")
    order(knowing, phone="+380500000001")
    assert knowing.run("orders", "fetch").code == 8
    (knowing.folder / "outbox" / "my-prom").unlink()
    knowing.run("clients", "import")
    ran = knowing.run("clients", "forget", "+380500000001", "--yes")
    assert "delete the person in Torgsoft too" in ran.err
    assert "to be written" not in knowing.run("orders", "fetch").out
    assert not (knowing.folder / "outbox" / "my-prom").exists()


def test_sales_that_torgsoft_had_not_taken_stay_in_sight(filled: Home) -> None:
    """They are reported by number until a person confirms them, then count as taken; exit 8."""
    number = buys(filled, "+380500000001")
    filled.run("orders", "fetch")
    ran = filled.run("clients", "forget", "0500000001", "--yes")
    assert (ran.code, ran.err.splitlines()[1:]) == (
        8,
        [
            f"! 1 sale is not in Torgsoft yet; enter it by hand: {number}",
            f'hint: when it is done in Torgsoft: torgsync orders done {number} -o "My Prom"',
        ],
    )
    filled.sandbox.set_order_status(number, "received")
    fetched = filled.run("orders", "fetch", "--format", "json")
    codes = [finding["code"] for finding in fetched.json["findings"] if finding["order"] == str(number)]
    assert (fetched.code, codes, fetched.json["orders"]["files"]) == (8, ["order-forgotten"], 0)
    held = filled.run("orders", "list", "--held").out
    assert "its buyer was forgotten before Torgsoft took it; enter the sale by hand" in " ".join(held.split())
    assert filled.run("orders", "done", str(number)).code == 0
    (found,) = filled.run("orders", "list", "--format", "json").json["orders"]
    assert (found["phase"], found["open"]) == ("taken", None)
    assert str(number) not in filled.run("orders", "list", "--held").out


def test_a_forgotten_sale_that_is_cancelled_waits_for_no_person(filled: Home) -> None:
    """It need not be entered, unless the order is reopened."""
    number = order(filled, phone="+380500000001")
    filled.run("orders", "fetch")
    filled.run("clients", "forget", "0500000001", "--yes")
    filled.sandbox.set_order_status(number, "canceled")
    assert filled.run("orders", "fetch").code == 0
    filled.sandbox.set_order_status(number, "received")
    assert filled.run("orders", "fetch").code == 8
    assert list((filled.folder / "outbox" / "my-prom").iterdir()) == []


def test_a_sale_whose_file_torgsoft_took_unseen_is_not_entered_twice(filled: Home) -> None:
    """Its file is gone when the person is forgotten: Torgsoft has it."""
    number = order(filled, phone="+380500000001")
    filled.run("orders", "fetch")
    (filled.folder / "outbox" / "my-prom" / f"order-{number}.json").unlink()
    assert filled.run("clients", "forget", "0500000001", "--yes").code == 0
    (found,) = filled.run("orders", "list", "--format", "json").json["orders"]
    assert (found["phase"], found["open"]) == ("taken", None)


def test_a_sale_that_waited_for_a_person_waits_still(filled: Home) -> None:
    """It is not entered yet, as its file could not be written before."""
    number = filled.sandbox.place_order([("26901", 1)], buyer=ShopBuyer(phone="+380500000001"))
    filled.edit_object("[clients]", '[orders]\nsince = "2999-01-01"\n\n[clients]')
    filled.run("orders", "fetch")
    filled.run("clients", "forget", "0500000001", "--yes")
    filled.edit_object('[orders]\nsince = "2999-01-01"\n\n', "")
    filled.sandbox.set_order_status(number, "received")
    assert filled.run("orders", "fetch").code == 8
    assert str(number) in filled.run("orders", "list", "--held").out


WORDS = (
    "Олена", "Вигадана", "Сумська", "olena@shop.example", "вул. Вигадана", "під'їзд", "50000000", "50 000-00",
)  # fmt: skip
"""Everything by which she could be found: names, e-mail, address, note, and phones however written."""


def traces(home: Home) -> list[str]:
    """Return her personal data that is left in any table of the state or file of the home."""
    with closing(sqlite3.connect(home.folder / "state.db")) as state:
        dump = "\n".join(state.iterdump())
    kept = dump + home.everything_written().decode("utf-8", "replace")
    return [word for word in WORDS if word.casefold() in kept.casefold()]


def buys(home: Home, phone: str, name: str = "Вигадана") -> int:
    """Place an order with all personal data that an order may have."""
    buyer = ShopBuyer(first_name="Олена", last_name=name, phone=phone, email="olena@shop.example")
    return home.sandbox.place_order(
        [("26901", 1)], buyer=buyer, client_notes="третій під'їзд", delivery_address="Харків, вул. Вигадана 1"
    )


@pytest.fixture
def many_times(filled: Home) -> Home:
    """A home where one person is three clients, the third made by `choose ORDER new`."""
    filled.edit_object('find_by = ["phone", "email"]', 'find_by = ["name"]')
    buys(filled, "050 000-00-01")
    buys(filled, "+380500000001", "Сумська")
    clients(filled)
    filled.edit_object('find_by = ["name"]', 'find_by = ["phone"]')
    number = buys(filled, "80500000001", "О.")
    filled.run("orders", "fetch")
    assert filled.run("clients", "choose", str(number), "new").code == 0
    assert [client["phone"] for client in clients(filled)] == ["+380500000001"] * 3
    return filled


def test_nothing_is_left_of_whom_the_state_knows_several_times(many_times: Home) -> None:
    """Every client with the phone is deleted, also those made by `choose ORDER new`; totals stay."""
    before = many_times.run("payments", "report").out
    assert set(traces(many_times)) >= {"Олена", "Сумська", "під'їзд", "50 000-00"}
    ran = many_times.run("clients", "forget", "0500000001", "--yes", "--format", "json")
    gone = {"clients": 3, "orders": 3, "files": 3, "copies": 0}
    nothing: dict[str, list[str]] = {"places": [], "named_in": [], "elsewhere": [], "kept": []}
    untaken = {"by_hand": ["300000001", "300000002", "300000003"]}
    assert ran.json == {"schema": 1, "object": "My Prom", "forgotten": gone | nothing | untaken, "exit": 8}
    assert (traces(many_times), clients(many_times)) == ([], [])
    assert many_times.run("payments", "report").out == before
    assert many_times.run("clients", "forget", "0500000001", "--yes", "--format", "csv").out == (
        "clients,orders,files,copies,places,named_in,elsewhere,kept,by_hand\n0,0,0,0,,,,,\n"
    )


def test_files_in_other_outboxes_are_deleted(many_times: Home) -> None:
    """A spreadsheet, files of a killed run, and those in the previous outbox."""
    first = many_times.folder / "outbox" / "my-prom"
    number = next(first.iterdir()).stem.removeprefix("order-")
    many_times.edit_object("[clients]", '[orders]\noutbox = "../orders"\n\n[clients]')
    buys(many_times, "0500000001")
    many_times.run("orders", "fetch")
    assert len(list((many_times.folder / "orders").iterdir())) == 1
    for ending in ("csv", "json.tmp", "json.old.tmp"):
        (first / f"order-{number}.{ending}").write_text("Вигадана")
    ran = many_times.run("clients", "forget", "+380500000001", "--yes")
    assert ran.err.startswith("removed: 3 clients, people in 4 orders, 7 files in the outbox\n")
    assert traces(many_times) == []


def test_files_on_a_server_are_deleted(filled: Home, tmp_path: Path) -> None:
    """An outbox that can no longer be reached is reported, exit 8."""
    (tmp_path / "ftp").mkdir()
    (filled.shop / "ftp-password").write_text(PASSWORD)
    with ftp_server(tmp_path / "ftp") as ftp:
        orders = f'[orders]\noutbox = "{ftp.url}"\noutbox_password = {{ file = "ftp-password" }}\n\n'
        filled.edit_object("[clients]", f"{orders}[clients]")
        buys(filled, "0500000001")
        filled.run("orders", "fetch")
        assert len(list(ftp.folder.iterdir())) == 1
        ran = filled.run("clients", "forget", "0500000001", "--yes")
        assert (ran.err.splitlines()[0].endswith(", 1 file in the outbox"), list(ftp.folder.iterdir())) == (
            True,
            [],
        )
        number = buys(filled, "0500000001")
        filled.run("orders", "fetch")
    filled.edit_object(orders, "")
    ran = filled.run("clients", "forget", "0500000001", "--yes")
    left = f"! files of these orders may still be in the old outbox `{ftp.url}`; delete them there\n"
    assert (ran.code, ran.err.endswith(left)) == (8, True)
    assert [path.name for path in ftp.folder.iterdir()] == [f"order-{number}.json"]
    assert traces(filled) == []


def test_no_person_is_forgotten_while_the_outbox_is_gone(many_times: Home) -> None:
    """An unmounted share may hold her files: nothing is deleted, with the reason."""
    outbox = many_times.folder / "outbox" / "my-prom"
    outbox.rename(many_times.folder / "unmounted")
    ran = many_times.run("clients", "forget", "0500000001", "--yes")
    assert (ran.code, "is gone, with 3 order files in it" in ran.err) == (5, True)
    (many_times.folder / "unmounted").rename(outbox)
    assert many_times.run("clients", "forget", "0500000001", "--yes").code == 8
    assert traces(many_times) == []


def test_copies_of_the_state_are_deleted(many_times: Home) -> None:
    """They hold personal data of everyone, even of people who are not in the state any more."""
    state = many_times.folder / "state.db"
    shutil.copyfile(state, state.with_name("state.db.0007.bak"))
    (many_times.folder / ".state.db.0006.bak.tmp").write_text("Вигадана")
    ran = many_times.run("clients", "forget", "+380500000009", "--yes")
    kept = f"! `{state}.0007.bak`, a copy of the state, may have the phone; delete it\n"
    assert (ran.code, ran.err.endswith(kept)) == (0, True)
    ran = many_times.run("clients", "forget", "0500000001", "--yes")
    assert ran.err.splitlines()[1:2] == ["deleted: 2 copies of the state, which had the data of all people"]
    assert traces(many_times) == []


def test_other_people_stay(filled: Home) -> None:
    """People with another phone, also where they share the e-mail; an order that waited gets a client."""
    buys(filled, "+380500000001")
    clients(filled)
    number = order(filled, first_name="Іван", phone="+380670000002", email="olena@shop.example")
    filled.run("orders", "fetch")
    assert held(filled) == {str(number): ["1"]}
    assert filled.run("clients", "forget", "+380500000001", "--yes").code == 8
    assert [(client["name"], client["phone"]) for client in clients(filled)] == [
        ("Тестовий Іван", "+380670000002")
    ]
    assert (held(filled), owner(filled, number)) == ({}, "1")
    assert set(traces(filled)) == {"olena@shop.example"}


def test_a_phone_in_a_note_of_another_person_is_reported(filled: Home) -> None:
    """The note is kept and reported with the command that shows it; exit 8."""
    number = filled.sandbox.place_order(
        [("26901", 1)], buyer=ShopBuyer(phone="+380670000002"), client_notes="дзвоніть мамі, 050 000 00 01"
    )
    buys(filled, "+380500000001")
    filled.run("orders", "fetch")
    ran = filled.run("clients", "forget", "+380500000001", "--yes")
    message = f"! order {number}, of another buyer, has this phone in its note, address or phones"
    assert (ran.code, ran.err.splitlines()[3:]) == (
        8,
        [f"{message}; it was left", f'hint: torgsync orders show {number} -o "My Prom"'],
    )


def test_another_object_that_knows_the_person_is_named(filled: Home) -> None:
    """Objects share a state but are separate shops: the command for the other one is shown."""
    filled.second_object("Second", "second.toml")
    buys(filled, "+380500000001")
    for name in ("my-prom", "second"):
        filled.run("orders", "fetch", "-o", name)
    ran = filled.run("clients", "forget", "0500000001", "--yes", "-o", "second")
    assert (ran.code, ran.err.splitlines()[3:]) == (
        8,
        [
            "! the sync object `my-prom` has this phone too",
            "hint: torgsync clients forget +380500000001 -o my-prom",
        ],
    )
    assert filled.run("clients", "forget", "0500000001", "--yes", "-o", "my-prom").code == 8
    assert traces(filled) == []


def test_a_mistake_is_reported_before_anything_is_done(filled: Home) -> None:
    """The phone is checked before the question, also with `--format json`."""
    ran = filled.run("clients", "forget", "12", "--format", "json", "-o", "my-prom")
    assert (ran.code, ran.json["error"]["message"]) == (64, "`12` is not a phone number")
    ran = filled.run("clients", "forget", "0500000001", "--format", "json")
    assert (ran.code, ran.json["error"]["message"]) == (
        64,
        "there is no terminal to ask on, so nothing was removed",
    )


@pytest.mark.parametrize(("answer", "code", "left"), [("n\n", 1, 3), ("y\n", 8, 0)])
def test_a_person_is_asked_before_anybody_is_forgotten(
    many_times: Home, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, left: int
) -> None:
    """The question shows the phone as parsed."""
    monkeypatch.setattr(Program, "asks", True)
    ran = many_times.run("clients", "forget", "050 000 00 01", stdin=answer)
    assert ran.code == code
    assert ran.err.startswith(
        "Remove +380500000001 from `My Prom` for good, and delete the copies of the state"
    )
    assert len(clients(many_times)) == left
