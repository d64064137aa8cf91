"""Metrics of a fleet: how each shop stands, and how the workers keep up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from torgsync.core.plan.plan_guards import KINDS
from torgsync.files.metrics import MetricFamily, metrics_text
from torgsync.i18n import Message
from torgsync.jobs.fleet.status import MINUTES, FleetStatus
from torgsync.jobs.unattended.metrics import HELP, keep_families, seconds_of

_FLEET = {
    "torgsync_fleet_shops": "Sync objects that workers perform.",
    "torgsync_fleet_queue_readable": "Whether the queue can be read.",
    "torgsync_fleet_workers": "Workers that are there.",
    "torgsync_fleet_jobs": "Runs that are asked for, by lane and state: ready, later, at_work.",
    "torgsync_fleet_runs_per_minute": f"Runs that ended a minute, in the last {MINUTES} minutes.",
    "torgsync_fleet_runs_last_hour": "Runs that began in the last hour and ended, by exit code.",
    "torgsync_fleet_died_last_hour": "Runs that began in the last hour and came to no end.",
    "torgsync_fleet_held_shops": "Shops in which changes of this kind are held, as they look wrong in many.",
    "torgsync_fleet_let_through": "Whether a person lets changes of this kind through in all shops.",
}


def fleet_families(status: FleetStatus) -> list[MetricFamily]:
    """Return the metrics of a fleet; those of a shop are named as in `torgsync status`."""
    of_shops: dict[str, dict[tuple[str, ...], float]] = {}
    for shop in status.shops:
        last = shop.last
        values = {
            "torgsync_last_success_timestamp_seconds": seconds_of(shop.last_success),
            "torgsync_last_run_timestamp_seconds": seconds_of(last.started) if last else None,
            "torgsync_last_run_exit_code": last.exit_code if last else None,
            "torgsync_schedule_lag_seconds": shop.late.total_seconds(),
            "torgsync_next_run_timestamp_seconds": seconds_of(shop.next),
            "torgsync_running": float(shop.lease is not None),
        }
        for name, value in values.items():
            if value is not None:
                of_shops.setdefault(name, {})[shop.slug,] = value
    return [MetricFamily(name, HELP[name], samples) for name, samples in of_shops.items()] + list(
        _of_fleet(status)
    )


def _of_fleet(status: FleetStatus) -> Iterator[MetricFamily]:
    queue, pace = status.queue, status.pace

    def single(name: str, value: float) -> MetricFamily:
        return MetricFamily(name, _FLEET[name], {(): value}, ())

    def of_kinds(name: str, values: Mapping[str, float]) -> MetricFamily:
        return MetricFamily(
            name, _FLEET[name], {(kind,): value for kind, value in values.items()}, ("guard",)
        )

    yield single("torgsync_fleet_shops", len(status.shops))
    yield single("torgsync_fleet_queue_readable", float(queue is not None))
    if queue:
        yield single("torgsync_fleet_workers", len(queue.workers))
        jobs: dict[tuple[str, ...], float] = {
            (str(lane), state): float(getattr(backlog, state))
            for lane, backlog in queue.backlog.items()
            for state in backlog.__struct_fields__
        }
        yield MetricFamily("torgsync_fleet_jobs", _FLEET["torgsync_fleet_jobs"], jobs, ("lane", "state"))
    yield single("torgsync_fleet_runs_per_minute", status.a_minute)
    codes: dict[tuple[str, ...], float] = {(str(code),): float(count) for code, count in pace.codes.items()}
    name = "torgsync_fleet_runs_last_hour"
    yield MetricFamily(name, _FLEET[name], codes, ("exit_code",))
    yield single("torgsync_fleet_died_last_hour", pace.died)
    closed, allowed = status.guard.closed, status.guard.allowances
    held = {str(kind): float(closed[kind].shops if kind in closed else 0) for kind in KINDS}
    yield of_kinds("torgsync_fleet_held_shops", held)
    yield of_kinds("torgsync_fleet_let_through", {str(kind): float(kind in allowed) for kind in KINDS})


def fleet_metrics_text(status: FleetStatus) -> str:
    """Return the metrics as Prometheus reads them. Raises UsageError where its library is missing."""
    return metrics_text(fleet_families(status)).decode()


def keep_fleet_metrics(path: Path, status: FleetStatus) -> Message | None:
    """Write the metrics to a file; return why it could not be written."""
    return keep_families(path, lambda: fleet_families(status))
