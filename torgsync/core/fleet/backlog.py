"""What is in the queue of a fleet, and who works it off."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from torgsync.core.fleet.lanes import Lane


class Backlog(Struct, frozen=True):
    """The jobs of one lane: those that may begin, those for later, and those being performed."""

    ready: int = 0
    later: int = 0
    at_work: int = 0


class FleetWorkers(Struct, frozen=True):
    """The jobs in the queue, keyed by lane, and the host and process of each worker that is there."""

    backlog: Mapping[Lane, Backlog]
    workers: tuple[tuple[str, int], ...]
