"""`torgsync object adopt --write-ids`: missing external ids are written by import, and nothing else is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from faulty import FaultyServer, Kills
from homes import Home, Ran, stopped
from schemas import valid
from shops import Clock

from torgsync.cli.plan.schemas import COUNT, TEXT, record
from torgsync.prom.spreadsheet import COLUMNS
from torgsync.sandbox.shop.products import ShopProduct
from torgsync.sandbox.shop.spreadsheet import read_sheet

OBJECT = """
name = "My Prom"
api_key = { file = "token" }
[catalog]
path = "TSGoods.trs"
[[fields]]
column = "GoodName"
to = "name"
[[fields]]
column = "RetailPrice"
to = "price"
[[fields]]
column = "WarehouseQuantity"
to = "quantity"
[[fields]]
column = "Description"
to = "description"
[limits]
imports_per_day = 8
requests_per_second = 50
"""
GOODS = {"101": "=Казан [red] 5 л", "102": "Кухоль «Сад»", "0103": "Відро 10 л", "104": "Таз"}
KEPT = "Миска"  # good 105, whose product has another external id


@dataclass
class Takeover:
    """A shop whose products were made in the cabinet, and a clock that waiting moves."""

    home: Home
    clock: Clock

    def run(self, *args: str, stdin: str | None = None) -> Ran:
        return self.home.run(*args, stdin=stdin, now=self.clock, sleep=self.wait)

    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)

    def adopt(self, *args: str) -> Ran:
        return self.run("object", "adopt", "--write-ids", *args)

    def sheets(self) -> list[list[dict[str, str]]]:
        """The rows of each spreadsheet that Prom took."""
        sent = (entry.feed for entry in self.home.sandbox.imports())
        return [read_sheet(feed) for feed in sent if feed.startswith(b"PK")]

    def sent(self) -> list[str]:
        """The external ids that were sent, oldest first."""
        return [row["Ідентифікатор_товару"] for sheet in self.sheets() for row in sheet]

    def rest(self) -> list[ShopProduct]:
        """All products, without what an external id and its import move."""
        then = datetime(2026, 1, 1, tzinfo=UTC)
        products = self.home.sandbox.products()
        return [replace(one, external_id=None, date_modified=then) for one in products]


@pytest.fixture
def shop(bare: Home) -> Takeover:
    """A shop whose imports take eight minutes, by a clock that waiting moves."""
    clock = Clock()
    bare.sandbox._clock = clock
    bare.set_quirks("import_seconds=480", "second_import=refuse")
    fill(bare)
    return Takeover(bare, clock)


def fill(bare: Home) -> None:
    """Make four products without an external id and one with another one, and their goods."""
    bare.object.write_text(OBJECT, "utf-8")
    names = [*GOODS.items(), ("105", KEPT)]
    rows = [f'{key};"{name}";{100 + n};{n + 1};"Опис {n}"' for n, (key, name) in enumerate(names)]
    head = '"GoodID";"GoodName";"RetailPrice";"WarehouseQuantity";"Description"'
    bare.export.write_text("\r\n".join([head, *rows, ""]), "utf-8")
    for number, (key, name) in enumerate(names):
        bare.sandbox.add_product(
            "old" if key == "105" else None,
            name=f"{name} рус.",
            name_uk=name,
            sku=None if number == 1 else f"0{number}",
            price=Decimal(100 + number),
            quantity_in_stock=number,
        )


ONE = {"good_id": TEXT, "prom_id": TEXT, "title": TEXT}
DIFFERENCE = record(key=TEXT, before=TEXT, after=TEXT)
RESULT = record(**ONE, outcome=TEXT, message=TEXT, differences={"type": "array", "items": DIFFERENCE})
IDS = record(
    planned={"type": "array", "items": record(**ONE)},
    kept=COUNT,
    imports=COUNT,
    imports_left=COUNT,
    agreed={"type": ["boolean", "null"]},
    results={"type": "array", "items": RESULT},
)


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    valid(document["external_ids"], IDS)
    return {one["good_id"]: one["outcome"] for one in document["external_ids"]["results"]}


def findings(shop: Takeover) -> tuple[set[str], set[str]]:
    """The codes of a plan's findings, and the fields that it changes in the first good."""
    plan = shop.run("update", "--format", "json").json
    changes = [change["fields"] for change in plan["changes"] if change["good_id"] == "101"]
    return {found["code"] for found in plan["findings"]}, {name for fields in changes for name in fields}


