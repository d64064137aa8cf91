"""Goods are found by what a person types."""

from __future__ import annotations

import pytest

from torgsync.core.product.search import folded, rank

CODES = ("26931", "T-931", "2900000102101")
TEXTS = ("М’яка іграшка Ґава 40 см", "Іграшки")


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("t-931", 0),
        ("2900000102101", 0),
        ("М'ЯКА гава", 1),
        ("играшки", None),
        ("іграшки 26931", 1),
        ("іграш", 2),
        ("0102", 2),
        ("м'яка слон", None),
    ],
)
def test_words_fit(typed: str, fits: int | None) -> None:
    """A whole code first, then whole words, then parts; every word must be found."""
    assert rank(folded(typed).split(), CODES, TEXTS) == fits
