"""Spreadsheets that would fill the memory: refused before anything is kept of them."""

from __future__ import annotations

import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from torgsync.core.config.settings import Catalog
from torgsync.disk import read_bytes
from torgsync.errors import ExportInvalid
from torgsync.files.catalog import archives
from torgsync.files.catalog.export import open_catalog

xlsxwriter = pytest.importorskip("xlsxwriter", reason="writing spreadsheets is an extra")

MOST = 150_000
"""Kilobytes by which the memory may grow meanwhile."""
_OPEN = "urn:oasis:names:tc:opendocument:xmlns:"


def book(path: Path, fill: Callable[[object], None] = lambda _sheet: None) -> Path:
    """Write a spreadsheet of one good and what else is to be in it."""
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, ("GoodID", "GoodName", "RetailPrice"))
    sheet.write_row(1, 0, (1, "Лялька", 5))
    fill(sheet)
    workbook.close()
    return path


def far(path: Path) -> Path:
    """Two cells, and all between them."""
    return book(path, lambda sheet: sheet.write(1_000_000, 16_000, "far"))  # type: ignore[attr-defined]


def shared(path: Path) -> Path:
    """One long text that every row refers to."""

    def fill(sheet: object) -> None:
        for row in range(2, 15_000):
            sheet.write_row(row, 0, (row, "x" * 32_000))  # type: ignore[attr-defined]

    return book(path, fill)


def dense(path: Path) -> Path:
    """A sheet that is nearly all blanks."""
    return replaced(path, "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (40 * 1024 * 1024))


def unplaced(path: Path) -> Path:
    """Cells that do not say where they are, in rows far down."""
    rows = b'<row r="1000000">' + b"<c><v>1</v></c>" * 20 + b"</row>"
    return replaced(path, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData>" + rows)


def replaced(path: Path, part: str, content: bytes) -> Path:
    """Write a spreadsheet in which one part is another."""
    with (
        zipfile.ZipFile(book(path.with_name("sound.xlsx"))) as sound,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in sound.namelist():
            archive.writestr(name, content if name == part else sound.read(name))
    return path


def repeated(path: Path) -> Path:
    """An OpenDocument whose cells and rows are repeated."""
    cell = "<t:table-cell o:value-type='string' {}><x:p>GoodID</x:p></t:table-cell>"
    many = cell.format("t:number-columns-repeated='500'")
    rows = f"<t:table-row t:number-rows-repeated='20000'>{many}"
    table = f"<t:table t:name='S'><t:table-row>{cell.format('')}</t:table-row>{rows}</t:table-row></t:table>"
    names = f"xmlns:o='{_OPEN}office:1.0' xmlns:t='{_OPEN}table:1.0' xmlns:x='{_OPEN}text:1.0'"
    body = f"<o:body><o:spreadsheet>{table}</o:spreadsheet></o:body>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", f"<o:document-content {names}>{body}</o:document-content>")
    return path


def crowded(path: Path) -> Path:
    """An archive of more files than any spreadsheet has."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(archives.PARTS + 1):
            archive.writestr(str(number), b"")
    return path


@pytest.mark.parametrize("make", [far, shared, dense, unplaced, repeated])
def test_small_files_that_become_large(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    """A sentence, before the memory fills."""
    path = make(tmp_path / "goods.xlsx")
    assert len(read_bytes(path)) < 1024 * 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ExportInvalid, match="is too large: "):
        open_catalog(Catalog(path=str(path)), tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST


def test_an_archive_that_lies_about_its_size(tmp_path: Path) -> None:
    """What a part really holds is counted, not what the archive says of it."""
    path = dense(tmp_path / "goods.xlsx")
    content = read_bytes(path)
    size = (len(b"<worksheet>") + 40 * 1024 * 1024).to_bytes(4, "little")
    path.write_bytes(content.replace(size, (500).to_bytes(4, "little")))
    with pytest.raises(ExportInvalid, match="is too large: "):
        open_catalog(Catalog(path=str(path)), tmp_path)


def test_an_archive_of_many_files(tmp_path: Path) -> None:
    """It is an archive like others, and is not listed."""
    with pytest.raises(ExportInvalid, match=r"packed archive|damaged spreadsheet|too large"):
        open_catalog(Catalog(path=str(crowded(tmp_path / "goods.xlsx"))), tmp_path)


@pytest.mark.parametrize(("name", "number"), [(b"A", 1), (b"Z", 26), (b"AA", 27), (b"XFD", 16384)])
def test_columns_have_numbers(name: bytes, number: int) -> None:
    """As a spreadsheet counts them."""
    assert archives.column_of(name) == number
