"""Exports of any size, as the accounting program writes them, for tests of memory and for benchmarks."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from torgsync.core.product.columns import BARE_50, LAYOUT_50
from torgsync.core.product.fields import STANDARD
from torgsync.core.product.texts import check_digit

DESCRIPTION = "opys_saytu"

OBJECT = """
name = "Big"
api_key = { file = "token" }
[catalog]
path = "TSGoods.trs"
"""
SMALL_FIELDS = (
    ("GoodName", "name", ""),
    (DESCRIPTION, "description", ""),
    ("RetailPrice", "price", ""),
    ("WarehouseQuantity", "quantity", ""),
    ("SynchronizationSectionFull", "group", ""),
)


def _write_object(folder: Path, fields: Iterable[tuple[str, str, str]], settings: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "token").write_text("full\n", "utf-8")
    mappings = "".join(
        f'[[fields]]\ncolumn = "{column}"\nto = "{target}"\n' + (f'name = "{name}"\n' if name else "")
        for column, target, name in fields
    )
    (folder / "big.toml").write_text(OBJECT + settings + mappings, "utf-8")
    return folder / "big.toml"


def write_shop(folder: Path, goods: int, letters: int) -> Path:
    """Write a sync object and its export, each good with `letters` of description; return its file."""
    path = _write_object(folder, SMALL_FIELDS, "[limits]\nrequests_per_second = 50\n")
    with (folder / "TSGoods.trs").open("wb") as out:
        out.writelines(line.encode() for line in _lines(goods, letters))
    return path


def _lines(goods: int, letters: int) -> Iterator[str]:
    columns = (*LAYOUT_50, DESCRIPTION)
    blank = {name: "0" if place in BARE_50 else '""' for place, name in enumerate(columns)}
    yield ";".join(f'"{name}"' for name in columns) + "\r\n"
    for number in range(1, goods + 1):
        phrase = f"Опис товару {number}. "
        row = {
            **blank,
            "GoodID": str(number),
            "GoodName": f'"Товар вигаданий {number}"',
            "RetailPrice": f"{100 + number % 900},50",
            "RetailPriceWithDiscount": f"{100 + number % 900},50",
            "WarehouseQuantity": "5",
            "Display": "1",
            "ModelGoodID": "",
            "SynchronizationSectionFull": '"1=Сад|11=Полив"',
            DESCRIPTION: f'"<p>{phrase * (letters // len(phrase))}</p>"',
        }
        yield ";".join(row[name] for name in columns) + "\r\n"


def write_dull_shop(
    folder: Path,
    goods: int,
    chance: random.Random,
    *,
    changed: int = 0,
    moved: Mapping[int, int] = MappingProxyType({}),
) -> Path:
    """Write a sync object with all standard fields and an export in Windows-1251; return the object's file.

    Rows have the usual length of 600 bytes. Every `changed`th price differs from that with the same `chance`;
    `moved` are the differences of others, keyed by the good's number.
    """
    doubled = {"SynchronizationSection", "GoodTypeFull", "FashionName"}
    path = _write_object(folder, (field for field in STANDARD if field[0] in {*LAYOUT_50} - doubled))
    with (folder / "TSGoods.trs").open("wb") as out:
        out.write((";".join(f'"{name}"' for name in LAYOUT_50) + "\r\n").encode("cp1251"))
        for number in range(1, goods + 1):
            dearer = 10 if changed and number % changed == 0 else moved.get(number, 0)
            out.write(_dull_line(number, 100 + number % 900 + dearer, chance).encode("cp1251"))
    return path


def _dull_line(number: int, price: int, chance: random.Random) -> str:
    kind = chance.choice(("Капці домашні", "Черевики зимові", "Рукавиці робочі", "Туфлі літні"))
    color = chance.choice(("сині", "чорні ", "бежеві"))
    model = f"{kind} жіночі {color.strip()} повсть ТК-{number // 6:05d} LIGHT BLUE(21.40) ЗАТИШОК"
    texts = {
        "GoodName": f"{model} {36 + number % 6}(р)",
        "Description": f"{kind} ",
        "Country": "Україна",
        "Articul": f"ТК-{number // 6:05d} LIGHT BLUE ",
        "TheSize": str(36 + number % 6),
        "Color": color,
        "Material": "повсть натуральна  ",
        "FashionName": model,
        "GoodTypeFull": "Взуття,Домашнє взуття,Капці",
        "ProducerCollectionFull": "Україна,ЗАТИШОК,Дім та затишок",
        "Season": "весна-осень",
        "Barcode": f"29{number:010d}{check_digit(f'29{number:010d}')}",
        "MesUnit": "пара",
        "PCName": "ЗАТИШОК",
        "GoodTypeName": "Капці",
        "SynchronizationSection": "Капці",
        "SynchronizationSectionFull": "1=Взуття|11=Домашнє взуття|21=Капці",
        "WarehouseQuantityForPartner": f"2={number % 4 + 1},000|8=2,000",
    }
    numbers = {
        "GoodID": str(number),
        "RetailPrice": f"{price},50",
        "RetailPriceWithDiscount": f"{price},50",
        "PrimeCost": "119,46667",
        "Category": "21",
        "WarehouseQuantity": str(number % 4 + 3),
        "Display": "1",
        "Sex": "2",
        "ModelGoodID": str(500_000 + number // 6),
    }
    cells = []
    for place, name in enumerate(LAYOUT_50):
        bare = place in BARE_50
        cells.append(numbers.get(name, "0") if bare else '"' + texts.get(name, "") + '"')
    return ";".join(cells) + "\r\n"
