"""What stands over the columns of tables."""

from __future__ import annotations

import pytest

from torgsync.cli.base.headings import heading


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("cash_register", "cash register"),
        ("replaced by", "replaced by"),
        ("no", "no."),
        ("in", "currency"),
        ("Torgsoft", "Torgsoft"),
        ("some_key", "some key"),
    ],
)
def test_a_key_reads_as_words(key: str, text: str) -> None:
    """Names are headings themselves, and a key without a heading is read as it is."""
    assert heading(key) == text
