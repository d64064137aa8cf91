"""The spreadsheet that writes external ids (docs/developers/prom-api.md §4.7, §7.3).

XlsxWriter writes it, an optional extra: it keeps every cell a text (`00123` stays `00123`), escapes what XML
cannot take and what a spreadsheet would take for a formula, and has no dependencies.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from torgsync.core.plan.external_ids import IdWrite, ProductCopy
from torgsync.errors import UsageError
from torgsync.extras import install_command
from torgsync.i18n import _, verbatim

SHEET = "Export Products Sheet"
COLUMNS = ("Унікальний_ідентифікатор", "Назва_позиції", "Код_товару", "Ідентифікатор_товару")
"""All four are in every row: an import without the last one erases the external ids of its products."""
UPDATED_FIELDS = ("sku",)
"""Without it price and presence would be wiped, for the file has no columns of them."""


def refuse_missing_library() -> None:
    """Raise UsageError where what writes spreadsheets is not installed."""
    try:
        import xlsxwriter  # noqa: F401, PLC0415  # an optional extra
    except ImportError as error:
        raise UsageError(
            _("external ids are written with a spreadsheet, and the library for that is not installed"),
            hint=verbatim(install_command("xlsx")),
        ) from error


def write_ids_file(path: Path, rows: Iterable[tuple[IdWrite, ProductCopy]]) -> int:
    """Write the spreadsheet and return the number of its products; name and code are those on Prom."""
    import xlsxwriter  # noqa: PLC0415  # an optional extra

    number = 0
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(SHEET)
        for place, column in enumerate(COLUMNS):
            sheet.write_string(0, place, column)
        for number, (write, copy) in enumerate(rows, start=1):
            for place, text in enumerate((copy.prom_id, copy.name, copy.sku, write.good_id)):
                if text:
                    sheet.write_string(number, place, text)
    return number
