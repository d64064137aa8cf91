"""Which kinds of changes are held in many shops, and what of a plan that is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from builders import NOON, update
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.fleet.guard import (
    LEAST,
    PART,
    REMEMBERED,
    WINDOW,
    Sighting,
    Spread,
    closed_kinds,
    seen,
)
from torgsync.core.plan.diff import Change, Leaving, Verb
from torgsync.core.plan.guards import Allowed, Guard, read_allowed
from torgsync.core.plan.plan_guards import KINDS, covers, held_update_fields
from torgsync.errors import UsageError

MINUTE = timedelta(minutes=1)


def at(*minutes: float, seen_at: datetime = NOON) -> list[Sighting]:
    """Return what shops show since so many minutes before noon."""
    return [Sighting(NOON - minute * MINUTE, seen_at, 1) for minute in minutes]


def is_closed(shops: Sequence[Sighting], known: int) -> bool:
    return Guard.PRICE in closed_kinds({Guard.PRICE: shops}, known, NOON)


@pytest.mark.parametrize(
    ("minutes", "known", "closed"),
    [
        ((), 3, False),
        ((5, 3), 2, False),  # two shops are no fleet
        ((5, 4, 3), 3, True),
        ((5, 4, 3), 29, True),
        ((5, 4, 3), 30, False),  # a tenth, not more
        ((60, 30, 0), 12, True),
        ((61, 30, 0), 12, False),
        ((600, 570, 540), 12, True),  # it does not end by itself as long as they show it
        ((600, 570, 300, 0), 12, False),
        ((5, 4, 3), 1, True),  # whatever is known
    ],
)
def test_when_a_kind_is_held(minutes: tuple[float, ...], known: int, closed: bool) -> None:
    """In three shops at least and more than a tenth of all, if it appeared there within an hour."""
    assert is_closed(at(*minutes), known) is closed


def test_a_shop_that_shows_nothing_for_a_day_counts_no_more() -> None:
    """Its last run may have been its last."""
    old = at(5, 4, seen_at=NOON - REMEMBERED)
    assert not is_closed([*old, *at(3, 2)], 4)


def test_kinds_do_not_add_up() -> None:
    """Each is counted for itself, with its own beginning."""
    shown: dict[str, list[Sighting]] = {Guard.PRICE: at(9, 8), Guard.REMOVALS: at(7, 6, 5, 90)}
    assert closed_kinds(shown, 10, NOON) == {Guard.REMOVALS: Spread(3, 10, NOON - 7 * MINUTE)}


@given(st.lists(st.integers(0, 300), max_size=30), st.integers(1, 200))
def test_the_window(minutes: list[int], known: int) -> None:
    """It is as if every hour that begins with a sighting was looked at."""
    moments = [NOON - minute * MINUTE for minute in minutes]
    within = [sum(begin <= other <= begin + WINDOW for other in moments) for begin in moments]
    most = max(within, default=0)
    assert is_closed(at(*minutes), known) is (most >= LEAST and most * PART > known)


@given(st.permutations(range(12)), st.integers(0, 11))
def test_the_order_of_runs_makes_no_difference(order: list[int], shops: int) -> None:
    """Which shops showed it first decides nothing."""
    minutes = [5 * number for number in order[:shops]]
    assert closed_kinds({"price": at(*minutes)}, 12, NOON) == closed_kinds(
        {"price": at(*sorted(minutes))}, 12, NOON
    )


def test_what_goes_on_is_not_seen_again() -> None:
    """What a shop showed all the time keeps its beginning; what came back, or grew by much, has a new one."""
    first = seen(None, 4, NOON)
    assert first == Sighting(NOON, NOON, 4)
    later = NOON + 90 * MINUTE
    assert seen(first, 4, later) == Sighting(NOON, later, 4)
    assert seen(first, 3, later) == Sighting(NOON, later, 3)
    assert seen(first, 5, later) == Sighting(later, later, 5)
    assert seen(Sighting(NOON, NOON, 100), 110, later) == Sighting(NOON, later, 100)
    assert seen(first, 4, NOON + REMEMBERED).since == NOON + REMEMBERED


CREATION = Change("1", Verb.CREATE, "", {})
REMOVAL = Change("1", Verb.REMOVE, "", {}, reason=Leaving.GONE)
DELETION = Change("1", Verb.REMOVE, "", {}, reason=Leaving.GRACE_OVER)
PRICE, LADDER = update(price=(1, 2)), update(wholesale_prices=((), ()))
STOCK, PHOTOS, NAME = update(quantity=(1, 2)), update(photos=((), ())), update(name=("a", "b"))
EVERY = {
    "creation": CREATION,
    "removal": REMOVAL,
    "deletion": DELETION,
    "price": PRICE,
    "ladder": LADDER,
    "stock": STOCK,
    "photos": PHOTOS,
    "name": NAME,
}


@pytest.mark.parametrize(
    ("kind", "held"),
    [
        (Guard.PRICE, {"creation", "price", "ladder"}),
        (Guard.STOCK_OUT, {"creation", "stock"}),
        (Guard.PHOTOS, {"creation", "photos"}),
        (Guard.REMOVALS, {"creation", "removal"}),
        (Guard.IDENTITY, {"creation", "removal"}),
        (Guard.EXPORT_ROWS, {"creation", "removal", "deletion"}),
        (Guard.DELETIONS, {"deletion"}),
    ],
)
def test_what_a_kind_holds(kind: str, held: set[str]) -> None:
    """All of the kind, and new items, whose values are from the same columns or which are old ones."""
    assert {name for name, change in EVERY.items() if covers(kind, change)} == held


def test_every_guard_holds_something() -> None:
    """A guard that is added is no kind that holds nothing."""
    for kind in KINDS:
        assert any(covers(kind, change) for change in EVERY.values())
    assert held_update_fields([Guard.PRICE, Guard.PHOTOS]) == (
        "discount",
        "photos",
        "price",
        "wholesale_prices",
    )


def test_a_kind_is_allowed_in_one_run() -> None:
    """By `--allow fleet=KIND`, which is read back from its own form; not the guard of the fleet itself."""
    allowed = read_allowed(["fleet=price", "fleet=photos,price", "removals=3"])
    assert allowed == Allowed(numbers={Guard.REMOVALS: 3}, fleet=frozenset({"price", "photos"}))
    assert read_allowed(allowed.flags) == allowed
    assert allowed.unmet([]) == ("fleet=photos", "fleet=price", "removals=3")
    for wrong in ("fleet=3", "fleet=fleet", "fleet=", "fleet=prices"):
        with pytest.raises(UsageError):
            read_allowed([wrong])
