"""Explain one good's row of the export: what each filter decides, and what the rules make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from torgsync.core.config.settings import FieldMapping
from torgsync.core.findings import Finding
from torgsync.core.mapping.codes import brand_or_country
from torgsync.core.mapping.mapper import pictures
from torgsync.core.mapping.row import Mapped
from torgsync.core.mapping.select import displayed
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.mapping.stock import count_stock
from torgsync.core.plan.decide import (
    was_displayed,
)
from torgsync.core.plan.why import CenterStock, Filter, PriceTrace, center_stocks, filters, price_traces
from torgsync.core.product.groups import model_key
from torgsync.core.product.variants import Family, Member, Relative, family, model_of, no_family
from torgsync.files.catalog.catalog_file import CatalogFile
from torgsync.files.catalog.export import open_export
from torgsync.jobs.catalog.mappers import RowMapper
from torgsync.jobs.catalog.reading import check_columns
from torgsync.jobs.catalog.row_reader import duplicate
from torgsync.jobs.context import JobContext
from torgsync.jobs.photos.checked import CheckedPhoto, PublishedPhotos
from torgsync.jobs.photos.folder import PhotoFolder
from torgsync.state.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class RowView:
    """A good's row of the export: what each filter decided, and what the rules made of it.

    A good may have several `lines`, of which the first one is explained. `mapped_cells` are as written, and
    `replaced` what `[[values]]` gives instead, keyed by column. `unsent` are columns with one word
    that may be a brand or a country; `centers` is the stock of each accounting center, empty where all are in
    one file; `out` is the first filter that keeps the good out; `waits` whether it is unknown if it is to
    be displayed. `photos` are those of the folder, with what their addresses answered last.
    """

    file: str
    lines: tuple[int, ...]
    mapped_cells: tuple[tuple[FieldMapping, str], ...]
    replaced: Mapping[str, str]
    unsent: frozenset[str]
    filters: tuple[Filter, ...]
    centers: tuple[CenterStock, ...]
    family: Family
    out: SkipReason | None
    waits: bool
    prices: tuple[PriceTrace, ...]
    findings: tuple[Finding, ...]
    mapped: Mapped
    photos: tuple[CheckedPhoto, ...]


def read_row(context: JobContext, work: UnitOfWork, good_id: str, prom_group: int | None) -> RowView | None:
    """Return the good's row, None where the export has none.

    `prom_group` is the variant group in which Prom has the good, 0 for none, None where Prom does not have
    it. Raises InvalidInput where the export cannot be read, which may show at its end only.
    """
    settings, photos_of = context.object, PhotoFolder(context.file, work)
    catalog = open_export(context.file)
    check_columns(context.file, catalog)
    records = [record for record in catalog.records() if catalog.good_id(record) == good_id]
    if not records:
        return None
    written, lines = catalog.cells(records[0]), [record.line for record in records]
    cells = settings.value_map.apply(written)
    mapper = RowMapper(settings, catalog)
    was = _was_displayed(work, [good_id]).get(good_id)
    judged = _judge(mapper, photos_of, good_id, lines, cells, was=was)
    findings = [*judged.mapped.findings, *photos_of.findings_of(good_id), *photos_of.findings(good_id)]
    if len(lines) > 1:
        findings.insert(0, duplicate(good_id, lines))
    return RowView(
        file=catalog.file_of(records[0]),
        lines=tuple(lines),
        mapped_cells=tuple(
            (mapping, written[mapping.column]) for mapping in settings.fields if mapping.column in cells
        ),
        replaced={column: cells[column] for column in cells if cells[column] != written[column]},
        unsent=brand_or_country(settings, cells),
        filters=judged.filters,
        centers=center_stocks(settings, cells),
        family=_family(mapper, work, photos_of, catalog, judged, prom_group),
        out=judged.out,
        waits=displayed(settings, cells, was=was) is None,
        prices=price_traces(settings, cells, judged.mapped),
        findings=tuple(findings),
        mapped=judged.mapped,
        photos=tuple(PublishedPhotos(context, work).answered(photos_of, good_id)),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the filters and the rules make of one good, which may be on several lines."""

    good_id: str
    lines: Sequence[int]
    filters: tuple[Filter, ...]
    mapped: Mapped

    @property
    def out(self) -> SkipReason | None:
        """The first filter that keeps it out."""
        return next((one.reason for one in self.filters if not one.passes), None)

    @property
    def relative(self) -> Relative:
        """The good as a member of its model."""
        product = self.mapped.product
        member = Member(self.good_id, self.lines[0], product.characteristics)
        twice = len(self.lines) > 1
        return Relative(member, product.title, self.out or (SkipReason.BLOCKED if twice else ""))


def _judge(
    mapper: RowMapper,
    photos_of: PhotoFolder,
    good_id: str,
    lines: Sequence[int],
    cells: Mapping[str, str],
    *,
    was: bool | None,
) -> _Judged:
    settings = mapper.settings
    stock, in_folder = count_stock(settings, cells), photos_of(good_id)
    photos = in_folder or pictures(cells) or in_folder
    found = len(photos or ()) if photos is not None or photos_of.is_source else None
    outcome = filters(settings, cells, stock, found, was=was)
    mapped = mapper.of(cells).product(good_id, lines[0], cells, stock, photos_of, was_displayed=was)
    return _Judged(good_id, lines, outcome, mapped)


def _was_displayed(work: UnitOfWork, good_ids: Sequence[str]) -> dict[str, bool | None]:
    """Return which goods were displayed at the last reading, keyed by id."""
    rows = work.rows.old_rows(good_ids)
    return {good_id: was_displayed(row.row_status, row.reason) for good_id, row in rows.items()}


def _family(
    mapper: RowMapper,
    work: UnitOfWork,
    photos_of: PhotoFolder,
    catalog: CatalogFile,
    judged: _Judged,
    prom_group: int | None,
) -> Family:
    """Return the model of a good and the other goods of it, as the export has them now."""
    settings = mapper.settings
    key, blank, column = judged.mapped.model, settings.catalog.blank, settings.column_of("variant_group")
    if not key:
        return no_family(column)
    rows: dict[str, Mapping[str, str]] = {}
    lines: dict[str, list[int]] = {}
    for record in catalog.records():
        cells = settings.value_map.apply(catalog.cells(record))
        if model_key(cells, column, blank) == key:
            rows.setdefault(catalog.good_id(record), cells)
        if (good_id := catalog.good_id(record)) in rows:
            lines.setdefault(good_id, []).append(record.line)
    kept = {
        variant.member.good_id: variant
        for members in work.variants.members([model_of(key)]).values()
        for variant in members
    }
    relatives, was = [], _was_displayed(work, list(rows))
    for good_id, cells in rows.items():
        relative = _judge(mapper, photos_of, good_id, lines[good_id], cells, was=was.get(good_id)).relative
        group = kept[good_id].member.group if good_id in kept else 0
        relatives.append(replace(relative, member=replace(relative.member, group=group)))
    number = max((variant.group for variant in kept.values()), default=0)
    return family(key, judged.good_id, relatives, number, prom_group)
