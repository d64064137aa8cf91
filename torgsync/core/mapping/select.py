"""Which goods go to Prom.

Each good that stays out has a reason, which can be counted and translated. Source:
docs/developers/architecture.md §5.2, docs/developers/torgsoft.md §17 no. 11, 13 and 35.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.row import ExportRow, finding
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.mapping.stock import Stock, sold_out
from torgsync.core.product.columns import DISPLAY_COLUMN
from torgsync.core.product.groups import PATH, SECTION, TYPE, group_path, in_group
from torgsync.core.product.presence import yes_or_no
from torgsync.core.text import nearest, quotation


def group_column(settings: SyncObject) -> str:
    """Return the column that is mapped to the group, the section path where none is."""
    return settings.column_of("group") or PATH


def group_columns(settings: SyncObject) -> tuple[str, ...]:
    """Return the columns that may name a good's group: the mapped one, all of the kind before one is."""
    mapped = settings.column_of("group")
    return (mapped,) if mapped else (PATH, SECTION, TYPE)


def groups_of(settings: SyncObject, cells: Mapping[str, str]) -> frozenset[str]:
    """Return the names of the groups that a row is in."""
    path = group_path(cells, group_column(settings), settings.catalog.blank)
    return frozenset(section.name for section in path)


def empty_group(settings: SyncObject, names: Collection[str] = ()) -> Finding:
    """Return the finding that no good is in the product group; `names` are groups that exist."""
    group = settings.product_group or ""
    args = {"group": group, "meant": nearest(group, sorted(names))}
    return Finding(Code.PRODUCT_GROUP_EMPTY, column=group_column(settings), args=args)


def displayed(settings: SyncObject, cells: Mapping[str, str], *, was: bool | None = None) -> bool | None:
    """Return whether a good is to be displayed; None where that is unknown.

    A word that is neither yes nor no leaves it as it `was` at the last reading, None where that is unknown.
    An empty cell says nothing: a good that was hidden stays hidden, any other is displayed.
    """
    if not settings.accounting_centers.respect_display:
        return True
    cell = cells.get(DISPLAY_COLUMN)
    try:
        shown = cell is None or yes_or_no(cell)
    except ValueError:
        return was
    return was is not False if shown is None else shown


def display_findings(settings: SyncObject, row: ExportRow, *, was: bool | None) -> tuple[Finding, ...]:
    """Return a finding where `Display` is neither yes nor no: the good stays as it `was`.

    An empty cell is one where it keeps the good hidden.
    """
    cell = row.cells.get(DISPLAY_COLUMN)
    if not settings.accounting_centers.respect_display or cell is None:
        return ()
    try:
        if yes_or_no(cell) is not None or was is not False:
            return ()
    except ValueError:
        pass
    args = {"cell": quotation(cell.strip()), "case": _KEPT[was]}
    return row.placed((finding(Code.DISPLAY_UNKNOWN, DISPLAY_COLUMN, cell, **args),))


_KEPT = {True: "shown", False: "hidden", None: "unknown"}


def why_out(
    settings: SyncObject,
    cells: Mapping[str, str],
    stock: Stock,
    *,
    has_photos: bool,
    was_displayed: bool | None = None,
) -> SkipReason | None:
    """Return why a good stays out of the shop, or None where it goes; see `failing_filters`."""
    failing = failing_filters(settings, cells, stock, has_photos=has_photos, was_displayed=was_displayed)
    return next(failing, None)


def failing_filters(
    settings: SyncObject,
    cells: Mapping[str, str],
    stock: Stock,
    *,
    has_photos: bool,
    was_displayed: bool | None = None,
) -> Iterator[SkipReason]:
    """Yield every filter that keeps a good out of the shop, in the order in which they are tried.

    `Display` 0 always hides; 1 does not override the stock filter (torgsoft §17 no. 11). A good of which
    it is unknown whether it is to be displayed is left as Prom has it, whatever its stock and photos.
    """
    centers, group = settings.accounting_centers, settings.product_group
    if group and not in_group(group, cells, group_column(settings), settings.catalog.blank):
        yield SkipReason.OTHER_GROUP
    shown = displayed(settings, cells, was=was_displayed)
    if shown is None:
        return
    if not shown:
        yield SkipReason.NOT_DISPLAYED
    if sold_out(settings, stock):
        yield SkipReason.OUT_OF_STOCK
    if centers.only_with_photos and not has_photos:
        yield SkipReason.NO_PHOTOS
