"""The decision about one good: a change, or the reason why there is none; and its status for people.

Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from msgspec import Struct

from torgsync.core.config.settings import SyncObject
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.channels import by_channel
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
from torgsync.core.product.fields import Channel, Value
from torgsync.core.product.presence import Presence
from torgsync.core.product.products import Existing, Product


class Grace(StrEnum):
    """The time for which a product stays hidden after its good left the export, before it is deleted."""

    BEGINS = "begins"  # with the change that hides it
    RUNS = "runs"  # it is hidden as torgsync left it


class RowStatus(StrEnum):
    """What the last export says of a good."""

    IN = "in"  # it goes to Prom
    OUT = "out"  # a rule keeps it out
    BLOCKED = "blocked"  # several rows have its id: it stays as it is on Prom
    GONE = "gone"  # the export does not have it any more


def was_displayed(row_status: str | None, reason: str) -> bool | None:
    """Return whether a good was displayed at the last reading of the export, None where that is unknown.

    A filter that is tried after `Display` shows that it was (`core/mapping/select.py`).
    """
    if row_status == RowStatus.IN:
        return None if reason else True
    if row_status == RowStatus.OUT and reason != SkipReason.OTHER_GROUP:
        return reason != SkipReason.NOT_DISPLAYED
    return None


@dataclass(frozen=True, slots=True)
class ProductSnapshot:
    """What is known of one good when a plan is made.

    Where only price and stock are to be decided, `desired`, `sent` and `existing` carry these alone.
    """

    good_id: str
    row_status: RowStatus
    desired: Product | None = None
    sent: Sent | None = None
    existing: Existing | None = None
    refused: bool = False  # Prom refused exactly the desired content before
    line: int = field(default=0, compare=False)
    name: str = field(default="", compare=False)  # where the desired product does not carry it
    doubtful: bool = False  # several products on Prom may be it
    taken: bool = False  # another good's product has its id as external id
    reserved: int = 0  # pieces sold on Prom that the export cannot know of yet
    zero: Presence = field(default=Presence.NOT_AVAILABLE, compare=False)  # what it is when all are sold
    reason: str = field(default="", compare=False)  # the rule that keeps it out, or has it wait
    importing: bool = False  # in an import that was sent and whose end is not known yet
    deleted_before: bool = False  # Prom refused it after a run had deleted its product
    left_alone: str = ""  # fields that differed and were Prom's at the last decision, parted by commas
    grace_over: bool = False  # its product may be deleted, if it is still hidden and the good still absent

    @property
    def title(self) -> str:
        """The best name there is."""
        wanted = self.name or (self.desired.title if self.desired else "")
        return wanted or (self.existing.title if self.existing else "")

    @property
    def on_prom(self) -> Existing | None:
        """What Prom shows; None where it shows nothing or only what is deleted."""
        return self.existing if self.existing and not self.existing.removed else None

    @property
    def hidden_by_us(self) -> bool:
        """Whether its product is hidden, and the last that was sent of its status hid it."""
        shown, sent = self.on_prom, self.sent
        return all(side and side.values.get("status") == "not_on_display" for side in (shown, sent))

    @property
    def deleted_by_us(self) -> bool:
        """Whether the last that was sent of its status deleted its product, which is not on Prom."""
        sent = self.sent
        return self.on_prom is None and sent is not None and sent.values.get("status") == "deleted"

    @property
    def stuck(self) -> bool:
        """Whether Prom has it in another variant group than it belongs to: no call moves it."""
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
        if not left and values.get("presence") == Presence.AVAILABLE:
            values["presence"] = self.zero
        return Product(self.good_id, values)

    @property
    def wanted(self) -> Product | None:
        """The desired product, with the last sent values of characteristics that the export lacks today.

        Characteristics are left out where nothing was sent of a product on Prom, and where its variant group
        on Prom may refuse them (`core/product/variants.py`).
        """
        desired = self.offered
        if desired is not None and self.stuck:
            values = {name: value for name, value in desired.values.items() if name != "characteristics"}
            return Product(self.good_id, values)
        if desired is None or all(item.value for item in desired.characteristics):
            return desired
        given = [item for item in desired.characteristics if item.value]
        lacking = {item.name for item in desired.characteristics if not item.value}
        values = dict(desired.values)
        if self.sent and "characteristics" in self.sent.values:
            last = Product(self.good_id, self.sent.values).characteristics
            given += [item for item in last if item.name in lacking]
            values["characteristics"] = tuple(sorted(given))
        elif self.on_prom:
            del values["characteristics"]
        else:
            values["characteristics"] = tuple(given)
        return Product(self.good_id, values)


class Verdict(Struct, frozen=True):
    """The decision about one good: a change, or a reason to skip it; both where only a part is skipped.

    `in_step` are values that Prom shows as desired, to be recorded as sent; `left_alone` are fields that
    differ and belong to Prom's side. `grace` is set where the time before its deletion begins or runs.
    """

    change: Change | None = None
    in_step: Mapping[str, Value] = {}
    left_alone: tuple[str, ...] = ()
    skip: SkipReason | None = None
    grace: Grace | None = None


def decide(known: ProductSnapshot, settings: SyncObject) -> Verdict:
    """Return the decision about one good.

    A creation that Prom refused is not tried again until the good changes: each try would cost one of the
    day's few imports. Where a run deleted the product before, no change of the good makes Prom take it.
    """
    if known.row_status is RowStatus.BLOCKED:
        return Verdict()
    if known.reserved:
        known = replace(known, zero=settings.stock.presence)
    shown, wanted = known.on_prom, known.wanted
    if known.row_status is not RowStatus.IN:
        return _remove(known, shown, settings) if shown else Verdict()
    if wanted is None:
        return Verdict()
    if known.existing is not None and known.existing.values.get("status") == "deleted_by_moderator":
        return Verdict(skip=SkipReason.MODERATED)
    if shown is None:
        if skip := why_not_created(known, wanted):
            return Verdict(skip=skip)
        made = _as_created(wanted, settings)
        return Verdict(creation(made, as_desired=made is known.desired))
    comparison = compare(wanted, known.sent, shown, settings.prom_owned)
    if reason := _why_no_import(known, shown):
        return _by_edit_alone(known, comparison, reason)
    return _update(known, comparison)


def _why_no_import(known: ProductSnapshot, shown: Existing) -> SkipReason | None:
    """Return why a product gets no import now, None where it may."""
    if not shown.external_id:
        return SkipReason.NO_EXTERNAL_ID
    if known.importing:
        return SkipReason.IN_IMPORT
    return SkipReason.REFUSED_BEFORE if known.refused else None


def why_not_created(known: ProductSnapshot, desired: Product) -> SkipReason | None:
    """Return why a good that is not on Prom is not created, None where it is.

    A good that may be on Prom already would be there twice, and Prom would take a good whose id another
    product has for that product. What an import is making already is not sent a second time.
    """
    if known.importing:
        return SkipReason.IN_IMPORT
    if known.doubtful:
        return SkipReason.AMBIGUOUS
    if known.taken:
        return SkipReason.ID_TAKEN
    if known.reason == SkipReason.DISPLAY_UNKNOWN:
        return SkipReason.DISPLAY_UNKNOWN
    if known.deleted_before:
        return SkipReason.DELETED_BEFORE
    return why_incomplete(desired) or (SkipReason.REFUSED_BEFORE if known.refused else None)


def why_incomplete(desired: Product) -> SkipReason | None:
    """Return what a good lacks to be created, None where it lacks nothing."""
    if not desired.title:
        return SkipReason.NO_NAME
    if desired.money("price") is None:
        return SkipReason.NO_PRICE
    return None if "status" in desired.values else SkipReason.NO_STOCK


def lacks_photos(desired: Product, settings: SyncObject) -> bool:
    """Return whether it is unknown which photos a good has, though there is a folder of photos."""
    return settings.catalog.photos is not None and "photos" not in desired.values


def is_created_as_desired(desired: Product, settings: SyncObject) -> bool:
    """Return whether a good of which nothing else is known is created exactly as it is desired.

    No guard holds it: what a buyer pays is above 0.
    """
    price = buyer_price(desired.values)
    complete = why_incomplete(desired) is None and not lacks_photos(desired, settings)
    whole = price is not None and price > 0 and complete
    return whole and "presence" in desired.values and all(item.value for item in desired.characteristics)


def _as_created(desired: Product, settings: SyncObject) -> Product:
    """Return a new good as it is created: not available where its stock could not be read.

    There is no earlier value to keep, and what may not be in stock is not offered (architecture §5.3). Where
    none of its photos can be sent, it is created with none, which is remembered: it is not sent once more.
    """
    if lacks_photos(desired, settings):
        desired = Product(desired.good_id, {**desired.values, "photos": ()})
    if "presence" in desired.values:
        return desired
    quantity = {"quantity": 0} if settings.column_of("quantity") else {}
    if not quantity and not settings.column_of("presence"):
        return desired
    return Product(desired.good_id, {**desired.values, **quantity, "presence": Presence.NOT_AVAILABLE})


def _update(known: ProductSnapshot, comparison: Comparison) -> Verdict:
    change = Change(known.good_id, Verb.UPDATE, known.title, comparison.fields) if comparison.fields else None
    return Verdict(change, comparison.in_step, comparison.left_alone)


def _by_edit_alone(known: ProductSnapshot, comparison: Comparison, reason: SkipReason) -> Verdict:
    """Leave out what needs an import, for a reason to skip it; prices, stock and status still go."""
    update = _update(known, comparison)
    if update.change is None:
        return update
    change = update.change.narrowed(by_channel(comparison.fields, Channel.EDIT))
    skip = reason if len(change.fields) < len(comparison.fields) else None
    return Verdict(change if change.fields else None, comparison.in_step, comparison.left_alone, skip)


def _remove(known: ProductSnapshot, existing: Existing, settings: SyncObject) -> Verdict:
    if known.row_status is RowStatus.GONE and known.sent is None:
        return Verdict()  # torgsync does not manage a foreign product
    gone = known.row_status is RowStatus.GONE
    if gone and settings.removal.grace:
        return _leave(known, existing)
    fields = removal(existing, settings.removal.gone if gone else settings.removal.unsold)
    reason = Leaving.GONE if gone else known.reason
    return Verdict(Change(known.good_id, Verb.REMOVE, known.title, fields, reason=reason) if fields else None)


def _leave(known: ProductSnapshot, existing: Existing) -> Verdict:
    """Hide a product whose good left the export, and delete it when its grace period is over.

    The deletion is only for a product that is still hidden as torgsync left it; otherwise the period ends.
    """
    change = Change(known.good_id, Verb.REMOVE, known.title, removal(existing, "hide"), reason=Leaving.GONE)
    if change.fields:
        return Verdict(change, grace=Grace.BEGINS)
    if not known.hidden_by_us:
        return Verdict()
    if not known.grace_over:
        return Verdict(grace=Grace.RUNS)
    deletion = replace(change, fields=removal(existing, "delete"), reason=Leaving.GRACE_OVER)
    return Verdict(deletion, grace=Grace.RUNS)


def may_not_return(change: Change, existing: Existing) -> bool:
    """Return whether a removal deletes what is only out of stock: Prom may refuse it when it comes back.

    Source: docs/developers/prom-api.md §4.5.
    """
    status = change.fields.get("status")
    if status is None or status.new != "deleted" or change.reason == Leaving.FOREIGN:
        return False
    sold_out = existing.values.get("quantity") == 0 or existing.values.get("presence") == "not_available"
    return change.reason == SkipReason.OUT_OF_STOCK or (change.reason == Leaving.GONE and sold_out)


def remove_foreign(existing: Existing) -> Change | None:
    """Return the removal of a foreign product, None where it is out of the shop already."""
    if not (fields := removal(existing, "delete")):
        return None
    change = Change(existing.good_id, Verb.REMOVE, existing.title, fields, reason=Leaving.FOREIGN)
    return replace(change, prom_id=existing.prom_id)


class GoodStatus(StrEnum):
    """What becomes of a good that is not skipped; of one that is, its `SkipReason` says it."""

    CREATE = "create"
    MOVED = "moved"
    EDITED = "edited-on-prom"
    FIRST = "never-sent"
    REMOVE = "take-out"
    DELETE = "delete"
    IN_GRACE = "in-grace"
    HELD = "held"
    OUT = "out"
    GONE = "gone"
    FOREIGN = "foreign"
    STAYS = "stays"
    LEFT_ALONE = "left-alone"
    KEPT = "kept"
    IN_STEP = "in-step"


def judge(known: ProductSnapshot, settings: SyncObject) -> Verdict:
    """Return what a plan decides about a good, a foreign product included."""
    if _is_foreign(known) and known.existing and settings.removal.foreign == "delete":
        return Verdict(remove_foreign(known.existing))
    return decide(known, settings)


def _is_foreign(known: ProductSnapshot) -> bool:
    """Return whether Prom shows a product that is neither in the export nor was ever sent by torgsync."""
    return known.on_prom is not None and known.row_status is RowStatus.GONE and known.sent is None


def good_status(
    known: ProductSnapshot, verdict: Verdict, *, held: bool, errors: bool = False
) -> GoodStatus | SkipReason:
    """Return the status of a good by the verdict on it.

    `held` is set where a guard stops something, `errors` where not all of its row can be sent.
    """
    change = verdict.change
    if change is None:
        return verdict.skip or _unchanged(known, verdict, errors=errors)
    if held:
        return GoodStatus.HELD
    if change.verb is Verb.REMOVE:
        return GoodStatus.DELETE if change.reason == Leaving.GRACE_OVER else GoodStatus.REMOVE
    if change.verb is Verb.CREATE:
        return GoodStatus.CREATE
    if any(field.edited for field in change.fields.values()):
        return GoodStatus.EDITED
    sent = known.sent.values if known.sent else {}
    return GoodStatus.MOVED if any(name in sent for name in change.fields) else GoodStatus.FIRST


def _unchanged(known: ProductSnapshot, verdict: Verdict, *, errors: bool) -> GoodStatus | SkipReason:
    if known.row_status is RowStatus.BLOCKED:
        return SkipReason.BLOCKED
    if known.row_status is not RowStatus.IN:
        if _is_foreign(known):
            return GoodStatus.FOREIGN
        if verdict.grace:
            return GoodStatus.IN_GRACE
        if known.on_prom is not None:
            return GoodStatus.STAYS
        return GoodStatus.GONE if known.row_status is RowStatus.GONE else GoodStatus.OUT
    if verdict.left_alone:
        return GoodStatus.LEFT_ALONE
    return GoodStatus.KEPT if errors or known.stuck else GoodStatus.IN_STEP
