"""Order files: which version is in which outbox, what Torgsoft lacks, and what people say is done there."""

from __future__ import annotations

from datetime import datetime

from torgsync.core.orders.reasons import Hold, Todo, hold_or_work
from torgsync.core.orders.stored import IN_OUTBOX, Confirmation, FilePhase, StoredOrder
from torgsync.core.reason import decode_args, encode_args
from torgsync.state.orders.order_rows import OWED, OrderTable, hold_columns, work_columns
from torgsync.state.repository import Repository
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


class ConfirmationRepository(OrderTable):
    """Confirmations of the orders of one object, inside one transaction."""

    def add(self, stored: StoredOrder, said: Confirmation) -> None:
        """Store that Torgsoft has an order as it is now; one that waited for a person counts as taken."""
        taken = {"phase": FilePhase.TAKEN, "taken": said.at} if stored.needs_person else {}
        self._set(stored.order.id, filed=t.orders.c.version, **work_columns(None), **taken)
        who = {"order_id": stored.order.id, "at": said.at, "user": said.user, "host": said.host}
        todo = {"todo": said.todo.code, "todo_args": encode_args(said.todo.args)}
        self._insert(t.confirmations, [{**who, "version": stored.version, **todo}])

    def of(self, order_id: str) -> list[Confirmation]:
        """Return the confirmations of an order, oldest first."""
        c = t.confirmations.c
        rows = self._db.execute(self._select(t.confirmations).where(c.order_id == order_id).order_by(c.id))
        return [
            Confirmation(row.at, row.user, row.host, hold_or_work(row.todo, decode_args(row.todo_args)))
            for row in rows
        ]


class OutboxRepository(Repository):
    """Outboxes of one object that order files were written to, keyed by label, inside one transaction."""

    def on_other_disk(self, place: str) -> bool | None:
        """Return whether an outbox was on another disk than the home, None where it was never used."""
        apart: bool | None = self._scalar(t.outboxes.c.apart, t.outboxes.c.place == place)
        return apart

    def record_use(self, place: str, *, other_disk: bool) -> None:
        """Store that files were written to an outbox, and whether it was on another disk than the home."""
        self._upsert(t.outboxes, [{"place": place, "apart": other_disk}])

    def set_missed(self, place: str, *, missed: bool) -> None:
        """Store whether an outbox was found missing with files in it, and these are still to be checked."""
        self._update(t.outboxes, t.outboxes.c.place == place, missed=missed)

    def missed(self, place: str) -> bool:
        """Return whether an outbox was found missing with files in it."""
        return bool(self._scalar(t.outboxes.c.missed, t.outboxes.c.place == place))