def test_two_go_first_and_then_the_rest(shop: Takeover) -> None:
    """All four columns are in every row, as they are on Prom; afterwards texts can go as well."""
    before = shop.rest()
    shop.run("object", "adopt")
    codes, fields = findings(shop)
    assert ("external-id-missing" in codes, fields) == (True, {"quantity"})
    ran = shop.adopt("--yes", "--format", "json")
    assert (ran.code, outcomes(ran.json)) == (0, dict.fromkeys(GOODS, "written")), ran.err
    assert shop.rest() == before
    assert [one.external_id for one in shop.home.sandbox.products()] == [*GOODS, "old"]
    first, rest = shop.sheets()
    assert (len(first), len(rest)) == (2, 2)
    rows = {row["Ідентифікатор_товару"]: row for row in [*first, *rest]}
    assert all(tuple(row) == COLUMNS for row in rows.values())
    assert tuple(rows["101"].values()) == ("1600000001", "=Казан [red] 5 л рус.", "00", "101")
    assert (rows["102"] in first, rows["102"]["Код_товару"]) == (True, "")
    for entry in shop.home.sandbox.imports():
        assert entry.settings.updated_fields == {"sku"}
        assert (entry.settings.mark_missing_product_as, entry.settings.force_update) == ("none", False)
    codes, fields = findings(shop)
    assert "external-id-missing" not in codes
    assert "description" in fields
    shop.clock.advance(days=1)
    again = shop.adopt("--yes")
    assert (again.code, "there is nothing to write" in again.err, len(shop.sheets())) == (0, True, 2)


def test_an_import_that_changes_more_stops_everything(shop: Takeover) -> None:
    """The difference is shown, the other products are left alone, and the exit code says: unsafe."""
    shop.home.set_quirks("spreadsheets=wipe")
    ran = shop.adopt("--yes")
    assert (ran.code, len(shop.sheets())) == (7, 1)
    assert ran.lines[-1] == "2 products have their external ids on Prom.ua nevertheless"
    assert "the import did it: write no more ids, and correct them: torgsync sync -o" in ran.err
    assert {"    presence: available -> not_available", "    price: 100 -> nothing"} <= {*ran.lines}
    assert "after the import 2 products differ in more than the external id; nothing else" in ran.err
    assert sum(one.price is None for one in shop.home.sandbox.products()) == 2
    plan = shop.run("update", "--format", "json").json
    mended = {change["good_id"] for change in plan["changes"] if "presence" in change["fields"]}
    assert mended == {"101", "102"}


def test_a_known_destruction_stays_stopped(shop: Takeover) -> None:
    """The values must be there again, and a person must say so: neither `--yes` nor `--again` is enough."""
    shop.home.set_quirks("spreadsheets=wipe")
    assert shop.adopt("--yes").code == 7
    shop.home.set_quirks("spreadsheets=as-asked")
    for args in (["--yes"], ["--yes", "--again"], ["--dry-run"]):
        ran = shop.adopt(*args)
        assert (ran.code, "2 products are not as they were before" in ran.err) == (7, True), ran.err
    assert "changed more than external ids" in shop.run("doctor").out
    synced = shop.run("sync", "--yes", "--only", "goods")
    assert "changed more than the ids; to see what" in synced.err
    ran = shop.adopt("--yes")
    assert (ran.code, "--write-ids --again" in ran.err, len(shop.sheets())) == (7, True, 1), ran.err
    ran = shop.adopt("--yes", "--again")
    assert (ran.code, len(shop.sheets())) == (0, 2), ran.err
    assert "how many imports were used" not in ran.err
    *_, first = shop.run("history", "--format", "json").json["runs"]
    assert first["external_ids"] == {"written": 2, "changed": 2}
    text = shop.run("history", "1").out
    assert "2 products changed in more than the external id" in text
    assert "no changes" not in text
    assert shop.run("object", "adopt", "--again").code == 64


