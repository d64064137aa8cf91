"""A plan: everything that one look found to do, and everything it found to say.

`decide` settles one good; the sums are in `Plan`. Changes themselves can be many and long, so a plan does not
carry them: whoever made it keeps them and hands them out one by one, in order. Source:
docs/developers/architecture.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Finding
from torgsync.core.mapping.select import SkipReason
from torgsync.core.plan.channels import Budget, by_channel
from torgsync.core.plan.diff import (
    Change,
    Comparison,
    Leaving,
    Sent,
    Verb,
    buyer_price,
    compare,
    creation,
    removal,
)
from torgsync.core.plan.guards import GuardViolation
from torgsync.core.product.fields import CENT, Channel, Value
from torgsync.core.product.products import Existing, Product


class RowStatus(StrEnum):
    """How a good stands in the last export that was read."""

    IN = "in"  # it goes to Prom
    OUT = "out"  # a rule keeps it out
    BLOCKED = "blocked"  # its id stands in several rows: it stays as it is on Prom
    GONE = "gone"  # the export does not have it any more


@dataclass(frozen=True, slots=True)
class ProductSnapshot:
    """What is known of one good when the plan is made; `line` is where the last export had it, or 0.

    Where nothing but its terms is to be decided, the products carry these alone, and `name` its name. It is
    `doubtful` where several products on Prom may be it (`core/plan/adopt.py`), and its id is `taken` where
    another good's product has it as its external id. `reserved` are the pieces that were sold on Prom and of
    which the export cannot know yet. `reason` is the rule that keeps it out, if one does.
    """

    good_id: str
    row_status: RowStatus
    desired: Product | None = None
    sent: Sent | None = None
    existing: Existing | None = None
    refused: bool = False
    line: int = field(default=0, compare=False)
    name: str = field(default="", compare=False)
    doubtful: bool = False
    taken: bool = False
    reserved: int = 0
    reason: str = field(default="", compare=False)

    @property
    def title(self) -> str:
        """The best name there is."""
        wanted = self.name or (self.desired.title if self.desired else "")
        if wanted:
            return wanted
        return self.existing.title if self.existing else ""

    @property
    def on_prom(self) -> Existing | None:
        """What Prom shows; None where it shows nothing or only what is deleted."""
        return self.existing if self.existing and not self.existing.removed else None

    @property
    def stuck(self) -> bool:
        """Whether Prom has it in a variant group that is not the one it belongs to: none moves it."""
        if self.desired is None or self.sent is None or self.on_prom is None:
            return False
        group = self.sent.values.get("variant_group")
        return bool(group) and group != self.desired.values.get("variant_group")

    @property
    def offered(self) -> Product | None:
        """The desired product without what was sold on Prom since the export was written."""
        quantity = self.desired.whole("quantity") if self.desired else None
        if self.desired is None or not self.reserved or quantity is None:
            return self.desired
        left = max(quantity - self.reserved, 0)
        values = {**self.desired.values, "quantity": left}
        if not left and "presence" in values:
            values["presence"] = "not_available"
        return Product(self.good_id, values)

    @property
    def wanted(self) -> Product | None:
        """The desired product, with what was last sent of characteristics that the export lacks today.

        Where nothing was sent of a product on Prom, its characteristics are not spoken of at all; nor are
        they where its variant group on Prom may refuse them (`core/product/variants.py`).
        """
        desired = self.offered
        if desired is not None and self.stuck:
            told = desired.values.items()
            return Product(self.good_id, {name: value for name, value in told if name != "characteristics"})
        if desired is None or all(item.value for item in desired.characteristics):
            return desired
        spoken = [item for item in desired.characteristics if item.value]
        silent = {item.name for item in desired.characteristics if not item.value}
        values = dict(desired.values)
        if self.sent and "characteristics" in self.sent.values:
            last = Product(self.good_id, self.sent.values).characteristics
            values["characteristics"] = tuple(sorted([*spoken, *(it for it in last if it.name in silent)]))
        elif self.on_prom:
            del values["characteristics"]
        else:
            values["characteristics"] = tuple(spoken)
        return Product(self.good_id, values)


@dataclass(frozen=True, slots=True)
class Skipped:
    """One good that stays out: its line in the export (0 where it has none) and why.

    `reason` is a `SkipReason`; `finding` is the error behind it, if any. `title` may be empty.
    """

    good_id: str
    reason: str
    line: int
    title: str = ""
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one good: a change, or nothing and why; and what is in step, to be remembered."""

    change: Change | None = None
    in_step: Mapping[str, Value] = field(default_factory=dict)
    left_alone: tuple[str, ...] = ()
    aside: SkipReason | None = None


def decide(known: ProductSnapshot, settings: SyncObject) -> Verdict:
    """Return what becomes of one good.

    A creation that Prom refused is not tried again until the good changes: each try would cost one of the
    day's few imports.
    """
    if known.row_status is RowStatus.BLOCKED:
        return Verdict()
    shown, wanted = known.on_prom, known.wanted
    if known.row_status is not RowStatus.IN:
        return _take_out(known, shown, settings) if shown else Verdict()
    if wanted is None:
        return Verdict()
    if known.existing is not None and known.existing.values.get("status") == "deleted_by_moderator":
        return Verdict(aside=SkipReason.MODERATED)
    if shown is None:
        if aside := why_not_created(known, wanted):
            return Verdict(aside=aside)
        return Verdict(creation(_newborn(wanted, settings)))
    found = compare(wanted, known.sent, shown, settings.prom_owned())
    if not shown.external_id:
        return _by_edit_alone(known, found, SkipReason.NO_EXTERNAL_ID)
    if known.refused:
        return _by_edit_alone(known, found, SkipReason.REFUSED_BEFORE)
    return _update(known, found)


