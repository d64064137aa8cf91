"""Read the export into the state; only rows that changed are parsed.

A row is recognised by the hash of its bytes, seeded with everything else that shapes a product: settings,
columns, the part of the file outside its rows, the versions of the rules and the program. Goods whose photos
changed are parsed all the same. An export that did not change at all is not opened.
Source: docs/developers/architecture.md §5.1, §5.2.
"""

from __future__ import annotations

import json
from collections.abc import Collection

import xxhash
from msgspec import Struct

from torgsync.core.config.settings import FieldMapping, SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.mapper import rules_version
from torgsync.core.mapping.select import SkipReason
from torgsync.core.plan.decide import RowStatus
from torgsync.core.plan.plan import ExportInfo
from torgsync.core.plan.plan_guards import STOCK_FIELDS
from torgsync.core.product.columns import CENTERS_COLUMN, DISPLAY_COLUMN
from torgsync.core.product.fields import NEEDED
from torgsync.core.product.money import DecimalSigns
from torgsync.core.text import counted
from torgsync.errors import ExportInvalid
from torgsync.files.catalog.catalog_file import CatalogFile, FileFormat
from torgsync.files.catalog.export import content_of, missing_column, no_column, open_export
from torgsync.files.config.objects import ObjectFile, mistakes_at
from torgsync.jobs.catalog.mappers import RowMapper
from torgsync.jobs.catalog.photos import PhotoFolder
from torgsync.jobs.catalog.row_reader import RowReader
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.state.store import UnitOfWork

_NO_SHAPE = {"name", "api_key", "clients", "payment_methods", "synchronization_times", "limits", "history"}
"""Tables of a sync object that shape no product."""
_PRICE_STOCK = {"prices", "stock"}
"""Tables that shape price and stock, and nothing else of a product."""


class ExportReading(Struct, frozen=True):
    """The facts of an export that was read, and the findings about it as a whole."""

    info: ExportInfo
    findings: tuple[Finding, ...]


def read_export(context: JobContext) -> ExportReading:
    """Read the export and store its goods; nothing is stored when the file cannot be trusted.

    Raises ExportInvalid where the file is wrong, ObjectInvalid where it lacks columns of the sync object.
    """
    settings = context.object
    context.report(Progress(Stage.READ))
    content = content_of(context.file)
    with context.transaction(durable=False) as work:
        photos = PhotoFolder(context.file, work)
        fingerprint = f"{shape(settings, (), content, photos):016x}"
        before, summary = work.object_state.reading()
        if content and before == fingerprint and not photos.moved:
            last = json.loads(summary)
            info = ExportInfo(settings.catalog.path, last["goods"], last["encoding"])
            stored = (Finding(Code(document.pop("code")), **document) for document in last["findings"])
            return ExportReading(info, (*stored, *photos.findings()))
        catalog = open_export(context.file)
        check_columns(context.file, catalog)
        _check_display(settings, catalog, work)
        seed = shape(settings, catalog.columns, catalog.context, photos)
        content_seed = shape(settings, catalog.columns, catalog.context, photos, _PRICE_STOCK)
        same = work.object_state.begin_settings(f"{seed:016x}", f"{content_seed:016x}")
        last = json.loads(summary) if same.all and summary else {}
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
        summary = json.dumps(last, ensure_ascii=False)
        work.object_state.end_reading(fingerprint, summary)
    info = ExportInfo(settings.catalog.path, rows.count, catalog.encoding)
    return ExportReading(info, (*findings, *photos.findings()))


def _signs_changed(before: DecimalSigns, mapper: RowMapper) -> bool:
    """Return whether a cell that may be two amounts is to be read otherwise than `before`.

    Only where the last export had such cells may rows hold them that did not change.
    """
    if not before:
        return False
    now = mapper.read_signs()
    return any(now.get(column, sign) != sign for column, sign in before.items())


def shape(
    settings: SyncObject,
    columns: tuple[str, ...],
    context: bytes,
    photos: PhotoFolder,
    without: Collection[str] = (),
) -> int:
    """Return the fingerprint of everything but the row that shapes a product, as 64 bits.

    `context` is the part of the file outside its rows; `without` are tables of the sync object that are left
    out. Of the photos only whether there is a source counts: those of each good are compared one by one.
    """
    state = xxhash.xxh3_64()
    tabs = settings.model_dump_json(exclude=_NO_SHAPE.union(without))
    for part in (rules_version(), tabs, str(photos.is_source), *columns):
        state.update(part.encode() + b"\x1f")
    state.update(context)
    return state.intdigest()


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


def _check_display(settings: SyncObject, catalog: CatalogFile, work: UnitOfWork) -> None:
    """Refuse an export that has lost the column by which goods are kept off the site: they would be sold."""
    if not settings.accounting_centers.respect_display or DISPLAY_COLUMN in catalog.columns:
        return
    hidden = work.rows.row_statuses().get((RowStatus.OUT, SkipReason.NOT_DISPLAYED), 0)
    if hidden:
        kept = counted(hidden, "good that it kept", "goods that it kept")
        raise ExportInvalid(
            f"the export has no column `{DISPLAY_COLUMN}` any more: {kept} off the site would be sold",
            hint=f"export the goods with `{DISPLAY_COLUMN}` again, or, if they may be sold, write "
            "respect_display = false under [accounting_centers] in the sync object",
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
