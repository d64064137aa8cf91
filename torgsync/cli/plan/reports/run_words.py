"""What a run did, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from torgsync.cli.messages.words import time_words
from torgsync.cli.plan.outcomes import asked_words, outcome_count
from torgsync.errors import Exit
from torgsync.i18n import Message, _, _n, composed, joined

if TYPE_CHECKING:
    from torgsync.jobs.run import PastRun
    from torgsync.state.runs.history import RunRecord, WrittenIds
    from torgsync.state.runs.journal import Overridden

STATES: dict[str, Message] = {
    "finished": _("finished"),
    "running": _("running"),
    "died": _("interrupted"),
}
"""How far a run is, by its `RunState`."""


def did(past: PastRun) -> Iterator[Message]:
    """Yield what a run did, a line each."""
    record = past.record
    if record.undoes and record.turned_back:
        yield _("rolled back run {run}", run=record.undoes)
    elif record.undoes:
        yield _("was to roll back run {run}", run=record.undoes)
    outcomes = joined(
        ", ", (outcome_count(name, number) for name, number in record.outcomes.items() if number)
    )
    if record.exit_code == Exit.STALE:  # Prom was not asked, so it refused nothing
        outcomes = stale_words(record)
    rest = [*_fetched(past), *_shipped(past), *(_wrote(record.ids) if record.ids else ())]
    if outcomes or not rest:
        yield outcomes or _nothing(past)
    yield from rest
    yield asked_words(record.requests, record.imports)
    for opened in record.overrides:
        yield opened_words(opened)
    if record.kept:
        yield _("what it held was kept as the plan `{name}`", name=record.kept)
    if past.undone_by:
        yield _("rolled back by run {runs}", runs=list(past.undone_by))


def stale_words(record: RunRecord) -> Message:
    """Return what was out of date: a saved plan, or what an earlier run had held."""
    if record.stale is None:
        return _("its plan was out of date")
    return _(
        "`approve`: what the plan `{name}` of run {run} held was out of date",
        name=record.stale.name,
        run=record.stale.run,
    )


def opened_words(opened: Overridden) -> Message:
    """Return what a person let through: of a plan that is made for it, or of one that an earlier run kept."""
    allowed, of = opened.override.allowed, opened.override.observed
    if "plan" not in of:
        return _("`--allow {allowed}`, by {user}", allowed=allowed, user=opened.user)
    return _(
        "approved from the plan `{name}` of run {run}, by {user}: {allowed}",
        name=of["plan"],
        run=of["plan_run"],
        user=opened.user,
        allowed=allowed,
    )


def _wrote(ids: WrittenIds) -> Iterator[Message]:
    if ids.changed:
        yield _n(
            "{count} product changed in more than the external id",
            "{count} products changed in more than the external id",
            ids.changed,
        )
    if ids.open:
        yield _("the outcome of its import of external ids is not known yet")
    if ids.written or not (ids.changed or ids.open):
        yield _n("{count} external id written", "{count} external ids written", ids.written)


def _nothing(past: PastRun) -> Message:
    """Return that a run changed nothing, in the words of what it was for."""
    record = past.record
    if record.plan is not None:
        return _("no changes")
    if not record.requests:
        return _("orders or clients, on this computer only")
    return _("no new orders") if record.exit_code in (Exit.DONE, Exit.HELD) else _("nothing was done")


def _fetched(past: PastRun) -> Iterator[Message]:
    """Yield how many orders a run fetched: new ones, and new versions."""
    if past.record.orders:
        record = past.record
        changed = record.orders - record.new_orders
        yield _("orders fetched: {new} new, {changed} changed", new=record.new_orders, changed=changed)


def _shipped(past: PastRun) -> Iterator[Message]:
    """Yield what `orders ship` did."""
    record = past.record
    if record.parcels:
        yield _n("{count} parcel number saved", "{count} parcel numbers saved", record.parcels)
    if record.messages:
        yield _n("{count} message sent to buyers", "{count} messages sent to buyers", record.messages)
    if record.unclear_messages:
        yield _n(
            "{count} message to a buyer: unknown whether it was sent",
            "{count} messages to buyers: unknown whether they were sent",
            record.unclear_messages,
        )


def ended_words(past: PastRun) -> Message:
    """Return whether and how a run ended."""
    from torgsync.jobs.run import RunState

    record = past.record
    if past.state is RunState.RUNNING:
        return _("it is still running, process {pid}", pid=record.holder.pid)
    if record.finished is None:
        return _("it was interrupted; the next run finishes checking what it left open")
    took = time_words(record.finished - record.started)
    if past.state is RunState.DIED:
        return _(
            "it was interrupted after {took}; a later run finished checking what it left open", took=took
        )
    return _("it took {took}, exit code {code}", took=took, code=record.exit_code)


def request_outcome(outcome: str) -> Message:
    """Return how a request ended; the kind of an error is a code."""
    if outcome == "done":
        return _("done")
    return composed("`{kind}`", kind=outcome) if outcome else _("no answer")
