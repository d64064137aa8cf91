"""`torgsync object adopt`: an existing shop is adopted, and nothing is written to Prom."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from homes import Home
from schemas import valid

from torgsync.cli.base.program import Program
from torgsync.cli.plan.schemas import COUNT, OR_NULL, TEXT, record

PAIR = record(
    good_id=TEXT,
    title=TEXT,
    prom_id=TEXT,
    external_id=OR_NULL,
    title_on_prom=TEXT,
    status=OR_NULL,
    by={"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[a-z-]+$"}},
)
GOOD = record(good_id=TEXT, title=TEXT)
PRODUCT = record(prom_id=TEXT, external_id=OR_NULL, title_on_prom=TEXT, status=OR_NULL)
ADOPTED = record(
    schema={"const": 1},
    object=TEXT,
    adopted={"type": "boolean"},
    matched={"type": "array", "items": PAIR},
    ambiguous={
        "type": "array",
        "items": record(
            by=TEXT,
            goods={"type": "array", "minItems": 1, "items": GOOD},
            products={"type": "array", "minItems": 1, "items": PRODUCT},
        ),
    },
    only_here={"type": "array", "items": GOOD},
    only_there={"type": "array", "items": PRODUCT},
    external_ids={"type": "null"},
    exit=COUNT,
)

TEDDY = "М’яка іграшка Ведмедик Мишко 40 см"  # 26916
HAMMER = "Молоток столярний 300 г"  # 26935


@pytest.fixture
def legacy(home: Home) -> Home:
    """A shop with products from before: by external id, by article, by name, one foreign, one twice."""
    shop = home.sandbox
    shop.add_product("26926", name="Крем", name_uk="Крем [red] для рук ягідний", price=Decimal(120))
    shop.add_product("old-35", name=HAMMER, name_uk=HAMMER, price=Decimal(260), quantity_in_stock=3)
    shop.add_product(None, name=TEDDY, name_uk=TEDDY, price=Decimal(480), quantity_in_stock=1)
    shop.add_product("x-9", name="Чужий [/b]", price=Decimal(1))
    for number in ("a", "b"):
        shop.add_product(number, name="Викрутка", name_uk="Рулетка 5 м; з фіксатором", price=Decimal(90))
    return home


def adopt(home: Home, *args: str) -> tuple[int, dict[str, Any]]:
    """Adopt the shop, and return the exit code and the JSON."""
    ran = home.run("object", "adopt", "--format", "json", *args)
    valid(ran.json, ADOPTED)
    return ran.code, ran.json


def pairs(document: dict[str, Any]) -> dict[str, tuple[str | None, tuple[str, ...]]]:
    """External id and rules of what was matched, keyed by good."""
    return {one["good_id"]: (one["external_id"], tuple(one["by"])) for one in document["matched"]}


def test_an_existing_shop(legacy: Home) -> None:
    """Matched by external id, then by common values; ambiguous ones are held, the rest is listed."""
    assert "torgsync object adopt" in legacy.run("update").err
    code, document = adopt(legacy)
    assert (code, legacy.writes()) == (8, [])
    assert pairs(document) == {
        "26926": ("26926", ("external-id",)),
        "26935": ("old-35", ("name",)),
        "26916": (None, ("name",)),
    }
    (doubt,) = document["ambiguous"]
    assert (doubt["by"], [good["good_id"] for good in doubt["goods"]]) == ("name", ["26936"])
    assert len(doubt["products"]) == 2
    assert [product["external_id"] for product in document["only_there"]] == ["x-9"]
    assert adopt(legacy, "--dry-run")[1]["matched"] == document["matched"]


def test_adopted_products_are_synchronised(legacy: Home) -> None:
    """By its id on Prom; products that cannot be edited are reported; nothing is created twice."""
    adopt(legacy)
    plan = legacy.run("update", "--format", "json").json
    verbs = {change["good_id"]: change["verb"] for change in plan["changes"]}
    assert (verbs["26935"], verbs["26916"], verbs["26926"]) == ("update", "update", "update")
    assert "26936" not in verbs
    reasons = {item["good_id"]: item["reason"] for item in plan["skipped_goods"]}
    assert reasons["26936"] == "ambiguous"
    assert [product["external_id"] for product in plan["foreign_products"]] == ["x-9"]
    before = len(legacy.sandbox.products())
    ran = legacy.sync()
    assert ran.code in (0, 8), ran.json
    shop = legacy.sandbox
    hammer = shop.product("old-35")
    assert (hammer.price, hammer.external_id) == (Decimal(268), "old-35")
    (teddy,) = [product for product in shop.products() if product.external_id is None]
    assert teddy.price == Decimal(489)
    assert len(shop.products()) == before + plan["counts"]["create"]
    legacy.sandbox.log.clear()
    again = legacy.sync()
    assert (again.json["counts"]["update"], legacy.writes()) == (0, [])
    assert {found["code"] for found in again.json["findings"]} >= {"adopt-ambiguous", "external-id-missing"}


def test_decisions(legacy: Home) -> None:
    """A person says which product it is, or that it is none; the file is the one that CSV gives."""
    rows = list(csv.DictReader(io.StringIO(legacy.run("object", "adopt", "--format", "csv").out)))
    doubted = [row for row in rows if row["story"] == "ambiguous"]
    assert [row["good_id"] for row in doubted] == ["26936", "26936"]
    decisions = legacy.folder / "decisions.csv"
    decisions.write_text(f"good_id,prom_id\n26936,{doubted[0]['prom_id']}\n26916,\n,17\n", "utf-8")
    code, document = adopt(legacy, "--decisions", str(decisions))
    assert (code, document["ambiguous"]) == (0, [])
    assert pairs(document)["26936"] == (doubted[0]["external_id"], ("decision",))
    assert len(document["only_there"]) == 2
    assert pairs(adopt(legacy)[1])["26936"][1] == ("decision",)
    decisions.write_text("good_id;prom_id\n'26936;new\n", "utf-8")
    assert "26936" not in pairs(adopt(legacy, "--decisions", str(decisions))[1])
    created = {change["good_id"] for change in legacy.run("update", "--format", "json").json["changes"]}
    assert "26936" in created


def test_a_good_whose_id_is_another_products_name(legacy: Home) -> None:
    """Created again it would overwrite the product that has this id; it is not made."""
    legacy.sandbox.add_product("26941", name=HAMMER + "!", name_uk="Долото", price=Decimal(5))
    number = legacy.sandbox.product("26941").id
    decisions = legacy.folder / "decisions.csv"
    decisions.write_text(f"good_id,prom_id\n26936,{number}\n", "utf-8")
    adopt(legacy, "--decisions", str(decisions))
    legacy.next_day()
    plan = legacy.run("update", "--format", "json").json
    assert {item["good_id"]: item["reason"] for item in plan["skipped_goods"]}["26941"] == "id-taken"
    assert "id-taken" in {found["code"] for found in plan["findings"]}


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        ("good_id\n1\n", "have no column `prom_id`"),
        ("good_id,prom_id\n1,2\n", "line 2  1: the export has no item `1`"),
        ("good_id,prom_id\n26936,2\n", "line 2  26936: the shop has no product 2"),
        (
            "good_id,prom_id\n26936,new\n26936,new\n",
            "line 2 decides about it too; leave one line for each item",
        ),
        ("good_id,prom_id\n26926,new\n", "it cannot be created again: product"),
        ("good_id,prom_id\n26936,1600000001\n26935,1600000001\n", "to the item `26936`"),
    ],
)
def test_decisions_that_cannot_be_followed(legacy: Home, content: str, mistake: str) -> None:
    """Every mistake is reported with its line; nothing is adopted."""
    decisions = legacy.folder / "decisions.csv"
    decisions.write_text(content, "utf-8")
    ran = legacy.run("object", "adopt", "--decisions", str(decisions))
    assert (ran.code, mistake in ran.err) == (64, True), ran.err
    assert legacy.run("update").code == 7
    decisions.write_bytes(b"\xff")
    assert legacy.run("object", "adopt", "--decisions", str(decisions)).code == 64
    assert legacy.run("object", "adopt", "--decisions", str(decisions.with_name("none"))).code == 64


def test_the_table(legacy: Home) -> None:
    """The table reads at 80 columns, and says how to go on."""
    shown = legacy.run("object", "adopt")
    assert shown.code == 8
    assert shown.lines[0] == "My Prom: 3 items matched: 2 by name, 1 by external id"
    assert f"  26935  {HAMMER} = Prom 1600000002 (old-35)  {HAMMER}, by name" in shown.lines
    assert "1 item ambiguous: it waits until you decide which product it is" in shown.lines
    assert "1 product only on Prom.ua: foreign" in shown.lines
    assert "  … and 26 more; `--all` lists them" in shown.lines
    assert "torgsync object adopt" in shown.err
    output = legacy.run("why", "26935").out
    assert "adopted: product 1600000002, by name" in output
    assert "possible matches: products" in legacy.run("why", "26936").out
    adopted = json.loads(legacy.run("why", "26916", "--format", "json").out)["good"]
    assert (adopted["adopted"]["by"], adopted["existing"]["external_id"]) == (["name"], None)


def test_a_dry_run_stores_nothing(legacy: Home) -> None:
    """The result is shown, and the object is unchanged."""
    ran = legacy.run("object", "adopt", "--dry-run")
    assert (ran.code, "nothing was taken over" in ran.err) == (0, True)
    assert legacy.run("update").code == 7


def test_the_state_can_be_rebuilt(filled: Home) -> None:
    """A lost state is built again from the export and the shop, and nothing is sent that is there already."""
    for file in filled.folder.glob("state.db*"):
        file.unlink()
    assert filled.run("sync", "--yes").code == 7
    code, document = adopt(filled)
    assert (code, len(document["matched"])) == (0, 39)
    filled.sandbox.log.clear()
    plan = filled.run("update", "--format", "json").json
    assert (plan["counts"]["create"], plan["counts"]["remove"]) == (0, 0)
    shown = {name for change in plan["changes"] for name in change["fields"]}
    assert shown <= {"group", "photos", "characteristics", "gtin", "description", "description_ru"}, shown


def test_an_adopted_product_that_left_the_export(legacy: Home) -> None:
    """It is managed now, so it is removed as `gone` defines, by its id on Prom."""
    adopt(legacy)
    legacy.sync()
    legacy.edit_export(
        lambda text: "\r\n".join(row for row in text.split("\r\n") if not row.startswith("26935;"))
    )
    ran = legacy.sync("--allow", "removals=1")
    assert [out["verb"] for out in ran.json["outcomes"] if out["good_id"] == "26935"] == ["remove"]
    assert legacy.sandbox.product("old-35").status == "not_on_display"


def test_a_strangers_shop(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no product is a good of the export, only a person takes it over: asked, or by `--yes`."""
    home.sandbox.add_product("x-1", name="Чужий", price=Decimal(1))
    home.sandbox.add_product("x-2", name="Теж чужий", price=Decimal(2))
    doubt = "none of the 2 products on Prom.ua matches an item of this export; is this your shop?"
    ran = home.run("object", "adopt")
    assert (ran.code, doubt in ran.err, 'object adopt "My Prom" --yes' in ran.err) == (64, True, True)
    assert home.run("object", "adopt", "--dry-run").code == 0
    assert home.run("sync", "--yes").code == 7
    monkeypatch.setattr(Program, "asks", True)
    ran = home.run("object", "adopt", stdin="n\n")
    assert (ran.code, f"! {doubt}" in ran.err) == (1, True)
    assert home.run("object", "adopt", "--yes").code == 0
    assert home.run("sync", "--only", "goods", "--yes").code == 0
