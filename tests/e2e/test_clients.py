"""`torgsync clients`: who ordered, found by phone and e-mail, never guessed."""

from __future__ import annotations

from typing import Any

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
