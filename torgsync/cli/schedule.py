"""`torgsync schedule`: when an object is synchronised unattended, and what calls the program then."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.options import BetweenOption, DaysOption, FormatOption, ObjectOption, Only
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import pick, print_rows
from torgsync.core.clock import shop_time, utc_iso
from torgsync.core.config.schedule import Caller, is_fleet
from torgsync.errors import Exit, ObjectInvalid, TorgsyncError, UsageError
from torgsync.i18n import Message, _, _n, composed, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torgsync.core.config.schedule import Attempt
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.timetable import Timed


def list_(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """List synchronization times, with the next and the last run."""
    program = program_of(context, output)
    from torgsync.jobs.timetable import known_timetable, timetable

    rows: list[dict[str, Any]] = []
    table_rows: list[dict[str, object]] = []
    codes = []
    for slug, read in program.objects(wanted, every=True).items():
        try:
            file = read()
        except ObjectInvalid as invalid:
            if wanted is not None:
                raise
            program.warn(composed("{object}: {error}", object=slug, error=invalid.message))
            codes.append(invalid.exit_code)
            continue
        table = known_timetable(program.settings, file, program.now())
        if table is None:
            with program.job(file) as job:
                table = timetable(job)
        rows += [_render_row(file, timed) for timed in table]
        table_rows += [_render_table_row(file, timed) for timed in table]
    if output is Format.CSV:
        rows = [row | {"next": " ".join(map(str, row["next"]))} for row in rows]
    none = _("no synchronization times yet")
    print_rows(program, output, "synchronization_times", rows, table_rows, columns=COLUMNS, none=none)
    raise typer.Exit(int(Exit.worst(codes)))


COLUMNS = (
    "object", "number", "user", "every", "between", "days", "only", "due", "next", "last", "last_exit",
)  # fmt: skip


def _render_row(file: ObjectFile, timed: Timed) -> dict[str, Any]:
    time, last = timed.time, timed.last
    return {
        "object": file.settings.name,
        "number": timed.number,
        **pick(time, "user", "every"),
        "between": "-".join(time.between) if time.between else None,
        **pick(time, "days", "only"),
        "due": timed.due,
        "next": list(map(utc_iso, timed.coming)),
        "last": utc_iso(last.moment) if last else None,
        "last_exit": None if last is None or last.exit_code is None else int(last.exit_code),
    }


def _render_table_row(file: ObjectFile, timed: Timed) -> dict[str, object]:
    return {
        "no": timed.number,
        "object": file.settings.name,
        "time": (timed.time.words, timed.time.user),
        "next": (_("now"),) * timed.due + tuple(map(shop_time, timed.coming)),
        "last": _render_attempt(timed.last) if timed.last else None,
    }


def _render_attempt(last: Attempt) -> tuple[str, Message]:
    if last.exit_code is None:
        return shop_time(last.moment), _("not ended")
    ended = _("exit code {code}", code=int(last.exit_code))
    return shop_time(last.moment), ended


def add(
    context: typer.Context,
    every: Annotated[str, typer.Option("--every", help=_("How often: 30m, 2h, 1d."), metavar="INTERVAL")],
    between: BetweenOption = None,
    days: DaysOption = None,
    only: Annotated[
        Only | None, typer.Option("--only", help=_("Send only goods, or fetch only orders."))
    ] = None,
    user: Annotated[
        str | None,
        typer.Option(
            "--user",
            help=_("Who does it: COMPUTER\\USER, or `fleet` for workers; you if not given."),
            metavar="USER",
        ),
    ] = None,
    wanted: ObjectOption = None,
) -> None:
    """Add a synchronization time."""
    program = program_of(context)
    from torgsync.jobs.config import schedule
    from torgsync.jobs.timetable import timed

    file = program.object(wanted)
    me = schedule.myself()
    time = schedule.add(
        file,
        user=user or me,
        every=every,
        between=between,
        days=",".join(days) if days else None,
        only=only.value if only else None,
    )
    with program.job(program.object(wanted)) as job:
        added = timed(job, time)
    done = (
        _("{time} by `{user}`; due now, then {at:time}")
        if added.due
        else _("{time} by `{user}`; next {at:time}")
    )
    program.notify(done.filled(time=time.words, user=time.user, at=added.coming[0]))
    if file.path.parent != program.settings.objects and not is_fleet(time.user):
        program.warn(
            _("`torgsync sync --due` without `-o` looks only in `{folder}`", folder=program.settings.objects)
        )
    elif is_fleet(time.user):
        program.notify(_("next: {command}", command="torgsync fleet push DIR"))
    elif time.user == me:
        program.notify(_("next: {command}", command="torgsync schedule install"))


def install(
    context: typer.Context,
    caller: Annotated[
        Caller | None, typer.Option("--with", help=_("What starts the program; the usual one if not given."))
    ] = None,
    show: Annotated[bool, typer.Option("--print", help=_("Only show what would be installed."))] = False,
    take_out: Annotated[bool, typer.Option("--remove", help=_("Uninstall it."))] = False,
) -> None:
    """Run the schedule on this computer.

    It starts `torgsync sync --due` every few minutes, for all sync objects of this home folder.
    """
    program = program_of(context)
    from torgsync.files.config.timers import timer, usual_caller
    from torgsync.jobs.config.schedule import job_of, unknown_to_timers
    from torgsync.jobs.timetable import own_times

    if show and take_out:
        raise UsageError(_("give either `--print` or `--remove`, not both"))
    files = list(_readable(program))
    job = job_of(program.settings, files)
    entry = timer(caller or usual_caller(), job)
    if show:
        sys.stdout.write(entry.text)
        return
    if take_out:
        program.notify(_("uninstalled") if entry.remove() else _("there was nothing to uninstall"))
        return
    place = entry.install()
    program.notify(_("installed in {place}", place=place))
    program.notify(
        _n(
            "every {count} minute it checks whether a synchronization time has come{condition}",
            "every {count} minutes it checks whether a synchronization time has come{condition}",
            job.minutes,
            condition=entry.condition,
        )
    )
    for what, cure in unknown_to_timers(files):
        program.warn(_("{what} may be unknown there", what=what))
        if cure:
            program.hint(cure)
    if not any(own_times(file) for file in files):
        program.warn(_("`{user}` has no synchronization time, so nothing will run", user=job.user))
        program.hint(verbatim("torgsync schedule add --every 30m --between 08:00-21:00"))


def _readable(program: Program) -> Iterator[ObjectFile]:
    """Yield every object of the home that has no mistakes; `sync --due` reports those of the others."""
    from torgsync.files.config.objects import list_objects, load_object

    for path in list_objects(program.settings.objects):
        try:
            yield load_object(path)
        except TorgsyncError as wrong:
            program.warn(wrong.message)


def remove(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help=_("Its number, as `list` shows it."), metavar="NUMBER")],
    wanted: ObjectOption = None,
) -> None:
    """Remove a synchronization time."""
    program = program_of(context)
    from torgsync.jobs.config import schedule

    file = program.object(wanted)
    gone = schedule.remove(file, number)
    program.notify(
        _(
            "`{name}`: removed the synchronization time {time} by `{user}`",
            name=file.settings.name,
            time=gone.words,
            user=gone.user,
        )
    )
