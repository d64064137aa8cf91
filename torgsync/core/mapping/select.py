"""Which goods go to Prom, and how many of each there are.

Each good that stays out has a reason, which can be counted and translated. Source:
docs/developers/architecture.md §5.2, docs/developers/torgsoft.md §7 and §17 no. 10-13.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from torgsync.core.config.settings import AccountingCenters, SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.product.cells import ERRORS, balances, number
from torgsync.core.product.columns import CENTERS_COLUMN, DISPLAY_COLUMN, SUM_COLUMN
from torgsync.core.product.groups import PATH, group_path, in_group
from torgsync.core.text import did_you_mean

ZERO = Decimal(0)


class SkipReason(StrEnum):
    """Why a good is not on Prom, or is left there unchanged although it differs."""

    OTHER_GROUP = "other-group"
    NOT_DISPLAYED = "not-displayed"
    OUT_OF_STOCK = "out-of-stock"
    NO_PHOTOS = "no-photos"
    BLOCKED = "blocked"

    REFUSED_BEFORE = "refused-before"
    MODERATED = "deleted-by-moderator"
    NO_PRICE = "no-price"
    NO_NAME = "no-name"
    NO_STOCK = "no-stock"
    AMBIGUOUS = "ambiguous"
    ID_TAKEN = "id-taken"
    NO_EXTERNAL_ID = "no-external-id"


FILTERS = (
    SkipReason.OTHER_GROUP,
    SkipReason.NOT_DISPLAYED,
    SkipReason.OUT_OF_STOCK,
    SkipReason.NO_PHOTOS,
    SkipReason.BLOCKED,
)
"""The reasons that come from the export and the object's rules alone, in the order they are tried."""

WORDS: dict[SkipReason, str] = {
    SkipReason.OTHER_GROUP: "outside the product group",
    SkipReason.NOT_DISPLAYED: "Display = 0 in the accounting program",
    SkipReason.OUT_OF_STOCK: "not in stock",
    SkipReason.NO_PHOTOS: "without photos",
    SkipReason.BLOCKED: "standing in several rows, left alone",
}


@dataclass(frozen=True, slots=True)
class Stock:
    """The balance of one good over the ticked accounting centers, in the good's own measure.

    `quantity` is None where it could not be read; it is never below zero. `column` is where it was read, and
    `words` how it was counted: `2: 4 less 1 kept, 8: 2 less 1 kept = 4`.
    """

    quantity: Decimal | None
    column: str = SUM_COLUMN
    findings: tuple[Finding, ...] = ()
    words: str = dataclasses.field(default="", compare=False)


def count_stock(settings: SyncObject, cells: Mapping[str, str]) -> Stock:
    """Return the stock of one row: the ticked centers' sum, or the summed column where none is ticked.

    Where none is ticked but some keep pieces of their own, all are counted one by one: no center gives away
    what another one keeps. A file without the centers' column falls back on the sum, which stands where
    `quantity` is led from. A file without either column says nothing. An empty cell of centers means that
    nothing is in stock (torgsoft §7), an empty sum is no number: where it is told the centers' sum stands for
    it, else the stock cannot be read. What is kept for the centers' own buyers is taken off. Less than
    nothing counts as nothing, with a finding. Where the centers and the sum tell different stocks, the
    smaller one counts (torgsoft §17 no. 12).
    """
    centers = settings.accounting_centers
    column = CENTERS_COLUMN if _by_center_is_told(centers, cells) else _sum_column(settings)
    if column not in cells:
        return Stock(None, column)
    if column == SUM_COLUMN and not cells[column].strip() and cells.get(CENTERS_COLUMN, "").strip():
        column = CENTERS_COLUMN
    cell = cells[column]
    try:
        counted = _count(centers, column, cells)
    except ValueError:
        why = f"`{cell.strip()[:40]}` is not a quantity" if cell.strip() else "the stock is empty"
        message = f"{why}; what Prom has stays"
        return Stock(None, column, (Finding(unreadable(cell), message, column=column, value=cell[:60]),))
    findings = []
    if counted.seen < 0:
        message = f"{counted.seen} is less than nothing and counts as 0"
        findings.append(Finding(Code.STOCK_NEGATIVE, message, column=column, value=cell[:60]))
    told = None
    if column in (CENTERS_COLUMN, SUM_COLUMN):
        told, unread = _told_twice(cells)
        if unread:
            message = f"`{cells[unread].strip()[:40]}` is not a quantity; `{column}` alone counts"
            findings.append(Finding(Code.STOCK_UNCHECKED, message, column=unread, value=cells[unread][:60]))
    if told is not None and (column == CENTERS_COLUMN or cells[CENTERS_COLUMN].strip()):
        by_center, total = told
        smaller = _sum(centers, min(by_center, total))
        counted = min(counted, smaller, key=lambda count: count.left)
        message = (
            f"`{SUM_COLUMN}` says {total}, the centers together {by_center}; {max(counted.left, ZERO)} counts"
        )
        findings.append(Finding(Code.STOCK_MISMATCH, message, column=column, value=cell[:60]))
    return Stock(max(counted.left, ZERO), column, tuple(findings), counted.words)


