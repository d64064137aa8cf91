"""The columns of Torgsoft's exports: standard names, layouts and labels.

Source: docs/developers/torgsoft.md §2, §3, §7, §8, §10.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from torgsync.core.product.cleaning import column_name
from torgsync.i18n import Message, _


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

DECISIVE = frozenset(
    {KEY, DISPLAY_COLUMN, SUM_COLUMN, "RetailPrice", "WholesalePrice", "RetailPriceWithDiscount", *SECRET}
)
"""Columns of which a wrong one would sell the wrong good, at the wrong price or when there is none."""

_CANONICAL = {name.casefold(): name for name in (*LAYOUT_40, *LAYOUT_50, *EXTRA_COLUMNS, AVAILABLE_COLUMN)}


PICTURE = "picture"
"""Addresses of photos, one a line: offers of a YML file have them, and lists from a spreadsheet (torgsoft §9,
§10)."""

LADDER = "prices"
"""Wholesale prices of an offer, each from a quantity on: `5=150.00|10=120.00`."""
SITE_TEXT = "offer_description"
"""The text of `<description>` where a param is named `Description`: that one is a part of the good's name."""

_LABELS: dict[str, tuple[str, ...]] = {
    KEY: ("Ключ товару", "ID товару", "Ключ товара", "ID товара", "Код фото"),
    "GoodName": ("Назва товару", "Назва", "Название товара", "Название"),
    "Description": ("Опис товару", "Описание товара", "Описание"),
    "Country": ("Країна", "Країна виробник", "Страна", "Страна производитель"),
    "Articul": ("Артикул",),
    "RetailPrice": ("Ціна роздрібна", "Цена розничная"),
    "WholesalePrice": (
        *("Ціна гуртова/оптова", "Ціна гуртова", "Ціна оптова", "Ціна опту"),
        *("Цена оптовая", "Цена опта"),
    ),
    "RetailPriceWithDiscount": (
        *("Ціна акційна (з товарною знижкою)", "Ціна акційна (з товарної знижкою)", "Ціна акційна"),
        *("Цена акционная (с товарной скидкой)", "Цена акционная"),
    ),
    "MinQuantityForOrder": (
        *("Мінімальна кількість для замовлення клієнтом, шт", "Мін. кількість для замовлення, шт"),
        *("Мін. кількість для замовлення", "Минимальное количество для заказа клиентом, шт"),
        *("Мин. количество для заказа, шт", "Мин. количество для заказа"),
    ),
    "Height": ("Висота, см", "Высота, см", "Высота"),
    "Width": ("Ширина, см", "Ширина"),
    "Category": (
        *("Ідентифікатор розділу Інтернет-магазину - Категорія", "Ідентифікатор розділу Інтернет-магазину"),
        *("Идентификатор раздела Интернет-магазина - Категория", "Идентификатор раздела Интернет-магазина"),
        *("Категорія", "Категория"),
    ),
    "WarehouseQuantity": (
        *("Кількість на складі", "К-сть на складі", "Кількість"),
        *("Кол-во на складе", "Количество на складе", "Количество", "Кол-во"),
    ),
    "Display": ("Відображення", "Відображення на сайті", "Отображение", "Отображение на сайте"),
    "TheSize": ("Розмір", "Размер"),
    "Color": ("Колір", "Цвет"),
    "Material": ("Матеріал", "Материал"),
    "FashionName": ("Назва моделі товару", "Название модели товара"),
    "Sex": ("Стать", "Пол"),
    "ShortName": ("Коротка назва товару", "Коротка назва", "Краткое название товара", "Краткое название"),
    "GoodTypeFull": ("Вид товару повністю", "Вид товара полностью"),
    "GoodTypeName": ("Вид товару", "Вид товара"),
    "ProducerCollectionFull": ("Виробник/колекція повністю", "Производитель товара полностью"),
    "Season": ("Сезон",),
    "Barcode": ("Штрих-код", "Штрих-код товару", "Штрих-код товара"),
    "Pack": ("Упаковка",),
    "PackSize": ("Розмір упаковки", "Размер упаковки"),
    "PowerSupply": ("Живлення", "Питание"),
    "CountUnitsPerBox": ("К-сть штук в ящику", "Кількість штук в ящику", "Кол-во штук в ящике"),
    "Age": ("Вік", "Возраст"),
    "Closeout": ("Розпродаж/уцінка", "Распродажа/уценка"),
    "PrimeCost": ("Собівартість", "Себестоимость"),
    "MesUnit": ("Одиниця", "Од. вим.", "Од. виміру", "Единица", "Ед. изм.", "Ед. измерения"),
    "PCName": ("Производитель",),
    "SynchronizationSection": ("Розділ синхронізації", "Раздел синхронизации"),
    "SynchronizationSectionFull": ("Розділ синхронізації повністю", "Раздел синхронизации полностью"),
    "GuaranteePeriod": ("Термін гарантії", "Срок гарантии"),
    "GuaranteeMesUnit": (*("Одиниця виміру терміну гарантії", "Единица измерения срока гарантии"),),
    PICTURE: ("Посилання на фото", "Ссылка на фото"),
}
"""Torgsoft's own labels in Ukrainian and Russian (torgsoft §3.8), and the headers of lists that its users
save from a spreadsheet (torgsoft §10). Signs and blanks do not matter: `Штрих-код` is also `Штрихкод`."""

