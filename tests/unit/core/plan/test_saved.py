"""A saved plan: what of it may still go."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import NOON, update

from torgsync.core.plan.diff import Change, FieldChange, Verb
from torgsync.core.plan.plan import MOVED, Counts, SavedPlan, SavedVerdict, gone, judge_saved, refused, stale
from torgsync.core.problems import ProblemCode, problem
from torgsync.errors import Problem


def pending(old: int, new: int) -> Change:
    """Return an update of a price and of a quantity."""
    return update(price=(Decimal(old), Decimal(new)), quantity=(3, 4))


SAVED = pending(1, 2)


def test_what_is_as_it_was_goes() -> None:
    """Only what was looked at: other changes of the good stay pending."""
    fresh = update(price=(Decimal(1), Decimal(2)), quantity=(3, 4), name=("a", "b"))
    (part,) = judge_saved(SAVED, [fresh]).parts
    assert set(part.fields) == {"price", "quantity"}


def test_what_a_guard_holds_now_stays_held() -> None:
    """Though nothing held it when the plan was saved."""
    parts = judge_saved(SAVED, SAVED.split(["price"], "price")).parts
    assert [(set(part.fields), part.held) for part in parts] == [({"quantity"}, None), ({"price"}, "price")]


@pytest.mark.parametrize(
    ("fresh", "why"),
    [
        ([], problem(ProblemCode.NOT_PENDING)),
        (
            [Change("17", Verb.REMOVE, "", {"status": FieldChange(None, "deleted")})],
            problem(ProblemCode.NOT_PENDING),
        ),
        ([SAVED.narrowed(["price"])], problem(ProblemCode.FIELD_NOT_PENDING, field="quantity")),
        ([pending(1, 3)], problem(ProblemCode.CHANGED_IN_EXPORT, field="price")),
        ([pending(5, 2)], problem(ProblemCode.CHANGED_ON_PROM, field="price")),
    ],
)
def test_what_moved_is_refused_whole(fresh: list[Change], why: Problem) -> None:
    """Half of what was looked at is not what was looked at."""
    assert judge_saved(SAVED, fresh) == SavedVerdict((), why)
    assert (refused(SAVED).held, refused(SAVED).fields) == (MOVED, SAVED.fields)


def test_what_makes_all_of_it_old() -> None:
    """Settings decide everything; otherwise good by good, and at the end the likely reason is named."""
    now = {"settings": "s", "export": "e", "state": "4/9"}
    saved = SavedPlan("id", "My Prom", NOON, "olena", "pc", "s", "e", "4/9", Counts())
    assert stale(saved, now) is None
    changed = problem(ProblemCode.SETTINGS_CHANGED, object="My Prom")
    assert stale(saved, {**now, "settings": "t"}) == changed
    assert gone(saved, {**now, "state": "5/9"}) == problem(ProblemCode.RUN_SINCE)
    assert gone(saved, {**now, "export": "f", "state": "4/10"}) == problem(ProblemCode.EXPORT_SINCE)
    assert gone(saved, now) == problem(ProblemCode.PROM_SINCE)
