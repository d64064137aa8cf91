"""What the tests of the state store, and who stores it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from builders import product
from msgspec import structs

from torgsync.core.orders.clients import Client
from torgsync.core.plan.decide import ProductSnapshot, RowStatus
from torgsync.state.runs.journal import Holder
from torgsync.state.shop.rows import GoodRow
from torgsync.state.store import UnitOfWork

SLUG = "my-prom"
ME = Holder("olena", "OFFICE-PC", 4711)
HOUR = timedelta(hours=1)
OLENA = Client("", "Вигадана Олена", "+380500000001", "olena@example.com", "990000000017")


def row(good_id: str = "17", digest: int = 1, line: int = 2, **given: object) -> GoodRow:
    """Return a row that goes to Prom, with these values instead."""
    good = GoodRow(good_id, digest, line, RowStatus.IN, product=product(good_id))
    return structs.replace(good, **given)


def dirty_pages(work: UnitOfWork) -> Iterator[list[ProductSnapshot]]:
    """Yield all that is known of goods that are not clean, by pages, also of those created as desired."""
    for page in work.products.dirty(whole=True):
        yield [good for good in page if isinstance(good, ProductSnapshot)]


def rows(*good_ids: str) -> list[GoodRow]:
    """Return a row of each good, one line after the other."""
    return [row(good_id, number, number) for number, good_id in enumerate(good_ids, 1)]


def at_once(count: int, act: Callable[[int], object]) -> None:
    """Do this in so many threads that begin together, each with its number."""
    start = threading.Barrier(count)

    def begin(number: int) -> None:
        start.wait()
        act(number)

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(begin, range(count)))
