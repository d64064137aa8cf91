"""Products: desired, last sent and existing ones have one shape; and the external ids of adopted ones.

A product is its good's id and the values of the fields that we speak about, in normal form
(`core/product/fields.py`). A field that is absent is not spoken about: it is neither compared nor sent.
Desired ones are made in `core/mapping/mapper.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, cast

from msgspec import Struct

from torgsync.core.product.cells import Section
from torgsync.core.product.fields import FIELDS, Characteristic, Value


class Product(Struct, frozen=True):
    """A good in Prom's fields: values keyed by field name."""

    good_id: str
    values: Mapping[str, Value]

    def text(self, field: str) -> str:
        """Return a text field, empty where the product does not speak of it."""
        value = self.values.get(field)
        return value if isinstance(value, str) else ""

    def money(self, field: str) -> Decimal | None:
        """Return a money field."""
        value = self.values.get(field)
        return value if isinstance(value, Decimal) else None

    def whole(self, field: str) -> int | None:
        """Return a quantity."""
        value = self.values.get(field)
        return value if isinstance(value, int) else None

    @property
    def path(self) -> tuple[Section, ...]:
        """The path of groups, root first; empty where the product does not speak of it."""
        return cast("tuple[Section, ...]", self.values.get("group") or ())

    @property
    def characteristics(self) -> tuple[Characteristic, ...]:
        """The characteristics, sorted; empty where the product does not speak of them."""
        return cast("tuple[Characteristic, ...]", self.values.get("characteristics") or ())

    @property
    def title(self) -> str:
        """The name that people know the good by."""
        return self.text("name") or self.text("name_ru")


@dataclass(frozen=True, slots=True)
class Existing:
    """A product as Prom shows it now: the fields that Prom shows back, in normal form.

    `good_id` is its good, whose id is its external id on Prom but for adopted products: for these `alias` is
    the external id, empty where Prom has none. A product that is no good's has its external id as `good_id`,
    empty where it was made in the cabinet. `modified` is Prom's own time of the last change, aware and in
    UTC, None where Prom gives none. `photos` counts those that Prom shows, if it was just asked.
    """

    prom_id: str
    good_id: str
    values: Mapping[str, Value]
    modified: datetime | None = None
    alias: str | None = None
    photos: int | None = field(default=None, compare=False)

    @property
    def removed(self) -> bool:
        """Whether it is deleted, and so cannot be changed any more (prom-api §11 Q3)."""
        return self.values.get("status") in ("deleted", "deleted_by_moderator")

    @property
    def external_id(self) -> str:
        """The external id on Prom, empty where it has none."""
        return self.good_id if self.alias is None else self.alias

    @property
    def title(self) -> str:
        """The name that Prom shows, in the shop's language where there is one."""
        return Product(self.good_id, self.values).title

    def named(self, good_id: str) -> Existing:
        """Return it as the product of a good, or of none where that is its external id."""
        alias = None if good_id == self.external_id else self.external_id
        return replace(self, good_id=good_id, alias=alias)


def shows(existing: Existing, values: Mapping[str, Value]) -> bool:
    """Return whether Prom shows these values; fields that it never shows are ignored."""
    return all(
        existing.values.get(name, value) == value for name, value in values.items() if FIELDS[name].shown
    )


class Adopted(NamedTuple):
    """A good that is another product's on Prom: `external_id` is the name there, empty where it has none.

    A product made in the cabinet has an external id of its own, or none, and no known call gives it another
    one (prom-api §3.4, §8 no. 5).
    """

    good_id: str
    prom_id: str
    external_id: str


class ExternalIds:
    """The external ids of one shop's products: `GoodID`s, except for adopted products."""

    def __init__(self, adopted: Iterable[Adopted] = ()) -> None:
        self._by_good = {pair.good_id: pair for pair in adopted}
        self._by_prom = {pair.prom_id: pair.good_id for pair in self._by_good.values()}

    def good_id(self, prom_id: str, external_id: str) -> str:
        """Return the good whose product this is; its external id if it was not adopted."""
        return self._by_prom.get(prom_id, external_id)

    def external_id(self, good_id: str) -> str:
        """Return the external id by which Prom knows a good, empty where it knows it by its own id alone."""
        adopted = self._by_good.get(good_id)
        return good_id if adopted is None else adopted.external_id

    def prom_id(self, good_id: str) -> str:
        """Return Prom's own id of an adopted good, empty for any other."""
        adopted = self._by_good.get(good_id)
        return "" if adopted is None else adopted.prom_id
