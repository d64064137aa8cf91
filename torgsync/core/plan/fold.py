"""Fold changes that say the same, so that thousands of them fit one screen.

`price +5 % in 812 goods of Взуття` is one fold: a field that moves alike in many goods. Source:
docs/developers/architecture.md §3.3.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from torgsync.core.counts import moved_by
from torgsync.core.plan.diff import Change, FieldChange, Verb, buyer_price
from torgsync.core.product.fields import CENT, ZERO, Value

MOVERS = 3
"""The biggest price moves that are kept by name."""


class Move(StrEnum):
    """How a field moves, in terms that many goods have in common."""

    SHARE = "share"  # by so many percent, with its sign
    SOLD_OUT = "sold-out"
    BACK_IN_STOCK = "back-in-stock"
    UP = "up"
    DOWN = "down"
    VALUE = "value"  # from one word to another; the old one is empty for none
    SET = "set"
    REMOVED = "removed"
    CHANGED = "changed"


class FoldKind(NamedTuple):
    """What changes have in common: creations a topmost group, all others a field and its move.

    `reason` is why products leave.
    """

    verb: Verb
    held: str
    group: str = ""
    field: str = ""
    move: Move = Move.SET
    args: tuple[str, ...] = ()
    edited: bool = False
    reason: str = ""


@dataclass
class Fold:
    """All changes of one kind.

    `groups` counts goods by their topmost group, those in none under the empty name; `pieces` and `worth`, in
    the shop's currency, are those of new products.
    """

    goods: int = 0
    groups: Counter[str] = field(default_factory=Counter)
    pieces: int = 0
    worth: Decimal = ZERO


class Mover(NamedTuple):
    """One price that moves far: by which share, of which good, from what to what."""

    share: Decimal
    good_id: str
    title: str
    old: Decimal
    new: Decimal


class Folds:
    """The folds of a plan's changes, and its biggest price moves."""

    def __init__(self) -> None:
        self._folds: dict[FoldKind, Fold] = {}
        self._movers: list[tuple[Decimal, str, Mover]] = []

    def add(self, change: Change, group: str) -> None:
        """Add one change of a good whose topmost group has this name, empty for none."""
        held = change.held or ""
        if change.verb is Verb.CREATE:
            self._count(FoldKind(change.verb, held, group), group, change.new)
            return
        for name, moved in change.fields.items():
            if not is_redundant(name, change.fields):
                move, args = move_of(name, moved)
                kind = FoldKind(change.verb, held, "", name, move, args, moved.edited, change.reason)
                self._count(kind, group, {})
        self._note_mover(change)

    def _count(self, kind: FoldKind, group: str, new: Mapping[str, Value]) -> None:
        fold = self._folds.setdefault(kind, Fold())
        fold.goods += 1
        fold.groups[group] += 1
        pieces, price = new.get("quantity"), buyer_price(new)
        if isinstance(pieces, int):
            fold.pieces += pieces
            fold.worth = (fold.worth + (price or Decimal(0)) * pieces).quantize(CENT)

    def _note_mover(self, change: Change) -> None:
        price = change.fields.get("price")
        if price and price.old and isinstance(price.old, Decimal) and isinstance(price.new, Decimal):
            share = (price.new - price.old) / price.old
            mover = Mover(share, change.good_id, change.title, price.old, price.new)
            heapq.heappush(self._movers, (abs(share), change.good_id, mover))
            if len(self._movers) > MOVERS:
                heapq.heappop(self._movers)

    def of(self, verb: Verb) -> list[tuple[FoldKind, Fold]]:
        """Return the folds of a verb."""
        return [(kind, fold) for kind, fold in self._folds.items() if kind.verb is verb]

    @property
    def movers(self) -> list[Mover]:
        """The biggest price moves, the biggest first."""
        return [mover for *_, mover in sorted(self._movers, key=lambda item: (-item[0], item[1]))]


def is_redundant(name: str, fields: Mapping[str, FieldChange]) -> bool:
    """Return whether another field implies it: the same text in Russian, or the presence of a quantity."""
    moved = fields[name]
    if name.endswith("_ru"):
        twin = fields.get(name.removesuffix("_ru"))
        return twin is not None and twin.new == moved.new
    quantity = fields.get("quantity")
    if name == "presence" and quantity is not None and isinstance(quantity.new, int):
        return moved.new == ("available" if quantity.new > 0 else "not_available")
    return False


def move_of(name: str, moved: FieldChange) -> tuple[Move, tuple[str, ...]]:
    """Return how a field moves, and the arguments of the move."""
    old, new = moved.old, moved.new
    if isinstance(old, Decimal) and isinstance(new, Decimal) and old:
        return Move.SHARE, (moved_by((new - old) / old * 100),)
    if name == "quantity" and isinstance(old, int) and isinstance(new, int):
        if not new:
            return Move.SOLD_OUT, ()
        if not old:
            return Move.BACK_IN_STOCK, ()
        return (Move.UP if new > old else Move.DOWN), ()
    if name in ("presence", "status"):
        return Move.VALUE, (str(old or ""), str(new))
    if old in (None, "", ()):
        return Move.SET, ()
    return (Move.REMOVED if new in (None, "", ()) else Move.CHANGED), ()
