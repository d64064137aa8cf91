"""Which column a hint proposes as the key."""

from __future__ import annotations

import pytest

from torgsync.core.product.key_columns import KeyColumn, likely_key


@pytest.mark.parametrize(
    ("names", "key"),
    [
        (("Артикул", "Ціна"), "Артикул"),
        (("Артикул", "Код товару"), "Код товару"),
        (("Ціна", "ID"), "ID"),
        (("Цена", "external_id"), "external_id"),
        (("Мій ключ", "Моя назва"), "Мій ключ"),
        (("Внутрішній код", "sku"), "sku"),
        (("Код фото", "x"), "Код фото"),
        (("Ціна", "Залишок"), None),
        (("Стара ціна код", "Кол-во"), None),
        (("Код групи", "Штрих-код"), None),
        (("Номер", "Вага"), None),
        (("Назва товару", "Кількість"), None),
        (("", "price_id"), None),
    ],
)
def test_a_key_is_named_like_one(names: tuple[str, str], key: str | None) -> None:
    """Never like money, stock or a text; what is called a key goes before an article."""
    found = likely_key(names, [("1", "2"), ("3", "4")])
    assert (found.name if found else None) == key


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([("1", "a"), ("2", "a")], KeyColumn("Код", 2)),
        ([("1", "a"), ("1 ", "b")], KeyColumn("Артикул", 2)),
        ([("1", "a"), ("", "b")], KeyColumn("Артикул", 2)),
        ([("a",), ("b",)], KeyColumn("Код", 2)),
        ([("1", "a"), ("1", "a")], None),
        ([], None),
    ],
)
def test_a_key_has_another_value_in_every_row(rows: list[tuple[str, ...]], key: KeyColumn | None) -> None:
    """A value that is missing, or twice, disproves it."""
    assert likely_key(("Код", "Артикул"), rows) == key
