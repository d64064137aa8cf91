"""The guards of a plan as a whole: removals, emptied stocks, lost photos, and an export that shrank.

Source: docs/developers/architecture.md §5.6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median

from torgsync.core.config.settings import Limits, SyncObject
from torgsync.core.mapping.select import SkipReason
from torgsync.core.plan.diff import Change, Leaving, Verb
from torgsync.core.plan.guards import Cause, ExportSize, Guard, GuardViolation, ProductShare
from torgsync.core.reason import Reason

STOCK_FIELDS = ("quantity", "presence")
PHOTO_FIELDS = ("photos",)


def removals_violation(
    *, removals: int, products: int, limits: Limits, cause: Reason[Cause], stay: int = 0
) -> GuardViolation | None:
    """Return why the removals of a plan are held, None where they may go.

    Args:
        removals: Removals and hides together.
        products: The products in the shop that torgsync manages.
        limits: The share of products that may be removed.
        cause: Made by `removals_cause`.
        stay: Goods that the export still offers; where none are left, no limit lets removals through.
    """
    if not removals:
        return None
    everything = removals >= products and not stay
    if not everything and removals <= limits.removals * products:
        return None
    share = ProductShare(removals, products, None if everything else limits.removals)
    return GuardViolation(Guard.REMOVALS, share, cause, count=removals)


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
    centers = settings.accounting_centers.model_dump(mode="json")
    photos = settings.catalog.photos.folder if settings.catalog.photos else None
    return {
        "product_group": settings.product_group,
        **centers,
        "path": settings.catalog.path,
        "photos": photos,
        "foreign": settings.removal.foreign,
    }


def removals_cause(
    sources: Mapping[str, int], now: Mapping[str, object], before: Mapping[str, object]
) -> Reason[Cause]:
    """Return where removals come from, the largest part first.

    Args:
        sources: The number of removals, keyed by reason.
        now: The `selection` of this plan.
        before: That of the last run whose removals nothing held; empty where there was none.
    """
    parts = []
    for reason, count in sorted(sources.items(), key=lambda item: (-item[1], item[0])):
        changed = [
            setting
            for setting in _SELECTED_BY.get(reason, ())
            if before and now.get(setting) != before.get(setting)
        ]
        parts.append([str(reason), str(count), *changed])
    return Reason(Cause.REMOVALS, {"sources": parts})


def stock_out_violation(
    *, emptied: int, in_stock: int, limits: Limits, new_centers: bool = False
) -> GuardViolation | None:
    """Return why stock changes to zero are held: `emptied` of `in_stock` products would sell out.

    `new_centers` is set where other accounting centers count than in the last run.
    """
    if not emptied or emptied <= limits.stock_out * in_stock:
        return None
    cause = Cause.NEW_CENTERS if new_centers else Cause.CENTERS
    share = ProductShare(emptied, in_stock, limits.stock_out)
    return GuardViolation(Guard.STOCK_OUT, share, Reason(cause), count=emptied)


def photos_violation(*, bared: int, pictured: int, limits: Limits) -> GuardViolation | None:
    """Return why losses of photos are held: `bared` of `pictured` products would have none any more."""
    if not bared or bared <= limits.photos * pictured:
        return None
    share = ProductShare(bared, pictured, limits.photos)
    return GuardViolation(Guard.PHOTOS, share, Reason(Cause.PHOTO_FOLDER), count=bared)


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
    return presence is not None and presence.old == "available" and presence.new == "not_available"
