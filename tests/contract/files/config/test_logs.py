"""What the log promises: a line an event, no buyer in it, a new file where it is full, and no trouble."""

from __future__ import annotations

import logging
from logging.handlers import QueueHandler
from pathlib import Path
from queue import SimpleQueue

import pytest

from torgsync.files.config.logs import KEPT, ROOT, SIZE, LogFile, clean, logged, note_run

_log = logging.getLogger("torgsync.test")


def test_a_line_an_event(tmp_path: Path) -> None:
    """Time in UTC, level, object, run where there is one, and the message on one line."""
    path = tmp_path / "logs" / "torgsync.log"
    with logged(path, "my-prom"):
        _log.info("one\nand\tthe rest")
        note_run(7)
        _log.debug("two of %s", "Крем [red]")
    with logged(path, "other"):
        _log.warning("three")
    assert [line.split(" ", 1)[1] for line in path.read_text("utf-8").splitlines()] == [
        "INFO    my-prom - one and the rest",
        "DEBUG   my-prom run 7 two of Крем [red]",
        "WARNING other - three",
    ]
    times = {line.split(" ", 1)[0] for line in path.read_text("utf-8").splitlines()}
    assert all(time.endswith("Z") and time[10] == "T" for time in times)


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """After it, no handler and no level of ours is set; one within another writes nothing twice."""
    before = (list(ROOT.handlers), ROOT.level)
    path = tmp_path / "torgsync.log"
    with logged(path, "a") as outer, logged(path, "b") as inner:
        assert inner is outer
        _log.info("once")
    assert path.read_text("utf-8").count("once") == 1
    assert (list(ROOT.handlers), ROOT.level) == before


def test_others_hear_it_too(tmp_path: Path) -> None:
    """Events for a person go to a second handler."""
    heard: SimpleQueue[logging.LogRecord] = SimpleQueue()
    with logged(tmp_path / "torgsync.log", "a", QueueHandler(heard)):
        _log.info("hello")
    assert (heard.get().getMessage(), heard.empty()) == ("hello", True)


def test_a_full_file_is_followed_by_a_new_one(tmp_path: Path) -> None:
    """So many older ones are kept."""
    path = tmp_path / "torgsync.log"
    with logged(path, "a") as log:
        assert (log.maxBytes, log.backupCount) == (SIZE, KEPT)
        log.maxBytes = 1000
        for number in range(KEPT + 3):
            _log.info("%d %s", number, "x" * 1000)
    kept = sorted(each.name for each in tmp_path.iterdir())
    assert kept == ["torgsync.log", *(f"torgsync.log.{number}" for number in range(1, KEPT + 1))]


def test_a_file_that_cannot_be_moved_goes_on(tmp_path: Path) -> None:
    """It becomes longer than it should, and nothing is lost."""
    path = tmp_path / "torgsync.log"
    (tmp_path / "torgsync.log.1").mkdir()
    with logged(path, "a") as log:
        log.maxBytes = 1000
        _log.info("x" * 1000)
        _log.info("more")
    assert path.read_text("utf-8").endswith("more\n")
    assert log.trouble == ""


@pytest.mark.parametrize("gone", [True, False])
def test_another_process_began_a_new_file(tmp_path: Path, *, gone: bool) -> None:
    """It is written to from then on, and made where there is none."""
    path = tmp_path / "torgsync.log"
    with logged(path, "a"):
        _log.info("old")
        path.rename(tmp_path / "torgsync.log.1")
        if not gone:
            path.write_text("of the other\n", "utf-8")
        _log.info("new")
    assert path.read_text("utf-8").endswith("new\n")
    assert "new" not in (tmp_path / "torgsync.log.1").read_text("utf-8")


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """Why it could not be is kept; a message that is none is no accident either."""
    (tmp_path / "logs").write_text("a file, not a folder")
    with logged(tmp_path / "logs" / "torgsync.log", "a") as log:
        _log.info("hello")
    assert log.trouble in ("File exists", "Not a directory")
    log = LogFile(tmp_path / "torgsync.log")
    log.handle(logging.LogRecord("torgsync", logging.INFO, "", 0, "%d", ("x",), None))
    log.close()
    assert log.trouble == "TypeError"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("write to olena@shop.example, now", "write to [mail], now"),
        ("call +380 (50) 123-45-67 or 0501234567 or 380501234567", "call [phone] or [phone] or [phone]"),
        ("good 26931, order 300000001, 4820000000017", "good 26931, order 300000001, 4820000000017"),
        *(("a" * 10000, "a" * 2000), ("a\x1b[31mb\u202ec", "a [31mb c")),
    ],
)
def test_no_buyer_and_no_sign_of_control(text: str, shown: str) -> None:
    """Mails and phones are struck out, numbers of goods and orders stay."""
    assert clean(text) == shown
