"""Check the export of a sync object: its columns, and what each good would be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from torgsync.core.config.settings import SyncObject
from torgsync.core.config.sources import shown_source
from torgsync.core.config.storages import kind_of
from torgsync.core.counts import column_count, row_count
from torgsync.core.findings import Code, Finding, Severity
from torgsync.core.mapping.codes import brand_or_country
from torgsync.core.mapping.mapper import pictures
from torgsync.core.mapping.select import displayed, empty_group, why_out
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.mapping.stock import unknown_centers
from torgsync.core.mapping.suggest import Samples, is_own, suggest
from torgsync.core.plan.decide import why_incomplete
from torgsync.core.product.cells import id_fault
from torgsync.core.product.columns import CENTERS_COLUMN, ExportRecord, is_standard
from torgsync.core.product.fields import STANDARD, Photo
from torgsync.core.product.groups import Steps, grow
from torgsync.core.product.products import Product
from torgsync.core.product.variants import Member, arrange
from torgsync.core.text import quotation
from torgsync.errors import Exit
from torgsync.files.catalog.catalog_file import CatalogFile, FileFormat
from torgsync.files.catalog.export import open_export
from torgsync.files.config.objects import ObjectFile
from torgsync.files.photos.folder import PhotoIndex
from torgsync.i18n import _, _n, joined, verbatim
from torgsync.jobs.catalog.mappers import RowMapper
from torgsync.jobs.catalog.reading import check_columns, file_findings
from torgsync.jobs.catalog.row_reader import duplicate, placed
from torgsync.jobs.config.check_selection import ExportSums, center_lines, photo_lines, selection_line
from torgsync.jobs.config.check_view import CheckLine, CheckView, Mark, ok, warning

SHOWN = 10
"""Lines of the export that one line of a check names."""


def check_export(file: ObjectFile, checked: CheckView, photos: PhotoIndex | None) -> None:
    """Check the export and every good in it; the result is added to `checked`.

    Raises InvalidInput where the export cannot be read, or has not the columns that are mapped.
    """
    settings = file.settings
    catalog = open_export(file)
    checked.guesses = catalog.guesses
    check_columns(file, catalog)
    checked.findings.add(file_findings(settings, catalog))
    tally = _tally(file, catalog, photos, checked)
    if tally.nameless:
        places = [str(line) for line in tally.nameless[:SHOWN]]
        rest = len(tally.nameless) - len(places)
        lines = joined(", ", [*places, *([_("{count} more", count=rest)] if rest else [])])
        message = _n(
            "{count} row has no `GoodID`: line {lines}",
            "{count} rows have no `GoodID`: lines {lines}",
            len(tally.nameless),
            lines=lines,
        )
        hint = _("export the items from Torgsoft again")
        checked.lines.append(CheckLine(Mark.ERROR, _("export"), message, hint, Exit.INVALID))
        return
    checked.lines += photo_lines(file, photos, tally)
    facts = [
        row_count(tally.goods),
        column_count(len(catalog.columns)),
        _("with a header") if catalog.has_header else _("without a header"),
        _("a spreadsheet") if catalog.kind is FileFormat.XLSX else catalog.encoding,
    ]
    if kind_of(settings.catalog.path):
        facts.insert(0, _("fetched from `{place}`", place=shown_source(settings.catalog.path)))
    checked.lines.append(ok(_("export"), joined(", ", facts)))
    checked.lines.append(selection_line(file, tally))
    checked.lines += center_lines(file, catalog.columns, tally)
    if CENTERS_COLUMN in catalog.columns:
        checked.findings.add(unknown_centers(settings, tally.centers))
    all_out = tally.out[SkipReason.OTHER_GROUP] == tally.out.total() == len(tally.ids) > 0
    if settings.product_group and all_out:
        checked.findings.add([empty_group(settings, tally.groups)])
    mapped = {mapping.column for mapping in settings.fields}
    own = [name for name in catalog.columns if is_own(name) and name not in mapped]
    if own:
        message = _("your own columns that are not sent: {names:quoted}", names=own)
        checked.lines.append(ok(_("columns"), message))
    if settings.fields and (unsent := _unsent(settings, catalog, tally.samples)):
        hint = verbatim(f"torgsync fields add {unsent[0]} --to {_UNSENT[unsent[0]]} -o {file.called}")
        message = _("columns of Torgsoft that are not sent: {names:quoted}", names=unsent)
        checked.lines.append(ok(_("columns"), message, hint))
    checked.suggestions = tuple(
        # Where nothing is mapped yet, `fields add-all` is the way for the standard columns.
        item
        for item in suggest(catalog.columns, tally.samples, settings)
        if settings.fields or not is_standard(item.column)
    )
    if tally.unsure:
        message = _n(
            "{count} item has the same word as brand and as country; neither is sent",
            "{count} items have the same word as brand and as country; neither is sent",
            tally.unsure,
        )
        hint = _("if it is the brand: torgsync fields remove Country -o {called}", called=file.called)
        checked.lines.append(warning(_("brand"), message, hint))
    if errors := checked.findings.count(Severity.ERROR):
        message = _n(
            "{count} error below: its item or field is not sent",
            "{count} errors below: their items or fields are not sent",
            errors,
        )
        checked.lines.append(warning(_("goods"), message))


_UNSENT = {"Description": "description"} | {column: target for column, target, name in STANDARD if not name}
"""Columns of Torgsoft's own, and the fields to which they may be mapped."""