def test_an_import_of_ids_that_was_left_open(shop: Takeover) -> None:
    """`doctor` and `sync` name the command that finishes it, and call it no other import."""
    shop.home.set_quirks("import_seconds=4800")
    args = ("object", "adopt", "--write-ids", "--yes")
    assert shop.home.run(*args, now=shop.clock, sleep=stopped).code == 130
    command = 'torgsync object adopt "My Prom" --write-ids'
    assert command in shop.run("doctor").out
    shop.home.export.write_text(shop.home.export.read_text("utf-8") + '106;"Глек";7;1;"Опис"\r\n', "utf-8")
    synced = shop.home.run("sync", "--yes", "--only", "goods", "--no-wait", now=shop.clock)
    assert command in synced.err, synced.err
    assert "the import of external ids sent " in synced.err, synced.err
    assert "another import" not in synced.err + synced.out
    assert "not known yet" in shop.run("history", "1").out
    shop.clock.advance(minutes=40)
    late = shop.home.run("sync", "--yes", "--only", "goods", "--no-wait", now=shop.clock)
    assert (late.code, f"go on with: {command}" in late.err, "another import" in late.err) == (8, True, False)


def test_a_stopped_run_is_continued(shop: Takeover) -> None:
    """What it sent is compared with what it stored, and is never sent twice."""
    args = ("object", "adopt", "--write-ids", "--yes")
    first = shop.home.run(*args, now=shop.clock, sleep=stopped)
    assert (first.code, "go on with: torgsync object adopt" in first.err) == (130, True)
    second = shop.adopt("--yes", "--format", "json")
    assert (second.code, len(outcomes(second.json))) == (0, 4), second.out
    assert sorted(shop.sent()) == sorted(GOODS)


def test_without_a_terminal_a_yes_is_needed(shop: Takeover) -> None:
    """Nothing is asked of Prom, and the hint is the command that only shows."""
    ran = shop.adopt()
    assert (ran.code, len(shop.home.sandbox.log)) == (64, 0)
    assert 'torgsync object adopt "My Prom" --write-ids --dry-run' in ran.err
    shown = shop.adopt("--dry-run")
    assert (shown.code, shop.home.writes()) == (0, [])
    assert "4 products without an external id: they get the ids of their items" in shown.lines
    assert "1 product with another external id: left as is" in shown.lines
    document = shop.adopt("--dry-run", "--format", "json").json
    assert (len(document["external_ids"]["planned"]), outcomes(document)) == (4, {})
    table = shop.adopt("--dry-run", "--format", "csv")
    assert (table.lines[0], len(table.lines)) == (
        "story,by,good_id,title,prom_id,external_id,title_on_prom",
        6,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("answers", "code", "sheets"), [("y\ny\n", 0, 2), ("y\nn\n", 1, 0), ("n\n", 1, 0)])
def test_it_is_shown_and_asked_first(
    shop: Takeover, monkeypatch: pytest.MonkeyPatch, answers: str, code: int, sheets: int
) -> None:
    """Twice: whether the shop is taken over, and whether to write; a no ends with 1."""
    monkeypatch.setattr("torgsync.cli.base.program.Program.asks", True)
    ran = shop.run("object", "adopt", "--write-ids", stdin=answers)
    assert (ran.code, len(shop.sheets())) == (code, sheets), ran.err
    assert ("nothing was sent to Prom.ua" in ran.err) is bool(code)


@pytest.mark.slow
def test_an_import_that_writes_no_ids(shop: Takeover) -> None:
    """It is not repeated for the rest."""
    shop.home.set_quirks("spreadsheets=no-ids")
    ran = shop.adopt("--yes", "--format", "json")
    assert (ran.code, set(outcomes(ran.json).values())) == (6, {"refused"})
    assert (len(shop.sheets()), ran.json["error"]["kind"]) == (1, "prom-refused")


@pytest.mark.slow
def test_products_that_are_left_alone(shop: Takeover) -> None:
    """One whose id another product has, which no list shows, is never sent."""
    shop.run("object", "adopt")
    shop.home.set_quirks("root_group_only=true")
    shop.home.sandbox.add_product("101", name="Інший", group_id=5)
    ran = shop.adopt("--yes", "--format", "json")
    assert (ran.code, outcomes(ran.json)) == (6, dict.fromkeys(GOODS, "written") | {"101": "taken"})
    assert sorted([*shop.sent(), "101"]) == sorted(GOODS)


