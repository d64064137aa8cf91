"""Reads the export into the memory: only rows that changed are taken apart.

A row is recognised by the hash of its bytes, seeded with everything else that shapes a product (settings,
columns, the rules' version) and the digests of its photos. Source: design §5.1, §5.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import xxhash

from torgsync.core.fields import Photo
from torgsync.core.findings import Code, Finding
from torgsync.core.goods import Record
from torgsync.core.objects import SyncObject
from torgsync.core.plan import ExportInfo, Standing
from torgsync.core.products import MAPPING_VERSION, Mapper
from torgsync.core.select import CENTERS_COLUMN, SUM_COLUMN, Reason, count_stock, why_out
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog import open_catalog
from torgsync.files.objects import ObjectFile, mistakes_at
from torgsync.files.photos import PhotoIndex, digest, index_photos
from torgsync.files.trs import TrsFile
from torgsync.jobs.desk import Desk, Progress, Stage
from torgsync.state.catalog import GoodRow
from torgsync.state.store import Memory

PAGE = 100
TOLD_EVERY = 500
SIGN_BIT = 1 << 63
_NO_SHAPE = {"name", "api_key", "clients", "payment_methods", "synchronization_times", "limits"}
"""Tabs of a sync object that shape no product."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the export's facts, findings about the file as a whole, and how many rows were new."""

    info: ExportInfo
    findings: tuple[Finding, ...]
    changed: int


def read_export(desk: Desk) -> Reading:
    """Read the export and remember its goods; nothing is remembered where the file cannot be trusted.

    Raises ExportInvalid for the file, ObjectInvalid where the sync object names columns that it lacks.
    """
    settings = desk.object
    catalog = open_catalog(
        desk.file.catalog_path, encoding=settings.catalog.encoding, header=settings.catalog.header
    )
    check_columns(desk.file, catalog)
    desk.tell(Progress(Stage.READ))
    with desk.memory() as memory:
        shelf = Shelf(desk, memory)
        fingerprint = shape(settings, catalog.columns)
        memory.catalog.begin_settings(f"{fingerprint:016x}")
        rows = _Rows(desk, memory, catalog, shelf, fingerprint)
        rows.read()
        shelf.remember(memory)
    info = ExportInfo(settings.catalog.path, rows.count, catalog.encoding)
    return Reading(info, file_findings(settings, catalog), rows.changed)


def shape(settings: SyncObject, columns: tuple[str, ...]) -> int:
    """Return the fingerprint of everything besides a row that shapes its product, as 64 bits."""
    parts = (str(MAPPING_VERSION), "\x1f".join(columns), settings.model_dump_json(exclude=_NO_SHAPE))
    return xxhash.xxh3_64_intdigest("\x1e".join(parts).encode())


