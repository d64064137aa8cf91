"""Order files: which version of an order is in which outbox, and what Torgsoft lacks after it took one."""

from __future__ import annotations

from datetime import datetime

from torgsync.core.orders.reasons import Hold, Todo
from torgsync.core.orders.stored import IN_OUTBOX, FilePhase, StoredOrder
from torgsync.state.orders.order_rows import OWED, OrderTable, hold_columns, work_columns
from torgsync.state.schema import order_tables as t

_NO_FILE: dict[str, object] = dict.fromkeys(("phase", "file", "place", "filed"))


class OrderFileRepository(OrderTable):
    """Files of the orders of one object, inside one transaction."""

    def owed(self) -> list[StoredOrder]:
        """Return the orders that have no file yet and are not held, oldest first."""
        return self._matching(OWED)

    def in_outbox(self) -> list[StoredOrder]:
        """Return the orders whose file Torgsoft has not taken as far as is known, oldest first."""
        return self._matching(t.orders.c.phase.in_(IN_OUTBOX))

    def mark_moving(self, order_id: str, name: str, place: str) -> None:
        """Store that a file of an order as it is now is about to get its real name in an outbox."""
        filed = t.orders.c.version
        self._set(order_id, file=name, phase=FilePhase.MOVING, place=place, filed=filed, **work_columns(None))

    def mark_written(self, order_id: str, now: datetime) -> None:
        """Store that the file of an order has its real name."""
        self._set(order_id, phase=FilePhase.WRITTEN, written=now, taken=None)

    def mark_found(self, order_id: str, name: str, place: str, now: datetime) -> None:
        """Store that an outbox has a file of an order whose version is unknown."""
        self._set(order_id, file=name, phase=FilePhase.WRITTEN, place=place, written=now, filed=None)

    def mark_current(self, order_id: str) -> None:
        """Store that Torgsoft was given the order as it is now."""
        self._set(order_id, filed=t.orders.c.version)

    def mark_taken(self, order_id: str, now: datetime, work: Todo | None = None) -> None:
        """Store that the file of an order was found gone, and what Torgsoft lacks."""
        self._set(order_id, phase=FilePhase.TAKEN, taken=now, **work_columns(work))

    def mark_withdrawn(self, order_id: str) -> None:
        """Store that the file of an order was removed before Torgsoft took it."""
        self._set(order_id, phase=FilePhase.WITHDRAWN)

    def mark_owed(self, order_id: str) -> None:
        """Store that an order whose file was removed is to be written, once it is not held."""
        self._set(order_id, **_NO_FILE)

    def hold(self, order_id: str, hold: Hold) -> None:
        """Store that a person must enter an order in Torgsoft, because no file of it can be written."""
        self._set(order_id, **_NO_FILE, **work_columns(None), **hold_columns(hold))

    def set_hand_work(self, order_id: str, filed: int | None, work: Todo | None) -> None:
        """Store which version Torgsoft has, and what a person has to do there about the newest one."""
        self._set(order_id, filed=filed, **work_columns(work))
