"""Imports of spreadsheets: what they write, wipe and erase (prom-api §4.7, §7.3).

Products are found by Prom's id, and none is created. A field of `updated_fields` whose column is missing is
emptied, and the external id is always written: without its column it is erased.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from torgsync.extras import install_command
from torgsync.sandbox.shop.products import CLOSED_STATUSES, ShopCatalog, ShopProduct

BEGINNING = b"PK\x03\x04"
"""How a spreadsheet begins: it is an archive."""
SHEET = "Export Products Sheet"
PROM_ID, NAME, CODE, EXTERNAL_ID = (
    "Унікальний_ідентифікатор",
    "Назва_позиції",
    "Код_товару",
    "Ідентифікатор_товару",
)


class SpreadsheetInvalid(Exception):
    """The file is no spreadsheet with a sheet of products."""


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ".")) if text else None
    except InvalidOperation:
        return None


def _pieces(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


_PRESENCES = {"+": "available", "!": "available", "-": "not_available", "": "not_available"}
_READERS: Mapping[str, tuple[str, str, Callable[[str], Any]]] = {
    "name": (NAME, "name", str),
    "sku": (CODE, "sku", lambda text: text or None),
    "price": ("Ціна", "price", _number),
    "presence": ("Наявність", "presence", lambda text: _PRESENCES.get(text, "order")),
    "quantity_in_stock": ("Кількість", "quantity_in_stock", _pieces),
    "description": ("Опис", "description", str),
    "keywords": ("Пошукові_запити", "keywords", str),
}
"""Column, field of a product and reader of a cell, by the words of `updated_fields`."""
WIPED = ("price", "presence")
"""The words that count where a shop takes no notice of `updated_fields` (prom-api §4.2, their default)."""


@dataclass
class SheetResult:
    """What an import of a spreadsheet did: counters, and the rows that it refused, by the field at fault."""

    updated: int = 0
    not_changed: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows were dealt with."""
        return self.updated + self.not_changed + sum(map(len, self.refused.values()))


def import_sheet(
    file: bytes, catalog: ShopCatalog, words: frozenset[str], when: datetime, *, ids: bool = True
) -> SheetResult:
    """Apply a spreadsheet to the shop. Raises SpreadsheetInvalid; then nothing was changed.

    Without `ids`, a product that has no external id gets none.
    """
    result = SheetResult()
    for row in read_sheet(file):
        number = row.get(PROM_ID, "")
        product = catalog.products.find(int(number)) if number.isdecimal() else None
        at_fault = _fault(row, product, catalog)
        if at_fault or product is None:
            result.refused.setdefault(at_fault, []).append(number or row.get(EXTERNAL_ID, ""))
        elif catalog.change(product, _fields(row, words, product if not ids else None), when):
            result.updated += 1
        else:
            result.not_changed += 1
    return result


def _fields(row: Mapping[str, str], words: frozenset[str], keeps: ShopProduct | None) -> dict[str, Any]:
    """Return the fields that a row changes; a product that `keeps` its lack of an external id is given."""
    chosen = (_READERS[word] for word in sorted(words & _READERS.keys()))
    fields = {name: read(row.get(column, "")) for column, name, read in chosen}
    if keeps is not None and keeps.external_id is None:
        return fields
    return fields | {"external_id": row.get(EXTERNAL_ID) or None}


def _fault(row: Mapping[str, str], product: ShopProduct | None, catalog: ShopCatalog) -> str:
    """Return which field has a row refused, empty for none. That ids are unique is an assumption."""
    if product is None:
        return "id"
    if not row.get(NAME):
        return "name"
    if product.status in CLOSED_STATUSES:
        return "status"
    external_id = row.get(EXTERNAL_ID) or None
    holder = catalog.products.find(external_id) if external_id else None
    taken = holder is not None and holder.id != product.id
    return "external_id" if taken or external_id in catalog.deleted_external_ids else ""


def read_sheet(file: bytes) -> list[dict[str, str]]:
    """Return the rows of the sheet of products as texts, keyed by column. Raises SpreadsheetInvalid."""
    try:
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  # an optional extra
    except ImportError as error:
        raise SpreadsheetInvalid(
            f"the sandbox reads spreadsheets only with a library: {install_command('xlsx')}"
        ) from error
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(file)) as book:
            sheet = SHEET if SHEET in book.sheet_names else book.sheet_names[0]
            rows = [[_text(cell) for cell in row] for row in book.get_sheet_by_name(sheet).to_python()]
    except (CalamineError, IndexError) as error:
        raise SpreadsheetInvalid(str(error)) from error
    if not rows:
        raise SpreadsheetInvalid("the sheet is empty")
    header, *body = rows
    return [dict(zip(header, row, strict=True)) for row in body if any(row)]


def _text(cell: object) -> str:
    """Return a cell as text; a whole number has no fraction."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
