"""Hold goods whose key changed: the creation under the new key together with the removal under the old one.

Source: docs/developers/architecture.md §5.6.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from torgsync.core.plan.diff import Verb
from torgsync.core.plan.guards import Guard, GuardViolation
from torgsync.core.plan.identity import KeyChanges, gone_keys, identity_violation, new_keys
from torgsync.jobs.context import JobContext
from torgsync.state.store import UnitOfWork

Pairs = list[tuple[str, str]]
"""Old and new keys of goods, the likeliest old key of each new one first."""


def key_changes(context: JobContext, work: UnitOfWork) -> Pairs:
    """Return the goods that left the export and came again under another key, by what was read last."""
    arriving = work.products.arriving()
    first = next(arriving, None)
    if first is None:  # as on most days
        return []
    policy = context.object.removal.gone
    known = work.products.gone(hidden=policy not in ("hide", "keep"))
    gone = KeyChanges(keys for good in known if (keys := gone_keys(good, policy)))
    return list(gone.pairs(map(new_keys, chain([first], arriving)))) if gone else []


def changed_in_plan(work: UnitOfWork, plan: int, pairs: Pairs) -> Pairs:
    """Return the pairs of which a plan creates the new good or removes an old one."""
    created = work.plans.changed(plan, Verb.CREATE, sorted({new for _, new in pairs}))
    removed = work.plans.changed(plan, Verb.REMOVE, sorted({old for old, _ in pairs}))
    return [(old, new) for old, new in pairs if new in created or old in removed]


def hold_pairs(work: UnitOfWork, plan: int, pairs: Pairs) -> None:
    """Hold what a plan does with these goods, in whatever order they are allowed later."""
    work.plans.hold_goods(plan, Verb.CREATE, sorted({new for _, new in pairs}), Guard.IDENTITY)
    work.plans.hold_goods(plan, Verb.REMOVE, sorted({old for old, _ in pairs}), Guard.IDENTITY)


def violation_of(context: JobContext, work: UnitOfWork, good_id: str) -> GuardViolation | None:
    """Return why a good is held for its key, with its own keys alone; None where its key did not change."""
    pairs = key_changes(context, work)
    pairs.sort(key=lambda pair: good_id not in pair)
    violation = identity_violation(pairs, context.file.called)
    if violation is None or good_id not in pairs[0]:
        return None
    return replace(violation, pairs=(pairs[0],))
