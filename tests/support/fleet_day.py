"""A day of a fleet in some minutes: exports change, buyers order, workers die, the database restarts."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fleet import Fleet, Worker

MOST_NEW = 5
"""New goods of a shop at most: each needs an import, of which there are few a day."""


@dataclass(frozen=True)
class Result:
    """How a day ended.

    `in_step_after` is how many seconds after the last change all shops were in step, None for never.
    `differences`, `duplicates` and `late` name each case; `gaps` is the longest interval of each shop
    between two runs.
    """

    in_step_after: float | None
    differences: list[str]
    duplicates: list[str]
    late: list[str]
    gaps: Mapping[str, timedelta]
    exits: list[int]


def perform_day(
    fleet: Fleet,
    seconds: float,
    accidents: Mapping[float, Callable[[], object]],
    new: float = 0.3,
) -> Result:
    """Let time pass: each shop changes and is ordered from about twice an interval, until the last one.

    A share of `new` of the changes brings a new good, too. Accidents happen at their seconds, or later, if
    one before them took longer; the day lasts until all did.
    """
    with ThreadPoolExecutor(1) as pool:
        happening = pool.submit(_happen, accidents)
        _pass(fleet, seconds, new, happening)
    happening.result()
    in_step_after = fleet.wait_until_in_step(3 * fleet.every.total_seconds())
    return _result(fleet, in_step_after)


def _happen(accidents: Mapping[float, Callable[[], object]]) -> None:
    began = time.monotonic()
    for second, accident in sorted(accidents.items()):
        time.sleep(max(0.0, began + second - time.monotonic()))
        accident()


def _pass(fleet: Fleet, seconds: float, new: float, happening: Future[None]) -> None:
    chance = random.Random(26)  # noqa: S311
    began = time.monotonic()
    interval, shops = fleet.every.total_seconds(), fleet.shops
    changes, orders, turns = 0, 0, 0
    while (passed := time.monotonic() - began) < seconds or not happening.done():
        while changes < passed * 2 * len(shops) / interval:
            shop = shops[changes % len(shops)]
            shop.change(new=len(shop.goods) < shop.first + MOST_NEW and chance.random() < new)
            changes += 1
        while orders < min(passed, seconds - interval) * 2 * len(shops) / interval:
            shop = chance.choice(shops)
            if shop.order(fleet.marketplace[shop.token]) is None:
                break
            orders += 1
        if turns % 4 == 0:
            fleet.sample()
        turns += 1
        time.sleep(0.25)


def _result(fleet: Fleet, in_step_after: float | None) -> Result:
    """Stop the workers, and return how the day ended."""
    ended = datetime.now(UTC)
    exits = [worker.stop() for worker in fleet.workers]
    for shop in fleet.shops:
        shop.take_orders()
    gaps = fleet.longest_gaps(ended)
    late = [f"{slug}: {gap}" for slug, gap in sorted(gaps.items()) if gap > 2 * fleet.every]
    return Result(in_step_after, fleet.differences(), fleet.duplicates(), late, gaps, exits)


class Accidents:
    """What befalls one of the workers: it is killed three times, once while an import is sent."""

    def __init__(self, fleet: Fleet, victim: Worker, patience: float = 60) -> None:
        self._fleet, self._victim, self._patience = fleet, victim, patience

    def kill_at_work(self) -> None:
        """Kill it as soon as it performs a run."""
        self._wait(lambda: self._fleet.busy(self._victim), "is not at work")
        self._victim.kill()
        self._fleet.killed.append(f"{self._victim.host} at work")

    def kill_at_next(self, calls: str) -> None:
        """Have it killed once the marketplace has accepted its next call of this kind."""
        self._fleet.kill_at(self._victim, calls)

    def start_again(self) -> None:
        """Start it again, as soon as it was killed."""
        self._wait(lambda: not self._victim.alive, "was not killed")
        self._victim.start()

    def _wait(self, condition: Callable[[], bool], trouble: str) -> None:
        until = time.monotonic() + self._patience
        while not condition():
            assert time.monotonic() < until, f"{self._victim.host} {trouble}"
            time.sleep(0.05)
