"""Read the rows of the export into the state, and parse only those that changed.

Source: docs/developers/architecture.md §5.1, §5.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.mapper import pictures, price_stock_columns
from torgsync.core.mapping.row import ExportRow
from torgsync.core.mapping.select import display_findings, displayed, empty_group, why_out
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.mapping.stock import Stock, sold_out, stock_centers, unknown_centers
from torgsync.core.paging import PAGE, pages
from torgsync.core.plan.decide import RowStatus, is_created_as_desired, was_displayed
from torgsync.core.product.cells import Section, id_fault, id_fault_message
from torgsync.core.product.columns import CENTERS_COLUMN, KEY, ExportRecord
from torgsync.core.product.groups import grow
from torgsync.core.product.variants import (
    CODES,
    apart,
    arrange,
    group_numbers,
    model_of,
    moved,
    stands_alone,
)
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog.catalog_file import CatalogFile
from torgsync.files.catalog.refusals import LISTED, listed
from torgsync.files.catalog.rows import RowFilter
from torgsync.i18n import _, _n
from torgsync.jobs.catalog.mappers import RowMapper
from torgsync.jobs.catalog.row_hashes import content_hash, section_number, traits_hash
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.photos.folder import PhotoFolder
from torgsync.state.shop.rows import GoodRow, OldRow
from torgsync.state.shop.variants import StoredVariant
from torgsync.state.store import UnitOfWork

REPORT_EVERY = 500
"""Changed rows between two reports of progress."""


def duplicate(good_id: str, lines: Sequence[int]) -> Finding:
    """Return the finding about a good that is in several lines of the export."""
    places = list(dict.fromkeys(map(str, lines)))  # a YML file may be a single line
    return Finding(Code.ID_DUPLICATE, good_id=good_id, line=lines[-1], args={"lines": places})


@dataclass
class RowReader:
    """Reads the rows of the export into the state.

    Without `skip_known` it parses every row again. With `skip_content` it has only price and stock mapped
    where the content did not change: what makes it of a row is what it was.
    """

    context: JobContext
    work: UnitOfWork
    file: CatalogFile
    photos: PhotoFolder
    mapper: RowMapper
    seed: int
    skip_known: bool
    skip_content: bool
    count: int = 0
    changed: int = 0
    centers: set[str] = field(default_factory=set)  # those with a stock, now or at the last reading
    _parsed: set[str] = field(default_factory=set)  # goods whose row was parsed
    _duplicates: set[str] = field(default_factory=set)
    _forced: set[int] = field(default_factory=set)  # hashes of rows that are parsed for their photos
    _dirty_models: set[int] = field(default_factory=set)  # a good came, went or changed its traits
    _paths: dict[int, tuple[Section, ...]] = field(default_factory=dict)
    _regrouped: bool = False

    def __post_init__(self) -> None:
        self._begun = self.work.object_state.begun()
        price_stock = price_stock_columns(self.context.object)
        self._content_columns = [column for column in self.file.columns if column not in price_stock]

    def read(self) -> None:
        """Store every new and changed row, and which goods are gone."""
        known = self.work.rows.row_hashes() if self.skip_known else set()
        row_filter = RowFilter(self.seed, known, self.work.rows.lines_of_findings())
        self._force(row_filter)
        changed = self._changed_rows(row_filter)
        while page := list(islice(changed, PAGE)):
            self._store(page, row_filter)
        self.count = self.changed + row_filter.met
        self._store_gone(row_filter)
        self.work.rows.move_rows(row_filter.moved)
        self._block_duplicates()
        good_ids = arrange_models(self.work, self._dirty_models if self.skip_known else None)
        self._update_lines(good_ids - self._parsed)
        if self._regrouped:
            findings = grow(self.work.variants.paths()).findings
            self.work.rows.replace_findings([""], {Code.GROUP_CONFLICT}, findings)

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings about the rows as a whole."""
        settings = self.context.object
        findings: list[Finding] = []
        if CENTERS_COLUMN in self.file.columns:
            findings += unknown_centers(settings, self.centers)
        if settings.product_group:
            row_statuses = self.work.rows.row_statuses()
            here = {reason for (row_status, reason) in row_statuses if row_status != RowStatus.GONE}
            if here == {SkipReason.OTHER_GROUP}:
                findings.append(empty_group(settings))
        return tuple(findings)

    def _force(self, row_filter: RowFilter) -> None:
        """Parse the rows of goods whose photos changed, though their bytes did not."""
        if self.photos.changed and row_filter.known:
            rows = self.work.rows.rows_of(lambda good_id, _: good_id.casefold() in self.photos.changed)
            self._forced = {row.row_hash for row in rows.values()} & row_filter.known
            row_filter.known -= self._forced

    def _changed_rows(self, row_filter: RowFilter) -> Iterator[tuple[str, ExportRecord]]:
        """Yield each new or changed row with its good's id; of duplicates the first one."""
        nameless: list[Mistake] = []
        count = 0
        for record in self.file.records(row_filter):
            good_id = self.file.good_id(record)
            if fault := id_fault(good_id):
                count += 1
                nameless.append(Mistake(record.line, KEY, id_fault_message(fault, good_id)))
                del nameless[LISTED:]
            if nameless:
                continue  # nothing of the file is used; the other rows without an id are counted
            self.changed += 1
            if self.changed % REPORT_EVERY == 0:
                self.context.report(Progress(Stage.READ, self.changed + row_filter.met))
            if good_id in self._parsed:
                self._duplicates.add(good_id)
            else:
                self._parsed.add(good_id)
                yield good_id, record
        if nameless:
            raise ExportInvalid(
                _n(
                    "{count} row of `{file}` has no `{column}`, so its item is unknown",
                    "{count} rows of `{file}` have no `{column}`, so their items are unknown",
                    count,
                    file=self.file.path.name,
                    column=KEY,
                ),
                **listed(nameless, count),
                hint=_("export the items from Torgsoft again"),
            )

    def _store(self, page: list[tuple[str, ExportRecord]], row_filter: RowFilter) -> None:
        """Store rows; compare them with the old ones for changed models and for duplicates."""
        before = self.work.rows.old_rows([good_id for good_id, _ in page])
        rows = []
        for good_id, record in page:
            old = before.get(good_id)
            row = self._map(good_id, record, old, row_filter)
            rows.append(row)
            self._regrouped |= row.section != (old.section if old else 0)
            same_traits = old is not None and (old.model, old.traits) == (row.model, row.traits)
            if not same_traits or (old is not None and old.row_hash in row_filter.noted):
                # A row with findings may have had some of its model, which have to be found again.
                self._mark_models(row.model, old.model if old else 0)
            if old is None:
                continue
            if old.row_hash in self._forced:
                self._forced.remove(old.row_hash)
            elif old.row_hash in row_filter.known:
                row_filter.known.remove(old.row_hash)
            elif old.row_hash and self.skip_known:
                self._duplicates.add(row.good_id)  # its old row is in the file too
        self.work.variants.remember_sections(self._paths)
        self._paths.clear()
        self.work.rows.remember_rows(rows, before)
        if self._begun:
            # Prom may keep a good without a model in a group: it left its model, perhaps while it was gone.
            single = {row.good_id: row.line for row in rows if row.product and row.whole and not row.model}
            groups = self.work.variants.groups(list(single))
            findings = [moved(good_id, single[good_id], group) for good_id, group in groups.items()]
            self.work.rows.replace_findings([], CODES, findings)

    def _mark_models(self, *models: int) -> None:
        """Have models arranged again; when all rows are parsed, all models are."""
        if self.skip_known:
            self._dirty_models.update(filter(None, models))

    def _store_gone(self, row_filter: RowFilter) -> None:
        """Store which goods have no row any more."""
        if self.skip_known:
            # The row of a duplicate has no hash, so it is never known.
            rows = self.work.rows.rows_with(row_filter.known | self._forced | {0})
            gone = {good_id: row for good_id, row in rows.items() if good_id not in self._parsed}
        else:
            gone = self.work.rows.rows_of(lambda good_id, _: good_id not in self._parsed)
        self.work.rows.mark_gone(gone)
        self._mark_models(*(old.model for old in gone.values()))
        self._regrouped |= any(old.section for old in gone.values())

    def _update_lines(self, good_ids: set[str]) -> None:
        """Store the lines of goods whose rows did not change, but which have findings now."""
        row_hashes = [row.row_hash for row in self.work.rows.old_rows(sorted(good_ids)).values()]
        if row_hashes:
            row_filter = RowFilter(self.seed, self.work.rows.row_hashes(), dict.fromkeys(row_hashes, 0))
            for _ in self.file.records(row_filter):
                pass
            self.work.rows.move_rows(row_filter.moved)

    def _block_duplicates(self) -> None:
        """Block goods that are in the export more than once, with a finding that names all their lines."""
        if not self._duplicates:
            return
        duplicates: dict[str, list[ExportRecord]] = {}
        for record in self.file.records():
            good_id = self.file.good_id(record)
            if good_id in self._duplicates:
                duplicates.setdefault(good_id, []).append(record)
        self._regrouped = True
        self._mark_models(*(row.model for row in self.work.rows.old_rows(sorted(duplicates)).values()))
        for good_id, records in sorted(duplicates.items()):
            lines = [record.line for record in records]
            (finding,) = placed([duplicate(good_id, lines)], self.file, records[-1])
            self.work.rows.block(good_id, finding, lines[0])

    def _map(self, good_id: str, record: ExportRecord, old: OldRow | None, row_filter: RowFilter) -> GoodRow:
        settings = self.context.object
        cells = settings.value_map.apply(self.file.cells(record))
        stock = self.mapper.stock(cells)
        self.centers |= stock_centers(cells)
        content = content_hash(cells, self._content_columns)
        if (
            old is not None
            and old.content_hash == content
            and self._only_price_stock_changed(good_id, old, stock, row_filter)
        ):
            mapped = self.mapper.of(cells).price_stock(good_id, record.line, cells, stock)
            return GoodRow(
                *(good_id, record.row_hash, record.line, RowStatus.IN),
                product=mapped.product,
                findings=placed(mapped.findings, self.file, record),
                model=old.model,
                section=old.section,
                traits=old.traits,
                whole=False,
            )
        has_photos = bool(self.photos(good_id) or pictures(cells))
        was = was_displayed(old.row_status, old.reason) if old else None
        out = why_out(settings, cells, stock, has_photos=has_photos, was_displayed=was)
        if out is not None:
            unplaced = (
                *display_findings(settings, ExportRow(good_id, record.line, cells), was=was),
                *self._photo_findings(good_id, record),
            )
            findings = placed(unplaced if out is not SkipReason.OTHER_GROUP else (), self.file, record)
            return GoodRow(
                *(good_id, record.row_hash, record.line, RowStatus.OUT), reason=out, findings=findings
            )
        mapper = self.mapper.of(cells)
        mapped = mapper.product(good_id, record.line, cells, stock, self.photos, was_displayed=was)
        path = mapped.product.path
        if section := section_number(path):
            self._paths[section] = path
        return GoodRow(
            *(good_id, record.row_hash, record.line, RowStatus.IN),
            reason="" if displayed(settings, cells, was=was) else SkipReason.DISPLAY_UNKNOWN,
            product=mapped.product,
            findings=placed((*mapped.findings, *self._photo_findings(good_id, record)), self.file, record),
            model=model_of(mapped.model),
            section=section,
            traits=traits_hash(mapped.product.characteristics),
            content_hash=content,
            creatable=is_created_as_desired(mapped.product, settings),
        )

    def _photo_findings(self, good_id: str, record: ExportRecord) -> Iterator[Finding]:
        return (replace(finding, line=record.line) for finding in self.photos.findings_of(good_id))

    def _only_price_stock_changed(
        self, good_id: str, old: OldRow, stock: Stock, row_filter: RowFilter
    ) -> bool:
        """Return whether a good with the same content was sent before and is again, without findings."""
        return (
            self.skip_content
            and old.row_status == RowStatus.IN
            and old.row_hash not in row_filter.noted
            and good_id.casefold() not in self.photos.changed
            and not sold_out(self.context.object, stock)
        )


