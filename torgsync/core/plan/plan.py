"""A plan as a value: the sums, violations and skipped goods of one look; its changes are kept in the state.

Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from torgsync.core.findings import Finding
from torgsync.core.plan.channels import Budget
from torgsync.core.plan.diff import buyer_price
from torgsync.core.plan.guards import GuardViolation
from torgsync.core.product.fields import CENT
from torgsync.core.product.products import Existing


@dataclass(frozen=True, slots=True)
class Skipped:
    """One good that stays out: why, its line in the export (0 where it has none), its name if it has one.

    `reason` is a `SkipReason`, `finding` the one that explains it further.
    """

    good_id: str
    reason: str
    line: int
    title: str = ""
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """The sums of a plan, in goods. Held ones are also counted under their verb."""

    create: int = 0
    update: int = 0
    remove: int = 0
    held: int = 0
    skipped: int = 0
    unchanged: int = 0
    foreign: int = 0

    @property
    def changes(self) -> int:
        """How many goods have changes, held ones included."""
        return self.create + self.update + self.remove


@dataclass(frozen=True, slots=True)
class RemovedStock:
    """What a plan removes although it is in stock: products, pieces, and what buyers would have paid.

    `worth` is in the shop's currency; a product without a price adds nothing to it.
    """

    products: int = 0
    pieces: int = 0
    worth: Decimal = Decimal("0.00")

    def plus(self, existing: Existing) -> RemovedStock:
        """Return it with one more removed product; one that is not on sale now adds nothing."""
        pieces = existing.values.get("quantity")
        on_sale = existing.values.get("status") == "on_display"
        if not on_sale or not isinstance(pieces, int) or pieces <= 0:
            return self
        price = buyer_price(existing.values) or Decimal(0)
        worth = (self.worth + price * pieces).quantize(CENT)
        return RemovedStock(self.products + 1, self.pieces + pieces, worth)


@dataclass(frozen=True, slots=True)
class ExportInfo:
    """The export that a plan was made from; `goods` counts its rows."""

    path: str
    goods: int
    encoding: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The result of one look.

    Args:
        id: A digest of the changes: equal plans have equal ids.
        object: The name of the sync object.
        made: When, in UTC.
        export: The export it was made from.
        counts: Its sums, in goods.
        budget: What it costs.
        violations: What guards hold.
        skipped: Goods counted by the reason that keeps them out.
        left_alone: Goods counted by the field that differs and belongs to Prom's side.
        edited: Changes of what a person edited on Prom.
        offline: Whether it was made of what Prom showed last.
        offers: Changes that need the import.
        pending: Goods with changes that the choice of fields leaves out.
        removed_stock: What its removals take off sale.
        overrides: Violations that a person allowed.
        unmet: Values of `--allow` that allowed nothing.
    """

    id: str
    object: str
    made: datetime
    export: ExportInfo
    counts: Counts
    budget: Budget
    violations: tuple[GuardViolation, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    left_alone: Mapping[str, int] = field(default_factory=dict)
    edited: int = 0
    offline: bool = False
    offers: int = 0
    pending: int = 0
    removed_stock: RemovedStock = RemovedStock()
    overrides: tuple[GuardViolation, ...] = ()
    unmet: tuple[str, ...] = ()
