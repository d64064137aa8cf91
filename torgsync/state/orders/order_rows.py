"""Rows of the table of orders as values, for the repositories that read or write it."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row

from torgsync.core.orders.order import Order
from torgsync.core.orders.reasons import FINDING_OF, HandWork, HoldReason
from torgsync.core.orders.stored import FilePhase, StoredOrder
from torgsync.core.reason import Reason, decode_args, encode_args
from torgsync.state.repository import Repository
from torgsync.state.schema import order_tables as t

WAITS_FOR_PERSON = t.orders.c.phase.is_(None) & t.orders.c.hold.in_([str(code) for code in FINDING_OF])
OWED = t.orders.c.phase.is_(None) & t.orders.c.hold.is_(None)


@cache
def order_json() -> TypeAdapter[Order]:
    """Return what reads and writes an order as JSON; most plans read none, and to build it takes long."""
    return TypeAdapter(Order)


class OrderTable(Repository):
    """Access to the orders of one object, inside one transaction."""

    def _set(self, order_id: str, **values: object) -> None:
        self._update(t.orders, t.orders.c.order_id == order_id, **values)

    def _matching(self, *conditions: ColumnElement[bool]) -> list[StoredOrder]:
        """Return the orders that meet all conditions, oldest first."""
        c = t.orders.c
        query = self._select(t.orders).where(*conditions).order_by(c.created, c.order_id)
        return list(map(stored_order, self._db.execute(query)))


def hold_columns(hold: Reason[HoldReason] | None) -> dict[str, object]:
    """Return why an order is held as columns of its row."""
    return {"hold": hold and str(hold.code), "hold_args": encode_args(hold.args) if hold else ""}


def work_columns(work: Reason[HandWork] | None) -> dict[str, object]:
    """Return what a person has to do about an order as columns of its row."""
    return {"hand_work": work and str(work.code), "hand_work_args": encode_args(work.args) if work else ""}


def stored_order(row: Row[Any]) -> StoredOrder:
    """Return the order of a row."""
    return StoredOrder(
        order=order_json().validate_json(row.doc),
        version=row.version,
        client_id="" if row.client_id is None else str(row.client_id),
        file=row.file,
        hold=Reason(HoldReason(row.hold), decode_args(row.hold_args)) if row.hold else None,
        phase=FilePhase(row.phase) if row.phase else None,
        place=row.place,
        written=row.written,
        taken=row.taken,
        accepted=row.accepted,
        filed=row.filed,
        hand_work=Reason(HandWork(row.hand_work), decode_args(row.hand_work_args)) if row.hand_work else None,
    )
