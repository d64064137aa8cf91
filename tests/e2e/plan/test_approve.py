"""`torgsync approve`: what an unattended run held goes, if it is still exactly that, and nothing else."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest
import schemas
from clocks import clock_of
from homes import Home, Ran, SandboxAddress, no_waiting
from key_changes import KEYS, first_day, shown, tomorrow
from schemas import valid

from torgsync.cli.base.program import Program
from torgsync.jobs.push.outcomes import OutcomeRecorder
from torgsync.jobs.push.perform import Performance

if os.name != "nt":
    import terminals
    from terminals import Person


class Killed(BaseException):
    """Raised as a kill: nothing is cleaned up."""


def _kill(*_args: object) -> NoReturn:
    raise Killed


PRICES = {"26926": "129", "26931": "68", "26901": "1713"}
"""Goods of the example with one price in their row, and that price."""


def price(home: Home, good_id: str, new: str, old: str = "") -> None:
    """Have the accounting program write another price."""
    old = old or PRICES[good_id]
    home.edit_row(good_id, f";{old};0;{old};", f";{new};0;{new};")


def on_prom(home: Home, good_id: str) -> Decimal | None:
    return home.sandbox.product(good_id).price


def hold(home: Home, *args: str) -> str:
    """Synchronise unattended and return the name of the plan that was kept."""
    ran = home.sync(*args)
    valid(ran.json, schemas.SYNC)
    assert (ran.code, ran.json["kept"]) == (8, ran.json["plan"])
    return str(ran.json["kept"])


def approve(home: Home, name: str, *args: str) -> Ran:
    """Approve a plan as a program would, and forget what was written before."""
    home.sandbox.log.clear()
    ran = home.run("approve", name, "--yes", "--format", "json", *args)
    if "outcomes" in ran.json:
        valid(ran.json, schemas.APPROVE)
    return ran


def states(ran: Ran) -> dict[str, str]:
    """Return how each change ended, keyed by good."""
    return {one["good_id"]: one["state"] for one in ran.json["outcomes"]}


def messages(ran: Ran) -> dict[str, str]:
    """Return why changes were not sent, keyed by good."""
    return {one["good_id"]: one["message"] for one in ran.json["outcomes"] if one["state"] == "refused"}


def pending(home: Home) -> tuple[int, int]:
    """Return how many changes `status` counts as pending, and as held."""
    (known,) = home.run("status", "--format", "json").json["objects"]
    return known["plan"]["pending"], known["plan"]["held"]


@pytest.mark.both_states
def test_a_held_price(filled: Home) -> None:
    """It goes with the permission recorded; what was not held stays pending, and twice is once."""
    price(filled, "26926", "12.9")
    name = hold(filled)
    price(filled, "26901", "1700")
    ran = approve(filled, name.upper())
    assert (ran.code, states(ran)) == (0, {"26926": "done"})
    assert (on_prom(filled, "26926"), on_prom(filled, "26901")) == (Decimal("12.9"), Decimal(1713))
    assert (ran.json["approved"], ran.json["kept"]) == ({"plan": name, "run": 2}, None)
    assert [one["allowed"] for one in ran.json["overrides"]] == ["price=26926"]
    assert "GET /orders/list" not in ran.json["requests"]["by_endpoint"]
    (opened,) = filled.run("history", "3", "--format", "json").json["run"]["overrides"]
    assert (opened["plan"], opened["plan_run"], opened["allowed"]) == (name, 2, "price=26926")
    assert opened["user"]
    assert pending(filled) == (1, 0)
    again = approve(filled, name)
    assert (again.code, filled.writes(), pending(filled)) == (9, [], (1, 0))
    assert filled.run("status", "--format", "json").json["objects"][0]["last_run"]["run"] == 3
    record = filled.run("history", "4", "--format", "json").json["run"]
    assert (record["stale"], record["overrides"]) == ({"plan": name, "run": 2}, [])
    said = filled.run("history", "4").out
    assert f"`approve`: what the plan `{name}` of run 2 held was out of date" in said
    assert "it was sent already, by run 3" in again.json["error"]["message"]


def test_what_changed_since_does_not_go(filled: Home) -> None:
    """Of two held prices the one that changed on Prom, or in the export, is named; the other goes: exit 6."""
    price(filled, "26926", "12.9")
    price(filled, "26931", "680")
    price(filled, "26901", "17")
    name = hold(filled)
    filled.sandbox.edit_product("26926", price=Decimal(130))
    price(filled, "26931", "6800", old="680")
    ran = approve(filled, name)
    assert (ran.code, on_prom(filled, "26901")) == (6, Decimal(17))
    assert (on_prom(filled, "26926"), on_prom(filled, "26931")) == (Decimal(130), Decimal(68))
    assert messages(ran) == {
        "26926": "its price changed on Prom.ua since the plan was made",
        "26931": "its price changed in the export since the plan was made",
    }
    assert {guard["good_id"] for guard in ran.json["guards"]} == {"26926", "26931"}  # still held
    stale = filled.run("approve", name, "--yes")
    assert (stale.code, "26926, " in stale.err, "it was sent already, by run 3" in stale.err) == (
        9,
        False,
        True,
    )
    assert 'torgsync update -o "My Prom" --show held' in stale.err


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('price_drop = "40%"', 'price_drop = "95%"', "no guard holds it any more"),
        ('price_drop = "40%"', 'price_drop = "50%"', "it is not held for the same reason any more"),
    ],
)
def test_another_limit(filled: Home, before: str, after: str, why: str) -> None:
    """What is not held any more is for `sync`, and what is held against another limit was not looked at."""
    price(filled, "26926", "20")
    name = hold(filled)
    filled.edit_object(before, after)
    ran = approve(filled, name)
    assert (ran.code, filled.writes(), why in ran.json["error"]["message"]) == (9, [], True)


def test_a_price_of_nothing_is_never_approved(filled: Home) -> None:
    """No plan is kept for it alone; next to another price it stays held."""
    price(filled, "26926", "0")
    ran = filled.sync()
    assert (ran.code, ran.json["kept"]) == (8, None)
    price(filled, "26931", "680")
    ran = approve(filled, hold(filled))
    assert (ran.code, states(ran)) == (0, {"26931": "done"})
    assert [guard["good_id"] for guard in ran.json["guards"]] == ["26926"]
    assert on_prom(filled, "26926") == Decimal(129)


def test_some_items_only(filled: Home) -> None:
    """The rest can be approved later by the same name, whatever came and went; unknown ids are refused."""
    for good_id, new in (("26926", "12.9"), ("26931", "680"), ("26901", "17")):
        price(filled, good_id, new)
    first = hold(filled)
    for args, hint in ((("26962",), "26926"), (("26926", "1"), "26901")):
        ran = filled.run("approve", first, "--only", ",".join(args), "--yes")
        assert (ran.code, hint in ran.err) == (64, True)
    ran = approve(filled, first, "--only", "26926")
    assert (ran.code, states(ran), pending(filled)) == (0, {"26926": "done"}, (0, 2))
    price(filled, "26933", "1", old="112")  # another held price
    second = hold(filled)
    assert second != first
    ran = approve(filled, first, "--only", "26931")
    assert (ran.code, states(ran)) == (0, {"26931": "done"})
    ran = approve(filled, second, "--only", "26901")
    assert (ran.code, states(ran)) == (0, {"26901": "done"})
    assert hold(filled) not in (first, second)
    left = approve(filled, first)
    assert (left.code, filled.writes()) == (9, [])


def lose(home: Home, *goods: str) -> None:
    """Have the accounting program write an export without these goods."""
    home.edit_export(lambda text: re.sub(rf"(?ms)^(?:{'|'.join(goods)});.*?(?=^\d{{5}};|\Z)", "", text))


LOST = [str(number) for number in range(26901, 26908)]


def hidden(home: Home) -> set[str | None]:
    return {product.external_id for product in home.sandbox.products() if product.status != "on_display"}


def test_another_removal_joined(filled: Home) -> None:
    """Only those that were held when the plan was kept go, though more are held now; then one of the rest."""
    before = hidden(filled)
    lose(filled, *LOST[:5])
    name = hold(filled)
    lose(filled, *LOST[5:])
    ran = approve(filled, name, "--only", ",".join(LOST[:2]))
    assert (ran.code, hidden(filled) - before) == (0, set(LOST[:2]))
    assert [one["allowed"] for one in ran.json["overrides"]] == ["removals=2"]
    assert [guard["guard"] for guard in ran.json["guards"]] == ["removals"]
    ran = approve(filled, name)
    assert ran.code == 6
    assert hidden(filled) - before == set(LOST[:5])
    assert {*messages(ran).values()} == {"it was sent already, by run 3"}
    said = filled.run("--lang", "en", "history", "4", "--format", "markdown").out
    assert ("### Out of date, not sent: 2\n" in said, "### Held" in said) == (True, False)
    (found,) = (line for line in said.splitlines() if "had found" in line)
    assert "3 products" in found


def test_what_an_approval_left_of_a_guard(filled: Home) -> None:
    """It is counted without what was sent; what is within the limit by now is not called held."""
    lose(filled, *LOST)
    price(filled, "26926", "12.9")
    name = hold(filled)
    price(filled, "26926", "12.8", old="12.9")
    lose(filled, "26908")
    ran = approve(filled, name)
    assert (ran.code, hidden(filled) >= set(LOST)) == (6, True)
    assert [(guard["guard"], guard["good_id"]) for guard in ran.json["guards"]] == [("price", "26926")]
    assert ran.json["allow_all"] == 'torgsync sync -o "My Prom" --allow price=26926'
    assert pending(filled) == (0, 2)


def test_another_guard_joined(filled: Home) -> None:
    """Removals of an export that has also shrunk since look like another accident."""
    before = hidden(filled)
    lose(filled, *LOST[:5])
    name = hold(filled)
    lose(filled, *(str(number) for number in range(26906, 26936)))
    ran = approve(filled, name)
    assert (ran.code, hidden(filled)) == (9, before)
    assert "it is not held for the same reason any more" in ran.json["error"]["message"]


def test_a_cut_export(filled: Home) -> None:
    """Its removals are held by two guards, and an approval opens both."""
    before = hidden(filled)
    goods = [str(number) for number in range(26901, 26931)]
    lose(filled, *goods)
    name = hold(filled)
    ran = approve(filled, name)
    gone = hidden(filled) - before
    assert (ran.code, gone <= set(goods), len(gone) > 25) == (0, True, True)
    assert {one["guard"] for one in ran.json["overrides"]} == {"removals", "export-rows"}
    assert filled.sync().code == 0


def test_stock_and_photos(filled: Home) -> None:
    """The held halves of one item are two guards' matter, and go as one update."""
    filled.edit_export(lambda text: re.sub(r"(\d+)=\d+,\d{3}", r"\1=0,000", text))
    for photo in (filled.shop / "photos").rglob("*.jpg"):
        photo.unlink()
    ran = filled.sync()
    name, held = ran.json["kept"], {change["held"] for change in ran.json["changes"]}
    assert (ran.code, {"stock-out", "photos"} <= held) == (8, True)
    ran = approve(filled, name)
    assert (ran.code, {*states(ran).values()}) == (0, {"done"})
    assert len(states(ran)) == len(ran.json["outcomes"])
    assert {product.quantity_in_stock for product in filled.sandbox.products()} <= {0, None}
    assert filled.run("update", "--format", "json").json["changes"] == []


