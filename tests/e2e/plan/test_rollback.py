"""`rollback`: what a run did is turned back, as far as it is still as that run left it."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import schemas
from faulty import Answer, FaultyServer, Kills, breaks_before, loses_the_answer, says
from homes import Home, stopped
from schemas import valid
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.sandbox.faults import parse_fault

posix = pytest.mark.skipif(os.name == "nt", reason="there are no signals on Windows")
STILL_PENDING = (
    "the export still has the values that were rolled back: the next `sync` would send them again. "
    "Restore the older export, or correct it, before that; to see what is pending: "
    'torgsync update -o "My Prom"'
)


def a_mild_day(home: Home, policy: str = "hide") -> None:
    """Synchronise the export of the day after, with this policy for goods that left it."""
    home.edit_object('gone = "delete"', f'gone = "{policy}"')
    home.next_day()
    assert home.sync().code == 0


def back(home: Home, number: int, *args: str) -> Any:  # noqa: ANN401  # the document
    """Run `rollback` as a program would, with one JSON document as output."""
    ran = home.run("rollback", str(number), "--yes", "--format", "json", *args)
    valid(ran.json, schemas.ROLLBACK_DONE)
    assert ran.json["exit"] == ran.code
    return ran.json


def remains(document: Any) -> list[tuple[str | None, str | None, str]]:  # noqa: ANN401
    return [(one["good_id"], one["field"], one["reason"]) for one in document["remains"]]


@pytest.mark.both_states
def test_a_run_is_rolled_back(filled: Home) -> None:
    """Prices and stock are restored, created products removed, and all changes are pending again."""
    a_mild_day(filled)
    assert filled.sandbox.product("26926").price == Decimal(99)
    document = back(filled, 2)
    assert (document["exit"], document["turns_back"]) == (
        0,
        {"run": 2, "not_done": 0, "anew": 0, "hidden": 0},
    )
    assert document["counts"] | {"foreign": 0} == {
        "create": 0,
        "update": 11,
        "remove": 2,
        "held": 0,
        "skipped": 0,
        "unchanged": 0,
        "foreign": 0,
        "to_send": 13,
    }
    assert {one["state"] for one in document["outcomes"]} == {"done"}
    assert filled.sandbox.product("26926").price == Decimal(129)
    assert filled.sandbox.product("26904").quantity_in_stock == 2
    assert filled.sandbox.product("26904").presence == "available"
    assert filled.sandbox.product("26941").status == "not_on_display"
    assert filled.sandbox.product("26909").status == "on_display"
    pending = filled.run("update", "--format", "json").json
    assert (pending["counts"]["update"], pending["counts"]["remove"]) == (11, 2)
    runs = filled.run("history", "--format", "json").json["runs"]
    assert [(run["undoes"], run["undone_by"]) for run in runs] == [(2, []), (None, [3]), (None, [])]
    assert "rolled back run 2" in filled.run("history", "3").out
    assert "rolled back by run 3" in filled.run("history").out


def test_it_is_shown_before_it_goes_and_says_what_comes_next(filled: Home) -> None:
    """The output is that of `sync`, with a warning that the next `sync` sends the export again."""
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    filled.sync()
    ran = filled.run("rollback", "2", "--yes")
    assert ran.code == 0
    address = filled.server.url.removesuffix("api/v1")
    assert [re.sub(r"\(\d+ s,", "(… s,", line) for line in ran.lines] == [
        "My Prom: back to the values before run 2",
        "",
        "change       item    name, and each field: old -> new",
        "─────────────────────────────────────────────────────",
        "~ update     26926   Крем [red] для рук ягідний",
        "                       price  119.00 -> 129.00 (+8 %)",
        "",
        "0 to create, 1 to update, 0 to remove",
        "0 held, 0 skipped, 0 unchanged, 0 foreign",
        "to send: about 1 request; no import is needed",
        f"Done: 1 change is on Prom.ua (… s, 5 requests): {address}",
        STILL_PENDING,
    ]
    again = filled.run("rollback", "2", "--yes")
    assert (again.code, again.lines[-1]) == (0, "nothing to roll back")


def test_later_changes_are_left_and_reported(filled: Home) -> None:
    """A later change by a run, a buyer or a person is not overwritten; exit 6."""
    a_mild_day(filled)
    filled.sandbox.edit_product("26926", price=Decimal(150))
    filled.sandbox.edit_product("26941", price=Decimal(400))
    document = back(filled, 2)
    assert document["exit"] == 6
    assert remains(document) == [("26941", "price", "moved"), ("26926", "price", "moved")]
    assert filled.sandbox.product("26926").price == Decimal(150)
    assert filled.sandbox.product("26941").price == Decimal(400)
    assert filled.sandbox.product("26910").price == Decimal("1249.5")
    ran = filled.run("rollback", "2", "--yes")
    assert "! stays    26926  Крем [red] для рук ягідний, price: it changed since then" in ran.lines
    created = "it changed since then; so the product that the run created stays on Prom.ua"
    assert f"! stays    26941  М’яка іграшка Лисичка Руда 35 см, price: {created}" in ran.lines
    assert ran.lines[-1].startswith("what stays as it is can be changed in the seller's cabinet")


def test_what_a_later_run_changed_says_how_to_undo_it_too(filled: Home) -> None:
    """It names the run that is to be rolled back first; the sum says that something stays."""
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    filled.edit_row("26931", "68;0;68;", "70;0;70;")
    assert filled.sync().code == 0
    filled.edit_row("26926", ";119;0;119;", ";109;0;109;")
    assert filled.sync().code == 0
    ran = filled.run("rollback", "2", "--yes")
    assert ran.code == 6
    assert "! stays    26926  Крем [red] для рук ягідний, price: run 3 changed it later" in ran.lines
    assert any(
        line.startswith("Not everything was rolled back: 1 done, 1 item stays as it is (")
        for line in ran.lines
    )
    way = "to undo the rest too, first roll back run 3, then run 2 again: torgsync rollback 3 -o"
    assert any(line.startswith(way) for line in ran.lines)


def test_what_a_guard_held_is_named(filled: Home) -> None:
    """It was not sent by that run, whatever a later one did; and a price that goes up again would be held."""
    filled.run("object", "edit", "My Prom", "--set", "limits.price_drop=5%")
    filled.run("object", "edit", "My Prom", "--set", "limits.price_rise=5%")
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    assert filled.sync().code == 8
    assert filled.run("sync", "--yes", "--allow", "price=26926").code == 0
    ran = filled.run("rollback", "2", "--yes")
    assert "a guard held 1 change, so run 2 did not send it: 26926" in ran.lines
    ran = filled.run("rollback", "3", "--yes")
    assert "a guard would hold them in the next `sync`, so that it sends none of them" in ran.lines[-1]
    shown = " ".join(filled.run("why", "26926").out.split())
    assert "update (price 119.00 -> 129.00 (+8 %)) in run 5, which rolled back run 3: done" in shown


def test_texts_go_back_by_an_import_that_knows_nothing_of_the_export(filled: Home) -> None:
    """The import restores what Prom had; later changes of the export are not sent."""
    filled.edit_row("26931", '"Шуруп', '"Новий шуруп')
    filled.edit_row("26932", "Шуруп", "Дивний шуруп")
    filled.sync()
    filled.edit_row("26931", '"Новий шуруп', '"Зовсім інший шуруп')
    filled.edit_row("26935", "Молоток", "Кувалда")
    before = filled.sandbox.product("26935").name_uk
    document = back(filled, 2)
    assert (document["exit"], document["budget"]["imports"]) == (0, 1)
    names = [filled.sandbox.product(good_id).name_uk or "" for good_id in ("26931", "26932")]
    assert [name.split()[0] for name in names] == ["Шуруп", "Шуруп"]
    assert filled.sandbox.product("26935").name_uk == before
    pending = filled.run("update", "--format", "json").json["changes"]
    assert {change["good_id"] for change in pending} == {"26931", "26932", "26935"}


def test_products_without_stock_are_available_again(filled: Home) -> None:
    """A removal that only set the stock to 0 is reverted with the stock."""
    quantity, shows = filled.sandbox.product("26909").quantity_in_stock, ("on_display", "available")
    a_mild_day(filled, "not-available")
    document = back(filled, 2)
    assert document["exit"] == 0
    for good_id in ("26909", "26936"):
        product = filled.sandbox.product(good_id)
        assert (product.status, product.presence) == shows
    assert filled.sandbox.product("26909").quantity_in_stock == quantity
    made = filled.sandbox.product("26941")
    assert (made.status, made.presence) != shows


def test_deleted_products_are_created_again(filled: Home) -> None:
    """From the values last sent; products that cannot be restored are reported before anything is sent."""
    filled.edit_object('delete_after = "30d"', 'delete_after = "0d"')
    filled.next_day()
    old = filled.sandbox.product("26936")
    filled.sync()
    filled.sandbox.catalog.deleted_external_ids.clear()  # where Prom gives an id a second time
    ran = filled.run("rollback", "2", "--yes")
    assert ran.code == 0
    assert "2 products will be created again from what was sent last" in ran.out
    new = filled.sandbox.product("26936")
    assert (new.name_uk, new.price, new.status, new.quantity_in_stock) == (
        old.name_uk,
        old.price,
        "on_display",
        old.quantity_in_stock,
    )
    assert new.id != old.id
    assert [attribute.value for attribute in new.attributes] == [
        attribute.value for attribute in old.attributes
    ]


def test_a_deleted_id_that_prom_does_not_take_again(filled: Home) -> None:
    """Prom's refusal is shown, all else is undone; it is not tried again without `--full-refresh`."""
    filled.edit_object('delete_after = "30d"', 'delete_after = "0d"')
    filled.next_day()
    filled.sync()
    document = back(filled, 2)
    refused = {one["good_id"] for one in document["outcomes"] if one["state"] == "refused"}
    assert (document["exit"], refused) == (6, {"26909", "26936"})
    assert filled.sandbox.product("26926").price == Decimal(129)
    assert filled.sandbox.product("26941").status == "on_display"
    assert filled.run("update", "--format", "json").json["counts"]["update"] == 9  # nothing is refused-before
    imports = len(filled.sandbox.imports())
    document = back(filled, 2)
    assert (document["exit"], document["counts"]["create"], document["counts"]["remove"]) == (6, 0, 2)
    assert remains(document) == [("26909", None, "refused"), ("26936", None, "refused")]
    assert {one["state"] for one in document["outcomes"]} == {"done"}
    assert filled.sandbox.product("26941").status == "not_on_display"
    assert len(filled.sandbox.imports()) == imports
    filled.run("update", "--full-refresh")
    assert back(filled, 2)["counts"]["create"] == 2
    assert len(filled.sandbox.imports()) == imports + 1


