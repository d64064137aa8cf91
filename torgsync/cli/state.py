"""`torgsync state`: the database of a home as a whole: check it, back it up, go back to a backup."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.options import FormatOption
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import pick, print_result
from torgsync.cli.messages.template import fill
from torgsync.core.counts import megabytes, row_count
from torgsync.core.shell import command
from torgsync.errors import Exit, UsageError
from torgsync.i18n import _, composed, joined, verbatim

if TYPE_CHECKING:
    from torgsync.jobs.state import StateReport


def check(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """Check the database and show what is in it.

    Details of old runs that are no longer kept are removed.
    """
    program = program_of(context, output)
    from torgsync.jobs.state import check_state

    report = check_state(program.settings, program.now())
    found = report.check
    rows = [{"table": table, "rows": count} for table, count in found.rows.items()]
    schemas = {"state_schema": found.schema, "newest_schema": found.newest}
    head = {**pick(found, "place", "size", "whole"), **schemas}
    tail = {
        "rows": found.rows,
        "objects": dict(found.objects),
        "unknown": list(report.unknown),
        "orphans": found.orphans,
        "removed": [{"object": slug, **asdict(removed)} for slug, removed in report.removed.items()],
        "space": pick(report.space, "unused", "given_back", "kept"),
        "not_removed": error_document(report.trouble) if report.trouble else None,
        "error": error_document(found.error) if found.error else None,
        "exit": int(report.exit_code),
    }
    faults = {"faults": [_fault_document(fault) for fault in found.faults]}
    print_result(output, rows, lambda: _print_report(program, report), head=head, lists=faults, tail=tail)
    raise typer.Exit(int(report.exit_code))


def _fault_document(fault: Any) -> dict[str, object]:  # noqa: ANN401  # the state's own kind
    from torgsync.cli.messages.state import fault_message

    return {
        "code": str(fault.fault),
        "table": fault.table or None,
        "words": fault.words or None,
        "message": fault_message(fault),
    }


def _print_report(program: Program, report: StateReport) -> None:
    from torgsync.cli.messages import state as messages

    found = report.check
    facts = [verbatim(str(found.place))]
    if found.size:
        facts.append(megabytes(found.size))
    if found.schema:
        facts.append(_("schema {number}", number=found.schema))
    program.print(joined(", ", facts))
    for slug, count in sorted(found.objects.items()):
        if slug not in report.unknown:
            program.print(composed("  {object}: {rows}", object=slug, rows=row_count(count)))
    for table, count in found.orphans.items():
        program.print(composed("! {words}", words=messages.orphans_message(table, count)), style="warning")
    for slug in report.unknown:
        program.print(composed("  {words}", words=messages.unknown_message(slug, found.objects[slug])))
    wrong = [messages.fault_message(fault) for fault in found.faults]
    for message in [*wrong, *([found.error.message] if found.error else [])]:
        program.print(composed("✗ {words}", words=message), style="error")
    if not found.whole:
        restore_it = fill(messages.RESTORE, {"command": report.restore})
        other = found.error.hint if found.error and found.error.hint else messages.UPDATE
        program.hint(restore_it if report.damaged else other)
    else:
        _print_whole(program, report)


def _print_whole(program: Program, report: StateReport) -> None:
    """Print what was removed from a whole state, and that it is whole."""
    from torgsync.cli.messages import state as messages

    found = report.check
    for line in messages.upkeep_lines(report.removed, report.space):
        program.print(line)
    if report.trouble:
        why = fill(messages.NOT_REMOVED, {"why": report.trouble.message})
        program.print(composed("! {words}", words=why), style="warning")
    program.print(messages.WHOLE, style="success")
    if found.schema and found.schema < found.newest:
        program.notify(fill(messages.OLDER, {"schema": found.schema, "newest": found.newest}))


def backup(
    context: typer.Context,
    target: Annotated[
        Path | None,
        typer.Argument(
            help=_("The new file, or a folder for it; next to the state if not given."), metavar="FILE"
        ),
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Copy the state to a new file.

    This works also during a run. The file has the names and phones of buyers: keep it safe.
    """
    program = program_of(context, output)
    from torgsync.jobs.state import back_up_state

    made = back_up_state(program.settings, target, program.now())
    document = {"path": str(made.path), "size": made.size, "state_schema": made.schema}

    def show() -> None:
        program.print(verbatim(str(made.path)))
        program.notify(_("go back to it with: {command}", command=command("state restore", str(made.path))))

    print_result(output, [document], show, head={"backup": document, "exit": int(Exit.DONE)})


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=_("A file that `state backup` wrote."), metavar="FILE")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Replace the state with a backup. The replaced state is kept."""
    program = program_of(context, output)
    from torgsync.cli.messages.state import SINCE
    from torgsync.jobs.state import place_of_state, require_backup, restore_state

    require_backup(file)
    if not yes:
        if not program.asks:
            raise UsageError(
                _("there is no terminal to ask on, so nothing was replaced"),
                hint=_(
                    "to replace the state without a question: {command}",
                    command=command("state restore", str(file), options="--yes"),
                ),
            )
        program.warn(SINCE)
        question = _(
            "Replace `{state}` with `{backup}`?", state=place_of_state(program.settings), backup=file
        )
        if not program.confirm(question):
            program.notify(_("nothing was changed"))
            raise typer.Exit(int(Exit.ERROR))
    done = restore_state(program.settings, file, program.now())
    replaced = str(done.replaced) if done.replaced else None
    document = {"path": str(done.backup), "state_schema": done.schema, "replaced": replaced}

    def show() -> None:
        program.notify(_("the state is now that of `{backup}`", backup=done.backup), style="success")
        if replaced:
            program.notify(
                _(
                    "the previous state is kept; go back to it with: {command}",
                    command=command("state restore", replaced),
                )
            )
        program.warn(SINCE)
        program.notify(
            _("next: `torgsync state check`, then {command}", command="torgsync update --full-refresh")
        )

    print_result(output, [document], show, head={"restored": document, "exit": int(Exit.DONE)})


def move(
    context: typer.Context,
    address: Annotated[
        str,
        typer.Argument(
            help=_("The address of an empty database: `sqlite:///…` or `postgresql://…`."), metavar="URL"
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Move the state to another database, such as from SQLite to PostgreSQL.

    The old state stays as it is. All of it is copied and compared, or nothing.
    """
    program = program_of(context, output)
    from torgsync.cli.messages.state import ONE_STATE
    from torgsync.jobs.state import move_state, require_target

    planned = require_target(program.settings, address)
    if not yes:
        if not program.asks:
            raise UsageError(
                _("there is no terminal to ask on, so nothing was moved"),
                hint=_(
                    "to move the state without a question: {command}",
                    command=command("state move", planned.address or "URL", options="--yes"),
                ),
            )
        question = _("Move the state from `{old}` to `{new}`?", old=planned.source, new=planned.target)
        if not program.confirm(question):
            program.notify(_("nothing was changed"))
            raise typer.Exit(int(Exit.ERROR))
    moved = move_state(program.settings, address, program.now(), program.notify)
    document = {"from": moved.source, "to": moved.target, "state_schema": moved.schema, "rows": moved.rows}

    def show() -> None:
        rows = row_count(sum(moved.rows.values()))
        program.notify(
            _("the state is in `{place}` now: {rows}, compared one by one", place=moved.target, rows=rows),
            style="success",
        )
        if moved.address:
            program.notify(_("from now on, set `TORGSYNC_STATE` to `{address}`", address=moved.address))
        else:
            program.notify(_("from now on, set `TORGSYNC_STATE` to the address that you gave"))
        program.warn(ONE_STATE.filled(old=moved.source))

    print_result(output, [document], show, head={"moved": document, "exit": int(Exit.DONE)})
