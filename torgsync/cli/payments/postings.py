"""`torgsync payments postings`."""

from __future__ import annotations

import typer

from torgsync.cli.base.options import FormatOption, FromOption, ObjectOption, ToOption, stretch
from torgsync.cli.base.program import Format, program_of


def postings(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """List every movement of money, in the order in which it was written down.

    Amounts are never below zero; the kind tells the direction. Moved is what got another place: the money
    leaves this one and is posted anew in the next lines, and nobody paid anything back.
    """
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_rows
    from torgsync.cli.payments.render import POSTING_COLUMNS, none_message, posting_row, shown_posting_row
    from torgsync.jobs.orders.payments import list_postings

    file = program.object(wanted)
    clock = file.settings.orders.clock
    since, until = stretch(first, last, clock)
    with program.job(file) as job:
        movements = list_postings(job, since, until)
    shown = [shown_posting_row(posting, clock) for posting in movements]
    rows = [posting_row(posting, clock) for posting in movements]
    none = none_message(first, last)
    print_rows(program, output, "postings", rows, shown, columns=POSTING_COLUMNS, none=none)
