"""A good that leaves the export: its product is hidden, comes back, or is deleted after its grace period."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from clocks import VirtualTime, clock_of
from homes import Home, Ran
from schemas import WHY, valid

GOOD = "26936"
NAME = "Рулетка"


class GoneShop:
    """The example shop on the days after its first one; a good leaves its export, and may come back."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.clock: VirtualTime = clock_of(home.sandbox)
        self.whole = home.export.read_bytes()

    def lose(self, *goods: str) -> None:
        """Have the accounting program write an export without these goods."""
        rows = "|".join(goods or (GOOD,))
        self.home.edit_export(lambda text: re.sub(rf"(?m)^(?:{rows});.*\r\n", "", text))

    def bring_back(self) -> None:
        """Have the accounting program write the export of the first day."""
        self.home.export.write_bytes(self.whole)

    def run(self, *args: str) -> Ran:
        return self.home.run(*args, now=self.clock.now, sleep=self.clock.sleep)

    def sync(self, *args: str) -> Ran:
        return self.run("sync", "--yes", "--format", "json", *args)

    def plan(self, *args: str) -> Any:  # noqa: ANN401  # a JSON document
        """Return the JSON of the pending changes."""
        return self.run("update", "--format", "json", *args).json

    def status(self, good_id: str = GOOD) -> str:
        """Return the status of a product on the marketplace; `deleted` where it has none."""
        found = self.home.sandbox.catalog.products.find(good_id)
        return found.status if found else "deleted"


@pytest.fixture
def gone(filled: Home) -> GoneShop:
    """The example shop after its first synchronisation, on a clock of its own."""
    return GoneShop(filled)


def removals(document: Any) -> list[tuple[str, str, str, str]]:  # noqa: ANN401
    """Return what leaves: its id, reason, and old and new status."""
    return [
        (change["good_id"], change["reason"], *(change["fields"]["status"][side] for side in ("old", "new")))
        for change in document["changes"]
        if change["verb"] == "remove"
    ]


HIDE = (GOOD, "gone", "on_display", "not_on_display")
DELETE = (GOOD, "grace-over", "not_on_display", "deleted")


def test_a_good_that_is_missing_for_a_day(gone: GoneShop) -> None:
    """Its product is hidden, `why` says until when it may come back, and then it is shown as before."""
    gone.lose()
    document = gone.plan()
    assert (removals(document), document["deletions"]) == ([HIDE], {"now": 0, "later": 1})
    shown = " ".join(gone.run("update").out.split())
    assert "1 product will be hidden now, and deleted after 30 days unless its item comes back" in shown
    assert gone.sync().code == 0
    assert gone.status() == "not_on_display"
    gone.clock.pass_by(days=1)
    assert removals(gone.plan()) == []
    document = gone.run("why", GOOD, "--format", "json").json
    valid(document, WHY)
    why = document["good"]
    assert (why["fate"], why["change"]) == ("in-grace", None)
    days = (datetime.fromisoformat(why["deletion"]) - gone.clock.now()).total_seconds() / 86400
    assert 28 < days < 29.1
    assert "deletion: with the first run after" in gone.run("why", GOOD).out
    gone.bring_back()
    gone.clock.pass_by(days=1)
    assert gone.sync().code == 0
    assert (gone.status(), gone.home.sandbox.catalog.deleted_external_ids) == ("on_display", set())
    gone.lose()
    gone.clock.pass_by(days=29)
    assert removals(gone.sync().json) == [HIDE]  # a new period
    gone.clock.pass_by(days=29)
    assert removals(gone.plan()) == []