def test_a_text_that_prom_refused_on_the_way_back_is_not_tried_again(filled: Home) -> None:
    """It is reported, and no import is sent for it."""
    filled.edit_row("26931", '"Шуруп', '"Новий шуруп')
    filled.sync()
    filled.sandbox.catalog.deleted_external_ids.add("26931")
    assert back(filled, 2)["exit"] == 6
    document = back(filled, 2)
    assert (document["exit"], document["counts"]["update"]) == (6, 0)
    assert {(good_id, reason) for good_id, _, reason in remains(document)} == {("26931", "refused")}


def test_a_guard_holds_what_would_empty_the_shop(filled: Home) -> None:
    """The rollback of the first run is held until a person allows exactly that many removals."""
    filled.next_day()
    held = back(filled, 1)
    assert (held["exit"], held["counts"]["held"], filled.writes()) == (8, 39, [])
    (guard,) = held["guards"]
    assert (guard["guard"], guard["allow"]) == ("removals", "--allow removals=39")
    assert guard["cause"] == "39 were created by the run that is being undone"
    assert [
        (run["undoes"], run["undone_by"]) for run in filled.run("history", "--format", "json").json["runs"]
    ] == [(None, []), (None, [])]
    assert "was to roll back run 1" in filled.run("history").out  # it did none of it
    assert back(filled, 1, "--allow", guard["allow"].split()[1])["exit"] == 0
    assert {product.status for product in filled.sandbox.products()} == {"not_on_display"}
    overrides = filled.run("history", "--format", "json").json["runs"][0]["overrides"]
    assert [opened["allowed"] for opened in overrides] == ["removals=39"]


