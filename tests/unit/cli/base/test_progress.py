"""How far a job is: a bar on a terminal, a line a stage elsewhere, and nothing for who asked for quiet."""

from __future__ import annotations

import io
from itertools import count
from pathlib import Path

import pytest
from rich.console import Console

from torgsync.cli.base.program import Program
from torgsync.cli.base.progress import progress_reporter
from torgsync.jobs.context import Progress, Stage


def told(monkeypatch: pytest.MonkeyPatch, *steps: Progress, terminal: bool, verbosity: int = 0) -> str:
    """What a person sees of some steps, each ten seconds after the one before."""
    seen = io.StringIO()
    console = Console(file=seen, force_terminal=terminal, width=80, color_system=None)
    clock = count(0, 10)
    monkeypatch.setattr(Console, "get_time", lambda _: float(next(clock)), raising=False)
    program = Program(Path())
    program.verbosity = verbosity
    monkeypatch.setattr(type(program), "err", console, raising=False)
    with progress_reporter(program) as tell:
        for step in steps:
            tell(step)
    return seen.getvalue()


STEPS = [Progress(Stage.READ), *(Progress(Stage.EDIT, done, 100) for done in (0, 20, 40, 60))]


def test_a_line_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal nothing moves."""
    lines = told(monkeypatch, *STEPS, terminal=False).splitlines()
    assert lines == ["reading the export …", "sending prices, stock and status …"]


def test_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal shows how many of how many, and how long it will take yet."""
    seen = told(monkeypatch, *STEPS, terminal=True)
    assert "60/100" in seen
    assert "s left" in seen
    assert "sending prices, stock and status" in seen


def test_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `-q` nothing is told."""
    assert told(monkeypatch, *STEPS, terminal=True, verbosity=-1) == ""