def test_a_deletion_after_its_grace_period(filled: Home) -> None:
    """It is one more guard that counts; `--only` sends a part of what it holds."""
    filled.edit_object('delete_after = "30d"', 'delete_after = "1d"')
    clock = clock_of(filled.sandbox)
    lose(filled, *LOST[:5])
    flags = ("--yes", "--format", "json")
    assert filled.run("sync", *flags, "--allow", "removals=5", now=clock.now, sleep=clock.sleep).code == 0
    clock.pass_by(days=2)
    ran = filled.run("sync", *flags, now=clock.now, sleep=clock.sleep)
    assert (ran.code, {guard["guard"] for guard in ran.json["guards"]}) == (8, {"deletions"})
    only = ("--only", f"{LOST[0]},{LOST[1]}")
    ran = filled.run("approve", ran.json["kept"], *flags, *only, now=clock.now, sleep=clock.sleep)
    assert (ran.code, ran.json["deletions"]["now"]) == (0, 2)
    assert filled.sandbox.catalog.deleted_external_ids == set(LOST[:2])


@pytest.fixture
def renumbered(tmp_path: Path, sandbox_server: SandboxAddress) -> Home:
    """A shop of twelve goods that all have new keys, after its first synchronisation."""
    home = first_day(tmp_path, sandbox_server, "ids-renumbered")
    tomorrow(home)
    return home


