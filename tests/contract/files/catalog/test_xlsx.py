"""What the reader of spreadsheets promises: every cell comes as a person would type it."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path

import pytest
from dialects import DATE, MOMENT, Styled, xlsx

from torgsync.core.product.columns import LAYOUT_48, ExportRecord
from torgsync.core.product.money import TypedNumber
from torgsync.errors import ExportInvalid
from torgsync.extras import install_command
from torgsync.files.catalog.catalog_file import Aspect, FileFormat, ReadSettings
from torgsync.files.catalog.xlsx import XlsxFile, open_xlsx

HEADER = ("GoodID", "GoodName", "RetailPrice")


def write(folder: Path, content: bytes) -> Path:
    path = folder / "goods.xlsx"
    path.write_bytes(content)
    return path


def read(file: XlsxFile) -> list[tuple[str, ...]]:
    return [tuple(file.cells(record).values()) for record in file.records()]


def refusal(path: Path, given: ReadSettings | None = None) -> ExportInvalid:
    with pytest.raises(ExportInvalid) as caught:
        read(open_xlsx(path, given or ReadSettings()))
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Капці", "Капці"),
        (12, "12"),
        (632.74, "632.74"),
        (Styled("632.74000000000001"), "632.74"),
        (2900000000124, "2900000000124"),
        (Styled("2.900000000124E12"), "2900000000124"),
        (12345678901234, "12345678901234"),
        (0.00001, "0.00001"),
        (-3, "-3"),
        (100, "100"),
        ("0530", "0530"),
        (True, "1"),
        (False, "0"),
        (None, ""),
        (Styled("46083", DATE), "2026-03-02"),
        (Styled("46083.5", MOMENT), "2026-03-02T12:00:00"),
        (Styled("0.5", MOMENT), "12:00:00"),
        ("https://a/1.jpg_x000d_\nhttps://a/2.jpg", "https://a/1.jpg\nhttps://a/2.jpg"),
        ("a\r\nb", "a\nb"),
    ],
)
def test_a_cell_is_exact(tmp_path: Path, cell: str | float | bool | None, text: str) -> None:
    """No exponent, no point behind a whole number, no noise behind the digits, days as ISO 8601."""
    file = open_xlsx(write(tmp_path, xlsx([("GoodID", "x", "y"), (17, cell, "b")])))
    assert read(file) == [("17", text, "b")]


def test_a_number_with_decimals_differs_from_a_text(tmp_path: Path) -> None:
    """`1.455` as a text may be two amounts, as a number it is one."""
    rows: list[tuple[str | float, ...]] = [("GoodID", "x", "y"), (17, 1.455, "1.455"), (18, 1455, "1455")]
    cells = read(open_xlsx(write(tmp_path, xlsx(rows))))
    assert cells == [("17", "1.455", "1.455"), ("18", "1455", "1455")]
    assert [[type(cell) is TypedNumber for cell in row] for row in cells] == [
        [False, True, False],
        [False, False, False],
    ]


def test_a_service_row_above_the_header_is_passed_over(tmp_path: Path) -> None:
    """Lists of the stock begin with the warehouse's state; blank rows and nameless columns are nothing."""
    rows = [
        ("Стан складу на 02.03.2026",),
        (),
        ("Ключ товару", "Назва товару", None, "Кiлькiсть"),
        (17, "Капці", "x", 5),
        (),
        (18, None, None, 0),
    ]
    file = open_xlsx(write(tmp_path, xlsx(rows)))
    assert (file.kind, file.encoding, file.has_header) == (FileFormat.XLSX, "utf-8", True)
    assert file.columns == ("GoodID", "GoodName", "WarehouseQuantity")
    assert read(file) == [("17", "Капці", "5"), ("18", "", "0")]
    records = list(file.records())
    assert [(record.line, file.good_id(record)) for record in records] == [(4, "17"), (6, "18")]
    assert file.file_of(records[0]) == "goods.xlsx"
    assert file.context == b"xlsx"
    aspects = [guess.aspect for guess in file.guesses]
    assert aspects == [Aspect.SHEET, Aspect.HEADER, Aspect.NAME, Aspect.NAME, Aspect.NAME]


def test_a_standard_layout_is_known_without_a_header(tmp_path: Path) -> None:
    """The count of columns picks a layout, and the numbers in its rows confirm it."""
    row: list[str | int] = [*[0] * 9, -1, 5, 1, *["а"] * 4, 0, *["а"] * 10, 0, "а", *[0] * 5, "а", 0]
    row += ["а", "а", 0, "шт", 0, "Верба", 12, "а", "а", "а", 0, "4=Одяг"]
    file = open_xlsx(write(tmp_path, xlsx([row, row])))
    assert (file.columns, file.has_header, file.first) == (LAYOUT_48, False, 1)
    assert open_xlsx(file.path, ReadSettings(header=False)).columns == LAYOUT_48
    row[5] = "дорого"
    assert refusal(write(tmp_path, xlsx([row]))).mistakes[0].where == "column 6 (RetailPrice)"
    assert "3 columns" in refusal(write(tmp_path, xlsx([(1, 2, 3)]))).message


def test_a_header_can_be_forced(tmp_path: Path) -> None:
    """The first row with anything in it is the header then."""
    path = write(tmp_path, xlsx([(), ("Мій ключ", "x"), (1, 2)]))
    assert refusal(path, ReadSettings(header=True)).mistakes[0].line == 2
    assert open_xlsx(path, ReadSettings(header=True, names={"Мій ключ": "GoodID"})).columns == ("GoodID", "x")


