"""Why a good is where it is: which filters let it pass, how its price was made, what becomes of it.

Source: docs/developers/architecture.md §5; the decisions themselves stand in `select`, `products`, `plan` and
`guards`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Finding
from torgsync.core.mapping.pricing import PriceStep
from torgsync.core.mapping.row import Mapped
from torgsync.core.mapping.select import SkipReason, displayed, group_column, in_product_group
from torgsync.core.mapping.stock import Stock, sold_out
from torgsync.core.plan.decide import ProductSnapshot, RowStatus, Verdict, decide, remove_foreign
from torgsync.core.plan.diff import Verb
from torgsync.core.product.cells import number
from torgsync.core.product.columns import CENTERS_COLUMN, DISPLAY_COLUMN
from torgsync.core.product.fields import Characteristic, Discount, Value, WholesaleStep
from torgsync.core.product.groups import group_path
from torgsync.core.product.variants import Arranged, Member, arrange
from torgsync.core.reason import Arg, Args, Reason


class Fate(StrEnum):
    """What becomes of one good."""

    CREATE = "create"
    MOVED = "moved"
    EDITED = "edited-on-prom"
    FIRST = "never-sent"
    TAKE_OUT = "take-out"
    HELD = "held"
    REFUSED_BEFORE = "refused-before"
    MODERATED = "deleted-by-moderator"
    NO_PRICE = "no-price"
    NO_NAME = "no-name"
    NO_STOCK = "no-stock"
    AMBIGUOUS = "ambiguous"
    ID_TAKEN = "id-taken"
    NO_EXTERNAL_ID = "no-external-id"
    BLOCKED = "blocked"
    OUT = "out"
    GONE = "gone"
    FOREIGN = "foreign"
    STAYS = "stays"
    LEFT_ALONE = "left-alone"
    KEPT = "kept"
    IN_STEP = "in-step"


WORDS: dict[Fate, str] = {
    Fate.CREATE: "it is new on Prom.ua and will be created",
    Fate.MOVED: "the export changed since it was sent; Prom.ua will be brought up to date",
    Fate.EDITED: "somebody edited it on Prom.ua; it will be set back to what the export says",
    Fate.FIRST: "Prom.ua shows something else than the export, and we never sent it; it will be updated",
    Fate.TAKE_OUT: "it leaves the shop: Prom.ua still shows it, and the export offers it no more",
    Fate.HELD: "a guard holds a change of it until a person allows it",
    Fate.REFUSED_BEFORE: "Prom.ua refused it as it is now; it is tried again when the good changes",
    Fate.MODERATED: "Prom.ua's moderators deleted it; it is left alone",
    Fate.NO_PRICE: "it is new and has no price that can be read, so it cannot be created",
    Fate.NO_NAME: "it is new and has no name, so it cannot be created",
    Fate.NO_STOCK: "it is new and has no stock that can be read, and only goods in stock go",
    Fate.AMBIGUOUS: "several products on Prom.ua may be it; it waits until somebody decides which",
    Fate.ID_TAKEN: "another good's product has its id as external id on Prom.ua, so it cannot be created",
    Fate.NO_EXTERNAL_ID: "Prom.ua has it without an external id: price, stock and status go, the rest waits",
    Fate.BLOCKED: "its row has an error; it stays on Prom.ua as it is",
    Fate.OUT: "a filter keeps it out, and Prom.ua does not show it",
    Fate.GONE: "the export does not have it any more, and there is nothing of it to take out of Prom.ua",
    Fate.FOREIGN: "it is on Prom.ua, but neither in the export nor ever sent by us; it is left alone",
    Fate.STAYS: "the export offers it no more, and Prom.ua has it as `[removal]` wants it",
    Fate.LEFT_ALONE: "what differs belongs to Prom.ua's side and is left alone",
    Fate.KEPT: "what can be read of it is on Prom.ua, the rest stays there as it is; the findings tell why",
    Fate.IN_STEP: "Prom.ua shows what the export says; there is nothing to do",
}

_ASIDES = {
    SkipReason.REFUSED_BEFORE: Fate.REFUSED_BEFORE,
    SkipReason.MODERATED: Fate.MODERATED,
    SkipReason.NO_PRICE: Fate.NO_PRICE,
    SkipReason.NO_NAME: Fate.NO_NAME,
    SkipReason.NO_STOCK: Fate.NO_STOCK,
    SkipReason.AMBIGUOUS: Fate.AMBIGUOUS,
    SkipReason.ID_TAKEN: Fate.ID_TAKEN,
    SkipReason.NO_EXTERNAL_ID: Fate.NO_EXTERNAL_ID,
}


def judge(known: ProductSnapshot, settings: SyncObject) -> Verdict:
    """Return what a plan decides about a good, a foreign product included."""
    if _is_foreign(known) and known.existing and settings.removal.foreign == "delete":
        return Verdict(remove_foreign(known.existing))
    return decide(known, settings)


def _is_foreign(known: ProductSnapshot) -> bool:
    """Tell whether Prom shows a product that is neither in the export nor ever sent by us."""
    shown = known.existing is not None and not known.existing.removed
    return shown and known.row_status is RowStatus.GONE and known.sent is None


def fate(known: ProductSnapshot, verdict: Verdict, *, held: bool, errors: bool = False) -> Fate:
    """Return what becomes of a good by the verdict on it.

    `held` tells that a guard stops something, `errors` that not all of its row can be sent.
    """
    change = verdict.change
    if change is not None:
        if held:
            return Fate.HELD
        if change.verb is Verb.REMOVE:
            return Fate.TAKE_OUT
        if change.verb is Verb.CREATE:
            return Fate.CREATE
        if any(field.edited for field in change.fields.values()):
            return Fate.EDITED
        sent = known.sent.values if known.sent else {}
        return Fate.MOVED if any(name in sent for name in change.fields) else Fate.FIRST
    return _ASIDES[verdict.aside] if verdict.aside else _unchanged(known, verdict, errors=errors)


def _unchanged(known: ProductSnapshot, verdict: Verdict, *, errors: bool) -> Fate:
    """Return why nothing is done with a good."""
    if known.row_status is RowStatus.BLOCKED:
        return Fate.BLOCKED
    if known.row_status is not RowStatus.IN:
        if _is_foreign(known):
            return Fate.FOREIGN
        if known.existing is not None and not known.existing.removed:
            return Fate.STAYS
        return Fate.GONE if known.row_status is RowStatus.GONE else Fate.OUT
    if verdict.left_alone:
        return Fate.LEFT_ALONE
    return Fate.KEPT if errors or known.stuck else Fate.IN_STEP


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: whether it lets a good pass, and what it looked at (`cli/messages/why.py`)."""

    reason: SkipReason
    passes: bool
    args: Args


