"""Match the products of a living shop to goods, without guessing.

Products are matched by external id, then article, then barcode, then exact name. What one rule finds twice
may be resolved by a later one, but only among the candidates of the earlier one; what stays is ambiguous and
waits for a person. Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain

from msgspec import Struct

from torgsync.core.problems import ProblemCode, problem
from torgsync.errors import Problem


class Rule(StrEnum):
    """By what a product was matched to a good."""

    EXTERNAL_ID = "external-id"
    SKU = "sku"
    BARCODE = "barcode"
    NAME = "name"
    DECISION = "decision"  # of a person


class GoodIdentity(Struct, frozen=True):
    """What a good is matched by; empty for what it lacks. `names` are those in both languages."""

    good_id: str
    title: str
    sku: str = ""
    barcode: str = ""
    names: frozenset[str] = frozenset()


class ProductIdentity(Struct, frozen=True):
    """What a product on Prom is matched by.

    `good_id` is the good that it was matched to before and `by` the rules that did; empty for none.
    """

    prom_id: str
    external_id: str
    title: str
    sku: str = ""
    names: frozenset[str] = frozenset()
    status: str = ""
    good_id: str = ""
    by: tuple[Rule, ...] = ()


class ProductMatch(Struct, frozen=True):
    """A product that is a good, and the rules that matched them."""

    good: GoodIdentity
    product: ProductIdentity
    by: tuple[Rule, ...]


class AmbiguousMatch(Struct, frozen=True):
    """Goods and products that a rule cannot match one to one."""

    by: Rule
    goods: tuple[GoodIdentity, ...]
    products: tuple[ProductIdentity, ...]


class Matching(Struct, frozen=True):
    """The result: goods in the order of the export, products by Prom's id."""

    matched: tuple[ProductMatch, ...] = ()
    ambiguous: tuple[AmbiguousMatch, ...] = ()
    unmatched_goods: tuple[GoodIdentity, ...] = ()
    unmatched_products: tuple[ProductIdentity, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a good: its product, None where it is none of them."""

    good_id: str
    prom_id: str | None
    line: int = field(default=0, compare=False)


_Keys = tuple[Rule, Callable[[GoodIdentity], Iterable[str]], Callable[[ProductIdentity], Iterable[str]]]

_RULES: tuple[_Keys, ...] = (
    (Rule.EXTERNAL_ID, lambda good: (good.good_id,), lambda product: (product.external_id,)),
    (Rule.SKU, lambda good: (good.sku,), lambda product: (product.sku,)),
    # Prom shows no barcode; shops that keyed their products by it have it in one of these (prom-api §3.3).
    (Rule.BARCODE, lambda good: (good.barcode,), lambda product: (product.sku, product.external_id)),
    (Rule.NAME, lambda good: good.names, lambda product: product.names),
)


def match(
    goods: Sequence[GoodIdentity], products: Sequence[ProductIdentity], decisions: Iterable[Decision] = ()
) -> Matching:
    """Return which product is which good.

    `decisions` must be without a `decision_problem`; they precede all rules. What was matched before stays
    matched, whatever was renamed since.
    """
    goods_left = {good.good_id: good for good in goods}
    products_left = {product.prom_id: product for product in products}
    matched: list[ProductMatch] = []
    alone: list[GoodIdentity] = []
    for decision in decisions:
        good = goods_left.pop(decision.good_id)
        if decision.prom_id is None:
            alone.append(good)
        else:
            matched.append(ProductMatch(good, products_left.pop(decision.prom_id), (Rule.DECISION,)))
    before = [product for product in products_left.values() if product.by and product.good_id in goods_left]
    matched += [
        ProductMatch(goods_left.pop(product.good_id), products_left.pop(product.prom_id), product.by)
        for product in before
    ]
    resolved = _resolve(list(goods_left.values()), list(products_left.values()), _RULES)
    order = {good.good_id: number for number, good in enumerate(goods)}
    return Matching(
        matched=tuple(sorted([*matched, *resolved.matched], key=lambda pair: order[pair.good.good_id])),
        ambiguous=tuple(sorted(resolved.ambiguous, key=lambda doubt: order[doubt.goods[0].good_id])),
        unmatched_goods=tuple(
            sorted([*alone, *resolved.unmatched_goods], key=lambda good: order[good.good_id])
        ),
        unmatched_products=tuple(
            sorted(resolved.unmatched_products, key=lambda product: (len(product.prom_id), product.prom_id))
        ),
    )


def decision_problem(
    decision: Decision, goods: Mapping[str, GoodIdentity], products: Mapping[str, ProductIdentity]
) -> Problem | None:
    """Return what is wrong with a decision, None where it can be followed."""
    good_id, prom_id = decision.good_id, decision.prom_id
    if good_id not in goods:
        return problem(ProblemCode.GOOD_UNKNOWN, good_id=good_id)
    holder = next((product for product in products.values() if product.external_id == good_id), None)
    if prom_id is None:
        # Prom would take a new product under this id for the one that has it.
        return problem(ProblemCode.ID_TAKEN, prom_id=holder.prom_id) if holder else None
    if prom_id not in products:
        return problem(ProblemCode.PRODUCT_UNKNOWN, prom_id=prom_id)
    return None


def _resolve(goods: list[GoodIdentity], products: list[ProductIdentity], rules: Sequence[_Keys]) -> Matching:
    """Match by one rule after another; what one finds twice is left to the later rules, among themselves."""
    matched: list[ProductMatch] = []
    ambiguous: list[AmbiguousMatch] = []
    for number, (rule, of_good, of_product) in enumerate(rules):
        left, unknown = list[GoodIdentity](), list[ProductIdentity]()
        for some_goods, some_products in _clusters(goods, products, of_good, of_product):
            if len(some_goods) == len(some_products) == 1:
                matched.append(ProductMatch(some_goods[0], some_products[0], (rule,)))
                continue
            if not (some_goods and some_products):
                left += some_goods
                unknown += some_products
                continue
            inner = _resolve(some_goods, some_products, rules[number + 1 :])
            matched += [ProductMatch(pair.good, pair.product, (rule, *pair.by)) for pair in inner.matched]
            doubted = list(chain.from_iterable(doubt.goods for doubt in inner.ambiguous))
            rivals = list(chain.from_iterable(doubt.products for doubt in inner.ambiguous))
            rest = ([*doubted, *inner.unmatched_goods], [*rivals, *inner.unmatched_products])
            if all(rest):
                ambiguous.append(AmbiguousMatch(rule, tuple(rest[0]), tuple(rest[1])))
            else:
                left += rest[0]
                unknown += rest[1]
        goods, products = left, unknown
    return Matching(tuple(matched), tuple(ambiguous), tuple(goods), tuple(products))


def _clusters(
    goods: Iterable[GoodIdentity],
    products: Iterable[ProductIdentity],
    of_good: Callable[[GoodIdentity], Iterable[str]],
    of_product: Callable[[ProductIdentity], Iterable[str]],
) -> Iterable[tuple[list[GoodIdentity], list[ProductIdentity]]]:
    """Yield goods and products that share a key, directly or through others; each is in one cluster."""
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
    clusters: dict[str, tuple[list[GoodIdentity], list[ProductIdentity]]] = {}
    for number, (key, good) in enumerate(placed_goods):
        clusters.setdefault(root(key) if key else f"\x1fgood {number}", ([], []))[0].append(good)
    for number, (key, product) in enumerate(placed_products):
        clusters.setdefault(root(key) if key else f"\x1fproduct {number}", ([], []))[1].append(product)
    return clusters.values()
