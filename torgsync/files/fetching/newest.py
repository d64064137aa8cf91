"""Keeps the newest version of a file on a server: what changed is fetched, and older versions are removed."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import xxhash

from torgsync import disk
from torgsync.errors import Temporary
from torgsync.files.config.copies import NOTE, CopyNote, CopyPath, is_whole, name_of
from torgsync.files.fetching.fetch import fetch
from torgsync.files.fetching.fetched import FileSource, Target, Validators
from torgsync.i18n import _
from torgsync.system import reason

KEPT = 3600
"""Seconds for which an older version stays: another process may still read it."""
FORGOTTEN = 30 * 86400
"""Seconds after which the copy of an address that is not asked for any more is removed."""
_START = 4096


def newest_copy(
    source: FileSource,
    verify: Callable[[Path, bytes], None],
    check: Callable[[], None],
    place: Path,
    note: CopyNote | None,
) -> CopyNote:
    """Fetch a file into the folder `place` where it changed, and return the note of its newest version.

    `verify` refuses a file by its path and its beginning, which then does not replace the one that is kept;
    `check` is called while it comes.
    Raises what `fetch` and `verify` raise.
    """
    try:
        return _newest(source, verify, check, place, note)
    except OSError as trouble:
        why = _("its copy cannot be written: {why}", why=reason(trouble))
        message = source.words.unusable.filled(place=source.shown, why=why)
        raise Temporary(message, hint=_("look at the folder `{folder}`", folder=place)) from trouble


def _newest(
    source: FileSource,
    verify: Callable[[Path, bytes], None],
    check: Callable[[], None],
    place: Path,
    note: CopyNote | None,
) -> CopyNote:
    known = Validators(note.etag, note.modified) if note else Validators()
    began = time.time()
    disk.make_folder(place)
    new = CopyPath.of(place / f".{secrets.token_hex(8)}.tmp", source.shown)
    try:
        with os.fdopen(disk.create_file(new), "wb") as out:
            target = Target(out, check)
            fetched = fetch(source, known, target)
            out.flush()
            os.fsync(out.fileno())
        if fetched is None and note:
            (place / NOTE).touch()
        elif fetched:
            with disk.open_file(new) as opened:
                beginning = opened.read(_START)
            verify(new, beginning)
            written = min(fetched.written.timestamp(), began) if fetched.written else None
            note = _keep(place, new, source, fetched.validators, written)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()
    if note is None:  # pragma: no cover  # no version is known, so one was fetched
        raise ValueError("a server that keeps a version which it never gave")
    _clean(place, note.version)
    return note


def _keep(
    place: Path, new: Path, source: FileSource, validators: Validators, written: float | None
) -> CopyNote:
    """Give a file that was fetched its place and note.

    The same content of unknown age stays as old as it is.
    """
    state = xxhash.xxh3_128()
    with disk.open_file(new) as file:
        while part := file.read(1 << 20):
            state.update(part)
        size = file.tell()
    state.update(str(written or "").encode())
    note = CopyNote(state.hexdigest(), name_of(source.address), size, *validators)
    folder = place / note.version
    disk.make_folder(folder)
    os.utime(folder)  # it is the newest from now on
    if not is_whole(place, note):
        if written:
            os.utime(new, (written, written))
        new.replace(folder / note.name)
    with disk.replacing(place / NOTE) as out:
        out.write(json.dumps(note._asdict()).encode())
    return note


def _clean(place: Path, version: str) -> None:
    """Remove older versions, what killed processes left, and copies of addresses that are not used."""
    now = time.time()
    with suppress(OSError):
        for entry in os.scandir(place):
            if entry.name not in (version, NOTE) and entry.stat().st_mtime < now - KEPT:
                shutil.rmtree(entry.path, ignore_errors=True)
                Path(entry.path).unlink(missing_ok=True)
        for other in place.parent.iterdir():
            note = other / NOTE
            if other != place and note.is_file() and note.stat().st_mtime < now - FORGOTTEN:
                shutil.rmtree(other, ignore_errors=True)
