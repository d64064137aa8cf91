"""Exports in every form that merchants have: one table of texts, written down in many ways."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Self
from xml.sax.saxutils import escape, quoteattr

Row = Sequence[str | int]

_BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Склад" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_BOOK_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'worksheet" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'styles" Target="styles.xml"/></Relationships>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>'
)
DATE, MOMENT = 1, 2
"""Styles of a spreadsheet's cell that make its number a day, or a moment."""


def csv_cell(cell: str | int, delimiter: str = ";", *, needless: bool = True) -> str:
    """Write a cell as Torgsoft does: a text in quotes even when empty, a number bare.

    Without `needless` there are only quotes that are required, as a spreadsheet saves it.
    """
    text = str(cell)
    must = any(mark in text for mark in (delimiter, '"', "\r", "\n"))
    if must or (needless and isinstance(cell, str)):
        return '"' + text.replace('"', '""') + '"'
    return text


def csv(
    columns: Sequence[str] | None,
    rows: Sequence[Row],
    *,
    delimiter: str = ";",
    end: str = "\r\n",
    needless: bool = True,
) -> str:
    """Return a table as text; without a header where `columns` is None."""
    lines = [*([columns] if columns is not None else []), *rows]
    return "".join(
        delimiter.join(csv_cell(cell, delimiter, needless=needless) for cell in line) + end for line in lines
    )


def offer(columns: Sequence[str], row: Row, *, quotes: bool = False) -> str:
    """Return an offer with the columns as params, as Torgsoft repeats them; `quotes` are left of the CSV."""
    cells = [csv_cell(cell) if quotes else str(cell) for cell in row]
    params = (
        f"<param name={quoteattr(name)}>{escape(cell)}</param>"
        for name, cell in zip(columns, cells, strict=True)
    )
    return f"<offer id={quoteattr(str(row[0]))}>{''.join(params)}</offer>"


def yml(
    offers: Sequence[str],
    *,
    categories: Mapping[str, tuple[str, str]] | None = None,
    encoding: str | None = "UTF-8",
) -> str:
    """Return a YML file of these offers. `categories` are keyed by id: the parent's id and the name."""
    declared = f' encoding="{encoding}"' if encoding else ""
    tree = "".join(
        f"<category id={quoteattr(number)}{f' parentId={quoteattr(parent)}' if parent else ''}>"
        f"{escape(name)}</category>"
        for number, (parent, name) in (categories or {}).items()
    )
    return (
        f'<?xml version="1.0"{declared}?>\n<!DOCTYPE yml_catalog SYSTEM "shops.dtd">\n'
        f'<yml_catalog date="2026-03-02 12:00"><shop><name>Крамниця</name>\n'
        f"<categories>{tree}</categories>\n<offers>\n"
        + "\n".join(offers)
        + "\n</offers></shop></yml_catalog>\n"
    )


class Styled(str):
    """The number of a spreadsheet's cell as written in the file, with its style."""

    __slots__ = ("style",)
    style: int

    def __new__(cls, text: str, style: int = 0) -> Self:
        content = super().__new__(cls, text)
        content.style = style
        return content


def xlsx(rows: Sequence[Sequence[str | int | float | bool | None]], *, hidden: bool = False) -> bytes:
    """Return a spreadsheet: texts as texts, numbers as numbers, None as no cell at all."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            _xlsx_cell(f"{_letters(place)}{number}", cell)
            for place, cell in enumerate(row)
            if cell is not None
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS,
        "xl/workbook.xml": _BOOK.replace("sheetId", 'state="hidden" sheetId') if hidden else _BOOK,
        "xl/_rels/workbook.xml.rels": _BOOK_RELS,
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": sheet,
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return content.getvalue()


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _xlsx_cell(at: str, cell: str | float | bool) -> str:
    match cell:
        case Styled():
            return f'<c r="{at}" s="{cell.style}"><v>{cell}</v></c>'
        case str():
            text = re.sub(r"\r", "_x000D_", escape(cell))
            return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        case bool():
            return f'<c r="{at}" t="b"><v>{int(cell)}</v></c>'
        case _:
            return f'<c r="{at}"><v>{cell!r}</v></c>'
