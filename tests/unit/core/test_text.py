"""What is cut says so."""

from __future__ import annotations

import pytest

from torgsync.core.text import QUOTED_LENGTH, cut, few, quotation


@pytest.mark.parametrize(("text", "shown"), [("", ""), ("abcd", "abcd"), ("abcde", "abc…")])
def test_a_text_that_is_cut_ends_in_a_sign(text: str, shown: str) -> None:
    """It is no longer than allowed all the same."""
    assert cut(text, 4) == shown


def test_a_quotation() -> None:
    """A cell that fits is quoted whole."""
    whole = "x" * QUOTED_LENGTH
    assert (quotation(whole), quotation(f"{whole}y")) == (whole, f"{whole[1:]}…")


def test_a_few_of_many() -> None:
    """More than are shown are announced."""
    assert few(["a", "b"], 2) == ("a", "b")
    assert few(["a", "b", "c"], 2) == ("a", "b", "…")
