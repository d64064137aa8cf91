"""The catalog arranged for the pages: lists in pages, cards of variants, the tree of groups, search."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

from torgsync.sandbox.shop.products import ROOT_GROUP_ID, ShopCatalog, ShopGroup, ShopProduct
from torgsync.sandbox.shop.shop import Shop

Item = TypeVar("Item")
Other = TypeVar("Other")

# Of a longer tree only the groups above the chosen one are open.
LONGEST_OPEN_TREE = 150


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a long list: its items, its number from 1, and the numbers of pages and of all items."""

    items: Sequence[Item]
    number: int
    last: int
    total: int

    @classmethod
    def cut(cls, items: Sequence[Item], number: int, size: int) -> Page[Item]:
        """Cut a page; a number past the end gives the last page, and an empty list has one empty page."""
        last = max(1, -(-len(items) // size))
        number = min(max(1, number), last)
        return cls(items[(number - 1) * size : number * size], number, last, len(items))

    def map(self, show: Callable[[Item], Other]) -> Page[Other]:
        """Return the same page of other items."""
        return Page([show(item) for item in self.items], self.number, self.last, self.total)


@dataclass(frozen=True, slots=True)
class Card:
    """One product, or the variants of one product, oldest first."""

    products: tuple[ShopProduct, ...]

    @property
    def main(self) -> ShopProduct:
        """The product that represents the card: the first available one, else the first one."""
        return next((product for product in self.products if is_available(product)), self.products[0])

    @property
    def cheapest(self) -> ShopProduct:
        """The product with the lowest price to pay, in one currency; the main one without any."""
        priced = [product for product in self.products if product.price is not None]
        return min(priced, key=lambda product: product.price_to_pay or 0, default=self.main)

    @property
    def has_one_price(self) -> bool:
        """Whether all products of the card cost the same."""
        return len({product.price_to_pay for product in self.products}) == 1

    def label(self, product: ShopProduct) -> str:
        """Return the characteristics that distinguish this variant, "" where none does."""
        values = values_of(product)
        return ", ".join(values[name] for name in self._differing() if name in values)

    def _differing(self) -> list[str]:
        """Return the names of the characteristics in which the variants differ."""
        tables = [values_of(product) for product in self.products]
        names = dict.fromkeys(name for table in tables for name in table)
        return [name for name in names if len({table.get(name) for table in tables}) > 1]


def is_available(product: ShopProduct) -> bool:
    """Return whether the product can be bought now."""
    return product.presence == "available"


def percent_off(product: ShopProduct) -> int:
    """Return the discount in whole per cent of the price, rounded; 0 where it is less or there is none."""
    if product.discount is None or not product.price or product.price_to_pay is None:
        return 0
    return max(0, round(100 - product.price_to_pay * 100 / product.price))


def values_of(product: ShopProduct) -> dict[str, str]:
    """Return the characteristics by name; several values of one text are separated by commas."""
    return {
        entry.name: " ".join(filter(None, (", ".join(entry.value.split("|")), entry.unit)))
        for entry in product.attributes
    }


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of the tree: `group`, None for products in no group, and the `count` in it and below."""

    id: int
    parent_id: int
    group: ShopGroup | None
    depth: int
    count: int


class Showcase:
    """All products and groups as they were at one moment; later changes of the shop are not in it.

    A list of cards is a list of products, the first one of each card: of 100,000 cards only those are made
    that are looked at. `parents` are the ids of the groups above by group.
    """

    def __init__(
        self, products: Sequence[ShopProduct], groups: Iterable[ShopGroup], parents: Mapping[int, int]
    ) -> None:
        self.groups = {group.id: group for group in groups}
        self._ways = _ways_up(self.groups, parents)
        self.products = products
        self.by_status: defaultdict[str, list[ShopProduct]] = defaultdict(list)
        for product in products:
            self.by_status[product.status].append(product)
        self.shown = self.by_status["on_display"]
        self.cards: list[ShopProduct] = []
        self._variants: dict[int, list[ShopProduct]] = {}
        for product in self.shown:
            number = product.variation_group_id
            if number not in self._variants:
                self.cards.append(product)
            if number is not None:
                self._variants.setdefault(number, []).append(product)
        self._counts: Counter[int] = Counter()
        for group_id, count in Counter(product.group_id for product in self.shown).items():
            for above in self._way_from(group_id):
                self._counts[above] += count
        self._cards_by_group: defaultdict[int, list[ShopProduct]] = defaultdict(list)
        for first in self.cards:
            ways = (self._way_from(product.group_id) for product in self._family(first))
            for place in dict.fromkeys(chain.from_iterable(ways)):
                self._cards_by_group[place].append(first)
        self._tree = self._branches()

    def card_of(self, product: ShopProduct) -> Card:
        """Return the card on which a product is shown; one that is not on display has a card of its own."""
        return Card(tuple(self._family(product) if product.status == "on_display" else [product]))

    def _family(self, product: ShopProduct) -> list[ShopProduct]:
        return self._variants.get(product.variation_group_id or 0, [product])

    def cards_in(self, group_id: int) -> Sequence[ShopProduct]:
        """Return the cards of a group and of all groups below it; ROOT_GROUP_ID has those without a group."""
        return self._cards_by_group.get(group_id, [])

    def find(self, text: str) -> list[ShopProduct]:
        """Return the cards with a product on display that `matches` the text."""
        firsts = (self._family(product)[0] for product in self.shown if matches(product, text))
        return list({first.id: first for first in firsts}.values())

    def count(self, cards: Iterable[ShopProduct]) -> int:
        """Return how many products are on these cards."""
        return sum(len(self._family(first)) for first in cards)

    def way_to(self, group_id: int) -> list[ShopGroup]:
        """Return the groups from the top down to this one, none for the root or an unknown group."""
        return [self.groups[number] for number in reversed(self._ways.get(group_id, ()))]

    def tree(self, chosen: int | None) -> list[Branch]:
        """Return the groups in which something is shown, each followed by those below it.

        The products without a group come last. Of a long tree only the top level is returned, and the groups
        right below the chosen group and the groups above it.
        """
        if len(self._tree) <= LONGEST_OPEN_TREE:
            return self._tree
        opened = {ROOT_GROUP_ID, *self._ways.get(chosen or ROOT_GROUP_ID, ())}
        return [branch for branch in self._tree if branch.parent_id in opened]

    def _branches(self) -> list[Branch]:
        below: dict[int, list[int]] = {}
        for number in self.groups:
            if self._counts[number]:
                below.setdefault(_above(self._ways[number]), []).append(number)
        lines: list[Branch] = []
        # No recursion: an import file may nest groups to any depth.
        waiting = [(number, 0) for number in reversed(below.get(ROOT_GROUP_ID, []))]
        while waiting:
            number, depth = waiting.pop()
            above = _above(self._ways[number])
            lines.append(Branch(number, above, self.groups[number], depth, self._counts[number]))
            waiting += [(child, depth + 1) for child in reversed(below.get(number, []))]
        if unsorted := self._counts[ROOT_GROUP_ID]:
            lines.append(Branch(ROOT_GROUP_ID, ROOT_GROUP_ID, None, 0, unsorted))
        return lines

    def _way_from(self, group_id: int) -> tuple[int, ...]:
        """Return the groups in which a product of this group is seen: its own and those above."""
        return self._ways.get(group_id, (ROOT_GROUP_ID,))


class ShowcaseCache:
    """Caches the showcase of a shop, and rebuilds it only when the catalog has changed."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._known: tuple[tuple[ShopCatalog, int, int] | None, Showcase] = (None, Showcase((), (), {}))

    def current(self) -> Showcase:
        """Return the showcase of the catalog as it is now."""
        shop = self._shop
        with shop.up_to_date():
            catalog = shop.catalog
            state = (catalog, catalog.products.version, catalog.groups.version)
            known_state, showcase = self._known
            if state == known_state:
                return showcase
            products, groups = list(catalog.products), list(catalog.groups)
            parents = {group.id: catalog.parent_id(group) for group in groups}
        # Outside the lock, so that no request waits for a page.
        showcase = Showcase(products, groups, parents)
        self._known = (state, showcase)
        return showcase


def matches(product: ShopProduct, text: str) -> bool:
    """Return whether the text, in any case, is in a name of the product, or is its article or an id."""
    wanted = text.casefold()
    if wanted in product.name.casefold() or wanted in (product.name_uk or "").casefold():
        return True
    numbers = (product.sku, product.external_id, product.gtin, str(product.id))
    return any(wanted == number.casefold() for number in numbers if number)


def _above(way: tuple[int, ...]) -> int:
    return way[1] if len(way) > 1 else ROOT_GROUP_ID


def _ways_up(groups: Iterable[int], parents: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
    """Return for each group its id and those of the groups above it, without the root.

    The groups of an import file may form a ring: it is then cut above its first group, so that all of it
    stays visible.
    """
    known = frozenset(groups)
    ways: dict[int, tuple[int, ...]] = {}
    for start in groups:
        climbed: dict[int, None] = {}
        top = start
        while top in known and top not in ways and top not in climbed:
            climbed[top] = None
            top = parents[top]
        path = list(climbed)
        if top in climbed:
            ring = path[path.index(top) :]
            del path[path.index(top) :]
            first = ring.index(min(ring))
            ways[ring[first]] = (ring[first],)
            # Reversed, the rest of the ring comes from its first group on, then the groups below it.
            path += ring[first + 1 :] + ring[:first]
        for number in reversed(path):
            ways[number] = (number, *ways.get(parents[number], ()))
    return ways