def test_new_keys(renumbered: Home) -> None:
    """A product leaves only together with the one under its new key; no good is there twice or lost."""
    name = hold(renumbered)
    alone = approve(renumbered, name, "--only", "701")
    assert (alone.code, renumbered.writes()) == (9, [])
    assert "it goes only together with the item `10701`" in alone.json["error"]["message"]
    ran = approve(renumbered, name, "--only", "701,10701,702")
    assert (ran.code, states(ran)) == (6, {"701": "done", "10701": "done", "702": "refused"})
    assert {*shown(renumbered)} == {"10701", *KEYS[1:]}
    ran = approve(renumbered, name)
    assert ran.code == 6  # two were sent before
    assert {*shown(renumbered)} == {f"10{key}" for key in KEYS}
    assert {one["guard"] for one in ran.json["overrides"]} == {"identity", "removals"}
    assert renumbered.sync().json["changes"] == []


def test_a_key_of_which_a_half_changed(renumbered: Home) -> None:
    """Where the new good is not what was looked at, its old product stays too."""
    name = hold(renumbered)
    renumbered.edit_export(lambda text: text.replace("10701;", "10701;Other ", 1))
    ran = approve(renumbered, name)
    assert (ran.code, {*shown(renumbered)}) == (6, {"701", *(f"10{key}" for key in KEYS[1:])})
    assert messages(ran)["701"] == "it goes only together with the item `10701`, which does not go now"


