"""Write the import file of a plan, and find out what became of its photos.

Photos that Prom could not fetch are sent again with a later import; no import is spent on photos alone.
Source: docs/developers/prom-api.md §4.4, §4.5, §7.2.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path

from msgspec import Struct

from torgsync.core.paging import PAGE, pages
from torgsync.core.plan.channels import by_channel, updated_fields
from torgsync.core.plan.date_filter import filter_bound
from torgsync.core.plan.decide import ProductSnapshot, RowStatus
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.outcomes import OutcomeCode, OutcomeReasons
from torgsync.core.product.fields import PHOTO_LIMIT, Channel, Value
from torgsync.core.product.groups import Steps, grow
from torgsync.core.product.products import Existing, Product
from torgsync.core.reason import Reason
from torgsync.disk import create_file, make_folder
from torgsync.jobs.connect import VerifiedShop
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.plan.look import read_back
from torgsync.jobs.push.outcomes import FEW, OutcomeRecorder
from torgsync.prom.feed import write_feed
from torgsync.state.runs.change_rows import NumberedChange

MOST_READ = 50
"""Products that are read one by one because no listing showed them."""


class LostPhotos(Struct, frozen=True):
    """Photos that an import could not fetch; `status` are the HTTP statuses of their addresses, if known."""

    status: str


class PhotoResults:
    """The photos of one import. Lost ones are reported without their goods, so what Prom shows is counted."""

    def __init__(self, context: JobContext, prom: VerifiedShop) -> None:
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
            on_sale = shown and shown.values.get("status") != "draft"
            if good.row_status is RowStatus.IN and good.sent and on_sale:
                self._sent_again[good_id] = number_of_photos(good.sent.values)
        return [good_id for good_id in self._sent_again if good_id not in without]

    @property
    def sends_again(self) -> bool:
        """Whether the import has Prom fetch photos again."""
        return bool(self._sent_again)

    def missing(self, good_id: str, values: Mapping[str, Value], lost: LostPhotos | None) -> OutcomeReasons:
        """Note how many sent photos of a good Prom lacks, and return that as a reason, or no reason.

        `lost` are the photos that the import could not fetch, of some good.
        """
        if "photos" not in values:
            return ()
        sent = number_of_photos(values)
        missing = max(sent - self._number_shown(good_id), 0) if lost and sent else 0
        self._missing[good_id] = missing
        if not missing:
            return ()
        status = {"status": lost.status} if lost and lost.status else {}
        return (Reason(OutcomeCode.PHOTOS_UNFETCHED, {"missing": missing, "sent": sent, **status}),)

    def _number_shown(self, good_id: str) -> int:
        """Return how many photos Prom shows; the most there can be where that is unknown."""
        if good_id not in self._shown and self._read < MOST_READ:
            self._read += 1
            if shown := self._prom.product(good_id):
                self.count([shown])
        return self._shown.get(good_id, PHOTO_LIMIT)

    def store(self, lost: LostPhotos | None) -> None:
        """Store which goods lack photos on Prom, those among them whose photos were sent again."""
        for good_id, sent in self._sent_again.items():
            self._missing[good_id] = max(sent - self._number_shown(good_id), 0) if lost else 0
        with self._context.transaction() as work:
            work.photos.note_unfetched(self._missing, self._context.now(), lost.status if lost else "")


def number_of_photos(values: Mapping[str, Value]) -> int:
    """Return how many photos of a product go to Prom."""
    photos = values.get("photos")
    return min(len(photos), PHOTO_LIMIT) if isinstance(photos, tuple) else 0


CREATION_WORDS = ("sku",)
"""`updated_fields` of a file that only creates, should a product exist after all.

