"""What becomes of a good and why, in words: its status, its filters, prices and variants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from torgsync.cli.messages.findings import price_step, variant_fault
from torgsync.core.counts import photo_count
from torgsync.core.findings import Finding
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.orders.stored import Holding
from torgsync.core.plan.causes import ChangeCause
from torgsync.core.plan.decide import GoodStatus
from torgsync.core.plan.why import Filter, PriceResult, PriceTrace
from torgsync.core.product.cells import plain
from torgsync.core.product.variants import Alone
from torgsync.core.reason import Reason
from torgsync.i18n import Message, _, composed, joined, verbatim

_STATUS: dict[str, Message] = {
    GoodStatus.CREATE: _("it will be created on Prom.ua"),
    GoodStatus.MOVED: _("it has changed since it was sent; it will be updated on Prom.ua"),
    GoodStatus.EDITED: _("it was edited on Prom.ua; it will be changed back to what the export says"),
    GoodStatus.FIRST: _(
        "Prom.ua does not show what the export says, and it was never sent by torgsync; it will be updated"
    ),
    GoodStatus.REMOVE: _("Prom.ua still offers it, but it is no longer to be sold; it will be taken down"),
    GoodStatus.DELETE: _(
        "it left the export and was hidden for the whole of `delete_after`; now its product will be deleted "
        "for good"
    ),
    GoodStatus.IN_GRACE: _(
        "it left the export and is hidden on Prom.ua; if it comes back, it is shown again, if not, it is "
        "deleted later"
    ),
    GoodStatus.HELD: _("a guard holds a change of it until a person allows it"),
    SkipReason.REFUSED_BEFORE: _("Prom.ua refused it as it is now; it is tried again when the item changes"),
    SkipReason.DELETED_BEFORE: _(
        "a run deleted its product, and Prom.ua refused the same id; it is not tried again by itself"
    ),
    SkipReason.MODERATED: _("Prom.ua's moderators deleted it; it is left alone"),
    SkipReason.NO_PRICE: _("it is new and has no price that can be read, so it cannot be created"),
    SkipReason.NO_NAME: _("it is new and has no name, so it cannot be created"),
    SkipReason.NO_STOCK: _("it is new and has no stock that can be read, and only items in stock are sent"),
    SkipReason.DISPLAY_UNKNOWN: _("it is new, and its `Display` is neither yes nor no, so it is not created"),
    SkipReason.AMBIGUOUS: _(
        "several products on Prom.ua may be this item; it waits until a person decides which"
    ),
    SkipReason.ID_TAKEN: _(
        "on Prom.ua the product of another item has this id as its external id, so it cannot be created"
    ),
    SkipReason.NO_EXTERNAL_ID: _(
        "Prom.ua has it without an external id: price, stock and status are sent, the rest waits"
    ),
    SkipReason.IN_IMPORT: _(
        "it is in an import that was sent and has not ended yet; what is in the import is not sent twice"
    ),
    SkipReason.BLOCKED: _("several rows of the export have its id; nothing of it is sent until one is left"),
    GoodStatus.OUT: _("a filter keeps it out; nothing of it is sent to Prom.ua"),
    GoodStatus.GONE: _("it is not in the export any more, and there is nothing to take down on Prom.ua"),
    GoodStatus.FOREIGN: _(
        "it is on Prom.ua, but not in the export, and was never sent by torgsync; it is left alone"
    ),
    GoodStatus.STAYS: _("it is no longer to be sold, and on Prom.ua it is as `[removal]` leaves it"),
    GoodStatus.LEFT_ALONE: _("only fields that belong to Prom.ua's side differ; they are left alone"),
    GoodStatus.KEPT: _(
        "what can be read of it is on Prom.ua, the rest stays there as it is; the findings say why"
    ),
    GoodStatus.IN_STEP: _("Prom.ua shows what the export says; there is nothing to do"),
}


_CAUSES = {
    ChangeCause.EDITED: _("edited on Prom.ua"),
    ChangeCause.NEVER_SENT: _("never sent"),
    ChangeCause.RELEASED: _("an order that held pieces no longer does"),
    ChangeCause.TAKEN_DOWN: _("an earlier run took it down, and it is to be sold again"),
    ChangeCause.PHOTOS: _("the photos changed"),
    ChangeCause.EXPORT: _("the export changed"),
    ChangeCause.SETTINGS: _("the settings changed"),
    ChangeCause.EITHER: _("the export or the settings changed"),
}
_SOLD = _("it was sold on Prom.ua")


def status_message(
    status: GoodStatus | SkipReason, causes: Iterable[ChangeCause] = (), *, sold: bool = False
) -> Message:
    """Return what becomes of a good, or why nothing does.

    `causes` are those of its change, and it was `sold` where orders hold pieces that the export still has.
    """
    known = dict.fromkeys(causes)
    moved = [_CAUSES.get(cause, _SOLD) for cause in known if cause is not ChangeCause.NEVER_SENT]
    if status is GoodStatus.MOVED and moved:
        return _("{causes}; it will be updated on Prom.ua", causes=joined("; ", moved))
    if status is GoodStatus.IN_STEP and sold:
        return _("Prom.ua shows what the export says, less what was sold there; there is nothing to do")
    return _STATUS[status]


def cause_message(cause: ChangeCause, sold: Iterable[Holding]) -> Message:
    """Return who moved a field; `sold` are the pieces that orders hold."""
    if cause is not ChangeCause.SOLD:
        return _CAUSES[cause]
    orders = [
        _("{pieces} in order `{order}`", pieces=plain(one.quantity), order=one.order_id) for one in sold
    ]
    return _("sold on Prom.ua: {orders}", orders=joined(", ", orders))


UNSENT = _("`PCName` and `Country` have the same word, which may be a brand or a country")
"""Why these two columns are not sent."""
_ALONE = {
    Alone.NO_COLUMN: _("no column is mapped to `variant_group`, the model of an item"),
    Alone.NO_MODEL: _("`{column}` names no model"),
    Alone.OUT: _("it stays out of the shop"),
    Alone.NO_COMPANION: _("no other item of its model can go with it"),
    Alone.ONLY_GOOD: _("the export has no other item of this model"),
    Alone.CREATED_ALONE: _(
        "it was created on Prom.ua by itself, and Prom.ua joins products only when they are created"
    ),
    Alone.CREATED_IN_GROUP: _(
        "it was created on Prom.ua in the group {group}, and Prom.ua joins products only when they are "
        "created"
    ),
}
_PRICES = {
    PriceResult.PRICE: composed("{price}"),
    PriceResult.DISCOUNT: _("lower than the price: a discount of {discount}"),
    PriceResult.NO_DISCOUNT: _("not lower than the price: no discount"),
    PriceResult.NO_WHOLESALE: _("no wholesale price"),
    PriceResult.UNUSABLE: _("cannot be used, and is not sent"),
}


def alone_message(reason: Reason[Alone] | Finding) -> Message:
    """Return why a good is a product of its own."""
    if isinstance(reason, Finding):
        return variant_fault(reason)
    return _ALONE[reason.code].filled(**reason.args)


def price_message(price: PriceTrace) -> Message:
    """Return how a price was made: its cell, the rules that changed it, and the result."""
    return composed(
        "`{column}` {cell} -> {steps}",
        column=price.column,
        cell=price.cell or _("empty"),
        steps=joined("; ", [*(price_step(*step) for step in price.steps), _result(price.result)]),
    )


def _result(result: Reason[PriceResult]) -> Message:
    if result.code is not PriceResult.WHOLESALE:
        return _PRICES[result.code].filled(**result.args)
    steps: Sequence[Sequence[str]] = result.args["steps"]  # type: ignore[assignment]  # pairs of texts
    return joined(
        ", ",
        [_("{price} from {quantity} pieces", price=price, quantity=quantity) for price, quantity in steps],
    )


def filter_message(item: Filter) -> Message:
    """Return what a filter looked at."""
    return _FILTERS[item.reason](**item.args)


def _group(path: Sequence[str], group: str) -> Message:
    place = _("in {path}", path=" > ".join(path)) if path else _("in no group")
    if group:
        return _("{place}; only `{group}` is sent", place=place, group=group)
    return _("{place}; every group is sent", place=place)


def _display(display: str, *, respected: bool, known: bool = True) -> Message:
    shown = _("`Display` is {value}", value=display) if display else _("`Display` is empty")
    if not respected:
        return _("{shown}; `respect_display` is off", shown=shown)
    if known:
        return shown
    if display:
        return _("{shown}, which is neither yes nor no: it stays as it was", shown=shown)
    return _("{shown}: it stays as it was", shown=shown)


def _stock(
    column: str,
    *,
    only_in_stock: bool,
    cell: str | None = None,
    quantity: str = "",
    used: Sequence[str] | None = None,
    counts: Sequence[Sequence[str]] | None = None,
    left: str = "",
) -> Message:
    if cell is None:
        stock = _("the export has no column `{column}`", column=column)
    elif quantity:
        shown = cell or _("empty")
        stock = _("{quantity} by `{column}` ({cell})", quantity=quantity, column=column, cell=shown)
    elif cell:
        stock = _("`{column}` cannot be read: {cell}", column=column, cell=cell)
    else:
        stock = _("`{column}` is empty", column=column)
    parts = [stock]
    if quantity and used is not None:
        parts.append(_("centers counted: {centers}", centers=used))
    if quantity and counts is not None:
        parts.append(counts_message(counts, left))
    parts.append(_("`only_in_stock` is on") if only_in_stock else _("`only_in_stock` is off"))
    return joined("; ", parts)


def counts_message(counts: Sequence[Sequence[str]], left: str) -> Message:
    """Return how centers were counted: `2: 4 less 1 kept, 8: 2 less 1 kept = 4`."""
    parts = [
        (center, verbatim(stock) if kept == "0" else _("{stock} less {kept} kept", stock=stock, kept=kept))
        for center, stock, kept in counts
    ]
    if len(parts) == 1 and not parts[0][0]:  # all centers as one
        return parts[0][1]
    named = joined(
        ", ", [composed("{center}: {words}", center=center, words=words) for center, words in parts]
    )
    return composed("{centers} = {left}", centers=named, left=left)


def _photos(*, only_with_photos: bool, photos: int | None = None, folder: bool = False) -> Message:
    if photos is not None:
        found = photo_count(photos)
    else:
        found = _("the photo folder is empty") if folder else _("there is no photo folder")
    setting = _("`only_with_photos` is on") if only_with_photos else _("`only_with_photos` is off")
    return joined("; ", [found, setting])


_FILTERS: dict[SkipReason, Callable[..., Message]] = {
    SkipReason.OTHER_GROUP: _group,
    SkipReason.NOT_DISPLAYED: _display,
    SkipReason.OUT_OF_STOCK: _stock,
    SkipReason.NO_PHOTOS: _photos,
}