def test_a_good_that_stays_away(gone: GoneShop) -> None:
    """Its deletion is found though nothing else changed, with and without a look; later Prom refuses it.

    What refuses it is named with the run that deleted it, in the run, in later plans and in `why`.
    """
    gone.lose()
    hidden = gone.sync().json["run"]
    gone.clock.pass_by(days=29, hours=23)
    assert removals(gone.plan()) == removals(gone.plan("--offline")) == []
    gone.clock.pass_by(hours=2)
    for args in (("--offline",), (), ("--full-refresh",)):
        document = gone.plan(*args)
        assert (removals(document), document["deletions"]) == ([DELETE], {"now": 1, "later": 0})
    assert gone.run("why", GOOD, "--format", "json").json["good"]["fate"] == "delete"
    shown = " ".join(gone.run("update").out.split())
    assert "1 product will be deleted for good" in shown
    assert "1 to remove" in shown
    deleted = gone.sync().json
    assert (removals(deleted), deleted["exit"]) == ([DELETE], 0)
    assert gone.status() == "deleted"
    gone.clock.pass_by(days=1)
    assert removals(gone.plan()) == []
    history = gone.run("history", str(deleted["run"])).out
    assert "hidden -> deleted" in history
    gone.bring_back()
    back = gone.sync()
    (outcome,) = [one for one in back.json["outcomes"] if one["good_id"] == GOOD]
    assert (back.code, outcome["state"]) == (6, "refused")
    assert f"run {deleted['run']} of" in outcome["message"]
    assert hidden != deleted["run"]
    gone.home.edit_row(GOOD, ";139;", ";149;")  # no other price makes Prom take the id
    document = gone.plan()
    assert (document["changes"], document["skipped"]["deleted-before"]) == ([], 1)
    (finding,) = [one for one in document["findings"] if one["code"] == "deleted-before"]
    for text in (outcome["message"], finding["message"], " ".join(gone.run("why", GOOD).out.split())):
        assert f"run {deleted['run']} of" in text
        assert "run `torgsync update --full-refresh`, or give the item a new `GoodID` in Torgsoft" in text


@pytest.mark.parametrize("status", ["on_display", "draft", "deleted"])
def test_a_product_that_a_person_touched(gone: GoneShop, status: str) -> None:
    """One that is shown again in the cabinet is hidden again and not deleted; any other is left alone."""
    gone.lose()
    gone.sync()
    gone.clock.pass_by(days=31)
    gone.home.sandbox.edit_product(GOOD, status=status)
    expected = [HIDE] if status == "on_display" else []
    for args in ((), ("--full-refresh",)):
        assert removals(gone.plan(*args)) == expected
    assert gone.sync().code == 0
    gone.clock.pass_by(days=29)
    assert removals(gone.plan()) == []
    gone.clock.pass_by(days=2)
    assert removals(gone.plan()) == ([DELETE] if status == "on_display" else [])


def test_a_good_that_was_hidden_before_it_left(gone: GoneShop) -> None:
    """The time begins when the export lacks it, not when a rule hid its product; also by `update` alone."""
    gone.home.edit_object("only_in_stock = false", "only_in_stock = true")
    gone.home.edit_export(lambda text: re.sub(r'(\r\n26926;.*?)"2=[^"]*"', r'\1"2=0,000"', text, count=1))
    gone.sync("--allow", "removals=99")
    assert gone.status("26926") == "not_on_display"
    gone.clock.pass_by(days=40)
    gone.lose("26926")
    assert removals(gone.plan()) == []
    gone.clock.pass_by(days=29)
    assert removals(gone.sync().json) == []
    gone.clock.pass_by(days=2)
    assert removals(gone.plan()) == [("26926", *DELETE[1:])]


def test_settings_of_the_grace_period(gone: GoneShop) -> None:
    """`0d` deletes at once, `hide` never; another time counts for products that are hidden already."""
    gone.home.edit_object('delete_after = "30d"', "")
    gone.lose()
    gone.sync()
    assert gone.status() == "not_on_display"
    gone.clock.pass_by(days=10)
    at_once = [(GOOD, "gone", *DELETE[2:])]
    for value, expected in (("7d", [DELETE]), ("11d", []), ("0d", at_once), ("7d", [DELETE])):
        assert gone.run("object", "edit", "--set", f"removal.delete_after={value}").code == 0
        assert removals(gone.plan()) == expected
    assert (
        gone.run("object", "edit", "--set", "removal.gone=hide", "--unset", "removal.delete_after").code == 0
    )
    gone.clock.pass_by(days=90)
    assert removals(gone.plan()) == []
    assert gone.run("object", "edit", "--set", "removal.gone=delete").code == 0
    assert removals(gone.sync().json) == []  # the period begins with the policy
    wrong = gone.run("object", "edit", "--set", "removal.delete_after=30")
    assert (wrong.code, 'a number of days such as `"30d"`' in wrong.err) == (3, True)


MANY = ["26916", "26919", "26922", "26923", "26936"]


def held(document: Any) -> dict[str, int]:  # noqa: ANN401
    """Return how many changes each guard holds."""
    guards = [change["held"] for change in document["changes"] if change["held"]]
    return {guard: guards.count(guard) for guard in guards}


