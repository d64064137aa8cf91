"""The refusals of every reader for an export that cannot be trusted, and the stamp that detects a change.

A hint is given only where its cause was detected: `AGAIN` for a file that is cut or still grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from errno import EINVAL, ELOOP, ENAMETOOLONG, ENOTDIR
from pathlib import Path
from typing import TypedDict

from torgsync.disk import NotAFile, stat_file
from torgsync.errors import ExportInvalid, Mistake
from torgsync.i18n import Message, _
from torgsync.system import reason

LISTED = 10
"""Mistakes of one kind that are listed with their places; the others are counted."""

AGAIN = _("export the catalog from Torgsoft once more, wait until it has finished, and run the command again")
UNTOUCHED = _("export the catalog from Torgsoft once more and do not save it in a spreadsheet or an editor")
NAMES = _("let Torgsoft write the column names into the first row, the key as `GoodID`, and export once more")
SELECTED = _("see in Torgsoft which items this export is to contain, and export the catalog once more")
_PATH = _("give the path of the file that Torgsoft writes")
_NO_PATH = {EINVAL, ELOOP, ENAMETOOLONG, ENOTDIR}
"""Errors of a path that can be none of a file: no program holds it open."""
_NO_FILE = _("check the path, or export the catalog from Torgsoft")
_IN_FOLDER = _("give the path of the file inside the folder")
_OF_PROM = _(
    "give the path of the file that the accounting program writes; the products that Prom.ua has already are "
    "taken over with `torgsync object adopt`"
)
UNPACK = _("unpack it, and give the path of the unpacked file")
OTHER_PATH = frozenset({_PATH, _NO_FILE, _IN_FOLDER, _OF_PROM, UNPACK})
"""Hints that another path is to be given."""
CORRECTED = _("correct this in the program that writes the file, and export once more")


class Listed(TypedDict):
    """What an error says of its mistakes."""

    mistakes: tuple[Mistake, ...]
    unlisted: int


def either(one: Message, other: Message) -> Message:
    """Return a hint with another way."""
    return _("{one}; or {other}", one=one, other=other)


def stamp(path: Path) -> tuple[int, int]:
    """Return a file's size in bytes and its last change in nanoseconds since 1970.

    Raises OSError, also where it is no regular file.
    """
    seen = stat_file(path)
    return seen.st_size, seen.st_mtime_ns


def changed(path: Path) -> ExportInvalid:
    """Return the refusal of a file that is not what the first look saw."""
    return ExportInvalid(_("`{path}` changed while it was read", path=path), hint=AGAIN)


def empty(path: Path) -> ExportInvalid:
    """Return the refusal of a whole file with nothing to sell: it would empty the shop."""
    return ExportInvalid(_("there are no items in `{path}`", path=path), hint=SELECTED)


def unreadable(path: Path, error: OSError) -> ExportInvalid:
    """Return the refusal of a file that is not there, or that the system does not give."""
    if isinstance(error, FileNotFoundError):
        return ExportInvalid(
            _("there is no file `{path}`", path=path),
            hint=_NO_FILE,
        )
    if isinstance(error, NotAFile):
        hint = _IN_FOLDER if error.is_folder else _PATH
        return ExportInvalid(_("`{path}` is {what}, not an export", path=path, what=error.what), hint=hint)
    held = _("close the program that holds it open, or give yourself the right to read it")
    hint = _PATH if error.errno in _NO_PATH else held
    return ExportInvalid(_("`{path}` cannot be read: {why}", path=path, why=reason(error)), hint=hint)


def listed(mistakes: Sequence[Mistake], count: int | None = None) -> Listed:
    """Return the first of a number of mistakes, as an error keeps them; of all where no number is given."""
    return {"mistakes": tuple(mistakes[:LISTED]), "unlisted": max((count or len(mistakes)) - LISTED, 0)}


def bad_names(path: Path, mistakes: Sequence[Mistake], hint: Message) -> ExportInvalid:
    """Return the refusal of a header, with all that is wrong with it."""
    return ExportInvalid(
        _("the column names of `{path}` cannot be used", path=path),
        **listed(mistakes),
        hint=hint,
    )


def of_prom(path: Path, names: Sequence[str]) -> ExportInvalid:
    """Return the refusal of the list that Prom.ua itself gives; `names` are its columns' names."""
    return ExportInvalid(
        _(
            "`{path}` is Prom.ua's own export of its products, not one of the accounting program: "
            "only Prom.ua has columns such as {names:quoted}",
            path=path,
            names=tuple(names[:3]),
        ),
        hint=_OF_PROM,
    )
