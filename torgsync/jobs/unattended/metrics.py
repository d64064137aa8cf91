"""Metrics of sync objects: how they stand, and what the runs of a call did."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace as replace_struct

from torgsync.errors import TorgsyncError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.settings import Settings
from torgsync.files.metrics import MetricFamily, metrics_text, write_metrics
from torgsync.i18n import Message, _, joined
from torgsync.jobs.deadline import PATIENCE, within
from torgsync.jobs.status import Known, ObjectStatus, statuses
from torgsync.jobs.unattended.runs import ObjectRun
from torgsync.state.runs.status import LastRun
from torgsync.system import reason

_log = logging.getLogger(__name__)

HELP = {
    "torgsync_readable": "Whether the settings and the state of the object can be read.",
    "torgsync_last_success_timestamp_seconds": "When a run last brought the shop in step with the export.",
    "torgsync_last_run_timestamp_seconds": "When the last run began.",
    "torgsync_last_run_duration_seconds": "How long the last run took.",
    "torgsync_last_run_exit_code": "Exit code of the last run, whatever --ok-codes says.",
    "torgsync_last_run_requests": "Requests of the last run.",
    "torgsync_last_run_imports": "Imports that the last run sent.",
    "torgsync_runs_total": "Runs that ended, by exit code.",
    "torgsync_plan_timestamp_seconds": "When the newest plan was made.",
    "torgsync_changes": "Changes of the newest plan, by verb and by what became of them.",
    "torgsync_pending_changes": "Changes of the newest plan that are still to be sent.",
    "torgsync_held_changes": "Changes of the newest plan that wait for a person.",
    "torgsync_findings": "Findings of the last run, and of the rows of the export, by severity and code.",
    "torgsync_skipped_items": "Items of the export that stay out, by reason.",
    "torgsync_orders_fetched_timestamp_seconds": "When a run that fetched the orders began.",
    "torgsync_orders_waiting": "Orders that wait for a person.",
    "torgsync_order_files_waiting": "Order files that Torgsoft has not taken yet.",
    "torgsync_order_files_unwritten": "Order files that could not be written yet.",
    "torgsync_imports_left": "Imports left in these 24 hours.",
    "torgsync_export_timestamp_seconds": "When the file of the export was written.",
    "torgsync_next_run_timestamp_seconds": "When the next synchronization time comes.",
    "torgsync_schedule_lag_seconds": "For how long a synchronization time is due.",
    "torgsync_running": "Whether a run works with the object now.",
}
"""The metrics of an object, and what they say."""
_LABELS = {
    "torgsync_runs_total": ("exit_code",),
    "torgsync_changes": ("verb", "outcome"),
    "torgsync_findings": ("severity", "code"),
    "torgsync_skipped_items": ("reason",),
}
"""Labels in addition to `object`; each has a value of a closed list."""


def families(
    found: Iterable[ObjectStatus], runs: Sequence[ObjectRun] = (), began: datetime | None = None
) -> list[MetricFamily]:
    """Return the metrics of objects, with what the runs of a call that `began` at a time did.

    What a call says of an object outweighs the state: a run that never began left nothing there.
    """
    samples: dict[str, dict[tuple[str, ...], float]] = {name: {} for name in HELP}
    done = {run.slug: run for run in runs}
    for status in found:
        run = done.get(status.slug) or done.get(status.stem)
        for name, labels, value in _samples(status, run, began):
            samples[name].setdefault((status.slug, *labels), value)  # two files may name one object
    return [
        MetricFamily(
            name, HELP[name], values, ("object", *_LABELS.get(name, ())), counter=name.endswith("_total")
        )
        for name, values in samples.items()
    ]


def _samples(
    status: ObjectStatus, run: ObjectRun | None, began: datetime | None
) -> Iterator[tuple[str, tuple[str, ...], float]]:
    """Yield every sample that is known, by the name of its family and its labels."""
    yield "torgsync_readable", (), float(status.error is None)
    single = [*_of_run(_last(status.known, run, began), run), *_of_settings(status)]
    if status.known:
        single += _of_state(status.known)
        yield from _counted(status.known, run)
    for name, value in single:
        if value is not None:
            yield name, (), value


def _last(known: Known | None, run: ObjectRun | None, began: datetime | None) -> LastRun | None:
    """Return the last run, as far as the state has it; else the call that ended before its run began."""
    last = known.last if known else None
    if run is None or began is None:
        return last
    if last and last.started >= began:
        return replace_struct(last, exit_code=int(run.exit_code))
    return LastRun(None, began, None, int(run.exit_code))


def _of_run(last: LastRun | None, run: ObjectRun | None) -> Iterator[tuple[str, float | None]]:
    if last is None:
        return
    seconds = run.view.seconds if run and run.view else None
    if seconds is None and last.finished:
        seconds = (last.finished - last.started).total_seconds()
    yield "torgsync_last_run_timestamp_seconds", last.started.timestamp()
    yield "torgsync_last_run_duration_seconds", seconds
    yield "torgsync_last_run_exit_code", last.exit_code
    yield "torgsync_last_run_requests", last.requests
    yield "torgsync_last_run_imports", last.imports


def _of_settings(status: ObjectStatus) -> Iterator[tuple[str, float | None]]:
    yield "torgsync_export_timestamp_seconds", seconds_of(status.export.written if status.export else None)
    yield "torgsync_imports_left", status.imports_left
    yield "torgsync_next_run_timestamp_seconds", seconds_of(status.next)
    yield "torgsync_schedule_lag_seconds", status.late.total_seconds() if status.late is not None else None


def _of_state(known: Known) -> Iterator[tuple[str, float | None]]:
    yield "torgsync_last_success_timestamp_seconds", seconds_of(known.last_success)
    yield "torgsync_plan_timestamp_seconds", seconds_of(known.plan.made if known.plan else None)
    yield "torgsync_pending_changes", known.plan.pending if known.plan else None
    yield "torgsync_held_changes", known.plan.held if known.plan else None
    yield "torgsync_orders_fetched_timestamp_seconds", seconds_of(known.fetched)
    yield "torgsync_orders_waiting", known.waiting
    yield "torgsync_order_files_waiting", known.in_outbox
    yield "torgsync_order_files_unwritten", known.owed
    yield "torgsync_running", known.lease is not None


def _counted(known: Known, run: ObjectRun | None) -> Iterator[tuple[str, tuple[str, ...], float]]:
    """Yield what is counted by more than the object."""
    view = run.view if run else None
    result = view.result if view else None
    heard = (*(result.findings if result else ()), *(view.fetched.findings if view and view.fetched else ()))
    for exit_code, count in known.ended.items():
        yield "torgsync_runs_total", (str(exit_code),), count
    for (verb, outcome), count in (known.plan.changes if known.plan else {}).items():
        yield "torgsync_changes", (verb, str(outcome)), count
    findings = Counter(known.findings) + Counter(found.code for found in heard)
    for code, count in findings.items():
        yield "torgsync_findings", (str(code.severity), str(code)), count
    for why, count in (result.plan.skipped if result else known.skipped).items():
        yield "torgsync_skipped_items", (str(why),), count


def seconds_of(moment: datetime | None) -> float | None:
    """Return a time as Prometheus counts it, None where there is none."""
    return moment.timestamp() if moment else None


def keep_metrics(
    path: Path,
    settings: Settings,
    objects: Mapping[str, Callable[[], ObjectFile]],
    runs: Sequence[ObjectRun],
    began: datetime,
    now: datetime,
) -> Message | None:
    """Write the metrics of the objects of a call to a file; return why it could not be written.

    Args:
        objects: Functions that read them, keyed by their files.
        runs: What the call did with them.
        began: When the call began.
    """
    return keep_families(path, lambda: families(statuses(settings, objects, now), runs, began))


def keep_families(path: Path, collect: Callable[[], Iterable[MetricFamily]]) -> Message | None:
    """Write metrics to a file, in a limited time; return why it could not be written."""
    try:
        within(PATIENCE, lambda: write_metrics(path, collect()))
    except TimeoutError:
        return _("`{path}` did not answer in {seconds} seconds", path=path, seconds=PATIENCE)
    except OSError as trouble:
        return _("`{path}` cannot be written: {why}", path=path, why=reason(trouble))
    except TorgsyncError as trouble:
        return joined("; ", filter(None, (trouble.message, trouble.hint)))
    except Exception as bug:  # noqa: BLE001  # nothing that follows a run may fail it
        _log.exception("the metrics")
        return _("an error of this program: {error}", error=repr(bug))
    return None


def metrics_text_of(found: Iterable[ObjectStatus]) -> str:
    """Return how objects stand as Prometheus reads it. Raises UsageError where its library is missing."""
    return metrics_text(families(found)).decode()