def check_columns(file: ObjectFile, catalog: TrsFile) -> None:
    """Refuse a sync object that leads columns which the export does not have."""
    missing = []
    for number, mapping in enumerate(file.settings.fields):
        if mapping.column not in catalog.columns:
            near = get_close_matches(mapping.column, catalog.columns, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            message = f"the export has no column `{mapping.column}`{hint}"
            missing.append((("fields", number, "column"), f"fields[{number}].column", message))
    if missing:
        raise mistakes_at(file, missing)


def file_findings(settings: SyncObject, catalog: TrsFile) -> tuple[Finding, ...]:
    """Return what a person should know of the export as a whole."""
    found = []
    if settings.accounting_centers.use and CENTERS_COLUMN not in catalog.columns:
        message = f"the export has no column `{CENTERS_COLUMN}`: `{SUM_COLUMN}` counts, all centers together"
        found.append(Finding(Code.CENTERS_MISSING, message, column=CENTERS_COLUMN))
    return tuple(found)


def twins_message(lines: Sequence[int]) -> str:
    """Return what is said of a good that stands in several lines."""
    places = " and ".join(map(str, lines))
    return f"stands in the export more than once, in lines {places}; it stays as it is on Prom"


class Shelf:
    """The photos of goods. A photo's content is hashed once; size and time tell whether it is the same."""

    def __init__(self, desk: Desk, memory: Memory) -> None:
        photos, folder = desk.object.catalog.photos, desk.file.photo_folder
        self._url = photos.url if photos else ""
        self._folder = folder
        self._index: PhotoIndex | None = index_photos(folder) if folder else None
        self._known = memory.catalog.photo_digests() if folder else {}
        self._new: dict[tuple[str, int, int], str] = {}

    def __call__(self, good_id: str) -> tuple[Photo, ...] | None:
        """Return a good's photos, main one first; None where the object names no folder."""
        if self._index is None or self._folder is None:
            return None
        found = []
        for file in self._index.of(good_id):
            key = (file.name, file.size, file.modified_ns)
            content = self._known.get(key) or self._new.get(key)
            if content is None:
                content = self._new[key] = digest(self._folder / file.name)
            found.append(Photo(self._url + file.name, content))
        return tuple(found)

    def remember(self, memory: Memory) -> None:
        """Keep the digests that were made."""
        memory.catalog.remember_photos(self._new)


@dataclass
class _Rows:
    """One reading of all rows: what was known before is in `known`, what was not met stays there."""

    desk: Desk
    memory: Memory
    file: TrsFile
    shelf: Shelf
    seed: int
    count: int = 0
    changed: int = 0
    _lines: dict[str, int] = field(default_factory=dict)
    _twins: dict[str, list[int]] = field(default_factory=dict)

    def read(self) -> None:
        """Remember every new and changed row, and which goods are gone."""
        known = self.memory.catalog.digests()
        noted = self.memory.catalog.lines_of_findings()
        moved: dict[str, int] = {}
        page: list[GoodRow] = []
        for row in self._rows_that_differ(known, noted, moved):
            page.append(row)
            if len(page) == PAGE:
                self.memory.catalog.remember_rows(page)
                page.clear()
        self.memory.catalog.remember_rows(page)
        self.memory.catalog.mark_gone(good_id for good_id in known if good_id not in self._lines)
        self.memory.catalog.move_findings(moved)
        for good_id, lines in self._twins.items():
            finding = Finding(Code.ID_DUPLICATE, twins_message(lines), good_id, lines[-1])
            self.memory.catalog.block(good_id, finding)

    def _rows_that_differ(
        self, known: dict[str, int], noted: dict[str, int], moved: dict[str, int]
    ) -> Iterator[GoodRow]:
        mapper = Mapper(self.desk.object)
        for record in self.file.records():
            good_id = self.file.good_id(record)
            if not good_id:
                lost = Mistake(record.line, self.file.columns[0], "this row has no `GoodID`")
                raise ExportInvalid(
                    f"a row of `{self.file.path.name}` has no `GoodID`, so it cannot be told what it is",
                    mistakes=(lost,),
                    hint="export the goods from Torgsoft again",
                )
            self.count += 1
            if self.count % TOLD_EVERY == 0:
                self.desk.tell(Progress(Stage.READ, self.count))
            if good_id in self._lines:
                self._twins.setdefault(good_id, [self._lines[good_id]]).append(record.line)
                continue
            self._lines[good_id] = record.line
            mark = self._mark(good_id, record)
            if known.get(good_id) != mark:
                self.changed += 1
                yield self._map(mapper, good_id, record, mark)
            elif noted.get(good_id, record.line) != record.line:
                moved[good_id] = record.line

    def _mark(self, good_id: str, record: Record) -> int:
        """Return the row's hash as a signed number, which is what databases keep."""
        state = xxhash.xxh3_64(record.raw, seed=self.seed)
        for photo in self.shelf(good_id) or ():
            state.update((photo.url + photo.digest).encode())
        unsigned = state.intdigest()
        return unsigned - 2 * SIGN_BIT if unsigned >= SIGN_BIT else unsigned

    def _map(self, mapper: Mapper, good_id: str, record: Record, mark: int) -> GoodRow:
        cells = self.file.cells(record)
        settings = self.desk.object
        stock = count_stock(settings, cells)
        out = why_out(settings, cells, stock, has_photos=bool(self.shelf(good_id)))
        if out is not None:
            return GoodRow(good_id, mark, record.line, Standing.OUT, out)
        mapped = mapper.product(good_id, record.line, cells, stock, self.shelf)
        if mapped.blocked:
            return GoodRow(
                good_id, mark, record.line, Standing.BLOCKED, Reason.BLOCKED, findings=mapped.findings
            )
        return GoodRow(
            good_id, mark, record.line, Standing.IN, product=mapped.product, findings=mapped.findings
        )
