"""What a plan costs, from the changes that nothing holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from torgsync.core.plan.channels import IMPORT_WINDOW, Budget, budget
from torgsync.core.plan.diff import Verb
from torgsync.core.plan.plan import MOVED, Plan
from torgsync.core.product.fields import Channel
from torgsync.jobs.context import JobContext
from torgsync.state.store import UnitOfWork

Going = Mapping[tuple[Verb, Channel], int]
"""Changes that nothing holds, counted by verb and channel."""


def going_changes(work: UnitOfWork, number: int) -> Going:
    """Return how many changes of a plan nothing holds."""
    counts = work.plans.counts(number)
    return {(verb, channel): count for (verb, channel, held), count in counts.items() if not held}


def offers_of(going: Going) -> int:
    """Return how many changes need the import."""
    return sum(count for (_, channel), count in going.items() if channel is Channel.IMPORT)


def budget_of(context: JobContext, work: UnitOfWork, going: Going) -> Budget:
    """Return what a plan costs, and how many imports are left today."""
    offers = offers_of(going)
    used = work.journal.imports_since(context.now() - IMPORT_WINDOW)
    return budget(
        edits=sum(going.values()) - offers + going.get((Verb.CREATE, Channel.IMPORT), 0),
        imports=1 if offers else 0,
        offers=offers,
        imports_left=max(0, context.object.limits.imports_per_day - used),
    )


def recounted(context: JobContext, work: UnitOfWork, plan: Plan, number: int) -> Plan:
    """Return a plan with the sums of the changes that the state keeps under another number."""
    plans, going = work.plans, going_changes(work, number)
    create, update, remove = (plans.goods(number, verb) for verb in Verb)
    held = plans.held_goods(number, but=MOVED)
    return replace(
        plan,
        id=plans.digest(number),
        counts=replace(plan.counts, create=create, update=update, remove=remove, held=held),
        budget=budget_of(context, work, going),
        offers=offers_of(going),
    )
