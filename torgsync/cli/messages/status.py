"""What becomes of a good and why, in words: its status, its filters, prices and variants."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torgsync.cli.messages.findings import price_step, variant_fault
from torgsync.core.findings import Finding
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.decide import GoodStatus
from torgsync.core.plan.why import Filter, PriceResult, PriceTrace
from torgsync.core.product.variants import Alone
from torgsync.core.reason import Reason
from torgsync.core.text import counted

_STATUS: dict[str, str] = {
    GoodStatus.CREATE: "it is new on Prom.ua and will be created",
    GoodStatus.MOVED: "the export changed since it was sent; Prom.ua will be brought up to date",
    GoodStatus.EDITED: "somebody edited it on Prom.ua; it will be set back to what the export says",
    GoodStatus.FIRST: "Prom.ua shows something else than the export, and we never sent it; "
    "it will be updated",
    GoodStatus.REMOVE: "it leaves the shop: Prom.ua still shows it, and the export offers it no more",
    GoodStatus.DELETE: "it left the export and was hidden for the whole of `delete_after`; "
    "now its product will be deleted for good",
    GoodStatus.IN_GRACE: "it left the export and is hidden on Prom.ua; "
    "it is shown again when it comes back, and deleted later if it does not",
    GoodStatus.HELD: "a guard holds a change of it until a person allows it",
    SkipReason.REFUSED_BEFORE: "Prom.ua refused it as it is now; it is tried again when the good changes",
    SkipReason.DELETED_BEFORE: "a run deleted its product, and Prom.ua refused the same id; "
    "it is not tried again by itself",
    SkipReason.MODERATED: "Prom.ua's moderators deleted it; it is left alone",
    SkipReason.NO_PRICE: "it is new and has no price that can be read, so it cannot be created",
    SkipReason.NO_NAME: "it is new and has no name, so it cannot be created",
    SkipReason.NO_STOCK: "it is new and has no stock that can be read, and only goods in stock go",
    SkipReason.DISPLAY_UNKNOWN: "it is new, and its `Display` is neither yes nor no, so it is not created",
    SkipReason.AMBIGUOUS: "several products on Prom.ua may be it; it waits until somebody decides which",
    SkipReason.ID_TAKEN: "another good's product has its id as external id on Prom.ua, "
    "so it cannot be created",
    SkipReason.NO_EXTERNAL_ID: "Prom.ua has it without an external id: price, stock and status go, "
    "the rest waits",
    SkipReason.IN_IMPORT: "it is in an import that was sent and has not ended yet; "
    "what that carries is not sent a second time",
    SkipReason.BLOCKED: "its row has an error; it stays on Prom.ua as it is",
    GoodStatus.OUT: "a filter keeps it out, and Prom.ua does not show it",
    GoodStatus.GONE: "the export does not have it any more, "
    "and there is nothing of it to take out of Prom.ua",
    GoodStatus.FOREIGN: "it is on Prom.ua, but neither in the export nor ever sent by us; it is left alone",
    GoodStatus.STAYS: "the export offers it no more, and Prom.ua has it as `[removal]` wants it",
    GoodStatus.LEFT_ALONE: "what differs belongs to Prom.ua's side and is left alone",
    GoodStatus.KEPT: "what can be read of it is on Prom.ua, the rest stays there as it is; "
    "the findings tell why",
    GoodStatus.IN_STEP: "Prom.ua shows what the export says; there is nothing to do",
}


def status_message(status: GoodStatus | SkipReason) -> str:
    """Return what becomes of a good, or why nothing does."""
    return _STATUS[status]


UNSENT = "`PCName` and `Country` hold the same word, which may be a brand or a country"
"""Why these two columns are not sent."""
_ALONE = {
    Alone.NO_COLUMN: "no column is led to `variant_group`, which tells the model of a good",
    Alone.NO_MODEL: "`{column}` names no model",
    Alone.OUT: "it stays out of the shop",
    Alone.NO_COMPANION: "no other good of its model can go with it",
    Alone.ONLY_GOOD: "the export has no other good of it",
    Alone.CREATED_ALONE: (
        "it was made on Prom.ua by itself, and Prom.ua joins products only when they are made"
    ),
    Alone.CREATED_IN_GROUP: (
        "it was made on Prom.ua in the group {group}, and Prom.ua joins products only when they are made"
    ),
}
_PRICES = {
    PriceResult.PRICE: "{price}",
    PriceResult.DISCOUNT: "lower than the price: a discount of {discount}",
    PriceResult.NO_DISCOUNT: "not lower than the price: no discount",
    PriceResult.NO_WHOLESALE: "no wholesale price",
    PriceResult.UNUSABLE: "cannot be used; what Prom.ua has stays",
}


def alone_message(reason: Reason[Alone] | Finding) -> str:
    """Return why a good is a product of its own."""
    if isinstance(reason, Finding):
        return variant_fault(reason)
    return _ALONE[reason.code].format_map(reason.args)


def price_message(price: PriceTrace) -> str:
    """Return how a price was made: its cell, the rules that changed it, and the result."""
    steps = "".join(f"{price_step(*step)}; " for step in price.steps)
    return f"`{price.column}` {price.cell or 'empty'} -> {steps}{_result(price.result)}"


def _result(result: Reason[PriceResult]) -> str:
    if result.code is PriceResult.WHOLESALE:
        return ", ".join(f"{price} from {quantity} pieces" for price, quantity in result.args["steps"])  # type: ignore[union-attr]
    return _PRICES[result.code].format_map(result.args)


def filter_message(item: Filter) -> str:
    """Return what a filter looked at."""
    return _FILTERS[item.reason](**item.args)


def _group(path: Sequence[str], group: str) -> str:
    place = f"in {' > '.join(path)}" if path else "in no group"
    return f"{place}; {f'only `{group}` goes' if group else 'every group goes'}"


def _display(display: str, *, respected: bool, known: bool = True) -> str:
    shown = f"`Display` is {display}" if display else "`Display` says nothing"
    unknown = "" if known else f"{', which is neither yes nor no' if display else ''}: it stays as it was"
    return f"{shown}{unknown}" if respected else f"{shown}; respect_display is off"


def _stock(
    column: str,
    *,
    only_in_stock: bool,
    cell: str | None = None,
    quantity: str = "",
    used: Sequence[str] | None = None,
    counts: Sequence[Sequence[str]] | None = None,
    left: str = "",
) -> str:
    if cell is None:
        words = f"the export has no column `{column}`"
    elif not quantity:
        words = f"`{column}` cannot be read: {cell}" if cell else f"`{column}` is empty"
    else:
        centers = "" if used is None else f", centers {', '.join(used)} counted"
        kept = "" if counts is None else f"; {counts_message(counts, left)}"
        words = f"{quantity} by `{column}` ({cell or 'empty'}){centers}{kept}"
    return f"{words}; only_in_stock is {_on(only_in_stock)}"


def counts_message(counts: Sequence[Sequence[str]], left: str) -> str:
    """Return how centers were counted: `2: 4 less 1 kept, 8: 2 less 1 kept = 4`."""
    parts = [
        (center, stock if kept == "0" else f"{stock} less {kept} kept") for center, stock, kept in counts
    ]
    if len(parts) == 1 and not parts[0][0]:  # all centers as one
        return parts[0][1]
    return f"{', '.join(f'{center}: {words}' for center, words in parts)} = {left}"


def _photos(*, only_with_photos: bool, photos: int | None = None, folder: bool = False) -> str:
    nowhere = "the folder of photos is empty" if folder else "there is no folder of photos"
    images = nowhere if photos is None else counted(photos, "photo")
    return f"{images}; only_with_photos is {_on(only_with_photos)}"


def _on(setting: bool) -> str:  # it is all there is
    return "on" if setting else "off"


_FILTERS: dict[SkipReason, Callable[..., str]] = {
    SkipReason.OTHER_GROUP: _group,
    SkipReason.NOT_DISPLAYED: _display,
    SkipReason.OUT_OF_STOCK: _stock,
    SkipReason.NO_PHOTOS: _photos,
}
