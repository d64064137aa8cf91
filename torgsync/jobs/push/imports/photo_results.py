"""Find out which photos Prom could not fetch, and have them sent again with a later import.

An import reports lost photos without their goods, so the photos that Prom shows are counted. No import is
spent on photos alone. Source: docs/developers/prom-api.md §4.4, §4.5.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from torgsync.core.mapping.mapper import PHOTO_LIMIT
from torgsync.core.plan.decide import RowStatus
from torgsync.core.plan.outcomes import OutcomeCode, OutcomeReasons
from torgsync.core.product.fields import Value
from torgsync.core.product.products import Existing
from torgsync.core.reason import Reason
from torgsync.jobs.context import JobContext
from torgsync.prom.api import Prom

MOST_READ = 50
"""Products that are read one by one because no listing showed them."""


class PhotoResults:
    """The photos of one import."""

    def __init__(self, context: JobContext, prom: Prom) -> None:
        self._context = context
        self._prom = prom
        self._shown: dict[str, int] = {}  # photos that Prom shows, keyed by good
        self._sent_again: dict[str, int] = {}  # photos that are sent once more, keyed by good
        self._missing: dict[str, int] = {}
        self._read = 0

    def count(self, products: Iterable[Existing]) -> None:
        """Note how many photos Prom shows of products."""
        self._shown.update((shown.good_id, shown.photos) for shown in products if shown.photos is not None)

    def send_again(self, without: Collection[str]) -> list[str]:
        """Return the goods on sale whose photos Prom shall fetch again, except those that are sent anyway.

        A draft is left out: read again, Prom would put it on display (prom-api §4.5).
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
                self._sent_again[good_id] = number_of_photos(good.sent.values)
        return [good_id for good_id in self._sent_again if good_id not in without]

    @property
    def sends_again(self) -> bool:
        """Whether the import has Prom fetch photos again."""
        return bool(self._sent_again)

    def missing(self, good_id: str, values: Mapping[str, Value], *, failed: bool) -> OutcomeReasons:
        """Note how many sent photos of a good Prom lacks, and return that as a reason, or no reason.

        `failed` says that the import could not fetch some photos of some good.
        """
        if "photos" not in values:
            return ()
        sent = number_of_photos(values)
        missing = max(sent - self._number_shown(good_id), 0) if failed and sent else 0
        self._missing[good_id] = missing
        if not missing:
            return ()
        return (Reason(OutcomeCode.PHOTOS_UNFETCHED, {"missing": missing, "sent": sent}),)

    def _number_shown(self, good_id: str) -> int:
        """Return how many photos Prom shows; the most there can be where that is unknown."""
        if good_id not in self._shown and self._read < MOST_READ:
            self._read += 1
            if shown := self._prom.product(good_id):
                self.count([shown])
        return self._shown.get(good_id, PHOTO_LIMIT)

    def store(self, *, failed: bool) -> None:
        """Store which goods lack photos on Prom, those among them whose photos were sent again."""
        for good_id, sent in self._sent_again.items():
            self._missing[good_id] = max(sent - self._number_shown(good_id), 0) if failed else 0
        with self._context.transaction() as work:
            work.photos.note_unfetched(self._missing, self._context.now())


def number_of_photos(values: Mapping[str, Value]) -> int:
    """Return how many photos of a product go to Prom."""
    photos = values.get("photos")
    return min(len(photos), PHOTO_LIMIT) if isinstance(photos, tuple) else 0
