"""Which goods go to Prom.

Each good that stays out has a reason, which can be counted and translated. Source:
docs/developers/architecture.md §5.2, docs/developers/torgsoft.md §17 no. 11 and 13.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.row import QUOTED_LENGTH, ExportRow
from torgsync.core.mapping.stock import Stock, sold_out
from torgsync.core.product.cells import number
from torgsync.core.product.columns import DISPLAY_COLUMN
from torgsync.core.product.groups import PATH, group_path, in_group
from torgsync.core.text import nearest


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


WORDS: dict[SkipReason, str] = {
    SkipReason.OTHER_GROUP: "outside the product group",
    SkipReason.NOT_DISPLAYED: "Display = 0 in the accounting program",
    SkipReason.OUT_OF_STOCK: "not in stock",
    SkipReason.NO_PHOTOS: "without photos",
    SkipReason.BLOCKED: "standing in several rows, left alone",
}
"""The reasons that come from the export and the object's rules alone, in the order they are tried."""


def group_column(settings: SyncObject) -> str:
    """Return the column that is mapped to the group, the section path where none is."""
    return settings.column_of("group") or PATH


def groups_of(settings: SyncObject, cells: Mapping[str, str]) -> frozenset[str]:
    """Return the names of the groups that a row is in."""
    path = group_path(cells, group_column(settings), settings.catalog.blank)
    return frozenset(section.name for section in path)


def empty_group(settings: SyncObject, names: Collection[str] = ()) -> Finding:
    """Return the finding that no good is in the product group; `names` are groups that exist."""
    group = settings.product_group or ""
    args = {"group": group, "meant": nearest(group, sorted(names))}
    return Finding(Code.PRODUCT_GROUP_EMPTY, column=group_column(settings), args=args)


def displayed(cells: Mapping[str, str]) -> bool | None:
    """Return whether a row is displayed, True where its cell is empty; None for neither 0 nor 1."""
    try:
        flag = number(cells.get(DISPLAY_COLUMN, ""))
    except ValueError:
        return None
    return {None: True, Decimal(0): False, Decimal(1): True}.get(flag)


def display_findings(settings: SyncObject, row: ExportRow) -> tuple[Finding, ...]:
    """Return a finding where `Display` is neither 0 nor 1; the good is shown then."""
    if not settings.accounting_centers.respect_display or displayed(row.cells) is not None:
        return ()
    cell = row.cells[DISPLAY_COLUMN]
    quoted = cell.strip()[:QUOTED_LENGTH]
    return (row.finding(Code.DISPLAY_UNKNOWN, DISPLAY_COLUMN, cell, cell=quoted),)


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
    centers, group = settings.accounting_centers, settings.product_group
    if group and not in_group(group, cells, group_column(settings), settings.catalog.blank):
        yield SkipReason.OTHER_GROUP
    if centers.respect_display and displayed(cells) is False:
        yield SkipReason.NOT_DISPLAYED
    if sold_out(settings, stock):
        yield SkipReason.OUT_OF_STOCK
    if centers.only_with_photos and not has_photos:
        yield SkipReason.NO_PHOTOS
