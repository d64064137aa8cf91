"""A run of `torgsync sync` that has something to do: it is performed, then printed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.options import Only, Show
from torgsync.cli.base.program import SCHEMA, Format, Program
from torgsync.cli.base.render import print_json
from torgsync.cli.orders.render import finding_documents, notify_order_hints, orders_document, print_orders
from torgsync.cli.plan.guards import print_guards
from torgsync.cli.plan.outcomes import (
    NOTHING_SENT,
    earlier_documents,
    notify_trouble,
    outcome_documents,
    perform,
    print_earlier,
    print_kept,
    print_outcomes,
    run_document,
    trouble_of,
)
from torgsync.cli.plan.render import (
    NOTHING_CHOSEN,
    NOTHING_PENDING,
    pending_words,
    print_findings,
)
from torgsync.cli.plan.reports.kept import keep_report
from torgsync.cli.plan.update import print_plan
from torgsync.core.plan.choice import EVERYTHING
from torgsync.core.plan.guards import Allowed
from torgsync.errors import Exit
from torgsync.i18n import Message, _, composed
from torgsync.jobs.plan.result import without_open_import
from torgsync.jobs.push.execute import NewPlan

if TYPE_CHECKING:
    from torgsync.cli.messages.guards import Letting
    from torgsync.cli.plan.sync_call import SyncCall
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult
    from torgsync.jobs.push.execute import RunView


def execute(call: SyncCall, job: JobContext, only: Only | None) -> Exit:
    """Synchronise one object, or one half of it, and return its exit code."""
    job = call.runs.begin(job, only)
    allowed = call.allowed or Allowed()
    choice = call.choice or EVERYTHING
    source = call.source or NewPlan(allowed, choice)
    half = f" --only {only}" if only else ""
    again = f"torgsync sync{half} -o {job.file.called}{choice.options}"
    next_step = _("go on with: {command}", command=again)

    letting = partial(call.letting, job.file.called)

    def show(result: PlanResult) -> None:
        if call.output is Format.TABLE and result.plan.counts.changes:
            print_plan(call.program, job, result, Format.TABLE, call.show, next_step="", letting=letting)

    view = perform(
        call.program,
        job,
        None if only is Only.ORDERS else source,
        show,
        next_step,
        allowed=allowed,
        asks=call.asks,
        fetches=only is not Only.GOODS,
        waits=call.waits,
        leaves_import=call.leaves_import,
    )
    report = None if call.asks else keep_report(call.program, job, view)
    call.runs.add(job, view, report=report, fresh=call.source is None, whole=not choice.of_goods)
    if call.output is Format.JSON:
        _print_run_json(call.program, job, view, call.due, next_step, letting)
    else:
        _print_run(call.program, job, view, next_step, letting)
    return view.exit_code


def _print_run(
    program: Program, job: JobContext, view: RunView, next_step: Message, letting: Letting
) -> None:
    if view.fetched:
        print_orders(program, view.fetched)
        notify_order_hints(program, job, view.fetched)
    print_earlier(program, job, view)
    if view.declined:
        program.notify(NOTHING_SENT)
        return
    result = view.result
    if result and result.plan.counts.changes:
        print_outcomes(program, job, view, result)
    elif result:
        known = without_open_import(result) if view.import_ended else result
        print_findings(program, job, known, every=False)
        print_guards(program, result.plan, letting)
        nothing = NOTHING_CHOSEN if result.plan.pending else NOTHING_PENDING
        if held := result.plan.counts.held:
            nothing = _("{nothing}, {held} held", nothing=nothing, held=held)
        program.print(composed("{object}: {nothing}", object=result.plan.object, nothing=nothing))
        if result.plan.pending:
            program.print(pending_words(result.plan))
    print_kept(program, job, view)
    if trouble := trouble_of(view, next_step):
        notify_trouble(program, trouble)


def _print_run_json(
    program: Program,
    job: JobContext,
    view: RunView,
    due: Sequence[dict[str, str]],
    next_step: Message,
    letting: Letting,
) -> None:
    """Print what a run did as one document; `due` are the synchronization times that it was for."""
    tail: dict[str, object] = {
        **({"due": due} if due else {}),
        "orders": orders_document(view.fetched),
        **run_document(job, view),
    }
    if trouble := trouble_of(view, next_step) or (view.fetched and view.fetched.trouble):
        tail["error"] = error_document(trouble)
    findings = finding_documents(view.fetched)
    if view.result is None:
        print_json({"schema": SCHEMA, "object": job.object.name}, {"findings": findings}, tail)
        return
    tail["outcomes"] = outcome_documents(job, view.result.number)
    tail["settled"] = earlier_documents(job, view)
    print_plan(
        program,
        job,
        view.result,
        Format.JSON,
        Show.ALL,
        next_step="",
        letting=letting,
        tail=tail,
        more=findings,
    )
