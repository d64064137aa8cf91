"""Reads the export into the memory: only rows that changed are taken apart.

A row is recognised by the hash of its bytes, seeded with everything else that shapes a product: settings,
columns, whatever stands outside the rows, the version of the rules and of the program. Goods whose photos
changed are taken apart all the same. An export that did not change at all is not even looked through.
Source: docs/developers/architecture.md §5.1, §5.2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import xxhash

from torgsync.core.config.settings import FieldMapping, SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.mapper import Mapper, pictures, price_stock_columns, rules_version
from torgsync.core.mapping.select import SkipReason, empty_group, why_out
from torgsync.core.mapping.stock import Stock, count_stock, sold_out, told_centers, unknown_centers
from torgsync.core.paging import PAGE
from torgsync.core.plan.decide import RowStatus
from torgsync.core.plan.plan import ExportInfo
from torgsync.core.product.cells import Section, id_fault, id_fault_message
from torgsync.core.product.columns import CENTERS_COLUMN, DISPLAY_COLUMN, ExportRecord
from torgsync.core.product.fields import NEEDED
from torgsync.core.product.group_tree import grow
from torgsync.core.product.products import Product
from torgsync.core.product.variants import model_of
from torgsync.core.text import counted
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog.catalog_file import CatalogFile
from torgsync.files.catalog.export import content_of, missing_column, no_column, open_export
from torgsync.files.catalog.guesses import FileFormat
from torgsync.files.catalog.rows import RowFilter
from torgsync.files.config.objects import ObjectFile, mistakes_at
from torgsync.jobs.catalog.photos import Shelf
from torgsync.jobs.catalog.variants import arrange_models, tell_left
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.state.shop.rows import GoodRow, OldRow
from torgsync.state.store import UnitOfWork

TOLD_EVERY = 500
_NO_SHAPE = {"name", "api_key", "clients", "payment_methods", "synchronization_times", "limits"}
"""Tabs of a sync object that shape no product."""
_STOCK = ("quantity", "presence")
"""Targets that tell whether a good can be bought."""
_NO_CELL = "\x1e"
"""Stands for a cell that a row does not have, which is not the same as an empty one."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the export's facts, and findings about the file as a whole."""

    info: ExportInfo
    findings: tuple[Finding, ...]


def read_export(context: JobContext) -> Reading:
    """Read the export and remember its goods; nothing is remembered where the file cannot be trusted.

    Raises ExportInvalid for the file, ObjectInvalid where the sync object names columns that it lacks.
    """
    settings = context.object
    context.report(Progress(Stage.READ))
    content = content_of(context.file)
    with context.transaction(durable=False) as work:
        shelf = Shelf(context.file, work)
        whole = f"{shape(settings, (), content, shelf):016x}"
        before, noted = work.object_state.reading()
        if content and before == whole and not shelf.moved:
            return _remembered(settings, noted, shelf)
        catalog = open_export(context.file)
        check_columns(context.file, catalog)
        _check_display(settings, catalog, work)
        fingerprint = shape(settings, catalog.columns, catalog.context, shelf)
        same = work.object_state.begin_settings(f"{fingerprint:016x}")
        rows = _Rows(context, work, catalog, shelf, fingerprint, skimming=same)
        if same and noted:
            rows.centers.update(json.loads(noted).get("centers", ()))
        rows.read()
        shelf.remember(work)
        found = (*file_findings(settings, catalog), *rows.findings())
        work.object_state.end_reading(whole, _noted(rows, catalog.encoding, found))
    info = ExportInfo(settings.catalog.path, rows.count, catalog.encoding)
    return Reading(info, (*found, *shelf.findings()))


def _noted(rows: _Rows, encoding: str, findings: tuple[Finding, ...]) -> str:
    told = [{"code": one.code, "args": one.args, "column": one.column} for one in findings]
    noted = {"goods": rows.count, "encoding": encoding, "centers": sorted(rows.centers), "findings": told}
    return json.dumps(noted, ensure_ascii=False)


def _remembered(settings: SyncObject, noted: str, shelf: Shelf) -> Reading:
    """Return the last reading again: nothing has changed since."""
    told = json.loads(noted)
    info = ExportInfo(settings.catalog.path, told["goods"], told["encoding"])
    found = (Finding(Code(one["code"]), column=one["column"], args=one["args"]) for one in told["findings"])
    return Reading(info, (*found, *shelf.findings()))


