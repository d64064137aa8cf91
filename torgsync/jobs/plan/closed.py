"""Which kinds of changes are held in many shops now, by what the state knows.

Source: docs/developers/architecture.md §5.12.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from torgsync.core.fleet.guard import KNOWN, LEAST, REMEMBERED, Sighting, Spread, closed_kinds
from torgsync.state.store import UnitOfWork


def closed_now(work: UnitOfWork, now: datetime) -> dict[str, Spread]:
    """Return the kinds that are held now, keyed by kind: those of many shops that no person lets through."""
    return closed_of(work, work.sightings.of_all(now - REMEMBERED), now)


def closed_of(
    work: UnitOfWork, shown: Mapping[str, Mapping[str, Sighting]], now: datetime
) -> dict[str, Spread]:
    """Return the kinds that are held; `shown` is what shops show, keyed by kind, then by slug."""
    many = {kind: shops.values() for kind, shops in shown.items() if len(shops) >= LEAST}
    if not many:  # as on most days
        return {}
    let = work.allowances.valid(now)
    closed = closed_kinds(many, work.sightings.shops(now - KNOWN), now)
    return {kind: spread for kind, spread in closed.items() if kind not in let}
