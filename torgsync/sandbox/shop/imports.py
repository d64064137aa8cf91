"""What an import is given and what it does in the shop (prom-api §4.2, §4.4, §4.5)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Literal

from torgsync.sandbox.faults import HTTP_NOT_FOUND, HTTP_OK, FaultHit
from torgsync.sandbox.shop import feed as yml
from torgsync.sandbox.shop import products, spreadsheet
from torgsync.sandbox.shop.import_errors import (
    OFFER_CODE,
    VALIDATION_CODE,
    ImportRefused,
    Shape,
    add_row_error,
)

Missing = Literal["none", "not_available", "not_on_display", "deleted"]
MISSING_MEANS: Mapping[str, dict[str, str]] = {
    "none": {},
    "not_available": {"presence": "not_available"},
    "not_on_display": {"status": "not_on_display"},
    "deleted": {"status": "deleted"},
}
PHOTO_CODE = 2004


@dataclass(frozen=True, kw_only=True)
class ImportSettings:
    """The settings of prom-api §4.2 with their documented defaults."""

    force_update: bool = False
    only_available: bool = False
    mark_missing_product_as: Missing = "none"
    updated_fields: frozenset[str] = frozenset({"price", "presence"})

    @classmethod
    def from_json(cls, data: object) -> ImportSettings:
        """Parse the `data` part; unknown `updated_fields` are ignored, as on Prom. Raises ImportRefused."""
        if not isinstance(data, dict):
            raise ImportRefused("Invalid import settings")
        missing = data.get("mark_missing_product_as", "none")
        words = data.get("updated_fields", ["price", "presence"])
        if missing not in tuple(MISSING_MEANS) or not isinstance(words, list):
            raise ImportRefused("Invalid import settings")
        return cls(
            force_update=data.get("force_update") is True,
            only_available=data.get("only_available") is True,
            mark_missing_product_as=missing,
            updated_fields=frozenset(map(str, words)),
        )


@dataclass(kw_only=True)
class Report:
    """The counters and errors of an import, as `products/import/status` shows them (prom-api §4.4).

    A refused row that is named by its position counts in `total` alone.

    `total` is the sum of created, updated, not_changed and with_errors_count; `imported` leaves the last one
    out. How the real counters add up is unknown (prom-api §10 Q11).
    """

    status: str = "SUCCESS"
    total: int = 0
    imported: int = 0
    created: int = 0
    updated: int = 0
    not_changed: int = 0
    actualized: int = 0
    created_active: int = 0
    created_hidden: int = 0
    not_in_file: int = 0
    with_errors_count: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    message: str | None = None


def missing_photos(hit: FaultHit, others: Callable[[str], int] | None) -> Callable[[str], int]:
    """Return the HTTP status of photos under `photos-missing`; they are counted as they are fetched."""
    numbers = count(1)

    def status(address: str) -> int:
        if hit.affects(next(numbers)):
            return hit.fault.status or HTTP_NOT_FOUND
        return others(address) if others else HTTP_OK

    return status


@dataclass
class ImportWork:
    """One import being carried out."""

    catalog: products.ShopCatalog
    settings: ImportSettings
    when: datetime
    photo_status: Callable[[str], int] | None = None
    spreadsheets: str = "as-asked"
    row_errors: Shape = "flat"

    def __post_init__(self) -> None:
        self._report = Report()
        self.refused = 0
        self._row = 0
        self._variants = yml.Variants()
        self._seen: set[str] = set()
        self._categories: dict[str, int] = {}

    def carry_out(self, feed: bytes) -> Report:
        """Apply the file to the shop and return the report; a file that cannot be read changes nothing."""
        try:
            if feed.startswith(spreadsheet.BEGINNING):
                return self._import_sheet(feed)
            # Checked to its end first: a truncated file must not be imported in part.
            yml.check(io.BytesIO(feed))
        except (yml.FeedInvalid, spreadsheet.SpreadsheetInvalid) as error:
            self._add_error("validation", VALIDATION_CODE, message=str(error))
            self._report.status = "FATAL"
            self._report.message = "Невірний формат файлу"
            return self._report
        for entry in yml.read(io.BytesIO(feed)):
            if isinstance(entry, yml.FeedCategory):
                self._import_category(entry)
            else:
                self._import_offer(entry)
        self._mark_missing()
        report = self._report
        report.imported = report.total - self.refused
        report.status = "PARTIAL" if report.errors else "SUCCESS"
        return report

    def _import_sheet(self, file: bytes) -> Report:
        """Apply a spreadsheet; refused rows are not among the counters (prom-api §4.4)."""
        words = self.settings.updated_fields
        if self.spreadsheets == "wipe":
            words |= set(spreadsheet.WIPED)
        ids = self.spreadsheets != "no-ids"
        result = spreadsheet.import_sheet(file, self.catalog, words, self.when, ids=ids)
        errors = [
            {"code": VALIDATION_CODE, "field_code": name, "positions": positions}
            for name, positions in result.refused.items()
        ]
        return Report(
            status="PARTIAL" if errors else "SUCCESS",
            total=result.rows,
            imported=result.updated + result.not_changed,
            updated=result.updated,
            not_changed=result.not_changed,
            errors=[{"category": "validation", "errors": errors}] if errors else [],
        )

    def _add_error(self, stage: str, code: int, **extra: object) -> None:
        self._report.errors.append({stage: {"code": code, "extra": extra}})

    def _import_category(self, category: yml.FeedCategory) -> None:
        if re.fullmatch("[0-9]+", portal_id := category.portal_id or ""):
            self._categories[category.id] = int(portal_id)
        if self.catalog.groups.find(category.id) is None:
            ids = {"external_id": category.id, "parent_external_id": category.parent_id}
            self.catalog.add_group({"name": category.name} | ids, self.when)

    def _import_offer(self, offer: yml.FeedOffer) -> None:
        self._row += 1
        if offer.id in self._seen:
            self._refuse(offer.id, "Поле Ідентифікатор_товару: повторюється у файлі")
            return
        self._seen.add(offer.id)
        try:
            reading = yml.interpret(offer)
            if self.settings.only_available and reading.fields["presence"] != "available":
                return
            variant = self._variants.check(reading)
            product = self._apply(offer.id, reading, variant)
        except yml.OfferRefused as refusal:
            self._refuse(offer.id, str(refusal))
            return
        self._variants.join(reading, product.id)
        self._report.total += 1
        for remark in reading.remarks:
            self._add_error("import", OFFER_CODE, external_id=offer.id, message=remark)

    def _refuse(self, external_id: str, message: str) -> None:
        self._report.total += 1
        self.refused += 1
        if self.row_errors == "flat":
            self._report.with_errors_count += 1
            self._add_error("import", OFFER_CODE, external_id=external_id, message=message)
            return
        product = self.catalog.products.find(external_id)
        position = external_id if self.row_errors == "external-ids" else str(self._row)
        if self.row_errors == "prom-ids" and product is not None:
            position = str(product.id)
        add_row_error(self._report.errors, message, position)

    def _apply(
        self, external_id: str, reading: yml.OfferReading, variant: dict[str, Any]
    ) -> products.ShopProduct:
        """Create or update the product of an offer, count it, and return it."""
        if external_id in self.catalog.deleted_external_ids:
            raise yml.OfferRefused(yml.NOT_UPDATABLE)
        product = self.catalog.products.find(external_id)
        if product is None:
            fields = reading.fields | variant | self._place(reading) | self._photos(reading, None)
            self._report.created += 1
            self._report.created_active += 1
            return self.catalog.add(fields | {"external_id": external_id}, self.when)
        if product.status in products.CLOSED_STATUSES:
            raise yml.OfferRefused(yml.NOT_UPDATABLE)
        if self.catalog.change(product, self._changes(product, reading, variant), self.when):
            self._report.updated += 1
        else:
            self._report.not_changed += 1
        return product

    def _changes(
        self, product: products.ShopProduct, reading: yml.OfferReading, variant: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the fields of an existing product that this import may touch (prom-api §4.2)."""
        words = self.settings.updated_fields
        changes = {
            name: reading.fields[name]
            for word in words & yml.FIELDS_OF.keys()
            for name in yml.FIELDS_OF[word]
        }
        if "price" in changes and changes["price"] is None:
            # An offer without a price does not remove the price.
            del changes["price"]
        if "attributes" in words:
            changes |= variant | {"variation_group_id": reading.fields["variation_group_id"]}
        if "group" in words:
            changes |= self._place(reading)
        if "images_urls" in words:
            changes |= self._photos(reading, product)
        if self.settings.force_update and product.status == "draft":
            changes["status"] = "on_display"
        return changes

    def _place(self, reading: yml.OfferReading) -> dict[str, Any]:
        """Return the shop group and Prom's category; the offer's own category goes before its group's."""
        group = None if reading.group is None else self.catalog.groups.find(reading.group)
        category_id: int = reading.fields["category_id"]
        if category_id == products.UNSORTED_CATEGORY_ID and reading.group is not None:
            category_id = self._categories.get(reading.group, category_id)
        return {"group_id": products.ROOT_GROUP_ID if group is None else group.id, "category_id": category_id}

    def _photos(self, reading: yml.OfferReading, product: products.ShopProduct | None) -> dict[str, Any]:
        """Return the photos: known ones keep ids, failed ones are retried by force (prom-api §4.5)."""
        known = {image.source: image for image in product.images} if product else {}
        failed_before = product.failed_photos if product and not self.settings.force_update else ()
        images: list[products.Image] = []
        failed: list[str] = []
        for address in reading.photos:
            if address in known:
                images.append(known[address])
            elif address in failed_before:
                failed.append(address)
            elif (status := self.photo_status(address) if self.photo_status else HTTP_OK) == HTTP_OK:
                images.append(self.catalog.new_image(address))
            else:
                failed.append(address)
                self._add_error("download_images", PHOTO_CODE, status_code=status)
        return {"images": tuple(images), "failed_photos": tuple(failed)}

    def _mark_missing(self) -> None:
        """Count all products that are not in the file, and apply `mark_missing_product_as` to them."""
        missing = [product for product in self.catalog.products if product.external_id not in self._seen]
        self._report.not_in_file = len(missing)
        if fields := MISSING_MEANS[self.settings.mark_missing_product_as]:
            for product in missing:
                self.catalog.change(product, fields, self.when)
