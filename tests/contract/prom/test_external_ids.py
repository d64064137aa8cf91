"""External ids on the wire: the copies that are compared, and the spreadsheet that writes ids."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from recorded import PRODUCT, Wire, changed, form_of, page, said

from torgsync.core.plan.external_ids import IdWrite, ProductCopy
from torgsync.errors import UsageError
from torgsync.extras import install_command
from torgsync.prom.spreadsheet import COLUMNS, SHEET, refuse_missing_library, write_ids_file

ODD = ["=1+1", "https://shop.example", "00123", "1E5", " _x0041_ ", "Екран 5\" 'TFT' <b>", "тире\x0bтут"]


def test_a_copy_holds_every_key() -> None:
    """Unknown ones too; the name is the Russian one, which the file's column holds."""
    wire = Wire(said({"product": changed(PRODUCT, new_key=7)}))
    copy = wire.prom().copy("1600000001")
    assert copy is not None
    assert (copy.prom_id, copy.external_id, copy.name, copy.sku) == (
        *("1600000001", "12345", "Платье вечернее", "AA7775"),
    )
    assert {"new_key", "price", "images", "minimum_order_quantity"} <= copy.keys
    assert not {"id", "external_id", "date_modified"} & copy.keys
    assert (copy.facts["new_key"], copy.closed) == ('"7"', False)
    assert wire.paths == ["/products/1600000001"]
    assert Wire(page(404)).prom().copy("1") is None


@pytest.mark.parametrize(
    ("answer", "name", "closed"),
    [
        ({"id": 1, "name": "Таз", "status": "deleted_by_moderator"}, "Таз", True),
        ({"id": 1, "name": "Таз", "name_multilang": {"uk": "Цебро", "ru": None}}, "Таз", False),
        ({"id": 1, "name": None, "name_multilang": None, "external_id": 5}, "", False),
    ],
)
def test_copies_of_a_list(answer: dict[str, object], name: str, closed: bool) -> None:
    """A list's products are compared as well; its keys may be fewer."""
    ((copy,),) = Wire(said({"products": [answer]})).prom().copies()
    assert (copy.name, copy.closed, copy.external_id) == (name, closed, str(answer.get("external_id", "")))


def test_the_holder_of_an_external_id() -> None:
    """Asked for by the external id, whatever goods it belongs to; 404 is no product."""
    wire = Wire(said({"product": PRODUCT}))
    assert wire.prom().holder("А/1") == "1600000001"
    assert wire.paths == ["/products/by_external_id/%D0%90%2F1"]
    assert Wire(page(404)).prom().holder("1") is None


def test_the_import_of_external_ids(tmp_path: Path) -> None:
    """Only `sku` is updated, nothing is marked as missing, and the file is sent as a spreadsheet."""
    path = tmp_path / "ids.xlsx"
    path.write_bytes(b"PK")
    wire = Wire(said({"id": "0123456789abcdef01234567", "status": "success"}))
    assert wire.prom().import_external_ids(path) == "0123456789abcdef01234567"
    form = form_of(wire)
    assert form["file"][0] == "products.xlsx"
    assert form["file"][1] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert json.loads(form["data"][2]) == {
        "force_update": False,
        "only_available": False,
        "mark_missing_product_as": "none",
        "updated_fields": ["sku"],
    }


def test_every_cell_of_the_spreadsheet_is_a_text(tmp_path: Path) -> None:
    """Nothing becomes a formula, a link or a number; a product without a code has an empty cell."""
    rows = [
        (IdWrite(f"0{number}", str(number), ""), ProductCopy(str(number), "", text, text))
        for number, text in enumerate(ODD)
    ]
    rows.append((IdWrite("x", "99", ""), ProductCopy("99", "", "Таз", "")))
    path = tmp_path / "ids.xlsx"
    assert write_ids_file(path, rows) == len(rows)
    with CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes())) as book:
        assert book.sheet_names == [SHEET]
        head, *body = book.get_sheet_by_name(SHEET).to_python()
    assert tuple(head) == COLUMNS
    assert [(row[0], row[3]) for row in body] == [(copy.prom_id, write.good_id) for write, copy in rows]
    assert body[-1] == ["99", "Таз", "", "x"]
    assert [row[1] for row in body[:4]] == [row[2] for row in body[:4]] == ODD[:4]
    assert all(isinstance(cell, str) for row in body for cell in row)


def test_a_missing_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed, the hint is the command that installs it."""
    refuse_missing_library()
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match="the library for that is not installed") as caught:
        refuse_missing_library()
    assert caught.value.hint == install_command("xlsx")
