"""Sentences are for people: whatever they say, the program decides and stores the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from homes import ROOT

SUPPORT = ROOT / "tests" / "support"


def left_by(folder: Path, *options: str) -> dict[str, Any]:
    """Run the scenario in a separate process, and return the result."""
    folder.mkdir()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(SUPPORT)])}
    script = str(SUPPORT / "rewording.py")
    ran = subprocess.run(
        [sys.executable, script, str(folder / "home"), *options],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found: dict[str, Any] = json.loads(ran.stdout.replace(str(folder), "FOLDER"))
    return found


@pytest.mark.slow
def test_no_sentence_decides_anything(tmp_path: Path) -> None:
    """With every sentence in capitals, exit codes, requests, files and the state stay the same."""
    plain, loud = left_by(tmp_path / "a"), left_by(tmp_path / "b", "--reword")
    assert loud.pop("reworded") > 1000
    assert plain.pop("reworded") == 0
    assert plain.pop("printed") != loud.pop("printed").replace("FOLDER/b", "FOLDER/a")
    for name, rows in plain["state"].items():
        assert loud["state"][name] == rows, name
    assert loud == plain
    assert {0, 3, 4, 5, 6, 8} <= set(plain["codes"])
    filled = "changes confirmations orders overrides postings refusals".split()
    assert all(plain["state"][name] for name in filled)
