"""What a run leaves to do: by that it is known whether a page about it would show what another one shows."""

from __future__ import annotations

from hashlib import blake2b

from torgsync.core.plan.outcomes import Outcome, encode_reasons
from torgsync.core.reason import write_json
from torgsync.jobs.context import JobContext
from torgsync.jobs.plan.result import PlanView
from torgsync.jobs.push.execute import RunView
from torgsync.jobs.unattended.observing import known_by
from torgsync.state.runs.change_rows import NumberedChange


def did_something(view: RunView) -> bool:
    """Return whether a run sent something, found out about an earlier import, or was no `sync`."""
    apart = view.result and (view.result.approval or view.result.undone)
    return bool(view.outcomes.get(Outcome.DONE) or view.earlier or apart)


def left_by(job: JobContext, view: RunView) -> str:
    """Return a digest of what a run leaves, equal for runs that leave the same and are ended by the same."""
    digest = blake2b(known_by(view.trouble).encode() if view.trouble else b"", digest_size=16)
    for item in PlanView(job, view.result.number).changes() if view.result else ():
        if item.outcome is not Outcome.DONE:
            digest.update(_known(item).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _known(item: NumberedChange) -> str:
    """Return a change that is held, or did not end well, without what differs from run to run."""
    change = item.change
    late = item.outcome is Outcome.DEFERRED  # the reasons name times that move on
    why = [reason.code for reason in item.reasons] if late else encode_reasons(item.reasons)
    moves = [[name, repr(field.old), repr(field.new)] for name, field in change.fields.items()]
    return write_json([change.good_id, change.prom_id, change.verb, moves, change.held, item.outcome, why])
