"""Progress of a job: a bar on a terminal, a line a stage elsewhere, nothing with `-q`."""

from __future__ import annotations

import io
import logging
import re
import sys
from itertools import count
from pathlib import Path

import pytest
from rich.console import Console

import torgsync
from torgsync import i18n
from torgsync.cli.base.console import SafeConsole
from torgsync.cli.base.language import load_catalog
from torgsync.cli.base.output import Output
from torgsync.cli.base.progress import TerminalLogHandler, progress_reporter
from torgsync.jobs.context import Progress, Stage


def shown(monkeypatch: pytest.MonkeyPatch, *steps: Progress, terminal: bool, verbosity: int = 0) -> str:
    """Return what is written for some steps, each ten seconds after the one before."""
    seen = io.StringIO()
    console = SafeConsole(file=seen, force_terminal=terminal, width=80, color_system=None)
    clock = count(0, 10)
    monkeypatch.setattr(Console, "get_time", lambda _: float(next(clock)), raising=False)
    output = Output(verbosity=verbosity)
    output.err = console
    with progress_reporter(output) as report:
        for step in steps:
            report(step)
    return seen.getvalue()


STEPS = [Progress(Stage.READ), *(Progress(Stage.EDIT, done, 100) for done in (0, 20, 40, 60))]


def test_a_line_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal nothing moves."""
    lines = shown(monkeypatch, *STEPS, terminal=False).splitlines()
    assert lines == ["reading the export …", "sending prices, stock and status …"]


def test_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal shows how many of how many, and an estimate of the time left; `-v` keeps its stages."""
    seen = shown(monkeypatch, *STEPS, terminal=True)
    assert "60/100" in seen
    assert "s left" in seen
    assert "sending prices, stock and status" in seen
    assert "reading the export …\n" not in seen
    kept = shown(monkeypatch, *STEPS, terminal=True, verbosity=1)
    assert "reading the export …\n" in kept
    assert "60/100" in kept


def test_no_output_with_q(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `-q` nothing is shown."""
    assert shown(monkeypatch, *STEPS, terminal=True, verbosity=-1) == ""


LOGGED = re.compile(r"_log\.(?:debug|info|warning|error)\(\s*(\S+?\"|\S+)")


def test_every_sentence_of_the_log_has_a_translation() -> None:
    """What is logged is a pattern without words, and messages: a terminal shows these in its language."""
    patterns = [
        (path.name, pattern)
        for path in (Path(torgsync.__file__).parent).rglob("*.py")
        for pattern in LOGGED.findall(path.read_text("utf-8"))
    ]
    assert patterns
    assert not [found for found in patterns if re.search(r"[A-Za-z]{2,}", found[1].replace("%.2f s", ""))]


def test_a_warning_of_the_log_is_in_the_language_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal; the file of the log is English."""
    stderr, log = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    logger = logging.getLogger("a test")
    logger.addHandler(TerminalLogHandler(Output()))
    logger.addHandler(logging.StreamHandler(log))
    i18n.use(load_catalog("uk"))
    try:
        said = i18n.Message("an item of `{key}` without an id was left out", "", {"key": "orders"})
        logger.warning("%s", said)
    finally:
        i18n.use(None)
    assert stderr.getvalue() == "у `orders` пропущено запис без id\n"
    assert log.getvalue() == "an item of `orders` without an id was left out\n"
