"""`update --stateless`: a look on a machine that keeps nothing between two calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from homes import ROOT, Home

EXAMPLE = ROOT / "examples" / "ci" / "watch-the-shop.yml"


@pytest.fixture
def elsewhere(filled: Home) -> Home:
    """A home without a state that looks at the filled shop."""
    (filled.folder / "state.db").unlink()
    return filled


def look(home: Home, *more: str) -> tuple[int, Any]:
    ran = home.run("update", "--stateless", "--detailed-exitcode", "--format", "json", *more)
    assert "Traceback" not in ran.err
    return ran.code, ran.json


def test_a_filled_shop_is_ours_by_its_external_ids(elsewhere: Home) -> None:
    """Nothing is pending on the day of the sync; a day later the same as with a state but what is gone.

    A product whose external id the export lacks is foreign, and stays.
    """
    code, plan = look(elsewhere)
    assert (code, plan["counts"]["unchanged"], plan["stateless"]) == (0, 39, True)
    elsewhere.next_day()
    code, plan = look(elsewhere)
    assert (code, plan["counts"] | {"skipped": 0}) == (
        2,
        {
            "create": 2,
            "update": 9,
            "remove": 0,
            "held": 0,
            "skipped": 0,
            "unchanged": 28,
            "foreign": 2,
            "to_send": 11,
        },
    )
    assert not (elsewhere.folder / "state.db").exists()
    assert elsewhere.writes() == []


def test_a_state_is_neither_read_nor_written(filled: Home) -> None:
    """Also a damaged one does no harm, and a run that holds the object is none of it."""
    state = filled.folder / "state.db"
    for name in (state, state.with_name("state.db-wal"), state.with_name("state.db-shm")):
        name.unlink(missing_ok=True)
    state.write_bytes(b"no state at all")
    assert look(filled)[0] == 0
    assert state.read_bytes() == b"no state at all"


def test_what_prom_shows_is_compared(filled: Home) -> None:
    """The changes of the next day are those of a plan with a state; what left the export is foreign.

    A good that a rule keeps out is ours, so its product is to be removed.
    """
    filled.edit_object('gone = "delete"', 'gone = "hide"')
    filled.next_day()
    filled.edit_object("only_in_stock = false", "only_in_stock = true")
    with_state = filled.run("update", "--format", "json").json
    _, without = look(filled)
    gone = {product["external_id"] for product in without["foreign_products"]}
    assert len(gone) == 2
    # Fewer removals are held by no guard.
    expected = [change | {"held": None} for change in with_state["changes"] if change["good_id"] not in gone]
    assert without["changes"] == expected
    assert without["counts"]["remove"] == 3


def test_it_only_looks(elsewhere: Home, tmp_path: Path) -> None:
    """Its plan cannot be saved, `sync` does not have it, and no command that would send it is named."""
    for words in (("--out", str(tmp_path / "p")), ("--offline",)):
        assert elsewhere.run("update", "--stateless", *words).code == 64
    assert not (tmp_path / "p").exists()
    assert elsewhere.run("sync", "--stateless").code == 64
    elsewhere.next_day()
    ran = elsewhere.run("update", "--stateless")
    assert ran.code == 0
    assert "torgsync sync" not in ran.out + ran.err
    assert "made without the state database" in ran.err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the example runs on Ubuntu")
def test_the_steps_of_the_example(elsewhere: Home, tmp_path: Path) -> None:
    """Each morning a fresh machine installs the program from its repository, looks, and reports it."""
    (job,) = yaml.safe_load(EXAMPLE.read_text("utf-8"))["jobs"].values()
    (program,) = (step["with"]["path"] for step in job["steps"] if "repository" in step.get("with", {}))
    install, watch = (step["run"] for step in job["steps"] if "run" in step)
    assert install == f"pip install ./{program}"
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "MY_PROM_TOKEN": "full",
        "TORGSYNC_PROM_URL": elsewhere.server.url,
        "PYTHONPATH": str(ROOT),
    }
    elsewhere.edit_object('{ file = "token" }', '{ env = "MY_PROM_TOKEN" }')

    def morning(number: int) -> tuple[int, str]:
        ran = subprocess.run(
            ["/bin/bash", "-e", "-c", watch],
            cwd=elsewhere.shop,
            env=environment | {"TORGSYNC_HOME": str(tmp_path / f"machine-{number}")},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        return ran.returncode, ran.stdout

    assert morning(1) == (0, "Prom shows what the accounting program says.\n")
    elsewhere.next_day()
    assert morning(2) == (0, "::warning::changes are pending, see pending.json\n")
    assert json.loads((elsewhere.shop / "pending.json").read_text("utf-8"))["counts"]["create"] == 2
    environment["MY_PROM_TOKEN"] = "wrong"
    assert morning(3) == (4, "::error::torgsync ended with exit code 4\n")
