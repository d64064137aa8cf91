"""What a YML file says of an offer, as it reaches the shop; the sandbox is on a real socket."""

from __future__ import annotations

import pytest
from corpus import DATA
from homes import Home

OBJECT = """name = "My Prom"
api_key = { file = "token" }

[catalog]
path = "shop.yml"

[limits]
requests_per_second = 50

"""


def shop_of(home: Home, case: str, *fields: tuple[str, ...]) -> str:
    """Make a folder of the corpus the shop's export, map its columns and send it; return the export."""
    (source,) = (path for path in (DATA / case).iterdir() if path.suffix == ".yml")
    text = source.read_text("utf-8")
    home.object.write_text(OBJECT, "utf-8")
    write(home, text)
    assert home.run("fields", "add-all").code == 0
    for field in fields:
        assert home.run("fields", "add", *field).code == 0
    assert home.sync().code == 0
    return text


def write(home: Home, text: str) -> None:
    """Have the accounting program write another export."""
    (home.shop / "shop.yml").write_text(text, "utf-8")


def pending(home: Home) -> dict[str, list[str]]:
    """Return the fields that would change, keyed by good."""
    changes = home.run("update", "--format", "json").json["changes"]
    return {change["good_id"]: sorted(change["fields"]) for change in changes}


def test_a_unit_that_changes_alone(home: Home) -> None:
    """It is a pending change, and the shop shows the value with its own unit."""
    text = shop_of(home, "yml-param-unit", ("Вага", "--dynamic", "--name", "Вага"))
    (weight,) = home.sandbox.product("11").attributes
    assert (weight.name, weight.unit, weight.value) == ("Вага", "кг", "5")
    write(home, text.replace('unit="кг"', 'unit="т"'))
    assert pending(home) == {"11": ["characteristics"]}
    assert home.sync().code == 0
    assert [item.unit for item in home.sandbox.product("11").attributes] == ["т"]
    assert pending(home) == {}


def test_the_languages_of_a_pair(home: Home) -> None:
    """Each text is in its language, also the name of an offer that has one language only."""
    text = shop_of(home, "yml-name-ua")
    product = home.sandbox.product("11")
    assert (product.name_uk, product.name) == ("Сукня червона", "Платье красное")
    single = (
        '<offer id="12"><name>Пояс</name><price>50</price><quantity_in_stock>5</quantity_in_stock></offer>'
    )
    write(home, text.replace("<offers>", f"<offers>{single}"))
    assert home.sync().code == 0
    assert home.sandbox.product("12").name == "Пояс"
    assert pending(home) == {}


def test_wholesale_prices_that_end(home: Home) -> None:
    """They are sent with the good, and taken off it when the offer has none any more."""
    text = shop_of(home, "yml-wholesale-prices")
    steps = home.sandbox.product("11").prices
    assert [tuple(map(str, (step.price, step.minimum_order_quantity))) for step in steps] == [
        ("150.00", "5"),
        ("120.00", "10"),
    ]
    start, end = text.index("<prices>"), text.index("</prices>")
    write(home, text[:start] + text[end + len("</prices>") :])
    assert pending(home) == {"11": ["wholesale_prices"]}
    assert home.sync().code == 0
    assert home.sandbox.product("11").prices == ()


def test_a_category_keeps_its_number(home: Home) -> None:
    """A group made from an id that is no number is the same group in the next export."""
    text = shop_of(home, "yml-uuid-categories")
    assert pending(home) == {}
    other = '<category id="00aa5d22">Взуття</category>'
    write(home, text.replace("<categories>", f"<categories>{other}"))
    assert pending(home) == {}


@pytest.mark.parametrize("name", ["Колір", "колір ", "КОЛІР"])
def test_a_characteristic_is_mapped_once(home: Home, name: str) -> None:
    """However its name is spelt, another column with that name is a wrong argument."""
    (home.shop / "TSGoods.trs").write_bytes((DATA / "duplicate-characteristic" / "TSGoods.trs").read_bytes())
    home.object.write_text(OBJECT.replace("shop.yml", "TSGoods.trs"), "utf-8")
    assert home.run("fields", "add-all").code == 0
    before = home.object.read_text("utf-8")
    refused = home.run("fields", "add", "kolir", "--dynamic", "--name", name)
    assert (refused.code, home.object.read_text("utf-8")) == (64, before)
    assert f"is already mapped to `characteristic {name.strip()}`" in refused.err
