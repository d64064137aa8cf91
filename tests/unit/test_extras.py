"""The command that adds an optional library is one for this very installation."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest

from torgsync import extras

PYTHON = shlex.quote(sys.executable)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the program was installed from; it runs elsewhere."""
    (tmp_path / "pyproject.toml").touch()

    class Installed:
        def read_text(self, _name: str) -> str:
            return json.dumps({"url": tmp_path.as_uri()})

    monkeypatch.setattr(extras, "__file__", "/elsewhere/torgsync/extras.py")
    monkeypatch.setattr(extras, "distribution", lambda _name: Installed())
    return tmp_path


@pytest.mark.parametrize(
    ("prefix", "pip", "start"),
    [
        ("/home/olena/torgsync/.venv", False, f"pip --python {PYTHON} install "),
        ("/home/olena/torgsync/.venv", True, f"{PYTHON} -m pip install "),
        ("/home/olena/.local/share/pipx/venvs/torgsync", False, "pipx install --force "),
        ("/home/olena/.local/share/uv/tools/torgsync", False, "uv tool install --force "),
    ],
)
def test_each_way_to_install(
    installed: Path, monkeypatch: pytest.MonkeyPatch, prefix: str, pip: bool, start: str
) -> None:
    """An environment without pip of its own gets it from outside."""
    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.setattr(extras, "find_spec", lambda _name: pip or None)
    assert extras.install_command("s3") == f"{start}{shlex.quote(f'{installed}[s3]')}"


def test_a_program_that_runs_from_its_source() -> None:
    """It goes on running from there."""
    folder = Path(extras.__file__).parents[1]
    assert extras.install_command("sftp").endswith(f" install -e {shlex.quote(f'{folder}[sftp]')}")


@pytest.mark.usefixtures("installed")
def test_a_program_whose_source_is_gone(installed: Path) -> None:
    """Its name has to be enough."""
    (installed / "pyproject.toml").unlink()
    assert extras.install_command("xlsx").endswith(" install 'torgsync[xlsx]'")
