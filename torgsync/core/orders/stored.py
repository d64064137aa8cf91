"""An order as the state keeps it: how far its file is on the way into Torgsoft, and what it reserves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from torgsync.core.orders.order import Order
from torgsync.core.orders.reasons import FINDING_OF, Hold, Todo


class FilePhase(StrEnum):
    """How far the file of an order is.

    MOVING is stored between writing the temporary file and renaming it: where the temporary file is gone, the
    rename happened, whether or not Torgsoft has taken the file since.
    """

    MOVING = "moving"
    WRITTEN = "written"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


IN_OUTBOX = (FilePhase.MOVING, FilePhase.WRITTEN)
"""Phases in which Torgsoft has not taken the file as far as is known."""


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """The newest version of an order, its client and its file. Times are aware and in UTC.

    `client_id` is empty while it has none. `file` and `phase` are None while no file was written; `place` is
    the label of the outbox it was written to, None for the default one. `taken` is when the file was found
    gone, `accepted` when it was set to received on Prom. `filed` is the version that Torgsoft was
    given or that a person confirmed, None where unknown.
    """

    order: Order
    version: int
    client_id: str
    file: str | None = None
    hold: Hold | None = None
    phase: FilePhase | None = None
    place: str | None = None
    written: datetime | None = None
    taken: datetime | None = None
    accepted: datetime | None = None
    filed: int | None = None
    hand_work: Todo | None = None

    @property
    def waits(self) -> bool:
        """Whether it is held for a reason that a person has to look at."""
        return self.hold is not None and self.hold.code in FINDING_OF

    @property
    def needs_person(self) -> bool:
        """Whether no file of it is written until a person does something."""
        return self.waits and self.phase is None

    @property
    def owed(self) -> bool:
        """Whether its file is still to be written."""
        return self.phase is None and self.hold is None

    @property
    def unfiled(self) -> bool:
        """Whether no file of its newest version was written."""
        return self.phase is None or (self.in_outbox and self.filed != self.version)

    @property
    def in_outbox(self) -> bool:
        """Whether Torgsoft has not taken its file as far as is known."""
        return self.phase in IN_OUTBOX

    @property
    def todo(self) -> Hold | Todo | None:
        """What a person has to do about it in Torgsoft."""
        return self.hand_work or (self.hold if self.needs_person else None)


class Confirmation(Struct, frozen=True):
    """A person's word that something was done in Torgsoft about an order; `at` is aware and in UTC."""

    at: datetime
    user: str
    host: str
    todo: Hold | Todo


class OrderVersion(Struct, frozen=True):
    """One version of an order, and when it was first seen."""

    number: int
    seen: datetime
    order: Order


class Handed(Struct, frozen=True):
    """How far an order is on its way into the accounting program.

    `waits` is whether its file is owed, is in the outbox, or waits for a person; `taken` is when the file was
    found gone, aware and in UTC, None where it was not. `before` is the order as the accounting program has
    it, where it changed since and a person must enter the change.
    """

    order: Order
    waits: bool
    taken: datetime | None = None
    before: Order | None = None


class Holding(NamedTuple):
    """Pieces of one good that an order holds; `quantity` may have parts."""

    good_id: str
    order_id: str
    quantity: Decimal


def cannot_know(handed: Handed, written: datetime) -> bool:
    """Return whether an export that was written at a moment cannot know of an order.

    That is a sale which is newer than the export, or whose file is in the outbox, or was found taken only
    after the export was written: the exact time is unknown, and to offer too few until the next export is the
    lesser evil.
    """
    if not handed.order.takes_place:
        return False
    late = handed.taken is not None and handed.taken > written
    return handed.order.created > written or handed.waits or late


def holdings(handed: Iterable[Handed], written: datetime) -> tuple[Holding, ...]:
    """Return what orders hold that an export written at a moment cannot know, by good and order.

    Lines without a good id hold nothing that is in an export.
    """
    held: dict[tuple[str, str], Decimal] = {}
    for one in handed:
        pieces = _pieces(one.order)
        if not cannot_know(one, written):
            known = _pieces(one.before) if one.before and one.order.takes_place else pieces
            pieces = {good_id: number - known.get(good_id, 0) for good_id, number in pieces.items()}
        held |= {(good_id, one.order.id): number for good_id, number in pieces.items() if number > 0}
    return tuple(Holding(*key, quantity) for key, quantity in sorted(held.items()))


def _pieces(order: Order) -> dict[str, Decimal]:
    return _summed(
        (line.good_id, line.quantity) for line in order.lines if line.good_id and line.quantity > 0
    )


def held_pieces(held: Iterable[Holding]) -> dict[str, Decimal]:
    """Return how many pieces of each good are held, keyed by good id."""
    return _summed((holding.good_id, holding.quantity) for holding in held)


def _summed(numbers: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for good_id, number in numbers:
        sums[good_id] = sums.get(good_id, Decimal(0)) + number
    return sums
