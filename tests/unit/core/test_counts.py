"""Numbers as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from torgsync.core.counts import moved_by, percent


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        ("-100", "-100"),
        ("-99.9999", "-99.9"),
        ("-99.96", "-99.9"),
        ("-99.7", "-99.7"),
        ("-99.4", "-99"),
        ("-0.3", "-0.3"),
        ("-0.04", "-0.04"),
        ("0", "+0"),
        ("0.0123", "+0.01"),
        ("0.96", "+1.0"),
        ("12.5", "+12"),
        ("99.96", "+99.9"),
        ("100.4", "+100"),
        ("1500", "+1500"),
    ],
)
def test_a_move_reads_neither_as_nothing_nor_as_all(share: str, shown: str) -> None:
    """Unless it is one of both."""
    assert moved_by(Decimal(share)) == shown


@pytest.mark.parametrize(("digits", "shown"), [(0, "99.9"), (1, "99.9"), (3, "99.900")])
def test_nearly_all(digits: int, shown: str) -> None:
    """Is less than all, however many places are shown."""
    assert percent(Decimal("99.99996"), digits) == shown
