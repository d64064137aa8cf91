"""What is held in many shops at once, and what a person lets through there: lines for people, and rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torgsync.cli.messages.guards import fleet_allow_command, held_of_kind, observed_in
from torgsync.core.clock import iso_or_none
from torgsync.core.plan.guards import ManyShops
from torgsync.core.plan.plan_guards import KINDS
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


def guard_rows(guard: FleetGuard) -> Iterator[dict[str, object]]:
    """Yield how each kind stands that is held, or let through."""
    for kind in KINDS:
        spread, allowance = guard.closed.get(kind), guard.allowances.get(kind)
        if spread or allowance:
            yield {
                "guard": str(kind),
                "held": spread is not None,
                "shops": spread.shops if spread else None,
                "known": spread.known if spread else None,
                "since": iso_or_none(spread.since if spread else None),
                "until": iso_or_none(allowance.until if allowance else None),
                "user": allowance.user if allowance else None,
                "host": allowance.host if allowance else None,
                "at": iso_or_none(allowance.at if allowance else None),
            }
