"""What README and examples show is what the program does: their commands are run, their outputs compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sessions import steps_of, walk

ROOT = Path(__file__).parents[2]
READMES = {"en": "README.md", "uk": "torgsync/docs/uk/README.md"}
_SECONDS = re.compile(r"\(\d+ (?=s,|с,)")


def test_a_page_shows_what_the_program_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command in a console block of the walk gives exactly the lines below it, talk and data."""
    steps = steps_of((ROOT / "examples/README.md").read_text("utf-8"))
    assert steps
    with walk(tmp_path, monkeypatch) as person:
        for step in steps:
            _code, lines = person.run(step.command)
            assert (step.command, lines) == (step.command, step.lines)


@pytest.mark.slow
@pytest.mark.parametrize("language", READMES)
def test_the_session_works_line_by_line(language: str, tmp_path: Path) -> None:
    """A shell that is given the session of README, as it is printed, prints what is below each line."""
    steps = steps_of((ROOT / READMES[language]).read_text("utf-8"))
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    lines = [f"{step.command}{'' if step.command.endswith('&') else ';'}" for step in steps]
    script = "\n".join(f"echo @@\n{{ {line} }} 2>&1" for line in lines) + "\nkill $!\n"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TORGSYNC_")}
    environment |= {"PYTHONPATH": str(ROOT), "TORGSYNC_LANG": language}
    printed = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout
    for step, output in zip(steps, printed.split("@@\n")[1:], strict=True):
        shown = [line.rstrip() for line in output.splitlines() if not line.endswith(" …")]
        assert [step.command, *map(_timeless, shown)] == [step.command, *map(_timeless, step.lines)]


def _timeless(line: str) -> str:
    return _SECONDS.sub("(N ", line)


def test_the_readmes_are_first_pages() -> None:
    """They are short, say the same, and each names the other in its third line."""
    texts = {language: (ROOT / path).read_text("utf-8") for language, path in READMES.items()}
    assert all(text.count("\n") <= 150 for text in texts.values())
    assert "(torgsync/docs/uk/README.md)" in texts["en"].splitlines()[2]
    assert "(../../../README.md)" in texts["uk"].splitlines()[2]
    commands = {tuple(step.command for step in steps_of(text)) for text in texts.values()}
    assert len(commands) == 1


@pytest.mark.parametrize(
    "page", ["README.md", "examples/README.md", "examples/README.uk.md", "torgsync/docs/uk/README.md"]
)
def test_every_link_is_to_a_file(page: str) -> None:
    """What a page names is in the repository."""
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text):
        assert ((ROOT / page).parent / target).exists(), target
