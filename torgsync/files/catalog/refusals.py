"""The refusals of every reader for an export that cannot be trusted, and the stamp that detects a change."""

from __future__ import annotations

from pathlib import Path

from torgsync.core.product.columns import KEY
from torgsync.errors import ExportInvalid, Mistake

LISTED = 10
"""Mistakes of one kind that are listed with their places; the others are counted."""

AGAIN = "export the catalog from Torgsoft once more, wait until it has finished, and run the command again"
UNTOUCHED = "export the catalog from Torgsoft once more and do not save it in a spreadsheet or an editor"
NAMES = f"let Torgsoft write the column names into the first row, the key as `{KEY}`, and export once more"


def stamp(path: Path) -> tuple[int, int]:
    """Return a file's size in bytes and its last change in nanoseconds since 1970. Raises OSError."""
    seen = path.stat()
    return seen.st_size, seen.st_mtime_ns


def changed(path: Path) -> ExportInvalid:
    """Return the refusal of a file that is not what the first look saw."""
    return ExportInvalid(f"`{path}` changed while it was read", hint=AGAIN)


def empty(path: Path) -> ExportInvalid:
    """Return the refusal of a file with nothing to sell: it would empty the shop."""
    return ExportInvalid(f"`{path}` holds no goods", hint=AGAIN)


def unreadable(path: Path, error: OSError) -> ExportInvalid:
    """Return the refusal of a file that is not there, or that the system does not give."""
    if isinstance(error, FileNotFoundError):
        return ExportInvalid(
            f"there is no file `{path}`",
            hint="correct its path under `[catalog]` in the sync object, or export the catalog from Torgsoft",
        )
    return ExportInvalid(
        f"`{path}` cannot be read: {error.strerror}",
        hint="close the program that holds it open, or give yourself the right to read it",
    )


def bad_names(path: Path, mistakes: list[Mistake], hint: str) -> ExportInvalid:
    """Return the refusal of a header, with all that is wrong with it."""
    return ExportInvalid(
        f"the column names of `{path}` cannot be used", mistakes=tuple(mistakes[:LISTED]), hint=hint
    )
