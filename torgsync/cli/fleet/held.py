"""What is held in many shops, as a part of what commands show; where there is nothing, little is imported."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from torgsync.cli.base.program import Program
from torgsync.errors import TorgsyncError

if TYPE_CHECKING:
    from torgsync.jobs.fleet.guard import FleetGuard


def print_held(program: Program, now: datetime) -> None:
    """Print what is held in many shops, and what is let through there."""
    if guard := _guard(program, now):
        from torgsync.cli.fleet.guard_words import guard_lines

        for line in guard_lines(guard):
            program.print(line, style="held")


def held_rows(program: Program, now: datetime) -> list[dict[str, object]]:
    """Return the same for a program."""
    guard = _guard(program, now)
    if not guard:
        return []
    from torgsync.cli.fleet.guard_words import guard_rows

    return list(guard_rows(guard))


def _guard(program: Program, now: datetime) -> FleetGuard | None:
    """Return how the guard of a fleet stands; a state that cannot be read is reported otherwise."""
    from torgsync.jobs.fleet.guard import fleet_guard

    with suppress(TorgsyncError):
        return fleet_guard(program.settings, now)
    return None
