"""Goods as the accounting program writes them: columns, layouts, and the values inside a cell.

Everything here is text in, value out. Which bytes of which file the text came from is told by
`Record` and decided by the readers in `files/`. Source: docs/developers/torgsoft.md §2, §3, §7, §8, §10.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple


class Record(NamedTuple):
    """One good's stretch of the file, not yet taken apart.

    `line` is the number of its first line, from 1. `raw` are all the bytes that shape the good, without the
    line end that closes it (a line end inside quotes is part of it): equal bytes, equal good. `row_hash` is
    their hash, 0 where nobody asked for it.
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
"""Standard columns that stand in no measured layout, or only in the oldest (torgsoft §3.2)."""

SECRET = frozenset({"PrimeCost"})
"""What the shop paid. It never leaves the machine, and no setting can make it (torgsoft §3.1)."""

_CANONICAL = {name.casefold(): name for name in (*LAYOUT_40, *LAYOUT_50, *EXTRA_COLUMNS)}


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
    """Tell whether Torgsoft itself names this column."""
    return name.casefold() in _CANONICAL


def labelled(name: str) -> str:
    """Return the standard column that Torgsoft or a spreadsheet labels so, empty where none is."""
    return _ALIASES.get(folded(name), "")


class Names(NamedTuple):
    """The columns that names of a file stand for, and what was taken for what without being told.

    `columns` are in the order of the names. `aliases` are pairs of a name in the file and the standard column
    that it was taken for.
    """

    columns: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()


def resolve(names: Sequence[str], told: Mapping[str, str], led: Collection[str] = ()) -> Names:
    """Return which columns the names of a file stand for.

    `told` is the merchant's own table, from the name in the file to the standard column. A label of Torgsoft
    or of a spreadsheet stands for its standard column unless another name of the file does so already, or the
    sync object speaks of that very name (`led`): a column that somebody mapped is not renamed. What the shop
    paid is known by every name.
    """
    by_name = {folded(name): canonical(column) for name, column in told.items()}
    columns = [by_name.get(folded(name)) or canonical(name) for name in names]
    taken = {column.casefold() for column in columns}
    spoken_of = {column.strip().casefold() for column in led}
    aliases = []
    for place, name in enumerate(names):
        column = _ALIASES.get(folded(name))
        if column is None or columns[place] != name.strip() or column.casefold() in taken:
            continue
        if column in SECRET or name.strip().casefold() not in spoken_of:
            taken.add(column.casefold())
            columns[place] = column
            aliases.append((name.strip(), column))
    return Names(tuple(columns), tuple(aliases))


def known_names(names: Sequence[str], told: Mapping[str, str]) -> int:
    """Return how many of a first row's texts name a column that Torgsoft or the merchant's table knows."""
    by_name = {folded(name) for name in told}
    return sum(
        is_standard(name.strip()) or folded(name) in _ALIASES or folded(name) in by_name for name in names
    )


_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d+)?")
_TOO_LONG = re.compile(r"[+-]?\d{16,}(?:[.,]\d+)?")
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f\u200b\u2060\ufeff]+")


@lru_cache(maxsize=2048)  # one good asks for the same cells several times
def number(text: str) -> Decimal | None:
    """Return the exact decimal of a cell, with comma or point; None for a blank cell.

    Blanks of every kind between digits are dropped. Raises ValueError for anything else, a number of more
    than 15 whole digits included: a price is never guessed (torgsoft §17 no. 5; `1,000.00` and `38,,5` are
    refused).
    """
    compact = _BLANKS.sub("", text)
    if not compact:
        return None
    if not _NUMBER.fullmatch(compact):
        raise ValueError(text)
    return Decimal(compact.replace(",", "."))


def why_no_number(text: str) -> str:
    """Return what is wrong with a cell that `number` refuses, as words that follow the cell."""
    if text.strip() in ERRORS:
        return "is an error of a spreadsheet"
    return "has too many digits" if _TOO_LONG.fullmatch(_BLANKS.sub("", text)) else "is not a number"


@lru_cache(maxsize=256)
def balances(text: str) -> Mapping[str, Decimal]:
    """Return the quantity of each accounting center, keyed by its id, from `2=1,000|8=1,000` (torgsoft §7).

    An empty cell is an empty mapping. Raises ValueError where the cell is not of that form, or names a
    center twice.
    """
    found: dict[str, Decimal] = {}
    for item in filter(None, (part.strip() for part in text.split("|"))):
        center, sign, amount = item.partition("=")
        quantity = number(amount) if sign else None
        if quantity is None or not center.strip() or center.strip() in found:
            raise ValueError(text)
        found[center.strip()] = quantity
    return found


