"""What is held in many shops at once, and what a person lets through there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime

from msgspec import Struct

from torgsync.core.fleet.guard import Spread
from torgsync.files.config.settings import Settings, who
from torgsync.jobs.plan.closed import closed_now
from torgsync.state.fleet.sightings import Allowance
from torgsync.state.store import Store, open_store, open_to_look


class FleetGuard(Struct, frozen=True):
    """The kinds that are held in many shops now, and those that a person lets through, keyed by kind."""

    closed: Mapping[str, Spread] = {}
    allowances: Mapping[str, Allowance] = {}

    def __bool__(self) -> bool:
        """Return whether there is anything to say."""
        return bool(self.closed or self.allowances)


def read_guard(store: Store, now: datetime) -> FleetGuard:
    """Return how the guard of a fleet stands."""
    with store.look_at_fleet() as work:
        return FleetGuard(closed_now(work, now), work.allowances.valid(now))


def fleet_guard(settings: Settings, now: datetime) -> FleetGuard:
    """Return how the guard of a fleet stands; nothing is made where there is no state yet."""
    store = open_to_look(settings.state_url)
    if store is None:
        return FleetGuard()
    with closing(store):
        return read_guard(store, now)


def allow(settings: Settings, kind: str, until: datetime, now: datetime) -> FleetGuard:
    """Let a kind through in all shops until a moment, and return how the guard stands then.

    It takes the place of what was decided of this kind before.
    """
    user, host, _pid = who()
    with closing(open_store(settings.state_url)) as store:
        with store.fleet() as work:
            work.allowances.allow(Allowance(kind, until, user, host, now))
        return read_guard(store, now)