def test_columns_can_be_named(tmp_path: Path) -> None:
    """Where no row names them; a row that does contradicts the setting, and so does another number."""
    given = ReadSettings(columns=("GoodID", "GoodName"))
    file = open_xlsx(write(tmp_path, xlsx([(17, "Капці", ""), (18, "Чоботи", "")])), given)
    assert (file.columns, read(file)) == (("GoodID", "GoodName"), [("17", "Капці"), ("18", "Чоботи")])
    assert "has rows of 3 columns" in refusal(write(tmp_path, xlsx([(17, "Капці", 5)])), given).message
    assert "names the columns" in refusal(write(tmp_path, xlsx([HEADER, (17, "а", 5)])), given).message


def test_a_list_of_another_program_is_named(tmp_path: Path) -> None:
    """Prom.ua's own export is recognised; for other names a key is proposed from all rows."""
    rows: list[tuple[str | int, ...]] = [(f"A-{number}", number, 5) for number in range(150)]
    path = write(tmp_path, xlsx([("Артикул", "Ціна", "Назва UA"), *rows]))
    assert '`"Артикул" = "GoodID"` (no value of this column is repeated in the 150 rows' in str(
        refusal(path).hint
    )
    path = write(tmp_path, xlsx([("Мій ключ", "Ціна"), *[(number, 5) for number in range(150)]]))
    assert '`"Мій ключ" = "GoodID"` (no value of this column is repeated in the 150 rows' in str(
        refusal(path, ReadSettings(header=True)).hint
    )
    own = [("Код_товару", "Назва_позиції", "Назва_Характеристики"), ("a", "b", "c")]
    assert "Prom.ua's own export" in refusal(write(tmp_path, xlsx(own))).message


@pytest.mark.parametrize("rows", [[], [HEADER], [(), ()], [HEADER, ()]])
def test_a_sheet_without_goods_is_refused(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    """A header alone would empty the shop."""
    assert "there are no items in" in refusal(write(tmp_path, xlsx(rows))).message


def test_a_hidden_sheet_is_skipped(tmp_path: Path) -> None:
    """The merchant does not see it."""
    content = xlsx([HEADER, (1, "a", 2)], hidden=True)
    assert "there are no items in" in refusal(write(tmp_path, content)).message


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04xx", "is a damaged spreadsheet"),
        (b"", "is a damaged spreadsheet"),
        (xlsx([HEADER])[:-30], "is a damaged spreadsheet: its end is missing"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "of the old kind (`.xls`), which is not read"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    """Cut, of another kind, or no spreadsheet at all."""
    assert what in refusal(write(tmp_path, content)).message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """Before anything is read."""
    assert "there is no file" in refusal(tmp_path / "goods.xlsx").message


def test_a_file_that_changes_or_vanishes_is_refused(tmp_path: Path) -> None:
    """Another program saved or deleted it after it was opened."""
    file = open_xlsx(write(tmp_path, xlsx([HEADER, (1, "a", 2)])))
    os.utime(file.path, ns=(1, 1))
    with pytest.raises(ExportInvalid, match="changed while"):
        list(file.records())
    with pytest.raises(ExportInvalid, match="changed while"):
        file.cells(ExportRecord(2, b"1"))
    file.path.unlink()
    with pytest.raises(ExportInvalid, match="there is no file"):
        list(file.records())


def test_the_library_is_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed, the hint is the command that installs it."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    error = refusal(write(tmp_path, xlsx([HEADER, (1, "a", 2)])))
    assert error.hint == install_command("xlsx")


def made(folder: Path, cells: str, styles: str = "") -> XlsxFile:
    """Return a spreadsheet of one good whose cells are written as XML, from `B3` on."""
    plain = zipfile.ZipFile(io.BytesIO(xlsx([("x",)])))
    path = folder / "goods.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name in plain.namelist():
            text = plain.read(name).decode()
            if name.endswith("sheet1.xml"):
                head = "".join(
                    f'<c r="{at}3" t="inlineStr"><is><t>{title}</t></is></c>'
                    for at, title in zip("BCD", ("GoodID", "Articul", "RetailPrice"), strict=True)
                )
                start, end = text.index("<sheetData>"), text.index("</sheetData>")
                text = f'{text[:start]}<sheetData><row r="3">{head}</row><row>{cells}</row>{text[end:]}'
            elif name.endswith("styles.xml") and styles:
                text = styles
            archive.writestr(name, text)
    return open_xlsx(path, ReadSettings())


ZEROS = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<numFmts><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="0.00"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ('<c r="B4"><v>17</v></c><c r="D4" t="e"><v>#REF!</v></c>', ("17", "", "#REF!")),
        ('<c r="B4"><v>17</v></c><c r="C4" t="e"><v>#N/A</v></c>', ("17", "#N/A", "")),
        ('<c r="B4"><v>17</v></c><c r="D4"><f>A1*2</f><v></v></c>', ("17", "", "#VALUE!")),
        ('<c r="B4"><v>17</v></c><c r="C4" t="str"><f>A1</f><v></v></c>', ("17", "", "")),
        ('<c r="B4"><v>17</v></c><c r="D4"><f>A1*2</f><v>12.5</v></c>', ("17", "", "12.5")),
        ('<c r="B4"><v>17</v></c><c r="C4" s="1"><v>530</v></c>', ("17", "00530", "")),
        ('<c r="B4" s="1"><v>17</v></c><c><v>5</v></c><c s="2"><v>7</v></c>', ("00017", "5", "7")),
        ('<c r="B4"><v>17</v></c><c r="C4" s="1"><v>1234567</v></c>', ("17", "1234567", "")),
    ],
)
def test_errors_and_zeros_are_not_lost(tmp_path: Path, cells: str, row: tuple[str, ...]) -> None:
    """An error is no empty cell, and a number that is shown with zeros is written with them."""
    assert read(made(tmp_path, cells, ZEROS)) == [row]