def filters(
    settings: SyncObject, cells: Mapping[str, str], stock: Stock, photos: int | None
) -> tuple[Filter, ...]:
    """Return what each filter decides about a row, in the order in which they are asked.

    `photos` counts the good's photos, None where there is no folder of photos.
    """
    centers = settings.accounting_centers
    path = group_path(cells, group_column(settings), settings.catalog.blank)
    images: Args = {"folder": bool(settings.catalog.photos)} if photos is None else {"photos": photos}
    return (
        Filter(
            SkipReason.OTHER_GROUP,
            in_product_group(settings, cells),
            {"path": [section.name for section in path], "group": settings.product_group or ""},
        ),
        Filter(
            SkipReason.NOT_DISPLAYED,
            not (centers.respect_display and displayed(cells) is False),
            {"display": cells.get(DISPLAY_COLUMN, "").strip(), "respected": centers.respect_display},
        ),
        Filter(
            SkipReason.OUT_OF_STOCK,
            not sold_out(settings, stock),
            {**_stock_args(settings, cells, stock), "only_in_stock": centers.only_in_stock},
        ),
        Filter(
            SkipReason.NO_PHOTOS,
            not centers.only_with_photos or bool(photos),
            {**images, "only_with_photos": centers.only_with_photos},
        ),
    )


