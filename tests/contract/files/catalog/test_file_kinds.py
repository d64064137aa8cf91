"""What a file is, is said before what it lacks: archives, documents and web pages are named."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pytest
from dialects import xlsx, yml

from torgsync.core.config.settings import Catalog
from torgsync.errors import ExportInvalid
from torgsync.files.catalog.catalog_file import FileFormat
from torgsync.files.catalog.export import open_catalog
from torgsync.files.catalog.file_kinds import root_of

TABLE = b"GoodID;GoodName\n1;a\n"
BOOK = xlsx([("GoodID", "GoodName"), (1, "a")])


def zipped(*names: str, content: bytes = TABLE) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), content)  # of a fixed date
    return packed.getvalue()


def refusal(folder: Path, content: bytes, name: str = "TSGoods.trs", **given: object) -> ExportInvalid:
    (folder / name).write_bytes(content)
    with pytest.raises(ExportInvalid) as refused:
        open_catalog(Catalog.model_validate({"path": name, **given}), folder)
    assert "wait" not in str(refused.value.hint)
    return refused.value


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (zipped("TSGoods.trs"), "a packed archive (ZIP) with `TSGoods.trs` in it"),
        (zipped("a.csv", "b.csv", "c.csv", "d.csv"), "(ZIP) with `a.csv`, `b.csv`, `c.csv` and 1 more in it"),
        (zipped("goods.xlsx", content=BOOK), "a packed archive (ZIP) with `goods.xlsx` in it"),
        (zipped("TSGoods.trs")[:60], "a packed archive (ZIP) with `TSGoods.trs` in it"),
        (zipped(), "a packed archive (ZIP)"),
        (gzip.compress(TABLE, mtime=0), "a packed archive (gzip)"),
        (bz2.compress(TABLE), "a packed archive (bzip2)"),
        (lzma.compress(TABLE), "a packed archive (xz)"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a packed archive (7z)"),
        (b"Rar!\x1a\x07\x01\x00", "a packed archive (RAR)"),
        (b"goods.trs".ljust(257, b"\0") + b"ustar\0" + b"00", "a packed archive (tar)"),
    ],
)
@pytest.mark.parametrize("given", [{}, {"format": "trs"}, {"format": "xlsx"}])
def test_an_archive_is_to_be_unpacked(
    tmp_path: Path, content: bytes, what: str, given: dict[str, str]
) -> None:
    """Whatever the settings say it is, and also where it is cut."""
    error = refusal(tmp_path, content, **given)
    assert error.message.endswith(what)
    assert str(error.hint).startswith("unpack it")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (zipped("[Content_Types].xml", "word/document.xml"), "a text document (.docx)"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"{\\rtf1 a}", "a text document (RTF)"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"SQLite format 3\x00", "a database"),
        (b'{"goods": []}', "JSON"),
        (b' [\n {"id": 1}]', "JSON"),
    ],
)
def test_a_document_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    """None of them has a table of goods that could be read."""
    assert refusal(tmp_path, content).message.endswith(f"is {what}, not an export")


def test_a_spreadsheet_is_no_archive(tmp_path: Path) -> None:
    """Both kinds of spreadsheets are ZIP archives too; a cut one lacks its end."""
    (tmp_path / "goods.xlsx").write_bytes(BOOK)
    assert open_catalog(Catalog(path="goods.xlsx"), tmp_path).kind is FileFormat.XLSX
    other = zipped("mimetype", content=b"application/vnd.oasis.opendocument.spreadsheet")
    for content in (other, b"PK\x03\x04xx"):
        (tmp_path / "goods.xlsx").write_bytes(content)
        with pytest.raises(ExportInvalid, match="is a damaged spreadsheet"):
            open_catalog(Catalog(path="goods.xlsx"), tmp_path)
    (tmp_path / "goods.xlsx").write_bytes(BOOK[:-30])
    with pytest.raises(ExportInvalid, match="its end is missing"):
        open_catalog(Catalog(path="goods.xlsx"), tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><p>404<br></html>",
        "<HTML lang='uk'></HTML>",
        "<?xml version='1.0'?>\n<!-- a -->\n<html/>",
    ],
)
def test_a_web_page_is_named(tmp_path: Path, page: str, encoding: str) -> None:
    """What a server sends in place of a file begins with `<` too."""
    error = refusal(tmp_path, page.encode(encoding))
    assert error.message.endswith("is a web page, not an export")
    assert "browser" in str(error.hint)


@pytest.mark.parametrize(
    ("page", "name", "named"),
    [
        (
            "<html><body><table><tr><td>Код</td></tr></table></body></html>",
            "goods.xls",
            " that is named `.xls`",
        ),
        ("<table><tr><td>1</td></tr></table>", "goods.XLSX", " that is named `.xlsx`"),
        (f"<html><style>{'a ' * 9000}</style><TABLE></TABLE></html>", "TSGoods.trs", ""),
        ("<meta charset='utf-8'><table></table>", "TSGoods.trs", ""),
    ],
)
def test_a_table_in_a_web_page_is_to_be_saved_as_a_spreadsheet(
    tmp_path: Path, page: str, name: str, named: str
) -> None:
    """Many programs call such a page a spreadsheet."""
    error = refusal(tmp_path, page.encode(), name)
    assert error.message.endswith(f"is a web page with a table{named}, not an export")
    assert "save it again as `.xlsx`" in str(error.hint)
    assert "MHTML" in refusal(tmp_path, b"MIME-Version: 1.0\r\n", name).message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_xml_in_utf16_is_no_text_of_a_spreadsheet(tmp_path: Path, encoding: str) -> None:
    """Saving it in a spreadsheet would spoil it."""
    error = refusal(tmp_path, yml([]).encode(encoding))
    assert error.message.endswith("is XML in UTF-16, which is not read")
    assert "CSV UTF-8" in str(refusal(tmp_path, TABLE.decode().encode(encoding)).hint)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("\ufeff\ufeff\n<?xml version='1.0'?><!DOCTYPE a SYSTEM 'b'><yml_catalog date='1'>", "yml_catalog"),
        ("<!DOCTYPE a [<!ENTITY b 'c'> ]> <!-- d --> <g:rss>", "g:rss"),
        ("<Товари>", "Товари"),
        ("GoodID;<b>", ""),
        ("<!-- never closed <a>", ""),
        ("", ""),
    ],
)
def test_a_root_is_found_behind_all_that_may_precede_it(text: str, root: str) -> None:
    """Marks, declarations, comments; in either encoding."""
    assert root_of(text.encode()) == root
    if text == "<Товари>":
        assert root_of(text.encode("cp1251")) == root
