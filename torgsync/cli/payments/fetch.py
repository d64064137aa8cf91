"""`torgsync payments fetch`."""

from __future__ import annotations

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.core.text import counted


def fetch(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """Fetch the payment methods that the shop has on Prom.ua; mappings are kept."""
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_rows
    from torgsync.cli.payments.render import METHOD_COLUMNS, method_rows
    from torgsync.jobs.orders.payments import fetch_methods

    file = program.object(wanted)
    with program.job(file) as job:
        fetched = fetch_methods(job)
    if output is not Format.TABLE:
        rows = [row | {"new": row["name"] in fetched.added} for row in method_rows(fetched.methods)]
        print_rows(program, output, "payment_methods", rows, columns=(*METHOD_COLUMNS, "new"))
        return
    methods = counted(fetched.listed, "payment method")
    program.notify(f"{methods} on Prom.ua, {len(fetched.added)} new in `{file.path.name}`")
    for old, new in fetched.renamed:
        program.notify(f"`{old}` is called `{new}` now")
    for method in fetched.gone:
        program.notify(f"! `{method}` is not on Prom.ua any more; its mapping is kept", style="warning")
    if fetched.unmapped:
        program.notify("without a place for their money:")
        for name in fetched.unmapped:
            program.notify(f'  torgsync payments map "{name}" --cash-register "…" -o {file.called}')
