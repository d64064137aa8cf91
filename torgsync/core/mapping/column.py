"""Maps the cells of one column. Most cells of an export repeat, so what was made of a text is remembered.

A part depends on the text alone and on those other cells that the mapping reads; it names neither the good
nor the line of a row, see `Part`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from torgsync.core.config.settings import FieldMapping
from torgsync.core.findings import Code
from torgsync.core.mapping import codes, ladder, prices, stock, texts
from torgsync.core.mapping.row import EMPTY, MappedCell, Part, Rules, finding
from torgsync.core.product.cells import ERRORS, CellFault
from torgsync.core.product.fields import TARGETS


def _map_later(_rules: Rules, _cell: MappedCell) -> Part:
    """Map nothing: the column is read where all of a good or of a model is known."""
    return EMPTY


_MAPPINGS: dict[str, Callable[[Rules, MappedCell], Part]] = {
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
    "quantity": _map_later,  # counted over the accounting centers
    "presence": stock.map_presence,
    "ready_to_ship": stock.map_ready_to_ship,
    "sku": codes.map_sku,
    "gtin": codes.map_barcode,
    "mpn": codes.map_mpn,
    "group": codes.map_group,
    "vendor": codes.map_producer,
    "country": codes.map_producer,
    "unit": codes.map_unit,
    "variant_group": _map_later,  # decided over all goods of a model
    "characteristic": codes.map_characteristic,
}
"""What maps the cell of each target."""

_UNIQUE = frozenset({"name", "name_ru", "description", "description_ru", "gtin"})
"""Targets whose texts hardly ever repeat, or are long."""
_REMEMBERED = 512
"""Texts of one column whose parts are remembered."""
_REMEMBERED_ROWS = 1024
"""Rows whose characteristics are remembered."""
_REMEMBERED_NUMBERS = 2048
"""Numbers of one column; nearly all of them make no part."""

_NUMBERS = frozenset(
    {
        *("price", "sale_price", "wholesale_price", "wholesale_minimum", "wholesale_prices"),
        *("quantity", "presence", "ready_to_ship"),
    }
)
"""Targets whose mappings report a spreadsheet's error themselves."""


class ColumnMapper(NamedTuple):
    """One field mapping, prepared for many rows.

    `map` makes the part of a text and of the texts of the columns `also`, None for one that a row lacks.
    `kept` is the part of a row without the column.
    """

    mapping: FieldMapping
    target: str
    column: str
    also: tuple[str, ...]
    map: Callable[..., Part]
    kept: Part


def column_mapper(rules: Rules, mapping: FieldMapping) -> ColumnMapper:
    """Return what maps the cells of a field mapping's column."""
    map_cell, target, column = _MAPPINGS[mapping.to], mapping.to, mapping.column
    also = _also_read(rules, mapping)

    def map_texts(text: str, *others: str | None) -> Part:
        cells = {column: text}
        if others:
            cells |= {name: other for name, other in zip(also, others, strict=True) if other is not None}
        return map_cell(rules, MappedCell(mapping, text, cells))

    remembered: Callable[..., Part] = map_texts
    if target in _NUMBERS:
        # By type too: a number that a file holds as one is an amount where the same text may be two.
        remembered = lru_cache(_REMEMBERED_NUMBERS, typed=True)(map_texts)
    elif target not in _UNIQUE:
        remembered = lru_cache(_REMEMBERED)(map_texts)
    kept = Part(characteristic=codes.characteristic(rules, mapping)) if target == "characteristic" else EMPTY
    return ColumnMapper(mapping, target, column, also, remembered, kept)


class CharacteristicsMapper:
    """Maps all characteristics of a row together, where nothing is to be reported about them.

    Goods of one kind share them, so those of a row's cells are remembered as a whole.
    """

    def __init__(self, columns: Sequence[ColumnMapper]) -> None:
        self._columns = columns
        self._read = tuple(dict.fromkeys(name for each in columns for name in (each.column, *each.also)))
        self._map = lru_cache(_REMEMBERED_ROWS)(self._map_texts)

    def map(self, cells: Mapping[str, str]) -> Part | None:
        """Return the part of all characteristics, None where a cell has to be reported."""
        return self._map(*map(cells.get, self._read))

    def _map_texts(self, *texts: str | None) -> Part | None:
        get = dict(zip(self._read, texts, strict=True)).get
        mapped = []
        for mapping, _, column, also, map_texts, kept in self._columns:
            text = get(column)
            if text is not None and "#" in text and error_part(mapping, text):
                return None
            part = kept if text is None else map_texts(text, *map(get, also))
            if part.findings:
                return None
            if part.characteristic is not None:
                mapped.append(part.characteristic)
        part = codes.sorted_characteristics(mapped)
        return None if part.findings else part


def _also_read(rules: Rules, mapping: FieldMapping) -> tuple[str, ...]:
    """Return the other columns that the mapping of a column reads."""
    match mapping.to:
        case "sale_price":
            return (rules.settings.column_of("price"),)
        case "group":
            return codes.SECTIONS
        case "vendor" | "country":
            return codes.PRODUCER
        case "characteristic":
            return (mapping.unit_column,)
        case _:
            return ()


def error_part(mapping: FieldMapping, text: str) -> Part | None:
    """Return the part of a cell with a spreadsheet's error where a text should be, None for any other."""
    error = text.strip()
    if error not in ERRORS or mapping.to in _NUMBERS:
        return None
    args = {"cell": error, "fault": CellFault.ERROR, "name": mapping.name or mapping.to}
    keep: Collection[str] = () if mapping.to == "characteristic" else TARGETS[mapping.to]
    return Part(findings=(finding(Code.CELL_ERROR, mapping.column, text, **args),), keep=keep)