def shape(settings: SyncObject, columns: tuple[str, ...], context: bytes, shelf: Shelf) -> int:
    """Return the fingerprint of everything besides a row that shapes its product, as 64 bits.

    `context` is what of the file stands outside its rows. Of the shelf only whether there is a source of
    photos at all: the photos of each good are looked at by themselves.
    """
    state = xxhash.xxh3_64()
    tabs = settings.model_dump_json(exclude=_NO_SHAPE)
    for part in (rules_version(), tabs, str(shelf.is_source), *columns):
        state.update(part.encode() + b"\x1f")
    state.update(context)
    return state.intdigest()


def check_columns(file: ObjectFile, catalog: CatalogFile) -> None:
    """Refuse a sync object that leads columns which the export does not have, and cannot do without."""
    missing = []
    for number, mapping in enumerate(file.settings.fields):
        if mapping.column not in catalog.columns and not _may_lack(file.settings, catalog, mapping):
            message = no_column(catalog, mapping.column)
            missing.append((("fields", number, "column"), f"fields[{number}].column", message))
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
    """Tell whether a column may be absent today: offers of a YML file leave out what they do not have."""
    picks = mapping.to == "group" and bool(settings.product_group)
    return catalog.kind is FileFormat.YML and mapping.to not in NEEDED and not picks


def file_findings(settings: SyncObject, catalog: CatalogFile) -> tuple[Finding, ...]:
    """Return what a person should know of the export as a whole."""
    found = []
    if settings.fields and not any(mapping.to in _STOCK for mapping in settings.fields):
        found.append(Finding(Code.STOCK_UNLED))
    if settings.accounting_centers.use and CENTERS_COLUMN not in catalog.columns:
        found.append(Finding(Code.CENTERS_MISSING, column=CENTERS_COLUMN))
    for mapping in settings.fields:
        if mapping.column not in catalog.columns:
            hint, meant = missing_column(catalog, mapping.column)
            args = {"column": mapping.column, "hint": hint, "meant": meant}
            found.append(Finding(Code.COLUMN_MISSING, column=mapping.column, args=args))
    return tuple(found)


def duplicate(good_id: str, lines: Sequence[int]) -> Finding:
    """Return the finding about a good that is in several lines of the export."""
    places = list(dict.fromkeys(map(str, lines)))  # a YML file may be a single line
    return Finding(Code.ID_DUPLICATE, good_id=good_id, line=lines[-1], args={"lines": places})


