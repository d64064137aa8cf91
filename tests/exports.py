"""Exports of any size, as the accounting program writes them: for tests of memory and for measurements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torgsync.core.goods import BARE_50, LAYOUT_50

DESCRIPTION = "opys_saytu"

SETTINGS = f"""
name = "Big"
api_key = {{ file = "token" }}
[catalog]
path = "TSGoods.trs"
[limits]
requests_per_second = 50
[[fields]]
column = "GoodName"
to = "name"
[[fields]]
column = "{DESCRIPTION}"
to = "description"
[[fields]]
column = "RetailPrice"
to = "price"
[[fields]]
column = "WarehouseQuantity"
to = "quantity"
[[fields]]
column = "SynchronizationSectionFull"
to = "group"
"""


def write_shop(folder: Path, goods: int, letters: int) -> Path:
    """Write a sync object with an export of many goods; return the object's file.

    Every good has a description of about `letters` letters, none equal to another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "token").write_text("full\n", "utf-8")
    (folder / "big.toml").write_text(SETTINGS, "utf-8")
    with (folder / "TSGoods.trs").open("wb") as out:
        out.writelines(line.encode() for line in _lines(goods, letters))
    return folder / "big.toml"


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
