"""Adds the standard fields of an export to the sync object."""

from __future__ import annotations

from dataclasses import dataclass

from torgsync.core.fields import STANDARD
from torgsync.core.goods import is_standard
from torgsync.core.objects import FieldMapping
from torgsync.files.catalog import open_catalog
from torgsync.files.objects import ObjectFile, add_fields


@dataclass(frozen=True, slots=True)
class Added:
    """What was added, and the merchant's own columns, of which only a person knows what they are."""

    mappings: tuple[FieldMapping, ...]
    own_columns: tuple[str, ...]


def add_standard_fields(file: ObjectFile) -> Added:
    """Lead every standard column that the export has to its field; what is led already stays as it is."""
    catalog = open_catalog(
        file.catalog_path, encoding=file.settings.catalog.encoding, header=file.settings.catalog.header
    )
    known = {mapping.column for mapping in file.settings.fields}
    taken = {(mapping.to, mapping.name or "") for mapping in file.settings.fields}
    mappings = tuple(
        FieldMapping(column=column, to=target, name=name or None)
        for column, target, name in STANDARD
        if column in catalog.columns and column not in known and (target, name) not in taken
    )
    add_fields(file, mappings)
    own = tuple(name for name in catalog.columns if not is_standard(name) and name not in known)
    return Added(mappings, own)
