"""The columns of Torgsoft's exports: standard names, layouts and labels.

Source: docs/developers/torgsoft.md §2, §3, §7, §8, §10.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple


class ExportRecord(NamedTuple):
    """One good's part of the file, not yet parsed.

    `line` is the number of its first line, from 1. `raw` are all the bytes that shape the good, without the
    line end that closes it (a line end inside quotes is part of it): equal bytes, equal good. `row_hash` is
    their hash, 0 where it was not asked for.
    """

    line: int
    raw: bytes
    row_hash: int = 0


KEY = "GoodID"

LAYOUT_40 = tuple(
    """GoodID GoodName Description Country Articul RetailPrice WholesalePrice RetailPriceWithDiscount
    MinQuantityForOrder Height Width Category WarehouseQuantity Display TheSize Color Material FashionName Sex
    ShortName GoodTypeFull ProducerCollectionFull Season Barcode Pack PackSize PowerSupply CountUnitsPerBox
    Age Measure MeasureUnit Closeout RetailPricePerUnit WholesalePricePerUnit EqualSalePrice
    EqualWholesalePrice EqualCurrencyName PrimeCost SupplierCode Analogs""".split()
)
LAYOUT_48 = tuple(
    """GoodID GoodName Description Country Articul RetailPrice WholesalePrice RetailPriceWithDiscount
    MinQuantityForOrder Category WarehouseQuantity Display TheSize Color Material FashionName Sex ShortName
    GoodTypeFull ProducerCollectionFull Season Barcode Pack PackSize PowerSupply CountUnitsPerBox Age Measure
    MeasureUnit Closeout RetailPricePerUnit WholesalePricePerUnit EqualSalePrice EqualWholesalePrice
    EqualCurrencyName PrimeCost SupplierCode Analogs WholesaleCount MesUnit PriceDiscountPercent PCName
    ModelGoodID GoodTypeName SynchronizationSection GuaranteePeriod GuaranteeMesUnit
    SynchronizationSectionFull""".split()
)
LAYOUT_50 = (*LAYOUT_48, "MinWarehouseQuantity", "WarehouseQuantityForPartner")

BARE_40 = frozenset({0, *range(5, 14), 18, 29, *range(31, 36), 37})
BARE_48 = frozenset({0, *range(5, 12), 16, 27, *range(29, 34), 35, 38, 40, 42, 46})
BARE_50 = BARE_48 | {48}

LAYOUTS: dict[int, tuple[tuple[str, ...], frozenset[int]]] = {
    40: (LAYOUT_40, BARE_40),
    48: (LAYOUT_48, BARE_48),
    50: (LAYOUT_50, BARE_50),
}
"""Column names and the positions written without quotes, by the number of columns (torgsoft §3.3, §3.4)."""

EXTRA_COLUMNS = ("Height", "Width", "Length", "ProductionDate", "GoodPhotoList", "GoodPhotoListWithLinks")
"""Standard columns that are in no measured layout, or only in the oldest (torgsoft §3.2)."""

SUM_COLUMN = "WarehouseQuantity"
CENTERS_COLUMN = "WarehouseQuantityForPartner"
DISPLAY_COLUMN = "Display"
AVAILABLE_COLUMN = "available"
"""A word of YML files and of files that passed through a shop program: whether a good can be bought (torgsoft
§3.9)."""

SECRET = frozenset({"PrimeCost"})
"""What the shop paid. It never leaves the machine, and no setting can make it (torgsoft §3.1)."""

_CANONICAL = {name.casefold(): name for name in (*LAYOUT_40, *LAYOUT_50, *EXTRA_COLUMNS, AVAILABLE_COLUMN)}


PICTURE = "picture"
"""Addresses of photos, one a line: offers of a YML file have them, and lists from a spreadsheet (torgsoft §9,
§10)."""

_LABELS = {
    KEY: ("Ключ товару", "ID товару", "Код фото"),
    "GoodName": ("Назва товару", "Название товара"),
    "Description": ("Опис товару", "Описание"),
    "Country": ("Країна", "Страна производитель"),
    "Articul": ("Артикул",),
    "RetailPrice": ("Ціна роздрібна", "Цена розничная"),
    "WholesalePrice": ("Ціна гуртова/оптова", "Ціна гуртова", "Ціна оптова", "Ціна опту"),
    "RetailPriceWithDiscount": ("Ціна акційна (з товарною знижкою)", "Ціна акційна"),
    "MinQuantityForOrder": ("Мін. кількість для замовлення, шт", "Мін. кількість для замовлення"),
    "Height": ("Висота, см",),
    "Width": ("Ширина, см",),
    "Category": ("Ідентифікатор розділу Інтернет-магазину",),
    "WarehouseQuantity": ("Кількість на складі", "Кількість", "Количество"),
    "Display": ("Відображення",),
    "TheSize": ("Розмір", "Размер"),
    "Color": ("Колір", "Цвет"),
    "Material": ("Матеріал",),
    "FashionName": ("Назва моделі товару",),
    "Sex": ("Стать",),
    "ShortName": ("Коротка назва",),
    "GoodTypeFull": ("Вид товару повністю",),
    "GoodTypeName": ("Вид товара",),
    "ProducerCollectionFull": ("Виробник/колекція повністю",),
    "Season": ("Сезон",),
    "Barcode": ("Штрих-код",),
    "Pack": ("Упаковка",),
    "PackSize": ("Розмір упаковки",),
    "PowerSupply": ("Живлення",),
    "CountUnitsPerBox": ("К-сть штук в ящику",),
    "Age": ("Вік",),
    "Closeout": ("Розпродаж/уцінка",),
    "PrimeCost": ("Собівартість", "Себестоимость"),
    "MesUnit": ("Ед. изм.",),
    "PCName": ("Производитель",),
    "SynchronizationSection": ("Розділ синхронізації",),
    "SynchronizationSectionFull": ("Розділ синхронізації повністю",),
    "GuaranteePeriod": ("Термін гарантії",),
    "GuaranteeMesUnit": ("Одиниця виміру терміну гарантії",),
    PICTURE: ("Ссылка на фото",),
}
"""Torgsoft's own labels (torgsoft §3.1), and the headers of lists that its users save from a spreadsheet
(torgsoft §10)."""

_TWINS = str.maketrans("ABCEHIKMOPTXYaceiopxy", "АВСЕНІКМОРТХУасеіорху")
_ALIASES: dict[str, str] = {}


def folded(name: str) -> str:
    """Return a column's name as it is compared with labels.

    Case and blanks do not matter, nor do Latin letters that look like Cyrillic ones: people type them
    (torgsoft §10).
    """
    return " ".join(name.translate(_TWINS).casefold().split())


_ALIASES.update({folded(label): name for name, labels in _LABELS.items() for label in labels})


def canonical(name: str) -> str:
    """Return a column's standard spelling (`goodid`, `SuppLierCode` are met), a merchant's own as it is."""
    trimmed = name.strip()
    return _CANONICAL.get(trimmed.casefold(), trimmed)


def is_standard(name: str) -> bool:
    """Return whether this is a standard column of Torgsoft."""
    return name.casefold() in _CANONICAL


def labelled(name: str) -> str:
    """Return the standard column that Torgsoft or a spreadsheet labels so, empty where none is."""
    return _ALIASES.get(folded(name), "")


class ColumnNames(NamedTuple):
    """The columns that a file's names mean.

    `columns` are in the order of the names. `aliases` are pairs of a name in the file and the standard column
    that it was recognised as, without a table of the merchant.
    """

    columns: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()


def resolve(names: Sequence[str], given: Mapping[str, str], mapped: Collection[str] = ()) -> ColumnNames:
    """Return which columns the names of a file mean.

    `given` is the merchant's own table, from the name in the file to the standard column. A label of Torgsoft
    or of a spreadsheet means its standard column unless another name of the file does so already, or the sync
    object uses that very name (`mapped`): a mapped column is not renamed. The cost price is recognised by
    every name.
    """
    by_name = {folded(name): canonical(column) for name, column in given.items()}
    columns = [by_name.get(folded(name)) or canonical(name) for name in names]
    taken = {column.casefold() for column in columns}
    in_use = {column.strip().casefold() for column in mapped}
    aliases = []
    for place, name in enumerate(names):
        column = _ALIASES.get(folded(name))
        if column is None or columns[place] != name.strip() or column.casefold() in taken:
            continue
        if column in SECRET or name.strip().casefold() not in in_use:
            taken.add(column.casefold())
            columns[place] = column
            aliases.append((name.strip(), column))
    return ColumnNames(tuple(columns), tuple(aliases))


def known_names(names: Sequence[str], given: Mapping[str, str]) -> int:
    """Return how many of a first row's texts name a column of Torgsoft or of the merchant's table."""
    by_name = {folded(name) for name in given}
    return sum(
        is_standard(name.strip()) or folded(name) in _ALIASES or folded(name) in by_name for name in names
    )


class ColumnHint(StrEnum):
    """What may be meant by a column that the export does not have."""

    ELEMENT = "element"  # an element of a YML file, which is read under another name
    LABEL = "label"  # Torgsoft's label of a column
    NEAR = "near"  # another column has nearly this name
    RENAMED = "renamed"  # a standard column, in an export that has names of its own
    NONE = "none"


def no_column_message(column: str, hint: str, meant: str) -> str:
    """Return the sentence about a missing column, also for refusals raised below the catalogue."""
    cure = {
        ColumnHint.ELEMENT: f"; the element `{column}` of a YML file is the column `{meant}`",
        ColumnHint.LABEL: f"; Torgsoft's `{column}` is the column `{meant}`",
        ColumnHint.NEAR: f"; did you mean `{meant}`?",
        ColumnHint.RENAMED: "; where it has another name now, say so under `[catalog.names]`",
        ColumnHint.NONE: "",
    }[ColumnHint(hint)]
    return f"the export has no column `{column}`{cure}"