_TWINS = str.maketrans("abcehikmoptxy", "авсенікмортху")  # small or capital, they look alike
_ALIASES: dict[str, str] = {}
_UNIT = "@unit"


def unit_column(column: str) -> str:
    """Return the column that holds the unit of each value of another one: offers of a YML file have them."""
    return column + _UNIT


def is_unit_column(column: str) -> bool:
    """Return whether a column holds the units of another one."""
    return column.endswith(_UNIT)


def folded(name: str) -> str:
    """Return a column's name as it is compared: without case, blanks and look-alike Latin letters."""
    return " ".join(name.casefold().translate(_TWINS).split())


_SIGNS = re.compile(r"[\W_]+")


def label_key(name: str) -> str:
    """Return a label as it is compared: `folded`, and without blanks, hyphens, dots and other signs."""
    return _SIGNS.sub("", folded(name))


_ALIASES.update({label_key(label): name for name, labels in _LABELS.items() for label in labels})


def canonical(name: str) -> str:
    """Return a column's standard spelling (`goodid`, `SuppLierCode` are met), a merchant's own as it is.

    Marks that another program left around or inside a name are no part of it.
    """
    cleaned = column_name(name)
    return _CANONICAL.get(cleaned.casefold(), cleaned)


def is_standard(name: str) -> bool:
    """Return whether this is a standard column of Torgsoft."""
    return name.casefold() in _CANONICAL


def labelled(name: str) -> str:
    """Return the standard column that Torgsoft or a spreadsheet labels so, empty where none is."""
    return _ALIASES.get(label_key(column_name(name)), "")


class ColumnNames(NamedTuple):
    """The columns that a file's names mean.

    `columns` are in the order of the names. `aliases` are pairs of a name in the file and the standard column
    that it was recognised as, without a table of the merchant. `repeated` are the places of names that mean
    the same standard column as an earlier recognised one, with its place: which is meant is not known.
    """

    columns: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    repeated: tuple[tuple[int, int], ...] = ()


def resolve(names: Sequence[str], given: Mapping[str, str], mapped: Collection[str] = ()) -> ColumnNames:
    """Return which columns the names of a file mean.

    `given` is the merchant's own table, from the name in the file to the standard column. A label of Torgsoft
    or of a spreadsheet means its standard column unless the sync object uses that very name (`mapped`): a
    mapped column is not renamed. Where another name of the file means that column already, the label stays
    as it is; it is `repeated` unless the merchant's table has one of the two. The cost price is recognised
    by every name.
    """
    by_name = {folded(column_name(name)): canonical(column) for name, column in given.items()}
    names = [column_name(name) for name in names]
    columns = [by_name.get(folded(name)) or canonical(name) for name in names]
    taken: dict[str, int] = {}
    for place, column in enumerate(columns):
        taken.setdefault(column.casefold(), place)
    in_use = {column.strip().casefold() for column in mapped}
    aliases, repeated = [], []
    for place, name in enumerate(names):
        label = _ALIASES.get(label_key(name))
        if label is None or columns[place] != name:
            continue
        if label not in SECRET and name.casefold() in in_use:
            continue
        other = taken.setdefault(label.casefold(), place)
        if other == place:
            columns[place] = label
            aliases.append((name, label))
        elif label in SECRET or folded(names[other]) not in by_name:
            repeated.append((place, other))
    return ColumnNames(tuple(columns), tuple(aliases), tuple(repeated))


def known_names(names: Sequence[str], given: Mapping[str, str]) -> int:
    """Return how many of a first row's texts name a column of Torgsoft or of the merchant's table."""
    by_name = {folded(column_name(name)) for name in given}
    return sum(
        is_standard(name) or label_key(name) in _ALIASES or folded(name) in by_name
        for name in map(column_name, names)
    )


class ColumnHint(StrEnum):
    """What may be meant by a column that the export does not have."""

    ELEMENT = "element"  # an element of a YML file, which is read under another name
    LABEL = "label"  # Torgsoft's label of a column
    NEAR = "near"  # another column has nearly this name
    RENAMED = "renamed"  # a standard column, in an export that has names of its own
    NONE = "none"


def no_column_message(column: str, hint: str, meant: str) -> Message:
    """Return the sentence about a missing column, also for refusals raised below the catalogue."""
    return {
        ColumnHint.ELEMENT: _(
            "the export has no column `{column}`; the element `{column}` of a YML file is the column "
            "`{meant}`"
        ),
        ColumnHint.LABEL: _(
            "the export has no column `{column}`; Torgsoft's `{column}` is the column `{meant}`"
        ),
        ColumnHint.NEAR: _("the export has no column `{column}`; did you mean `{meant}`?"),
        ColumnHint.RENAMED: _(
            "the export has no column `{column}`; if it has another name now, add it under `[catalog.names]`"
        ),
        ColumnHint.NONE: _("the export has no column `{column}`"),
    }[ColumnHint(hint)].filled(column=column, meant=meant)
