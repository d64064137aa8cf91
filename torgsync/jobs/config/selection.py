"""Refuse settings that select what the export does not have: accounting centers, or a product group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torgsync.core.config.settings import SyncObject
from torgsync.core.mapping.select import group_columns, groups_of
from torgsync.core.mapping.stock import in_order, named_centers, stock_centers
from torgsync.core.problems import ProblemCode, problem, problem_message
from torgsync.core.product.columns import CENTERS_COLUMN
from torgsync.core.product.groups import in_group
from torgsync.core.text import nearest
from torgsync.errors import InvalidInput, Mistake, ObjectInvalid, Temporary
from torgsync.files.config.objects import ObjectFile
from torgsync.i18n import _

if TYPE_CHECKING:
    from torgsync.files.catalog.catalog_file import CatalogFile

SHOWN = 20
"""Groups of the export that a mistake names."""


def refuse_unknown(file: ObjectFile, before: SyncObject | None = None) -> None:
    """Refuse an object that selects by centers or a group that its export does not have.

    An export that cannot be read refuses nothing: `object check` reports it. What was selected `before` a
    change in the same way is not refused, so that a mistake in one key can be mended before that in another.
    Raises ObjectInvalid.
    """
    settings = file.settings
    chosen = {
        key
        for key, choice in _selection(settings).items()
        if choice and (before is None or _selection(before)[key] != choice)
    }
    if not chosen:
        return
    from torgsync.files.catalog.export import open_export  # noqa: PLC0415  # most calls read no export

    try:
        found = _mistakes(settings, open_export(file))
        mistakes = tuple(mistake for mistake in found if mistake.where in chosen)
    except (InvalidInput, Temporary):
        return
    if mistakes:
        raise ObjectInvalid(
            _("the export does not have what was chosen; nothing was saved"),
            mistakes=mistakes,
            hint=_("choose what it has, or first export the items from Torgsoft with what is missing"),
        )


def _selection(settings: SyncObject) -> dict[str, object]:
    """Return the centers and the group that an object names, keyed by setting."""
    return {"accounting_centers": named_centers(settings), "product_group": settings.product_group}


def _mistakes(settings: SyncObject, catalog: CatalogFile) -> Iterator[Mistake]:
    centers: set[str] = set()
    groups: set[str] = set()
    found = not settings.product_group
    columns = [name for name in group_columns(settings) if name in catalog.columns]
    for record in catalog.records():
        cells = settings.value_map.apply(catalog.cells(record))
        centers |= stock_centers(cells)
        groups |= groups_of(settings, cells)
        for column in columns if not found else ():
            blank = settings.catalog.blank
            found = found or in_group(settings.product_group or "", cells, column, blank)
    if named_centers(settings) and CENTERS_COLUMN not in catalog.columns:
        message = problem_message(problem(ProblemCode.CENTERS_MISSING, column=CENTERS_COLUMN))
        yield Mistake(0, "accounting_centers", message)
    known = ", ".join(in_order(centers))
    for center in named_centers(settings):
        if not known or center in centers:
            continue
        message = problem_message(problem(ProblemCode.CENTER_MISSING, center=center, known=known))
        yield Mistake(0, "accounting_centers", message)
    if groups and not found:
        group, named = settings.product_group or "", sorted(groups)
        missing = problem(
            ProblemCode.GROUP_MISSING,
            group=group,
            meant=nearest(group, named),
            known=", ".join(f"`{name}`" for name in named[:SHOWN]),
            more=len(named[SHOWN:]),
        )
        yield Mistake(0, "product_group", problem_message(missing))
