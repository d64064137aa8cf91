"""The catalog arranged for the pages: cards, the tree of groups, search."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from torgsync.sandbox.pages.cards import Card
from torgsync.sandbox.shop.products import ROOT_GROUP_ID, ShopCatalog, ShopGroup, ShopProduct
from torgsync.sandbox.shop.shop import Shop

# Of a longer tree only the groups above the chosen one are open.
LONGEST_OPEN_TREE = 150


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of the tree of groups: its depth, and the number of products shown in it and below.

    `group` is None for the products without a group.
    """

    id: int
    parent_id: int
    group: ShopGroup | None
    depth: int
    count: int


class Showcase:
    """All products and groups as they were at one moment; later changes of the shop are not in it.

    A list of cards is a list of products, the first one of each card: of 100,000 cards only those are made
    that are looked at. `parents` are the ids of the groups above by group. Making a showcase costs a walk
    over all products, asking it costs next to nothing, except for a search, which is a walk as well.
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
            if number is None:
                self.cards.append(product)
            elif number in self._variants:
                self._variants[number].append(product)
            else:
                self._variants[number] = [product]
                self.cards.append(product)
        self._counts: Counter[int] = Counter()
        for group_id, count in Counter(product.group_id for product in self.shown).items():
            for above in self._way_from(group_id):
                self._counts[above] += count
        self._cards_by_group: defaultdict[int, list[ShopProduct]] = defaultdict(list)
        for first in self.cards:
            if first.variation_group_id is None:
                places: Iterable[int] = self._way_from(first.group_id)
            else:
                family = self._variants[first.variation_group_id]
                ways = (self._way_from(product.group_id) for product in family)
                places = dict.fromkeys(chain.from_iterable(ways))
            for place in places:
                self._cards_by_group[place].append(first)
        self._tree = self._branches()

    def card_of(self, product: ShopProduct) -> Card:
        """Return the card on which a product is shown; one that is not on display has a card of its own."""
        if product.variation_group_id is None or product.status != "on_display":
            return Card((product,))
        return Card(tuple(self._variants.get(product.variation_group_id, [product])))

    def cards_in(self, group_id: int) -> Sequence[ShopProduct]:
        """Return the cards of a group and of all groups below it; ROOT_GROUP_ID has those without a group."""
        return self._cards_by_group.get(group_id, [])

    def find(self, text: str) -> list[ShopProduct]:
        """Return the cards with a product on display that `matches` the text."""
        cards = {}
        for product in self.shown:
            if matches(product, text):
                number = product.variation_group_id
                first = product if number is None else self._variants[number][0]
                cards[first.id] = first
        return list(cards.values())

    def count(self, cards: Iterable[ShopProduct]) -> int:
        """Return how many products are on these cards."""
        numbers = (first.variation_group_id for first in cards)
        return sum(1 if number is None else len(self._variants[number]) for number in numbers)

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
        with shop.lock:
            shop.run_due_imports()
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
