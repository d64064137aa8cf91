"""The keys of the export change: no good gets a second product, and none is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
import schemas as documents
from corpus import DATA
from dialects import csv, offer, xlsx, yml
from homes import Home, Ran, SandboxAddress
from key_changes import KEYS, first_day, shown, tomorrow
from matrix import sampled

from torgsync.cli.plan import schemas

COLUMNS = (
    "GoodID",
    "GoodName",
    "Articul",
    "Barcode",
    "RetailPrice",
    "RetailPriceWithDiscount",
    "WarehouseQuantity",
    "TheSize",
)


@pytest.fixture
def shop(tmp_path: Path, sandbox_server: SandboxAddress) -> Home:
    """A shop of twelve goods after its first synchronisation."""
    return first_day(tmp_path, sandbox_server, "ids-renumbered")


UNCHANGED = {key: (Decimal("450.00"), 3, "available", f"05{key}") for key in KEYS}


def some(*keys: str) -> Callable[[str], str]:
    """Return a change by which only these goods have new keys."""

    def change(text: str) -> str:
        lines = text.splitlines(keepends=True)
        return "".join(line if line[2:5] in keys or line[0] == "G" else line[2:] for line in lines)

    return change


def held(ran: Ran) -> dict[str, str]:
    """Return the guard that holds each change, keyed by good."""
    return {change["good_id"]: change["held"] for change in ran.json["changes"]}


def nothing_pending(home: Home, *args: str) -> None:
    assert home.run("update", "--format", "json", *args).json["changes"] == []
    home.sandbox.log.clear()
    assert (home.sync().code, home.writes()) == (0, [])


def test_renumbered_keys_are_held(shop: Home) -> None:
    """Creations and removals wait together, in every run; the message pairs old and new keys."""
    tomorrow(shop)
    for _ in range(2):
        ran = shop.sync()
        assert (ran.code, shown(shop)) == (8, UNCHANGED)
        assert set(held(ran).values()) == {"identity"}
        assert len(held(ran)) == 24
    identity, removals = ran.json["guards"]
    documents.valid(shop.run("update", "--format", "json").json, schemas.UPDATE)
    assert identity["pairs"] == [{"old": key, "new": f"10{key}"} for key in KEYS]
    assert (identity["allow"], removals["allow"]) == ("--allow identity=12", "--allow removals=12")
    lines = shop.run("update").lines
    assert (
        "! held     the key seems to have changed in 12 items: 701 is now 10701, 702 is now 10702, 703 is "
        "now 10703, and 9 more items"
    ) in lines
    for good in ("10701", "701"):
        answer = " ".join(shop.run("why", good).out.split())
        assert "the key seems to have changed in 12 items: 701 is now 10701" in answer
        assert "link the new keys to these products: torgsync object adopt" in answer
    assert shop.sync("--allow", "removals=12").code == 8
    assert shop.sync("--allow", "identity=12").code == 8
    assert shown(shop) == UNCHANGED


def test_the_export_is_mended(shop: Home) -> None:
    """Nothing was done, so nothing is pending."""
    tomorrow(shop)
    shop.sync()
    shutil.copyfile(DATA / "ids-renumbered" / "TSGoods.trs", shop.export)
    nothing_pending(shop)


def test_the_new_keys_are_linked(shop: Home) -> None:
    """The products are theirs with all that was sent; the old keys come back only by a decision too."""
    tomorrow(shop)
    shop.sync()
    assert shop.run("object", "adopt", "--yes").code == 0
    nothing_pending(shop, "--full-refresh")
    shop.edit_export(lambda text: text.replace('701;"Капці 701"', '701;"Капці 701 нові"'))
    assert shop.sync().code == 0
    assert shop.sandbox.product("701").name_uk == "Капці 701 нові"
    tomorrow(shop, change=some(*KEYS[1:]))
    shop.edit_export(lambda text: text.replace('701;"Капці 701"', '701;"Капці 701 нові"'))
    ran = shop.sync()
    assert (ran.code, held(ran), shown(shop)) == (8, {"10701": "identity"}, UNCHANGED)
    assert shop.run("object", "adopt", "--yes").code == 0
    nothing_pending(shop)


def test_a_few_keys_change(shop: Home) -> None:
    """No mass of removals is needed; what else changed goes, and a person may say that they are others."""
    tomorrow(shop, change=some("705"))
    shop.edit_export(lambda text: text.replace(";450;450;3;", ";460;460;3;", 1))
    ran = shop.sync()
    assert (ran.code, held(ran)) == (8, {"701": None, "705": "identity", "10705": "identity"})
    after = {**UNCHANGED, "701": (Decimal("460.00"), 3, "available", "05701")}
    assert shown(shop) == after
    only = shop.run("sync", "--yes", "--format", "json", "--fields", "status")
    assert (only.code, held(only)) == (8, {"705": "identity"})
    shop.run("update", "--allow", "identity=1", "--out", str(shop.folder / "plan"))
    assert shop.run("sync", "--plan", str(shop.folder / "plan")).code == 0
    assert shown(shop).keys() == {*KEYS, "10705"} - {"705"}
    (override,) = shop.run("history", "--format", "json").json["runs"][0]["overrides"]
    assert "705 is now 10705" in override["saw"]
    nothing_pending(shop)


@pytest.mark.parametrize("policy", ["keep", "not-available"])
def test_products_that_stay_in_the_shop(shop: Home, policy: str) -> None:
    """Where `gone` leaves a product on the site, its good under another key is held all the same."""
    shop.edit_object('gone = "delete"', f'gone = "{policy}"')
    tomorrow(shop, change=some("705"))
    before = shown(shop)
    ran = shop.sync()
    assert (ran.code, set(held(ran).values()), shown(shop)) == (8, {"identity"}, before)


def test_new_goods_wait_with_held_removals(shop: Home) -> None:
    """Nothing is recognised, so it is unknown whether these are the old goods."""
    tomorrow(shop, change=lambda text: text.replace("Капці", "Тапки").replace('"290', '"29X'))
    ran = shop.sync()
    assert (ran.code, shown(shop)) == (8, UNCHANGED)
    (guard,) = ran.json["guards"]
    assert (guard["guard"], guard["waiting"], guard["allow"]) == ("removals", 12, "--allow removals=12")
    assert set(held(ran).values()) == {"removals"}
    assert "12 new items wait until then" in shop.run("update").out
    assert shop.sync("--allow", "removals=12").code == 0
    assert shown(shop).keys() == {f"10{key}" for key in KEYS}


def test_formula_keys_are_the_keys(tmp_path: Path, sandbox_server: SandboxAddress) -> None:
    """A spreadsheet that writes `="701"` changes nothing."""
    shop = first_day(tmp_path, sandbox_server, "csv-formula-key-later")
    tomorrow(shop, "csv-formula-key-later")
    nothing_pending(shop)
    assert shown(shop) == UNCHANGED


@pytest.mark.parametrize(
    ("form", "spelling"),
    sampled(
        product(["csv", "tabs", "yml", "xlsx"], ['="{}"', "'{}", "{},00", " {}\u200b", "{}.0"]),
        ("tabs", '="{}"'),
        ("yml", "'{}"),
    ),
)
def test_respelled_keys_in_every_form(shop: Home, form: str, spelling: str) -> None:
    """Whatever the file is written in, the goods are the same."""
    lines = (DATA / "ids-renumbered" / "TSGoods.trs").read_text("utf-8-sig").splitlines()[1:]
    rows = [line.replace('"', "").split(";") for line in lines]
    shop.export.write_bytes(written(form, [[spelling.format(row[0]), *row[1:]] for row in rows]))
    assert shop.run("update", "--format", "json").json["changes"] == []


def written(form: str, rows: Sequence[Sequence[str]]) -> bytes:
    """Return an export of these rows."""
    match form:
        case "csv":
            return csv(COLUMNS, rows).encode()
        case "tabs":
            return csv(COLUMNS, rows, delimiter="\t", needless=False).encode()
        case "yml":
            return yml([offer(COLUMNS, row) for row in rows]).encode()
        case _:
            return xlsx([COLUMNS, *rows])