def test_what_the_run_made_is_hidden_and_comes_back(filled: Home) -> None:
    """It is never deleted, as Prom takes no deleted id again: the next `sync` shows it once more."""
    a_mild_day(filled)
    filled.edit_object('gone = "hide"', 'gone = "delete"')
    ran = filled.run("rollback", "2", "--yes")
    assert "2 products that the run created will be hidden, not deleted: Prom.ua does not accept" in " ".join(
        ran.out.split()
    )
    assert "status  on the site -> hidden" in ran.out
    made = filled.sandbox.product("26941")
    assert made.status == "not_on_display"
    again = filled.run("rollback", "2", "--yes")
    assert (again.code, again.lines[-1]) == (0, "nothing to roll back")
    assert filled.sync("--allow", "removals=2").code == 0
    assert (filled.sandbox.product("26941").status, filled.sandbox.product("26941").id) == (
        "on_display",
        made.id,
    )


def test_a_price_that_was_sent_before_is_no_mistake(filled: Home) -> None:
    """It goes back however far it is; one that a person set in the cabinet is held."""
    filled.edit_row("26931", ";68;0;68;", ";6800;0;6800;")
    filled.sync("--allow", "price=26931")
    assert back(filled, 2)["exit"] == 0
    assert filled.sandbox.product("26931").price == Decimal(68)
    filled.sandbox.edit_product("26931", price=Decimal(7))
    filled.sync("--allow", "price=26931")
    held = back(filled, 4)
    assert (held["exit"], held["changes"][0]["held"]) == (8, "price")
    assert held["allow_all"] == 'torgsync rollback 4 -o "My Prom" --allow price=26931'


