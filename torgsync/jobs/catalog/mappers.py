"""The mapper of an export's rows, which reads the whole file only where a price may be two amounts.

Whether a sign in a column of prices parts thousands or decimals is shown by all its cells together. Nearly
no export has a cell in doubt, so the file is read for it when the first such cell is met.
"""

from __future__ import annotations

from collections.abc import Mapping

from torgsync.core.config.settings import SyncObject
from torgsync.core.mapping.mapper import Mapper
from torgsync.core.mapping.prices import money_columns
from torgsync.core.mapping.stock import Stock, StockCounter
from torgsync.core.product.money import DecimalSigns, decimal_signs, doubtful_sign
from torgsync.files.catalog.catalog_file import CatalogFile


class RowMapper:
    """The mapper of one export's rows.

    `decimal_signs` are those of its columns of prices, empty as long as no row needed them.
    """

    def __init__(self, settings: SyncObject, file: CatalogFile) -> None:
        self.settings = settings
        self._file = file
        self._counter = StockCounter(settings)
        self._columns = [column for column in money_columns(settings) if column in file.columns]
        self._mapper = Mapper(settings)
        self._known = False
        self.decimal_signs: DecimalSigns = {}

    def stock(self, cells: Mapping[str, str]) -> Stock:
        """Return the stock of a row."""
        return self._counter.count(cells)

    def of(self, cells: Mapping[str, str]) -> Mapper:
        """Return what maps a row. Raises ExportInvalid where the file has to be read whole and cannot be."""
        if not self._known:
            for column in self._columns:
                if doubtful_sign(cells.get(column, "")):
                    self.read_signs()
                    break
        return self._mapper

    def read_signs(self) -> DecimalSigns:
        """Read the whole file for the signs of its columns of prices, and return them."""
        written = map(self._file.cells, self._file.records())
        rows = map(self.settings.value_map.apply, written)
        self.decimal_signs = decimal_signs(self._columns, rows)
        self._mapper = Mapper(self.settings, self.decimal_signs)
        self._known = True
        return self.decimal_signs
