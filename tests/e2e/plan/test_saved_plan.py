"""`update --out` and `sync --plan`: what was looked at goes, and nothing else."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import schemas
from homes import EXAMPLE, Home
from schemas import valid
from xxhash import xxh3_64


@pytest.fixture
def plan(filled: Home) -> Path:
    """The plan of the second day, saved."""
    filled.next_day()
    path = filled.folder / "plan.jsonl"
    ran = filled.run("update", "--out", str(path))
    assert ran.lines[-1] == f'next: torgsync sync -o "My Prom" --plan {path}'
    assert not path.with_name(".plan.jsonl.tmp").exists()
    return path


def perform(home: Home, plan: Path, *args: str) -> tuple[int, dict[str, str]]:
    """Perform a saved plan; return the exit code and the state of each outcome, keyed by good."""
    ran = home.run("sync", "--plan", str(plan), "--format", "json", *args)
    valid(ran.json, schemas.SYNC)
    return ran.code, {one["good_id"]: one["state"] for one in ran.json["outcomes"]}


def test_it_is_performed_as_shown(filled: Home, plan: Path) -> None:
    """All of it if nothing has changed; a second time nothing is left to do."""
    code, outcomes = perform(filled, plan)
    assert (code, set(outcomes.values()), len(outcomes)) == (0, {"done"}, 13)
    filled.sandbox.log.clear()
    again = filled.run("sync", "--plan", str(plan))
    assert (again.code, filled.writes()) == (9, [])
    assert "is out of date: it was performed already, by run 2 of " in again.err
    assert [run["run"] for run in filled.run("history", "--format", "json").json["runs"]] == [2, 1]
    assert filled.run("update", "--show", "summary").lines[-1] == "no changes are pending"


def test_what_came_later_stays_pending(filled: Home, plan: Path) -> None:
    """A change that is not in the plan is not made."""
    filled.edit_row("26901", ";1713;0;1713;", ";1700;0;1700;")
    code, outcomes = perform(filled, plan)
    assert (code, len(outcomes), filled.sandbox.product("26901").price) == (0, 13, Decimal(1713))
    pending = filled.run("update", "--format", "json").json["changes"]
    assert [change["good_id"] for change in pending] == ["26901"]


def test_outdated_changes_are_refused_one_by_one(filled: Home, plan: Path) -> None:
    """Changed in the export, on Prom, or no longer pending; the rest is sent, exit 6."""
    filled.edit_row("26931", ";74,5;0;74,5;", ";75;0;75;")
    filled.sandbox.edit_product("26926", price=Decimal(130))
    filled.sandbox.edit_product("26916", price=Decimal(539))
    filled.sandbox.log.clear()
    ran = filled.run("sync", "--plan", str(plan), "--format", "json")
    messages = {one["good_id"]: one["message"] for one in ran.json["outcomes"] if one["state"] == "refused"}
    assert ran.code == 6
    assert messages == {
        "26931": "its price changed in the export since the plan was made",
        "26926": "its price changed on Prom.ua since the plan was made",
        "26916": "it is not pending any more",
    }
    assert filled.sandbox.product("26931").price == Decimal(68)
    assert filled.sandbox.product("26926").price == Decimal(130)
    held = {change["good_id"]: change["held"] for change in ran.json["changes"] if change["held"]}
    assert held == dict.fromkeys(messages, "moved")
    table = filled.run("sync", "--plan", str(plan), "--only", "goods")
    assert table.code == 9


def test_other_settings(filled: Home, plan: Path) -> None:
    """The plan as a whole is out of date, and nothing is sent."""
    filled.edit_object('removals = "10%"', 'removals = "20%"')
    filled.sandbox.log.clear()
    ran = filled.run("sync", "--plan", str(plan))
    assert (ran.code, filled.writes()) == (9, [])
    assert "the settings of `My Prom` changed" in ran.err
    assert 'torgsync update -o "My Prom" --out FILE' in ran.err


def test_another_export(filled: Home, plan: Path) -> None:
    """If nothing of the plan is left, the message says what changed."""
    filled.sandbox.log.clear()
    filled.export.write_bytes((EXAMPLE / "TSGoods.trs").read_bytes())
    ran = filled.run("sync", "--plan", str(plan))
    assert (ran.code, filled.writes()) == (9, [])
    assert "the export changed since" in ran.err
    past = filled.run("history").out
    assert ("its plan was out of date" in past, "refused" in past) == (True, False)


def test_held_then_and_now(filled: Home) -> None:
    """What a guard held when the plan was saved stays held; what was allowed then is allowed by the plan."""
    filled.next_day()
    filled.edit_row("26931", ";74,5;0;74,5;", ";7450;0;7450;")
    held = filled.folder / "held.jsonl"
    allowed = filled.folder / "allowed.jsonl"
    filled.run("update", "--out", str(held), "--fields", "price")
    filled.run("update", "--out", str(allowed), "--fields", "price", "--allow", "price=26931")
    code, outcomes = perform(filled, held)
    assert (code, "26931" in outcomes) == (8, False)
    assert filled.sandbox.product("26931").price == Decimal(68)
    assert filled.run("sync", "--plan", str(held)).code == 9  # all that could go went
    ran = filled.run("sync", "--plan", str(allowed), "--format", "json")
    assert filled.sandbox.product("26931").price == Decimal(7450)
    assert ran.code == 6
    assert [one["allowed"] for one in ran.json["overrides"]] == ["price=26931"]


def test_a_file_that_is_no_complete_plan(filled: Home, plan: Path) -> None:
    """It is refused before anything is sent."""
    whole = plan.read_text("utf-8")
    head = json.dumps({"kind": "torgsync plan", "schema": 1}) + "\n"  # as another program may write it
    digest = json.dumps({"digest": xxh3_64(head.encode()).hexdigest()})
    filled.sandbox.log.clear()
    for text, message in (
        (whole[:-40], "is not complete"),
        (whole.replace("99.00", "98.00"), "is not complete: it was cut off, or changed by hand"),
        ("", "is not a saved plan"),
        ("{}\n{}\n", "is not a saved plan"),
        ("GoodID;GoodName\n", "is not a saved plan"),
        (whole.splitlines()[0] + "\n", "is not complete"),
        (whole.replace('{"good_id":"26941"', "{good_id"), "is not complete"),
        (f"{head}{digest}\n", "is not a saved plan"),
    ):
        plan.write_text(text, "utf-8")
        ran = filled.run("sync", "--plan", str(plan))
        assert (ran.code, filled.writes(), message in ran.err) == (64, [], True), ran.err
        place = str(plan) if "complete" in message or text.startswith(head) else "FILE"
        assert f"torgsync update --out {place}" in ran.err


def test_places_that_cannot_be_used(filled: Home, plan: Path) -> None:
    """A file that is not there, a folder that cannot be written."""
    assert filled.run("sync", "--plan", str(plan.with_name("none"))).code == 64
    ran = filled.run("update", "--out", str(plan.parent / "none" / "plan"))
    assert (ran.code, "cannot be saved as" in ran.err) == (64, True)


def test_what_does_not_go_with_a_saved_plan(filled: Home, plan: Path) -> None:
    """The plan already defines what is sent."""
    for flag in ("--fields price", "--allow price=1", "--all", "--due", "--only orders"):
        ran = filled.run("sync", "--plan", str(plan), *flag.split())
        assert (flag, ran.code, "`--plan` sends a saved plan as it was saved" in ran.err) == (flag, 64, True)


def test_a_plan_is_for_one_object(filled: Home, plan: Path) -> None:
    """With several objects one must be named."""
    filled.second_object("Second", "second.toml")
    ran = filled.run("update", "--out", str(plan))
    assert (ran.code, "a saved plan is for one sync object" in ran.err) == (64, True)
    assert filled.run("update", "--out", str(plan), "-o", "My Prom", "--show", "summary").code == 0
    ran = filled.run("sync", "--plan", str(plan), "--yes", "-o", "Second")
    assert (ran.code, "is one of `My Prom`, not of `Second`" in ran.err) == (64, True)
    assert f'torgsync sync -o "My Prom" --plan {plan}' in ran.err


def test_no_other_file_is_written_over(filled: Home) -> None:
    """`--out` overwrites only saved plans."""
    for name in ("my-prom.toml", "TSGoods.trs", "token"):
        path = filled.shop / name
        before = path.read_bytes()
        ran = filled.run("update", "--out", str(path))
        assert (ran.code, "is not a saved plan; it stays as it is" in ran.err) == (64, True)
        assert path.read_bytes() == before
    plan = filled.folder / "plan.jsonl"
    assert [filled.run("update", "--out", str(plan)).code for _ in range(2)] == [0, 0]
    assert filled.run("update", "--out", str(filled.folder)).code == 64
