"""The house of floors: who may import whom is written in pyproject.toml, and held here."""

import subprocess
import sys

LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"


def test_every_import_respects_the_floors() -> None:
    """No floor imports a higher one, neighbours never import each other, only cli knows the screen."""
    # The linter sets logging up for itself and so switches off every logger that other tests listen to.
    told = subprocess.run([sys.executable, "-c", LINT], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
