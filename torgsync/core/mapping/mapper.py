"""Makes the desired product of a row of the export, by the rules of one sync object.

Source of the rules: docs/developers/torgsoft.md §17, docs/developers/prom-api.md §7.1, §11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from torgsync.core.config.settings import SyncObject
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping import codes, texts
from torgsync.core.mapping import stock as stocks
from torgsync.core.mapping.column import CharacteristicsMapper, ColumnMapper, column_mapper, error_part
from torgsync.core.mapping.prices import PriceMapper
from torgsync.core.mapping.pricing import Priced
from torgsync.core.mapping.row import EMPTY, ExportRow, Mapped, Part, Rules, finding
from torgsync.core.mapping.select import display_findings, displayed
from torgsync.core.mapping.stock import Stock
from torgsync.core.product.cells import id_doubt
from torgsync.core.product.cleaning import cleaned_html
from torgsync.core.product.columns import (
    AVAILABLE_COLUMN,
    CENTERS_COLUMN,
    DISPLAY_COLUMN,
    KEY,
    PICTURE,
    SUM_COLUMN,
)
from torgsync.core.product.fields import (
    PHOTO_LIMIT,
    PRICE_STOCK,
    TARGETS,
    Characteristic,
    Photo,
    Value,
)
from torgsync.core.product.groups import MODEL, MODEL_NAME, NUMBER, PATH, SECTION, TYPE
from torgsync.core.product.money import DecimalSigns
from torgsync.core.product.products import Product
from torgsync.core.text import quotation

PhotoSource = Callable[[str], tuple[Photo, ...] | None]
"""Returns a good's photos by its id, main one first; None where there is no source of photos."""

_PRICE_STOCK_TARGETS = frozenset(
    target for target, fields in TARGETS.items() if PRICE_STOCK.issuperset(fields)
)

_READ_UNMAPPED = {
    *(PATH, SECTION, TYPE, NUMBER, MODEL, MODEL_NAME),
    *(DISPLAY_COLUMN, PICTURE, "PCName", "Country"),
}
"""Columns that selection or a rule of the content reads, whatever they are mapped to."""


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
        self._prices = PriceMapper(self._rules)
        self._columns = [column_mapper(self._rules, mapping) for mapping in settings.fields]
        self._price_stock = [column for column in self._columns if column.target in _PRICE_STOCK_TARGETS]
        named = [column for column in self._columns if column.target == "characteristic"]
        self._characteristics = CharacteristicsMapper(named) if named else None
        self._without = [column for column in self._columns if column.target != "characteristic"]

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
        rules = self._rules
        doubtful = displayed(self._settings, cells, was=was_displayed) is None
        merged = _Merged(ExportRow(good_id, line, cells))
        merged.add(_id_part(good_id))
        common = self._characteristics.map(cells) if self._characteristics else EMPTY
        merged.map_cells(self._columns if common is None else self._without)
        columns, values = merged.columns, merged.values
        merged.add(texts.complete_languages(rules, cells, columns, values, merged.absent))
        self._add_price_stock(merged, stock, doubtful=doubtful)
        merged.add(
            codes.sorted_characteristics(merged.characteristics) if common is None else common,
            _photos_part(merged.row, photos),
        )
        if findings := display_findings(self._settings, merged.row, was=was_displayed):
            merged.add(Part(findings=findings))
        values["currency"] = rules.currency
        values.setdefault("unit", "шт.")
        return merged.mapped(codes.model_of_row(rules, cells, columns))

    def price_stock(self, good_id: str, line: int, cells: Mapping[str, str], stock: Stock) -> Mapped:
        """Return price and stock of one row and the findings about them, as `product` makes both."""
        merged = _Merged(ExportRow(good_id, line, cells))
        merged.map_cells(self._price_stock)
        self._add_price_stock(merged, stock, doubtful=False)
        return merged.mapped()

    def _add_price_stock(self, merged: _Merged, stock: Stock, *, doubtful: bool) -> None:
        """Add stock, prices and status, which is `doubtful` where `Display` cannot be read."""
        cells = merged.row.cells
        merged.add(stocks.map_stock(self._rules, cells, merged.columns, stock))
        price_part, merged.priced = self._prices.map(cells, merged.unreadable)
        merged.add(price_part, stocks.map_status(self._rules, stock, doubtful=doubtful))


class _Merged:
    """The parts of one product, merged in the order in which they are added."""

    def __init__(self, row: ExportRow) -> None:
        self.row = row
        self.values: dict[str, Value] = {}
        self.columns: dict[str, str] = {}
        self.absent: set[str] = set()
        self.unreadable: set[str] = set()
        self.characteristics: list[Characteristic] = []
        self.priced: Mapping[str, Priced] = {}
        self._findings: list[Finding] = []

    def add(self, *parts: Part) -> None:
        """Merge parts; the values of each replace earlier ones."""
        update, more = self.values.update, self.characteristics.append
        for part in parts:
            if part is EMPTY:
                continue
            values, findings, keep, characteristic, unsent = part
            if characteristic is not None:
                more(characteristic)
            if values:
                update(values)
            if findings:
                self._findings += findings
            if keep:
                self.unreadable.update(keep)
            for name in unsent:
                del self.values[name]

    def map_cells(self, mappers: Iterable[ColumnMapper]) -> None:
        """Map each cell that the row has, and note the targets whose column it lacks."""
        get, columns, parts = self.row.cells.get, self.columns, list[Part]()
        for mapping, target, column, also, map_texts, kept in mappers:
            text = get(column)
            if text is None:
                self.absent.add(target)
                parts.append(kept)
            elif "#" in text and (error := error_part(mapping, text)) is not None:
                self.absent.add(target)
                parts += (error, kept)
            else:
                columns[target] = column
                parts.append(map_texts(text, *map(get, also)) if also else map_texts(text))
        self.add(*parts)

    def mapped(self, model: str = "") -> Mapped:
        """Return the whole."""
        row = self.row
        findings = row.placed(self._findings) if self._findings else ()
        return Mapped(
            Product(row.good_id, self.values), findings, frozenset(self.unreadable), self.priced, model
        )


def _id_part(good_id: str) -> Part:
    if (doubt := id_doubt(good_id)) is None:
        return EMPTY
    return Part(findings=(finding(Code.ID_ODD, KEY, good_id, id=quotation(good_id), fault=doubt),))


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
    too_many = finding(Code.PHOTOS_TOO_MANY, count=len(photos), limit=PHOTO_LIMIT)
    return Part({"photos": photos[:PHOTO_LIMIT]}, (too_many,))
