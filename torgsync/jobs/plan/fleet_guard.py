"""Hold in a plan what is held in many shops at once, and record what its shop shows.

Both happen in the transaction that makes the plan, before anything is sent, one shop after another: so the
next shop decides with what this one saw.

Source: docs/developers/architecture.md §5.12.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from torgsync.core.fleet.guard import (
    REMEMBERED,
    Spread,
    seen,
)
from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.guards import Allowed, Cause, Guard, GuardViolation, ManyShops
from torgsync.core.plan.plan_guards import covers, held_update_fields, holds_update, holds_whole
from torgsync.core.reason import Reason
from torgsync.jobs.plan.closed import closed_now, closed_of
from torgsync.state.store import UnitOfWork


def closed_for(
    work: UnitOfWork,
    violations: Sequence[GuardViolation],
    opened: Sequence[GuardViolation],
    now: datetime,
    *,
    records: bool,
    whole: bool,
) -> dict[str, Spread]:
    """Return the kinds that a plan shows and that are held now in all shops that show them.

    Args:
        violations: Those of the plan that no person let through.
        opened: Those that a person did: they are no accident, so other shops do not learn of them.
        records: Whether others learn of them: the plan is made for a run, and from an export.
        whole: Whether the plan is of all changes, so that it shows no other kinds.
    """
    counts = Counter[str]()
    for violation in violations:
        counts[violation.guard] += violation.count
    before = work.sightings.own()
    if not (violations or opened or before):
        return {}
    work.sightings.wait()
    shown = {kind: seen(before.get(kind), count, now) for kind, count in counts.items()}
    if not whole:
        shown = before | shown
    counted = work.object_state.has_sent()  # a first run is full of what was never compared
    if records and counted and shown != before:
        work.sightings.replace(shown)
    all_shops = work.sightings.of_all(now - REMEMBERED)
    for kind in {*shown, *before} if counted else ():
        of_kind = all_shops.setdefault(kind, {})
        of_kind.pop(work.slug, None)
        if kind in shown:
            of_kind[work.slug] = shown[kind]
    here = {violation.guard for violation in (*violations, *opened)}
    return {kind: spread for kind, spread in closed_of(work, all_shops, now).items() if kind in here}


def hold_kinds(
    work: UnitOfWork, plan: int, closed: Mapping[str, Spread], allowed: Allowed
) -> Iterator[GuardViolation]:
    """Hold of a plan all that belongs to closed kinds and is not allowed; yield a violation for each kind."""
    found = {kind: _violation(kind, spread) for kind, spread in closed.items()}
    kinds = [kind for kind, violation in found.items() if not allowed.lets(violation)]
    counts = Counter[str]()

    def is_held(change: Change) -> bool:
        holding = [kind for kind in kinds if holds_update(kind, change)]
        counts.update(holding)
        return bool(holding)

    work.plans.hold_fields(plan, Guard.FLEET, held_update_fields(kinds), is_held)
    for verb in (Verb.CREATE, Verb.REMOVE):
        for reason in work.plans.reasons(plan, verb) if kinds else ():
            if holding := [kind for kind in kinds if holds_whole(kind, verb, reason)]:
                held = work.plans.hold(plan, verb, Guard.FLEET, [reason])
                counts.update(dict.fromkeys(holding, held))
    for kind, violation in found.items():
        yield replace(violation, count=counts[kind])


def violation_of(work: UnitOfWork, change: Change, now: datetime) -> GuardViolation | None:
    """Return the first violation for which a change is held in many shops now, None where there is none."""
    own = work.sightings.own()
    for kind, spread in closed_now(work, now).items():
        if kind in own and covers(kind, change):
            return _violation(kind, spread)
    return None


def _violation(kind: str, spread: Spread) -> GuardViolation:
    measure = ManyShops(kind, spread.shops, spread.known)
    return GuardViolation(Guard.FLEET, measure, Reason(Cause.MANY_SHOPS, {"kind": kind}), count=0)
