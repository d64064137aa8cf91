"""The guards of a plan: suspicious prices, removals, emptied stocks, lost photos, a shrunken export.

Source: docs/developers/architecture.md §5.6.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import median

from torgsync.core.config.limits import Prices
from torgsync.core.config.settings import Limits, SyncObject
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.diff import Change, Leaving, Verb, buyer_price
from torgsync.core.plan.guards import Cause, ExportSize, Guard, GuardViolation, PriceMove, ProductShare
from torgsync.core.product.fields import RETAIL_FIELDS, Value
from torgsync.core.product.presence import Presence
from torgsync.core.reason import Reason

_FACTORS = (10, 100, 1000)
_NEAR = Decimal("0.01")
_FARTHEST = Decimal("0.3")
"""The share by which a jump may miss a power of ten, whatever the rules for prices are."""
NO_RULES = Prices()
_LEAST_SLIP = 9
"""No jump below this ratio is near a factor or a rate."""
_CURRENCY_RATES = ((Decimal(35), Decimal(46), "USD"), (Decimal(46), Decimal(60), "EUR"))
"""From and up to how many hryvnias a unit of the currency may cost."""


def price_violation(
    good_id: str,
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    limits: Limits,
    quantity: int | None = None,
    prices: Prices = NO_RULES,
) -> GuardViolation | None:
    """Return why a product's new price is held, None where it may go.

    What a buyer pays is compared, discount included: `old` are the values on Prom, `new` those that would be
    sent. Without an old price, only 0 or less is suspicious. `quantity` is the stock in the export.
    `prices` are the rules that made the new price of that in the export: causes are found within their reach.
    """
    before, after = buyer_price(old), buyer_price({**old, **new})
    if after is None or before == after:
        return None
    if after <= 0:
        cause = Cause.EQUALS_QUANTITY if after == quantity else Cause.EMPTY_PRICE
        return GuardViolation(Guard.PRICE, PriceMove(None, after), Reason(cause), good_id)
    if before is None or before <= 0:
        return None
    move = PriceMove(
        before,
        after,
        -limits.price_drop,
        limits.price_rise,
        discounted=(before, after) != (old.get("price"), new.get("price", old.get("price"))),
    )
    slip = _slip(before, after, _NEAR)
    if move.lowest <= move.share <= move.highest and not slip:
        return None
    if after == quantity:
        slip = Reason(Cause.EQUALS_QUANTITY)
    slip = slip or _slip(before, after, _reach(prices, min(before, after)))
    return GuardViolation(Guard.PRICE, move, slip or Reason(Cause.MISTYPED_PRICE), good_id)


def change_price_violation(
    change: Change, old: Mapping[str, Value], settings: SyncObject, quantity: int | None = None
) -> GuardViolation | None:
    """Return why the price of a change is held, None where it may go; `old` are the values on Prom.

    Where the export's own move, from what was last sent, passes, the cause is what a person edited on Prom.
    """
    limits, prices = settings.limits, settings.prices
    held = price_violation(change.good_id, old, change.new, limits, quantity, prices)
    sent = {
        name: change.fields[name].sent
        for name in RETAIL_FIELDS
        if name in change.fields and change.fields[name].edited
    }
    if held and sent and price_violation(change.good_id, {**old, **sent}, change.new, limits) is None:
        return replace(held, cause=Reason(Cause.EDITED_PRICE))
    return held


def zero_price_violation(good_id: str) -> GuardViolation:
    """Return the violation of a good on Prom whose price in the export is 0 or less: nothing allows that."""
    return GuardViolation(Guard.PRICE, PriceMove(None, None), Reason(Cause.ZERO_PRICE), good_id)


def _reach(prices: Prices, price: Decimal) -> Decimal:
    """Return by which share the rules of a shop may move a price, and with it a jump, at most."""
    return min(_NEAR + abs(prices.markup) + prices.round / price, _FARTHEST)


def _slip(before: Decimal, after: Decimal, near: Decimal) -> Reason[Cause] | None:
    """Return what a jump looks like: a slipped decimal point, another currency, or neither.

    `near` is by which share it may miss a power of ten.
    """
    high, low = max(before, after), min(before, after)
    ratio, lower = high / low, after < before
    if ratio * (1 + near) < _LEAST_SLIP:  # most
        return None
    for factor in _FACTORS:
        if abs(ratio / factor - 1) <= near:
            return Reason(Cause.DECIMAL_POINT, {"factor": factor, "lower": lower})
    for least, most, currency in _CURRENCY_RATES:
        if least <= ratio <= most:
            factor = int(f"{ratio:.0f}")
            return Reason(Cause.CURRENCY, {"factor": factor, "lower": lower, "currency": currency})
    return None


def hold_price(change: Change) -> tuple[Change, ...]:
    """Return a change with a suspicious price in two: the price is held, of a creation everything."""
    if change.verb is Verb.CREATE:
        return change.split(change.fields, Guard.PRICE)
    return change.split(RETAIL_FIELDS, Guard.PRICE)


STOCK_FIELDS = ("quantity", "presence")
PHOTO_FIELDS = ("photos",)
_HELD_FIELDS = {Guard.PRICE: RETAIL_FIELDS, Guard.STOCK_OUT: STOCK_FIELDS, Guard.PHOTOS: PHOTO_FIELDS}


def held_fields(change: Change, guard: str) -> tuple[str, ...]:
    """Return the fields of an update that a guard holds; of another change it holds all."""
    some = _HELD_FIELDS.get(Guard(guard)) if change.verb is Verb.UPDATE else None
    return tuple(name for name in change.fields if some is None or name in some)


def removals_violation(
    *, removals: int, products: int, limits: Limits, cause: Reason[Cause], stay: int = 0
) -> GuardViolation | None:
    """Return why the removals and hides of so many managed products are held, None where they may go.

    Where no goods `stay` that the export still offers, no limit lets removals through.
    """
    if not removals:
        return None
    share = _share_of(removals, products, limits.removals, stay)
    return GuardViolation(Guard.REMOVALS, share, cause, count=removals) if share else None


def deletions_violation(
    *, deletions: int, products: int, days: int, limits: Limits, stay: int = 0
) -> GuardViolation | None:
    """Return why deletions after a grace period of so many days are held, None where they may go."""
    if not deletions:
        return None
    share = _share_of(deletions, products, limits.deletions, stay)
    cause = Reason(Cause.GRACE_OVER, {"days": days})
    return GuardViolation(Guard.DELETIONS, share, cause, count=deletions) if share else None


def _share_of(count: int, products: int, limit: Decimal, stay: int) -> ProductShare | None:
    """Return the share of the products that would leave, None where it may."""
    everything = count >= products and not stay
    if not everything and count <= limit * products:
        return None
    return ProductShare(count, products, None if everything else limit)


_SELECTED_BY: dict[str, tuple[str, ...]] = {
    SkipReason.OTHER_GROUP: ("product_group",),
    SkipReason.NOT_DISPLAYED: ("respect_display",),
    SkipReason.OUT_OF_STOCK: ("only_in_stock", "use", "keep"),
    SkipReason.NO_PHOTOS: ("only_with_photos", "photos"),
    Leaving.GONE: ("path",),
    Leaving.FOREIGN: ("foreign",),
}
"""The keys of `selection` that may cause removals for a reason."""


def selection(settings: SyncObject) -> dict[str, object]:
    """Return the settings that select goods, as JSON holds them: a change of them causes removals."""
    catalog = settings.catalog
    return settings.accounting_centers.model_dump(mode="json") | {
        "product_group": settings.product_group,
        "path": catalog.path,
        "photos": catalog.photos.folder if catalog.photos else None,
        "foreign": settings.removal.foreign,
    }


def removals_cause(
    sources: Mapping[str, int], now: Mapping[str, object], before: Mapping[str, object]
) -> Reason[Cause]:
    """Return where removals come from, the largest part first; `sources` are their numbers keyed by reason.

    `now` is the `selection` of this plan, `before` that of the last run whose removals nothing held, empty
    where there was none.
    """
    changed = {setting for setting in now if before and now[setting] != before.get(setting)}
    parts = [
        [str(reason), str(count), *(key for key in _SELECTED_BY.get(reason, ()) if key in changed)]
        for reason, count in sorted(sources.items(), key=lambda item: (-item[1], item[0]))
    ]
    return Reason(Cause.REMOVALS, {"sources": parts})


def stock_out_violation(
    *, emptied: int, in_stock: int, limits: Limits, new_centers: bool = False
) -> GuardViolation | None:
    """Return why stock changes to zero are held: `emptied` of `in_stock` products would sell out.

    `new_centers` is set where other accounting centers count than in the last run.
    """
    cause = Cause.NEW_CENTERS if new_centers else Cause.CENTERS
    return _share_violation(Guard.STOCK_OUT, ProductShare(emptied, in_stock, limits.stock_out), cause)


def photos_violation(*, bared: int, pictured: int, limits: Limits) -> GuardViolation | None:
    """Return why losses of photos are held: `bared` of `pictured` products would have none any more."""
    return _share_violation(Guard.PHOTOS, ProductShare(bared, pictured, limits.photos), Cause.PHOTO_FOLDER)


def _share_violation(guard: Guard, share: ProductShare, cause: Cause) -> GuardViolation | None:
    if not share.count or share.count <= (share.limit or 0) * share.total:
        return None
    return GuardViolation(guard, share, Reason(cause), count=share.count)


def export_rows_violation(*, rows: int, earlier: Sequence[int], limits: Limits) -> GuardViolation | None:
    """Return why removals are held: the export shrank below a share of the median of the `earlier` runs."""
    if not earlier:
        return None
    usual = int(median(earlier))
    if rows >= limits.export_rows * usual:
        return None
    size = ExportSize(rows, usual, Decimal(limits.export_rows))
    return GuardViolation(Guard.EXPORT_ROWS, size, Reason(Cause.EXPORT_CUT), count=usual - rows)


def loses_photos(change: Change) -> bool:
    """Return whether an update takes all photos away from a product that had some."""
    photos = change.fields.get("photos")
    return change.verb is Verb.UPDATE and photos is not None and bool(photos.old) and not photos.new


def falls_to_zero(change: Change) -> bool:
    """Return whether an update empties the stock of a product that had some."""
    quantity, presence = change.fields.get("quantity"), change.fields.get("presence")
    if change.verb is not Verb.UPDATE:
        return False
    if quantity is not None and isinstance(quantity.old, int):
        return quantity.old > 0 and quantity.new == 0
    return presence is not None and presence.old == Presence.AVAILABLE != presence.new


# What is held where one guard holds something in many shops; a kind is that guard (`core/fleet/guard.py`)


KINDS = tuple(guard for guard in Guard if guard is not Guard.FLEET)

_FIELDS: Mapping[str, tuple[str, ...]] = {
    Guard.PRICE: (*RETAIL_FIELDS, "wholesale_prices"),
    Guard.STOCK_OUT: STOCK_FIELDS,
    Guard.PHOTOS: PHOTO_FIELDS,
}
"""The fields of updates that a kind holds."""
_REMOVALS = frozenset({Guard.REMOVALS, Guard.EXPORT_ROWS, Guard.IDENTITY})
"""The kinds that hold removals, and hiding."""
_DELETIONS = frozenset({Guard.DELETIONS, Guard.EXPORT_ROWS})
"""The kinds that hold deletions at the end of the grace period."""


def held_update_fields(kinds: Collection[str]) -> tuple[str, ...]:
    """Return the fields of updates that kinds hold, sorted."""
    return tuple(sorted({name for kind in kinds for name in _FIELDS.get(kind, ())}))


def holds_update(kind: str, change: Change) -> bool:
    """Return whether a kind holds some of an update."""
    return not change.fields.keys().isdisjoint(_FIELDS.get(kind, ()))


def holds_whole(kind: str, verb: Verb, reason: str) -> bool:
    """Return whether a kind holds creations, or removals for a reason.

    A new item has its values from the columns in question, or is an old one under another key.
    """
    if verb is Verb.CREATE:
        return kind != Guard.DELETIONS
    return kind in (_DELETIONS if reason == Leaving.GRACE_OVER else _REMOVALS)


def covers(kind: str, change: Change) -> bool:
    """Return whether a kind holds a change, or some of it."""
    if change.verb is Verb.UPDATE:
        return holds_update(kind, change)
    return holds_whole(kind, change.verb, change.reason)


def stops_removals(kinds: Collection[str]) -> bool:
    """Return whether one of these kinds holds removals."""
    return not _REMOVALS.isdisjoint(kinds)