@pytest.mark.slow
def test_a_stopped_run_whose_import_wiped(shop: Takeover) -> None:
    """The next run finds out, although it sent nothing itself."""
    shop.home.set_quirks("spreadsheets=wipe", "import_seconds=1500")
    assert shop.adopt("--yes").code == 5
    shop.clock.advance(minutes=20)
    assert (shop.adopt("--yes").code, len(shop.sheets())) == (7, 1)


@pytest.mark.slow
def test_a_lost_answer(shop: Takeover) -> None:
    """It is looked for during five minutes; prices sent meanwhile are no damage, and no id is sent twice."""
    shop.run("object", "adopt")
    shop.home.misbehave("POST products/import_file lost nth=1")
    began = shop.clock()
    assert (shop.adopt("--yes").code, (shop.clock() - began).total_seconds()) == (5, 270)
    shop.run("sync", "--yes", "--only", "goods")
    shop.clock.advance(minutes=5)
    second = shop.adopt("--yes", "--format", "json")
    assert (second.code, set(outcomes(second.json).values())) == (0, {"written"}), second.out
    assert sorted(shop.sent()) == sorted(GOODS)


@pytest.mark.slow
def test_a_lost_answer_of_an_import_that_never_was(shop: Takeover) -> None:
    """After half an hour what is still missing is sent."""
    shop.home.misbehave("POST products/import_file cut nth=1")
    assert shop.adopt("--yes").code == 5
    shop.clock.advance(minutes=14)
    assert shop.adopt("--yes").code == 5
    shop.clock.advance(minutes=6)
    assert (shop.adopt("--yes").code, len(shop.sheets())) == (0, 2)


@pytest.mark.slow
def test_an_import_that_hangs(shop: Takeover) -> None:
    """A run waits for a quarter of an hour; after half an hour the message says how to cancel it."""
    shop.home.misbehave("POST products/import_file import-never-ends nth=1")
    began = shop.clock()
    assert shop.adopt("--yes").code == 5
    assert 900 <= (shop.clock() - began).total_seconds() <= 960
    shop.clock.advance(minutes=20)
    ran = shop.adopt("--yes")
    assert (ran.code, "«Товари» › «Імпорт»" in ran.err, len(shop.sheets())) == (8, True, 1)


@pytest.mark.slow
@pytest.mark.parametrize("reason", ["running", "daily-limit"])
def test_an_import_that_prom_does_not_take(shop: Takeover, reason: str) -> None:
    """Nothing is counted, nothing is remembered as sent, and the next run sends it."""
    shop.home.misbehave(f"POST products/import_file import-refused reason={reason}")
    assert shop.adopt("--yes").code == 5
    shop.home.misbehave()
    ran = shop.adopt("--yes", "--format", "json")
    assert (ran.code, ran.json["external_ids"]["imports_left"]) == (0, 8)


@pytest.mark.slow
def test_the_days_imports_are_used_up(shop: Takeover) -> None:
    """Nothing is begun that the day's imports cannot finish."""
    shop.home.edit_object("imports_per_day = 8", "imports_per_day = 1")
    ran = shop.adopt("--yes")
    assert (ran.code, "this needs 2 imports; imports left today: 1" in ran.err) == (5, True)
    assert shop.sheets() == []


KILLED_AT = (10, 11, 12, 14, 19, 20, 22)
"""Requests around both imports, the 11th and the 19th, up to the last one."""


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("nth", KILLED_AT)
def test_killed_at_a_request(nth: int, after: bool, bare: Home, faulty: FaultyServer) -> None:
    """The next runs finish the work: every product has its id, nothing else changed, none was sent twice."""
    home = Home(bare.folder, bare.shop, faulty)
    fill(home)
    shop = Takeover(home, Clock())
    before = shop.rest()
    kills = Kills(nth, after)
    faulty.misbehave("ANY /", kills)
    with home.start("object", "adopt", "--write-ids", "--yes") as process:
        kills.process = process
        process.communicate()
    assert process.returncode < 0
    faulty.behave()
    later = (datetime.now(UTC) + timedelta(minutes=31 * number) for number in range(3))
    codes = [home.run("object", "adopt", "--write-ids", "--yes", now=moment).code for moment in later]
    assert (codes[-1], set(codes) <= {0, 5}) == (0, True)
    assert [one.external_id for one in home.sandbox.products()] == [*GOODS, "old"]
    assert shop.rest() == before
    assert sorted(shop.sent()) == sorted(GOODS)
