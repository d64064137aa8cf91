"""One pace for a token and an address: whoever uses it at the same time shares it."""

from __future__ import annotations

import gc

from torgsync.prom.pace import Pace, shared_pace

HALF = 0.5


def test_requests_of_all_users_follow_each_other() -> None:
    """Two that come at the same moment start one after the other; who comes late waits for nothing."""
    pace = Pace()
    assert [pace.wait_for(now, HALF) for now in (10.0, 10.0, 10.25, 20.0)] == [0.0, 0.5, 0.75, 0.0]


def test_a_sleep_that_lasted_longer_moves_the_next_start() -> None:
    """The pace is that of real starts."""
    pace = Pace()
    assert [pace.wait_for(0.0, HALF) for _ in range(2)] == [0.0, 0.5]
    pace.started(0.75, HALF)
    assert pace.wait_for(1.0, HALF) == 0.25


def test_who_shares_it() -> None:
    """The same token at the same address, for as long as anyone uses it."""
    mine = shared_pace("https://a.example/", "one")
    assert shared_pace("https://a.example/", "one") is mine
    assert shared_pace("https://a.example/", "two") is not mine
    assert shared_pace("https://b.example/", "one") is not mine
    mine.wait_for(1e9, HALF)
    del mine
    gc.collect()
    assert shared_pace("https://a.example/", "one").wait_for(1.0, HALF) == 0
