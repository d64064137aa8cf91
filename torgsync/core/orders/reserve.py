"""What was sold on Prom and is not in the accounting program's export yet: it must not be offered again.

Source: docs/developers/architecture.md §6, §7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from torgsync.core.orders.order import Order


@dataclass(frozen=True, slots=True)
class Handed:
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
    """Return how many pieces of each good of the accounting program an order has, keyed by good id."""
    pieces: dict[str, Decimal] = {}
    for line in order.lines:
        if line.good_id and line.quantity > 0:
            pieces[line.good_id] = pieces.get(line.good_id, Decimal(0)) + line.quantity
    return pieces


def held_pieces(held: Iterable[Holding]) -> dict[str, Decimal]:
    """Return how many pieces of each good are held, keyed by good id."""
    pieces: dict[str, Decimal] = {}
    for holding in held:
        pieces[holding.good_id] = pieces.get(holding.good_id, Decimal(0)) + holding.quantity
    return pieces