def _stock_args(settings: SyncObject, cells: Mapping[str, str], stock: Stock) -> Args:
    """Return how many there are, and what was counted; without `cell` where the export has no such column."""
    if stock.column not in cells:
        return {"column": stock.column}
    args: dict[str, Arg] = {"column": stock.column, "cell": cells[stock.column].strip()}
    if stock.quantity is None:
        return args
    args["quantity"] = f"{stock.quantity.normalize():f}"
    if stock.column == CENTERS_COLUMN:
        args["used"] = list(settings.accounting_centers.use)
    if settings.accounting_centers.keep:
        args["counts"] = [[count.center, str(count.stock), str(count.kept)] for count in stock.counts]
        args["left"] = str(stock.left)
    return args


# The other goods of the model


@dataclass(frozen=True, slots=True)
class VariantSibling:
    """Another good of the same model, and how it differs: what it has otherwise, and what it lacks.

    `out` is why it stays out of the shop, empty where it goes; `alone` why it is a product of its own.
    """

    good_id: str
    title: str
    differs: tuple[Characteristic, ...]
    lacks: tuple[str, ...]
    out: str = ""
    alone: Finding | None = None


class Alone(StrEnum):
    """Why a good is a product of its own, where that is no fault of its characteristics."""

    NO_COLUMN = "no-column"
    NO_MODEL = "no-model"
    OUT = "out"
    NO_COMPANION = "no-companion"
    ONLY_GOOD = "only-good"
    CREATED_ALONE = "created-alone"
    CREATED_IN_GROUP = "created-in-group"


@dataclass(frozen=True, slots=True)
class Family:
    """The model of a good and the other goods of it, in the order of the file.

    `model` is its number or name, empty where the good has none. `group` is the number of the variant group
    on Prom, 0 where it has none yet. `alone` is why the good is a product of its own, None where it goes with
    its siblings.
    """

    model: str
    group: int
    alone: Reason[Alone] | Finding | None
    siblings: tuple[VariantSibling, ...] = ()


@dataclass(frozen=True, slots=True)
class Relative:
    """A good of one model as the export has it now; `out` is empty where it goes."""

    member: Member
    title: str
    out: str = ""


def no_family(settings: SyncObject) -> Family:
    """Return the family of a good without a model."""
    column = model_column(settings)
    if not column:
        return Family("", 0, Reason(Alone.NO_COLUMN))
    return Family("", 0, Reason(Alone.NO_MODEL, {"column": column}))


def model_column(settings: SyncObject) -> str:
    """Return the column that tells the model of a good, empty where none is led."""
    return next((mapping.column for mapping in settings.fields if mapping.to == "variant_group"), "")


def family(key: str, good_id: str, relatives: Sequence[Relative], group: int, made: int | None) -> Family:
    """Return the other goods of a model as one of them sees them, and whether they are its variants.

    `key` is what `model_key` made of a row; `relatives` are all goods of the model, that one included. `made`
    is the variant group in which Prom has the good, 0 for none, None where Prom has not got it.
    """
    going = [one.member for one in relatives if not one.out]
    arranged = arrange(going) if going else Arranged((), ())
    alone = {finding.good_id: finding for finding in arranged.findings}
    own = next(one for one in relatives if one.member.good_id == good_id)
    mine = set(own.member.characteristics)
    siblings = tuple(
        VariantSibling(
            one.member.good_id,
            one.title,
            tuple(item for item in one.member.characteristics if item not in mine),
            tuple(sorted(own.member.names - one.member.names)),
            one.out,
            alone.get(one.member.good_id),
        )
        for one in relatives
        if one is not own
    )
    reason: Reason[Alone] | Finding | None
    if own.out:
        reason = Reason(Alone.OUT)
    elif good_id in alone:
        reason = alone[good_id]
    elif len(arranged.variants) == 1:
        reason = Reason(Alone.NO_COMPANION if siblings else Alone.ONLY_GOOD)
    else:
        reason = _created_otherwise(group, made)
    return Family(key.partition(":")[2], group, reason, siblings)


