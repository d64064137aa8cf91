"""`torgsync clients`: who ordered, found by phone and e-mail, never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from homes import Home

from torgsync.sandbox.orders import Buyer


def order(home: Home, **buyer: str) -> int:
    """Have somebody order, and return the order's number."""
    return home.market.place_order([("26901", 1)], buyer=Buyer(**buyer), payment_option_id=9000002)


def clients(home: Home) -> list[dict[str, Any]]:
    """Bring orders home, and return all clients."""
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
        "id   name             phone           email",
        "─" * 54,
        "1    Вигадана Олена   +380500000001   o.v@shop.example",
    ]
    assert filled.run("clients", "list", "--format", "csv").lines[1] == (
        "1,Вигадана Олена,+380500000001,o.v@shop.example,,1"
    )


def test_the_same_phone_in_other_words(filled: Home) -> None:
    """One person with two spellings of a phone is one client."""
    order(filled, first_name="Олена", phone="0500000001")
    order(filled, first_name="Лена", phone="+38 (050) 000 00 01")
    assert [client["phone"] for client in clients(filled)] == ["+380500000001"]


def test_a_known_mail_with_another_phone(filled: Home) -> None:
    """Who is not found by phone is looked up by e-mail."""
    order(filled, phone="+380500000001", email="o@shop.example")
    order(filled, phone="+380500000002", email="O@shop.example")
    assert len(clients(filled)) == 1


def test_two_clients_fit(filled: Home) -> None:
    """None is picked: it is reported, and the order is at home all the same."""
    filled.edit_object('find_by = ["phone", "email"]', 'find_by = ["phone"]')
    order(filled, phone="+380500000001", email="o@shop.example")
    order(filled, phone="+380500000002", email="o@shop.example")
    assert len(clients(filled)) == 2
    filled.edit_object('find_by = ["phone"]', 'find_by = ["email"]')
    number = order(filled, phone="+380500000003", email="o@shop.example")
    ran = filled.run("sync", "--only", "orders")
    assert f"! order {number}: 2 known clients fit its buyer; none was picked" in ran.lines
    newest = filled.run("orders", "list", "--format", "json").json["orders"][0]
    assert (newest["id"], newest["client_id"]) == (str(number), None)


def test_clients_are_not_made(filled: Home) -> None:
    """With `create = false` an unknown buyer stays unknown; the order's file has the buyer all the same."""
    filled.edit_object("create = true", "create = false")
    order(filled, first_name="Олена", last_name="Вигадана", phone="+380500000001")
    assert clients(filled) == []
    assert filled.run("clients", "list").err == "no clients yet\n"
    (path,) = (filled.folder / "outbox" / "my-prom").iterdir()
    assert '"Name": "Вигадана Олена"' in path.read_text("utf-8")


def test_a_phone_that_is_none(filled: Home) -> None:
    """It is kept as written."""
    order(filled, phone="дзвоніть увечері")
    assert [client["phone"] for client in clients(filled)] == ["дзвоніть увечері"]


def held(home: Home) -> dict[str, list[str]]:
    """The clients that fit each order of which a person must choose."""
    found: dict[str, list[str]] = {}
    for row in home.run("clients", "list", "--held", "--format", "json").json["held_orders"]:
        found.setdefault(row["order"], []).append(row["id"])
    return found


def owner(home: Home, number: int) -> str | None:
    """The client of an order."""
    orders = home.run("orders", "list", "--format", "json").json["orders"]
    told: str | None = next(one["client_id"] for one in orders if one["id"] == str(number))
    return told


@pytest.fixture
def torn(filled: Home) -> tuple[Home, int]:
    """A home in which an order fits two clients, and the order's number."""
    filled.edit_object('find_by = ["phone", "email"]', 'find_by = ["phone"]')
    order(filled, first_name="Олена", phone="+380500000001", email="o@shop.example")
    order(filled, first_name="Ольга", phone="+380500000002", email="o@shop.example")
    clients(filled)
    filled.edit_object('find_by = ["phone"]', 'find_by = ["email"]')
    number = order(filled, first_name="О.", phone="+380500000003", email="o@shop.example")
    return filled, number


