"""A saved plan: what of it may still go."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from builders import NOON, update

from torgsync.core.plan.diff import Change, FieldChange, Verb
from torgsync.core.plan.plan import Counts
from torgsync.core.plan.saved import MOVED, SavedPlan, gone, refused, settle, stale

SAVED = update(price=(Decimal(1), Decimal(2)), quantity=(3, 4))


def test_what_is_as_it_was_goes() -> None:
    """Only what was looked at: what the good needs besides stays pending."""
    fresh = update(price=(Decimal(1), Decimal(2)), quantity=(3, 4), name=("a", "b"))
    (part,) = settle(SAVED, [fresh]).go
    assert set(part.fields) == {"price", "quantity"}


def test_what_a_guard_holds_now_stays_held() -> None:
    """Though nothing held it when the plan was saved."""
    parts = update(price=(Decimal(1), Decimal(2)), quantity=(3, 4)).split(["price"], "price")
    assert [(set(part.fields), part.held) for part in settle(SAVED, parts).go] == [
        ({"quantity"}, None),
        ({"price"}, "price"),
    ]


@pytest.mark.parametrize(
    ("fresh", "why"),
    [
        ([], "it is not pending any more"),
        (
            [Change("17", Verb.REMOVE, "", {"status": FieldChange(None, "deleted")})],
            "it is not pending any more",
        ),
        ([update(price=(Decimal(1), Decimal(2)))], "its quantity is not pending any more"),
        (
            [update(price=(Decimal(1), Decimal(3)), quantity=(3, 4))],
            "its price changed in the export since the plan was made",
        ),
        (
            [update(price=(Decimal(5), Decimal(2)), quantity=(3, 4))],
            "its price changed on Prom.ua since the plan was made",
        ),
    ],
)
def test_what_moved_is_refused_whole(fresh: list[Change], why: str) -> None:
    """Half of what was looked at is not what was looked at."""
    assert (settle(SAVED, fresh).go, settle(SAVED, fresh).moved) == ((), why)
    assert (refused(SAVED).held, refused(SAVED).fields) == (MOVED, SAVED.fields)


def test_what_makes_all_of_it_old() -> None:
    """Settings decide everything; otherwise good by good, and at the end the likely reason is told."""
    now = {"settings": "s", "export": "e", "state": "4/9"}
    saved = SavedPlan(
        "id", "My Prom", NOON, "olena", "pc", now["settings"], now["export"], now["state"], Counts()
    )
    assert stale(saved, now) == ""
    assert "the settings of `My Prom` changed" in stale(saved, {**now, "settings": "t"})
    assert "another run was performed" in gone(saved, {**now, "state": "5/9"})
    assert "the export changed" in gone(saved, {**now, "export": "f", "state": "4/10"})
    assert "changed on Prom.ua" in gone(replace(saved), now)
