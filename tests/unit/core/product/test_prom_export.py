"""How Prom.ua's own export is recognised."""

from __future__ import annotations

import pytest

from torgsync.core.product.prom_export import prom_names


@pytest.mark.parametrize(
    ("row", "names"),
    [
        (
            ["Код_товару", "Ціна", "Назва_позиції", "Назва_Характеристики", "Назва_Характеристики"],
            ("Назва_Характеристики", "Код_товару", "Назва_позиції"),
        ),
        ([" код_товара", "НАЗВАНИЕ_ПОЗИЦИИ", "Цена"], ()),
        (["Код_товара", "Название_позиции", "Тип_товара"], ("Код_товара", "Название_позиции", "Тип_товара")),
        (["Номер_групи", "Назва_групи", "Ідентифікатор_групи"],) * 2,
        (["Код", "Назва", "Ціна", "Валюта", "Кількість"], ()),
        ([], ()),
    ],
)
def test_three_of_its_names_are_enough(row: list[str], names: tuple[str, ...]) -> None:
    """In either language, goods or groups; the repeated name comes first."""
    assert prom_names(row) == tuple(names)
