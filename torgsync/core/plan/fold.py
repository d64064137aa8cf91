"""Folds changes that say the same, so that thousands of them stay one screen.

`price +5 % in 812 goods of Взуття` is one fold: a field that moves alike in many goods. Source:
docs/developers/architecture.md §3.3.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from torgsync.core.plan.diff import Change, FieldChange, Verb, buyer_price
from torgsync.core.product.fields import CENT, Value

MOVERS = 3
"""The biggest price moves that are told by name."""


class Kind(NamedTuple):
    """What changes have in common: the verb, the guard that holds them, the field and how it moves.

    For creations `field` is empty and `how` is their topmost group; `reason` is why products leave.
    """

    verb: Verb
    held: str
    field: str
    how: str
    reason: str = ""


@dataclass
class Fold:
    """All changes of one kind: how many goods, in which groups, how many pieces of new ones, and their worth.

    `groups` counts goods by their topmost group, those in none under the empty name; `worth` is in the shop's
    currency.
    """

    goods: int = 0
    groups: Counter[str] = field(default_factory=Counter)
    pieces: int = 0
    worth: Decimal = Decimal("0.00")


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
        self._folds: dict[Kind, Fold] = {}
        self._movers: list[tuple[Decimal, str, Mover]] = []

    def add(self, change: Change, group: str) -> None:
        """Take one change of a good whose topmost group has this name, empty for none."""
        if change.verb is Verb.CREATE:
            new = change.new
            self._count(Kind(change.verb, change.held or "", "", group), group, new)
            return
        for name, moved in change.fields.items():
            if not told_by_another(name, change.fields):
                edited = " (edited on Prom)" if moved.edited else ""
                words = f"{how(name, moved)}{edited}"
                kind = Kind(change.verb, change.held or "", name, words, change.reason)
                self._count(kind, group, {})
        self._note_mover(change)

    def _count(self, kind: Kind, group: str, new: Mapping[str, Value]) -> None:
        fold = self._folds.setdefault(kind, Fold())
        fold.goods += 1
        fold.groups[group] += 1
        pieces, price = new.get("quantity"), buyer_price(new)
        if isinstance(pieces, int):
            fold.pieces += pieces
            fold.worth = (fold.worth + (price or Decimal(0)) * pieces).quantize(CENT)

    def _note_mover(self, change: Change) -> None:
        price = change.fields.get("price")
        if price is None or not isinstance(price.old, Decimal) or not isinstance(price.new, Decimal):
            return
        if price.old:
            share = (price.new - price.old) / price.old
            mover = Mover(share, change.good_id, change.title, price.old, price.new)
            heapq.heappush(self._movers, (abs(share), change.good_id, mover))
            if len(self._movers) > MOVERS:
                heapq.heappop(self._movers)

    def of(self, verb: Verb) -> list[tuple[Kind, Fold]]:
        """Return the folds of a verb, that of most goods first."""
        found = [(kind, fold) for kind, fold in self._folds.items() if kind.verb is verb]
        return sorted(found, key=lambda item: (-item[1].goods, item[0]))

    @property
    def movers(self) -> list[Mover]:
        """The biggest price moves, the biggest first."""
        return [mover for *_, mover in sorted(self._movers, key=lambda item: (-item[0], item[1]))]


def told_by_another(name: str, fields: Mapping[str, FieldChange]) -> bool:
    """Tell whether another field says it: the same text in Russian, or the presence that a quantity makes."""
    moved = fields[name]
    if name.endswith("_ru"):
        twin = fields.get(name.removesuffix("_ru"))
        return twin is not None and twin.new == moved.new
    quantity = fields.get("quantity")
    if name == "presence" and quantity is not None and isinstance(quantity.new, int):
        return moved.new == ("available" if quantity.new > 0 else "not_available")
    return False


def how(name: str, moved: FieldChange) -> str:
    """Return how a field moves, in words that many goods have in common."""
    old, new = moved.old, moved.new
    if isinstance(old, Decimal) and isinstance(new, Decimal) and old:
        return f"{(new - old) / old * 100:+.0f} %"
    if name == "quantity" and isinstance(old, int) and isinstance(new, int):
        return _stock(old, new)
    if name in ("presence", "status"):
        return f"{old or '–'} -> {new}"
    if old in (None, "", ()):
        return "set"
    return "taken away" if new in (None, "", ()) else "changed"


def _stock(old: int, new: int) -> str:
    if not new:
        return "sold out"
    if not old:
        return "back in stock"
    return "up" if new > old else "down"
