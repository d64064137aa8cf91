"""Takes a living shop over: tells which product on Prom is which good, and never guesses.

Products are matched by external id, then article, then barcode, then exact name. What one rule finds twice
may be settled by a later one, but only among those that the earlier one found; what stays is ambiguous and
waits for a person. Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain


class Rule(StrEnum):
    """By what a product was told to be a good."""

    EXTERNAL_ID = "external-id"
    SKU = "sku"
    BARCODE = "barcode"
    NAME = "name"
    DECISION = "decision"  # a person said so


@dataclass(frozen=True, slots=True)
class Here:
    """A good as it is compared: what it lacks is empty. `names` are those in both languages."""

    good_id: str
    title: str
    sku: str = ""
    barcode: str = ""
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class There:
    """A product on Prom as it is compared.

    `good_id` is the good that it was taken for before and `by` the rules that told so; empty for none.
    """

    prom_id: str
    external_id: str
    title: str
    sku: str = ""
    names: frozenset[str] = frozenset()
    status: str = ""
    good_id: str = ""
    by: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A product that is a good, and the rules that told so."""

    good: Here
    product: There
    by: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Goods and products of which a rule cannot tell which is which."""

    by: Rule
    goods: tuple[Here, ...]
    products: tuple[There, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """Who is who: goods in the order of the export, products by Prom's id."""

    matched: tuple[Match, ...] = ()
    ambiguous: tuple[Doubt, ...] = ()
    only_here: tuple[Here, ...] = ()
    only_there: tuple[There, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says of a good: the product that it is, or None where it is none of them."""

    good_id: str
    prom_id: str | None
    line: int = field(default=0, compare=False)


_Keys = tuple[Rule, Callable[[Here], Iterable[str]], Callable[[There], Iterable[str]]]

_RULES: tuple[_Keys, ...] = (
    (Rule.EXTERNAL_ID, lambda good: (good.good_id,), lambda product: (product.external_id,)),
    (Rule.SKU, lambda good: (good.sku,), lambda product: (product.sku,)),
    # Prom shows no barcode; shops that keyed their products by it have it in one of these (prom-api §3.3).
    (Rule.BARCODE, lambda good: (good.barcode,), lambda product: (product.sku, product.external_id)),
    (Rule.NAME, lambda good: good.names, lambda product: product.names),
)


def match(goods: Sequence[Here], products: Sequence[There], decisions: Iterable[Decision] = ()) -> Matching:
    """Return which product is which good.

    `decisions` must hold (`mistaken`); they go before all rules. What was matched before stays so, whatever
    was renamed since.
    """
    here = {good.good_id: good for good in goods}
    there = {product.prom_id: product for product in products}
    matched: list[Match] = []
    alone: list[Here] = []
    for decision in decisions:
        good = here.pop(decision.good_id)
        if decision.prom_id is None:
            alone.append(good)
        else:
            matched.append(Match(good, there.pop(decision.prom_id), (Rule.DECISION,)))
    before = [product for product in there.values() if product.by and product.good_id in here]
    matched += [Match(here.pop(one.good_id), there.pop(one.prom_id), one.by) for one in before]
    found = _resolve(list(here.values()), list(there.values()), _RULES)
    order = {good.good_id: number for number, good in enumerate(goods)}
    return Matching(
        matched=tuple(sorted([*matched, *found.matched], key=lambda one: order[one.good.good_id])),
        ambiguous=tuple(sorted(found.ambiguous, key=lambda doubt: order[doubt.goods[0].good_id])),
        only_here=tuple(sorted([*alone, *found.only_here], key=lambda good: order[good.good_id])),
        only_there=tuple(sorted(found.only_there, key=lambda product: _by_number(product.prom_id))),
    )


def mistaken(decision: Decision, goods: Mapping[str, Here], products: Mapping[str, There]) -> str:
    """Return what is wrong with a decision, empty where it can be followed."""
    good_id, prom_id = decision.good_id, decision.prom_id
    if good_id not in goods:
        return f"the export has no good `{good_id}`"
    holder = next((one for one in products.values() if one.external_id == good_id), None)
    if prom_id is None:
        # Prom would take a new product under this id for the one that has it.
        return f"it cannot be made anew: product {holder.prom_id} has its id on Prom.ua" if holder else ""
    if prom_id not in products:
        return f"the shop has no product {prom_id}"
    return ""


def _resolve(goods: list[Here], products: list[There], rules: Sequence[_Keys]) -> Matching:
    """Match by one rule after another; what one finds twice is left to the later rules, among themselves."""
    matched: list[Match] = []
    ambiguous: list[Doubt] = []
    for number, (rule, of_good, of_product) in enumerate(rules):
        left, unknown = list[Here](), list[There]()
        for some_goods, some_products in _clusters(goods, products, of_good, of_product):
            if len(some_goods) == len(some_products) == 1:
                matched.append(Match(some_goods[0], some_products[0], (rule,)))
                continue
            if not (some_goods and some_products):
                left += some_goods
                unknown += some_products
                continue
            inner = _resolve(some_goods, some_products, rules[number + 1 :])
            matched += [Match(one.good, one.product, (rule, *one.by)) for one in inner.matched]
            doubted = list(chain.from_iterable(doubt.goods for doubt in inner.ambiguous))
            rivals = list(chain.from_iterable(doubt.products for doubt in inner.ambiguous))
            rest = ([*doubted, *inner.only_here], [*rivals, *inner.only_there])
            if all(rest):
                ambiguous.append(Doubt(rule, tuple(rest[0]), tuple(rest[1])))
            else:
                left += rest[0]
                unknown += rest[1]
        goods, products = left, unknown
    return Matching(tuple(matched), tuple(ambiguous), tuple(goods), tuple(products))


def _clusters(
    goods: Iterable[Here],
    products: Iterable[There],
    of_good: Callable[[Here], Iterable[str]],
    of_product: Callable[[There], Iterable[str]],
) -> Iterable[tuple[list[Here], list[There]]]:
    """Yield goods and products that share a key, directly or through others; each stands in one cluster."""
    parents: dict[str, str] = {}

    def root(key: str) -> str:
        while parents.setdefault(key, key) != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    def join(keys: Iterable[str]) -> str:
        roots = sorted(root(key) for key in keys if key)
        for other in roots[1:]:
            parents[other] = roots[0]
        return roots[0] if roots else ""

    placed_goods = [(join(of_good(good)), good) for good in goods]
    placed_products = [(join(of_product(product)), product) for product in products]
    found: dict[str, tuple[list[Here], list[There]]] = {}
    for number, (key, good) in enumerate(placed_goods):
        found.setdefault(root(key) if key else f"\x1fgood {number}", ([], []))[0].append(good)
    for number, (key, product) in enumerate(placed_products):
        found.setdefault(root(key) if key else f"\x1fproduct {number}", ([], []))[1].append(product)
    return found.values()


def _by_number(prom_id: str) -> tuple[int, str]:
    return (len(prom_id), prom_id)
