"""Write the import file of a plan. Source: docs/developers/prom-api.md §4.5, §7.2."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path

from torgsync.core.paging import PAGE, pages
from torgsync.core.plan.channels import updated_fields
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import Verb
from torgsync.core.product.fields import Channel
from torgsync.core.product.groups import Steps, grow
from torgsync.core.product.products import Product
from torgsync.jobs.context import JobContext
from torgsync.jobs.push.imports.photo_results import PhotoResults
from torgsync.jobs.push.imports.products import (
    current_product,
    desired_product,
    offered_product,
    restored_product,
)
from torgsync.jobs.push.outcomes import OutcomeRecorder
from torgsync.prom.api import Prom
from torgsync.prom.feed import write_feed
from torgsync.state.runs.plans import NumberedChange

CREATION_WORDS = ("presence", "price")
"""`updated_fields` of a file that only creates: the mildest, should a product exist after all."""


class ImportFile:
    """The import file of one plan, and what is known of its products.

    Args:
        context: The object.
        prom: The shop.
        outcomes: The outcomes of the plan.
        photos: The photos of the import.
        undoes: Whether the plan undoes a run; then the file holds products as they are, not as desired.

    Attributes:
        modified: When each product was last modified before the import, keyed by good; empty for an import
            that an earlier run sent.
        fields: The fields that the import changes in some product.
    """

    def __init__(
        self,
        context: JobContext,
        prom: Prom,
        outcomes: OutcomeRecorder,
        photos: PhotoResults,
        *,
        undoes: bool,
    ) -> None:
        self._context = context
        self._prom = prom
        self._outcomes = outcomes
        self._photos = photos
        self._undoes = undoes
        self.modified: dict[str, datetime | None] = {}
        self.fields: set[str] = set()

    def pages(self) -> Iterator[list[tuple[NumberedChange, ProductSnapshot]]]:
        """Yield the changes that need the import with their products as last seen, by pages."""
        for page, known in self._pages():
            yield [(item, known[item.change.good_id]) for item in page]

    def _pages(self) -> Iterator[tuple[list[NumberedChange], Mapping[str, ProductSnapshot]]]:
        for page in self._outcomes.pages([Verb.CREATE, Verb.UPDATE], Channel.IMPORT, PAGE):
            with self._context.transaction() as work:
                known = work.products.known([item.change.good_id for item in page])
            yield page, known

    def touched(self, known: ProductSnapshot) -> bool:
        """Return whether a product was modified since this file was written."""
        shown = known.existing
        return (
            shown is not None
            and known.good_id in self.modified
            and shown.modified != self.modified[known.good_id]
        )

    @contextmanager
    def written(self) -> Iterator[tuple[Path, list[str], int]]:
        """Write the file; yield its path, its `updated_fields` (exactly what changed) and its offers.

        The file exists for the time of the block. One that a killed run left behind is removed.
        """
        folder = self._context.settings.feeds / self._context.slug
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="import-") as temporary:
            path = Path(temporary) / "products.xml"
            yield path, *self._write(path)

    def _write(self, feed: Path) -> tuple[list[str], int]:
        with self._context.transaction() as work:
            tree = grow(work.variants.paths())
        paths: dict[Steps, None] = {}
        fields: set[str] = set()
        groups: set[str] = set()
        for page, snapshots in self._pages():
            for known in snapshots.values():
                self.modified[known.good_id] = known.existing.modified if known.existing else None
                product = current_product(known) if self._undoes else desired_product(known)
                groups.add(product.text("variant_group"))
                if product.path:
                    paths.setdefault(tree.path(product.path))
            fields.update(
                name for item in page if item.change.verb is Verb.UPDATE for name in item.change.fields
            )
        siblings = self._siblings(groups - {""})
        unchanged = [*siblings, *self._photos.send_again({*self.modified, *siblings})]
        if self._photos.sends_again:
            fields.add("photos")
        for product in self._current_products(unchanged):
            if product.path:
                paths.setdefault(tree.path(product.path))
        with feed.open("wb") as out:
            count = write_feed(
                out,
                shop=self._context.object.name,
                made=self._context.now(),
                currency=self._context.object.catalog.currency,
                paths=paths,
                offers=chain(self._current_products(unchanged), self._offers()),
                names=self._prom.names,
            )
        self.fields = fields
        return updated_fields(fields) or list(CREATION_WORDS), count

    def _siblings(self, groups: Collection[str]) -> list[str]:
        """Return the goods that Prom has in these variant groups and that the plan leaves unchanged.

        It is unknown whether Prom joins a new variant to a group of an earlier file, or makes a group of what
        one file contains. So they are sent as well, the oldest first.
        """
        with self._context.transaction() as work:
            created = work.variants.made_in(groups)
        return [good_id for good_id in created if good_id not in self.modified]

    def _current_products(self, good_ids: Sequence[str]) -> Iterator[Product]:
        for page in pages(good_ids):
            with self._context.transaction() as work:
                snapshots = work.products.known(page)
            for known in map(snapshots.__getitem__, page):
                if known.sent and known.on_prom:
                    yield current_product(known)

    def _offers(self) -> Iterator[Product]:
        make = restored_product if self._undoes else offered_product
        for page in self.pages():
            for item, known in page:
                yield make(item.change, known)
