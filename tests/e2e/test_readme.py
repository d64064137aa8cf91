"""What README and examples show is what the program does: their commands are run, their outputs compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sessions import steps_of, walk

from torgsync.core.findings import Code
from torgsync.errors import Exit

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", ["README.md", "examples/README.md"])
def test_a_page_shows_what_the_program_prints(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command in a console block gives exactly the lines below it, talk and data."""
    steps = steps_of((ROOT / page).read_text("utf-8"))
    assert steps
    with walk(tmp_path, monkeypatch) as person:
        for step in steps:
            _code, lines = person.run(step.command)
            assert (step.command, lines) == (step.command, step.lines)


def test_the_readme_lists_every_exit_code() -> None:
    """A script can rely on the table: it holds each code of the program, and no other."""
    table = (ROOT / "README.md").read_text("utf-8").split("## Exit codes")[1].split("##")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == sorted(Exit)


def test_the_readme_lists_every_finding() -> None:
    """A person can look up what a code means: the table holds each code with its severity, and no other."""
    table = (ROOT / "README.md").read_text("utf-8").split("## Findings")[1].split("##")[0]
    listed = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| \S.* \| \S.* \|$", table, re.MULTILINE)
    assert listed == [(str(code), str(code.severity)) for code in Code]
