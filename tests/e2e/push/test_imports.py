"""No run waits longer than it must for an import, and no import is sent twice.

Time is virtual: an import takes as long as a test says, and a wait takes none.
"""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from clocks import VirtualTime, clock_of
from exports import write_dull_shop
from homes import Home, Ran
from matrix import sampled

from torgsync.sandbox.shop.import_errors import ANOTHER_RUNS

MINUTE = 60


class Day:
    """The example shop on its second day, with a clock: two goods are new, others are dearer or cheaper."""

    def __init__(self, home: Home, *quirks: str) -> None:
        self.home = home
        self.clock: VirtualTime = clock_of(home.sandbox)
        self.home.set_quirks(*quirks)
        self.home.next_day()

    def run(self, *args: str, **later: float) -> Ran:
        """Synchronise some time later; `seen` is the price of a good before each wait."""
        self.clock.pass_by(**later)
        self.seen: list[Decimal | None] = []
        self.began = self.clock.now()

        def sleep(seconds: float) -> None:
            self.seen.append(self.home.sandbox.product("26926").price)
            self.clock.sleep(seconds)

        return self.home.run(
            *("sync", "--yes", "--format", "json", "--allow", "removals=2", *args),
            now=self.clock.now,
            sleep=sleep,
        )

    @property
    def minutes(self) -> float:
        """How long the last run took."""
        return (self.clock.now() - self.began).total_seconds() / MINUTE

    @property
    def imports(self) -> int:
        """How many imports the second day has spent."""
        return len(self.home.sandbox.imports()) - 1

    def dearer(self, old: int, new: int) -> None:
        """Have the accounting program change the price of a good."""
        self.home.edit_row("26926", f";{old};0;{old};", f";{new};0;{new};")


@pytest.fixture
def day(filled: Home) -> Day:
    """The second day, with imports of twenty minutes."""
    return Day(filled, "import_seconds=1200")


def states(ran: Ran, verb: str) -> set[str]:
    """Return how the changes of a verb ended."""
    return {outcome["state"] for outcome in ran.json["outcomes"] if outcome["verb"] == verb}


def doctor(day: Day) -> tuple[int, list[str]]:
    """Return the exit code of a look for trouble, and the beginning of its line about one that is open."""
    ran = day.home.run("doctor", now=day.clock.now)
    return ran.code, [
        line[2:36] for line in ran.lines if line[11:18] == "imports" and " of 8 imports" not in line
    ]


@pytest.mark.parametrize("args", sampled(["", "--no-wait", "--only goods"], "", "--no-wait"))
def test_prices_wait_for_no_import(day: Day, args: str) -> None:
    """They are on the site before an import is waited for, in each run; it is waited for 15 minutes."""
    old = day.home.sandbox.product("26926").price
    first = day.run(*args.split())
    price = day.home.sandbox.product("26926").price
    assert (first.code, price == old) == (5, False)
    assert set(day.seen) <= {price}
    assert (states(first, "update"), states(first, "create")) == ({"done"}, {"deferred"})
    assert day.minutes == (0 if "--no-wait" in args else 15)
    assert ("waiting for Prom.ua to import" in first.err) is ("--no-wait" not in args)
    assert "error" not in first.json or first.json["error"]["kind"] == "import-open"
    assert price is not None
    day.dearer(int(price), int(price) + 1)
    second = day.run(*args.split(), minutes=1)
    assert set(day.seen) <= {price + 1}
    assert (states(second, "update"), second.json["counts"]["create"]) == ({"done"}, 0)
    assert second.code == (5 if "--no-wait" in args else 0)
    assert ("waiting for Prom.ua to import" in second.err) is ("--no-wait" not in args)
    assert any("had not ended when this plan was made" in one["message"] for one in second.json["findings"])
    third = day.run(*args.split(), minutes=20)
    assert (third.code, day.imports, len(day.home.sandbox.products())) == (0, 1, 41)
    assert third.json["counts"]["update"] == 0
    assert day.run(*args.split()).json["changes"] == []