def test_who_fits_several_clients_waits_for_a_person(torn: tuple[Home, int]) -> None:
    """Exit 8; the order is listed with each client that fits, and the commands that settle it."""
    home, number = torn
    ran = home.run("orders", "fetch")
    assert (ran.code, "hint: torgsync clients list --held" in ran.err) == (8, True)
    assert held(home) == {str(number): ["1", "2"]}
    listed = home.run("clients", "list", "--held")
    assert listed.lines[0].split() == ["order", "id", "name", "phone", "email"]
    assert f'hint: torgsync clients choose {number} 1 -o "My Prom"' in listed.err
    assert 'hint: torgsync clients merge 2 --into 1 -o "My Prom"' in listed.err
    assert (
        home.run("clients", "list", "--held", "--format", "csv")
        .lines[1]
        .startswith(f"{number},1,Тестовий Олена,")
    )


@pytest.mark.parametrize(("chosen", "client"), [("2", "2"), ("new", "3")])
def test_a_person_chooses(torn: tuple[Home, int], chosen: str, client: str) -> None:
    """The order is that client's, and the next one from the same phone as well."""
    home, number = torn
    home.run("orders", "fetch")
    ran = home.run("clients", "choose", str(number), chosen)
    assert (ran.code, ran.err) == (0, f"order {number} is that of client {client}\n")
    assert (held(home), owner(home, number)) == ({}, client)
    home.edit_object('find_by = ["email"]', 'find_by = ["phone"]')
    again = order(home, phone="050 000 00 03")
    home.run("orders", "fetch")
    assert owner(home, again) == client


def test_two_clients_turn_out_to_be_one(torn: tuple[Home, int]) -> None:
    """Their orders, phones and mails are those of the one that stays; what waited for a choice is settled."""
    home, number = torn
    home.run("orders", "fetch")
    ran = home.run("clients", "merge", "2", "--into", "1")
    assert (ran.code, ran.err) == (0, "1 client merged into 1; 1 order no longer waits for a choice\n")
    assert (held(home), owner(home, number)) == ({}, "1")
    shown = home.run("clients", "show", "1", "--format", "json").json["client"]
    assert (shown["name"], shown["phone"]) == (
        "Тестовий Олена",
        ["+380500000001", "+380500000002"],
    )
    assert len(shown["orders"]) == 3
    assert [client["orders"] for client in clients(home)] == [3]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("choose", "1", "1"), "there is no order 1"),
        (("choose", "NUMBER", "9"), "there is no client 9"),
        (("choose", "NUMBER", "x"), "there is no client x"),
        (("merge", "9", "--into", "1"), "there is no client 9"),
        (("merge", "1", "--into", "1"), "client 1 cannot be merged into itself"),
        (("show", "9"), "there is no client 9"),
        (("import",), "which file?"),
        (("forget", "нема"), "this is no phone number"),
        (("forget", "+380500000001"), "this cannot be taken back"),
    ],
)
def test_wrong_words_about_clients(torn: tuple[Home, int], args: tuple[str, ...], message: str) -> None:
    """Exit 64 with a sentence, and nothing changes."""
    home, number = torn
    home.run("orders", "fetch")
    yes = ["--yes"] if args[-1] == "нема" else []
    ran = home.run("clients", *(str(number) if word == "NUMBER" else word for word in args), *yes)
    assert (ran.code, message in ran.err) == (64, True)
    assert held(home) == {str(number): ["1", "2"]}


