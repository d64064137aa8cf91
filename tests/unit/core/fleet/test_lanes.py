"""Which runs go first, and that none waits for what is slower."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.config.settings import SynchronizationTime
from torgsync.core.fleet.lanes import Lane, Slots, lanes_of, slots_of

Half = Literal["goods", "orders"] | None


def time_for(only: Half) -> SynchronizationTime:
    return SynchronizationTime(user="fleet", every="30m", only=only)


@pytest.mark.parametrize(
    ("only", "lane"), [("orders", Lane.ORDERS), ("goods", Lane.GOODS), (None, Lane.GOODS)]
)
def test_a_time_has_one_lane_and_a_run_for_goods_fetches_orders_too(only: Half, lane: Lane) -> None:
    """Orders alone are for the quick lane; with goods they need no second run."""
    time = time_for(only)
    assert lanes_of([time]) == {lane}
    assert lane.takes(time)
    assert Lane.GOODS.takes(time)
    assert Lane.ORDERS.takes(time) is (only == "orders")


def test_orders_go_first_and_imports_last() -> None:
    """The queue knows it by a number."""
    assert sorted(Lane, key=lambda lane: -lane.priority) == [Lane.ORDERS, Lane.GOODS, Lane.IMPORTS]


@pytest.mark.parametrize(
    ("concurrency", "expected"),
    [
        (1, [("orders goods imports", 1)]),
        (2, [("orders goods", 1), ("imports", 1)]),
        (3, [("orders", 1), ("orders goods", 1), ("imports", 1)]),
        (10, [("orders", 2), ("orders goods", 6), ("imports", 2)]),
        (20, [("orders", 5), ("orders goods", 10), ("imports", 5)]),
    ],
)
def test_slots(concurrency: int, expected: list[tuple[str, int]]) -> None:
    """A quarter each for imports and for nothing but orders."""
    assert [(" ".join(slots.lanes), slots.count) for slots in slots_of(concurrency)] == expected


@given(concurrency=st.integers(1, 64))
def test_every_lane_has_a_slot_and_imports_never_take_all(concurrency: int) -> None:
    """As many slots as are asked for; from two on, imports leave one free for orders."""
    slots = slots_of(concurrency)
    assert sum(one.count for one in slots) == concurrency
    assert {lane for one in slots for lane in one.lanes} == set(Lane)
    if concurrency > 1:
        assert not any(Lane.IMPORTS in one.lanes and len(one.lanes) > 1 for one in slots)
        assert sum(one.count for one in slots if Lane.ORDERS in one.lanes) >= 1
    assert all(isinstance(one, Slots) and one.count for one in slots)