def test_a_price_that_is_a_persons_by_now(day: Day) -> None:
    """A field that Prom.ua owns is set when the product is made; what a person makes of it then stays."""
    day.home.edit_object('to = "price"\nowner = "torgsoft"', 'to = "price"\nowner = "prom"')
    assert day.run("--no-wait").code == 5
    day.clock.pass_by(minutes=20)
    day.home.sandbox.edit_product("26941", price=Decimal(333), quantity_in_stock=1)
    assert day.run(minutes=1).code == 0
    made = day.home.sandbox.product("26941")
    assert (made.price, made.quantity_in_stock, made.presence) == (Decimal(333), 6, "available")


def test_a_run_goes_on_behind_an_import_of_an_earlier_one(day: Day) -> None:
    """New goods go with an import of their own as soon as the earlier one has ended; its goods do not."""
    assert day.run("--no-wait").code == 5
    text = day.home.export.read_text("utf-8-sig")
    row = next(line for line in text.splitlines() if line.startswith("26926;"))
    day.home.edit_export(lambda text: f"{text}{row.replace('26926', '26990').replace('Крем', 'Гель')}\r\n")
    second = day.run(minutes=10)
    assert [one["good_id"] for one in second.json["changes"] if one["verb"] == "create"] == ["26990"]
    assert (second.code, states(second, "create"), day.minutes, day.imports) == (5, {"deferred"}, 15, 2)
    assert second.json["error"]["kind"] == "import-open"
    assert day.run(minutes=30).code == 0
    assert (day.imports, day.home.sandbox.product("26990").name_uk) == (2, "Гель [red] для рук ягідний")


@pytest.mark.parametrize("arrives", sampled([True, False], False))
def test_the_answer_to_an_import_is_lost(day: Day, *, arrives: bool) -> None:
    """It is looked for during five minutes; the next run looks again, and nothing is sent twice."""
    day.home.set_quirks(f"import_seconds={200 if arrives else 1200}")
    day.home.misbehave("POST products/import_file lost nth=1")
    first = day.run()
    assert day.minutes <= 5
    if not arrives:
        assert (first.code, first.json["error"]["kind"]) == (5, "import-open")
        assert "was lost" in first.json["error"]["message"]
        again = day.run(minutes=10)
        assert (again.code, again.json["changes"][:0], day.imports) == (5, [], 1)
        assert day.minutes <= 5
        first = day.run(minutes=10)
    assert (first.code, day.imports, len(day.home.sandbox.products())) == (0, 1, 41)
    assert day.run().json["changes"] == []


BUSY = ["400-object", "400-flat", "400-text", "200-object", "200-flat"]


@pytest.mark.parametrize("shape", sampled(BUSY, "400-object"))
def test_another_import_is_running(filled: Home, shape: str) -> None:
    """Prom.ua's words are shown; it is waited for five minutes, by each run, until it is for a person."""
    day = Day(filled, f"busy_import_as={shape}")
    running = filled.sandbox.start_import(120 * MINUTE)
    first = day.run()
    assert (first.code, states(first, "update"), states(first, "create")) == (5, {"done"}, {"deferred"})
    assert states(first, "remove") == {"done"}
    assert (day.minutes, day.imports) == (5, 1)
    assert first.json["error"]["kind"] == "import-busy"
    assert ANOTHER_RUNS["uk"] in first.json["error"]["message"]
    assert first.json["budget"]["imports_left"] == day.run("--no-wait").json["budget"]["imports_left"]
    assert doctor(day) == (0, ["warning  imports    another import"])
    late = day.run(minutes=30)
    assert (late.code, day.minutes) == (8, 0)
    assert doctor(day) == (8, ["error    imports    another import"])
    assert "«Товари» › «Імпорт»" in late.json["error"]["hint"]
    filled.sandbox.cancel_import(running.id)
    assert (day.run().code, len(filled.sandbox.products()), day.imports) == (0, 41, 2)


def test_a_good_with_a_new_key_stays_while_another_import_runs(filled: Home) -> None:
    """Its old product goes only after the new one came, so that buyers see one of them all the time."""
    day = Day(filled)
    filled.sandbox.start_import(60 * MINUTE)
    filled.edit_export(lambda text: text.replace("\n26926;", "\n27926;"))
    held = day.run("--no-wait")
    assert (held.code, states(held, "remove")) == (5, {"done"})
    ran = day.run("--no-wait", "--allow", "identity=1")
    assert (ran.code, states(ran, "create"), states(ran, "remove")) == (5, {"deferred"}, {"deferred"})
    assert filled.sandbox.product("26926").status == "on_display"


