"""Adds the standard fields of an export to the sync object."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from torgsync.core.fields import STANDARD
from torgsync.core.goods import is_standard
from torgsync.core.objects import FieldMapping, did_you_mean, twin_target
from torgsync.errors import UsageError
from torgsync.files.catalog import CatalogFile, open_export
from torgsync.files.objects import ObjectFile, add_fields


@dataclass(frozen=True, slots=True)
class Added:
    """What was added, and the merchant's own columns, of which only a person knows what they are."""

    mappings: tuple[FieldMapping, ...]
    own_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddedOne:
    """One mapping that was added, and what a person should think about; empty if nothing."""

    mapping: FieldMapping
    warning: str


def add_field(
    file: ObjectFile, column: str, target: str, *, name: str | None, unit: str | None, owner: str
) -> AddedOne:
    """Lead one column to a target. Raises UsageError where the mapping or the column cannot be.

    Warns where `WholesalePrice` is led anywhere and equals the cost price in most rows: then it is the cost
    price in disguise (reference/torgsoft.md §3.1).
    """
    if target == "characteristic":
        name = name or column
    given = {"column": column, "to": target, "name": name, "unit": unit, "owner": owner}
    try:
        mapping = FieldMapping.model_validate(
            {key: value for key, value in given.items() if value is not None}
        )
    except ValidationError as wrong:
        reasons = "; ".join(str(error["msg"]).removeprefix("Value error, ") for error in wrong.errors())
        raise UsageError(reasons) from wrong
    if twin := twin_target([*file.settings.fields, mapping]):
        raise UsageError(f"a column is led to `{twin}` already", hint="see them: torgsync fields list")
    catalog = open_export(file)
    if mapping.column not in catalog.columns:
        raise UsageError(
            f"the export has no column `{column}`{did_you_mean(column, catalog.columns)}",
            hint=f"it has {', '.join(catalog.columns)}",
        )
    add_fields(file, [mapping])
    return AddedOne(mapping, _cost_in_disguise(catalog) if mapping.column == "WholesalePrice" else "")


def _cost_in_disguise(catalog: CatalogFile) -> str:
    rows = equal = 0
    for record in catalog.records():
        cells = catalog.cells(record)
        rows += 1
        equal += cells["WholesalePrice"].strip() == cells.get("PrimeCost", "").strip()
    if equal * 2 <= rows:
        return ""
    return f"`WholesalePrice` equals the cost price in {equal} of {rows} rows: buyers would see what you paid"


def add_standard_fields(file: ObjectFile) -> Added:
    """Lead every standard column that the export has to its field; what is led already stays as it is."""
    catalog = open_export(file)
    known = {mapping.column for mapping in file.settings.fields}
    taken = {(mapping.to, mapping.name or "") for mapping in file.settings.fields}
    mappings = []
    for column, target, name in STANDARD:
        if column in catalog.columns and column not in known and (target, name) not in taken:
            mappings.append(FieldMapping(column=column, to=target, name=name or None))
            taken.add((target, name))
    add_fields(file, mappings)
    own = tuple(name for name in catalog.columns if not is_standard(name) and name not in known)
    return Added(tuple(mappings), own)
