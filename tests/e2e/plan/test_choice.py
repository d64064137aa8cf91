"""A part of a plan is sent, and the rest stays pending."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import schemas
from homes import Home, Ran
from schemas import valid

BRUSH, SCREW, SHOE, GONE = "26941", "26931", "26910", "26909"


def plan(home: Home, *args: str) -> dict[str, Any]:
    """Return the plan of what Prom showed last."""
    ran = home.run("update", "--offline", "--format", "json", *args)
    assert ran.code == 0, ran.err
    valid(ran.json, schemas.UPDATE)
    document: dict[str, Any] = ran.json
    return document


def goods(document: dict[str, Any]) -> list[str]:
    return [change["good_id"] for change in document["changes"]]


@pytest.fixture
def second(filled: Home) -> Home:
    """The example shop on its second day: 2 to create, 9 to update, 2 to remove."""
    filled.next_day()
    return filled


def test_what_is_chosen(second: Home) -> None:
    """By id, group or number; removals only by id, variants of a group together; all others are counted."""
    whole = second.run("update", "--format", "json").json
    assert (len(goods(whole)), whole["choice"], whole["pending"]) == (13, None, 0)
    for args, chosen, variants in (
        (("--good", SCREW), [SCREW], 0),
        (("--good", f" {SCREW},", "--good", GONE), [SCREW, GONE], 0),
        (("--good", "26901"), [], 0),  # itself in step; a size of it is not
        (("--good", "26939"), [], 0),
        (("--group", "іграшки"), ["26941", "26916", "26919", "26921", "26923"], 0),
        (("--group", "М'які іграшки", "--first", "2"), ["26916", "26919"], 0),
        (("--first", "3"), ["26904", SHOE, "26916"], 0),
        (("--first", "999999999999999999999"), [*goods(whole)[:-2]], 0),
        (("--first", "2", "--fields", "price"), [SHOE, "26916"], 0),
        (("--good", GONE, "--fields", "price"), [], 0),
    ):
        document = plan(second, *args)
        assert sorted(goods(document)) == sorted(chosen), args
        assert document["choice"]["variants"] == variants
        assert document["pending"] + len(chosen) >= 13, args
        parts = dict.fromkeys(("create", "update", "remove", "to_send"), 0)
        assert document["counts"] | parts == whole["counts"] | parts, args
    assert plan(second) == whole | {"plan": whole["plan"]}


def test_a_few_first_and_the_rest_after(second: Home) -> None:
    """What was chosen is sent alone; the next plan has all the rest, and a run without a choice sends it."""
    second.sandbox.log.clear()
    ran = second.run("sync", "--yes", "--good", f"{SCREW},26936", "--show", "summary")
    assert (ran.code, "Done: 2 changes are on Prom.ua (" in ran.out) == (0, True)
    assert "other changes of 11 items stay pending: not chosen by `--good`" in ran.out
    again = second.run("sync", "--yes", "--good", SCREW)
    assert (again.code, again.lines[0]) == (0, "My Prom: no chosen changes are pending")
    assert second.writes() == ["/api/v1/products/edit_by_external_id"] * 2
    assert len(goods(plan(second))) == 11
    assert second.sync().json["counts"]["update"] == 8
    assert goods(plan(second)) == []


def test_the_first_goods_of_an_empty_shop(home: Home) -> None:
    """The variants of one group are created together, and the next command makes the same choice."""
    table = home.run("update", "--first", "3", "--show", "summary")
    assert table.lines[-4:] == [
        "5 items more than chosen: the variants of one group are sent together",
        "other changes of 31 items stay pending: not chosen by `--first`",
        "to send: about 6 requests, 3 to 10 minutes; uses 1 of the 8 imports left today",
        'next: torgsync sync -o "My Prom" --first 3',
    ]


def test_guards_measure_the_whole(second: Home) -> None:
    """A part is held where the whole is; what is allowed is what was shown, and a part is no measure."""
    second.edit_object('removals = "10%"', 'removals = "1%"')
    second.edit_row(SCREW, ";74,5;0;74,5;", ";7450;0;7450;")
    second.edit_row("26935", ";341,7;0;341,7;", ";34170;0;34170;")
    second.sandbox.log.clear()
    ran = second.sync("--good", BRUSH)
    assert (ran.code, second.writes(), ran.json["counts"]["held"]) == (8, [], 1)
    assert [(guard["guard"], guard["waiting"]) for guard in ran.json["guards"]] == [("removals", 1)]
    shown = second.run("update", "--good", BRUSH).out
    assert "the guards measure everything that is pending, not only the chosen items" in shown
    assert second.sync("--good", GONE).json["guards"][0]["allow"] == "--allow removals=2"
    free = second.sync("--good", "26926", "--allow", "removals=2")
    assert (free.code, free.json["guards"]) == (0, [])
    price = second.sync("--good", SCREW, "--allow", "prices=1")
    assert (price.code, second.sandbox.product(SCREW).price) == (0, Decimal(7450))


def test_a_part_of_a_shrunken_export_is_no_measure(second: Home) -> None:
    """However often a part of it is sent, the guard still knows how many rows are usual."""
    second.edit_export(lambda text: text.split("\r\n26921;")[0] + "\r\n")
    for first in "1213":
        assert second.sync("--first", first).code in (0, 8)
    assert "export-rows" in [guard["guard"] for guard in plan(second)["guards"]]


def test_foreign_products_stay(second: Home) -> None:
    """A choice that does not name one deletes none, whatever the settings say."""
    second.sandbox.add_product("777", name="Чуже")
    second.edit_object('foreign = "keep"', 'foreign = "delete"')
    whole = second.run("update", "--format", "json").json
    assert "777" in goods(whole)
    part = plan(second, "--first", "50")
    assert ("777" in goods(part), part["pending"]) == (False, 3)
    assert goods(plan(second, "--good", "777")) == ["777"]


UNKNOWN = (
    (("--good", "269311"), "has no item with the id `269311`; similar: `26931`"),
    (("--good", "x,26931,y"), "has no item with the id `x` (nor one with 1 other id)"),
    (("--group", "Взутя"), "the export has no group `Взутя`; similar: `Взуття`"),
    (("--group", " "), "`--group` names no group"),
    (("--good", ","), "`--good` is empty"),
    (("--good", "1", "--first", "1"), "`--good` cannot be given with `--group` or `--first`"),
    (("--first", "0"), "--first"),
)


@pytest.mark.parametrize("command", ["update", "sync --yes"])
def test_what_there_is_not(filled: Home, command: str) -> None:
    """Exit 64 with what is near, before Prom is asked and before a run begins."""
    runs = filled.run("history", "--format", "json").json["runs"]
    filled.sandbox.log.clear()
    for args, message in UNKNOWN:
        ran = filled.run(*command.split(), *args)
        assert (ran.code, message in ran.err) == (64, True), ran.err
    assert not filled.sandbox.log
    assert filled.run("history", "--format", "json").json["runs"] == runs


@pytest.mark.parametrize("more", [("--due",), ("--only", "orders"), ("--plan", "FILE")])
def test_runs_without_a_choice(filled: Home, more: tuple[str, ...]) -> None:
    """A time, orders and a saved plan have nothing to choose from."""
    ran = filled.run("sync", "--first", "1", *more)
    assert (ran.code, "`--first`" in ran.err) == (64, True)


def test_an_unreadable_export_is_its_own_error(filled: Home) -> None:
    """It is no reason to call an item unknown."""
    filled.export.unlink()
    assert filled.run("update", "--good", "no such").code == 3


def test_a_saved_plan_keeps_its_choice(second: Home) -> None:
    """What was chosen goes, though other goods are the first ones now; a second time there is nothing."""
    path = Path(second.folder) / "few.jsonl"
    assert second.run("update", "--first", "2", "--out", str(path)).code == 0
    second.edit_row("26901", ";1713;0;1713;", ";1700;0;1700;")

    def perform() -> Ran:
        return second.run("sync", "--plan", str(path), "--format", "json")

    ran = perform()
    assert (ran.code, [one["good_id"] for one in ran.json["outcomes"]]) == (0, ["26904", SHOE])
    assert (ran.json["choice"]["first"], ran.json["pending"]) == (2, 11)
    assert perform().code == 9


def test_a_renumbered_item_waits_in_every_part(second: Home) -> None:
    """Its removal was not chosen, and yet it is not created a second time."""
    second.edit_row(SCREW, f"{SCREW};", "99931;")
    second.run("update")
    for args in (("--good", "99931"), ("--group", "Кріплення та інструмент")):
        document = plan(second, *args)
        held = {change["good_id"]: change["held"] for change in document["changes"]}
        assert (held["99931"], [guard["guard"] for guard in document["guards"]]) == ("identity", ["identity"])
    assert plan(second, "--first", "1")["guards"] == []
