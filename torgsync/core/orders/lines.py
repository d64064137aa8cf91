"""Lines of an order: which good each one is, which cost nothing, and whether two versions sell the same.

When a product is deleted on Prom, the lines of its orders lose `id` and `sku`, and perhaps the external id;
the sale stays what it was. Such a line is recognized by the earlier version of its order, so that nothing
changes here. Source: docs/developers/prom-api.md §5.5, §11 Q15.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from torgsync.core.orders.order import Line, Order

_NONE: Mapping[str, str] = MappingProxyType({})

Names = Mapping[str, Collection[str]]
"""The names of goods in both languages, keyed by good id."""

_NO_NAMES: Names = MappingProxyType({})


def amounts_of(line: Line) -> tuple[object, ...]:
    """Return what is sold at what price, apart from the item."""
    return line.quantity, line.price, line.total


def costs_nothing(line: Line) -> bool:
    """Return whether a line is a gift or a free service."""
    return not line.price and not line.total


def free_lines(order: Order) -> tuple[Line, ...]:
    """Return the lines that cost nothing and are no good of the accounting program.

    In an order with an amount that cannot be read, a line without money may have cost something.
    """
    if order.unreadable:
        return ()
    return tuple(line for line in order.lines if not line.good_id and costs_nothing(line))


def nothing_sold(order: Order) -> bool:
    """Return whether no line of an order is to be handed out: it has none, or only free ones."""
    return len(free_lines(order)) == len(order.lines)


def with_goods(
    lines: Sequence[Line],
    versions: Iterable[Sequence[Line]] = (),
    aliases: Mapping[str, str] = _NONE,
    product_goods: Mapping[str, str] = _NONE,
    sku_goods: Mapping[str, str] = _NONE,
    names: Names = _NO_NAMES,
) -> tuple[Line, ...]:
    """Return the lines with a good id wherever one can be found.

    A line keeps the good that it was found to be before; otherwise its external id decides, which may be that
    of an adopted product, then its product, then its article (prom-api §8 no. 5).

    Args:
        lines: as Prom shows them now.
        versions: the lines of the earlier versions of the order, newest first.
        aliases: good ids of adopted products, keyed by external id.
        product_goods: good ids keyed by Prom's product id.
        sku_goods: good ids keyed by article.
        names: the names of the goods of the earlier versions.

    """
    return tuple(
        replace(
            line,
            good_id=aliases.get(line.good_id, line.good_id)
            or product_goods.get(line.prom_id)
            or sku_goods.get(line.sku, ""),
        )
        for line in recognized(lines, versions, names)
    )


def without_free_goods(lines: Iterable[Line], others: Collection[str]) -> tuple[Line, ...]:
    """Return the lines, the free ones without a good id that is among `others`, which are no goods."""
    return tuple(
        replace(line, good_id="") if line.good_id in others and costs_nothing(line) else line
        for line in lines
    )


def recognized(
    lines: Sequence[Line], versions: Iterable[Sequence[Line]], names: Names = _NO_NAMES
) -> tuple[Line, ...]:
    """Return the lines with what was known of them before, where a deleted product took it away."""
    for before in filter(None, versions):
        goods = {line.prom_id: line.good_id for line in before if line.prom_id}
        earlier = _earlier(lines, before, names)
        lines = [_completed(line, earlier.get(place), goods) for place, line in enumerate(lines)]
    return tuple(lines)


def _completed(line: Line, known: Line | None, goods: Mapping[str, str]) -> Line:
    if known is None or line.prom_id:
        found = line.good_id or (known.good_id if known else "") or goods.get(line.prom_id, "")
        return replace(line, good_id=found)
    return replace(
        line,
        good_id=known.good_id or line.good_id,
        prom_id=known.prom_id,
        sku=line.sku or known.sku,
        name=line.name or known.name,
    )


class _Agreement(NamedTuple):
    """What is the same in a line and in one of before; `item` where no name says that it is another one."""

    name: bool
    amounts: bool
    place: bool
    item: bool


def _earlier(lines: Sequence[Line], before: Sequence[Line], names: Names) -> dict[int, Line]:
    """Return which line of before each line is, keyed by place; each is one line at most.

    By product; where one of both has none, by good, else by two of name, amounts and place, names first. At
    the same place for the same money, another name is another item, unless the good has both names.
    """
    found: dict[int, Line] = {}
    left = dict(enumerate(before))
    for is_same in (_same_product, _same_good, _same_name, _same_place):
        for place, line in enumerate(lines):
            if place in found:
                continue
            agreements = {
                there: _agreement(line, known, names, same_place=place == there)
                for there, known in left.items()
                if is_same is _same_product or _product_gone(line, known)
            }
            same = [there for there, agreement in agreements.items() if is_same(line, left[there], agreement)]
            if same:
                found[place] = left.pop(max(same, key=lambda there: sum(agreements[there])))
    return found


def _agreement(line: Line, known: Line, names: Names, *, same_place: bool) -> _Agreement:
    same_name = bool(line.name) and line.name == known.name
    nameless = not (line.name and known.name)
    same_item = same_name or nameless or {line.name, known.name} <= set(names.get(known.good_id, ()))
    return _Agreement(same_name, amounts_of(line) == amounts_of(known), same_place, same_item)


def _same_product(line: Line, known: Line, _agreement: _Agreement) -> bool:
    return bool(line.prom_id) and line.prom_id == known.prom_id


def _same_good(line: Line, known: Line, _agreement: _Agreement) -> bool:
    return bool(line.good_id) and line.good_id == known.good_id


def _same_name(_line: Line, _known: Line, agreement: _Agreement) -> bool:
    return agreement.name and (agreement.amounts or agreement.place)


def _same_place(_line: Line, _known: Line, agreement: _Agreement) -> bool:
    return agreement.amounts and agreement.place and agreement.item


def _product_gone(line: Line, known: Line) -> bool:
    return not (line.prom_id and known.prom_id)


def same_goods(given: Sequence[Line], now: Sequence[Line]) -> bool:
    """Return whether two versions of an order sell the same items at the same prices, in any order.

    Names and articles do not count. A line whose good became known or got another key is the same sale as
    before, and where the lines were not known, a person entered what the seller's cabinet shows.
    """
    if not given:
        return True
    left, others = list(given), list(now)
    for same_item in (_one_good, _one_product):
        left, others = _unmatched(left, others, same_item)
    return not left and not others


def _unmatched(
    given: Iterable[Line], now: Iterable[Line], same_item: Callable[[Line, Line], bool]
) -> tuple[list[Line], list[Line]]:
    left, others = [], list(now)
    for line in given:
        same = (one for one in others if amounts_of(one) == amounts_of(line) and same_item(line, one))
        found = next(same, None)
        if found is None:
            left.append(line)
        else:
            others.remove(found)
    return left, others


def _one_good(line: Line, other: Line) -> bool:
    return bool(line.good_id) and line.good_id == other.good_id


def _one_product(line: Line, other: Line) -> bool:
    if line.prom_id and other.prom_id:
        return line.prom_id == other.prom_id
    return not (line.good_id and other.good_id) and line.name == other.name
