"""Why a good is where it is: which filters let it pass, how its price was made, what becomes of it.

Source: docs/developers/architecture.md §5; the decisions themselves stand in `select`, `products`, `plan` and
`guards`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from torgsync.core.config.settings import SyncObject
from torgsync.core.mapping.prices import Priced
from torgsync.core.mapping.row import Mapped
from torgsync.core.mapping.select import (
    SkipReason,
    Stock,
    failing_filters,
    group_column,
)
from torgsync.core.product.cells import number
from torgsync.core.product.columns import CENTERS_COLUMN, DISPLAY_COLUMN
from torgsync.core.product.fields import Characteristic, Discount, WholesaleStep
from torgsync.core.product.groups import group_path
from torgsync.core.product.variants import ALONE, STAYS, Arranged, Member, arrange
from torgsync.core.text import counted


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter and what it says of a good: whether it lets it pass, and what it looked at."""

    reason: SkipReason
    passes: bool
    words: str


def filters(
    settings: SyncObject, cells: Mapping[str, str], stock: Stock, photos: int | None
) -> tuple[Filter, ...]:
    """Return what each filter says of a row, in the order in which they are asked.

    `photos` counts the good's photos, None where there is no folder of photos.
    """
    centers = settings.accounting_centers
    failing = set(failing_filters(settings, cells, stock, has_photos=bool(photos)))
    group, display = settings.product_group, cells.get(DISPLAY_COLUMN, "").strip()
    shown = f"`{DISPLAY_COLUMN}` is {display}" if display else f"`{DISPLAY_COLUMN}` says nothing"
    nowhere = "the folder of photos is empty" if settings.catalog.photos else "there is no folder of photos"
    images = nowhere if photos is None else counted(photos, "photo")
    return (
        Filter(
            SkipReason.OTHER_GROUP,
            SkipReason.OTHER_GROUP not in failing,
            f"{_place(settings, cells)}; {f'only `{group}` goes' if group else 'every group goes'}",
        ),
        Filter(
            SkipReason.NOT_DISPLAYED,
            SkipReason.NOT_DISPLAYED not in failing,
            shown if centers.respect_display else f"{shown}; respect_display is off",
        ),
        Filter(
            SkipReason.OUT_OF_STOCK,
            SkipReason.OUT_OF_STOCK not in failing,
            f"{_counted_stock(settings, cells, stock)}; only_in_stock is {_on(centers.only_in_stock)}",
        ),
        Filter(
            SkipReason.NO_PHOTOS,
            SkipReason.NO_PHOTOS not in failing,
            f"{images}; only_with_photos is {_on(centers.only_with_photos)}",
        ),
    )


def _on(ticked: bool) -> str:  # noqa: FBT001  # it is all there is
    return "on" if ticked else "off"


def _place(settings: SyncObject, cells: Mapping[str, str]) -> str:
    """Return where a good stands among the groups."""
    path = group_path(cells, group_column(settings), settings.catalog.blank)
    names = [section.name for section in path]
    return f"in {' > '.join(names)}" if names else "in no group"


def _counted_stock(settings: SyncObject, cells: Mapping[str, str], stock: Stock) -> str:
    """Return how many there are, and what was counted."""
    if stock.column not in cells:
        return f"the export has no column `{stock.column}`"
    cell = cells[stock.column].strip() or "empty"
    if stock.quantity is None:
        return f"`{stock.column}` cannot be read: {cell}"
    use = settings.accounting_centers.use
    ticked = f", centers {', '.join(use)} counted" if stock.column == CENTERS_COLUMN else ""
    kept = f"; {stock.words}" if settings.accounting_centers.keep else ""
    return f"{stock.quantity.normalize():f} by `{stock.column}` ({cell}){ticked}{kept}"


# The other goods of the model


@dataclass(frozen=True, slots=True)
class VariantSibling:
    """Another good of the same model, and how it differs: what it has otherwise, and what it lacks.

    `out` is why it stays out of the shop and `alone` why it is a product of its own, empty where neither is.
    """

    good_id: str
    title: str
    differs: tuple[Characteristic, ...]
    lacks: tuple[str, ...]
    out: str = ""
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """The model of a good and the other goods of it, in the order of the file.

    `model` is its number or name, empty where the good has none. `group` is the number of the variant group
    on Prom, 0 where it has none yet. `alone` tells why the good is a product of its own, empty where it goes
    with its sisters.
    """

    model: str
    group: int
    alone: str
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
        return Family("", 0, "no column is led to `variant_group`, which tells the model of a good")
    return Family("", 0, f"`{column}` names no model")


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
    alone = {
        finding.good_id: finding.message.removesuffix(ALONE).removesuffix(STAYS)
        for finding in arranged.findings
    }
    own = next(one for one in relatives if one.member.good_id == good_id)
    mine = set(own.member.characteristics)
    siblings = tuple(
        VariantSibling(
            one.member.good_id,
            one.title,
            tuple(item for item in one.member.characteristics if item not in mine),
            tuple(sorted(own.member.names - one.member.names)),
            one.out,
            alone.get(one.member.good_id, ""),
        )
        for one in relatives
        if one is not own
    )
    if own.out:
        reason = "it stays out of the shop"
    elif good_id in alone:
        reason = alone[good_id]
    elif len(arranged.variants) == 1:
        reason = (
            "no other good of its model can go with it" if siblings else "the export has no other good of it"
        )
    else:
        reason = _made_otherwise(group, made)
    return Family(key.partition(":")[2], group, reason, siblings)


def _made_otherwise(group: int, made: int | None) -> str:
    """Return why a good that goes with its sisters does not stand with them on Prom, if so."""
    if made is None or made == group:
        return ""
    was = f"in the group {made}" if made else "by itself"
    return f"it was made on Prom.ua {was}, and Prom.ua joins products only when they are made"


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


def price_steps(settings: SyncObject, cells: Mapping[str, str], mapped: Mapped) -> tuple[str, ...]:
    """Return the steps that made a product's prices, each in words, with the rules of `[prices]`.

    A price that the product does not speak of leaves what Prom has.
    """
    values = mapped.product.values
    led = {mapping.to: mapping.column for mapping in settings.fields if mapping.column in cells}
    steps = []
    if "price" in led:
        result = str(values["price"]) if "price" in values else ""
        steps.append(_step(led["price"], cells, mapped.priced.get("price"), result))
    if "sale_price" in led:
        discount = values.get("discount")
        if isinstance(discount, Discount):
            result = f"lower than the price: a discount of {discount.value}"
        else:
            result = "not lower than the price: no discount" if "discount" in values else ""
        steps.append(_step(led["sale_price"], cells, mapped.priced.get("sale_price"), result))
    if "wholesale_price" in led:
        ladder = values.get("wholesale_prices")
        rungs = (
            [rung for rung in ladder if isinstance(rung, WholesaleStep)] if isinstance(ladder, tuple) else []
        )
        words = ", ".join(f"{rung.price} from {rung.quantity} pieces" for rung in rungs)
        result = words or ("no wholesale price" if "wholesale_prices" in values else "")
        steps.append(_step(led["wholesale_price"], cells, mapped.priced.get("wholesale_price"), result))
    return tuple(steps)


def _step(column: str, cells: Mapping[str, str], priced: Priced | None, result: str) -> str:
    cell = cells[column].strip() or "empty"
    rules = "".join(f"{step.words}; " for step in priced.steps) if priced else ""
    return f"`{column}` {cell} -> {rules}{result or 'cannot be used; what Prom.ua has stays'}"
