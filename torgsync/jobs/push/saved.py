"""Saves plans, and brings a saved one up to what may still go.

A saved plan is not performed as it stands: a plan is made anew, and of that only what was looked at goes. So
nothing is sent that the guards of today would hold, and nothing that moved since.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import xxhash

from torgsync.core.mapping.mapper import rules_version
from torgsync.core.plan.guards import Allowed, read_allowed
from torgsync.core.plan.saved import SavedPlan, gone, refused, settle, stale
from torgsync.errors import PlanStale
from torgsync.files.config.settings import who
from torgsync.files.plan.plan_file import read_changes, write_plan
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.budget import recounted
from torgsync.jobs.plan.result import PlanResult
from torgsync.jobs.plan.update import update
from torgsync.jobs.push.rollback import plan_back
from torgsync.jobs.push.sync import usual_rows
from torgsync.jobs.run import Run
from torgsync.prom.api import Prom
from torgsync.state.runs.plans import State
from torgsync.state.store import UnitOfWork

NAMED = 3
"""Goods that are named where nothing of a saved plan is left."""


def save(
    context: JobContext, made: PlanResult, path: Path, *, allowed: Allowed, only: tuple[str, ...]
) -> None:
    """Write a plan that was just made to a file."""
    plan = made.plan
    user, host, _ = who()
    with context.transaction() as work:
        now = _fingerprints(context, work)
        head = SavedPlan(
            id=plan.id,
            object=plan.object,
            made=plan.made,
            user=user,
            host=host,
            counts=plan.counts,
            fields=only,
            allow=allowed.flags,
            undoes=made.undone.run if made.undone else 0,
            **now,
        )
        write_plan(path, head, (item.change for item in work.plans.changes(made.number)))


def _fingerprints(context: JobContext, work: UnitOfWork, but: int = 0) -> dict[str, str]:
    """Return what tells whether anything has moved since: settings and rules, export, what is remembered.

    The run `but` is none that performed anything yet.
    """
    state = xxhash.xxh3_64()
    settings = context.object.model_dump_json(exclude={"api_key", "synchronization_times", "payment_methods"})
    state.update(f"{rules_version()}\x1f{settings}".encode())
    export, _ = work.object_state.reading()
    return {
        "settings": state.hexdigest(),
        "export": export,
        "state": f"{work.journal.last_run(but)}/{work.object_state.current_look()}",
    }


def refuse_stale(context: JobContext, saved: SavedPlan) -> None:
    """Raise PlanStale where a saved plan as a whole is out of date, before anything is done."""
    with context.transaction() as work:
        now = _fingerprints(context, work)
    if why := stale(saved, now):
        raise _stale(saved, context, why)


def prepare_saved(context: JobContext, prom: Prom, run: Run, saved: SavedPlan, path: Path) -> PlanResult:
    """Return what of a saved plan may still go, as the plan of a run.

    Changes of goods that moved since are in it as refused ones. Raises PlanStale where all of them did.
    """
    allowed = read_allowed(saved.allow)
    with context.transaction() as work:
        before = _fingerprints(context, work, but=run.number)
    if saved.undoes:
        made = plan_back(context, prom, saved.undoes, allowed=allowed, run=run.number)
    else:
        made = update(context, prom, allowed=allowed, only=saved.fields, shop_verified=True, run=run.number)
    with context.transaction() as work:
        number = work.plans.begin_beside(context.now())
        seq = kept = 0
        lost: list[str] = []
        for change in read_changes(path):
            verdict = settle(change, work.plans.of_good(made.number, change.good_id, change.prom_id))
            if verdict.moved and change.held:
                continue  # it would not have gone anyway
            parts = [refused(change)] if verdict.moved else list(verdict.go)
            if change.held:
                parts = [replace(part, held=part.held or change.held) for part in parts]
            kept += not verdict.moved
            work.plans.add(number, parts)
            seq += len(parts)
            if verdict.moved:
                lost.append(f"good {change.good_id}: {verdict.moved}")
                work.plans.settle(number, {seq: (State.REFUSED, verdict.moved)})
        if saved.undoes:
            work.journal.turns_back(run.number, number, saved.undoes)
        else:
            work.journal.plan_of_run(run.number, number, usual_rows(made.plan))
        plan = recounted(context, work, made.plan, number)
    if seq and not kept:
        with context.transaction() as work:
            export = _fingerprints(context, work)["export"]
        more = f"; and {len(lost) - NAMED} more" if len(lost) > NAMED else ""
        why = gone(saved, {**before, "export": export})
        raise _stale(saved, context, f"{why}; {'; '.join(lost[:NAMED])}{more}")
    return replace(made, plan=plan, number=number)


def _stale(saved: SavedPlan, context: JobContext, why: str) -> PlanStale:
    makes = f"rollback {saved.undoes}" if saved.undoes else "update"
    return PlanStale(
        f"the saved plan of `{saved.object}` is out of date: {why} (made {saved.made:%Y-%m-%d %H:%M} UTC)",
        hint=f"look anew: torgsync {makes} -o {context.file.called} --out FILE",
    )