def placed(findings: Sequence[Finding], file: CatalogFile, record: ExportRecord) -> tuple[Finding, ...]:
    """Return findings with the name of the row's file, where that is not the main one."""
    name = file.file_of(record)
    if name == file.path.name:
        return tuple(findings)
    return tuple(replace(finding, file=name) for finding in findings)


# Which goods are variants of each other. Source: docs/developers/torgsoft.md §17 no. 15.


def arrange_models(work: UnitOfWork, models: Collection[int] | None) -> set[str]:
    """Arrange these models again, None for all with a dirty good; return the goods with a finding."""
    good_ids: set[str] = set()
    for page in pages(sorted(models)) if models is not None else work.variants.dirty():
        good_ids |= _arrange(work, page)
    return good_ids


def _arrange(work: UnitOfWork, models: Sequence[int]) -> set[str]:
    groups: dict[str, int] = {}
    findings: list[Finding] = []
    compared: list[str] = []
    members = work.variants.members(models)
    arranged = {model: arrange([variant.member for variant in kept]) for model, kept in members.items()}
    numbers = work.variants.numbers(
        {
            model: group_numbers(model, used)
            for model, kept in members.items()
            if (used := _used(kept)) or len(arranged[model].variants) > 1 or stands_alone(model)
        }
    )
    for model, kept in members.items():
        variants = frozenset(arranged[model].variants)
        for variant in kept:
            good_id = variant.member.good_id
            compared.append(good_id)
            wanted = numbers.get(model, 0) if good_id in variants else 0
            if variant.group != wanted:
                groups[good_id] = wanted
            if wanted and variant.member.group not in (0, wanted):
                findings.append(moved(good_id, variant.member.line, variant.member.group))
            elif wanted and variant.member.made and not variant.member.group and len(variants) > 1:
                findings.append(apart(variant.member))
        findings += arranged[model].findings
    work.variants.regroup(groups)
    work.rows.replace_findings(compared, CODES, findings)
    return {finding.good_id for finding in findings}


def _used(variants: Sequence[StoredVariant]) -> list[int]:
    """Return the variant groups in which goods of a model are on Prom, the most common first."""
    used = Counter(variant.member.group for variant in variants if variant.member.group)
    return [group for group, _ in used.most_common()]
