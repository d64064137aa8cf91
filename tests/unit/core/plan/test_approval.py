"""A kept plan: what of it a person may still approve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from builders import update

from torgsync.core.plan.approval.judge import HoldingGuards, judge_kept, together
from torgsync.core.plan.diff import Change, FieldChange, Leaving, Verb
from torgsync.core.plan.guards import (
    Cause,
    ExportSize,
    Guard,
    GuardViolation,
    KeyChange,
    ManyShops,
    Measure,
    PriceMove,
    ProductShare,
    decode_violation,
    encode_violation,
)
from torgsync.core.problems import ProblemCode, problem
from torgsync.core.reason import Reason
from torgsync.errors import Problem

TENTH = Decimal("0.1")
PRICE = replace(update(price=(Decimal(100), Decimal(10))), held="price")


def violation(guard: Guard, measure: Measure, good_id: str = "", **more: object) -> GuardViolation:
    return GuardViolation(guard, measure, Reason(Cause.MISTYPED_PRICE), good_id, **more)  # type: ignore[arg-type]


def moved(old: int, new: int, good_id: str = "17") -> GuardViolation:
    return violation(
        Guard.PRICE, PriceMove(Decimal(old), Decimal(new), Decimal("-0.4"), Decimal("1.5")), good_id
    )


def share(guard: Guard, count: int, total: int, limit: Decimal | None = TENTH) -> GuardViolation:
    return violation(guard, ProductShare(count, total, limit), count=count)


def rows(count: int) -> GuardViolation:
    return violation(Guard.EXPORT_ROWS, ExportSize(count, 100, Decimal("0.7")), count=100 - count)


def renamed(*pairs: tuple[str, str]) -> GuardViolation:
    return violation(Guard.IDENTITY, KeyChange(len(pairs), *pairs[0]), count=len(pairs), pairs=pairs)


def leaves(held: str, reason: str = Leaving.GONE) -> Change:
    fields = {"status": FieldChange("on_display", "not_on_display")}
    return Change("17", Verb.REMOVE, "", fields, held, reason=reason)


def created(held: str) -> Change:
    return Change("17", Verb.CREATE, "", {"price": FieldChange(None, Decimal(5))}, held)


def test_only_what_is_held_alike_may_go() -> None:
    """The held fields alone; another field of the good stays out."""
    fresh = [PRICE, update(name=("a", "b"))]
    before = HoldingGuards([moved(100, 10)])
    (part,) = judge_kept(PRICE, fresh, before, HoldingGuards([moved(100, 10), moved(1, 9, "18")])).parts
    assert (set(part.fields), part.held) == ({"price"}, "price")


NOT_HELD = problem(ProblemCode.NOT_HELD)


def otherwise(*guards: str) -> Problem:
    return problem(ProblemCode.HELD_OTHERWISE, guard=", ".join(guards))


REMOVALS, MORE = share(Guard.REMOVALS, 9, 50), share(Guard.REMOVALS, 12, 61)
ALL_LEAVE = share(Guard.REMOVALS, 50, 50, None)
LAST = share(Guard.DELETIONS, 9, 50)


@pytest.mark.parametrize(
    ("kept", "fresh", "before", "now", "why"),
    [
        (PRICE, replace(PRICE, held=None), [moved(100, 10)], [], NOT_HELD),
        (PRICE, PRICE, [moved(100, 10)], [moved(90, 10)], otherwise("price")),  # with another discount
        (leaves("removals"), leaves("removals"), [REMOVALS], [MORE], None),
        (leaves("removals"), leaves("removals"), [REMOVALS], [ALL_LEAVE], otherwise("removals")),
        (leaves("removals"), leaves("removals"), [ALL_LEAVE], [REMOVALS], None),  # a part of them
        (leaves("removals"), leaves("removals"), [], [], otherwise("removals")),  # by what is unknown
        (
            leaves("removals"),
            leaves("export-rows"),
            [REMOVALS],
            [REMOVALS, rows(50)],
            otherwise("export-rows", "removals"),
        ),
        (leaves("export-rows"), leaves("export-rows"), [REMOVALS, rows(50)], [MORE, rows(40)], None),
        (leaves("removals"), leaves("removals"), [REMOVALS], [REMOVALS, LAST], None),
        (
            leaves("deletions", Leaving.GRACE_OVER),
            leaves("deletions", Leaving.GRACE_OVER),
            [LAST],
            [REMOVALS, LAST],
            None,
        ),
        (created("removals"), created("removals"), [REMOVALS], [MORE], None),
        (
            created("removals"),
            created("price"),
            [REMOVALS],
            [REMOVALS, moved(1, 5)],
            otherwise("price", "removals"),
        ),
        (
            created("identity"),
            created("identity"),
            [renamed(("1", "17"))],
            [renamed(("1", "17"), ("2", "18"))],
            None,
        ),
        (
            created("identity"),
            created("identity"),
            [renamed(("1", "17"))],
            [renamed(("2", "17"))],
            otherwise("identity"),
        ),
        (
            PRICE,
            PRICE,
            [moved(100, 10)],
            [moved(100, 10), violation(Guard.PRICE, PriceMove(None, None), "18")],
            None,
        ),
    ],
)
def test_the_same_guards_for_the_same(
    kept: Change, fresh: Change, before: list[GuardViolation], now: list[GuardViolation], why: Problem | None
) -> None:
    """Of a guard that counts, the limit is compared; products may have come and gone."""
    assert judge_kept(kept, [fresh], HoldingGuards(before), HoldingGuards(now)).moved == why


def test_what_nothing_allows() -> None:
    """A price of 0 cannot be approved, however it came to be kept."""
    zero = GuardViolation(Guard.PRICE, PriceMove(None, None), Reason(Cause.ZERO_PRICE), "17")
    guards = HoldingGuards([zero])
    assert judge_kept(PRICE, [PRICE], guards, guards).moved == otherwise("price")


PAIRS = (("1", "11"), ("2", "12"), ("2", "13"))


@pytest.mark.parametrize(
    ("approved", "held", "apart"),
    [
        (["1", "11"], ["1", "11", "2", "12"], {}),
        (["1"], ["1", "11"], {"1": "11"}),
        (["11"], ["1", "11"], {"11": "1"}),
        (["11"], ["11"], {}),  # its old product stays on the site by the settings
        (["2", "12", "13"], ["2", "12", "13"], {}),
        (["2", "12"], ["2", "12", "13"], {"2": "13", "12": "2"}),  # one after the other
        (["3", "1", "11"], ["1", "11", "3"], {}),
        (["3"], ["1", "11", "3"], {"3": "1"}),  # it may be the product of any of them
    ],
)
def test_halves_of_a_good_go_together(approved: list[str], held: list[str], apart: Mapping[str, str]) -> None:
    """Neither is a product removed whose successor does not come, nor a good shown twice."""
    assert together(approved, held, [renamed(*PAIRS)]) == apart


@pytest.mark.parametrize(
    "kept",
    [
        moved(100, 10),
        replace(moved(100, 10), cause=Reason(Cause.DECIMAL_POINT, {"factor": 10, "lower": 1})),
        replace(REMOVALS, waiting=3, cause=Reason(Cause.REMOVALS, {"sources": [["gone", "9", "path"]]})),
        ALL_LEAVE,
        rows(40),
        renamed(*PAIRS),
        violation(Guard.PRICE, PriceMove(None, Decimal("0.00")), "a;b"),
    ],
)
def test_violations_are_stored_as_they_are(kept: GuardViolation) -> None:
    """What comes back is equal."""
    assert decode_violation(encode_violation(kept)) == kept


@pytest.mark.parametrize(("kind", "goes"), [("price", True), ("stock-out", False)])
def test_a_kind_that_many_shops_show(kind: str, goes: bool) -> None:
    """It goes where the same kind is held still, in however many shops."""
    kept = replace(PRICE, held="fleet")
    before = HoldingGuards([violation(Guard.FLEET, ManyShops("price", 3, 20))])
    now = HoldingGuards([violation(Guard.FLEET, ManyShops(kind, 7, 30))])
    assert bool(judge_kept(kept, [kept], before, now).parts) is goes