def test_a_client_is_shown(filled: Home) -> None:
    """Everything they are recognised by, and their orders, in every format."""
    number = order(filled, first_name="Олена", last_name="[red]", phone="0500000001", email="O@shop.example")
    order(filled, phone="+380500000001", email="second@shop.example")
    clients(filled)
    shown = filled.run("clients", "show", "1")
    assert shown.lines[:3] == [
        "client 1: [red] Олена",
        "phone   +380500000001",
        "email   o@shop.example, second@shop.example",
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
    """None is picked, and it is told; a row without anything is nobody."""
    export_clients(knowing, client_row("Олена В.", "0500000001"), client_row("ОЛЕНА В.", "0500000002"))
    assert knowing.run("clients", "import").err.endswith("2 new, 0 known\n")
    knowing.edit_object('find_by = ["phone", "email"]', 'find_by = ["name"]')
    export_clients(knowing, client_row("олена  в."), client_row(""))
    ran = knowing.run("clients", "import")
    assert (ran.code, "! 1 row fits several known clients; none was picked" in ran.err) == (8, True)


def test_clients_that_cannot_be_read(knowing: Home) -> None:
    """Orders come home all the same, and it is told; the command of its own fails."""
    export_clients(knowing, "a;b;c")
    order(knowing, phone="+380500000001")
    ran = knowing.run("orders", "fetch")
    assert "! 1 row of" in ran.out
    assert len(clients(knowing)) == 1
    assert knowing.run("clients", "import").code == 3
    assert knowing.run("clients", "import", "nowhere.trs").code == 3


# Forgetting


def test_a_person_is_forgotten(filled: Home) -> None:
    """Nothing of them is left on disk, also not in an order that comes once more; sums stay as they were."""
    buyer = {
        "first_name": "Олена",
        "last_name": "Вигадана",
        "phone": "+380500000001",
        "email": "olena@shop.example",
    }
    number = filled.market.place_order(
        [("26901", 1)],
        buyer=Buyer(**buyer),
        client_notes="Код під'їзду 0000",
        delivery_address="вул. Вигадана 1",
    )
    other = order(filled, first_name="Іван", phone="+380500000002")
    filled.sync("--only", "orders")
    before = filled.run("payments", "report").out
    asked = filled.run("clients", "forget", "050 000 00 01", "--yes")
    assert (asked.code, asked.err) == (
        0,
        "forgotten: 1 client, the people of 1 order, 1 file of the outbox\n",
    )

    def traces() -> list[str]:
        raw = filled.everything_written()
        words = ("Олена", "Вигадана", "500000001", "olena@", "Код під", "вул. Вигадана")
        return [word for word in words if word.encode() in raw]

    assert traces() == []
    filled.market.set_order_status(number, "received")
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
        filled.run("clients", "forget", "+380500000001", "--yes").err == "nobody with this phone is known\n"
    )


def test_a_person_is_forgotten_after_torgsoft_took_their_order(filled: Home) -> None:
    """The order stays as it was handed over; there is no file to take away."""
    number = order(filled, phone="+380500000001")
    filled.run("orders", "fetch")
    (filled.folder / "outbox" / "my-prom" / f"order-{number}.json").unlink()
    filled.run("orders", "fetch")
    ran = filled.run("clients", "forget", "+380500000001", "--yes")
    assert "the people of 1 order, 0 files of the outbox" in ran.err
    (found,) = filled.run("orders", "list", "--format", "json").json["orders"]
    assert found["phase"] == "taken"


def test_a_person_is_forgotten_before_their_order_was_written(knowing: Home) -> None:
    """No file of nobody is written afterwards; Torgsoft's own list is to be seen to by hand."""
    (knowing.folder / "outbox").mkdir(exist_ok=True)
    (knowing.folder / "outbox" / "my-prom").write_text("in the way")
    order(knowing, phone="+380500000001")
    assert knowing.run("orders", "fetch").code == 8
    (knowing.folder / "outbox" / "my-prom").unlink()
    ran = knowing.run("clients", "forget", "+380500000001", "--yes")
    assert "delete the person in Torgsoft too" in ran.err
    assert "to be written" not in knowing.run("orders", "fetch").out
    assert not (knowing.folder / "outbox" / "my-prom").exists()


def test_a_name_that_a_spreadsheet_would_run(home: Home) -> None:
    """In CSV it is text, and a phone stays what it is."""
    buyer = Buyer(first_name="Марко", last_name="=HYPERLINK(1)", phone="+380501234567")
    home.sync()
    home.market.place_order([("26901", 1)], buyer=buyer)
    home.run("sync", "--yes", "--only", "orders")
    shown = home.run("clients", "list", "--format", "csv").out
    assert "'=HYPERLINK(1)" in shown
    assert ",+380501234567," in shown
