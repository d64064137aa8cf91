"""`torgsync payments`: where the money of each of Prom's payment methods lands."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.context import Format, program_of
from torgsync.cli.options import FormatOption, FromOption, ObjectOption, ToOption, stretch
from torgsync.core.words import counted
from torgsync.errors import UsageError

app = typer.Typer(help="Payment methods and where their money lands.", no_args_is_help=True)


@app.command()
def fetch(context: typer.Context, wanted: ObjectOption = None) -> None:
    """Fetch the payment methods that the shop has on Prom.ua; mappings are kept."""
    program = program_of(context)
    from torgsync.jobs.payments import fetch_methods

    file = program.object(wanted)
    with program.desk(file) as desk:
        found = fetch_methods(desk)
    methods = counted(found.listed, "payment method")
    program.say(f"{methods} on Prom.ua, {len(found.added)} new in `{file.path.name}`")
    for old, new in found.renamed:
        program.say(f"`{old}` is called `{new}` now")
    for method in found.gone:
        program.say(f"! `{method}` is not on Prom.ua any more; its mapping is kept", style="warning")
    if found.unmapped:
        program.say("without a place for their money:")
        for name in found.unmapped:
            program.say(f'  torgsync payments map "{name}" --cash-register "…" -o {file.called}')


@app.command("map")
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
) -> None:
    """Say where the money of a payment method lands: one cash register or one current account."""
    program = program_of(context)
    from torgsync.files.objects import load_object
    from torgsync.jobs.payments import map_method, settle_money

    if bool(cash_register) == bool(current_account):
        raise UsageError("give either `--cash-register` or `--current-account`")
    file = program.object(wanted)
    changed = map_method(file, method, cash_register=cash_register, current_account=current_account)
    program.say(f"`{changed.name}` -> {changed.cash_register or changed.current_account}")
    with program.desk(load_object(file.path)) as desk:
        moved = settle_money(desk)
    if moved:
        program.say(f"the money of {counted(moved, 'order')} that had no place is there now")


@app.command()
def report(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """Sum up what was expected, received and reversed in each place, and what is still open.

    Days are those on which it happened, as Prom.ua tells: an order was placed, paid or cancelled.
    """
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import show_rows
    from torgsync.core.payments import NOWHERE, sums

    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    with program.desk(file) as desk, desk.memory() as memory:
        balances = sums(memory.payments.postings(), since, until)
    show_rows(
        program,
        form,
        "accounts",
        [
            {
                "place": balance.place,
                "account": balance.account or None,
                "expected": str(balance.expected),
                "received": str(balance.received),
                "reversed": str(balance.reversed),
                "open": str(balance.open),
                "currency": balance.currency,
            }
            for balance in balances
        ],
        [
            {
                "account": balance.account or balance.place,
                "expected": str(balance.expected),
                "received": str(balance.received),
                "reversed": str(balance.reversed),
                "open": str(balance.open),
                "in": balance.currency,
            }
            for balance in balances
        ],
    )
    if form is Format.TABLE and any(one.place == NOWHERE and one.expected > one.reversed for one in balances):
        program.say(f"hint: some money has no place yet: torgsync payments list -o {file.called}")


@app.command()
def postings(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """List every movement of money, in the order in which it was written down."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.receipts import posting_row
    from torgsync.cli.show import show_rows

    file = program.object(wanted)
    clock = file.settings.orders.clock
    since, until = stretch(first, last, clock)
    with program.desk(file) as desk, desk.memory() as memory:
        found = [
            posting
            for posting in memory.payments.postings()
            if (since is None or posting.at >= since) and (until is None or posting.at < until)
        ]
    shown = [
        {
            "at": f"{posting.at.astimezone(clock):%d.%m.%Y %H:%M}",
            "order": posting.order_id,
            "kind": str(posting.kind),
            "account": posting.account or posting.place,
            "amount": f"{posting.amount} {posting.currency}",
        }
        for posting in found
    ]
    show_rows(program, form, "postings", [posting_row(posting, clock) for posting in found], shown)


@app.command("list")
def list_(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the payment methods: those without a place first, those that Prom.ua has no more last."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import show_rows

    methods = program.object(wanted).settings.payment_methods
    rows = [
        {
            "id": str(method.id),
            "name": method.name,
            "cash_register": method.cash_register,
            "current_account": method.current_account,
            "gone": method.gone,
        }
        for method in sorted(methods, key=lambda method: (method.gone, method.mapped))
    ]
    shown = [
        {key: value for key, value in row.items() if key != "gone"}
        | ({"name": f"{row['name']} (gone from Prom.ua)"} if row["gone"] else {})
        for row in rows
    ]
    show_rows(program, form, "payment_methods", rows, shown)
