"""Amounts of the core become numbers in JSON."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from torgsync.prom.wire.values import json_number


@given(st.decimals(0, 9_999_999_999_999, places=2))
def test_a_number_in_json_is_exactly_the_amount(amount: Decimal) -> None:
    """No price changes on its way out."""
    assert json.loads(json.dumps(json_number(amount)), parse_float=Decimal) == amount


def test_a_number_in_json_has_two_places_at_most() -> None:
    """A third place is rounded, since Prom knows no smaller coin."""
    assert json.dumps(json_number(Decimal("33.335"))) == "33.34"