def _unsent(settings: SyncObject, catalog: CatalogFile, samples: Samples) -> list[str]:
    """Return the columns of Torgsoft that hold something, and whose field no other column is mapped to."""
    proposed = {item.column for item in suggest(catalog.columns, samples, settings)}
    taken = {mapping.to for mapping in settings.fields}
    return [
        name
        for name, target in _UNSENT.items()
        if target not in taken and name not in proposed and samples.proposable(name)
    ]


def _why_not_created(settings: SyncObject, cells: Mapping[str, str], desired: Product) -> SkipReason | None:
    """Return why a good that the selection lets pass would not be created in an empty shop."""
    return SkipReason.DISPLAY_UNKNOWN if displayed(settings, cells) is None else why_incomplete(desired)


def _tally(
    file: ObjectFile, catalog: CatalogFile, photos: PhotoIndex | None, checked: CheckView
) -> ExportSums:
    settings, mapper = file.settings, RowMapper(file.settings, catalog)
    mapped_columns = {mapping.column for mapping in settings.fields}
    tally = ExportSums(Samples([name for name in catalog.columns if name not in mapped_columns]))
    first: dict[str, ExportRecord] = {}
    out: dict[str, SkipReason | None] = {}
    models: dict[str, list[Member]] = {}
    paths: Counter[Steps] = Counter()
    twins: dict[str, list[ExportRecord]] = {}

    def photos_of(good_id: str) -> tuple[Photo, ...] | None:
        if photos is None:
            return None
        return tuple(Photo(photo.name, "") for photo in photos.of(good_id))

    for record in catalog.records():
        cells = settings.value_map.apply(catalog.cells(record))
        good_id = catalog.good_id(record)
        tally.add(settings, cells)
        if fault := id_fault(good_id):
            tally.nameless.append(record.line)
            args = {"fault": fault, "cell": quotation(good_id)}
            checked.findings.add([Finding(Code.ID_MISSING, line=record.line, args=args)])
            continue
        if good_id in first:
            twins.setdefault(good_id, [first[good_id]]).append(record)
            continue
        first[good_id] = record
        stock = mapper.stock(cells)
        has_photos = tally.note_photos(good_id, photos_of(good_id) or pictures(cells))
        out[good_id] = why_out(settings, cells, stock, has_photos=has_photos)
        if not out[good_id] and settings.fields:
            mapped = mapper.of(cells).product(good_id, record.line, cells, stock, photos_of)
            checked.findings.add(placed(mapped.findings, catalog, record))
            tally.unsure += bool(brand_or_country(settings, cells))
            out[good_id] = _why_not_created(settings, cells, mapped.product)
            paths[mapped.product.path] += 1
            if mapped.model:
                member = Member(good_id, record.line, mapped.product.characteristics)
                models.setdefault(mapped.model, []).append(member)
    for good_id, records in twins.items():
        finding = duplicate(good_id, [record.line for record in records])
        checked.findings.add(placed([finding], catalog, records[-1]))
    for members in models.values():
        checked.findings.add(arrange([one for one in members if one.good_id not in twins]).findings)
    checked.findings.add(grow(paths.items()).findings)
    out |= dict.fromkeys(twins, SkipReason.BLOCKED)
    tally.ids, tally.out = set(out), Counter(filter(None, out.values()))
    tally.pictured -= {good_id for good_id, reason in out.items() if reason}
    return tally
