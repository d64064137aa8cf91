"""Sees which photos Prom could not fetch, and has them sent once more with a later import.

An import that says so does not say of which goods, so the photos that Prom shows are counted. None is spent
on photos alone: they go along with the next one. Source: docs/developers/prom-api.md §4.4, §4.5.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from torgsync.core.mapping.mapper import PHOTO_LIMIT
from torgsync.core.plan.decide import RowStatus
from torgsync.core.product.fields import Value
from torgsync.core.product.products import Existing
from torgsync.core.text import counted
from torgsync.jobs.context import JobContext
from torgsync.prom.api import Prom

ASKED = 50
"""Products that are asked for one by one because no listing showed them."""


class Pictures:
    """The photos of one import."""

    def __init__(self, context: JobContext, prom: Prom) -> None:
        self._context = context
        self._prom = prom
        self._shown: dict[str, int] = {}
        self._again: dict[str, int] = {}
        self._missing: dict[str, int] = {}
        self._asked = 0

    def see(self, products: Iterable[Existing]) -> None:
        """Count the photos that Prom shows of products."""
        self._shown.update((shown.good_id, shown.photos) for shown in products if shown.photos is not None)

    def again(self, without: Collection[str]) -> list[str]:
        """Return the goods on sale whose photos are to be fetched once more, but for those that go anyway.

        A draft stays out: read once more, Prom would put it on display (prom-api §4.5).
        """
        with self._context.transaction() as work:
            known = work.products.known(list(work.photos.unfetched()))
        for good_id, good in known.items():
            shown = good.on_prom
            if (
                good.row_status is RowStatus.IN
                and good.sent
                and shown
                and shown.values.get("status") != "draft"
            ):
                self._again[good_id] = number_of(good.sent.values)
        return [good_id for good_id in self._again if good_id not in without]

    @property
    def owed(self) -> bool:
        """Whether photos are to be fetched once more, of goods that go anyway or go along for that."""
        return bool(self._again)

    def judge(self, good_id: str, values: Mapping[str, Value], *, failed: bool) -> str:
        """Note whether Prom has all photos that were sent of a good, and return what is to be said of it.

        `failed` tells that the import could not fetch some photos of some good.
        """
        sent = number_of(values)
        if "photos" not in values:
            return ""
        missing = max(sent - self._count(good_id), 0) if failed and sent else 0
        self._missing[good_id] = missing
        return f"{missing} of {counted(sent, 'photo')} could not be fetched by Prom.ua" if missing else ""

    def _count(self, good_id: str) -> int:
        """Return how many photos Prom shows; all, where nobody can tell."""
        if good_id not in self._shown and self._asked < ASKED:
            self._asked += 1
            if shown := self._prom.product(good_id):
                self.see([shown])
        return self._shown.get(good_id, PHOTO_LIMIT)

    def remember(self, *, failed: bool) -> None:
        """Remember which goods lack photos on Prom; those that went once more are judged too."""
        for good_id, sent in self._again.items():
            self._missing[good_id] = max(sent - self._count(good_id), 0) if failed else 0
        with self._context.transaction() as work:
            work.photos.note_unfetched(self._missing, self._context.now())


def number_of(values: Mapping[str, Value]) -> int:
    """Return how many photos of a product go to Prom."""
    photos = values.get("photos")
    return min(len(photos), PHOTO_LIMIT) if isinstance(photos, tuple) else 0
