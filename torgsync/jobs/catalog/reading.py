"""Read the rows of an export that changed, and refuse one that lacks what the settings need.

Source: docs/developers/architecture.md §5.1, §5.2.
"""

from __future__ import annotations

import json

from torgsync.core.config.settings import FieldMapping, SyncObject
from torgsync.core.config.sources import shown_source
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.decide import RowStatus
from torgsync.core.plan.plan import ExportInfo
from torgsync.core.plan.plan_guards import STOCK_FIELDS
from torgsync.core.product.columns import CENTERS_COLUMN, DISPLAY_COLUMN
from torgsync.core.product.fields import NEEDED
from torgsync.core.product.money import DecimalSigns
from torgsync.errors import ExportInvalid
from torgsync.files.catalog.catalog_file import CatalogFile, FileFormat
from torgsync.files.catalog.export import missing_column, no_column, open_export
from torgsync.files.config.objects import ObjectFile, mistakes_at
from torgsync.i18n import _, _n
from torgsync.jobs.catalog.mappers import RowMapper
from torgsync.jobs.catalog.row_reader import RowReader
from torgsync.jobs.catalog.shape import PRICE_STOCK, shape
from torgsync.jobs.context import JobContext
from torgsync.jobs.photos.folder import PhotoFolder
from torgsync.state.store import UnitOfWork


def read_rows(
    context: JobContext, work: UnitOfWork, photos: PhotoFolder, fingerprint: str, before: str
) -> tuple[ExportInfo, tuple[Finding, ...]]:
    """Read the rows of an export into the state, and return the facts and findings of the file.

    `before` is the summary of its last reading, if any.

    Raises ExportInvalid where the file is wrong, ObjectInvalid where it lacks columns of the sync object.
    """
    settings = context.object
    catalog = open_export(context.file)
    check_columns(context.file, catalog)
    _check_display(context.file, catalog, work)
    seed = shape(settings, catalog.columns, catalog.context, photos)
    content_seed = shape(settings, catalog.columns, catalog.context, photos, PRICE_STOCK)
    same = work.object_state.begin_settings(f"{seed:016x}", f"{content_seed:016x}")
    last = json.loads(before) if same.all and before else {}
    mapper = RowMapper(settings, catalog)
    known = not _signs_changed(last.get("signs", {}), mapper)
    skip_known = same.all and known
    rows = RowReader(context, work, catalog, photos, mapper, seed, skip_known, same.content)
    rows.centers.update(last.get("centers", ()) if known else ())
    rows.read()
    photos.store(work)
    findings = (*file_findings(settings, catalog), *rows.findings())
    documents = [
        {"code": finding.code, "args": finding.args, "column": finding.column} for finding in findings
    ]
    last = {"goods": rows.count, "encoding": catalog.encoding, "centers": sorted(rows.centers)}
    last |= {"signs": mapper.decimal_signs, "findings": documents}
    work.object_state.end_reading(fingerprint, json.dumps(last, ensure_ascii=False))
    return ExportInfo(shown_source(settings.catalog.path), rows.count, catalog.encoding), findings


def _signs_changed(before: DecimalSigns, mapper: RowMapper) -> bool:
    """Return whether a cell that may be two amounts is to be read otherwise than `before`.

    Only where the last export had such cells may rows hold them that did not change.
    """
    if not before:
        return False
    now = mapper.read_signs()
    return any(now.get(column, sign) != sign for column, sign in before.items())


def check_columns(file: ObjectFile, catalog: CatalogFile) -> None:
    """Refuse a sync object that maps columns, or words of columns, which the export must have and lacks."""
    missing = []
    for number, mapping in enumerate(file.settings.fields):
        if mapping.column not in catalog.columns and not _may_lack(file.settings, catalog, mapping):
            message = no_column(catalog, mapping.column)
            missing.append((("fields", number, "column"), f"fields[{number}].column", message))
    for number, table in enumerate(file.settings.values):
        if table.column not in catalog.columns and catalog.kind is not FileFormat.YML:
            message = no_column(catalog, table.column)
            missing.append((("values", number, "column"), f"values[{number}].column", message))
    if missing:
        raise mistakes_at(file, missing)


def _check_display(file: ObjectFile, catalog: CatalogFile, work: UnitOfWork) -> None:
    """Refuse an export that has lost the column by which goods are kept off the site: they would be sold."""
    if not file.settings.accounting_centers.respect_display or DISPLAY_COLUMN in catalog.columns:
        return
    hidden = work.rows.row_statuses().get((RowStatus.OUT, SkipReason.NOT_DISPLAYED), 0)
    if hidden:
        raise ExportInvalid(
            _n(
                "the export no longer has the column `{column}`, which keeps {count} item off the site",
                "the export no longer has the column `{column}`, which keeps {count} items off the site",
                hidden,
                column=DISPLAY_COLUMN,
            ),
            hint=_(
                "export the items with `{column}` again; if they may be sold: "
                "torgsync object edit {called} --set accounting_centers.respect_display=false",
                column=DISPLAY_COLUMN,
                called=file.called,
            ),
        )


def _may_lack(settings: SyncObject, catalog: CatalogFile, mapping: FieldMapping) -> bool:
    """Return whether a column may be absent: offers of a YML file leave out what they do not have."""
    picks = mapping.to == "group" and bool(settings.product_group)
    return catalog.kind is FileFormat.YML and mapping.to not in NEEDED and not picks


def file_findings(settings: SyncObject, catalog: CatalogFile) -> tuple[Finding, ...]:
    """Return the findings about the export's columns."""
    findings = []
    if settings.fields and not any(mapping.to in STOCK_FIELDS for mapping in settings.fields):
        findings.append(Finding(Code.STOCK_UNLED))
    if settings.accounting_centers.use and CENTERS_COLUMN not in catalog.columns:
        findings.append(Finding(Code.CENTERS_MISSING, column=CENTERS_COLUMN))
    for mapping in settings.fields:
        if mapping.column not in catalog.columns:
            hint, meant = missing_column(catalog, mapping.column)
            args = {"column": mapping.column, "hint": hint, "meant": meant}
            findings.append(Finding(Code.COLUMN_MISSING, column=mapping.column, args=args))
    return tuple(findings)
