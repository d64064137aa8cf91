"""The layers: pyproject.toml has the contracts of import-linter, and they are checked here."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"


def test_every_import_respects_the_layers() -> None:
    """No layer imports a higher one or its neighbour; only `cli` prints."""
    # The linter sets logging up for itself and so switches off every logger that other tests listen to.
    result = subprocess.run([sys.executable, "-c", LINT], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_only_connecting_makes_a_verified_shop() -> None:
    """What writes needs a shop that was recognised, and nothing else can claim that one was."""
    files = (ROOT / "torgsync").rglob("*.py")
    assert [path.name for path in files if "VerifiedShop(" in path.read_text("utf-8")] == ["connect.py"]