def why_not_created(known: ProductSnapshot, desired: Product) -> SkipReason | None:
    """Return why a good that is not on Prom is not made there, None where it is.

    A good that may be on Prom already would stand there twice, and Prom would take one whose id another
    product has for that product.
    """
    if known.doubtful:
        return SkipReason.AMBIGUOUS
    if known.taken:
        return SkipReason.ID_TAKEN
    return why_incomplete(desired) or (SkipReason.REFUSED_BEFORE if known.refused else None)


def why_incomplete(desired: Product) -> SkipReason | None:
    """Return what a good lacks without which nothing new is made of it, None where it lacks nothing."""
    if not desired.title:
        return SkipReason.NO_NAME
    if desired.money("price") is None:
        return SkipReason.NO_PRICE
    return None if "status" in desired.values else SkipReason.NO_STOCK


def _newborn(desired: Product, settings: SyncObject) -> Product:
    """Return a new good as it is made. One whose stock could not be read is not available.

    No earlier value can stay there, and what may not be on the shelf is not offered (architecture §5.3).
    """
    if "presence" in desired.values or not any(mapping.to == "quantity" for mapping in settings.fields):
        return desired
    return Product(desired.good_id, {**desired.values, "quantity": 0, "presence": "not_available"})


def _update(known: ProductSnapshot, found: Comparison) -> Verdict:
    change = Change(known.good_id, Verb.UPDATE, known.title, found.fields) if found.fields else None
    return Verdict(change, found.in_step, found.left_alone)


def _by_edit_alone(known: ProductSnapshot, found: Comparison, why: SkipReason) -> Verdict:
    """Leave out what needs an import, which Prom refused or cannot take; prices and stock still go."""
    update = _update(known, found)
    if update.change is None:
        return update
    change = update.change.narrowed(by_channel(found.fields, Channel.EDIT))
    aside = why if len(change.fields) < len(found.fields) else None
    return Verdict(change if change.fields else None, found.in_step, found.left_alone, aside)


def _take_out(known: ProductSnapshot, existing: Existing, settings: SyncObject) -> Verdict:
    if known.row_status is RowStatus.GONE and known.sent is None:
        return Verdict()  # a foreign product is not ours to take out
    gone = known.row_status is RowStatus.GONE
    fields = removal(existing, settings.removal.gone if gone else settings.removal.unsold)
    reason = Leaving.GONE if gone else known.reason
    return Verdict(Change(known.good_id, Verb.REMOVE, known.title, fields, reason=reason) if fields else None)


def may_not_return(change: Change, existing: Existing) -> bool:
    """Tell whether a removal deletes what was only out of stock: Prom may refuse it when it comes back.

    Source: docs/developers/prom-api.md §4.5.
    """
    status = change.fields.get("status")
    if status is None or status.new != "deleted" or change.reason == Leaving.FOREIGN:
        return False
    sold_out = existing.values.get("quantity") == 0 or existing.values.get("presence") == "not_available"
    return change.reason == SkipReason.OUT_OF_STOCK or (change.reason == Leaving.GONE and sold_out)


def remove_foreign(existing: Existing) -> Change | None:
    """Return the removal of a product that is neither in the export nor ever sent by us."""
    fields = removal(existing, "delete")
    if not fields:
        return None
    return Change(
        existing.good_id,
        Verb.REMOVE,
        existing.title,
        fields,
        prom_id=existing.prom_id,
        reason=Leaving.FOREIGN,
    )


@dataclass(frozen=True, slots=True)
class Counts:
    """The sums of a plan, in goods. `held` ones are also counted under their verb."""

    create: int = 0
    update: int = 0
    remove: int = 0
    held: int = 0
    skipped: int = 0
    unchanged: int = 0
    foreign: int = 0

    @property
    def changes(self) -> int:
        """How many changes there are, held ones included."""
        return self.create + self.update + self.remove


@dataclass(frozen=True, slots=True)
class RemovedStock:
    """What a plan takes off the shelf though it is in stock: products, pieces, and their worth.

    `worth` is what buyers would have paid, in the shop's currency; what has no price counts as nothing.
    """

    products: int = 0
    pieces: int = 0
    worth: Decimal = Decimal("0.00")

    def plus(self, existing: Existing) -> RemovedStock:
        """Return it with one more product that leaves; one that is not on sale now adds nothing."""
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
    """One look's result. `id` is a digest of the changes: equal plans have equal ids.

    `skipped` counts goods by the reason that keeps them out. `left_alone` counts goods by the field that
    differs there and is Prom's. `edited` counts the changes of what somebody edited on Prom, `offers` those
    that need the import, `pending` the goods with changes that the choice of fields leaves out. `dark` is
    what its removals take off the shelf, and `overrides` are the guards that a person opened for it;
    `unmet` are the words of a person that opened none.
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
