"""When something is done: by the clock in Kyiv, over midnight, over a change of clocks, after a sleep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from torgsync.cli.base.language import load_catalog
from torgsync.core.clock import SHOP_ZONE
from torgsync.core.config.schedule import (
    GRACE,
    PAUSE,
    TRIES,
    WEEK,
    Attempt,
    Rhythm,
    due,
    interval_words,
    is_for,
    read_days,
    read_step,
)
from torgsync.core.config.settings import SynchronizationTime
from torgsync.errors import Exit
from torgsync.i18n import translated, use

LOOK = timedelta(minutes=5)


def rhythm(every: str = "30m", between: str = "", days: str = "mon-sun") -> Rhythm:
    hours = {"between": between.split("-")} if between else {}
    return SynchronizationTime.model_validate({"user": "olena", "every": every, "days": days, **hours}).rhythm


def kyiv(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHOP_ZONE).astimezone(UTC)


def shown(moment: datetime) -> str:
    return f"{moment.astimezone(SHOP_ZONE):%a %d.%m %H:%M}"


def coming(wanted: Rhythm, now: str, count: int = 4) -> list[str]:
    return [shown(moment) for moment in islice(wanted.after(kyiv(now)), count)]


@pytest.mark.parametrize(
    ("wanted", "now", "expected"),
    [
        (rhythm("30m"), "2026-11-24 10:10", ["Tue 24.11 10:30", "Tue 24.11 11:00"]),
        (rhythm("30m"), "2026-11-24 10:30", ["Tue 24.11 11:00", "Tue 24.11 11:30"]),
        (rhythm("7h"), "2026-11-24 20:00", ["Tue 24.11 21:00", "Wed 25.11 00:00", "Wed 25.11 07:00"]),
        (rhythm("1d"), "2026-11-24 20:00", ["Wed 25.11 00:00", "Thu 26.11 00:00"]),
        (rhythm("1d", "08:30-21:00"), "2026-11-24 20:00", ["Wed 25.11 08:30", "Thu 26.11 08:30"]),
        (rhythm("7d"), "2026-11-24 20:00", ["Mon 30.11 00:00", "Mon 07.12 00:00"]),
        (rhythm("8h", "08:00-21:00"), "2026-11-24 20:00", ["Wed 25.11 08:00", "Wed 25.11 16:00"]),
        (rhythm("13h", "08:00-21:00"), "2026-11-24 20:00", ["Tue 24.11 21:00", "Wed 25.11 08:00"]),
        (rhythm("1h", "20:00-00:00"), "2026-11-24 22:30", ["Tue 24.11 23:00", "Wed 25.11 00:00"]),
        (rhythm("3h", "22:00-06:00"), "2026-11-24 23:00", ["Wed 25.11 01:00", "Wed 25.11 04:00"]),
        (rhythm("3h", "22:00-06:00", "sun"), "2026-11-24 23:00", ["Sun 29.11 22:00", "Mon 30.11 01:00"]),
        (rhythm("6h", days="mon,wed-thu"), "2026-11-23 17:00", ["Mon 23.11 18:00", "Wed 25.11 00:00"]),
        (rhythm("12h", days="sat-mon"), "2026-11-24 10:00", ["Sat 28.11 00:00", "Sat 28.11 12:00"]),
    ],
)
def test_the_times_to_come(wanted: Rhythm, now: str, expected: list[str]) -> None:
    """They restart with the hours of each day, and the last hour counts."""
    assert coming(wanted, now, len(expected)) == expected


def test_clocks_go_forward() -> None:
    """The hour that does not exist is left out, none is doubled, and the day begins as ever."""
    hours = ["02:00", "04:00", "05:00", "06:00"]
    assert coming(rhythm("1h"), "2026-03-29 01:30", 4) == [f"Sun 29.03 {hour}" for hour in hours]
    mornings = coming(rhythm("1d", "08:00-21:00"), "2026-03-28 12:00", 2)
    assert mornings == ["Sun 29.03 08:00", "Mon 30.03 08:00"]


def test_clocks_go_back() -> None:
    """Nothing pauses for the hour that comes twice: half an hour stays half an hour."""
    moments = list(islice(rhythm("30m").after(kyiv("2026-10-25 02:30")), 5))
    assert [shown(moment)[-5:] for moment in moments] == ["03:00", "03:30", "03:00", "03:30", "04:00"]
    assert {later - earlier for earlier, later in pairwise(moments)} == {timedelta(minutes=30)}


@pytest.mark.parametrize("text", ["", "0m", "30", "30s", "1.5h", "-1h", "10000m", "36h", "1500m", "٣m"])
def test_an_interval_that_is_none_is_refused(text: str) -> None:
    """The error names what is valid."""
    with pytest.raises(ValueError, match=r"such as|write"):
        read_step(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-sun", set(range(7))),
        ("Mon", {0}),
        ("mon, wed-fri", {0, 2, 3, 4}),
        ("sat-mon", {5, 6, 0}),
        ("sun-sun", {6}),
        ("tue-mon", set(range(7))),
    ],
)
def test_weekdays(text: str, days: set[int]) -> None:
    """Ranges may run over the end of a week."""
    assert read_days(text) == days


@pytest.mark.parametrize("text", ["", "mo", "mon-", "mon-tue-wed", "mon;tue", "-", "mon,"])
def test_weekdays_that_are_none_are_refused(text: str) -> None:
    """The error names what is valid."""
    with pytest.raises(ValueError, match="is not weekdays"):
        read_days(text)


class Machine:
    """A computer that looks every few minutes while it is on, and does what is due."""

    def __init__(self, wanted: Rhythm, ends: Exit | None = Exit.DONE) -> None:
        self.rhythm = wanted
        self.ends = ends
        self.last: Attempt | None = None
        self.done: list[str] = []

    def run(self, start: str, end: str, *, off: Callable[[datetime], bool] = lambda _now: False) -> list[str]:
        """Look from `start` to `end`; return when something was done, and for which time."""
        now = kyiv(start)
        while now < kyiv(end):
            if not off(now) and (attempt := due(self.rhythm, now, self.last)):
                self.done.append(f"{shown(now)} for {shown(attempt.moment)[-5:]}")
                self.last = structs.replace(attempt, exit_code=self.ends)
            now += LOOK
        return self.done


def between(start: str, end: str) -> Callable[[datetime], bool]:
    return lambda now: kyiv(start) <= now < kyiv(end)


def test_a_week_in_which_the_clocks_change() -> None:
    """A call every few minutes does each time of the week once, on the moment."""
    machine = Machine(rhythm("2h", "08:00-20:00", "mon-sat"))
    done = machine.run("2026-10-19 00:02", "2026-10-26 00:02")
    assert len(done) == len(set(done)) == 6 * 7
    assert done[0] == "Mon 19.10 08:02 for 08:00"
    assert done[-1] == "Sat 24.10 20:02 for 20:00"
    assert not [line for line in done if line.startswith("Sun")]
    night = Machine(rhythm("1h")).run("2026-10-24 23:57", "2026-10-26 00:00")
    assert len(night) == 1 + 25
    spring = Machine(rhythm("1h")).run("2026-03-28 23:57", "2026-03-30 00:00")
    assert len(spring) == 1 + 23


MORNINGS = rhythm("1d", "08:00-21:00")


@pytest.mark.parametrize(
    ("wanted", "times", "done"),
    [
        (
            rhythm("30m", "08:00-21:00"),
            ["24 09:00", "24 09:10", "24 12:20", "24 12:35"],
            ["24.11 09:00 for 09:00", "24.11 12:20 for 12:00", "24.11 12:30 for 12:30"],
        ),
        (
            MORNINGS,
            ["24 07:00", "24 07:00", "25 02:00", "26 08:05"],
            ["25.11 08:00 for 08:00", "26.11 08:00 for 08:00"],
        ),
        (MORNINGS, ["24 07:00", "24 07:00", "24 10:00", "24 23:00"], ["24.11 10:00 for 08:00"]),
        (rhythm("2d"), ["23 00:00", "23 00:00", "26 10:00", "26 10:10"], ["26.11 10:00 for 00:00"]),
    ],
    ids=["once", "within the hours", "later that day", "on the day between"],
)
def test_a_machine_that_slept_catches_up(wanted: Rhythm, times: list[str], done: list[str]) -> None:
    """Of the times that were missed the last one is done, at once or with the next hours."""
    start, asleep, awake, end = (f"2026-11-{time}" for time in times)
    ran = Machine(wanted).run(start, end, off=between(asleep, awake))
    assert [line.partition(" ")[2] for line in ran] == done


def test_the_last_time_of_a_day_is_done_a_little_late() -> None:
    """Who looks every few minutes comes after the last hour; later than that, it waits for the morning."""
    wanted = rhythm("30m", "08:00-21:00")
    evening = kyiv("2026-11-24 21:00")
    before = Attempt(kyiv("2026-11-24 20:30"), kyiv("2026-11-24 20:30"), exit_code=Exit.DONE)
    assert due(wanted, evening + GRACE, before) == Attempt(evening, evening + GRACE)
    assert due(wanted, evening + GRACE + timedelta(seconds=1), before) is None


@pytest.mark.parametrize("ended", [Exit.TEMPORARY, Exit.INVALID, Exit.INTERRUPTED, None])
def test_what_may_mend_itself_is_tried_again(ended: Exit | None) -> None:
    """After a pause, a few times, and not beyond the next time."""
    done = Machine(MORNINGS, ended).run("2026-11-24 08:00", "2026-11-25 08:05")
    times = ["Tue 24.11 08:00", "Tue 24.11 08:15", "Tue 24.11 08:30", "Wed 25.11 08:00"]
    assert done == [f"{time} for 08:00" for time in times]
    assert (timedelta(minutes=15), 3) == (PAUSE, TRIES)


@pytest.mark.parametrize("ended", [Exit.DONE, Exit.HELD, Exit.PARTIAL, Exit.TOKEN, Exit.UNSAFE, Exit.ERROR])
def test_what_a_person_must_mend_is_not_tried_again(ended: Exit) -> None:
    """Once a time, and the next time as ever."""
    done = Machine(MORNINGS, ended).run("2026-11-24 08:00", "2026-11-25 08:05")
    assert done == ["Tue 24.11 08:00 for 08:00", "Wed 25.11 08:00 for 08:00"]


@pytest.mark.parametrize(
    ("now", "missed"),
    [
        ("2026-11-24 09:20", None),
        ("2026-11-24 11:10", "Tue 24.11 09:30"),
        ("2026-11-24 23:00", None),
        ("2026-11-25 08:40", "Wed 25.11 08:00"),
    ],
)
def test_the_first_time_that_was_missed(now: str, missed: str | None) -> None:
    """However many came after it; hours that are over are not caught up."""
    found = rhythm("30m", "08:00-21:00").first_missed(kyiv("2026-11-24 09:00"), kyiv(now))
    assert (found and shown(found)) == missed


def test_a_clock_that_was_wrong_blocks_nothing() -> None:
    """A time that was done in a future that has not come is done when it comes, as are those before it."""
    future = kyiv("2027-01-01 10:00")
    machine = Machine(rhythm("1h"))
    machine.last = Attempt(future, future, exit_code=Exit.DONE)
    done = machine.run("2026-11-24 10:20", "2026-11-24 12:00")
    assert done == ["Tue 24.11 10:20 for 10:00", "Tue 24.11 11:00 for 11:00"]


def test_a_clock_that_was_set_back_a_little_doubles_nothing() -> None:
    """What was done for a time a minute from now is not done for the one before it."""
    wanted = rhythm("1h")
    done = Attempt(kyiv("2026-11-24 10:00"), kyiv("2026-11-24 10:00"), exit_code=Exit.DONE)
    assert due(wanted, kyiv("2026-11-24 10:30"), done) is None
    failed = Attempt(kyiv("2026-11-24 10:00"), kyiv("2026-11-24 10:40"), exit_code=Exit.TEMPORARY)
    assert due(wanted, kyiv("2026-11-24 10:30"), failed) is not None


@pytest.mark.parametrize(
    ("user", "mine"),
    [
        ("OFFICE-PC\\olena", True),
        ("office-pc\\Olena", True),
        ("SHOP\\olena", True),
        ("olena", True),
        ("OFFICE-PC\\petro", False),
        ("OTHER\\olena", False),
        ("petro", False),
        ("OFFICE-PC\\", False),
        ("fleet", False),
    ],
)
def test_whose_time_it_is(user: str, mine: bool) -> None:
    """User and computer are compared as Windows does; without a computer, any will do."""
    assert is_for(user, "olena", frozenset({"OFFICE-PC", "shop"})) is mine


EVERY = st.sampled_from(["1m", "5m", "7m", "30m", "45m", "1h", "5h", "1d", "2d", "9d"])
HOUR = st.times().map(lambda hour: f"{hour:%H:%M}")
DAYS = st.sets(st.sampled_from(WEEK), min_size=1).map(",".join)
MOMENT = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.data(), EVERY, st.none() | st.tuples(HOUR, HOUR), DAYS, MOMENT)
def test_the_last_time_is_the_one_before_the_next(
    data: st.DataObject, every: str, hours: tuple[str, str] | None, days: str, now: datetime
) -> None:
    """Both ways of counting agree: each of the times to come is the last one, looked at on its moment."""
    if every in ("2d", "9d"):
        days = "mon-sun"
    if hours and hours[0] == hours[1]:
        hours = None
    wanted = rhythm(every, "-".join(hours) if hours else "", days)
    moments = list(islice(wanted.after(now), 5))
    assert moments == sorted(set(moments))
    assert all(moment > now for moment in moments)
    at = data.draw(st.integers(0, 3))
    assert wanted.latest(moments[at]) == moments[at]
    late = moments[at] + (moments[at + 1] - moments[at]) / 2
    assert wanted.latest(late) in (moments[at], None)


@pytest.mark.parametrize(
    ("step", "english", "ukrainian"),
    [
        ("1m", "every minute", "щохвилини"),
        ("30m", "every 30 minutes", "кожні 30 хвилин"),
        ("21m", "every 21 minutes", "кожну 21 хвилину"),
        ("1h", "every hour", "щогодини"),
        ("3h", "every 3 hours", "кожні 3 години"),
        ("5h", "every 5 hours", "кожні 5 годин"),
        ("1d", "once a day", "раз на день"),
        ("2d", "every 2 days", "кожні 2 дні"),
    ],
)
def test_an_interval_in_words(step: str, english: str, ukrainian: str) -> None:
    """With the right form of the noun in both languages."""
    use(load_catalog("uk"))
    try:
        assert (str(interval_words(step)), translated(interval_words(step))) == (english, ukrainian)
    finally:
        use(None)


def test_a_time_in_words() -> None:
    """Weekdays are those of the language; in documents the time stays as it is in the file."""
    time = SynchronizationTime.model_validate(
        {
            "user": "olena",
            "every": "30m",
            "between": ["08:00", "21:00"],
            "days": "Mon-fri,sun",
            "only": "orders",
        }
    )
    assert str(time) == "every 30m, 08:00-21:00, mon-fri,sun, only orders"
    use(load_catalog("uk"))
    try:
        assert translated(time.words) == "кожні 30 хвилин, 08:00-21:00, пн-пт,нд, лише замовлення"
    finally:
        use(None)