Products of a variant group that are in the file with the new ones exist for certain. Their prices and stock
may be edited while Prom works on the file, and must not be set back by it.
"""


@dataclass
class ImportFile:
    """The import file of one plan, and what is known of its products.

    Where the plan `undoes` a run, it holds products as they are, not as desired. `modified` says when each
    product was last modified before the import, keyed by good; it is empty for an import that an earlier run
    sent. `fields` are those that the import changes in some product.
    """

    context: JobContext
    prom: VerifiedShop
    outcomes: OutcomeRecorder
    undoes: bool
    modified: dict[str, datetime | None] = field(default_factory=dict)
    fields: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.photos = PhotoResults(self.context, self.prom)

    def pages(self) -> Iterator[list[tuple[NumberedChange, ProductSnapshot]]]:
        """Yield the changes that need the import with their products as last seen, by pages."""
        for page, known in self._pages():
            yield [(item, known[item.change.good_id]) for item in page]

    def _pages(self) -> Iterator[tuple[list[NumberedChange], Mapping[str, ProductSnapshot]]]:
        for free in self.outcomes.pages([Verb.CREATE, Verb.UPDATE], Channel.IMPORT, PAGE):
            page = [item for item in free if not _is_left_out(item)]
            with self.context.transaction() as work:
                known = work.products.known([item.change.good_id for item in page])
            yield page, known

    def touched(self, item: NumberedChange, known: ProductSnapshot) -> bool:
        """Return whether the import modified a product: its time has moved since this file was written.

        Where prices or stock of it were sent as well, its time proves nothing.
        """
        shown = known.existing
        return (
            shown is not None
            and not by_channel(item.change.fields, Channel.EDIT)
            and known.good_id in self.modified
            and shown.modified != self.modified[known.good_id]
        )

    @contextmanager
    def written(self) -> Iterator[tuple[Path, list[str], int]]:
        """Write the file; yield its path, its `updated_fields` (exactly what changed) and its offers.

        The file exists for the time of the block. One that a killed run left behind is removed.
        """
        folder = self.context.settings.feeds / self.context.slug
        shutil.rmtree(folder, ignore_errors=True)
        make_folder(folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix="import-") as temporary:
            path = Path(temporary) / "products.xml"
            yield path, *self._write(path)

    def _write(self, feed: Path) -> tuple[list[str], int]:
        with self.context.transaction() as work:
            tree = grow(work.variants.paths())
        paths: dict[Steps, None] = {}
        fields: set[str] = set()
        groups: set[str] = set()
        for page, snapshots in self._pages():
            for known in snapshots.values():
                self.modified[known.good_id] = known.existing.modified if known.existing else None
                product = current_product(known) if self.undoes else desired_product(known)
                groups.add(product.text("variant_group"))
                if product.path:
                    paths.setdefault(tree.path(product.path))
            fields.update(
                name for item in page if item.change.verb is Verb.UPDATE for name in item.change.fields
            )
        with self.context.transaction() as work:
            # It is unknown whether Prom joins a new variant to a group of an earlier file, or makes a group
            # of what one file contains. So the group's unchanged goods are sent as well, the oldest first.
            created = work.variants.made_in(groups - {""})
        siblings = [good_id for good_id in created if good_id not in self.modified]
        unchanged = [*siblings, *self.photos.send_again({*self.modified, *siblings})]
        if self.photos.sends_again:
            fields.add("photos")
        for product in self._current_products(unchanged):
            if product.path:
                paths.setdefault(tree.path(product.path))
        with os.fdopen(create_file(feed), "wb") as out:
            count = write_feed(
                out,
                shop=self.context.object.name,
                made=self.context.now(),
                currency=self.context.object.catalog.currency,
                paths=paths,
                offers=chain(self._current_products(unchanged), (product for _, product in self.offered())),
                names=self.prom.names,
            )
        self.fields = fields
        return updated_fields(fields) or list(CREATION_WORDS), count

    def _current_products(self, good_ids: Sequence[str]) -> Iterator[Product]:
        for page in pages(good_ids):
            with self.context.transaction() as work:
                snapshots = work.products.known(page)
            for known in map(snapshots.__getitem__, page):
                if known.sent and known.on_prom:
                    yield current_product(known)

    def offered(self) -> Iterator[tuple[NumberedChange, Product]]:
        """Yield the changes that need the import, each with its product as the file offers it."""
        make = restored_product if self.undoes else offered_product
        for page in self.pages():
            for item, known in page:
                yield item, make(item.change, known)

    def read_back(self, offers: int, started: datetime) -> None:
        """Store what Prom shows of every product of an import of `offers` that was `started` then."""
        if offers <= FEW:
            for page in self.pages():
                for item, _ in page:
                    self.read_back_one(item.change.good_id)
            return
        with self.context.transaction() as work:
            look, zone = work.object_state.current_look(), work.object_state.filter_zone()
        seen = 0
        for listed in self.prom.products(modified_from=filter_bound(started, zone)):
            self.photos.count(listed)
            with self.context.transaction() as work:
                work.existing.remember_existing(listed, look)
            seen += len(listed)
            self.context.report(Progress(Stage.READ_BACK, min(seen, offers), offers))

    def read_back_one(self, good_id: str) -> Existing | None:
        """Read back one product, None where there is none; a list never proves an absence."""
        if shown := read_back(self.context, self.prom, good_id):
            self.photos.count([shown])
        return shown


def _is_left_out(item: NumberedChange) -> bool:
    """Return whether a change is not in the file, because a photo of it could not be published."""
    return any(reason.code is OutcomeCode.PHOTOS_UNPUBLISHED for reason in item.reasons)


def current_product(known: ProductSnapshot) -> Product:
    """Return a product with the values that Prom shows, or accepted where it shows none."""
    accepted = known.sent.values if known.sent else {}
    return Product(known.good_id, {**accepted, **(known.on_prom.values if known.on_prom else {})})


def restored_product(change: Change, known: ProductSnapshot) -> Product:
    """Return a product as it is, with the values that a change restores."""
    return Product(known.good_id, {**current_product(known).values, **change.new})


def offered_product(change: Change, known: ProductSnapshot) -> Product:
    """Return a product as the import file offers it; of a new one the plan decides stock and presence."""
    product = desired_product(known)
    if change.verb is not Verb.CREATE:
        return product
    planned = {name: change.new[name] for name in by_channel(change.new, Channel.EDIT)}
    return Product(product.good_id, {**product.values, **planned})


def desired_product(known: ProductSnapshot) -> Product:
    """Return a product with its desired values over what was last sent.

    A product on Prom stays in the variant group in which it was created, or in none, because no known call
    moves it (prom-api §7.2). One that is created again goes to the group of its model.
    """
    values = dict(known.wanted.values) if known.wanted else {}
    if known.sent:
        created = known.sent.values if known.on_prom else values
        values = {**known.sent.values, **values, "variant_group": created.get("variant_group")}
    return Product(known.good_id, values)
