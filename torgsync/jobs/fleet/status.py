"""How a fleet stands, as far as the state and the queue know it: a few queries, however many shops."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from pydantic import ValidationError

from torgsync.core.config.schedule import Attempt, is_fleet
from torgsync.core.config.settings import SynchronizationTime
from torgsync.core.fleet.backlog import FleetWorkers
from torgsync.core.fleet.ticks import delay, due_times
from torgsync.errors import TorgsyncError, UsageError
from torgsync.files.config.settings import Settings
from torgsync.i18n import Message, _
from torgsync.jobs.run import is_held
from torgsync.state.fleet.address import server_address
from torgsync.state.fleet.shops import FleetPace
from torgsync.state.runs.leases import Lease
from torgsync.state.runs.status import LastRun
from torgsync.state.store import Store, open_to_look

_HEADER = re.compile(r"\[{1,2} *(synchronization_times|orders) *\]{1,2} *(?:#.*)?")
_ODD = re.compile(r"""(?m)^[ \t]*(?:synchronization_times|orders|"[^"]*"|'[^']*')[ \t]*[.=]|\"{3}|'{3}""")
"""What makes it uncertain where the tables of a text are."""
MINUTES = 10
"""Over how long the runs a minute are counted."""
HOUR = timedelta(hours=1)


class FleetShop(Struct, frozen=True):
    """How one shop stands; times are in UTC.

    Args:
        last_success: When a run last brought it in step with its export, as far as it may by itself.
        last: Its newest run.
        late: For how long it has been waiting for a run that is due.
        next: When its next run begins, None without times for workers.
        lease: Who works with it now, None where none does.
    """

    slug: str
    name: str
    last_success: datetime | None
    last: LastRun | None
    late: timedelta
    next: datetime | None
    lease: Lease | None


class FleetStatus(Struct, frozen=True):
    """How all shops stand; `queue` is None where there is `trouble` with it."""

    shops: Sequence[FleetShop]
    pace: FleetPace
    queue: FleetWorkers | None
    trouble: TorgsyncError | None = None

    @property
    def a_minute(self) -> float:
        """How many runs ended a minute, in the last minutes."""
        return self.pace.ended / MINUTES


def fleet_status(settings: Settings, now: datetime, notify: Callable[[Message], None]) -> FleetStatus:
    """Return how the fleet of a state stands.

    Raises:
        UsageError: No state was made yet.
        Temporary: It cannot be read now.
        StateUnusable: A person has to do something first.
    """
    store = open_to_look(settings.state_url, notify)
    if store is None:
        raise UsageError(
            _("there is no state yet, and so no fleet"),
            hint=_("put sync objects into it: {command}", command="torgsync fleet push DIR"),
        )
    with closing(store):
        with store.look_at_fleet() as work:
            pushed = work.fleet_objects.all()
        times = {slug: times_in(one.text) for slug, one in pushed.items()}
        names = {slug: one.name for slug, one in pushed.items()}
        since = {slug: one.pushed_at for slug, one in pushed.items()}
        return status_of(store, settings, names, times, since, now)


def status_of(
    store: Store,
    settings: Settings,
    names: Mapping[str, str],
    times: Mapping[str, Sequence[SynchronizationTime]],
    since: Mapping[str, datetime],
    now: datetime,
) -> FleetStatus:
    """Return how shops stand whose names, times for workers and last push are known, all keyed by slug."""
    with store.look_at_fleet() as work:
        shops = work.fleet_shops
        attempts, leases = shops.attempts(), shops.leases()
        successes, runs = shops.last_successes(), shops.last_runs()
        pace = shops.pace(now - timedelta(minutes=MINUTES), now - HOUR)
    found = []
    for slug, name in names.items():
        lease = leases.get(slug)
        held = lease if lease and is_held(lease, now) else None
        due, coming = _schedule(slug, times.get(slug, ()), attempts.get(slug, {}), now)
        late = min(due, max(now - since[slug], timedelta()))  # not for what came before it was pushed
        found.append(
            FleetShop(
                *(slug, name, successes.get(slug), runs.get(slug)),
                *(timedelta() if held else late, coming, held),
            )
        )
    queue, trouble = _queue(settings)
    return FleetStatus(found, pace, queue, trouble)


def times_in(text: str) -> tuple[SynchronizationTime, ...]:
    """Return the times for workers in the text of a pushed object; it was checked when it was pushed.

    Nothing else of it is read: that would take a second for every hundred objects.
    """
    try:
        data = _tables(text)
        orders, times = data.get("orders", {}), data.get("synchronization_times", [])
        found = [SynchronizationTime.model_validate(time) for time in times]
        fetches = orders.get("enabled", True)
    except (tomllib.TOMLDecodeError, ValidationError, AttributeError, TypeError):
        return ()  # of a newer program: its worker says so
    return tuple(time for time in found if is_fleet(time.user) and (fetches or time.only != "orders"))


def _tables(text: str) -> dict[str, Any]:
    """Return the tables of a text that say when it is synchronized, or all of it. Raises TOMLDecodeError."""
    kept: list[str] = []
    wanted = False
    for line in () if _ODD.search(text) else text.splitlines():
        bare = line.strip()
        if bare.startswith("["):
            wanted = _HEADER.fullmatch(bare) is not None
        if wanted:
            kept.append(line)
    with suppress(tomllib.TOMLDecodeError):
        if kept:
            return tomllib.loads("\n".join(kept))
    return tomllib.loads(text)


def _schedule(
    slug: str, times: Sequence[SynchronizationTime], attempts: Mapping[str, Attempt], now: datetime
) -> tuple[timedelta, datetime | None]:
    """Return for how long a shop has been due, and when its next run begins."""
    late = [now - begin for _time, begin in due_times(slug, times, attempts, now) if begin < now]
    coming = [next(time.rhythm.after(now)) + delay(slug, time.rhythm) for time in times]
    return max(late, default=timedelta()), min(coming, default=None)


def _queue(settings: Settings) -> tuple[FleetWorkers | None, TorgsyncError | None]:
    """Return what is in the queue, or why it is not known."""
    address = server_address(settings.state_url)
    if address is None:
        return None, UsageError(
            _("the state is not on PostgreSQL, so that there are no workers"),
            hint=_(
                "move the state there and set `TORGSYNC_STATE`: "
                "torgsync state move postgresql://USER@SERVER/DATABASE"
            ),
        )
    from torgsync.jobs.fleet.queue_look import look_at_queue  # noqa: PLC0415  # of the driver

    try:
        return look_at_queue(address), None
    except TorgsyncError as trouble:
        return None, trouble
