"""`torgsync payments`: where the money of each of Prom's payment methods goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.costs import COST_COLUMNS, cost_columns
from torgsync.cli.base.options import FormatOption, FromOption, ObjectOption, ToOption, stretch
from torgsync.cli.base.program import NOT_ASKED, Format, Program, program_of
from torgsync.cli.base.render import pick, print_result, print_rows
from torgsync.cli.messages.costs import costs_messages
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.words import account_word, posting_word
from torgsync.core.clock import shop_time, utc_iso
from torgsync.core.config.accounts import map_command
from torgsync.core.config.settings import PaymentMethod
from torgsync.core.orders.postings import Posting
from torgsync.errors import Exit, UsageError
from torgsync.i18n import Message, _, _n, composed

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile


def fetch(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """Fetch the shop's payment methods from Prom.ua. Mappings are kept."""
    program = program_of(context, output)
    from torgsync.jobs.orders.payments import fetch_methods

    file = program.object(wanted)
    with program.job(file) as job:
        fetched = fetch_methods(job)
    if output is not Format.TABLE:
        rows = [row | {"new": row["name"] in fetched.added} for row in _method_rows(fetched.methods)]
        print_rows(program, output, "payment_methods", rows, columns=(*METHOD_COLUMNS, "new"))
        return
    program.notify(
        _n(
            "{count} payment method on Prom.ua, {new} new in `{file}`",
            "{count} payment methods on Prom.ua, {new} new in `{file}`",
            fetched.listed,
            new=len(fetched.added),
            file=file.path.name,
        )
    )
    for old, new in fetched.renamed:
        program.notify(_("`{old}` is now called `{new}`", old=old, new=new))
    for method in fetched.gone:
        program.warn(_("`{method}` is no longer on Prom.ua; its mapping is kept", method=method))
    if fetched.unmapped:
        program.notify(_("no cash register or account chosen yet for:"))
        for name in fetched.unmapped:
            program.notify(composed("  {command}", command=map_command(name, file.called)))