def unreadable(cell: str) -> Code:
    """Return the code of what is said of a cell that holds no number."""
    return Code.CELL_ERROR if cell.strip() in ERRORS else Code.NUMBER_UNREADABLE


def _by_center_is_told(centers: AccountingCenters, cells: Mapping[str, str]) -> bool:
    """Tell whether centers count one by one: some are ticked, or each keeps its own and has its balance."""
    if centers.use:
        return CENTERS_COLUMN in cells
    return isinstance(centers.keep, dict) and bool(cells.get(CENTERS_COLUMN, "").strip())


class _Count(NamedTuple):
    """A stock as it was read, what is left of it to be sent, and how that came."""

    seen: Decimal
    left: Decimal
    words: str


def _less(stock: Decimal, kept: Decimal) -> Decimal:
    """Take off what is kept; less than nothing stays what it is."""
    return min(stock, max(stock - kept, ZERO))


def _count(centers: AccountingCenters, column: str, cells: Mapping[str, str]) -> _Count:
    """Return what a column tells; ValueError where that is no quantity, or nothing at all."""
    cell = cells[column]
    if not (cell if column != CENTERS_COLUMN else cell + cells.get(SUM_COLUMN, "0")).strip():
        raise ValueError(cell)
    return _by_center(centers, cell) if column == CENTERS_COLUMN else _sum(centers, number(cell) or ZERO)


def _by_center(centers: AccountingCenters, cell: str) -> _Count:
    found = balances(cell)
    ticked = {center: found.get(center, ZERO) for center in centers.use or found}
    left = {center: _less(stock, centers.kept_in(center)) for center, stock in ticked.items()}
    parts = (f"{center}: {_words(stock, centers.kept_in(center))}" for center, stock in ticked.items())
    total = sum(left.values(), ZERO)
    return _Count(sum(ticked.values(), ZERO), total, f"{', '.join(parts)} = {total}")


def _sum(centers: AccountingCenters, stock: Decimal) -> _Count:
    """Count all centers as one: what is kept in each of them is taken off together."""
    return _Count(stock, _less(stock, centers.kept_in_all), _words(stock, centers.kept_in_all))


def _words(stock: Decimal, kept: Decimal) -> str:
    return f"{stock} less {kept} kept" if kept else f"{stock}"


def _told_twice(cells: Mapping[str, str]) -> tuple[tuple[Decimal, Decimal] | None, str]:
    """Return the centers' sum and the summed column where both are told and differ; below zero is zero.

    Where one of them cannot be read, its column is returned beside.
    """
    if CENTERS_COLUMN not in cells or SUM_COLUMN not in cells:
        return None, ""
    column = CENTERS_COLUMN
    try:
        by_center = max(sum(balances(cells[CENTERS_COLUMN]).values(), ZERO), ZERO)
        column = SUM_COLUMN
        total = number(cells[SUM_COLUMN])
    except ValueError:
        return None, column
    if total is None:
        return None, ""
    total = max(total, ZERO)
    return ((by_center, total) if by_center != total else None), ""


def _sum_column(settings: SyncObject) -> str:
    return next((mapping.column for mapping in settings.fields if mapping.to == "quantity"), SUM_COLUMN)