def test_another_import_ends_while_it_is_waited_for(filled: Home) -> None:
    """Its turn comes, and the run performs everything."""
    day = Day(filled)
    filled.sandbox.start_import(2 * MINUTE)
    ran = day.run()
    assert (ran.code, {one["state"] for one in ran.json["outcomes"]}) == (0, {"done"})
    assert sum(day.clock.waited) == pytest.approx(2 * MINUTE, abs=MINUTE)


NEW = {"26941", "26942"}
"""The goods of the second day that Prom.ua does not have yet."""


def refuse(home: Home, good_ids: set[str]) -> None:
    """Have Prom.ua refuse new goods: their ids were deleted for good."""
    home.sandbox.catalog.deleted_external_ids |= good_ids


@pytest.mark.parametrize("rows", sampled(["flat", "external-ids", "row-numbers"], "external-ids"))
def test_an_import_of_refused_rows_hangs(filled: Home, rows: str) -> None:
    """It is reported with the cabinet's words until a person cancels it; its goods are not sent again."""
    day = Day(filled, "refused_file=hangs", f"row_errors={rows}")
    refuse(filled, NEW)
    assert (day.run().code, day.minutes) == (5, 15)
    for first in (True, False):
        hangs = day.run("--format", "table", minutes=30)
        assert ("the import of an earlier run: " in hangs.out) is first
        assert (hangs.code, day.minutes) == (8, 0)
        assert "hangs: Prom.ua has processed none of them" in hangs.err
        assert "hint: in the seller's cabinet, «Товари» › «Імпорт», look what is wrong" in hangs.err
    assert "hangs and blocks all later ones" in filled.run("update").out
    assert doctor(day) == (8, ["error    imports    the import of "])
    filled.sandbox.cancel_import()
    after = day.run(minutes=30)
    if rows == "row-numbers":
        # Nothing names the goods, so they are sent once more; the second time they are given up.
        assert after.code == 5
        assert day.run(minutes=30).code == 8
        filled.sandbox.cancel_import()
        after = day.run(minutes=30)
    ends = [one["state"] for one in after.json["settled"]]
    assert (ends, after.code) == (([], 0) if rows == "row-numbers" else (["refused"] * 2, 6))
    assert after.json["counts"]["create"] == 0
    assert day.run().code == 0
    assert {finding["code"] for finding in after.json["findings"]} >= {"refused-before"}
    assert day.imports == (2 if rows == "row-numbers" else 1)


@pytest.mark.slow
def test_an_import_that_never_ends(filled: Home) -> None:
    """Once it is cancelled, its goods are sent again."""
    day = Day(filled)
    filled.misbehave("import-never-ends nth=1")
    assert [day.run(minutes=30).code for _ in range(3)] == [5, 8, 8]
    filled.sandbox.cancel_import()
    assert (day.run(minutes=30).code, len(filled.sandbox.products())) == (0, 41)


@pytest.mark.parametrize("word", sampled(["FATAL", "FAIL", "error", "failed"], "error"))
def test_an_import_that_fails(filled: Home, word: str) -> None:
    """Every word for a failure ends the wait at once, and the next run sends the goods again."""
    day = Day(filled, f"failed_import_as={word}")
    filled.misbehave("import-fails nth=1")
    failed = day.run()
    assert (failed.code, states(failed, "create"), day.minutes < 1) == (6, {"refused"}, True)
    assert (day.run(hours=1).code, len(filled.sandbox.products())) == (0, 41)


@pytest.mark.parametrize(
    ("rows", "message"),
    sampled(
        [
            ("external-ids", "Prom.ua refused the field `status` (validation, code 1001)"),
            ("row-numbers", "Prom.ua refused the field `status` at position 2 (validation, code 1001)"),
        ],
        ("external-ids", "Prom.ua refused the field `status` (validation, code 1001)"),
    ),
)
def test_refused_rows_are_matched_to_their_goods(filled: Home, rows: str, message: str) -> None:
    """The good that Prom.ua refused has its reason, and the others are done, although no counter says so."""
    day = Day(filled, f"row_errors={rows}")
    refuse(filled, {"26942"})
    filled.edit_row("26931", '"Шуруп', '"Новий шуруп')
    ran = day.run()
    assert (ran.code, day.minutes < 1) == (6, True)
    ends = {one["good_id"]: (one["state"], one["message"]) for one in ran.json["outcomes"]}
    assert ends.pop("26942") == ("refused", message)
    assert {state for state, _ in ends.values()} == {"done", "deferred"}  # removals wait
    assert "Новий шуруп" in str(filled.sandbox.product("26931").name_uk)
    assert (day.run().code, day.imports) == (0, 1)


