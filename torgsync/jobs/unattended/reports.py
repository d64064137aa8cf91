"""Pages about unattended runs, kept in a folder that the owner names: the last few of each object.

A folder may be on a share that hangs or is full: what is written there is given up after a while, and is
never an error of the run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from torgsync.core.clock import shop_time
from torgsync.errors import TorgsyncError
from torgsync.files.orders.outbox import try_outbox
from torgsync.files.places.folder import FolderPlace
from torgsync.files.places.place import UNFINISHED
from torgsync.i18n import Message, _, _n
from torgsync.jobs.deadline import PATIENCE, within

if TYPE_CHECKING:
    from datetime import datetime

    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.push.execute import RunView
    from torgsync.jobs.unattended.runs import ObjectRun

_T = TypeVar("_T")


def report_folder(file: ObjectFile) -> Path | None:
    """Return the folder of an object's reports, None where none are kept."""
    folder = file.settings.reports.folder
    return file.path_of(folder) if folder else None


def deserves_report(view: RunView) -> bool:
    """Return whether a run changed, held or refused something, or ended early."""
    if not view.run or view.declined:
        return False
    held = view.result.plan.counts.held if view.result else 0
    return bool(held or view.outcomes or view.trouble or view.earlier)


def report_address(run: ObjectRun) -> str:
    """Return where the report of a run is: its address for people, else its path; empty for none."""
    if run.report is None:
        return ""
    url = run.file.settings.reports.url if run.file else None
    return f"{url}{quote(run.report.name)}" if url else str(run.report)


def report_name(slug: str, run: int, started: datetime) -> str:
    """Return the name of a report, by which they sort: `my-prom-2026-11-30-0830-run-12.html`."""
    moment = shop_time(started).replace(":", "").replace(" ", "-")
    return f"{slug}-{moment}-run-{run}.html"


def keep_report(file: ObjectFile, run: int, started: datetime, content: bytes) -> Path:
    """Write the report of a run whole, and remove those of the object before the last `keep`.

    Raises TorgsyncError where the folder cannot be used, or does not answer in time.
    """
    folder = report_folder(file)
    if folder is None:
        raise ValueError(file)
    name = report_name(file.slug, run, started)

    def write() -> None:
        place = FolderPlace(folder)
        place.put(name, content)
        place.publish(name)
        _remove_old(place, file.slug, file.settings.reports.keep)

    _in_time(folder, write)
    return folder / name


def last_report(file: ObjectFile) -> tuple[Path, bytes] | None:
    """Return the newest report of an object and its content, None where there is none.

    Raises TorgsyncError where the folder cannot be used, or does not answer in time.
    """
    folder = report_folder(file)
    if folder is None:
        return None
    place = FolderPlace(folder)

    def read() -> tuple[Path, bytes] | None:
        whole, _unfinished = _reports(place, file.slug)
        content = place.read(whole[-1]) if whole else None
        return None if content is None else (folder / whole[-1], content)

    return _in_time(folder, read)


def try_report_folder(folder: Path) -> bool:
    """Try to write a file and leave none; False where the folder is to be made. Raises TorgsyncError."""
    return _in_time(folder, lambda: try_outbox(FolderPlace(folder)))


def _remove_old(place: FolderPlace, slug: str, keep: int) -> None:
    """Remove what is older than the last reports of an object, and what a killed run left; nothing else."""
    whole, unfinished = _reports(place, slug)
    for name in (*whole[:-keep], *unfinished):
        place.remove(name)


def _reports(place: FolderPlace, slug: str) -> tuple[list[str], list[str]]:
    """Return the names of an object's reports, the oldest first, and of those that a killed run left."""
    ours = re.compile(
        rf"{re.escape(slug)}-\d{{4}}-\d\d-\d\d-\d{{4}}-run-(\d+)\.html({re.escape(UNFINISHED)})?"
    )
    found = [match for match in map(ours.fullmatch, place.sizes() or ()) if match]
    whole = sorted((match for match in found if not match[2]), key=lambda match: (int(match[1]), match[0]))
    return [match[0] for match in whole], [match[0] for match in found if match[2]]


def _in_time(folder: Path, work: Callable[[], _T]) -> _T:
    """Return what is done in a thread that ends with the process: a share that hangs would never return."""
    try:
        return within(PATIENCE, work)
    except TimeoutError:
        raise TorgsyncError(_no_answer(folder), hint=_("check that the share is connected")) from None


def _no_answer(folder: Path) -> Message:
    return _n(
        "`{path}` did not answer within {count} second",
        "`{path}` did not answer within {count} seconds",
        round(PATIENCE),
        path=folder,
    )
