"""`torgsync payments report`."""

from __future__ import annotations

import typer

from torgsync.cli.base.options import FormatOption, FromOption, ObjectOption, ToOption, stretch
from torgsync.cli.base.program import Format, program_of


def report(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """Sum up what was expected, received and reversed in each place, and what is still open.

    Days are those on which it happened, as Prom.ua tells: an order was placed, paid or cancelled. No sum is
    below zero. Reversed is what was called off or paid back, whether or not it had been received; open is
    what was expected and neither received nor reversed at the end of the last day, whenever it was expected.
    Money that got its place later counts there from the day on which it was expected.
    """
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_rows
    from torgsync.cli.messages.findings import finding_message
    from torgsync.cli.payments.render import BALANCE_COLUMNS, balance_row, none_message, shown_balance_row
    from torgsync.jobs.orders.payments import payment_report

    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    with program.job(file) as job:
        view = payment_report(job, since, until)
    rows, shown = list(map(balance_row, view.balances)), list(map(shown_balance_row, view.balances))
    none = none_message(first, last)
    print_rows(program, output, "accounts", rows, shown, columns=BALANCE_COLUMNS, none=none)
    if output is not Format.TABLE:
        return
    if rows:
        program.notify("open: expected, and neither received nor reversed by the end of these days")
    for finding in view.findings:
        program.notify(f"! {finding_message(finding)}", style="warning")
        if method := finding.args.get("method"):
            program.notify(f'hint: torgsync payments map "{method}" --cash-register "…" -o {file.called}')
