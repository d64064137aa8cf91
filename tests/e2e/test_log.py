"""The log file of a home: what every command that works with an object did."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from faulty import Answer, FaultyServer
from homes import Home

from torgsync.files.config.logs import ROOT
from torgsync.jobs.plan import why

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR) +\S+ (run \d+|-) \S.*")


def log_of(home: Home) -> list[str]:
    return (home.folder / "logs" / "torgsync.log").read_text("utf-8").splitlines()


def test_a_run_is_logged(filled: Home) -> None:
    """Its begin and end, each stage once, each request; every line with its object and run."""
    (filled.folder / "logs" / "torgsync.log").unlink()
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    assert filled.sync().code == 0
    lines = log_of(filled)
    assert all(LINE.fullmatch(line) for line in lines)
    said = [line.split(" my-prom ", 1)[1] for line in lines]
    assert said[0] == "run 2 the run begins"
    assert said[-1] == "run 2 the run ended with exit code 0"
    assert said.count("run 2 reading the export") == 1
    assert any(
        re.fullmatch(r"run 2 POST /products/edit_by_external_id: 200, done, \d+\.\d\d s", one) for one in said
    )
    filled.sync()
    assert len([line for line in log_of(filled) if "run 3 the run begins" in line]) == 1


def test_what_did_not_end_well_is_named(hard_filled: Home, faulty: FaultyServer) -> None:
    """A change that Prom refused is logged with its good and the reason, not with what the page held."""
    hard_filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    no = Answer(400, '{"error": "пишіть на ivan@buyer.example"}'.encode())
    faulty.misbehave("POST /products/edit_by_external_id", lambda _asked, _forward: no)
    assert hard_filled.sync().code == 6
    text = "\n".join(log_of(hard_filled))
    assert "INFO    my-prom run 2 update 26926 Крем [red] для рук ягідний: refused: Prom.ua refused" in text
    assert "[mail]" in text
    assert "buyer.example" not in text
    assert "full" not in re.findall(r"\w+", text)  # the token


def test_what_was_left_for_later_is_counted(hard_filled: Home) -> None:
    """Any number of changes that were not reached is one line."""
    hard_filled.next_day()
    hard_filled.misbehave("import-refused nth=1")
    assert hard_filled.sync().code == 5
    assert any("changes left for later: " in line for line in log_of(hard_filled))


def test_errors_are_logged_once(filled: Home) -> None:
    """For a command with an object, and for an object that cannot be read."""
    assert filled.run("why", "no-such-good").code == 64
    assert sum("ERROR   my-prom - " in line for line in log_of(filled)) == 1
    filled.edit_object("[removal]", "[removal")
    ran = filled.run("update")
    assert ran.code == 3
    errors = [line for line in log_of(filled) if " ERROR   - - " in line]
    assert len(errors) == 2
    assert "this is not TOML" in errors[1]


def test_of_a_bug_only_type_and_place_are_logged(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its message is left out, as it may hold secrets."""

    def broken(*_: object) -> None:
        raise KeyError("ivan")

    monkeypatch.setattr(why, "why", broken)
    with pytest.raises(KeyError):
        filled.run("why", "26931")
    assert re.search(r" ERROR   my-prom - KeyError at test_log\.py:\d+$", log_of(filled)[-1])


@pytest.mark.parametrize(("flags", "heard"), [((), ""), (("-v",), "run"), (("-vv",), "GET"), (("-q",), "")])
def test_verbosity(filled: Home, flags: tuple[str, ...], heard: str) -> None:
    """`-v` shows what is being done, `-vv` each request, and neither twice."""
    ran = filled.run(*flags, "sync", "--yes")
    assert ("the run begins" in ran.err) == (flags in {("-v",), ("-vv",)})
    assert ("GET /products/list: 200, done" in ran.err) == (heard == "GET")
    assert ran.err.count("reading the export") == (flags != ("-q",))
    assert not [handler for handler in ROOT.handlers if not isinstance(handler, logging.NullHandler)]


def test_a_log_that_cannot_be_written_stops_nothing(home: Home) -> None:
    """The work is done, and one line says that there is no log."""
    (home.folder / "logs").write_text("a file, not a folder")
    ran = home.run("sync", "--yes")
    assert ran.code == 0
    assert ran.err.count("cannot be written: ") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_log_on_a_full_disk_stops_nothing(home: Home) -> None:
    """Nor what was still to be written when it is closed."""
    (home.folder / "logs").mkdir()
    (home.folder / "logs" / "torgsync.log").symlink_to("/dev/full")
    ran = home.run("doctor")
    assert (ran.code, ran.err.count("cannot be written: ")) == (0, 1)


def test_a_usage_error_is_not_logged(tmp_path: Path, home: Home) -> None:
    """Nor is a command that works without an object."""
    assert home.run("sync", "--nonsense").code == 64
    assert home.run("--version").code == 0
    assert home.run("object", "list").code == 0
    assert not (home.folder / "logs").exists()
    assert tmp_path.exists()
