"""One good's row of the export as it is now: what each filter decides, and what the rules make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from torgsync.core.config.settings import FieldMapping, SyncObject
from torgsync.core.findings import Finding
from torgsync.core.mapping.codes import brand_or_country
from torgsync.core.mapping.mapper import Mapper, pictures
from torgsync.core.mapping.row import Mapped
from torgsync.core.mapping.select import SkipReason
from torgsync.core.mapping.stock import count_stock
from torgsync.core.plan.family import Family, Relative, family, model_column, no_family
from torgsync.core.plan.why import CenterStock, Filter, PriceTrace, center_stocks, filters, price_traces
from torgsync.core.product.groups import model_key
from torgsync.core.product.variants import Member, model_of
from torgsync.files.catalog.catalog_file import CatalogFile
from torgsync.files.catalog.export import open_export
from torgsync.jobs.catalog.export import check_columns
from torgsync.jobs.catalog.photos import PhotoFolder
from torgsync.jobs.catalog.row_reader import duplicate
from torgsync.jobs.context import JobContext
from torgsync.state.store import UnitOfWork


@dataclass(frozen=True, slots=True)
class RowView:
    """A good's row of the export, and what the rules made of it.

    Args:
        file: The file that it is in.
        lines: Its lines; a good may have several, of which the first one is explained.
        mapped_cells: The cells of mapped columns.
        unsent: Columns that a rule leaves out, each with the reason.
        filters: What each filter decided.
        centers: The stock in the file of each accounting center; empty where all are in one file.
        family: The model of the good and the other goods of it.
        out: The first filter that keeps it out.
        prices: How its prices were made.
        findings: What was found in it.
        mapped: The product that the rules made of it.
    """

    file: str
    lines: tuple[int, ...]
    mapped_cells: tuple[tuple[FieldMapping, str], ...]
    unsent: Mapping[str, str]
    filters: tuple[Filter, ...]
    centers: tuple[CenterStock, ...]
    family: Family
    out: SkipReason | None
    prices: tuple[PriceTrace, ...]
    findings: tuple[Finding, ...]
    mapped: Mapped


def read_row(context: JobContext, work: UnitOfWork, good_id: str, made: int | None) -> RowView | None:
    """Return the good's row, None where the export has none.

    `made` is the variant group in which Prom has the good, 0 for none, None where Prom does not have it.

    Raises:
        InvalidInput: The export cannot be read, which may show at its end only.
    """
    settings, photos_of = context.object, PhotoFolder(context.file, work)
    catalog = open_export(context.file)
    check_columns(context.file, catalog)
    records = [record for record in catalog.records() if catalog.good_id(record) == good_id]
    if not records:
        return None
    cells, lines = catalog.cells(records[0]), [record.line for record in records]
    judged = _judge(settings, photos_of, good_id, lines, cells)
    findings = list(judged.mapped.findings)
    if len(lines) > 1:
        findings.insert(0, duplicate(good_id, lines))
    return RowView(
        file=catalog.file_of(records[0]),
        lines=tuple(lines),
        mapped_cells=tuple(
            (mapping, cells[mapping.column]) for mapping in settings.fields if mapping.column in cells
        ),
        unsent=_unsent(settings, cells),
        filters=judged.filters,
        centers=center_stocks(settings, cells),
        family=_family(settings, work, photos_of, catalog, judged, made),
        out=judged.out,
        prices=price_traces(settings, cells, judged.mapped),
        findings=tuple(findings),
        mapped=judged.mapped,
    )


def _unsent(settings: SyncObject, cells: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that a rule leaves out, each with the reason."""
    reason = "`PCName` and `Country` hold the same word, which may be a brand or a country"
    return dict.fromkeys(brand_or_country(settings, cells), reason)


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
    def blocked(self) -> bool:
        """Whether it stays as it is on Prom, because several rows have its id."""
        return len(self.lines) > 1

    @property
    def relative(self) -> Relative:
        """The good as a member of its model."""
        product = self.mapped.product
        member = Member(self.good_id, self.lines[0], product.characteristics)
        return Relative(member, product.title, self.out or (SkipReason.BLOCKED if self.blocked else ""))


def _judge(
    settings: SyncObject, photos_of: PhotoFolder, good_id: str, lines: Sequence[int], cells: Mapping[str, str]
) -> _Judged:
    stock, in_folder = count_stock(settings, cells), photos_of(good_id)
    photos = in_folder or pictures(cells) or in_folder
    outcome = filters(settings, cells, stock, None if photos is None else len(photos))
    mapped = Mapper(settings).product(good_id, lines[0], cells, stock, photos_of)
    return _Judged(good_id, lines, outcome, mapped)


def _family(
    settings: SyncObject,
    work: UnitOfWork,
    photos_of: PhotoFolder,
    catalog: CatalogFile,
    judged: _Judged,
    made: int | None,
) -> Family:
    """Return the model of a good and the other goods of it, as the export has them now."""
    key = judged.mapped.model
    if not key:
        return no_family(settings)
    column, blank = model_column(settings), settings.catalog.blank
    rows: dict[str, dict[str, str]] = {}
    lines: dict[str, list[int]] = {}
    for record in catalog.records():
        cells = catalog.cells(record)
        if model_key(cells, column, blank) == key:
            rows.setdefault(catalog.good_id(record), cells)
        if (good_id := catalog.good_id(record)) in rows:
            lines.setdefault(good_id, []).append(record.line)
    kept = {
        one.member.good_id: one
        for members in work.variants.members([model_of(key)]).values()
        for one in members
    }
    relatives = []
    for good_id, cells in rows.items():
        one = _judge(settings, photos_of, good_id, lines[good_id], cells).relative
        group = kept[good_id].member.group if good_id in kept else 0
        relatives.append(replace(one, member=replace(one.member, group=group)))
    number = max((one.group for one in kept.values()), default=0)
    return family(key, judged.good_id, relatives, number, made)