def test_many_deletions_wait_for_a_person(gone: GoneShop) -> None:
    """They are held by a guard of their own; what else leaves, and what is new, goes."""
    gone.lose(*MANY)
    assert held(gone.plan()) == {"removals": 5}
    assert gone.sync("--allow", "removals=5").code == 0
    gone.clock.pass_by(days=30)
    gone.home.edit_export(lambda text: text.replace("\r\n26931;", "\r\n99931;"))
    gone.lose("26921")
    document = gone.plan("--allow", "identity=1")
    assert held(document) == {"deletions": 5}
    assert document["deletions"] == {"now": 0, "later": 2}
    (guard,) = document["guards"]
    assert (guard["guard"], guard["allow"]) == ("deletions", "--allow deletions=5")
    ran = gone.sync("--allow", "identity=1")
    assert (ran.code, gone.status("26921"), gone.status(GOOD)) == (8, "not_on_display", "not_on_display")
    assert gone.status("99931") == "on_display"
    assert held(gone.plan("--allow", "deletions=4")) == {"deletions": 5}
    assert gone.sync("--allow", "deletions=5").code == 0
    assert [gone.status(good_id) for good_id in MANY] == ["deleted"] * 5


def test_an_export_that_shrank_deletes_nothing(gone: GoneShop) -> None:
    """However long a product was hidden: the guard of the rows holds its deletion as well."""
    gone.lose()
    gone.sync()
    gone.clock.pass_by(days=31)
    rows = gone.home.export.read_bytes().split(b"\r\n26921;")[0] + b"\r\n"
    gone.home.export.write_bytes(rows)
    document = gone.plan()
    assert {change["held"] for change in document["changes"] if change["verb"] == "remove"} == {"export-rows"}
    assert DELETE in removals(document)
    assert gone.sync("--allow", "deletions=1").code == 8
    assert gone.status() == "not_on_display"


def test_a_rollback_of_a_hide_and_of_a_deletion(gone: GoneShop) -> None:
    """A hidden product is shown again, and its time begins again; a deleted one can only be tried again."""
    gone.lose()
    hidden = gone.sync().json["run"]
    gone.clock.pass_by(days=20)
    assert gone.run("rollback", str(hidden), "--yes").code == 0
    assert gone.status() == "on_display"
    gone.clock.pass_by(days=11)
    assert removals(gone.sync().json) == [HIDE]
    gone.clock.pass_by(days=31)
    deleted = gone.sync().json
    assert removals(deleted) == [DELETE]
    back = gone.run("rollback", str(deleted["run"]), "--yes", "--format", "json")
    (outcome,) = back.json["outcomes"]
    assert (back.code, back.json["turns_back"]["anew"], outcome["state"]) == (6, 1, "refused")
    assert f"run {deleted['run']} of" in outcome["message"]


def test_a_saved_deletion_after_its_good_came_back(gone: GoneShop) -> None:
    """A saved plan deletes nothing that the export has again."""
    gone.lose()
    gone.sync()
    gone.clock.pass_by(days=31)
    saved = gone.home.folder / "saved.plan"
    assert removals(gone.plan("--out", str(saved))) == [DELETE]
    gone.bring_back()
    assert gone.run("sync", "--plan", str(saved)).code == 9
    assert gone.status() == "not_on_display"


def test_a_run_that_never_learned_that_it_hid(gone: GoneShop) -> None:
    """The next one finds the product hidden, and the time counts from the first."""
    gone.lose()
    gone.home.misbehave("POST products/edit* lost", "GET products/by_external_id/26936 500")
    assert gone.sync().code in (5, 6)
    gone.home.misbehave()
    gone.clock.pass_by(days=1)
    assert removals(gone.sync().json) == []
    assert gone.status() == "not_on_display"
    gone.clock.pass_by(days=28)
    assert removals(gone.plan()) == []
    gone.clock.pass_by(days=2)
    assert removals(gone.plan()) == [DELETE]


def test_a_hidden_good_that_comes_back_under_another_key(gone: GoneShop) -> None:
    """It is held as a changed key; adopted, the product with its reviews is shown under the new one."""
    gone.lose()
    gone.sync()
    gone.bring_back()
    gone.clock.pass_by(days=5)
    gone.home.edit_export(lambda text: text.replace(f"\r\n{GOOD};", "\r\n90036;"))
    assert held(gone.plan()) == {"identity": 1}
    assert gone.run("object", "adopt", "--yes").code == 0
    ran = gone.sync()
    assert (ran.code, gone.status()) == (0, "on_display")
    gone.clock.pass_by(days=40)
    assert removals(gone.plan()) == []