def test_a_saved_rollback(filled: Home, tmp_path: Path) -> None:
    """`--out` saves and sends nothing; `sync --plan` performs it, and refuses what changed since."""
    a_mild_day(filled)
    filled.sandbox.log.clear()
    path = tmp_path / "back.plan"
    ran = filled.run("rollback", "2", "--out", str(path))
    assert (ran.code, ran.lines[-1], filled.writes()) == (
        0,
        f'next: torgsync sync --plan {path} -o "My Prom"',
        [],
    )
    document = filled.run("rollback", "2", "--out", str(path), "--format", "json").json
    valid(document, schemas.ROLLBACK)
    filled.sandbox.edit_product("26926", price=Decimal(150))
    ran = filled.run("sync", "--plan", str(path), "--format", "json")
    valid(ran.json, schemas.ROLLBACK_DONE)
    assert ran.code == 6
    assert [one["good_id"] for one in ran.json["outcomes"] if one["state"] == "refused"] == ["26926"]
    assert filled.sandbox.product("26910").price == Decimal("1249.5")
    assert filled.run("history", "--format", "json").json["runs"][0]["undoes"] == 2
    again = filled.run("sync", "--plan", str(path))
    assert (again.code, 'torgsync rollback 2 -o "My Prom" --out FILE' in again.err) == (9, True)


def test_a_run_that_changed_nothing_or_never_was(filled: Home) -> None:
    """An unknown run is a usage error and is not recorded; one without changes has nothing to revert."""
    filled.run("sync", "--yes", "--only", "orders")
    ran = filled.run("rollback", "7", "--yes")
    assert (ran.code, ran.out) == (64, "")
    assert ran.err.startswith("error: `My Prom` has no run 7")
    assert len(filled.run("history", "--format", "json").json["runs"]) == 2
    ran = filled.run("rollback", "2", "--yes")
    assert (ran.code, ran.lines[-1]) == (0, "nothing to roll back")
    assert filled.run("rollback", "1", "--format", "csv").code == 64


def test_a_run_that_went_only_in_part(hard_filled: Home, faulty: FaultyServer) -> None:
    """Changes refused then are counted; the outcomes now are shown as by `sync`."""
    hard_filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    hard_filled.edit_row("26931", '"Шуруп', '"Новий шуруп')
    no = Answer(400, '{"error": "ні"}'.encode())
    faulty.misbehave("POST /products/edit_by_external_id", lambda _asked, _forward: no, times=2)
    assert hard_filled.sync().code == 6
    hard_filled.misbehave("import-refused nth=1")
    ran = hard_filled.run("rollback", "2", "--yes")
    assert ran.code == 5
    assert "1 change of run 2 did not reach Prom.ua: it was refused or left for later" in ran.lines
    assert "error: Prom.ua does not accept an import now" in ran.err
    assert ran.err.count("hint: ") == 1
    hard_filled.sandbox.misbehave(parse_fault("import-refused nth=1"))
    document = back(hard_filled, 2)
    assert (document["exit"], document["error"]["kind"]) == (5, "temporary")


@pytest.mark.both_states
def test_a_killed_rollback_is_reconciled_by_the_next_run(filled: Home) -> None:
    """Its import is found again, reconciled with its plan, and not sent twice."""
    filled.edit_row("26931", '"Шуруп', '"Новий шуруп')
    filled.sync()
    program = Program(filled.folder, filled.server.url, sleep=stopped)
    assert CliRunner().invoke(app, ["rollback", "2", "--yes"], obj=program).exit_code == 130
    imports = len(filled.sandbox.imports())
    ran = filled.run("rollback", "3", "--yes")
    assert "finished checking an import" in ran.err
    assert ran.code == 0
    assert len(filled.sandbox.imports()) == imports + 1
    assert (filled.sandbox.product("26931").name_uk or "").startswith("Новий шуруп")
    (counts, *_) = [run["counts"] for run in filled.run("history", "--format", "json").json["runs"][1:]]
    assert counts["done"] == 1


