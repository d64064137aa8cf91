"""Makes the desired product of a row of the export, by the rules of one sync object.

Source of the rules: docs/developers/torgsoft.md §17, docs/developers/prom-api.md §7.1, §11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType

from torgsync import __version__
from torgsync.core.config.settings import FieldMapping, SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping import codes, ladder, prices, texts
from torgsync.core.mapping import stock as stocks
from torgsync.core.mapping.pricing import Priced
from torgsync.core.mapping.row import EMPTY, ExportRow, Mapped, MappedCell, Part, Rules
from torgsync.core.mapping.select import display_findings, displayed
from torgsync.core.mapping.stock import Stock
from torgsync.core.product.cells import ERRORS, CellFault, id_doubt
from torgsync.core.product.cleaning import cleaned_html
from torgsync.core.product.columns import (
    AVAILABLE_COLUMN,
    CENTERS_COLUMN,
    DISPLAY_COLUMN,
    KEY,
    PICTURE,
    SUM_COLUMN,
)
from torgsync.core.product.fields import PRICE_STOCK, TARGETS, Characteristic, Photo, Value
from torgsync.core.product.groups import MODEL, MODEL_NAME, NUMBER, PATH, SECTION, TYPE
from torgsync.core.product.money import DecimalSigns
from torgsync.core.product.products import Product

MAPPING_VERSION = 6
"""Counts the rules by which a row becomes a product. Raising it maps every good again at the next look."""
PHOTO_LIMIT = 10

PhotoSource = Callable[[str], tuple[Photo, ...] | None]
"""Returns a good's photos by its id, main one first; None where there is no source of photos."""
CellMapping = Callable[[Rules, MappedCell], Part]
_Prepared = tuple[FieldMapping, str, str, CellMapping | None]
"""A field mapping, its target and column, and what maps its cells."""

_MAPPINGS: dict[str, CellMapping | None] = {
    "name": texts.map_name,
    "name_ru": texts.map_name,
    "description": texts.map_description,
    "description_ru": texts.map_description,
    "keywords": texts.map_keywords,
    "keywords_ru": texts.map_keywords,
    "price": prices.check_retail_price,
    "sale_price": prices.check_retail_price,
    "wholesale_price": prices.check_wholesale_price,
    "wholesale_minimum": prices.check_wholesale_minimum,
    "wholesale_prices": ladder.check_ladder,
    "quantity": None,  # counted over the accounting centers
    "presence": stocks.map_presence,
    "ready_to_ship": stocks.map_ready_to_ship,
    "sku": codes.map_sku,
    "gtin": codes.map_barcode,
    "mpn": codes.map_mpn,
    "group": codes.map_group,
    "vendor": codes.map_producer,
    "country": codes.map_producer,
    "unit": codes.map_unit,
    "variant_group": None,  # decided later, over all goods of a model
    "characteristic": codes.map_characteristic,
}
"""What maps the cell of each target; None where nothing is mapped cell by cell."""

_NUMBERS = frozenset(
    {
        *("price", "sale_price", "wholesale_price", "wholesale_minimum", "wholesale_prices"),
        *("quantity", "presence", "ready_to_ship"),
    }
)
"""Targets whose mappings report a spreadsheet's error themselves."""

_PRICE_STOCK_TARGETS = frozenset(
    target for target, fields in TARGETS.items() if PRICE_STOCK.issuperset(fields)
)

_READ_UNMAPPED = {
    *(PATH, SECTION, TYPE, NUMBER, MODEL, MODEL_NAME),
    *(DISPLAY_COLUMN, PICTURE, "PCName", "Country"),
}
"""Columns that selection or a rule of the content reads, whatever they are mapped to."""


def rules_version() -> str:
    """Return what distinguishes one program's rules from another's: their count and the program's version."""
    return f"{MAPPING_VERSION}/{__version__}"


def price_stock_columns(settings: SyncObject) -> frozenset[str]:
    """Return the columns that make price and stock of a good and nothing else.

    Where only these changed, the good's content and its place in the shop are unchanged, unless its stock
    keeps it out.
    """
    mapped = {mapping.column for mapping in settings.fields if mapping.to in _PRICE_STOCK_TARGETS}
    content = {mapping.column for mapping in settings.fields if mapping.to not in _PRICE_STOCK_TARGETS}
    return frozenset((mapped | {SUM_COLUMN, CENTERS_COLUMN, AVAILABLE_COLUMN}) - content - _READ_UNMAPPED)


