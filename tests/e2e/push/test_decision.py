"""What a command names is looked up before a decision is asked for: a wrong name is the first to mend."""

from __future__ import annotations

import pytest
from homes import Home

NO_TERMINAL = "there is no terminal to ask on"


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("sync -o nowhere", "nowhere"),
        ("sync --good 99999", "99999"),
        ("sync --group Nowhere", "Nowhere"),
        ("rollback 99", "has no run 99"),
        ("rollback 1 -o nowhere", "nowhere"),
        ("object adopt nowhere --write-ids", "nowhere"),
        ("object adopt my-prom --write-ids --decisions nowhere.csv", "nowhere.csv"),
        ("object remove nowhere", "nowhere"),
        ("clients forget 12", "12"),
        ("clients forget +380500000001 -o nowhere", "nowhere"),
        ("state restore nowhere.db", "there is no file `nowhere.db`"),
        ("state move nowhere.db", "not the address of a database"),
    ],
)
def test_what_does_not_exist_is_said_first(filled: Home, command: str, missing: str) -> None:
    """Not that a terminal is missing, and that it needs `--yes`."""
    ran = filled.run(*command.split())
    assert (ran.code, missing in ran.err, NO_TERMINAL in ran.err) == (64, True, False)


@pytest.mark.parametrize(
    "command",
    [
        "sync",
        "sync --good 26901",
        "sync --all",
        "rollback 1",
        "object adopt my-prom --write-ids",
        "object remove my-prom",
        "clients forget +380500000001",
        "state restore objects/token",
        "state move sqlite:///moved.db",
    ],
)
def test_what_exists_needs_a_decision(filled: Home, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Without a terminal nothing is sent, removed or replaced."""
    monkeypatch.chdir(filled.folder)
    before = filled.writes()
    ran = filled.run(*command.split())
    assert (ran.code, NO_TERMINAL in ran.err, filled.writes()) == (64, True, before)
