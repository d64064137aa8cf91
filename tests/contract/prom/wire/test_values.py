"""Answers hold a list, or one object; amounts of the core become numbers in JSON."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.errors import PromRefused
from torgsync.prom.wire.orders import WireOrder
from torgsync.prom.wire.products import WireProduct
from torgsync.prom.wire.values import json_number, listed, single


def test_an_item_without_an_id_is_left_out_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The other items are read."""
    items = [{"id": 1}, {"status": "paid"}, None, {"id": 2**63}, {"id": -1}]
    found = listed({"orders": items}, "orders", WireOrder)
    assert [item.id for item in found] == [1]
    assert caplog.messages == ["an item of `orders` without an id was left out"] * 4
    with pytest.raises(PromRefused, match="an item of `orders` whose id cannot be read"):
        listed({"orders": items}, "orders", WireOrder, complete=True)


@pytest.mark.parametrize("answer", [{}, {"products": None}, {"products": {}}])
def test_an_answer_without_its_list_is_not_an_empty_shop(answer: dict[str, object]) -> None:
    """Nothing may be concluded from an answer that does not hold what was asked for."""
    with pytest.raises(PromRefused, match="no list of `products`"):
        listed(answer, "products", WireProduct)
    with pytest.raises(PromRefused, match="no `product`"):
        single(answer, "product", WireProduct)


@given(st.decimals(0, 9_999_999_999_999, places=2))
def test_a_number_in_json_is_exactly_the_amount(amount: Decimal) -> None:
    """No price changes on its way out; a third place is rounded, since Prom knows no smaller coin."""
    assert json.loads(json.dumps(json_number(amount)), parse_float=Decimal) == amount
    assert json.dumps(json_number(Decimal("33.335"))) == "33.34"
