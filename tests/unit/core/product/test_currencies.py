"""Currencies by their words and signs; a word of two countries is decided by the marketplace."""

from __future__ import annotations

import pytest

from torgsync.core.product.currencies import named_currency


@pytest.mark.parametrize(
    ("money", "home", "currency"),
    [
        ("1 950 ₸", "KZT", "KZT"),
        ("650\u00a0тг.", "UAH", "KZT"),
        ("650 тенге", "KZT", "KZT"),
        ("12,50 руб.", "BYN", "BYN"),
        ("12,50 р.", "BYN", "BYN"),
        ("12,50 Br", "UAH", "BYN"),
        ("15 бел. руб.", "BYN", "BYN"),
        ("12,50 руб.", "UAH", "RUB"),
        ("12,50 ₽", "BYN", "RUB"),
        ("99 лей", "MDL", "MDL"),
        ("99 lei", "UAH", "MDL"),
        ("1 713 грн.", "KZT", "UAH"),
        ("39", "KZT", ""),
    ],
)
def test_money_names_its_currency(money: str, home: str, currency: str) -> None:
    """Where it names none, it is that of the marketplace, which the caller knows."""
    assert named_currency(money, home) == currency


@pytest.mark.parametrize("money", ["15 бел. руб.", "$15 грн", "15 лв"])
def test_several_currencies_are_none(money: str) -> None:
    """At home in Ukraine, roubles are Russian ones: two words that disagree are no currency."""
    with pytest.raises(ValueError, match=r"15|лв"):
        named_currency(money, "UAH")