def kill_at_the_edit(home: Home, faulty: FaultyServer) -> None:
    """Synchronise in a process that is killed after its first edit had its effect."""
    kills = Kills(1, after=True)
    faulty.misbehave("POST /products/edit_by_external_id", kills)
    with home.start("sync", "--yes") as process:
        kills.process = process
        process.communicate()
    faulty.behave()


@pytest.mark.parametrize(
    ("typed", "price", "said"),
    [("n\n", Decimal(99), "nothing was sent"), ("y\n", Decimal(129), "Done: 1 change is on")],
)
def test_a_person_is_asked(
    filled: Home, monkeypatch: pytest.MonkeyPatch, typed: str, price: Decimal, said: str
) -> None:
    """As before a synchronisation: the table is shown, and nothing goes without a yes. A no is no run."""
    filled.edit_row("26926", ";129;0;129;", ";99;0;99;")
    assert filled.sync().code == 0
    monkeypatch.setattr(Program, "asks", True)
    ran = filled.run("rollback", "2", stdin=typed)
    assert (ran.code, filled.sandbox.product("26926").price) == (int(price == 99), price)
    assert "Send 1 change to Prom.ua? [y/N]:" in ran.err
    assert said in ran.out + ran.err
    newest, *_ = runs = filled.run("history", "--format", "json").json["runs"]
    assert (len(runs), newest["undoes"]) == ((3, 2) if price == 129 else (2, None))


@posix
def test_a_run_that_was_killed(hard_filled: Home, faulty: FaultyServer) -> None:
    """Its changes are reconciled first, and all that Prom shows are reverted."""
    hard_filled.edit_object('gone = "delete"', 'gone = "hide"')
    hard_filled.next_day()
    kill_at_the_edit(hard_filled, faulty)
    assert hard_filled.sandbox.product("26926").price == Decimal(99)
    ran = hard_filled.run("rollback", "2", "--yes")
    assert ran.code == 0
    assert "left open by an earlier run were looked up on Prom.ua" in ran.err
    creations_and_removals = "4 changes of run 2 did not reach Prom.ua: they were refused or left for later"
    assert creations_and_removals in ran.lines
    assert hard_filled.sandbox.product("26926").price == Decimal(129)
    assert hard_filled.sandbox.product("26904").quantity_in_stock == 2
    killed = hard_filled.run("history", "--format", "json").json["runs"][1]
    assert (killed["state"], killed["exit"], killed["counts"]["open"]) == ("died", None, 0)


def test_a_run_with_unknown_outcomes(hard_filled: Home, faulty: FaultyServer) -> None:
    """Changes whose answer was lost are reverted if Prom shows them now."""
    hard_filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    faulty.misbehave("POST /products/edit_by_external_id", loses_the_answer)
    faulty.misbehave("GET /products/by_external_id/26926", says(500, {"error": "ні"}))
    assert hard_filled.sync().json["outcomes"][0]["state"] == "unclear"
    faulty.behave()
    document = back(hard_filled, 2)
    assert (document["exit"], document["turns_back"]["not_done"]) == (0, 0)
    assert hard_filled.sandbox.product("26926").price == Decimal(129)


def test_what_stays_unclear_is_named(hard_filled: Home, faulty: FaultyServer) -> None:
    """A change that Prom does not show is not reported as reverted; exit 6."""
    hard_filled.edit_row("26926", "75 мл", "80 мл")
    faulty.misbehave("POST /products/import_file", breaks_before)
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    lost = hard_filled.run("sync", "--yes", "--format", "json", now=an_hour_ago)
    assert (lost.code, lost.json["outcomes"][0]["state"]) == (5, "deferred")
    faulty.behave()
    document = back(hard_filled, 2)
    assert (document["exit"], document["turns_back"]["not_done"]) == (6, 0)
    assert remains(document) == [("26926", "characteristics", "unclear")]


def test_half_of_a_change_went(hard_filled: Home, faulty: FaultyServer) -> None:
    """The import is reverted, though the price of the same good was refused then."""
    hard_filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    hard_filled.edit_row("26926", '"Крем [red]', '"Новий крем [red]')
    no = says(400, {"error": "ні"})
    faulty.misbehave("POST /products/edit_by_external_id", no, times=2)
    assert hard_filled.sync().json["outcomes"][0]["state"] == "refused"
    document = back(hard_filled, 2)
    assert (document["exit"], document["turns_back"]["not_done"]) == (0, 0)
    assert list(document["changes"][0]["fields"]) == ["name", "name_ru"]
    assert (hard_filled.sandbox.product("26926").name_uk or "").startswith("Крем")
    assert back(hard_filled, 2)["turns_back"]["not_done"] == 1
