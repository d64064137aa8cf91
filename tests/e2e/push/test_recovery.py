"""What a run finds that an earlier one, a person or Prom.ua itself left behind."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from faulty import Answer, Asked, Fault, FaultyServer
from homes import Home, stopped
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.sandbox.faults import Forward


def rewrites(change: tuple[str, str]) -> Fault:
    """Show every product in Prom's own way."""

    def fault(asked: Asked, forward: Forward) -> Answer:
        answer = forward(asked.body)
        return replace(answer, body=re.sub(change[0], change[1], answer.body.decode()).encode())

    return fault


@pytest.mark.both_states
def test_an_import_of_a_stopped_run_is_found_again(home: Home) -> None:
    """It is awaited and reconciled by its id: no second import is sent, and every change is done."""
    program = Program(home.folder, home.server.url, sleep=stopped)
    first = CliRunner().invoke(app, ["sync", "--yes"], obj=program)
    assert first.exit_code == 130
    assert first.stderr.splitlines()[-1] == (
        'stopped by you: 0 of 39 changes done; go on with: torgsync sync -o "My Prom"'
    )
    second = home.run("sync", "--yes")
    assert (second.code, "finished checking an import" in second.err) == (0, True)
    assert (len(home.sandbox.imports()), len(home.sandbox.products())) == (1, 39)
    assert home.sync().json["counts"]["unchanged"] == 39


def test_an_import_id_unknown_to_prom(home: Home, faulty: FaultyServer) -> None:
    """If Prom no longer has the id, the products are read back."""
    hard = Home(home.folder, home.shop, faulty)
    program = Program(hard.folder, faulty.url, sleep=stopped)
    assert CliRunner().invoke(app, ["sync", "--yes"], obj=program).exit_code == 130
    faulty.misbehave(
        "GET /products/import/status",
        lambda _asked, _forward: Answer(404, b"<html></html>", (("Content-Type", "text/html"),)),
    )
    assert hard.sync().code == 0
    assert (len(hard.sandbox.imports()), len(hard.sandbox.products())) == (1, 39)


@pytest.mark.both_states
def test_an_import_of_unknown_acceptance(home: Home, faulty: FaultyServer) -> None:
    """After a run was killed before the answer, its products are read back before anything is sent."""
    hard = Home(home.folder, home.shop, faulty)
    program = Program(hard.folder, faulty.url, sleep=stopped)
    faulty.misbehave("POST /products/import_file", rewrites(("^.*$", "")), times=1)
    assert CliRunner().invoke(app, ["sync", "--yes"], obj=program).exit_code == 130
    assert hard.sync().code == 0
    assert (len(hard.sandbox.imports()), len(hard.sandbox.products())) == (1, 39)


def test_one_good_of_an_import_that_prom_cannot_update(hard_filled: Home, faulty: FaultyServer) -> None:
    """The others are done, this one is refused, and no further import is spent on it."""
    for good_id in ("26931", "26932"):
        hard_filled.edit_row(good_id, '"Шуруп', '"Новий шуруп')
    feeds: list[int] = []

    def omits_a_change(asked: Asked, forward: Forward) -> Answer:
        feeds.append(1)
        return forward(asked.body.replace("Новий шуруп [/25]".encode(), "Шуруп [/25]".encode()))

    def counts_an_error(asked: Asked, forward: Forward) -> Answer:
        answer = forward(asked.body)
        report = json.loads(answer.body)
        report |= {"not_changed": report["not_changed"] - 1, "with_errors_count": 1}
        return replace(answer, body=json.dumps(report).encode())

    faulty.misbehave("POST /products/import_file", omits_a_change)
    faulty.misbehave("GET /products/import/status", counts_an_error)
    first = hard_filled.sync()
    assert first.code == 6
    assert {outcome["good_id"]: outcome["state"] for outcome in first.json["outcomes"]} == {
        "26931": "refused",
        "26932": "done",
    }
    assert (hard_filled.sync().code, len(feeds)) == (0, 1)


def test_values_that_prom_keeps_in_its_own_way(hard_filled: Home, faulty: FaultyServer) -> None:
    """A value that Prom rounds or replaces is sent once more, read back, and then accepted as it is."""
    faulty.misbehave("GET /products", rewrites((r'("price": \d+)\.\d+', r"\1")))
    hard_filled.edit_row("26904", "1713;0;1713", "1713,4;0;1713,4")
    for _ in range(3):
        ran = hard_filled.run("sync", "--yes")
    assert ran.code == 0
    hard_filled.sandbox.log.clear()
    assert (hard_filled.sync().code, hard_filled.writes()) == (0, [])


def test_a_value_that_prom_confirms_and_does_not_take(hard_filled: Home, faulty: FaultyServer) -> None:
    """A price that differs from the sent one is unclear and reported."""
    assert hard_filled.sync().code == 0
    faulty.misbehave("GET /products", rewrites((r'"price": 1713\b', '"price": 1650')))
    hard_filled.sandbox.edit_product("26904", price=Decimal(1650))
    ran = hard_filled.run("sync", "--yes")
    assert ran.code == 6
    assert "Prom.ua accepted the edit and shows another value" in ran.out


def test_a_product_that_was_deleted_meanwhile(hard_filled: Home) -> None:
    """An edit of it reports that it is gone, and the next run creates it again or shows why it cannot."""
    hard_filled.sandbox.delete_product("26910")
    hard_filled.next_day()
    first = hard_filled.run("sync", "--yes")
    assert first.code == 6
    assert "it is not on Prom.ua any more; the next run creates it again" in first.out
    assert hard_filled.run("sync", "--yes").code == 6
    assert hard_filled.run("sync", "--yes").code == 0
