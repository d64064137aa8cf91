"""Things with ids that only grow, and the pages that the `*/list` calls cut from them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Item = TypeVar("Item")


class Shelf(Generic[Item]):
    """Items by id, in growing order of ids, which are given out here one after the other.

    Cutting a page costs the items walked over plus a binary search, never the size of the shelf.
    `version` grows with every change, so that whoever made something of all items knows when it is stale.
    """

    def __init__(self, first_id: int) -> None:
        self.version = 0
        self._next = first_id
        self._ids: list[int] = []
        self._items: dict[int, Item] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Item]:
        """Walk over the items, oldest first."""
        return iter([self._items[number] for number in self._ids])

    def add(self, make: Callable[[int], Item]) -> Item:
        """Give out the next id, put what `make` makes of it on the shelf, and return it."""
        number = self._next
        self._next += 1
        self.version += 1
        self._ids.append(number)
        self._items[number] = make(number)
        return self._items[number]

    def get(self, number: int) -> Item | None:
        """Return the item with this id, or None."""
        return self._items.get(number)

    def replace(self, number: int, item: Item) -> None:
        """Put a new version of an item in the place of the old one."""
        self.version += 1
        self._items[number] = item

    def remove(self, number: int) -> None:
        """Take an item off the shelf; its id is never given out again."""
        self.version += 1
        del self._ids[bisect_left(self._ids, number)]
        del self._items[number]

    def page(
        self,
        limit: int,
        *,
        wanted: Callable[[Item], bool],
        last_id: int | None = None,
        inclusive: bool = False,
        ascending: bool = False,
    ) -> list[Item]:
        """Return at most `limit` wanted items with ids below `last_id`, newest first (§2.1).

        `inclusive` lets the item `last_id` itself in. The walk stops as soon as the page is full.
        """
        end = len(self._ids)
        if last_id is not None:
            end = (bisect_right if inclusive else bisect_left)(self._ids, last_id)
        places = range(end) if ascending else range(end - 1, -1, -1)
        walked = (self._items[self._ids[place]] for place in places)
        return list(islice(filter(wanted, walked), limit))
