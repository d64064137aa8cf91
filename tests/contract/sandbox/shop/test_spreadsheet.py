"""Imports of spreadsheets write, wipe and erase as prom-api §4.7 says."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

import httpx
import pytest
import xlsxwriter
from shops import Clock, counters

from torgsync.sandbox.quirks import Quirks
from torgsync.sandbox.shop.products import ShopProduct
from torgsync.sandbox.shop.shop import Shop
from torgsync.sandbox.shop.spreadsheet import CODE, EXTERNAL_ID, NAME, PROM_ID, SHEET

pytestmark = pytest.mark.usefixtures("each_door")
ALL = (PROM_ID, NAME, CODE, EXTERNAL_ID)
ONLY_CODE = {"updated_fields": ["sku"], "mark_missing_product_as": "none"}


def sheet(columns: Sequence[str], *rows: Sequence[object], name: str = SHEET) -> bytes:
    """Return a spreadsheet; numbers stay numbers."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet(name)
        for place, row in enumerate([columns, *rows] if columns else rows):
            page.write_row(place, 0, row)
    return file.getvalue()


@pytest.fixture
def tub(shop: Shop) -> int:
    """A product without an external id, with everything that can be lost."""
    return shop.add_product(None, name="Таз", sku="T-1", price=Decimal(90), quantity_in_stock=3)


def send(client: httpx.Client, clock: Clock, content: bytes, **settings: object) -> dict[str, Any]:
    sent = client.post(
        "/products/import_file",
        files={"file": ("ids.xlsx", content, "application/octet-stream")},
        data={"data": json.dumps(settings)},
    ).json()
    clock.advance(seconds=10)
    report: dict[str, Any] = client.get(f"/products/import/status/{sent['id']}").json()
    return report


def facts(product: ShopProduct) -> tuple[object, ...]:
    return (product.external_id, product.sku, product.price, product.presence, product.quantity_in_stock)


def test_it_writes_the_external_id(shop: Shop, client: httpx.Client, clock: Clock, tub: int) -> None:
    """The product is found by Prom's id, also where that is a number; everything else stays."""
    for number in (tub, str(tub)):
        report = send(client, clock, sheet(ALL, (number, "Таз", "T-1", "007")), **ONLY_CODE)
        assert report["status"] == "SUCCESS"
        assert facts(shop.product("007")) == ("007", "T-1", 90, "available", 3)
    assert counters(report) == {"total": 1, "imported": 1, "not_changed": 1}
    assert client.get("/products/by_external_id/007").json()["product"]["id"] == tub


@pytest.mark.parametrize(
    ("columns", "settings", "left"),
    [
        ((PROM_ID, NAME, CODE), ONLY_CODE, (None, "T-1", 90, "available", 3)),
        (ALL, {}, ("8", "T-1", None, "not_available", 3)),
        ((PROM_ID, NAME, EXTERNAL_ID), ONLY_CODE, ("Таз", None, 90, "available", 3)),
    ],
)
def test_what_it_destroys(
    shop: Shop,
    client: httpx.Client,
    clock: Clock,
    columns: tuple[str, ...],
    settings: dict[str, object],
    left: tuple[object, ...],
) -> None:
    """Without its column the external id is erased; without `updated_fields` price and presence are wiped."""
    tub = shop.add_product("7", name="Таз", sku="T-1", price=Decimal(90), quantity_in_stock=3)
    row = {PROM_ID: tub, NAME: "Таз", CODE: "T-1", EXTERNAL_ID: "8" if CODE in columns else "Таз"}
    send(client, clock, sheet(columns, [row[name] for name in columns]), **settings)
    assert facts(shop.product(tub)) == left
    assert client.get("/products/by_external_id/7").status_code == 404


@pytest.mark.parametrize(
    ("quirk", "left"),
    [("wipe", ("7", "T-1", None, "not_available", 3)), ("no-ids", (None, "T-1", 90, "available", 3))],
)
def test_switches(
    shop: Shop,
    client: httpx.Client,
    clock: Clock,
    tub: int,
    quirk: Literal["wipe", "no-ids"],
    left: tuple[object, ...],
) -> None:
    """One client saw what is the default; an import may wipe whatever it is asked, or write no id."""
    shop.quirks = Quirks(spreadsheets=quirk)
    send(client, clock, sheet(ALL, (tub, "Таз", "T-1", "7")), **ONLY_CODE)
    assert facts(shop.product(tub)) == left


def test_refused_rows(shop: Shop, client: httpx.Client, clock: Clock, tub: int) -> None:
    """They are named by field and by Prom's id, in no other counter than the total."""
    shop.delete_product(shop.add_product("5", name="Цебро"))
    closed = shop.add_product("6", name="Кухоль", status="deleted_by_moderator")
    rows = [(tub, "", "", "7"), (1, "Таз", "", "7"), (tub, "Таз", "", "6"), (closed, "Кухоль", "", "6")]
    report = send(client, clock, sheet(ALL, *rows, (tub, "Таз", "", "5")), **ONLY_CODE)
    assert (report["status"], counters(report)) == ("PARTIAL", {"total": 5})
    (error,) = report["errors"]
    assert error["category"] == "validation"
    assert {each["field_code"]: each["positions"] for each in error["errors"]} == {
        "name": [str(tub)],
        "id": ["1"],
        "external_id": [str(tub), str(tub)],
        "status": [str(closed)],
    }
    assert shop.product(tub).external_id is None


def test_all_that_can_be_updated(shop: Shop, client: httpx.Client, clock: Clock, tub: int) -> None:
    """A cell that is there is read; an unknown presence is "on order"."""
    columns = (*ALL, "Ціна", "Наявність", "Кількість", "Опис", "Пошукові_запити")
    words = {"updated_fields": ["name", "price", "presence", "quantity_in_stock", "description", "keywords"]}
    row = (tub, "Цебро", "", "7", "12,5", "!", "9", "Опис", "таз")
    send(client, clock, sheet(columns, row), **words)
    product = shop.product(tub)
    assert facts(product) == ("7", "T-1", Decimal("12.5"), "available", 9)
    assert (product.name, product.description, product.keywords) == ("Цебро", "Опис", "таз")
    send(client, clock, sheet(columns, (tub, "Цебро", "", "7", "дорого", "3", "багато")), **words)
    assert facts(shop.product(tub)) == ("7", "T-1", None, "order", None)


@pytest.mark.parametrize("content", [b"PK\x03\x04 and no more", sheet((), name="Other")])
def test_no_spreadsheet(shop: Shop, client: httpx.Client, clock: Clock, content: bytes) -> None:
    """A damaged or empty file changes nothing."""
    assert send(client, clock, content)["status"] == "FATAL"
    assert shop.products() == []


def test_without_the_library(
    shop: Shop, client: httpx.Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report says what to install."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    report = send(client, clock, sheet(ALL, (1, "Таз", "", "7")))
    assert "[xlsx]" in json.dumps(report["errors"])
    assert shop.products() == []
