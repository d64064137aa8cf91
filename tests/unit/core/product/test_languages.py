"""Languages of columns: by their own mark, or by that of the same text next to them."""

from __future__ import annotations

import pytest

from torgsync.core.product.languages import is_paired, language_among, language_pairs

TEXTS = ("name", "description", "keywords")


@pytest.mark.parametrize(
    ("column", "columns", "language"),
    [
        ("name_ua", ["name_ua"], "uk"),
        ("opys_ru", ["opys_ru"], "ru"),
        ("Назва (укр)", [], "uk"),
        ("GoodName", ["GoodName", "name_ua"], "ru"),
        ("GoodName", ["GoodName", "name_ru"], "uk"),
        ("GoodName", ["GoodName", "name_ru", "name_ua"], ""),
        ("GoodName", ["GoodName", "model_ua"], ""),
        ("Назва", ["Назва", "Назва (UA)"], "ru"),
        ("keyword", ["keyword", "keywords_ua"], "ru"),
        ("offer_description", ["offer_description", "description_ua"], "ru"),
        ("opys", ["opys"], ""),
    ],
)
def test_the_language_of_a_column(column: str, columns: list[str], language: str) -> None:
    """A plain name next to a marked one is the other language; without marks nothing is said."""
    assert language_among(column, columns) == language


@pytest.mark.parametrize(
    ("columns", "pairs"),
    [
        (["GoodName", "name_ua"], {"name_ua": "name", "GoodName": "name_ru"}),
        (["name_ru", "GoodName"], {"GoodName": "name", "name_ru": "name_ru"}),
        (["GoodName", "name_ru", "name_ua"], {"name_ua": "name", "name_ru": "name_ru"}),
        (
            ["description_ua", "Description"],
            {"description_ua": "description", "Description": "description_ru"},
        ),
        (["keywords_ua", "GoodName"], {}),
        ([], {}),
    ],
)
def test_texts_in_both_languages(columns: list[str], pairs: dict[str, str]) -> None:
    """Each language has its column; a text in one language alone is no pair."""
    assert dict(language_pairs(columns, TEXTS)) == pairs
    assert all(is_paired(column, columns) for column in pairs)
    assert pairs or not any(is_paired(column, columns) for column in columns)
