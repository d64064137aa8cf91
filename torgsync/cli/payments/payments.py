"""`torgsync payments`: where the money of each of Prom's payment methods lands."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption, FromOption, ObjectOption, ToOption, stretch
from torgsync.cli.base.program import SCHEMA, Format, program_of
from torgsync.core.text import counted
from torgsync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torgsync.core.config.settings import PaymentMethod

app = typer.Typer(help="Payment methods and where their money lands.", no_args_is_help=True)


@app.command()
def fetch(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """Fetch the payment methods that the shop has on Prom.ua; mappings are kept."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_rows
    from torgsync.files.config.objects import load_object
    from torgsync.jobs.orders.payments import fetch_methods

    file = program.object(wanted)
    with program.job(file) as job:
        found = fetch_methods(job)
    if form is not Format.TABLE:
        rows = _method_rows(load_object(file.path).settings.payment_methods)
        news = [row | {"new": row["name"] in found.added} for row in rows]
        print_rows(program, form, "payment_methods", news, columns=(*METHOD_COLUMNS, "new"))
        return
    methods = counted(found.listed, "payment method")
    program.notify(f"{methods} on Prom.ua, {len(found.added)} new in `{file.path.name}`")
    for old, new in found.renamed:
        program.notify(f"`{old}` is called `{new}` now")
    for method in found.gone:
        program.notify(f"! `{method}` is not on Prom.ua any more; its mapping is kept", style="warning")
    if found.unmapped:
        program.notify("without a place for their money:")
        for name in found.unmapped:
            program.notify(f'  torgsync payments map "{name}" --cash-register "…" -o {file.called}')


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
    form: FormatOption = Format.TABLE,
) -> None:
    """Say where the money of a payment method lands: one cash register or one current account.

    Money of the method that has no place yet goes there at once. Received money stays where it is; expected
    money is posted in the new place when it comes.
    """
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_json, print_rows
    from torgsync.files.config.objects import load_object
    from torgsync.jobs.orders.payments import map_method, settle_money

    if bool(cash_register) == bool(current_account):
        raise UsageError("give either `--cash-register` or `--current-account`")
    file = program.object(wanted)
    changed = map_method(file, method, cash_register=cash_register, current_account=current_account)
    with program.job(load_object(file.path)) as job:
        moved = settle_money(job)
    (row,) = _method_rows([changed])
    if form is Format.JSON:
        print_json({"schema": SCHEMA}, {}, {"payment_method": row, "moved_orders": moved})
        return
    if form is Format.CSV:
        print_rows(program, form, "payment_methods", [row | {"moved_orders": moved}])
        return
    program.notify(f"`{changed.name}` -> {changed.cash_register or changed.current_account}")
    if moved:
        program.notify(f"the money of {counted(moved, 'order')} that had no place is there now")


@app.command()
def report(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
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
    program.format(form)
    from torgsync.cli.base.render import print_rows
    from torgsync.core.orders.postings import sums, without_method

    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    with program.job(file) as job, job.transaction() as work:
        balances = sums(work.payments.postings(), since, until)
        unmapped, methodless = work.payments.unmapped(), work.payments.without_method()
    print_rows(
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
        columns=("place", "account", "expected", "received", "reversed", "open", "currency"),
        none=_nothing(first, last),
    )
    if form is not Format.TABLE:
        return
    if balances:
        program.notify("open: expected, and neither received nor reversed by the end of these days")
    for name, orders in sorted(unmapped.items()):
        program.notify(
            f"! the money of {counted(orders, 'order')} by `{name}` has no place yet", style="warning"
        )
        program.notify(f'hint: torgsync payments map "{name}" --cash-register "…" -o {file.called}')
    if methodless:
        program.notify(f"! {without_method(methodless)}", style="warning")


@app.command()
def postings(
    context: typer.Context,
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """List every movement of money, in the order in which it was written down.

    Amounts are never below zero; the kind tells the direction. Moved is what got another place: the money
    leaves this one and is posted anew in the next lines, and nobody paid anything back.
    """
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_rows
    from torgsync.cli.orders.receipts import POSTING_COLUMNS, posting_row

    file = program.object(wanted)
    clock = file.settings.orders.clock
    since, until = stretch(first, last, clock)
    with program.job(file) as job, job.transaction() as work:
        found = [
            posting
            for posting in work.payments.postings()
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
    rows = [posting_row(posting, clock) for posting in found]
    print_rows(program, form, "postings", rows, shown, columns=POSTING_COLUMNS, none=_nothing(first, last))


def _nothing(first: datetime | None, last: datetime | None) -> str:
    """Return what is said of days without money; of a shop without any there is nothing special to say."""
    return "no money moved on these days" if first or last else ""


@app.command("list")
def list_(context: typer.Context, wanted: ObjectOption = None, form: FormatOption = Format.TABLE) -> None:
    """List the payment methods: those without a place first, those that Prom.ua has no more last."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.base.render import print_rows

    methods = program.object(wanted).settings.payment_methods
    rows = _method_rows(sorted(methods, key=lambda method: (method.gone, method.mapped)))
    shown = [
        {key: value for key, value in row.items() if key != "gone"}
        | ({"name": f"{row['name']} (gone from Prom.ua)"} if row["gone"] else {})
        for row in rows
    ]
    print_rows(program, form, "payment_methods", rows, shown, columns=METHOD_COLUMNS)


METHOD_COLUMNS = ("id", "name", "cash_register", "current_account", "gone")


def _method_rows(methods: Iterable[PaymentMethod]) -> list[dict[str, object]]:
    return [
        {
            "id": str(method.id),
            "name": method.name,
            "cash_register": method.cash_register,
            "current_account": method.current_account,
            "gone": method.gone,
        }
        for method in methods
    ]
