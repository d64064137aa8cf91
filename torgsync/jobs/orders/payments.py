"""Fetches Prom's payment methods into the sync object, maps them to places, and moves money that had none."""

from __future__ import annotations

from dataclasses import dataclass

from torgsync.core.config.accounts import account_of
from torgsync.core.config.settings import PaymentMethod
from torgsync.core.orders.postings import place_of, postings_due
from torgsync.core.text import did_you_mean
from torgsync.errors import UsageError
from torgsync.files.config.object_tables import set_payment_methods
from torgsync.files.config.objects import ObjectFile
from torgsync.jobs.connect import connect_shop
from torgsync.jobs.context import JobContext


@dataclass(frozen=True, slots=True)
class Methods:
    """What a fetch found: how many methods Prom lists, and which are new, renamed, gone or not mapped.

    `renamed` are pairs of the old name and the new one, the others are names.
    """

    listed: int
    added: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]
    unmapped: tuple[str, ...]


def fetch_methods(context: JobContext) -> Methods:
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
    return Methods(
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
    """Lead a payment method, named by id or name, to one place.

    Raises UsageError where there is no such method or several, the place has no name, or the account is a
    mistyped IBAN.
    """
    if not (cash_register or current_account or "").strip():
        raise UsageError("a cash register or an account needs a name")
    if current_account is not None:
        try:
            current_account = account_of(current_account)
        except ValueError as wrong:
            raise UsageError(
                f"`{current_account}` is no IBAN: {wrong}",
                hint="copy it from the bank; an account may have a name of your own instead",
            ) from wrong
    fitting = [method for method in file.settings.payment_methods if wanted in (str(method.id), method.name)]
    if len(fitting) > 1:
        ids = ", ".join(f"{method.id}{' (gone)' if method.gone else ''}" for method in fitting)
        raise UsageError(
            f"{len(fitting)} payment methods are called `{wanted}`", hint=f"name one by its id: {ids}"
        )
    if fitting:
        places = {"cash_register": cash_register, "current_account": current_account}
        mapped = fitting[0].model_copy(update=places)
        set_payment_methods(file, [mapped])
        return mapped
    names = [method.name for method in file.settings.payment_methods]
    raise UsageError(
        f"there is no payment method `{wanted}`{did_you_mean(wanted, names)}",
        hint=f"see them: torgsync payments list -o {file.called}"
        if names
        else f"fetch them from Prom.ua: torgsync payments fetch -o {file.called}",
    )


def settle_money(context: JobContext) -> int:
    """Give money that had no place the one that its method has now; return of how many orders.

    What was posted stays: it is moved, and posted where it belongs (architecture §7).
    """
    mapped = {str(method.id): method for method in context.object.payment_methods if method.mapped}
    moved = 0
    with context.transaction() as work:
        for order_id in work.payments.without_place(mapped):
            stored, posted = work.orders.order(order_id), work.payments.postings(order_id)
            if stored is None:
                continue
            place = place_of(mapped.get(stored.order.payment_id))
            due = postings_due(stored.order, place, posted)
            work.payments.post(due, context.now())
            moved += bool(due)
    return moved
