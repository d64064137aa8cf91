"""Which goods go to Prom, and how many of each there are.

Each good that stays out has a reason, which can be counted and translated. Source: design §5.2,
reference/torgsoft.md §7 and §17 no. 10-13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from torgsync.core.findings import Code, Finding
from torgsync.core.goods import balances, line_of_text, number, section_path
from torgsync.core.objects import SyncObject

SUM_COLUMN = "WarehouseQuantity"
CENTERS_COLUMN = "WarehouseQuantityForPartner"
DISPLAY_COLUMN = "Display"


class Reason(StrEnum):
    """Why a good stays out."""

    OTHER_GROUP = "other-group"
    NOT_DISPLAYED = "not-displayed"
    OUT_OF_STOCK = "out-of-stock"
    NO_PHOTOS = "no-photos"
    BLOCKED = "blocked"


WORDS: dict[Reason, str] = {
    Reason.OTHER_GROUP: "outside the product group",
    Reason.NOT_DISPLAYED: "Display = 0 in the accounting program",
    Reason.OUT_OF_STOCK: "not in stock",
    Reason.NO_PHOTOS: "without photos",
    Reason.BLOCKED: "with an error, left as they are",
}


@dataclass(frozen=True, slots=True)
class Stock:
    """The balance of one good over the ticked accounting centers, in the good's own measure.

    `quantity` is None where it could not be read; it is never below zero. `column` is where it was read.
    """

    quantity: Decimal | None
    column: str = SUM_COLUMN
    findings: tuple[Finding, ...] = ()


def count_stock(settings: SyncObject, cells: Mapping[str, str]) -> Stock:
    """Return the stock of one row: the ticked centers' sum, or the summed column where none is ticked.

    A file without the centers' column falls back on the sum, which stands where `quantity` is led from. An
    empty cell of centers means that nothing is in stock; a file without either column says nothing. Less than
    nothing counts as nothing, with a finding.
    """
    centers = settings.accounting_centers.use
    column = CENTERS_COLUMN if centers and CENTERS_COLUMN in cells else _sum_column(settings)
    if column not in cells:
        return Stock(None, column)
    cell = cells[column]
    try:
        if column == CENTERS_COLUMN:
            by_center = balances(cell)
            ticked = centers or by_center
            quantity = sum((by_center.get(center, Decimal(0)) for center in ticked), Decimal(0))
        else:
            quantity = number(cell) or Decimal(0)
    except ValueError:
        message = f"`{cell.strip()[:40]}` is not a quantity; the last good value stays"
        return Stock(
            None, column, (Finding(Code.NUMBER_UNREADABLE, message, column=column, value=cell[:60]),)
        )
    if quantity < 0:
        message = f"{quantity} is less than nothing and counts as 0"
        finding = Finding(Code.STOCK_NEGATIVE, message, column=column, value=cell[:60])
        return Stock(Decimal(0), column, (finding,))
    return Stock(quantity, column)


def _sum_column(settings: SyncObject) -> str:
    return next((mapping.column for mapping in settings.fields if mapping.to == "quantity"), SUM_COLUMN)


def why_out(
    settings: SyncObject, cells: Mapping[str, str], stock: Stock, *, has_photos: bool
) -> Reason | None:
    """Return why a good stays out of the shop, or None where it goes.

    `Display` 0 always hides; 1 does not override the stock filter (reference/torgsoft.md §17 no. 11).
    """
    centers = settings.accounting_centers
    if settings.product_group and not in_group(settings.product_group, cells):
        return Reason.OTHER_GROUP
    if centers.respect_display and cells.get(DISPLAY_COLUMN, "1").strip() == "0":
        return Reason.NOT_DISPLAYED
    if centers.only_in_stock and stock.quantity is not None and stock.quantity <= 0:
        return Reason.OUT_OF_STOCK
    if centers.only_with_photos and not has_photos:
        return Reason.NO_PHOTOS
    return None


def in_group(group: str, cells: Mapping[str, str]) -> bool:
    """Tell whether a good lies in a group or under it, by its section path, else its type of goods.

    `GoodTypeFull` joins levels with commas, and a level's name may hold commas itself, so the group's name is
    looked for as a whole run of levels.
    """
    wanted = line_of_text(group).casefold()
    path = section_path(cells.get("SynchronizationSectionFull", ""))
    if path:
        return any(line_of_text(section.name).casefold() == wanted for section in path)
    section = line_of_text(cells.get("SynchronizationSection", "")).casefold()
    if section:
        return section == wanted
    levels = line_of_text(cells.get("GoodTypeFull", "")).casefold()
    return f",{wanted}," in f",{levels},"
