"""The house of floors: who may import whom is written in pyproject.toml, and held here."""

from importlinter.cli import lint_imports


def test_every_import_respects_the_floors() -> None:
    """No floor imports a higher one, neighbours never import each other, only cli knows the screen."""
    assert lint_imports(no_cache=True) == 0
