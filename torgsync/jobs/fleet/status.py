"""How a fleet stands, as far as the state and the queue know it: a few queries, however many shops."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from msgspec import Struct
from pydantic import ValidationError

from torgsync.core.config.connection import portal_of
from torgsync.core.config.schedule import is_fleet
from torgsync.core.config.settings import SynchronizationTime
from torgsync.core.fleet.backlog import FleetWorkers
from torgsync.core.fleet.ticks import delay, waiting
from torgsync.errors import TorgsyncError, UsageError
from torgsync.files.config.settings import Settings
from torgsync.i18n import Message, _
from torgsync.jobs.fleet.guard import FleetGuard, read_guard
from torgsync.jobs.run import is_held
from torgsync.state.fleet.address import server_address
from torgsync.state.fleet.shops import FleetPace
from torgsync.state.runs.leases import Lease
from torgsync.state.runs.status import LastRun
from torgsync.state.store import Store, open_to_look

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


class KnownShop(NamedTuple):
    """What is known of a shop without its state: its times for workers, and when it was pushed last."""

    slug: str
    name: str
    times: Sequence[SynchronizationTime]
    since: datetime


class FleetStatus(Struct, frozen=True):
    """How all shops stand; `queue` is None where there is `trouble` with it."""

    shops: Sequence[FleetShop]
    pace: FleetPace
    guard: FleetGuard
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
        known = [KnownShop(slug, one.name, times_in(one.text), one.pushed_at) for slug, one in pushed.items()]
        return status_of(store, settings, known, now)


def status_of(store: Store, settings: Settings, known: Iterable[KnownShop], now: datetime) -> FleetStatus:
    """Return how shops stand of which it is known when workers perform them."""
    with store.look_at_fleet() as work:
        shops = work.fleet_shops
        attempts, leases = shops.attempts(), shops.leases()
        successes, runs = shops.last_successes(), shops.last_runs()
        pace = shops.pace(now - timedelta(minutes=MINUTES), now - HOUR)
    found = []
    for slug, name, times, since in known:
        lease = leases.get(slug)
        held = lease if lease and is_held(lease, now) else None
        late = waiting(slug, times, attempts.get(slug, {}), since, now)
        coming = (next(time.rhythm.after(now)) + delay(slug, time.rhythm) for time in times)
        found.append(
            FleetShop(
                *(slug, name, successes.get(slug), runs.get(slug)),
                *(timedelta() if held else late, min(coming, default=None), held),
            )
        )
    queue, trouble = _queue(settings)
    return FleetStatus(found, pace, read_guard(store, now), queue, trouble)


def times_in(text: str) -> tuple[SynchronizationTime, ...]:
    """Return the times for workers in the text of a pushed object; it was checked when it was pushed.

    Nothing else of it is checked again: that would take a second for every hundred objects.
    """
    try:
        return worker_times(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        return ()  # of a newer program: its worker says so


def worker_times(data: Mapping[str, Any]) -> tuple[SynchronizationTime, ...]:
    """Return the times for workers in what such a text holds; none where it is of a newer program."""
    try:
        fetches = data.get("orders", {}).get("enabled", True)
        found = [SynchronizationTime.model_validate(time) for time in data.get("synchronization_times", [])]
    except (ValidationError, AttributeError, TypeError):
        return ()
    clock = portal_of(data).clock
    return tuple(
        time.by_clock(clock) for time in found if is_fleet(time.user) and (fetches or time.only != "orders")
    )


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