def list_(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """List the payment methods.

    Those without a cash register or account come first, those no longer on Prom.ua last.
    """
    program = program_of(context, output)
    methods = program.object(wanted).settings.payment_methods
    rows = _method_rows(sorted(methods, key=lambda method: (method.gone, method.mapped)))
    shown = [
        {key: value for key, value in row.items() if key != "gone"}
        | ({"name": _("{name} (gone from Prom.ua)", name=row["name"])} if row["gone"] else {})
        for row in rows
    ]
    none = _("no payment methods yet")
    print_rows(program, output, "payment_methods", rows, shown, columns=METHOD_COLUMNS, none=none)


def map_(
    context: typer.Context,
    method: Annotated[
        str | None, typer.Argument(help=_("Name or id of the payment method."), metavar="METHOD")
    ] = None,
    cash_register: Annotated[
        str | None, typer.Option("--cash-register", help=_("Cash register for its money."), metavar="NAME")
    ] = None,
    current_account: Annotated[
        str | None,
        typer.Option("--current-account", help=_("Current account for its money."), metavar="ACCOUNT"),
    ] = None,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Choose where the money of a payment method goes.

    It is one cash register or one current account. On a terminal you are asked for what is not given.
    Money of the method that has none yet goes there at once. Money already received stays where it is;
    expected money is posted to the new place when it comes.
    """
    program = program_of(context, output)
    from torgsync.files.config.objects import load_object
    from torgsync.jobs.orders.payments import map_method, place_money

    placed = bool(cash_register or current_account)
    if not (method or program.asks):
        raise UsageError(_("`{missing}` is needed", missing=_("METHOD")), hint=NOT_ASKED)
    if (cash_register and current_account) or not (placed or program.asks):
        raise UsageError(_("give either `--cash-register` or `--current-account`"))
    file = program.object(wanted)
    if not (method and placed):
        asked = _ask(program, file, method, cash_register, current_account)
        method, cash_register, current_account = str(asked.id), asked.cash_register, asked.current_account
    changed = map_method(file, method, cash_register=cash_register, current_account=current_account)
    with program.job(load_object(file.path)) as job:
        moved = place_money(job)

    def notify() -> None:
        account = changed.cash_register or changed.current_account
        program.notify(composed("`{method}` -> {account}", method=changed.name, account=account))
        if moved:
            program.notify(
                _n(
                    "the money of {count} order that had none is now there",
                    "the money of {count} orders that had none is now there",
                    moved,
                )
            )

    (row,) = _method_rows([changed])
    tail = {"payment_method": row, "moved_orders": moved}
    print_result(output, [row | {"moved_orders": moved}], notify, tail=tail)


def _ask(
    program: Program,
    file: ObjectFile,
    wanted: str | None,
    cash_register: str | None,
    current_account: str | None,
) -> PaymentMethod:
    """Ask on the terminal for the payment method, its place, or both; return the method with its place."""
    from torgsync.cli.interview.accounts import account_title, ask_account
    from torgsync.cli.interview.lines import interview
    from torgsync.cli.interview.questions import Option, from_the_first, in_two
    from torgsync.jobs.orders.payments import find_method

    methods = sorted(file.settings.payment_methods, key=lambda one: (one.gone, one.mapped))
    found = find_method(file, wanted) if wanted or not methods else None
    places = {"cash_register": cash_register, "current_account": current_account}
    choices = [
        Option(one, composed("{name}  ({place})", name=one.name, place=account_title(one))) for one in methods
    ]
    with interview(program, "torgsync payments map") as person:

        def ask_place(method: PaymentMethod) -> PaymentMethod:
            if any(places.values()):
                return method.model_copy(update=places)
            return ask_account(person, method, methods, later=_("leave it as it is"))

        def ask() -> PaymentMethod:
            choose = partial(person.choose, _("Payment method"), choices, methods[0])
            return ask_place(found) if found else in_two(choose, ask_place)

        asked = from_the_first(person, ask)
    if not asked.mapped:
        program.notify(_("nothing changed"))
        raise typer.Exit(int(Exit.DONE))
    return asked


def postings(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """List every movement of money, in the order it was recorded.

    Amounts are never below zero; the kind shows the direction. Moved is money that got another place: it
    leaves this one and is posted again in the next lines; no one paid anything back.
    """
    program = program_of(context, output)
    from torgsync.jobs.orders.payments import list_postings

    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    with program.job(file) as job:
        movements = list_postings(job, since, until)
    shown = [_shown_posting_row(posting) for posting in movements]
    rows = [posting_row(posting) for posting in movements]
    none = _none_message(first, last, _("no postings yet"))
    print_rows(program, output, "postings", rows, shown, columns=POSTING_COLUMNS, none=none)


def report(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    first: FromOption = None,
    last: ToOption = None,
) -> None:
    """Sum up the money of each cash register and current account.

    What was expected, received and reversed, and what is still open. Days are those on which Prom.ua says
    that an order was placed, paid or cancelled. No sum is below zero. Reversed is what was cancelled or
    refunded, whether or not it had been received; open is what was expected and neither received nor reversed
    by the end of the last day, whenever it was expected. Money that got its place later counts there from the
    day on which it was expected. Cost is what Prom.ua charges for the orders placed on these days:
    commissions, and fees for cheap delivery.
    """
    program = program_of(context, output)
    from torgsync.jobs.orders.payments import payment_report

    file = program.object(wanted)
    since, until = stretch(first, last, file.settings.orders.clock)
    with program.job(file) as job:
        view = payment_report(job, since, until)
    rows, shown = [], []
    for balance, cost in view.balances:
        sums = {name: str(getattr(balance, name)) for name in _SUMS}
        place = {"place": balance.place, "account": balance.account or None}
        rows.append({**place, **sums, "currency": balance.currency, **cost_columns(cost)})
        money = {**sums, "cost": str(cost.total), "in": balance.currency}
        shown.append({"account": account_word(place), **money})
    none = _none_message(first, last, _("no accounts yet"))
    print_rows(program, output, "accounts", rows, shown, columns=BALANCE_COLUMNS, none=none)
    if output is not Format.TABLE:
        return
    if rows:
        program.notify(_("open: expected, and neither received nor reversed by the end of these days"))
        for line in costs_messages([cost for _, cost in view.balances]):
            program.notify(line)
    for finding in view.findings:
        program.warn(finding_message(finding))
        if method := finding.args.get("method"):
            program.hint(map_command(str(method), file.called))


METHOD_COLUMNS = ("id", "name", "cash_register", "current_account", "gone")

POSTING_COLUMNS = (
    "at", "order", "kind", "place", "account", "payment_id", "payment", "amount", "currency",
)  # fmt: skip

_SUMS = ("expected", "received", "reversed", "open")
BALANCE_COLUMNS = ("place", "account", *_SUMS, "currency", *COST_COLUMNS)


def _method_rows(methods: Iterable[PaymentMethod]) -> list[dict[str, object]]:
    return [
        {"id": str(method.id), **pick(method, "name", "cash_register", "current_account", "gone")}
        for method in methods
    ]


def posting_row(posting: Posting) -> dict[str, object]:
    """Return a posting as a row of a document."""
    return {
        "at": utc_iso(posting.at),
        "order": posting.order_id,
        "kind": str(posting.kind),
        "place": posting.place,
        "account": posting.account or None,
        "payment_id": posting.payment_id or None,
        "payment": posting.payment_name,
        "amount": str(posting.amount),
        "currency": posting.currency,
    }


def _shown_posting_row(posting: Posting) -> dict[str, object]:
    return {
        "at": shop_time(posting.at),
        "order": posting.order_id,
        "kind": posting_word(posting.kind),
        "account": account_word({"account": posting.account}),
        "amount": f"{posting.amount} {posting.currency}",
    }


def _none_message(first: datetime | None, last: datetime | None, none: Message) -> Message:
    """Return what is said of days without money, or of a shop that has `none`."""
    return _("no money moved on these days") if first or last else none
