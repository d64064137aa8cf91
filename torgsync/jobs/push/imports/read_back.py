"""Read back the products of an import. Source: docs/developers/prom-api.md §11 Q3, Q9."""

from __future__ import annotations

from datetime import datetime

from torgsync.core.plan.channels import OVERLAP
from torgsync.core.product.products import Existing
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.push.imports.feed_file import ImportFile
from torgsync.jobs.push.imports.photo_results import PhotoResults
from torgsync.prom.api import Prom

FEW = 5
"""Up to this many products are read back one by one, more by a listing."""


class ReadBack:
    """Stores what Prom shows of the products of an import."""

    def __init__(self, context: JobContext, prom: Prom, file: ImportFile, photos: PhotoResults) -> None:
        self._context = context
        self._prom = prom
        self._file = file
        self._photos = photos

    def all(self, offers: int, started: datetime) -> None:
        """Read back every product of an import of so many `offers` that was `started` then."""
        if offers <= FEW:
            for page in self._file.pages():
                for item, _ in page:
                    self.one(item.change.good_id)
            return
        with self._context.transaction() as work:
            look = work.object_state.current_look()
        seen = 0
        for listed in self._prom.products(modified_from=started - OVERLAP):
            self._photos.count(listed)
            with self._context.transaction() as work:
                work.existing.remember_existing(listed, look)
            seen += len(listed)
            self._context.report(Progress(Stage.READ_BACK, min(seen, offers), offers))

    def one(self, good_id: str) -> Existing | None:
        """Read back one product, None where there is none; a list never proves an absence."""
        shown = self._prom.product(good_id)
        if shown:
            self._photos.count([shown])
            with self._context.transaction() as work:
                work.existing.remember_existing([shown], work.object_state.current_look())
        return shown
