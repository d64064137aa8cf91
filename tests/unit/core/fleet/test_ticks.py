"""What is asked for at a tick, and that a fleet does not begin all at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.config.schedule import Attempt, due
from torgsync.core.config.settings import SynchronizationTime
from torgsync.core.fleet.lanes import Lane
from torgsync.core.fleet.ticks import TICK, asks, delay, waiting
from torgsync.errors import Exit

MIDNIGHT = datetime(2026, 11, 23, 22, tzinfo=UTC)
"""In Kyiv, between a Monday and a Tuesday."""


def time(every: str = "30m", between: tuple[str, str] | None = None, **more: str) -> SynchronizationTime:
    hours = {"between": between} if between else {}
    return SynchronizationTime.model_validate({"user": "fleet", "every": every, **hours, **more})


HALF_HOUR = time()
TIMES = st.sampled_from(
    [
        *(time(every) for every in ("1m", "5m", "30m", "7h", "1d", "7d")),
        *(time(every, ("08:00", "21:00")) for every in ("5m", "30m", "13h", "1d")),
        time("1h", ("22:00", "06:00")),
    ]
)
SLUGS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20)


def attempt(moment: datetime, code: Exit | None = Exit.DONE, tries: int = 1) -> dict[str, Attempt]:
    return {HALF_HOUR.identity: Attempt(moment, moment + TICK, tries, code)}


def test_shops_begin_at_different_moments() -> None:
    """A thousand shops with the same schedule: no minute of the first half of an interval has too many."""
    minutes: dict[int, int] = {}
    for number in range(1000):
        minute = int(delay(f"shop-{number:04}", HALF_HOUR.rhythm).total_seconds() // 60)
        minutes[minute] = minutes.get(minute, 0) + 1
    assert set(minutes) == set(range(15))
    assert max(minutes.values()) < 2 * 1000 / 15


@given(slug=SLUGS, wanted=TIMES)
def test_a_delay_is_always_the_same_and_shorter_than_half_an_interval(
    slug: str, wanted: SynchronizationTime
) -> None:
    """So that the next moment does not come before the run for this one."""
    late = delay(slug, wanted.rhythm)
    assert timedelta(0) <= late < wanted.rhythm.step / 2
    assert late == delay(slug, wanted.rhythm)


@given(slug=SLUGS, wanted=TIMES, start=st.integers(0, 60 * 24 * 8), phase=st.integers(0, 59))
def test_each_moment_is_performed_once(
    slug: str, wanted: SynchronizationTime, start: int, phase: int
) -> None:
    """However the ticks fall: asked for within a minute of its beginning, and still due then."""
    moment = next(wanted.rhythm.after(MIDNIGHT + timedelta(minutes=start)))
    begin = moment + delay(slug, wanted.rhythm)
    last = Attempt(moment - wanted.rhythm.step, moment - wanted.rhythm.step, 1, Exit.DONE)
    performed: list[tuple[datetime, datetime]] = []
    now = moment - TICK + timedelta(seconds=phase)
    while now < begin + 3 * TICK:
        for ask in asks(slug, [wanted], {wanted.identity: last}, (), now):
            taken = due(wanted.rhythm, ask.begin, last, by_worker=True)
            assert taken
            performed.append((taken.moment, ask.begin))
            last = Attempt(taken.moment, ask.begin, 1, Exit.DONE)
        now += TICK
    ((_moment, began),) = [done for done in performed if done[0] == moment]
    assert begin <= began < begin + TICK


def test_what_waits_or_is_being_performed_is_not_asked_for_again() -> None:
    """Neither is a shop whose last moment was performed."""
    now = MIDNIGHT + timedelta(minutes=20)
    assert [ask.slug for ask in asks("shop", [HALF_HOUR], {}, (), now)] == ["shop"]
    assert asks("shop", [HALF_HOUR], {}, {("shop", Lane.GOODS)}, now) == []
    assert asks("shop", [HALF_HOUR], {}, {("shop", Lane.IMPORTS), ("other", Lane.GOODS)}, now) != []
    assert asks("shop", [HALF_HOUR], attempt(MIDNIGHT), (), now) == []


def test_lanes_are_asked_for_apart() -> None:
    """Orders do not wait for goods; two times of one lane are one run, at the earlier moment."""
    orders, more, goods = time("5m", only="orders"), time("10m", only="orders"), time("30m", only="goods")
    now = MIDNIGHT + timedelta(minutes=29)
    found = asks("shop", [orders, more, goods], {}, (), now)
    assert [ask.lane for ask in found] == [Lane.ORDERS, Lane.GOODS]
    assert all(ask.begin == now for ask in found)


def test_what_failed_is_asked_for_with_growing_pauses() -> None:
    """After 1 and then 5 minutes, three times at most; what a worker interrupted at once."""
    begun = MIDNIGHT + TICK

    def again(minutes: int, code: Exit | None, tries: int = 1) -> bool:
        now = begun + timedelta(minutes=minutes)
        return asks("shop", [HALF_HOUR], attempt(MIDNIGHT, code, tries), (), now) != []

    assert [again(0, Exit.TEMPORARY), again(1, Exit.TEMPORARY)] == [False, True]
    assert [again(4, Exit.TEMPORARY, 2), again(5, Exit.TEMPORARY, 2)] == [False, True]
    assert not again(28, Exit.TEMPORARY, 3)
    assert [again(0, Exit.INTERRUPTED), again(0, Exit.INTERRUPTED, 2), again(0, Exit.INTERRUPTED, 3)] == [
        True,
        True,
        False,
    ]
    assert not any(again(28, code) for code in (Exit.TOKEN, Exit.UNSAFE, Exit.HELD, Exit.PARTIAL, Exit.ERROR))


@given(
    slug=SLUGS,
    wanted=st.sampled_from([time(every) for every in ("1m", "5m", "30m", "7h", "1d")]),
    start=st.integers(0, 3000),
    missed=st.integers(0, 40),
)
def test_a_shop_waits_since_the_first_time_that_was_missed(
    slug: str, wanted: SynchronizationTime, start: int, missed: int
) -> None:
    """However many others came after it; an attempt ends that, and what came before the push never counts."""
    pushed = MIDNIGHT + timedelta(minutes=start)
    now = pushed + missed * wanted.rhythm.step
    for attempts in ({}, {wanted.identity: Attempt(pushed, pushed, 1, Exit.DONE)}):
        late = waiting(slug, [wanted], attempts, pushed, now)
        assert (missed - 2) * wanted.rhythm.step <= late <= now - pushed
    latest = wanted.rhythm.latest(now)
    assert latest
    done = {wanted.identity: Attempt(latest, now, 1, Exit.DONE)}
    assert waiting(slug, [wanted], done, pushed, now) == timedelta()


def test_hours_that_are_over_are_not_waited_for() -> None:
    """What was missed in the evening is not caught up, neither in the night nor in the morning."""
    wanted = time("30m", ("08:00", "21:00"))
    slug, evening = "shop", MIDNIGHT - timedelta(hours=4)
    attempts = {wanted.identity: Attempt(evening, evening, 1, Exit.DONE)}
    begin = delay(slug, wanted.rhythm)
    for hours, late in ((-3, timedelta(minutes=30)), (3, timedelta()), (9, timedelta(hours=1))):
        now = MIDNIGHT + timedelta(hours=hours) + begin
        assert waiting(slug, [wanted], attempts, MIDNIGHT - timedelta(days=9), now) == late
