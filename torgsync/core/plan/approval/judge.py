"""Decide what of a kept plan may be sent.

Nothing that was approved unseen goes: a change must still be pending exactly as it was kept, and held by the
same guards. Source: docs/developers/architecture.md §5.11.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from torgsync.core.plan.diff import Change, Leaving, Verb
from torgsync.core.plan.guards import ExportSize, Guard, GuardViolation, ManyShops, Measure, ProductShare
from torgsync.core.plan.plan import SavedVerdict, judge_saved
from torgsync.core.plan.plan_guards import covers
from torgsync.core.problems import ProblemCode, problem


class HoldingGuards:
    """The violations of a plan, and which of them stop a held change."""

    def __init__(self, violations: Iterable[GuardViolation]) -> None:
        self._prices: dict[str, list[GuardViolation]] = defaultdict(list)
        self._others: list[GuardViolation] = []
        for violation in violations:
            of_one = violation.guard is Guard.PRICE
            (self._prices[violation.good_id] if of_one else self._others).append(violation)

    def of(self, change: Change) -> list[GuardViolation]:
        """Return those that stop a change: that of its guard, and those that would, if that were opened."""
        prices = [] if change.prom_id else self._prices.get(change.good_id, [])
        return [violation for violation in (*prices, *self._others) if _stops(violation, change)]


def _stops(violation: GuardViolation, change: Change) -> bool:
    guard, verb = violation.guard, change.verb
    if isinstance(violation.measure, ManyShops):
        return change.held == guard and covers(violation.measure.kind, change)
    if change.held == guard or (guard is Guard.PRICE and verb is Verb.CREATE):
        return True
    over = verb is Verb.REMOVE and change.reason == Leaving.GRACE_OVER
    return (
        (guard is Guard.EXPORT_ROWS and verb is not Verb.UPDATE)
        or (guard is Guard.REMOVALS and verb is not Verb.UPDATE and not over)
        or (guard is Guard.DELETIONS and over)
    )


def judge_kept(
    kept: Change, fresh: Iterable[Change], before: HoldingGuards, now: HoldingGuards
) -> SavedVerdict:
    """Return the parts of a kept change that a person may let through, still held, or why none may be.

    `fresh` are the changes that a plan made now has of the same good, and `now` is what holds them; `before`
    is what held those of the kept plan.
    """
    verdict = judge_saved(kept, fresh)
    if verdict.moved:
        return verdict
    if any(part.held is None for part in verdict.parts):
        return SavedVerdict(moved=problem(ProblemCode.NOT_HELD))
    stopped = before.of(kept)
    unlimited = {violation.guard for violation in stopped if _limit(violation.measure) is None}
    alike = _alike(kept, stopped, unlimited)
    for part in verdict.parts:
        stops = now.of(part)
        allowable = all(violation.allowance for violation in stops)
        if not (stops and allowable and _alike(part, stops, unlimited) == alike):
            guards = ", ".join(sorted({violation.guard for violation in stops}))
            return SavedVerdict(moved=problem(ProblemCode.HELD_OTHERWISE, guard=guards or str(part.held)))
    return verdict


def _alike(
    change: Change, violations: Iterable[GuardViolation], unlimited: Collection[Guard]
) -> set[tuple[object, ...]]:
    """Return what of the violations that stop a change must not differ.

    Of a guard that counts, the limit: products that came and went since change its numbers every day, and
    nothing goes but what was kept. Where all products were to leave (`unlimited`), that some of them do is
    less. Of a new key, the pairs of the good. Of many shops the kind alone: their number changes all day.
    """
    alike: set[tuple[object, ...]] = set()
    for violation in violations:
        what: object = violation.measure
        if isinstance(violation.measure, ProductShare | ExportSize):
            what = None if violation.guard in unlimited else violation.measure.limit
        elif isinstance(violation.measure, ManyShops):
            what = violation.measure.kind
        elif violation.guard is Guard.IDENTITY:
            what = tuple(pair for pair in violation.pairs if change.good_id in pair)
        alike.add((violation.guard, what))
    return alike


def _limit(measure: Measure) -> Decimal | None:
    """Return the limit of a share, 0 for what has none; None where all products would leave."""
    return measure.limit if isinstance(measure, ProductShare) else Decimal(0)


def together(
    approved: Collection[str], held: Collection[str], now: Iterable[GuardViolation]
) -> Mapping[str, str]:
    """Return those of the approved goods that must not go without others, keyed to the first of the others.

    `held` are all goods that are held because their keys changed: a product is neither removed unless the one
    under its new key is created, nor the other way round. A good that may be one of several waits for all.
    """
    partners: dict[str, set[str]] = defaultdict(set)
    for pair in (pair for violation in now for pair in violation.pairs):
        for good_id in pair:
            partners[good_id].update(pair)
    everything = {*held}
    waits_for = {good_id: partners.get(good_id, everything) & everything for good_id in sorted(approved)}
    going, apart = set(approved), dict[str, str]()
    while alone := {
        good_id: min(missing)
        for good_id in waits_for
        if good_id in going and (missing := waits_for[good_id] - going)
    }:
        apart |= alone
        going -= alone.keys()
    return apart
