"""How sync objects stand, as far as this computer knows without a request and without reading an export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from torgsync.core.config.schedule import Attempt
from torgsync.core.findings import Code
from torgsync.core.plan.channels import IMPORT_WINDOW
from torgsync.core.plan.decide import RowStatus
from torgsync.errors import Exit, TorgsyncError
from torgsync.files.config.objects import ObjectFile, name_in, slugify
from torgsync.files.config.settings import Settings
from torgsync.i18n import Message
from torgsync.jobs.deadline import within
from torgsync.jobs.missed import last_work, missed
from torgsync.jobs.orders.listing import open_findings
from torgsync.jobs.run import is_held
from torgsync.jobs.timetable import own_times, times_of
from torgsync.state.runs.leases import Lease
from torgsync.state.runs.status import LastPlan, LastRun
from torgsync.state.store import Store, UnitOfWork, open_to_look


class Known(Struct, frozen=True):
    """What the state knows of an object, all of it at one moment; times are in UTC.

    Args:
        last_success: When a run last brought the shop in step, as far as it may by itself.
        last: The newest run, or the attempt of a synchronization time that ended before its run began.
        ended: How many runs there were ever, keyed by exit code.
        fetched: When a run that fetched the orders began.
        waiting: Orders that wait for a person, also for a place for their money.
        todo: Those of them about which something is to be done.
        unplaced: Those of them whose payment method has no place for their money.
        in_outbox: Order files that Torgsoft has not taken, as far as is known.
        owed: Order files that could not be written yet.
        imports: How many imports were used in 24 hours.
        findings: What was found in rows of the export, keyed by code.
        skipped: Items that stay out, keyed by their skip reason.
        lease: Who works with the object now, None where none does.
        attempts: The last attempt at each synchronization time, keyed by its identity.
        worked: When something last began to work with it.
    """

    last_success: datetime | None = None
    last: LastRun | None = None
    ended: Mapping[int, int] = {}
    plan: LastPlan | None = None
    fetched: datetime | None = None
    waiting: int = 0
    todo: int = 0
    unplaced: int = 0
    in_outbox: int = 0
    owed: int = 0
    imports: int = 0
    findings: Mapping[Code, int] = {}
    skipped: Mapping[str, int] = {}
    lease: Lease | None = None
    attempts: Mapping[str, Attempt] = {}
    worked: datetime | None = None


class ExportAge(Struct, frozen=True):
    """The file of an export, and when it was written; None where it is not there, or its folder `hangs`.

    For an export on a server it is the copy that was fetched last.
    """

    path: Path
    written: datetime | None
    hangs: bool = False

    @property
    def place(self) -> str:
        """Where the export is, as people may see it: a path or an address."""
        return str(getattr(self.path, "shown", self.path))


SECONDS = 1
"""How long the folder of an export may take to answer."""


@dataclass(frozen=True, slots=True)
class ObjectStatus:
    """How one object stands.

    Args:
        stem: The name of its file without the suffix.
        file: None where its settings have an `error`.
        known: None where the state has an `error`.
        imports_left: Imports of these 24 hours; None without settings or state.
        next: When its next synchronization time comes, of any user; None for none.
        late: For how long a time of this user is due; None where its times are unknown.
        missed: Since when nothing ran although a time came twice, None where that is not so.
    """

    stem: str
    slug: str
    name: str
    file: ObjectFile | None = None
    error: TorgsyncError | None = None
    known: Known | None = None
    export: ExportAge | None = None
    imports_left: int | None = None
    next: datetime | None = None
    late: timedelta | None = None
    missed: datetime | None = None

    @property
    def exit_code(self) -> Exit:
        """Whether it could be read."""
        return self.error.exit_code if self.error else Exit.DONE


def statuses(
    settings: Settings,
    objects: Mapping[str, Callable[[], ObjectFile]],
    now: datetime,
    notify: Callable[[Message], None] = lambda _: None,
) -> Iterator[ObjectStatus]:
    """Yield how objects stand; what cannot be read is in the result.

    `objects` are functions that read them, keyed by the names of their files without the suffix. `notify`
    hears of a state whose schema changes.
    """
    store: Store | None = None
    trouble: TorgsyncError | None = None
    try:
        store = open_to_look(settings.state_url, notify)
    except TorgsyncError as error:
        trouble = error
    hanging: set[Path] = set()
    with closing(store) if store else nullcontext():
        for stem, read in objects.items():
            yield _status(settings, store, trouble, stem, read, hanging, now)


def _status(
    settings: Settings,
    store: Store | None,
    trouble: TorgsyncError | None,
    stem: str,
    read: Callable[[], ObjectFile],
    hanging: set[Path],
    now: datetime,
) -> ObjectStatus:
    """Return how one object stands; what the state knows of one with mistakes is there all the same.

    `hanging` are the folders that did not answer; no second export of one is waited for.
    """
    try:
        file = read()
        status = ObjectStatus(
            stem, file.slug, file.settings.name, file, trouble, export=_export(file, hanging)
        )
    except TorgsyncError as wrong:
        name = name_in(settings.objects / f"{stem}.toml") or stem
        status = ObjectStatus(stem, slugify(name), name, error=wrong)
    known = None if trouble else Known()
    if store:
        try:
            with store.look(status.slug) as work:
                known = _known(work, status.file, now)
        except TorgsyncError as error:
            known, status = None, replace(status, error=status.error or error)
    return _with_times(replace(status, known=known), now)


def _known(work: UnitOfWork, file: ObjectFile | None, now: datetime) -> Known:
    attempts = work.schedule.attempts()
    lease = work.leases.lease()
    find_by = file.settings.clients.find_by if file else ()
    todo = {found.order for found in open_findings(work, find_by)}
    skipped: dict[str, int] = {}
    for (row_status, reason), count in work.rows.row_statuses().items():
        if reason and row_status != RowStatus.IN:
            skipped[reason] = skipped.get(reason, 0) + count
    return Known(
        last_success=work.status.last_success(),
        last=_last(work.status.last_run(), attempts),
        ended=work.status.ended(),
        plan=work.status.last_plan(),
        fetched=work.status.orders_fetched(),
        waiting=len(todo | work.postings.homeless()),
        todo=len(todo),
        unplaced=len(work.postings.orders_unmapped()),
        in_outbox=len(work.order_files.in_outbox()),
        owed=len(work.order_files.owed()),
        imports=work.journal.imports_since(now - IMPORT_WINDOW),
        findings=work.rows.finding_counts(),
        skipped=skipped,
        lease=lease if lease and is_held(lease, now) else None,
        attempts=attempts,
        worked=last_work(work),
    )


def _last(run: LastRun | None, attempts: Mapping[str, Attempt]) -> LastRun | None:
    """Return the last run, or an attempt that ended later without one: its token was missing, say."""
    later = [
        attempt
        for attempt in attempts.values()
        if attempt.exit_code is not None and (run is None or attempt.started > run.started)
    ]
    if not later:
        return run
    last = max(later, key=lambda attempt: attempt.started)
    return LastRun(None, last.started, None, last.exit_code)


def _export(file: ObjectFile, hanging: set[Path]) -> ExportAge:
    path = file.catalog_path
    if path.parent not in hanging:
        try:
            seen = within(SECONDS, path.stat)
            return ExportAge(path, datetime.fromtimestamp(seen.st_mtime, UTC))
        except TimeoutError:
            hanging.add(path.parent)
        except (OSError, ValueError, OverflowError):
            return ExportAge(path, None)
    return ExportAge(path, None, hangs=True)


def _with_times(status: ObjectStatus, now: datetime) -> ObjectStatus:
    """Return a status with what follows from settings and state together."""
    file, known = status.file, status.known
    if file is None or known is None:
        return status
    table = times_of(file.settings, known.attempts, now)
    own = {time.identity for time in own_times(file)}
    due = [
        timed.due_since(file.changed_at.astimezone(UTC), now)
        for timed in table
        if timed.due and timed.time.identity in own
    ]
    late = max((now - moment for moment in due if moment), default=timedelta())
    gap = missed(file, known.worked, now) if own and not known.lease else None
    return replace(
        status,
        missed=gap.since if gap else None,
        imports_left=max(0, file.settings.limits.imports_per_day - known.imports),
        next=min((timed.coming[0] for timed in table if timed.coming), default=None),
        late=timedelta() if known.lease else late,
    )