class Section(NamedTuple):
    """One step of a synchronisation section's path: its number as text, and its name."""

    number: str
    name: str


_SECTION_BREAK = re.compile(r";(?=\d+=)")


def section_path(text: str) -> tuple[Section, ...]:
    """Return the path from the root, from `1=Сад|11=Полив` or the older `1=Сад;11=Полив` (torgsoft §8).

    Items are split at their first `=`; names may contain commas. An item without a number is dropped.
    """
    steps = (_step(item) for item in _items(text))
    return tuple(step for step in steps if step)


def no_sections(text: str) -> tuple[str, ...]:
    """Return the items of a section's path that are none, as they stand."""
    return tuple(item.strip() for item in _items(text) if item.strip() and not _step(item))


def _items(text: str) -> list[str]:
    return text.split("|") if "|" in text else _SECTION_BREAK.split(text)


def _step(item: str) -> Section | None:
    identity, sign, name = item.partition("=")
    whole = sign and identity.strip().isdigit() and name.strip()
    return Section(identity.strip(), name.strip()) if whole else None


ERRORS = frozenset(
    "#REF! #VALUE! #N/A #DIV/0! #NAME? #NULL! #NUM! #ПОСИЛ! #ЗНАЧ! #Н/Д #ДІЛ/0! #ІМ'Я? #ЧИСЛО! "
    "#ССЫЛКА! #ДЕЛ/0! #ИМЯ? #ПУСТО!".split()
)
"""What a spreadsheet shows in the place of a value that it cannot compute, in its three languages (torgsoft
§10)."""

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")
_BROKEN = re.compile(r"\d+(?:[.,]\d+)+")
_RESPELLED = re.compile(r"(\d+)(?:[.,]0{1,2})?", re.ASCII)


def key_of(text: str) -> str:
    """Return a good's key from its cell: trimmed, and as Torgsoft wrote it where a spreadsheet re-spelled it.

    The key is a whole number (torgsoft §3.1): `26 003` and `5,00` would be new goods beside 26003 and 5. What
    may be two numbers, such as `1,000`, and what is none stays as it is.
    """
    trimmed = text.strip()
    if trimmed.isdigit():  # nearly every key
        return trimmed
    respelled = _RESPELLED.fullmatch(_BLANKS.sub("", trimmed))
    return respelled[1] if respelled else trimmed


def why_odd_id(text: str) -> str:
    """Return why a key is none that Torgsoft gives, as words that follow it; empty where it may be one."""
    if not (text.isascii() and text.isdigit()):
        return "is no whole number, as Torgsoft's ids are"
    return "begins with a zero, as none of Torgsoft's ids does" if text[0] == "0" else ""


def why_no_id(text: str) -> str:
    """Return what is wrong with a good's key, empty where nothing is.

    A spreadsheet that rounded long numbers made one key of several goods, and `1,000` may be 1 or 1000.
    """
    if not text:
        return "this row has no `GoodID`"
    if canonical(text) == KEY or labelled(text) == KEY:
        return f"`{text[:40]}` is the name of the column, which stands here once more"
    if text in ERRORS or _SCIENTIFIC.fullmatch(text) or _BROKEN.fullmatch(text):
        return f"`{text[:40]}` is what a spreadsheet made of a `GoodID`"
    return ""


PLACEHOLDERS = frozenset({"нет информации", "немає інформації"})
"""Words that mean an empty cell (torgsoft §3.5), in lower case."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\u00a0]{2,}")


def clean(text: str) -> str:
    """Return a cell's text without control characters, which no XML carries; line ends become line feeds."""
    if text.isprintable():  # nearly every cell
        return text
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line_of_text(text: str, blank: frozenset[str] = PLACEHOLDERS) -> str:
    """Return a short text in normal form: trimmed, blanks folded; a placeholder is no text at all.

    `blank` are the placeholders, in normal form and folded case.
    """
    plain = text.isprintable() and "  " not in text  # nearly every cell
    folded = (text if plain else _SPACES.sub(" ", " ".join(clean(text).split("\n")))).strip()
    return "" if folded.casefold() in blank else folded
