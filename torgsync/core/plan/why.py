"""Explain a row: what each filter decided, what each center's file has, and how the prices were made.

Source: docs/developers/architecture.md §5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from torgsync.core.config.settings import SyncObject
from torgsync.core.mapping.pricing import PriceStep
from torgsync.core.mapping.row import ExportRow, Mapped
from torgsync.core.mapping.select import display_findings, failing_filters, group_column
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.mapping.stock import Stock
from torgsync.core.product.cells import plain, readable
from torgsync.core.product.columns import CENTERS_COLUMN, DISPLAY_COLUMN
from torgsync.core.product.fields import Discount, Value, WholesaleStep
from torgsync.core.product.groups import group_path
from torgsync.core.reason import Arg, Args, Reason


class Filter(Struct, frozen=True):
    """One filter: whether it lets a good pass, and what it looked at (`cli/messages/status.py`)."""

    reason: SkipReason
    passes: bool
    args: Args


def filters(
    settings: SyncObject,
    cells: Mapping[str, str],
    stock: Stock,
    photos: int | None,
    *,
    was: bool | None = None,
) -> tuple[Filter, ...]:
    """Return what each filter decides about a row, in the order in which they are asked.

    `photos` counts the good's photos, None where there is no folder of photos. `was` is whether the good was
    displayed at the last reading.
    """
    centers = settings.accounting_centers
    failing = set(failing_filters(settings, cells, stock, has_photos=bool(photos), was_displayed=was))
    path = group_path(cells, group_column(settings), settings.catalog.blank)
    groups, display = [section.name for section in path], cells.get(DISPLAY_COLUMN, "").strip()
    known = not display_findings(settings, ExportRow("", 0, cells), was=was)
    counted = _stock_args(settings, cells, stock)
    images: Args = {"folder": bool(settings.catalog.photos)} if photos is None else {"photos": photos}
    looked_at: dict[SkipReason, Args] = {
        SkipReason.OTHER_GROUP: {"path": groups, "group": settings.product_group or ""},
        SkipReason.NOT_DISPLAYED: {"display": display, "respected": centers.respect_display, "known": known},
        SkipReason.OUT_OF_STOCK: {**counted, "only_in_stock": centers.only_in_stock},
        SkipReason.NO_PHOTOS: {**images, "only_with_photos": centers.only_with_photos},
    }
    return tuple(Filter(reason, reason not in failing, args) for reason, args in looked_at.items())


def _stock_args(settings: SyncObject, cells: Mapping[str, str], stock: Stock) -> Args:
    """Return how many there are, and what was counted; without `cell` where the export has no such column."""
    if stock.column not in cells:
        return {"column": stock.column}
    args: dict[str, Arg] = {"column": stock.column, "cell": cells[stock.column].strip()}
    if stock.quantity is None:
        return args
    args["quantity"] = plain(stock.quantity)
    if stock.column == CENTERS_COLUMN:
        args["used"] = list(settings.accounting_centers.use)
    if settings.accounting_centers.keep and stock.counts:
        args["counts"] = [[count.center, plain(count.stock), plain(count.kept)] for count in stock.counts]
        args["left"] = plain(stock.left)
    return args


class CenterStock(Struct, frozen=True):
    """The stock of a good in the file of one accounting center.

    `quantity` is None where it cannot be read, or where the file has not got the good: `cell` is then empty.
    """

    center: str
    file: str
    cell: str
    quantity: Decimal | None
    counted: bool


def center_stocks(settings: SyncObject, cells: Mapping[str, str]) -> tuple[CenterStock, ...]:
    """Return the stock in each file of `[catalog.centers]`; empty where there is one file for all.

    `cells` are those of all files together (`files/catalog/centers.py`).
    """
    used = settings.accounting_centers.use
    stocks = dict(item.split("=", 1) for item in cells.get(CENTERS_COLUMN, "").split("|") if "=" in item)
    return tuple(
        CenterStock(
            center,
            re.split(r"[\\/]", path)[-1],
            stocks.get(center, ""),
            readable(stocks.get(center, "")),
            counted=not used or center in used,
        )
        for center, path in settings.catalog.centers.items()
    )


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
