"""An order as the state keeps it, and how far its file is on the way into Torgsoft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
    def in_outbox(self) -> bool:
        """Whether Torgsoft has not taken its file as far as is known."""
        return self.phase in IN_OUTBOX

    @property
    def todo(self) -> Hold | Todo | None:
        """What a person has to do about it in Torgsoft."""
        return self.hand_work or (self.hold if self.needs_person else None)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A person's word that something was done in Torgsoft about an order; `at` is aware and in UTC."""

    at: datetime
    user: str
    host: str
    todo: Hold | Todo


@dataclass(frozen=True, slots=True)
class OrderVersion:
    """One version of an order, and when it was first seen."""

    number: int
    seen: datetime
    order: Order