@dataclass
class _Rows:
    """One reading of all rows; without `skimming` every row is taken apart, whatever is known of it."""

    context: JobContext
    work: UnitOfWork
    file: CatalogFile
    shelf: Shelf
    seed: int
    skimming: bool
    count: int = 0
    changed: int = 0
    centers: set[str] = field(default_factory=set)  # those of which a stock is told, now or when last read
    _fresh: set[str] = field(default_factory=set)  # goods whose row was taken apart
    _twins: set[str] = field(default_factory=set)
    _forced: set[int] = field(default_factory=set)  # marks of rows that are taken apart for their photos
    _stirred: set[int] = field(default_factory=set)  # models of which a good came, went or changed its traits
    _paths: dict[int, tuple[Section, ...]] = field(default_factory=dict)
    _regrouped: bool = False

    def __post_init__(self) -> None:
        self._mapper = Mapper(self.context.object)
        self._begun = self.work.object_state.begun()
        terms = price_stock_columns(self.context.object)
        self._card_columns = [column for column in self.file.columns if column not in terms]

    def read(self) -> None:
        """Remember every new and changed row, and which goods are gone."""
        row_filter = RowFilter(self.seed)
        if self.skimming:
            row_filter = RowFilter(self.seed, self.work.rows.row_hashes(), self.work.rows.lines_of_findings())
        self._force(row_filter)
        page: list[tuple[str, ExportRecord]] = []
        for good_id, record in self._rows_that_differ(row_filter):
            page.append((good_id, record))
            if len(page) == PAGE:
                self._remember(page, row_filter)
                page = []
        self._remember(page, row_filter)
        self.count = self.changed + row_filter.met
        self._mark_gone(row_filter)
        self.work.rows.move_rows(row_filter.moved)
        self._block_twins()
        told = arrange_models(self.work, self._stirred if self.skimming else None)
        self._place(told - self._fresh)
        if self._regrouped:
            findings = grow(self.work.variants.paths()).findings
            self.work.variants.replace_findings([""], {Code.GROUP_CONFLICT}, findings)

    def findings(self) -> tuple[Finding, ...]:
        """Return what is to be said of the rows as a whole."""
        settings = self.context.object
        found: list[Finding] = []
        if CENTERS_COLUMN in self.file.columns:
            found += unknown_centers(settings, self.centers)
        if settings.product_group:
            row_statuses = self.work.rows.row_statuses()
            here = {reason for (row_status, reason) in row_statuses if row_status != RowStatus.GONE}
            if here == {SkipReason.OTHER_GROUP}:
                found.append(empty_group(settings))
        return tuple(found)

    def _force(self, row_filter: RowFilter) -> None:
        """Have the rows of goods taken apart whose photos changed, though their bytes did not."""
        if self.shelf.touched and row_filter.known:
            rows = self.work.rows.rows_of(lambda good_id, _: good_id.casefold() in self.shelf.touched)
            self._forced = {row.row_hash for row in rows.values()} & row_filter.known
            row_filter.known -= self._forced

    def _rows_that_differ(self, row_filter: RowFilter) -> Iterator[tuple[str, ExportRecord]]:
        """Yield each new or changed row with its good's id; of a good that stands twice the first one."""
        for record in self.file.records(row_filter):
            good_id = self.file.good_id(record)
            if fault := id_fault(good_id):
                lost = Mistake(record.line, self.file.columns[0], id_fault_message(fault, good_id))
                raise ExportInvalid(
                    f"a row of `{self.file.path.name}` has no `GoodID`, so it cannot be told what it is",
                    mistakes=(lost,),
                    hint="export the goods from Torgsoft again",
                )
            self.changed += 1
            if self.changed % TOLD_EVERY == 0:
                self.context.report(Progress(Stage.READ, self.changed + row_filter.met))
            if good_id in self._fresh:
                self._twins.add(good_id)
            else:
                self._fresh.add(good_id)
                yield good_id, record

    def _remember(self, page: list[tuple[str, ExportRecord]], row_filter: RowFilter) -> None:
        """Remember rows, and see from what they were before who has left a model, or stands here twice."""
        before = self.work.rows.old_rows([good_id for good_id, _ in page])
        rows = []
        for good_id, record in page:
            old = before.get(good_id)
            row = self._map(good_id, record, old, row_filter)
            rows.append(row)
            self._regrouped |= row.section != (old.section if old else 0)
            same_traits = old is not None and (old.model, old.traits) == (row.model, row.traits)
            if not same_traits or (old is not None and old.row_hash in row_filter.noted):
                # Where there was something to say of a good, its model may have to say it again.
                self._stir(row.model, old.model if old else 0)
            if old is None:
                continue
            if old.row_hash in self._forced:
                self._forced.remove(old.row_hash)
            elif old.row_hash in row_filter.known:
                row_filter.known.remove(old.row_hash)
            elif old.row_hash and self.skimming:
                self._twins.add(row.good_id)  # its old row was met as well
        self.work.variants.remember_sections(self._paths)
        self._paths.clear()
        self.work.rows.remember_rows(rows, before)
        single = {row.good_id: row.line for row in rows if row.product and row.whole and not row.model}
        if self._begun:  # a good that comes back may have left its model while it was gone
            tell_left(self.work, single)

    def _stir(self, *models: int) -> None:
        """Have models looked at anew. Where all rows are read, all are, and they need not be gathered."""
        if self.skimming:
            self._stirred.update(filter(None, models))

    def _mark_gone(self, row_filter: RowFilter) -> None:
        """Remember the goods of which no row was met."""
        if self.skimming:
            # A row without a mark is that of a good which stood there twice: it is never known.
            found = self.work.rows.rows_marked(row_filter.known | self._forced | {0})
            gone = {good_id: row for good_id, row in found.items() if good_id not in self._fresh}
        else:
            gone = self.work.rows.rows_of(lambda good_id, _: good_id not in self._fresh)
        self.work.rows.mark_gone(gone)
        self._stir(*(old.model for old in gone.values()))
        self._regrouped |= any(old.section for old in gone.values())

    def _place(self, good_ids: set[str]) -> None:
        """Find the lines of goods whose rows did not change, but of which there is something to say now."""
        row_hashes = [row.row_hash for row in self.work.rows.old_rows(sorted(good_ids)).values()]
        if row_hashes:
            row_filter = RowFilter(self.seed, self.work.rows.row_hashes(), dict.fromkeys(row_hashes, 0))
            for _ in self.file.records(row_filter):
                pass
            self.work.rows.move_rows(row_filter.moved)

    def _block_twins(self) -> None:
        """Leave goods as they are that stand in the export twice, and name all their lines."""
        if not self._twins:
            return
        found: dict[str, list[ExportRecord]] = {}
        for record in self.file.records():
            good_id = self.file.good_id(record)
            if good_id in self._twins:
                found.setdefault(good_id, []).append(record)
        self._regrouped = True
        self._stir(*(row.model for row in self.work.rows.old_rows(sorted(found)).values()))
        for good_id, twins in sorted(found.items()):
            lines = [twin.line for twin in twins]
            (told,) = placed([duplicate(good_id, lines)], self.file, twins[-1])
            self.work.rows.block(good_id, told, lines[0])

    def _map(self, good_id: str, record: ExportRecord, old: OldRow | None, row_filter: RowFilter) -> GoodRow:
        cells = self.file.cells(record)
        stock = count_stock(self.context.object, cells)
        self.centers |= told_centers(cells)
        card = self._card(cells)
        if (
            old is not None
            and old.content_hash == card
            and self._only_terms_moved(good_id, old, stock, row_filter)
        ):
            moved = self._mapper.price_stock(good_id, record.line, cells, stock)
            return GoodRow(
                good_id,
                record.row_hash,
                record.line,
                RowStatus.IN,
                product=moved.product,
                findings=placed(moved.findings, self.file, record),
                model=old.model,
                section=old.section,
                traits=old.traits,
                whole=False,
            )
        has_photos = bool(self.shelf(good_id) or pictures(cells))
        out = why_out(self.context.object, cells, stock, has_photos=has_photos)
        if out is not None:
            return GoodRow(good_id, record.row_hash, record.line, RowStatus.OUT, out)
        mapped = self._mapper.product(good_id, record.line, cells, stock, self.shelf)
        row = GoodRow(
            good_id,
            record.row_hash,
            record.line,
            RowStatus.IN,
            findings=placed(mapped.findings, self.file, record),
            model=model_of(mapped.model),
        )
        return replace(
            row,
            product=mapped.product,
            section=self._section(mapped.product),
            traits=_traits(mapped.product),
            content_hash=card,
        )

    def _card(self, cells: Mapping[str, str]) -> int:
        """Return a hash of the cells that make more than the terms of a good; 63 bits, never 0."""
        told = "\x1f".join([cells.get(column, _NO_CELL) for column in self._card_columns])
        return xxhash.xxh3_64_intdigest(told.encode("utf-8", "surrogatepass")) >> 1 | 1

    def _only_terms_moved(self, good_id: str, old: OldRow, stock: Stock, row_filter: RowFilter) -> bool:
        """Tell whether a good whose card's cells are what they were went before and goes now, undoubted."""
        return (
            self.skimming
            and old.row_status == RowStatus.IN
            and old.row_hash not in row_filter.noted
            and good_id.casefold() not in self.shelf.touched
            and not sold_out(self.context.object, stock)
        )

    def _section(self, product: Product) -> int:
        """Return the number under which a product's path of groups is remembered, 0 for none."""
        steps = product.path
        if not steps:
            return 0
        number = xxhash.xxh3_64_intdigest("\x1f".join(map("\x1e".join, steps)).encode()) >> 1
        self._paths[number] = steps
        return number


def placed(findings: Sequence[Finding], file: CatalogFile, record: ExportRecord) -> tuple[Finding, ...]:
    """Return findings with the name of the file in which the row stands, where it is not the leading one."""
    name = file.file_of(record)
    if name == file.path.name:
        return tuple(findings)
    return tuple(replace(finding, file=name) for finding in findings)


def _traits(product: Product) -> int:
    """Return a hash of what makes a good a variant: its characteristics; 63 bits, never 0."""
    return xxhash.xxh3_64_intdigest(repr(product.characteristics).encode()) >> 1 | 1
