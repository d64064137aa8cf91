"""Products and groups of the shop, and the catalog that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Any, Literal, get_args

from torgsync.sandbox.shop.collection import Collection

Presence = Literal["available", "not_available", "order", "service", "waiting"]
PRESENCES = get_args(Presence)
# The statuses that an edit may set, and those of products that cannot be changed any more.
EDITABLE_STATUSES = ("on_display", "draft", "deleted", "not_on_display")
CLOSED_STATUSES = ("deleted", "deleted_by_moderator")

# The root group is never listed (prom-api §3.6), yet top-level groups and products may be in it.
ROOT_GROUP_ID = 1000000
UNSORTED_CATEGORY_ID = 29

KOPIYKA = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ShopDiscount:
    """An amount or per cent off the price; the dates are `DD.MM.YYYY` or None."""

    value: Decimal
    kind: str
    date_start: str | None = None
    date_end: str | None = None


@dataclass(frozen=True, slots=True)
class Wholesale:
    """One wholesale price: that of one piece from this quantity on."""

    price: Decimal
    minimum_order_quantity: Decimal


@dataclass(frozen=True, slots=True)
class Image:
    """A fetched photo; `source` is its original address, which the API does not show."""

    id: int
    source: str


@dataclass(frozen=True, slots=True)
class Region:
    """Where the product is, in Russian and in Ukrainian."""

    id: int
    ru: str
    uk: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """One characteristic; several values are one text, separated by `|`. Not readable by the API."""

    name: str
    unit: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopProduct:
    """One product.

    Texts without a suffix are Russian, those with `_uk` Ukrainian, None where not given. Money is in
    `currency`. The API does not show the last block (prom-api §3.3); tests read it here.
    """

    id: int
    date_modified: datetime
    name: str
    external_id: str | None = None
    sku: str | None = None
    name_uk: str | None = None
    keywords: str = ""
    description: str = ""
    description_uk: str | None = None
    selling_type: str = "retail"
    presence: str = "available"
    in_stock: bool | None = None
    price: Decimal | None = None
    currency: str = "UAH"
    minimum_order_quantity: Decimal | None = None
    measure_unit: str = "шт."
    discount: ShopDiscount | None = None
    prices: tuple[Wholesale, ...] = ()
    group_id: int = ROOT_GROUP_ID
    category_id: int = UNSORTED_CATEGORY_ID
    images: tuple[Image, ...] = ()
    status: str = "on_display"
    quantity_in_stock: int | None = None
    is_variation: bool = False
    variation_base_id: int | None = None
    variation_group_id: int | None = None
    regions: tuple[Region, ...] = ()

    keywords_uk: str | None = None
    attributes: tuple[Attribute, ...] = ()
    vendor: str | None = None
    country: str | None = None
    gtin: str | None = None
    mpn: str | None = None
    failed_photos: tuple[str, ...] = ()

    @property
    def price_to_pay(self) -> Decimal | None:
        """The price of one piece less the discount, in kopiykas; the discount's dates are ignored."""
        if self.price is None or self.discount is None:
            return self.price
        off = self.discount.value
        if self.discount.kind == "percent":
            off = self.price * off / 100
        return (self.price - off).quantize(KOPIYKA, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopGroup:
    """A group of the shop. `external_id` is its id in the import file, the parent's is another such id."""

    id: int
    date_modified: datetime
    name: str
    name_uk: str | None = None
    external_id: str | None = None
    parent_external_id: str | None = None
    description: str = ""
    description_uk: str = ""


class ShopCatalog:
    """All products that are not deleted, and all groups; `last_image_id` is the highest id of a photo.

    `offset` is added to the first ids.
    """

    def __init__(self, offset: int = 0) -> None:
        self.products: Collection[ShopProduct] = Collection(
            1600000001 + offset, key=attrgetter("external_id"), group=attrgetter("group_id")
        )
        self.groups: Collection[ShopGroup] = Collection(1000001 + offset, key=attrgetter("external_id"))
        self.deleted_external_ids: set[str] = set()
        self.last_image_id = 10

    def add(self, fields: Mapping[str, Any], when: datetime) -> ShopProduct:
        """Add a product with these fields, and return it with its new id."""
        return self.products.add(lambda number: ShopProduct(**fields, id=number, date_modified=when))

    def add_group(self, fields: Mapping[str, Any], when: datetime) -> ShopGroup:
        """Add a group with these fields, and return it with its new id."""
        return self.groups.add(lambda number: ShopGroup(**fields, id=number, date_modified=when))

    def change(self, product: ShopProduct, fields: Mapping[str, Any], when: datetime) -> bool:
        """Set fields of a product, and return whether anything changed; only then its date moves.

        The status `deleted` removes the product for good (prom-api §3.2, §4.5).
        """
        changed = replace(product, **fields)
        if changed == product:
            return False
        if changed.status != "deleted":
            self.products.replace(replace(changed, date_modified=when))
            return True
        self.products.remove(product)
        if product.external_id is not None:
            self.deleted_external_ids.add(product.external_id)
        return True

    def change_group(self, group: ShopGroup, fields: Mapping[str, Any], when: datetime) -> None:
        """Set fields of a group."""
        self.groups.replace(replace(group, **fields, date_modified=when))

    def new_image(self, source: str) -> Image:
        """Return a fetched photo with a new image id."""
        self.last_image_id += 1
        return Image(self.last_image_id, source)

    def parent_id(self, group: ShopGroup) -> int:
        """Return the id of the group above; at the top the root's, which no list shows (prom-api §10 Q12)."""
        parent = None if group.parent_external_id is None else self.groups.find(group.parent_external_id)
        return ROOT_GROUP_ID if parent is None else parent.id
