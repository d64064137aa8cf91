"""List the values of one column of the export, and what `[[values]]` makes of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from torgsync.core.config.value_map import folded_value
from torgsync.core.product.cells import line_of_text
from torgsync.core.product.columns import SECRET, canonical, labelled
from torgsync.errors import UsageError
from torgsync.files.catalog.catalog_file import CatalogFile
from torgsync.files.catalog.export import no_column, open_export
from torgsync.files.config.objects import ObjectFile
from torgsync.i18n import _


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """One value, as it is written, in how many rows it is, and what replaces it, None where nothing does."""

    value: str
    count: int
    replaced_by: str | None


@dataclass(frozen=True, slots=True)
class ValuesView:
    """The values of a column, the most frequent first; words of `[[values]]` that no row has come last."""

    column: str
    values: tuple[ColumnValue, ...]
    mapped: bool


def column_values(file: ObjectFile, column: str) -> ValuesView:
    """Return the values of a column, which may be named by Torgsoft's label.

    Raises ExportInvalid where the export cannot be read, UsageError where it has no such column or the column
    is what the shop paid.
    """
    catalog, settings = open_export(file), file.settings
    name = _column(catalog, column)
    counts = Counter(
        line_of_text(catalog.cells(record).get(name, ""), frozenset()) for record in catalog.records()
    )
    met = {folded_value(part) for value in counts for part in (value, *value.split("|"))}
    tables = [table for table in settings.values if table.column == name]
    unmet = {
        word: instead
        for table in tables
        for word, instead in table.map.items()
        if folded_value(word) not in met
    }
    rows = [
        ColumnValue(value, count, settings.value_map.instead(name, value))
        for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    rows += [ColumnValue(word, 0, instead) for word, instead in unmet.items()]
    return ValuesView(name, tuple(rows), bool(tables))


def _column(catalog: CatalogFile, column: str) -> str:
    name = canonical(column)
    if name not in catalog.columns and labelled(column) in catalog.columns:
        name = labelled(column)
    if name in SECRET:
        raise UsageError(_("`{column}` is what the shop paid; its values are not listed", column=name))
    if name not in catalog.columns:
        hint = _("it has {columns:quoted}", columns=catalog.columns)
        raise UsageError(no_column(catalog, name), hint=hint)
    return name
