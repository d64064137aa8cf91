"""Cards of products and their variants, and the pages of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from torgsync.sandbox.shop.products import ShopProduct

Item = TypeVar("Item")
Other = TypeVar("Other")


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

    def showing(self, items: Sequence[Other]) -> Page[Other]:
        """Return the same page with other items."""
        return Page(items, self.number, self.last, self.total)


@dataclass(frozen=True, slots=True)
class TraitValue:
    """One value of a characteristic in which variants differ, and the variant that it links to."""

    text: str
    product: ShopProduct
    available: bool


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
        """The product with the lowest price to pay, the main one where none has a price.

        The variants of one product are assumed to have one currency.
        """
        priced = [(product.price_to_pay, product) for product in self.products]
        return min(
            ((price, product) for price, product in priced if price is not None),
            key=lambda pair: pair[0],
            default=(None, self.main),
        )[1]

    @property
    def has_one_price(self) -> bool:
        """Whether all products of the card cost the same."""
        return len({product.price_to_pay for product in self.products}) == 1

    @property
    def traits(self) -> dict[str, list[TraitValue]]:
        """The values by name of each characteristic in which the variants differ, in order of appearance."""
        return {
            name: [
                TraitValue(text, main.main, any(map(is_available, main.products)))
                for text, main in self._by_value(name).items()
            ]
            for name in self._differing()
        }

    def label(self, product: ShopProduct) -> str:
        """Return the characteristics that distinguish this variant, "" where none does."""
        values = values_of(product)
        return ", ".join(values[name] for name in self._differing() if name in values)

    def _differing(self) -> list[str]:
        """Return the names of the characteristics in which the variants differ."""
        tables = [values_of(product) for product in self.products]
        names = dict.fromkeys(name for table in tables for name in table)
        return [name for name in names if len({table.get(name) for table in tables}) > 1]

    def _by_value(self, name: str) -> dict[str, Card]:
        by_value: dict[str, list[ShopProduct]] = {}
        for product in self.products:
            if text := values_of(product).get(name):
                by_value.setdefault(text, []).append(product)
        return {text: Card(tuple(products)) for text, products in by_value.items()}


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