def _created_otherwise(group: int, made: int | None) -> Reason[Alone] | None:
    """Return why a good that goes with its siblings is not with them on Prom, if so."""
    if made is None or made == group:
        return None
    return Reason(Alone.CREATED_IN_GROUP, {"group": made}) if made else Reason(Alone.CREATED_ALONE)


# One file per accounting center


@dataclass(frozen=True, slots=True)
class CenterStock:
    """What the file of one accounting center tells of a good.

    `quantity` is None where the file has not got the good, `cell` is then empty, or where it cannot be read.
    """

    center: str
    file: str
    cell: str
    quantity: Decimal | None
    counted: bool


def center_stocks(settings: SyncObject, cells: Mapping[str, str]) -> tuple[CenterStock, ...]:
    """Return the stock that each file of `[catalog.centers]` tells; nothing where there is one file for all.

    `cells` are those of all files together (`files/catalog/centers.py`).
    """
    used = settings.accounting_centers.use
    told = dict(item.split("=", 1) for item in cells.get(CENTERS_COLUMN, "").split("|") if "=" in item)
    return tuple(
        CenterStock(
            center,
            re.split(r"[\\/]", path)[-1],
            told.get(center, ""),
            _quantity(told.get(center, "")),
            counted=not used or center in used,
        )
        for center, path in settings.catalog.centers.items()
    )


def _quantity(cell: str) -> Decimal | None:
    try:
        return number(cell)
    except ValueError:
        return None


# Prices


class PriceResult(StrEnum):
    """What became of the cell of a price."""

    PRICE = "price"
    DISCOUNT = "discount"
    NO_DISCOUNT = "no-discount"
    WHOLESALE = "wholesale"
    NO_WHOLESALE = "no-wholesale"
    UNUSABLE = "unusable"  # what Prom has stays


class PriceTrace(NamedTuple):
    """The way of one price from its cell to the product."""

    column: str
    cell: str
    steps: tuple[PriceStep, ...]
    result: Reason[PriceResult]


def price_traces(settings: SyncObject, cells: Mapping[str, str], mapped: Mapped) -> tuple[PriceTrace, ...]:
    """Return how a product's prices were made, with the rules of `[prices]`."""
    columns = {mapping.to: mapping.column for mapping in settings.fields if mapping.column in cells}
    results = {"price": _price, "sale_price": _sale_price, "wholesale_price": _wholesale_price}
    return tuple(
        PriceTrace(
            columns[target],
            cells[columns[target]].strip(),
            mapped.priced[target].steps if target in mapped.priced else (),
            result(mapped.product.values),
        )
        for target, result in results.items()
        if target in columns
    )


def _price(values: Mapping[str, Value]) -> Reason[PriceResult]:
    if "price" not in values:
        return Reason(PriceResult.UNUSABLE)
    return Reason(PriceResult.PRICE, {"price": str(values["price"])})


def _sale_price(values: Mapping[str, Value]) -> Reason[PriceResult]:
    discount = values.get("discount")
    if isinstance(discount, Discount):
        return Reason(PriceResult.DISCOUNT, {"discount": str(discount.value)})
    return Reason(PriceResult.NO_DISCOUNT if "discount" in values else PriceResult.UNUSABLE)


def _wholesale_price(values: Mapping[str, Value]) -> Reason[PriceResult]:
    ladder = values.get("wholesale_prices")
    steps = [step for step in ladder if isinstance(step, WholesaleStep)] if isinstance(ladder, tuple) else []
    if steps:
        pairs = [[str(step.price), str(step.quantity)] for step in steps]
        return Reason(PriceResult.WHOLESALE, {"steps": pairs})
    return Reason(PriceResult.NO_WHOLESALE if "wholesale_prices" in values else PriceResult.UNUSABLE)
