"""Compiles the catalogs of translations when the package is built, also for an editable install."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface):
    """Makes each `.mo` file from the `.po` file next to it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile all catalogs before the files are collected; `version` is the kind of build."""
        del version
        for path in compile_catalogs(Path(self.root) / "torgsync/locale"):
            build_data["artifacts"].append(path.relative_to(self.root).as_posix())


def compile_catalogs(folder: Path) -> list[Path]:
    """Compile the catalogs below a folder, each written whole or not at all; return their paths."""
    compiled = []
    for source in sorted(folder.rglob("*.po")):
        with source.open("rb") as text:
            catalog = read_po(text)
        path, temporary = source.with_suffix(".mo"), source.with_suffix(".mo.tmp")
        with temporary.open("wb") as out:
            write_mo(out, catalog)
        temporary.replace(path)
        compiled.append(path)
    return compiled
