"""The export is never held whole: what a look costs depends on a page of goods, not on all of them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from exports import write_shop
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.sandbox.server import RunningServer

GOODS = 1500
SHORT, LONG = 100, 10_000
WHOLE = GOODS * LONG * 2
"""Bytes of all the long descriptions, of which Python keeps two a Cyrillic letter."""


def _peak(folder: Path, server: RunningServer, letters: int) -> int:
    """Return the most memory, in bytes, that an update of a new shop holds at once."""
    settings = write_shop(folder, GOODS, letters)
    program = Program(folder / "home", server.url)
    tracemalloc.start()
    try:
        result = CliRunner().invoke(app, ["update", "-o", str(settings), "--show", "summary"], obj=program)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (result.exit_code, f"{GOODS} to create" in result.stdout) == (0, True)
    return peak


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_memory_does_not_grow_with_descriptions(tmp_path: Path, sandbox_server: RunningServer) -> None:
    """Descriptions a hundred times longer cost a page of them, a fraction of what all would."""
    _peak(tmp_path / "warm", sandbox_server, SHORT)
    short = _peak(tmp_path / "short", sandbox_server, SHORT)
    long = _peak(tmp_path / "long", sandbox_server, LONG)
    assert long - short < WHOLE / 2  # what measures coverage takes some, too
