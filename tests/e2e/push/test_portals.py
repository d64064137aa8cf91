"""A shop on another address or portal than Prom.ua: everything about it goes there, and nothing elsewhere."""

from __future__ import annotations

import json

import pytest
from homes import Home, invented_shop

from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.orders import ShopBuyer


def test_two_shops_of_one_home_are_at_addresses_of_their_own(home: Home) -> None:
    """The address of the sync object goes before that of the environment, which the other one uses."""
    second = home.second_object("Elsewhere", "elsewhere.toml")
    with serve(invented_shop()) as other:
        second.write_text(f'{second.read_text("utf-8")}\n[connection]\nurl = "{other.url}"\n', "utf-8")
        assert home.run("sync", "--yes", "--only", "goods", "-o", "Elsewhere").code == 0
        assert len(other.shop.imports()) == 1
        assert home.sandbox.log.writes() == []
        checked = home.run("doctor", "-o", "Elsewhere", "--format", "json")
        assert checked.code == 0
    assert home.run("sync", "--yes", "--only", "goods", "-o", "My Prom").code == 0
    assert len(home.sandbox.imports()) == 1


def on_portal(home: Home, name: str) -> None:
    """Move the shop to another marketplace, whose sandbox has its ways."""
    home.edit_object('via = "prom.ua"', f'via = "{name}"')
    home.edit_object("languages = { name", "# languages = { name")
    home.set_quirks(f"portal={name}")


@pytest.mark.parametrize(
    ("name", "currency", "phone", "dialled"),
    [
        ("satu.kz", "KZT", "+77010000001", "8 701 000 00 01"),
        ("deal.by", "BYN", "+375290000001", "80290000001"),
        ("prom.md", "MDL", "+37369000001", "069000001"),
    ],
)
def test_a_shop_of_another_marketplace_is_synchronised(
    home: Home, name: str, currency: str, phone: str, dialled: str
) -> None:
    """Its currency, its language and its local phones are its own; a second run finds nothing to do."""
    on_portal(home, name)
    ran = home.sync("--only", "goods")
    assert (ran.code, ran.json["counts"]["held"]) == (0, 0)
    products = home.sandbox.catalog.products
    assert {product.currency for product in products} == {currency}
    assert {product.name_uk for product in products} == {None}
    again = home.sync("--only", "goods")
    assert (again.json["changes"], again.json["outcomes"]) == ([], [])
    home.edit_row("26920", "325;0;325", "330;0;330")
    edited = home.sync("--only", "goods")
    assert [(one["via"], list(one["fields"])) for one in edited.json["changes"]] == [("edit", ["price"])]
    assert edited.code == 0
    buyer = ShopBuyer(first_name="Айгуль", last_name="Вигадана", phone=dialled, email="a@shop.example")
    home.sandbox.place_order([("26920", 2)], buyer=buyer)
    home.sync("--only", "orders")
    (order,) = home.run("orders", "list", "--format", "json").json["orders"]
    assert order["currency"] == currency
    document = json.loads(next((home.folder / "outbox").rglob("*.json")).read_text("utf-8"))
    assert document["Options"]["Comment"].startswith(f"{name.capitalize()} {order['id']}; ")
    (client,) = home.run("clients", "list", "--format", "json").json["clients"]
    assert client["phone"] == phone


def test_texts_go_only_into_languages_of_the_marketplace(home: Home) -> None:
    """What the marketplace does not have is a mistake of the settings, with its line."""
    home.edit_object('via = "prom.ua"', 'via = "satu.kz"')
    ran = home.run("object", "check")
    assert ran.code == 3
    assert 'texts on Satu.kz are only in "ru"' in ran.out + ran.err


def test_a_marketplace_that_was_never_tried_is_said_to_be_so(home: Home) -> None:
    """Before the first sending, and whenever something is wrong."""
    on_portal(home, "satu.kz")
    for command in (["object", "check"], ["doctor"]):
        assert "Satu.kz was never tried on a living shop" in " ".join(home.run(*command).out.split())


@pytest.mark.parametrize(
    ("language", "said"), [("uk", "Satu.kz не прийняв"), ("en", "Satu.kz refused the token")]
)
def test_messages_name_the_marketplace_of_the_shop(home: Home, language: str, said: str) -> None:
    """And its cabinet by its own words: nothing sends its people to another one."""
    on_portal(home, "satu.kz")
    (home.shop / "token").write_text("wrong", "utf-8")
    ran = home.run("--lang", language, "sync", "--yes")
    assert ran.code == 4
    assert said in ran.err
    assert "Prom.ua" not in ran.err
    home.edit_object('via = "satu.kz"', 'via = "prom.ua"')
    assert "Prom.ua" in home.run("--lang", language, "sync", "--yes").err
