"""What is held in many shops at once, and what a person lets through there, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torgsync.cli.messages.guards import fleet_allow_command, held_of_kind, observed_in
from torgsync.core.plan.guards import ManyShops
from torgsync.i18n import Message, _

if TYPE_CHECKING:
    from torgsync.jobs.fleet.guard import FleetGuard


def guard_lines(guard: FleetGuard) -> Iterator[Message]:
    """Yield a line for each kind that is held in many shops, and for each that is let through."""
    for kind, spread in guard.closed.items():
        yield _(
            "{seen}, since {since:time}: in these shops {held}; if it is right: {command}",
            seen=observed_in(ManyShops(kind, spread.shops, spread.known)),
            since=spread.since,
            held=held_of_kind(kind),
            command=fleet_allow_command(kind),
        )
    for kind, allowance in guard.allowances.items():
        yield _(
            "`{guard}` is let through in all shops until {until:time}, as {user} on {host} decided {at:time}",
            guard=kind,
            until=allowance.until,
            user=allowance.user,
            host=allowance.host,
            at=allowance.at,
        )
