"""Items by growing ids, and the pages that the `*/list` calls show of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Generic, Protocol, TypeVar

# A search for recent changes skips a whole span of ids without any.
SPANS = (4096, 64)


class HasId(Protocol):
    """An item of a collection."""

    @property
    def id(self) -> int:
        """Its number."""


Item = TypeVar("Item", bound=HasId)


class Collection(Generic[Item]):
    """Items by id, in growing order; the collection assigns the ids.

    A page costs the items visited plus a binary search, not the size of the collection. `key` is an item's
    other name, `group` that of a part of the collection. `touched` are the ids that were added, replaced or
    removed since it was last saved. `version` grows with every change.
    """

    def __init__(
        self,
        first_id: int,
        key: Callable[[Item], str | None] = lambda _: None,
        group: Callable[[Item], int | None] = lambda _: None,
    ) -> None:
        self.next_id = first_id
        self.touched: set[int] = set()
        self.version = 0
        self._key = key
        self._group = group
        self._ids: list[int] = []
        self._items: dict[int, Item] = {}
        self._ids_by_key: dict[str, int] = {}
        self._ids_by_group: defaultdict[int, list[int]] = defaultdict(list)
        self._newest: dict[int, dict[int, datetime]] = {span: {} for span in SPANS}

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[Item]:
        """Iterate over the items, oldest first."""
        return iter([self._items[number] for number in self._ids])

    def add(self, make: Callable[[int], Item]) -> Item:
        """Add the item that `make` returns for the next id, and return it."""
        item = make(self.next_id)
        self.next_id += 1
        self._ids.append(item.id)
        self.replace(item)
        return item

    def restore(self, items: Iterable[Item], next_id: int) -> None:
        """Fill an empty collection with saved items, in growing order of ids."""
        for item in items:
            self._ids.append(item.id)
            self.replace(item)
        self.next_id = next_id
        self.touched.clear()

    def insert(self, item: Item) -> None:
        """Add an item that has its id already, wherever that belongs."""
        insort(self._ids, item.id)
        self.next_id = max(self.next_id, item.id + 1)
        self.replace(item)

    def find(self, key: int | str) -> Item | None:
        """Return the item with this id or key, or None."""
        number = self._ids_by_key.get(key) if isinstance(key, str) else key
        return None if number is None else self._items.get(number)

    def ids_in(self, group: int) -> Sequence[int]:
        """Return the ids of the items in a group, growing."""
        return self._ids_by_group.get(group, ())

    def replace(self, item: Item) -> None:
        """Replace an item by a new version."""
        self.version += 1
        self.touched.add(item.id)
        known = self._items.get(item.id)
        self._items[item.id] = item
        self._leave_key(known)
        if (key := self._key(item)) is not None:
            self._ids_by_key[key] = item.id
        group = self._group(item)
        if known is None or self._group(known) != group:
            if known is not None:
                self._leave_group(known)
            if group is not None:
                insort(self._ids_by_group[group], item.id)
        modified = getattr(item, "date_modified", None)
        if isinstance(modified, datetime):
            for span, newest in self._newest.items():
                newest[item.id // span] = max(modified, newest.get(item.id // span, modified))

    def remove(self, item: Item) -> None:
        """Remove an item; its id is never assigned again."""
        self.version += 1
        self.touched.add(item.id)
        del self._ids[bisect_left(self._ids, item.id)]
        del self._items[item.id]
        self._leave_key(item)
        self._leave_group(item)

    def _leave_key(self, item: Item | None) -> None:
        key = None if item is None else self._key(item)
        if item is not None and key is not None and self._ids_by_key.get(key) == item.id:
            del self._ids_by_key[key]

    def _leave_group(self, item: Item) -> None:
        if (group := self._group(item)) is not None:
            ids = self._ids_by_group[group]
            del ids[bisect_left(ids, item.id)]

    def page(
        self,
        limit: int,
        *,
        matches: Callable[[Item], bool],
        among: Sequence[int] | None = None,
        last_id: int | None = None,
        inclusive: bool = False,
        ascending: bool = False,
        modified_from: datetime | None = None,
    ) -> list[Item]:
        """Return at most `limit` matching items with ids below `last_id`, newest first (prom-api §2.1).

        `among` are the ids to choose from, growing, by default all; `inclusive` includes the item `last_id`
        itself. Items that were modified before `modified_from` are skipped where that is cheap to see;
        `matches` decides. The search stops as soon as the page is full.
        """
        ids = self._ids if among is None else among
        end = len(ids)
        if last_id is not None:
            end = (bisect_right if inclusive else bisect_left)(ids, last_id)
        visited = self._walk(ids, end, modified_from, ascending=ascending)
        return list(islice(filter(matches, visited), limit))

    def _walk(
        self, ids: Sequence[int], end: int, modified_from: datetime | None, *, ascending: bool
    ) -> Iterator[Item]:
        """Yield the items of the first `end` ids, in growing or falling order."""
        place = 0 if ascending else end - 1
        while 0 <= place < end:
            number = ids[place]
            stale = modified_from and self._stale_span(number, modified_from)
            if stale:
                place = bisect_left(ids, stale.stop) if ascending else bisect_left(ids, stale.start) - 1
                continue
            yield self._items[number]
            place += 1 if ascending else -1

    def _stale_span(self, number: int, modified_from: datetime) -> range | None:
        """Return the widest span of ids around this one in which nothing was modified since then."""
        for span, newest in self._newest.items():
            block = number // span
            if block in newest and newest[block] < modified_from:
                return range(block * span, (block + 1) * span)
        return None