def test_the_import_is_refused(renumbered: Home) -> None:
    """Nothing is removed whose new product did not come; the same name takes it up."""
    name = hold(renumbered)
    renumbered.misbehave("import-refused nth=1")
    ran = renumbered.run("approve", name, "--yes")
    assert (ran.code, {*shown(renumbered)}, "error: " in ran.err) == (5, set(KEYS), True)
    assert approve(renumbered, name).code == 0
    assert {*shown(renumbered)} == {f"10{key}" for key in KEYS}


@pytest.mark.both_states
@pytest.mark.parametrize("after", [False, True])
def test_killed_in_the_middle(filled: Home, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """Before the edit is sent the change is pending as before; after it, it is found out that it was sent."""
    price(filled, "26926", "12.9")
    name = hold(filled)
    place, step = (OutcomeRecorder, "record") if after else (Performance, "perform")
    with monkeypatch.context() as patched:
        patched.setattr(place, step, _kill)
        with pytest.raises(Killed):
            filled.run("approve", name, "--yes")
    assert on_prom(filled, "26926") == Decimal("12.9" if after else 129)
    busy = filled.run("approve", name, "--yes")
    assert busy.code == 10
    filled.orphan_leases()
    ran = approve(filled, name)
    assert (ran.code, filled.writes() != []) == (9 if after else 0, not after)
    assert on_prom(filled, "26926") == Decimal("12.9")
    if after:
        assert "it was sent already, by run 3" in ran.json["error"]["message"]


def test_a_rollback_of_an_approval(filled: Home) -> None:
    """It takes back exactly what the approval sent."""
    price(filled, "26926", "12.9")
    run = approve(filled, hold(filled)).json["run"]
    back = filled.run("rollback", str(run), "--yes", "--format", "json")
    assert (back.code, on_prom(filled, "26926")) == (0, Decimal(129))


def test_what_a_rollback_holds(filled: Home) -> None:
    """Its plan is kept too, and approved as the way back that it is."""
    ran = filled.run("rollback", "1", "--yes", "--format", "json")
    valid(ran.json, schemas.ROLLBACK_DONE)
    name = ran.json["kept"]
    assert (ran.code, name, filled.run("history", "2", "--format", "json").json["run"]["kept"]) == (
        8,
        name,
        name,
    )
    ran = approve(filled, name, "--only", "26926,26931")
    assert (ran.code, hidden(filled)) == (0, {"26926", "26931"})
    assert filled.run("history", "3", "--format", "json").json["run"]["undoes"] == 1
    ran = approve(filled, name)
    assert (ran.code, len(hidden(filled)), ran.json["export"]) == (6, 39, None)


def test_saved_plans_hold_as_they_did(filled: Home) -> None:
    """`sync --plan` holds what a guard holds, and keeps that for a person too."""
    price(filled, "26926", "12.9")
    price(filled, "26931", "69")
    plan = filled.folder / "plan.jsonl"
    filled.run("update", "--out", str(plan))
    ran = filled.run("sync", "--plan", str(plan), "--format", "json")
    assert (ran.code, on_prom(filled, "26931"), on_prom(filled, "26926")) == (8, Decimal(69), Decimal(129))
    assert states(approve(filled, ran.json["kept"])) == {"26926": "done"}


def test_nothing_without_a_decision(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal it is exit 64, whatever the environment says; the way on is in the hint."""
    price(filled, "26926", "12.9")
    name = hold(filled)
    monkeypatch.setenv("TORGSYNC_APPROVE_YES", "1")
    monkeypatch.setenv("TORGSYNC_APPROVE_ONLY", "26931")
    filled.sandbox.log.clear()
    ran = filled.run("approve", name)
    assert (ran.code, list(filled.sandbox.log)) == (64, [])
    assert f'torgsync approve {name} -o "My Prom" --yes' in ran.err
    assert [run["run"] for run in filled.run("history", "--format", "json").json["runs"]] == [2, 1]


@pytest.mark.parametrize("name", ["", "7f3a91c", "7f3a91cd", "7f3a91cdd", "zzzzzzzz", "%", "7f3a91c%"])
def test_names_that_there_are_not(filled: Home, name: str) -> None:
    """A usage error names those that there are; nothing is printed as CSV."""
    assert filled.run("approve", name, "--yes", "--format", "csv").code == 64
    ran = filled.run("approve", name, "--yes")
    assert (ran.code, "keeps its plan when it holds something" in ran.err) == (64, True)
    price(filled, "26926", "12.9")
    kept = hold(filled)
    ran = filled.run("approve", name, "--yes")
    assert (ran.code, f"`{kept}`" in ran.err) == (64, True)


def test_several_objects(filled: Home) -> None:
    """A name finds its object; one that two have needs `-o`."""
    filled.second_object("Second", "second.toml")
    price(filled, "26926", "12.9")
    ran = filled.run("sync", "--yes", "--format", "json", "-o", "My Prom")
    name = ran.json["kept"]
    missing = filled.run("approve", "0" * 8, "--yes")
    assert (missing.code, name in missing.err) == (64, True)
    other = filled.run("approve", name, "--yes", "-o", "Second")
    assert (other.code, f'torgsync approve {name} -o "My Prom"' in other.err) == (64, True)
    assert filled.run("approve", name, "--yes").code == 0
    with closing(sqlite3.connect(filled.folder / "state.db")) as state, state:
        state.execute(
            "INSERT INTO held_plans SELECT 'second', run, name, plan, at, violations FROM held_plans"
        )
    ran = filled.run("approve", name, "--yes")
    assert (ran.code, "`My Prom`, `Second`" in ran.err) == (64, True)
    assert filled.run("approve", name, "--yes", "-o", "My Prom").code == 9


def test_people_read_it(filled: Home) -> None:
    """The run names the command, `approve` shows what goes, history and `why` say what it was."""
    price(filled, "26926", "12.9")
    price(filled, "26931", "680")
    ran = filled.run("sync", "--yes")
    (line,) = [line for line in ran.lines if "torgsync approve" in line]
    name = line.split("torgsync approve ")[1].split()[0]
    assert line.endswith(f'and nothing else: torgsync approve {name} -o "My Prom"')
    kept = filled.run("history", "2").lines
    assert f"what it held was kept as the plan `{name}`" in kept
    found = "! held     item 26926: 129.00 -> 12.90 (-90 %); the limit is -40 % to +150 %; 10 times lower"
    assert found in "\n".join(kept)
    filled.sandbox.edit_product("26931", price=Decimal(70))
    ran = filled.run("approve", name, "--yes")
    assert ran.code == 6
    assert found.replace("! held ", "! guard") in ran.out
    assert ran.lines[0].startswith(f"My Prom: from the plan `{name}` that run 2 kept, ")
    assert "other changes are still held (`price`): torgsync update" in ran.out
    past = " ".join(filled.run("history", "3").out.split())
    assert f"approved from the plan `{name}` of run 2, by " in past
    assert "the guard `price` had found: 129.00 -> 12.90 (-90 %)" in past
    assert f"approved from the plan `{name}` of run 2" in " ".join(filled.run("why", "26926").out.split())
    attempts = filled.run("why", "26926", "--format", "json").json["good"]["attempts"]
    assert attempts[0]["approved"] == {"plan": name, "run": 2}
    said = filled.run("approve", name, "--yes", "--lang", "uk")
    assert (said.code, "вже" in said.err, "approve" in said.err) == (9, True, False)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_a_person_on_a_terminal(filled: Home, tmp_path: Path) -> None:
    """Sees what goes and what does not before the question; a run that a person watches keeps no plan."""
    price(filled, "26926", "12.9")
    price(filled, "26931", "680")
    name = hold(filled)
    filled.sandbox.edit_product("26931", price=Decimal(70))

    def call(command: str, answer: str) -> tuple[int, str]:
        person = Person(typed="", answer=answer)
        program = Program(filled.folder, filled.server.url, sleep=no_waiting)
        code = terminals.call(program, tuple(command.split()), person, ("terminal", "terminal"), tmp_path)
        return code, re.sub(r"\x1b\[[0-9;]*m", "", person.screen.decode())

    code, screen = call(f"approve {name}", "n\n")
    before, question, _ = screen.partition("Send 1 change to Prom.ua? [y/N]: ")
    assert (code, bool(question), on_prom(filled, "26926")) == (1, True, Decimal(129))
    assert "its price changed on Prom.ua since the plan was made" in " ".join(before.split())
    assert call(f"approve {name}", "y\n")[0] == 6
    assert on_prom(filled, "26926") == Decimal("12.9")
    code, screen = call("sync", "y\n")
    assert (code, "torgsync approve" in screen) == (8, False)
    runs = filled.run("history", "--format", "json").json["runs"]
    assert [(run["run"], run["kept"]) for run in runs][:3] == [(4, None), (3, None), (2, name)]


@pytest.mark.both_states
def test_compaction_takes_it(filled: Home) -> None:
    """A kept plan goes with the changes of its run."""
    price(filled, "26926", "12.9")
    name = hold(filled)
    price(filled, "26926", "13", old="12.9")
    hold(filled)
    later = datetime.now(UTC) + timedelta(days=400)
    assert filled.run("state", "check", now=later).code == 0
    assert filled.run("approve", name, "--yes").code == 64
    assert filled.run("history", "2", "--format", "json").json["run"]["kept"] is None
