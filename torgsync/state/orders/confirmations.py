"""Confirmations: what people said is done in Torgsoft about an order."""

from __future__ import annotations

from sqlalchemy import insert, select

from torgsync.core.orders.reasons import hold_or_work
from torgsync.core.orders.stored import Confirmation, FilePhase, StoredOrder
from torgsync.core.reason import decode_args, encode_args
from torgsync.state.orders.order_rows import OrderTable, work_columns
from torgsync.state.schema import order_tables as t


class ConfirmationRepository(OrderTable):
    """Confirmations of the orders of one object, inside one transaction."""

    def add(self, stored: StoredOrder, said: Confirmation) -> None:
        """Store that Torgsoft has an order as it is now; one that waited for a person counts as taken."""
        values = {"filed": t.orders.c.version, **work_columns(None)}
        if stored.needs_person:
            values |= {"phase": FilePhase.TAKEN, "taken": said.at}
        self._set(stored.order.id, **values)
        self._db.execute(
            insert(t.confirmations).values(
                object=self._slug,
                order_id=stored.order.id,
                version=stored.version,
                at=said.at,
                user=said.user,
                host=said.host,
                todo=said.todo.code,
                todo_args=encode_args(said.todo.args),
            )
        )

    def of(self, order_id: str) -> list[Confirmation]:
        """Return the confirmations of an order, oldest first."""
        c = t.confirmations.c
        rows = self._db.execute(
            select(t.confirmations).where(c.object == self._slug, c.order_id == order_id).order_by(c.id)
        )
        return [
            Confirmation(row.at, row.user, row.host, hold_or_work(row.todo, decode_args(row.todo_args)))
            for row in rows
        ]
