"""`torgsync payments list`."""

from __future__ import annotations

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of


def list_(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """List the payment methods: those without a place first, those that Prom.ua has no more last."""
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_rows
    from torgsync.cli.payments.render import METHOD_COLUMNS, method_rows, shown_method_rows

    methods = program.object(wanted).settings.payment_methods
    rows = method_rows(sorted(methods, key=lambda method: (method.gone, method.mapped)))
    shown = shown_method_rows(rows)
    print_rows(program, output, "payment_methods", rows, shown, columns=METHOD_COLUMNS)
