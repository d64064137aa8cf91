"""`torgsync payments map`."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.core.text import counted
from torgsync.errors import UsageError


def map_(
    context: typer.Context,
    method: Annotated[str, typer.Argument(help="Name or id of the payment method.", metavar="METHOD")],
    cash_register: Annotated[
        str | None, typer.Option("--cash-register", help="Cash register where its money lands.")
    ] = None,
    current_account: Annotated[
        str | None, typer.Option("--current-account", help="Current account where its money lands.")
    ] = None,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Say where the money of a payment method lands: one cash register or one current account.

    Money of the method that has no place yet goes there at once. Received money stays where it is; expected
    money is posted in the new place when it comes.
    """
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_result
    from torgsync.cli.payments.render import method_rows
    from torgsync.files.config.objects import load_object
    from torgsync.jobs.orders.payments import map_method, settle_money

    if bool(cash_register) == bool(current_account):
        raise UsageError("give either `--cash-register` or `--current-account`")
    file = program.object(wanted)
    changed = map_method(file, method, cash_register=cash_register, current_account=current_account)
    with program.job(load_object(file.path)) as job:
        moved = settle_money(job)

    def notify() -> None:
        program.notify(f"`{changed.name}` -> {changed.cash_register or changed.current_account}")
        if moved:
            program.notify(f"the money of {counted(moved, 'order')} that had no place is there now")

    (row,) = method_rows([changed])
    tail = {"payment_method": row, "moved_orders": moved}
    print_result(output, [row | {"moved_orders": moved}], notify, tail=tail)