@pytest.mark.parametrize("minutes", [21, 10])
def test_rows_that_an_import_of_an_earlier_run_refused(filled: Home, minutes: int) -> None:
    """The run that finds them out names them, whether it ended before this run or while it was waited for."""
    day = Day(filled, "row_errors=external-ids", "import_seconds=1200")
    refuse(filled, {"26942"})
    assert day.run("--no-wait").code == 5
    ran = day.run("--format", "table", minutes=minutes)
    assert (ran.code, "the import of an earlier run: 1 done, 1 refused" in ran.lines) == (6, True)
    assert "! refused: create 26942" in ran.out
    assert "Prom.ua refused the field `status` (validation, code 1001)" in ran.out
    again = day.run()
    assert (again.code, again.json["settled"]) == (0, [])


@pytest.mark.slow
def test_a_run_is_turned_back_while_its_import_is_open(day: Day) -> None:
    """Prices go back at once, what the import made when the same command is run after its end."""
    home, clock = day.home, day.clock
    old = home.sandbox.product("26926").price
    assert day.run("--no-wait").code == 5
    clock.pass_by(minutes=10)
    back = ("rollback", "2", "--yes", "--format", "json", "--allow", "removals=2")
    first = home.run(*back, now=clock.now, sleep=clock.sleep)
    # What the import does is not known yet, and named as such.
    assert (first.code, first.json["error"]["kind"]) == (6, "import-open")
    assert "ended after this plan was made" in first.json["error"]["message"]
    assert home.sandbox.product("26926").price == old
    second = home.run(*back, now=clock.now, sleep=clock.sleep)
    assert second.code in {0, 6}
    assert {product.status for product in home.sandbox.products() if product.external_id in NEW} <= {
        "not_on_display"
    }
    assert day.imports == 1


def dull_shop(home: Home, goods: int, *, changed: int = 0) -> None:
    """Have the accounting program export a larger shop."""
    path = write_dull_shop(home.shop, goods, random.Random(7), changed=changed)  # noqa: S311
    path.write_text(path.read_text("utf-8") + "[limits]\nrequests_per_second = 50\n", "utf-8")


@pytest.mark.slow
def test_a_thousand_prices_are_on_the_site_before_an_import_ends(bare: Home) -> None:
    """Within their own requests, ten edits of a hundred, although the import takes twenty minutes."""
    home, clock = bare, clock_of(bare.sandbox)
    dull_shop(home, 1000)
    assert home.run("sync", "--yes", now=clock.now, sleep=clock.sleep).code == 0
    before = {product.external_id: product.price for product in home.sandbox.products()}
    clock.pass_by(days=1)
    home.set_quirks("import_seconds=1200")
    dull_shop(home, 1010, changed=1)
    home.sandbox.log.clear()
    changed: list[tuple[int, int]] = []

    def sleep(seconds: float) -> None:
        prices = {product.external_id: product.price for product in home.sandbox.products()}
        moved = sum(prices[good_id] != price for good_id, price in before.items())
        changed.append((moved, home.writes().count("/api/v1/products/edit_by_external_id")))
        clock.sleep(seconds)

    ran = home.run("sync", "--yes", "--format", "json", now=clock.now, sleep=sleep)
    assert (ran.code, ran.json["counts"]["create"], ran.json["counts"]["update"]) == (5, 10, 1000)
    assert set(changed) == {(1000, 10)}
    clock.pass_by(minutes=30)
    after = home.run("sync", "--yes", "--format", "json", now=clock.now, sleep=clock.sleep)
    assert (after.code, len(home.sandbox.products()), len(home.sandbox.imports())) == (0, 1010, 2)