class Mapper:
    """Makes desired products by the rules of one sync object.

    `decimal_signs` are those of the export's columns of prices; a cell that may be two amounts is refused in
    a column without one.
    """

    def __init__(self, settings: SyncObject, decimal_signs: DecimalSigns = MappingProxyType({})) -> None:
        self._settings = settings
        self._rules = Rules(settings, decimal_signs)
        self._mappings = [
            (mapping, mapping.to, mapping.column, _MAPPINGS[mapping.to]) for mapping in settings.fields
        ]
        self._price_stock = [item for item in self._mappings if item[1] in _PRICE_STOCK_TARGETS]
        self._has_characteristics = any(target == "characteristic" for _, target, *_ in self._mappings)

    def product(
        self,
        good_id: str,
        line: int,
        cells: Mapping[str, str],
        stock: Stock,
        photos: PhotoSource,
        *,
        was_displayed: bool | None = None,
    ) -> Mapped:
        """Return the desired product of one row; `cells` are keyed by column.

        `stock` is what selection counted, `was_displayed` what it decided of `Display` at the last reading,
        None where that is unknown. Photos stay untouched where `photos` returns None.
        """
        row, rules = ExportRow(good_id, line, cells), self._rules
        doubtful = displayed(self._settings, cells, was=was_displayed) is None
        merged = _Merged(row)
        merged.add(_id_part(row))
        merged.map_cells(rules, self._mappings)
        columns = merged.columns
        merged.add(texts.complete_languages(rules, row, columns, merged.values, merged.absent))
        merged.add_price_stock(rules, stock, doubtful=doubtful)
        if self._has_characteristics:
            merged.add(codes.sorted_characteristics(row, merged.characteristics))
        merged.add(_photos_part(row, photos))
        merged.add(Part(findings=display_findings(self._settings, row, was=was_displayed)))
        merged.add(Part({"currency": rules.currency, "unit": merged.values.get("unit", "шт.")}))
        return merged.mapped(codes.model_of_row(rules, row, columns))

    def price_stock(self, good_id: str, line: int, cells: Mapping[str, str], stock: Stock) -> Mapped:
        """Return price and stock of one row and the findings about them, as `product` makes both."""
        merged = _Merged(ExportRow(good_id, line, cells))
        merged.map_cells(self._rules, self._price_stock)
        merged.add_price_stock(self._rules, stock)
        return merged.mapped()


class _Merged:
    """The parts of one product, merged in the order in which they are added."""

    def __init__(self, row: ExportRow) -> None:
        self._row = row
        self._findings: list[Finding] = []
        self._unreadable: set[str] = set()
        self._priced: Mapping[str, Priced] = {}
        self.values: dict[str, Value] = {}
        self.columns: dict[str, str] = {}
        self.absent: set[str] = set()
        self.characteristics: list[Characteristic] = []

    def add(self, part: Part) -> None:
        """Merge one part; its values replace earlier ones."""
        if part is EMPTY:
            return
        values, findings, keep, characteristic, unsent = part
        if values:
            self.values.update(values)
        if findings:
            self._findings += findings
        if keep:
            self._unreadable.update(keep)
        if characteristic is not None:
            self.characteristics.append(characteristic)
        for name in unsent:
            del self.values[name]

    def map_cells(self, rules: Rules, mappings: Iterable[_Prepared]) -> None:
        """Map each cell that the row has, and note the targets whose column it lacks."""
        row, columns = self._row, self.columns
        cells = row.cells
        for mapping, target, column, map_cell in mappings:
            text = cells.get(column)
            error = None
            if text is not None:
                cell = MappedCell(row, mapping, text)
                error = _error_part(cell) if "#" in text else None
                if error is None:
                    columns[target] = column
                    if map_cell is not None and (part := map_cell(rules, cell)) is not EMPTY:
                        self.add(part)
                    continue
                self.add(error)
            self.absent.add(target)
            if target == "characteristic":
                self.characteristics.append(codes.characteristic(rules, mapping))

    def add_price_stock(self, rules: Rules, stock: Stock, *, doubtful: bool = False) -> None:
        """Add stock, prices and status, which is `doubtful` where `Display` cannot be read."""
        self.add(stocks.map_stock(rules, self._row, self.columns, stock))
        part, self._priced = prices.map_prices(rules, self._row, self.columns, self._unreadable)
        self.add(part)
        self.add(stocks.map_status(rules, stock, doubtful=doubtful))

    def mapped(self, model: str = "") -> Mapped:
        """Return the whole."""
        product = Product(self._row.good_id, self.values)
        return Mapped(product, tuple(self._findings), frozenset(self._unreadable), self._priced, model)


def _id_part(row: ExportRow) -> Part:
    if (doubt := id_doubt(row.good_id)) is None:
        return EMPTY
    return Part(findings=(row.finding(Code.ID_ODD, KEY, row.good_id, id=row.good_id[:40], fault=doubt),))


def _error_part(cell: MappedCell) -> Part | None:
    """Return the part of a cell with a spreadsheet's error where a text should be, None for any other."""
    mapping, error = cell.mapping, cell.text.strip()
    if error not in ERRORS or mapping.to in _NUMBERS:
        return None
    name = mapping.name or mapping.to
    finding = cell.finding(Code.CELL_ERROR, cell.text, cell=error, fault=CellFault.ERROR, name=name)
    keep: Collection[str] = () if mapping.to == "characteristic" else TARGETS[mapping.to]
    return Part(findings=(finding,), keep=keep)


_WEB_ADDRESS = re.compile(r"https?://\S+")


def pictures(cells: Mapping[str, str]) -> tuple[Photo, ...] | None:
    """Return the photos whose addresses the export itself names; None where it names none.

    Prom cannot fetch paths of the merchant's own disk. What the pictures show is unknown, so they have no
    digest (torgsoft §6, §9).
    """
    if not (cell := cells.get(PICTURE)):
        return None
    written = cleaned_html(cell)[0].replace("_x000d_", " ").replace("|", " ")
    urls = dict.fromkeys(_WEB_ADDRESS.findall(written))
    return tuple(Photo(url, "") for url in urls) or None


def _photos_part(row: ExportRow, source: PhotoSource) -> Part:
    if (photos := source(row.good_id)) is None and (photos := pictures(row.cells)) is None:
        return EMPTY
    if len(photos) <= PHOTO_LIMIT:
        return Part({"photos": photos})
    finding = row.finding(Code.PHOTOS_TOO_MANY, count=len(photos), limit=PHOTO_LIMIT)
    return Part({"photos": photos[:PHOTO_LIMIT]}, (finding,))
