"""A page of the listing costs the same in a small shop and in a large one: what it looks at is counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from shops import Clock, client_of

from torgsync.sandbox.shop.products import ShopProduct
from torgsync.sandbox.shop.shop import Shop

SMALL, LARGE = 100, 100_000


class Counting(dict[int, ShopProduct]):
    """Products that count how often one is looked at."""

    looked_at = 0

    def __getitem__(self, number: int) -> ShopProduct:
        self.looked_at += 1
        return super().__getitem__(number)


class Filled:
    """A shop of so many products, one of which was edited an hour after all were made."""

    def __init__(self, size: int) -> None:
        self.clock = Clock()
        self.shop = Shop(clock=self.clock)
        self.group = self.shop.add_group("Платья")
        with self.shop.lock:
            now = self.clock()
            made = [self.shop.catalog.add({"name": "Товар"}, now).id for _ in range(size)]
        self.middle = made[size // 2]
        self.clock.advance(hours=1)
        self.shop.edit_product(self.middle, group_id=self.group)
        self.looks = Counting(self.shop.catalog.products._items)
        self.shop.catalog.products._items = self.looks

    def looks_for(self, query: dict[str, str | int]) -> tuple[list[int], int]:
        """Return the ids of one page, and how many products were looked at for it."""
        self.looks.looked_at = 0
        with client_of(self.shop) as client:
            page = client.get("/products/list", params=query).json()["products"]
        return [product["id"] for product in page], self.looks.looked_at


@pytest.fixture(scope="module")
def shops() -> tuple[Filled, Filled]:
    return Filled(SMALL), Filled(LARGE)


def test_a_full_page(shops: tuple[Filled, Filled]) -> None:
    """A page looks at its items and at nothing else, wherever it begins."""
    for filled in shops:
        ids, looks = filled.looks_for({"limit": 40, "last_id": filled.middle})
        assert (len(ids), looks) == (40, 40)


def test_what_was_modified_lately(shops: tuple[Filled, Filled]) -> None:
    """The one product that was edited is found without looking at all the others, in either order."""
    for filled in shops:
        for order in ("asc", "desc"):
            since = f"{filled.clock():%Y-%m-%dT%H:%M:%S}"
            ids, looks = filled.looks_for({"limit": 100, "last_modified_from": since, "sort_dir": order})
            assert ids == [filled.middle]
            assert looks <= 64


def test_a_small_group(shops: tuple[Filled, Filled]) -> None:
    """A group's page looks at the group's products alone."""
    for filled in shops:
        assert filled.looks_for({"limit": 100, "group_id": filled.group}) == ([filled.middle], 1)


def test_a_group_that_is_left() -> None:
    """A product that moves to another group, or is deleted, leaves its old one."""
    shop = Shop()
    first, second = shop.add_group("Платья"), shop.add_group("Обувь")
    staying, leaving = shop.add_product(group_id=first), shop.add_product(group_id=first)
    shop.edit_product(leaving, group_id=second)
    assert (shop.catalog.products.ids_in(first), shop.catalog.products.ids_in(second)) == (
        [staying],
        [leaving],
    )
    shop.delete_product(leaving)
    assert list(shop.catalog.products.ids_in(second)) == []


def test_an_id_is_given_out_once_its_item_was_made() -> None:
    """An item that cannot be made leaves nothing behind."""
    shop = Shop()
    with pytest.raises(TypeError, match="colour"):
        shop.add_product(colour="red")
    before = shop.catalog.products.next_id
    assert (shop.add_product(), len(shop.products())) == (before, 1)


def test_a_walk_steps_over_stale_spans() -> None:
    """The spans that were left out hold nothing that was modified since then."""
    clock = Clock()
    shop = Shop(clock=clock)
    made = [shop.add_product() for _ in range(300)]
    clock.advance(hours=1)
    for number in made[::50]:
        shop.edit_product(number, name="Інший")
    since = clock() - timedelta(minutes=1)
    found = shop.catalog.products.page(
        100, matches=lambda product: product.date_modified >= since, modified_from=since
    )
    assert [product.id for product in found] == made[::50][::-1]
