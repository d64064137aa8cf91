"""How the prices of a plan move: how many by which share, and those that move farthest."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from decimal import Decimal
from heapq import nlargest

from msgspec import Struct

from torgsync.core.counts import moved_by
from torgsync.core.plan.diff import Change

EDGES = (-50, -20, -10, -5, 0, 5, 10, 20, 50)
"""Where one bar of the chart ends and the next begins, in percent."""
MOST = 5
"""Prices that are named."""
LEAST = 2
"""Prices of which a summary says more than the list of changes."""
LEAST_OF_CHART = 5
"""Prices of which a chart says more than their names."""
HEIGHT = 72
"""Height of the highest bar."""
WIDEST = Decimal(100)
"""A move of so many percent or more is as wide as can be, so that a mistyped price leaves others visible."""


class NamedPrice(Struct, frozen=True):
    """One price; `width` is how far it moves in percent of the farthest move, or of `WIDEST` if that is less.

    It is `held` where a guard holds it.
    """

    item: str
    title: str
    old: str
    new: str
    share: str
    up: bool
    width: int = 0
    held: bool = False


class ChartBar(Struct, frozen=True):
    """One bar of the chart: so many prices, and whether they rise."""

    count: int
    height: int
    up: bool


class PriceMoves(Struct, frozen=True):
    """The bars from the greatest fall to the greatest rise, and the farthest moves, the farthest first.

    There are no bars of few prices. Those that a guard holds are also counted as `held`.
    """

    falls: int
    rises: int
    bars: tuple[ChartBar, ...]
    farthest: tuple[NamedPrice, ...]
    held: int = 0


def price_moves(changes: Iterable[Change]) -> PriceMoves | None:
    """Return how the prices of changes move; None where too few do."""
    counts = [0] * (len(EDGES) + 1)
    moves: list[tuple[Decimal, str, Change]] = []
    held = 0
    for change in changes:
        price = change.fields.get("price")
        if price is None or not isinstance(price.old, Decimal) or not isinstance(price.new, Decimal):
            continue
        if price.old <= 0 or price.new == price.old:
            continue
        share = (price.new - price.old) / price.old * 100
        counts[bisect_right(EDGES, share)] += 1
        held += change.held is not None
        moves = nlargest(MOST, [*moves, (abs(share), change.good_id, change)], key=lambda move: move[:2])
    if sum(counts) < LEAST:
        return None
    middle, most, longest = EDGES.index(0) + 1, max(counts), min(moves[0][0], WIDEST)
    bars = tuple(
        ChartBar(count, max(round(count / most * HEIGHT), 2) if count else 0, place >= middle)
        for place, count in enumerate(counts)
    )
    farthest = tuple(_move(change, longest) for _share, _good, change in moves)
    drawn = bars if sum(counts) >= LEAST_OF_CHART else ()
    return PriceMoves(sum(counts[:middle]), sum(counts[middle:]), drawn, farthest, held)


def _move(change: Change, longest: Decimal) -> NamedPrice:
    old, new = change.fields["price"].old, change.fields["price"].new
    if not isinstance(old, Decimal) or not isinstance(new, Decimal):
        raise TypeError(change)
    share = (new - old) / old * 100
    return NamedPrice(
        change.good_id or f"Prom {change.prom_id}",
        change.title,
        *(str(old), str(new)),
        share_words(share),
        new > old,
        max(round(min(abs(share), longest) / longest * 100), 2),
        change.held is not None,
    )


def edge_words(edge: int) -> str:
    """Return a share as it is written below the bars."""
    return f"{edge:+d}".replace("-", "−") if edge else "0"


def share_words(share: Decimal) -> str:
    """Return by how many percent a price moves, with a sign."""
    return f"{moved_by(share)} %".replace("-", "−")
