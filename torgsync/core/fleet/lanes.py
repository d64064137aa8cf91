"""The lanes of a fleet: orders wait for no goods, and neither waits for an import.

A worker has a number of slots, each of which performs one run at a time. Some of them take only orders, some
take imports, and the others take what is most urgent of the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from torgsync.core.config.settings import SynchronizationTime

STOP_WITHIN = 30.0
"""Seconds that runs have to come to a safe point when their worker is stopped."""


class Lane(StrEnum):
    """What a run of a fleet is for, the most urgent first."""

    ORDERS = "orders"
    GOODS = "goods"  # with the orders of the same shop, unless a time leaves them out
    IMPORTS = "imports"  # goods, with the import that a run in the lane before left

    @property
    def priority(self) -> int:
        """How urgent it is: the higher goes first."""
        return len(Lane) - tuple(Lane).index(self)

    def takes(self, time: SynchronizationTime) -> bool:
        """Return whether a run in this lane performs a time; one for goods fetches orders too."""
        return time.only == "orders" or self is not Lane.ORDERS


def lanes_of(times: Iterable[SynchronizationTime]) -> set[Lane]:
    """Return the lanes in which times are performed."""
    return {Lane.ORDERS if time.only == "orders" else Lane.GOODS for time in times}


class Slots(Struct, frozen=True):
    """So many slots that take the same lanes."""

    lanes: tuple[Lane, ...]
    count: int


def slots_of(concurrency: int) -> tuple[Slots, ...]:
    """Return the slots of a worker that performs so many runs at once.

    A quarter of them takes imports, as many take only orders; a single one takes everything.
    """
    if concurrency == 1:
        return (Slots(tuple(Lane), 1),)
    kept = max(1, concurrency // 4)
    if concurrency == 2:  # noqa: PLR2004  # one for imports, the other for all else
        return Slots((Lane.ORDERS, Lane.GOODS), 1), Slots((Lane.IMPORTS,), 1)
    return (
        Slots((Lane.ORDERS,), kept),
        Slots((Lane.ORDERS, Lane.GOODS), concurrency - 2 * kept),
        Slots((Lane.IMPORTS,), kept),
    )
