"""Recognise Prom.ua's own export of its products by the names of its columns.

Source: docs/developers/prom-api.md §7.3.
"""

from __future__ import annotations

from collections.abc import Sequence

_ENOUGH = 3
"""So many of Prom.ua's names in one row cannot be another program's."""

REPEATED = ("Назва_Характеристики", "Название_Характеристики")
"""The column that Prom.ua repeats for every characteristic, in its two languages."""

_NAMES = frozenset(
    name.casefold()
    for name in (
        *REPEATED,
        *"""Код_товару Назва_позиції Назва_позиції_укр Пошукові_запити Пошукові_запити_укр Опис_укр Тип_товару
        Одиниця_виміру Мінімальний_обсяг_замовлення Оптова_ціна Мінімальне_замовлення_опт Посилання_зображення
        Номер_групи Назва_групи Назва_групи_укр Посилання_підрозділу Можливість_поставки Термін_поставки
        Спосіб_пакування Спосіб_пакування_укр Унікальний_ідентифікатор Ідентифікатор_товару
        Ідентифікатор_підрозділу Ідентифікатор_групи Країна_виробник ID_групи_різновидів Особисті_нотатки
        Продукт_на_сайті Термін_дії_знижки_від Термін_дії_знижки_до Ціна_від Код_маркування_(GTIN)
        Номер_пристрою_(MPN) Де_знаходиться_товар Одиниця_виміру_Характеристики Значення_Характеристики
        Номер_батьківської_групи Ідентифікатор_батьківської_групи Код_товара Название_позиции
        Название_позиции_укр Поисковые_запросы Поисковые_запросы_укр Описание_укр Тип_товара
        Единица_измерения Минимальный_объем_заказа Ссылка_изображения Номер_группы Название_группы
        Уникальный_идентификатор Идентификатор_товара Идентификатор_группы Номер_родителя
        Идентификатор_родителя ID_группы_разновидностей Измерение_Характеристики
        Значение_Характеристики""".split(),
    )
)


def prom_names(row: Sequence[str]) -> tuple[str, ...]:
    """Return the names in a row that only Prom.ua gives, empty where they are too few to be its export.

    The repeated name of the characteristics comes first, each name once.
    """
    names = dict.fromkeys(name.strip() for name in row if name.strip().casefold() in _NAMES)
    if len(names) < _ENOUGH:
        return ()
    return tuple(sorted(names, key=lambda name: name not in REPEATED))
