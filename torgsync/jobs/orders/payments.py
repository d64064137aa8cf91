"""Payment methods: fetched into the sync object, mapped to registers and accounts; and the money by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from torgsync.core.config.accounts import account_of
from torgsync.core.config.settings import PaymentMethod
from torgsync.core.findings import Code, Finding
from torgsync.core.orders.costs import PlaceCost, costs_by_place, with_costs
from torgsync.core.orders.postings import AccountBalance, Posting, account_balances, place_of, postings_due
from torgsync.core.reason import Args
from torgsync.core.text import did_you_mean, message_of
from torgsync.errors import UsageError
from torgsync.files.config.objects import ObjectFile, load_object
from torgsync.files.config.toml_edit import set_payment_methods
from torgsync.i18n import _, _n, joined
from torgsync.jobs.connect import connect_shop
from torgsync.jobs.context import JobContext


@dataclass(frozen=True, slots=True)
class MethodsFetched:
    """How many methods Prom lists, and which are new, renamed, gone or not mapped.

    `methods` are those of the sync object now; `renamed` are pairs of the old name and the new one, the
    others are names.
    """

    methods: tuple[PaymentMethod, ...]
    listed: int
    added: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]
    unmapped: tuple[str, ...]


def fetch_methods(context: JobContext) -> MethodsFetched:
    """Write the shop's payment methods into the sync object; new ones are added, mappings are kept.

    A method that Prom lists no more is marked, and its mark goes when it comes back.
    """
    with connect_shop(context) as prom:
        listed = {option.id: option.name for option in prom.payment_options()}
    known = {method.id: method for method in context.object.payment_methods}
    now = {
        method.id: method.model_copy(
            update={"name": listed.get(method.id, method.name), "gone": method.id not in listed}
        )
        for method in known.values()
    }
    for number, name in listed.items():
        now.setdefault(number, PaymentMethod(id=number, name=name))
    set_payment_methods(context.file, [method for method in now.values() if method != known.get(method.id)])
    return MethodsFetched(
        tuple(load_object(context.file.editable).settings.payment_methods),
        len(listed),
        tuple(name for number, name in listed.items() if number not in known),
        tuple(
            (method.name, now[method.id].name)
            for method in known.values()
            if now[method.id].name != method.name
        ),
        tuple(method.name for method in now.values() if method.gone),
        tuple(method.name for method in now.values() if not method.mapped and not method.gone),
    )


def map_method(
    file: ObjectFile, wanted: str, *, cash_register: str | None, current_account: str | None
) -> PaymentMethod:
    """Map a payment method to one cash register or account.

    Raises UsageError as `find_method` does, where the place has no name, or the account is a mistyped IBAN.
    """
    if not (cash_register or current_account or "").strip():
        raise UsageError(_("a cash register or an account needs a name"))
    if current_account is not None:
        try:
            current_account = account_of(current_account)
        except ValueError as wrong:
            message = _("`{account}` is not an IBAN: {why}", account=current_account, why=message_of(wrong))
            hint = _("copy it from your bank, or give the account a name of your own instead")
            raise UsageError(message, hint=hint) from wrong
    places = {"cash_register": cash_register, "current_account": current_account}
    mapped = find_method(file, wanted).model_copy(update=places)
    set_payment_methods(file, [mapped])
    return mapped


def find_method(file: ObjectFile, wanted: str | None) -> PaymentMethod:
    """Return the payment method of an id or a name; None finds none.

    Raises UsageError where there is no such method or several.
    """
    matching = [method for method in file.settings.payment_methods if wanted in (str(method.id), method.name)]
    if len(matching) > 1:
        ids = [
            _("{id} (no longer on Prom.ua)", id=method.id) if method.gone else str(method.id)
            for method in matching
        ]
        raise UsageError(
            _n(
                "{count} payment method has the name `{name}`",
                "{count} payment methods have the name `{name}`",
                len(matching),
                name=wanted,
            ),
            hint=_("name one by its id: {ids}", ids=joined(", ", ids)),
        )
    if matching:
        return matching[0]
    names = [method.name for method in file.settings.payment_methods]
    none = _("no payment methods yet")
    if wanted:
        none = _("there is no payment method `{name}`{near}", name=wanted, near=did_you_mean(wanted, names))
    raise UsageError(
        none,
        hint=_("see all of them: torgsync payments list -o {called}", called=file.called)
        if names
        else _("fetch them from Prom.ua: torgsync payments fetch -o {called}", called=file.called),
    )


def keep_places(file: ObjectFile, answered: Sequence[PaymentMethod]) -> None:
    """Map the payment methods of a sync object as those with the same id were `answered`."""
    places = {method.id: method for method in answered}
    set_payment_methods(file, [places[one.id] for one in file.settings.payment_methods if one.id in places])


def place_money(context: JobContext) -> int:
    """Move money without a place to the one that its method has now; return of how many orders.

    Postings stay: they are moved, and posted again where they belong (architecture §7).
    """
    mapped = {str(method.id): method for method in context.object.payment_methods if method.mapped}
    moved = 0
    with context.transaction() as work:
        for order_id in work.postings.without_place(mapped):
            stored, posted = work.orders.get(order_id), work.postings.all(order_id)
            if stored is None:
                continue
            place = place_of(mapped.get(stored.order.payment_id))
            due = postings_due(stored.order, place, posted)
            work.postings.add(due, context.now())
            moved += bool(due)
    return moved


def unmapped_findings(unmapped: Mapping[str, int], methodless: Sequence[str]) -> list[Finding]:
    """Return the findings about money without a place.

    `unmapped` are numbers of orders by payment method, `methodless` the orders without one, oldest first.
    """
    findings = [
        Finding(Code.PAYMENT_UNMAPPED, args={"orders": orders, "method": method})
        for method, orders in sorted(unmapped.items())
    ]
    if methodless:
        args: Args = {"orders": len(methodless), "first": methodless[0]}
        findings.append(Finding(Code.PAYMENT_UNMAPPED, args=args))
    return findings


@dataclass(frozen=True, slots=True)
class PaymentReport:
    """The sums of each place, and the findings about money without one.

    The costs are those of the orders that were placed in the period, by the place where their money goes.
    """

    balances: list[tuple[AccountBalance, PlaceCost]]
    findings: list[Finding]


def payment_report(context: JobContext, since: datetime | None, until: datetime | None) -> PaymentReport:
    """Sum up what happened at `since` or later and before `until`."""
    with context.transaction() as work:
        postings = work.postings.all()
        places = {posting.order_id: posting.where for posting in postings}
        orders = [stored.order for stored in work.orders.all(since=since, until=until)]
        findings = unmapped_findings(work.postings.unmapped(), work.postings.without_method())
    method_of = context.object.payment_method
    costs = costs_by_place(
        (order, places.get(order.id) or place_of(method_of(order.payment_id))) for order in orders
    )
    return PaymentReport(with_costs(account_balances(postings, since, until), costs), findings)


def list_postings(context: JobContext, since: datetime | None, until: datetime | None) -> list[Posting]:
    """Return the postings that happened at `since` or later and before `until`, in the order made."""
    with context.transaction() as work:
        postings = work.postings.all()
    return [
        posting
        for posting in postings
        if (since is None or posting.at >= since) and (until is None or posting.at < until)
    ]
