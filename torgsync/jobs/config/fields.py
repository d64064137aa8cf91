"""Map columns of an export to fields of Prom, and show the mappings."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from torgsync.core.config.catalog import FieldMapping, twin_target
from torgsync.core.config.validation import reasons_of
from torgsync.core.mapping.suggest import Samples, is_own
from torgsync.core.mapping.texts import TEXTS
from torgsync.core.product.columns import canonical, labelled
from torgsync.core.product.fields import STANDARD, TARGETS
from torgsync.core.product.languages import language_pairs
from torgsync.core.shell import command
from torgsync.core.text import did_you_mean
from torgsync.errors import ExportInvalid, UsageError
from torgsync.files.catalog.catalog_file import CatalogFile, FileFormat
from torgsync.files.catalog.export import no_column, open_export
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.toml_edit import add_fields
from torgsync.files.config.toml_edit import remove_field as remove_from_file
from torgsync.i18n import NOTHING, Message, _


@dataclass(frozen=True, slots=True)
class AddedFields:
    """The mappings that were added, and the merchant's own columns, which only a person can map."""

    mappings: tuple[FieldMapping, ...]
    own_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddedField:
    """One mapping that was added, and a warning, empty if there is none."""

    mapping: FieldMapping
    warning: Message


def add_field(
    file: ObjectFile,
    column: str,
    target: str,
    *,
    name: str | None,
    unit: str | None,
    split: str | None,
    owner: str,
) -> AddedField:
    """Map one column to a target.

    A column may be named as in the file: a label of Torgsoft means its standard column, where the export was
    read so. There is a warning where `WholesalePrice` equals the cost price in most rows: buyers would see
    what the shop paid (torgsoft §3.1). Raises UsageError where the mapping is not possible, or
    there is no such column.
    """
    if target == "characteristic" and not name:
        if split and split in column:
            raise UsageError(
                _(
                    'the name of the column also has "{split}" and would be split into two languages',
                    split=split,
                ),
                hint=_("give the characteristic a name for buyers: `--name NAME`"),
            )
        name = column
    catalog = open_export(file)
    column_name = canonical(column)
    if column_name not in catalog.columns and labelled(column) in catalog.columns:
        column_name = labelled(column)
    given = {"column": column_name, "to": target, "name": name, "unit": unit, "split": split, "owner": owner}
    try:
        mapping = FieldMapping.model_validate(
            {key: value for key, value in given.items() if value is not None}
        )
    except ValidationError as wrong:
        hint = None if target in TARGETS else _("the targets are {targets:quoted}", targets=(*TARGETS,))
        raise UsageError(reasons_of(wrong), hint=hint) from wrong
    for other in file.settings.fields:
        if twin := twin_target([other, mapping]):
            raise UsageError(
                _("`{column}` is already mapped to `{target}`", column=other.column, target=twin),
                hint=_("remove it first: {command}", command=_remove(other.column, file)),
            )
    if mapping.column not in catalog.columns:
        hint = _("it has {columns:quoted}", columns=catalog.columns)
        raise UsageError(no_column(catalog, mapping.column), hint=hint)
    add_fields(file, [mapping])
    return AddedField(mapping, _cost_in_disguise(catalog) if mapping.column == "WholesalePrice" else NOTHING)


def _remove(column: str, file: ObjectFile) -> str:
    return command("fields remove", column, options=f"-o {file.called}")


def remove_field(file: ObjectFile, column: str) -> tuple[FieldMapping, ...]:
    """Remove a column from the sync object and return its mappings. Raises UsageError where it has none."""
    name = canonical(column)
    removed = tuple(mapping for mapping in file.settings.fields if mapping.column == name)
    if not removed:
        known = [mapping.column for mapping in file.settings.fields]
        raise UsageError(
            _("the column `{column}` is not mapped{near}", column=column, near=did_you_mean(column, known)),
            hint=_("see those that are: torgsync fields list -o {called}", called=file.called),
        )
    remove_from_file(file, name)
    return removed


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
    problem: Message


def sampled_fields(file: ObjectFile) -> FieldsView:
    """Return every mapping with a value of its column; the export is read only until each has one."""
    mappings = file.settings.fields
    samples = Samples([mapping.column for mapping in mappings])
    columns: tuple[str, ...] = ()
    problem = NOTHING
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


def _cost_in_disguise(catalog: CatalogFile) -> Message:
    rows = equal = 0
    for record in catalog.records():
        cells = catalog.cells(record)
        rows += 1
        equal += cells["WholesalePrice"].strip() == cells.get("PrimeCost", "").strip()
    if equal * 2 <= rows:
        return NOTHING
    return _(
        "`WholesalePrice` equals the cost price in {equal} of {rows} rows: buyers would see what you paid",
        equal=equal,
        rows=rows,
    )


def add_standard_fields(file: ObjectFile) -> AddedFields:
    """Map every standard column that the export has to its field; existing mappings stay.

    Next to a quantity the presence needs no column of its own. Texts that the export has in both languages go
    to both. Of a YML file these may be all texts, elsewhere `Description` is a part of the name.
    """
    catalog = open_export(file)
    fields = file.settings.fields
    known = {mapping.column for mapping in fields}
    languages = file.settings.catalog.languages
    paired = TEXTS if catalog.kind is FileFormat.YML else ("name", "keywords")
    pairs = dict(language_pairs(catalog.columns, paired if languages.both or languages.name == "uk" else ()))
    wanted = [(column, target, "") for column, target in pairs.items()]
    wanted += [(column, target, name) for column, target, name in STANDARD if column not in pairs]
    mappings: list[FieldMapping] = []
    for column, target, name in wanted:
        if column in catalog.columns and column not in known:
            mapping = FieldMapping(column=column, to=target, name=name or None)
            before = [*fields, *mappings]
            counted = target == "presence" and any(other.to == "quantity" for other in before)
            if not counted and not twin_target([*before, mapping]):
                mappings.append(mapping)
    add_fields(file, mappings)
    known |= {mapping.column for mapping in mappings}
    own = tuple(name for name in catalog.columns if is_own(name) and name not in known)
    return AddedFields(tuple(mappings), own)