def group_column(settings: SyncObject) -> str:
    """Return the column that is led to the group, the section path where none is."""
    return next((mapping.column for mapping in settings.fields if mapping.to == "group"), PATH)


def in_product_group(settings: SyncObject, cells: Mapping[str, str]) -> bool:
    """Tell whether a good lies in the product group of the sync object; where none is set every good does."""
    group, column = settings.product_group, group_column(settings)
    return not group or in_group(group, cells, column, settings.catalog.blank)


def groups_of(settings: SyncObject, cells: Mapping[str, str]) -> frozenset[str]:
    """Return the names of the groups in which a row lies."""
    path = group_path(cells, group_column(settings), settings.catalog.blank)
    return frozenset(section.name for section in path)


def told_centers(cells: Mapping[str, str]) -> frozenset[str]:
    """Return the centers of which a row tells the stock; none where that cannot be read."""
    try:
        return frozenset(balances(cells.get(CENTERS_COLUMN, "")))
    except ValueError:
        return frozenset()


def unknown_centers(settings: SyncObject, told: Collection[str]) -> tuple[Finding, ...]:
    """Return a finding for each ticked center that is none of those of which the export tells a stock.

    Where it tells that of none, everything may be sold out.
    """
    known = ", ".join(sorted(told, key=lambda center: (len(center), center)))
    return tuple(
        Finding(
            Code.CENTER_UNKNOWN,
            f"the export tells no stock of the center `{center}`; it tells that of {known}",
            column=CENTERS_COLUMN,
        )
        for center in settings.accounting_centers.use
        if told and center not in told
    )


def empty_group(settings: SyncObject, names: Collection[str] = ()) -> Finding:
    """Return the finding that no good lies in the product group; `names` are groups that there are."""
    group = settings.product_group or ""
    message = f"no good of the export lies in the group `{group}`{did_you_mean(group, sorted(names))}"
    return Finding(Code.PRODUCT_GROUP_EMPTY, message, column=group_column(settings))


def displayed(cells: Mapping[str, str]) -> bool | None:
    """Tell whether a row is displayed, as one that says nothing is; None for neither 0 nor 1."""
    try:
        flag = number(cells.get(DISPLAY_COLUMN, ""))
    except ValueError:
        return None
    return {None: True, ZERO: False, Decimal(1): True}.get(flag)


def why_out(
    settings: SyncObject, cells: Mapping[str, str], stock: Stock, *, has_photos: bool
) -> SkipReason | None:
    """Return why a good stays out of the shop, or None where it goes."""
    return next(failing_filters(settings, cells, stock, has_photos=has_photos), None)


def failing_filters(
    settings: SyncObject, cells: Mapping[str, str], stock: Stock, *, has_photos: bool
) -> Iterator[SkipReason]:
    """Yield every filter that keeps a good out of the shop, in the order in which they are tried.

    `Display` 0 always hides; 1 does not override the stock filter (torgsoft §17 no. 11).
    """
    centers = settings.accounting_centers
    if not in_product_group(settings, cells):
        yield SkipReason.OTHER_GROUP
    if centers.respect_display and displayed(cells) is False:
        yield SkipReason.NOT_DISPLAYED
    if sold_out(settings, stock):
        yield SkipReason.OUT_OF_STOCK
    if centers.only_with_photos and not has_photos:
        yield SkipReason.NO_PHOTOS


def sold_out(settings: SyncObject, stock: Stock) -> bool:
    """Tell whether its stock keeps a good out of the shop; one that cannot be read keeps nothing out.

    Less than one piece is sent as none.
    """
    return settings.accounting_centers.only_in_stock and none_left(stock)


def none_left(stock: Stock) -> bool:
    """Tell whether not one whole piece is left."""
    return stock.quantity is not None and stock.quantity < 1


def in_doubt(settings: SyncObject, stock: Stock) -> bool:
    """Tell whether nobody can say if its stock keeps a good out: it goes neither in nor out then."""
    unreadable = stock.quantity is None and bool(stock.findings)
    return unreadable and settings.accounting_centers.only_in_stock
