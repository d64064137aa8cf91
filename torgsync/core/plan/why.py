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
from torgsync.core.mapping.select import SkipReason, failing_filters, group_column
from torgsync.core.mapping.stock import Stock
from torgsync.core.product.cells import number
from torgsync.core.product.columns import CENTERS_COLUMN, DISPLAY_COLUMN
from torgsync.core.product.fields import Characteristic, Discount, Value, WholesaleStep
from torgsync.core.product.groups import group_path
from torgsync.core.product.variants import Arranged, Member, arrange
from torgsync.core.reason import Arg, Args, Reason


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
    failing = set(failing_filters(settings, cells, stock, has_photos=bool(photos)))
    path = group_path(cells, group_column(settings), settings.catalog.blank)
    images: Args = {"folder": bool(settings.catalog.photos)} if photos is None else {"photos": photos}
    return (
        Filter(
            SkipReason.OTHER_GROUP,
            SkipReason.OTHER_GROUP not in failing,
            {"path": [section.name for section in path], "group": settings.product_group or ""},
        ),
        Filter(
            SkipReason.NOT_DISPLAYED,
            SkipReason.NOT_DISPLAYED not in failing,
            {"display": cells.get(DISPLAY_COLUMN, "").strip(), "respected": centers.respect_display},
        ),
        Filter(
            SkipReason.OUT_OF_STOCK,
            SkipReason.OUT_OF_STOCK not in failing,
            {**_stock_args(settings, cells, stock), "only_in_stock": centers.only_in_stock},
        ),
        Filter(
            SkipReason.NO_PHOTOS,
            SkipReason.NO_PHOTOS not in failing,
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
        args["left"] = str(sum((count.left for count in stock.counts), Decimal(0)))
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
