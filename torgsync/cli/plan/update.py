"""`torgsync update`: the table of pending changes. It never writes to Prom.ua."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.command_line import repeated
from torgsync.cli.base.errors import each
from torgsync.cli.base.findings import finding_document, finding_words
from torgsync.cli.base.options import (
    AllowOption,
    MaxLengthOption,
    ObjectOption,
    PlanFormat,
    PlanFormatOption,
    Show,
    check_length,
    named_file,
)
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import Row, print_csv, print_json
from torgsync.cli.base.streams import json_text
from torgsync.cli.plan.choice import FieldsOption, FirstOption, GoodOption, GroupOption, choice_of
from torgsync.cli.plan.documents import (
    CHANGE_COLUMNS,
    SKIPPED_COLUMNS,
    change_document,
    field_rows,
    plan_head,
    plan_tail,
)
from torgsync.cli.plan.render import foreign_documents, print_plan_table, skipped_documents
from torgsync.core.clock import shop_time
from torgsync.core.config.storages import kind_of
from torgsync.core.plan.guards import read_allowed
from torgsync.core.shell import quoted
from torgsync.errors import Exit, UsageError
from torgsync.i18n import NOTHING, _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torgsync.cli.messages.guards import Letting
    from torgsync.cli.plan.reports.document import ReportDocument
    from torgsync.core.plan.plan import Counts
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult

STATELESS = _(
    "this plan was made without the state database: products that are not in the export count as foreign; "
    "what Prom.ua does not show (groups, photos, characteristics, keywords, barcodes) was not compared; "
    "today's imports and sales are unknown"
)


def update(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: PlanFormatOption = PlanFormat.TABLE,
    max_length: MaxLengthOption = None,
    show: Annotated[Show, typer.Option("--show", help=_("Which part of the table to show."))] = Show.CHANGES,
    fields: FieldsOption = None,
    goods: GoodOption = None,
    groups: GroupOption = None,
    first: FirstOption = None,
    allow: AllowOption = None,
    full_refresh: Annotated[
        bool,
        typer.Option("--full-refresh", help=_("List everything on Prom.ua, and retry what it refused.")),
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help=_("Make no requests to Prom.ua."))] = False,
    stateless: Annotated[
        bool,
        typer.Option(
            "--stateless",
            help=_("Use no state database: products whose external id is in the export are managed."),
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help=_("Save the plan, for `sync --plan` to send."),
            metavar="FILE",
            callback=named_file,
        ),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help=_("Only print the JSON Schema of `--format json`."))
    ] = False,
    detailed_exitcode: Annotated[
        bool,
        typer.Option(
            "--detailed-exitcode", help=_("Exit with 2 when changes are pending, with 8 when all are held.")
        ),
    ] = False,
) -> None:
    """Show the pending changes. Nothing is written to Prom.ua."""
    output = form.plain
    program = program_of(context, output)
    most = check_length(context, form, max_length)
    if schema:
        from torgsync.cli.plan.schemas import UPDATE

        print(json_text(UPDATE, indent=2))  # noqa: T201  # it is the data asked for
        return
    from torgsync.jobs.plan.update import pending
    from torgsync.jobs.run import undisturbed

    _refuse_together(out, offline=offline, full_refresh=full_refresh, stateless=stateless)
    allowed, choice = read_allowed(allow or ()), choice_of(fields, goods, groups, first)
    objects = program.objects(wanted, every=True)
    if out and len(objects) > 1:
        raise UsageError(_("a saved plan is for one sync object"), hint=_("name it: `-o OBJECT`"))
    document = _document(program, form, len(objects), most)

    pending_goods = 0

    def look(file: ObjectFile) -> Exit:
        nonlocal pending_goods
        file = _from_copies(program, file) if offline else file
        with program.job(file, stateless=stateless) as real, undisturbed(real) as (job, running):
            result = pending(
                job,
                allowed=allowed,
                full_refresh=full_refresh,
                choice=choice,
                offline=offline,
                stateless=stateless,
                running=running,
            )
            if running and output is Format.CSV:
                program.notify(finding_words(running))
            if out:
                from torgsync.jobs.push.saved import save

                save(job, result, out, allowed=allowed)
            saved = quoted(str(out))
            performs = f"sync -o {file.called}"
            step = f"torgsync {performs} --plan {saved}" if out else repeated(context, performs)

            def letting(flags: str) -> str:
                again = (f"update -o {file.called}", flags, f"--out {saved}") if out else (performs, flags)
                return repeated(context, *again)

            next_step = "" if stateless else step
            remark = STATELESS if stateless else NOTHING
            if document:
                document.add_plan(job, result, next_step=next_step, letting=letting, remark=remark)
            else:
                tail = {"stateless": stateless}
                print_plan(
                    program, job, result, output, show, next_step=next_step, letting=letting, tail=tail
                )
            if remark:
                program.notify(remark)
        pending_goods += result.plan.counts.to_send
        return _code(result.plan.counts) if detailed_exitcode else Exit.DONE

    code = document.each(_("pending changes"), objects, look) if document else each(program, objects, look)
    raise typer.Exit(int(Exit.PENDING if code is Exit.HELD and pending_goods else code))


def _document(program: Program, form: PlanFormat, several: int, most: int) -> ReportDocument | None:
    """Return the document that reports are written to, None where other results are wanted."""
    if not form.is_report:
        return None
    from torgsync.cli.plan.reports.document import ReportDocument

    return ReportDocument(program, form, several, most)


def _code(counts: Counts) -> Exit:
    """Return the exit code that says whether changes are pending, and whether all of them are held."""
    if counts.to_send:
        return Exit.PENDING
    return Exit.HELD if counts.held else Exit.DONE


def _from_copies(program: Program, file: ObjectFile) -> ObjectFile:
    """Return an object whose files on servers are read from their copies, and say how old the export is."""
    from torgsync.files.catalog.content import written_at

    file = file.at_home(program.settings.fetched, offline=True)
    written = written_at(file) if kind_of(file.settings.catalog.path) else None
    if written:
        at = shop_time(written)
        program.notify(_("the export is the copy that was fetched last, written {time}", time=at))
    return file


def _refuse_together(out: Path | None, *, offline: bool, full_refresh: bool, stateless: bool) -> None:
    """Refuse options that exclude each other."""
    if offline and full_refresh:
        raise UsageError(_("`--offline` and `--full-refresh` exclude each other"))
    if out and stateless:
        raise UsageError(
            _("a plan made with `--stateless` cannot be saved: what was sent before is unknown"),
            hint=_("leave out `--out` or `--stateless`"),
        )
    if offline and stateless:
        raise UsageError(
            _("`--stateless` and `--offline` exclude each other: the first has to ask what is on Prom.ua")
        )


def print_plan(
    program: Program,
    job: JobContext,
    result: PlanResult,
    output: Format,
    show: Show,
    *,
    next_step: str,
    letting: Letting,
    tail: Row | None = None,
    more: Sequence[Row] = (),
) -> None:
    """Print a plan in a format.

    `letting` returns the command that lets through what is held; `tail` are further keys of the JSON
    document, `more` further findings.
    """
    from torgsync.jobs.plan.result import PlanResultView

    view, catalog = PlanResultView(job, result), job.file.catalog_path.name
    program.hide_progress()
    if output is Format.JSON:
        print_json(
            plan_head(result.plan),
            {
                "changes": (change_document(item.change) for item in view.changes()),
                "findings": chain((finding_document(finding, catalog) for finding in view.findings()), more),
                "skipped_goods": skipped_documents(view.skipped()),
                "foreign_products": foreign_documents(view.foreign()),
            },
            plan_tail(result.plan, letting, approved=result.approval is not None) | dict(tail or {}),
        )
    elif output is Format.CSV and show is Show.SKIPPED:
        print_csv(skipped_documents(view.skipped()), SKIPPED_COLUMNS)
    elif output is Format.CSV:
        changes = (item.change for item in view.changes())
        shown = (change for change in changes if change.held or show is not Show.HELD)
        print_csv(chain.from_iterable(map(field_rows, shown)), CHANGE_COLUMNS)
    else:
        print_plan_table(program, job, result, show, next_step=next_step, letting=letting)
