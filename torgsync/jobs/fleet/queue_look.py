"""A look at the queue from outside: what waits in it, and which workers are there. It needs no extra."""

from __future__ import annotations

import psycopg

from torgsync.core.fleet.backlog import Backlog, FleetWorkers
from torgsync.core.fleet.lanes import Lane
from torgsync.errors import TorgsyncError, UsageError
from torgsync.i18n import _
from torgsync.jobs.fleet.queue_troubles import SCHEMA, troubles_reported

WORKERS = "torgsync-worker "
"""How the names of a worker's connections begin; its host and process follow."""
_ALIVE = "60 seconds"
"""How long after its last statement a worker counts as gone; each looks for jobs every few seconds."""
_TABLE = f"SELECT to_regclass('{SCHEMA}.procrastinate_jobs')"
_JOBS = f"""
SELECT queue_name, CASE WHEN status = 'doing' THEN 'at_work' WHEN scheduled_at > now() THEN 'later'
       ELSE 'ready' END AS state, count(*)
FROM {SCHEMA}.procrastinate_jobs WHERE status IN ('todo', 'doing') GROUP BY 1, 2
"""  # noqa: S608  # nothing is filled in
_WORKERS = """
SELECT DISTINCT application_name FROM pg_stat_activity
WHERE datname = current_database() AND starts_with(application_name, %s)
      AND state_change > now() - %s::interval
"""


def application_name(host: str, pid: int) -> str:
    """Return the name of a worker's connections: PostgreSQL takes 63 letters."""
    return f"{WORKERS}{host[:36]}/{pid}"


def look_at_queue(address: str) -> FleetWorkers:
    """Return what is in the queue of a server.

    Raises:
        UsageError: There is none: no worker was ever here.
        Temporary: The server cannot be reached.
        StateUnusable: A person has to do something first.
    """
    with troubles_reported(), psycopg.connect(address, application_name="torgsync") as connection:
        if connection.execute(_TABLE).fetchone() == (None,):
            raise _no_queue()
        counts: dict[str, dict[str, int]] = {}
        for lane, state, count in connection.execute(_JOBS):
            counts.setdefault(lane, {})[state] = count
        names = [str(name) for (name,) in connection.execute(_WORKERS, (WORKERS, _ALIVE))]
    workers = (name.removeprefix(WORKERS).rpartition("/") for name in names)
    return FleetWorkers(
        {lane: Backlog(**counts.get(str(lane), {})) for lane in Lane},
        tuple(sorted((host, int(pid)) for host, _mark, pid in workers if pid.isdigit())),
    )


def _no_queue() -> TorgsyncError:
    return UsageError(
        _("there is no queue yet: no worker was ever started"),
        hint=_("start one: {command}", command="torgsync fleet worker"),
    )
