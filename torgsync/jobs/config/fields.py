"""Adds the standard fields of an export to the sync object."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from torgsync.core.config.settings import FieldMapping, twin_target
from torgsync.core.mapping.suggest import Samples, is_own
from torgsync.core.product.columns import canonical, labelled
from torgsync.core.product.fields import STANDARD, TARGETS
from torgsync.core.text import did_you_mean
from torgsync.errors import ExportInvalid, UsageError
from torgsync.files.catalog.catalog_file import CatalogFile
from torgsync.files.catalog.export import no_column, open_export
from torgsync.files.config.objects import ObjectFile, add_fields, quoted
from torgsync.files.config.objects import remove_field as remove_from_file


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
    file: ObjectFile,
    column: str,
    target: str,
    *,
    name: str | None,
    unit: str | None,
    split: str | None,
    owner: str,
) -> AddedOne:
    """Lead one column to a target. Raises UsageError where the mapping or the column cannot be.

    A column may be named as the file names it: a label of Torgsoft stands for its standard column, where the
    export has been read so.
    Warns where `WholesalePrice` is led anywhere and equals the cost price in most rows: then it is the cost
    price in disguise (torgsoft §3.1).
    """
    if target == "characteristic" and not name:
        if split and split in column:
            raise UsageError(
                f'the column\'s name holds "{split}" too, and would be parted into two languages',
                hint="name the characteristic for buyers: --name NAME",
            )
        name = column
    catalog = open_export(file)
    there = canonical(column)
    if there not in catalog.columns and labelled(column) in catalog.columns:
        there = labelled(column)
    given = {"column": there, "to": target, "name": name, "unit": unit, "split": split, "owner": owner}
    try:
        mapping = FieldMapping.model_validate(
            {key: value for key, value in given.items() if value is not None}
        )
    except ValidationError as wrong:
        reasons = "; ".join(str(error["msg"]).removeprefix("Value error, ") for error in wrong.errors())
        hint = f"the targets are {', '.join(TARGETS)}" if target not in TARGETS else None
        raise UsageError(reasons, hint=hint) from wrong
    for other in file.settings.fields:
        if twin := twin_target([other, mapping]):
            raise UsageError(
                f"`{other.column}` is led to `{twin}` already",
                hint=f"take it out first: torgsync fields remove {quoted(other.column)} -o {file.called}",
            )
    if mapping.column not in catalog.columns:
        raise UsageError(
            no_column(catalog, mapping.column),
            hint=f"it has {', '.join(catalog.columns)}",
        )
    add_fields(file, [mapping])
    return AddedOne(mapping, _cost_in_disguise(catalog) if mapping.column == "WholesalePrice" else "")


def remove_field(file: ObjectFile, column: str) -> tuple[FieldMapping, ...]:
    """Take a column out of the sync object and return what it was led to.

    Raises UsageError where it is led nowhere.
    """
    name = canonical(column)
    gone = tuple(mapping for mapping in file.settings.fields if mapping.column == name)
    if not gone:
        known = [mapping.column for mapping in file.settings.fields]
        raise UsageError(
            f"the column `{column}` is not led anywhere{did_you_mean(column, known)}",
            hint=f"see them: torgsync fields list -o {file.called}",
        )
    remove_from_file(file, name)
    return gone


@dataclass(frozen=True, slots=True)
class SampledField:
    """One mapping with a value of its column; `in_export` is None where the export could not be read."""

    mapping: FieldMapping
    sample: str
    in_export: bool | None


@dataclass(frozen=True, slots=True)
class FieldsView:
    """All mappings of an object, and why the export could not be read, empty where it could."""

    fields: tuple[SampledField, ...]
    problem: str


def sampled_fields(file: ObjectFile) -> FieldsView:
    """Return every mapping with a value of its column; the export is read only until each has one."""
    mappings = file.settings.fields
    samples = Samples([mapping.column for mapping in mappings])
    columns: tuple[str, ...] = ()
    problem = ""
    try:
        if mappings:
            catalog = open_export(file)
            columns = catalog.columns
            for record in catalog.records():
                samples.add(catalog.cells(record))
                if samples.complete:
                    break
    except ExportInvalid as refused:
        problem = refused.message
    rows = tuple(
        SampledField(mapping, samples.sample(mapping.column), mapping.column in columns if columns else None)
        for mapping in mappings
    )
    return FieldsView(rows, problem)


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
    mappings: list[FieldMapping] = []
    for column, target, name in STANDARD:
        if column in catalog.columns and column not in known:
            mapping = FieldMapping(column=column, to=target, name=name or None)
            if not twin_target([*file.settings.fields, *mappings, mapping]):
                mappings.append(mapping)
    add_fields(file, mappings)
    own = tuple(name for name in catalog.columns if is_own(name) and name not in known)
    return Added(tuple(mappings), own)
