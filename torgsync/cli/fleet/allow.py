"""`torgsync fleet allow`: let through for a while what is held because many shops show the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption
from torgsync.cli.base.program import Format, program_of
from torgsync.cli.base.render import print_result
from torgsync.cli.fleet.guard_words import guard_lines, guard_rows
from torgsync.core.plan.plan_guards import KINDS
from torgsync.core.text import did_you_mean
from torgsync.errors import UsageError
from torgsync.i18n import _

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
COLUMNS = ("guard", "held", "shops", "known", "since", "until", "user", "host", "at")


def allow(
    context: typer.Context,
    kind: Annotated[
        str | None,
        typer.Argument(
            help=_("The guard of the kind; without it, show what is held and let through."),
            metavar="KIND",
        ),
    ] = None,
    time: Annotated[
        str | None,
        typer.Option("--for", help=_("For how long, 5m to 24h; 1h if left out."), metavar="INTERVAL"),
    ] = None,
    end: Annotated[bool, typer.Option("--end", help=_("End it: hold the kind again from now on."))] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Let a kind of changes through in all shops for a while, though many shops show the same.

    The decision ends by itself, and a new one takes its place. What a guard holds in a shop on its own
    account stays held there.
    """
    program = program_of(context, output)
    now = program.now()
    until = now if end else now + _time(time or "1h")
    _refuse_odd(kind, time, end=end)
    from torgsync.jobs.fleet.guard import allow as allow_kind
    from torgsync.jobs.fleet.guard import fleet_guard

    guard = fleet_guard(program.settings, now)
    if kind is not None:
        if not end and kind not in guard.closed:
            program.notify(_("no change of this kind is held in many shops now"))
        guard = allow_kind(program.settings, kind, until, now)

    def for_people() -> None:
        for line in guard_lines(guard):
            program.print(line)
        if not guard:
            program.notify(_("nothing is held in many shops, and nothing is let through"))

    rows = list(guard_rows(guard))
    print_result(output, rows, for_people, columns=COLUMNS, lists={"guards": rows})


def _refuse_odd(kind: str | None, time: str | None, *, end: bool) -> None:
    """Raise UsageError for a guard that there is not, and for options that mean nothing together."""
    known = list(map(str, KINDS))
    if end and time:
        raise UsageError(_("`--end` and `--for` exclude each other"), hint=_("give one of them"))
    if kind is None and (end or time):
        raise UsageError(
            _("`{option}` needs the guard that it is for", option="--end" if end else "--for"),
            hint=_("the guards are {known:quoted}", known=known),
        )
    if kind is not None and kind not in known:
        raise UsageError(
            _("no guard is called `{given}`{near}", given=kind, near=did_you_mean(kind, known)),
            hint=_("the guards are {known:quoted}", known=known),
        )


def _time(text: str) -> timedelta:
    """Return the duration of an option. Raises UsageError where it is none, too short or too long."""
    from torgsync.core.config.schedule import read_step

    try:
        time = read_step(text)
    except ValueError:
        time = timedelta()
    if not SHORTEST <= time <= LONGEST:
        raise UsageError(
            _("`--for {given}` cannot be used", given=text),
            hint=_("give a time from 5 minutes to 24 hours, such as `30m` or `2h`"),
        )
    return time
