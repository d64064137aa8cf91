"""What reading promises of every quirk that `reference/torgsoft.md` names, each an export in `tests/data`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from corpus import DATA, FOLDERS, answer, expected, set_up
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.context import Program
from torgsync.errors import Exit

SECTIONS = {
    "2.2": "how a file is written down",
    "2.3": "letters that were lost before",
    "2.4": "the sample rows",
    "3.1": "standard columns",
    "3.2": "more columns",
    "3.3": "layouts",
    "3.4": "layouts without a header",
    "3.5": "dirty values",
    "3.6": "relations between columns",
    "4": "models",
    "5": "languages",
    "6": "photos",
    "7": "accounting centers",
    "8": "sections",
    "9": "YML",
    "10": "spreadsheets",
    "16": "what others suffer from",
    "17": "defensive readings",
}
"""The sections of the reference that name quirks of an export."""

_QUIRK = re.compile(r".+ \(torgsoft §([0-9.]+)\)")


def section_of(name: str) -> str:
    """Return the section of the reference that names a folder's quirk."""
    found = _QUIRK.fullmatch(str(expected(name)["quirk"]))
    assert found, f"{name}: one sentence with its section, such as (torgsoft §3.5)"
    return found[1]


def run(home: Path, *args: str) -> tuple[int, str]:
    """Return the exit code and stdout of one command; an exception that it did not foresee is raised."""
    result = CliRunner().invoke(app, list(args), obj=Program(home, "http://127.0.0.1:9"))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.mark.parametrize("name", FOLDERS)
def test_an_export_becomes_what_is_written_beside_it(tmp_path: Path, name: str) -> None:
    """Goods, findings and facts, or the refusal in its words."""
    wanted = expected(name)
    assert next(iter(wanted)) == "quirk"
    del wanted["quirk"]
    assert answer(set_up(name, tmp_path), wanted.pop("fields", None)) == wanted


@pytest.mark.parametrize("name", FOLDERS)
def test_a_check_tells_the_same(tmp_path: Path, name: str) -> None:
    """The same findings as the plan; it ends with 3 for what is refused, and for nothing else."""
    set_up(name, tmp_path / "objects")
    code, out = run(tmp_path, "object", "check", "--format", "json")
    document: dict[str, Any] = json.loads(out)
    wanted = expected(name)
    assert code == (Exit.INVALID if "refused" in wanted else Exit.DONE)
    assert sorted(found["code"] for found in document["findings"]) == sorted(
        found["code"] for found in wanted.get("findings", ())
    )


def test_every_quirk_names_its_section() -> None:
    """In one sentence."""
    assert {section_of(name) for name in FOLDERS} <= set(SECTIONS)


def test_the_corpus_stays_small() -> None:
    """A person can read every file of it."""
    assert [path.name for path in DATA.rglob("*") if path.is_file() and path.stat().st_size > 16_000] == []
