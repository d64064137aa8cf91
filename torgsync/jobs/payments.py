"""Fetches Prom's payment methods into the sync object and maps them to places."""

from __future__ import annotations

from dataclasses import dataclass

from torgsync.core.accounts import account_of
from torgsync.core.objects import PaymentMethod, did_you_mean
from torgsync.errors import UsageError
from torgsync.files.objects import ObjectFile, set_payment_methods
from torgsync.jobs.desk import Desk
from torgsync.jobs.market import prom_of


@dataclass(frozen=True, slots=True)
class Methods:
    """What a fetch found: how many methods Prom lists, and the names of new, vanished and unmapped ones."""

    listed: int
    added: tuple[str, ...]
    gone: tuple[str, ...]
    unmapped: tuple[str, ...]


def fetch_methods(desk: Desk) -> Methods:
    """Write the shop's payment methods into the sync object; new ones are added, mappings are kept."""
    with prom_of(desk) as prom:
        options = prom.payment_options()
    known = {method.id: method for method in desk.object.payment_methods}
    added = [PaymentMethod(id=option.id, name=option.name) for option in options if option.id not in known]
    set_payment_methods(desk.file, added)
    methods = [*desk.object.payment_methods, *added]
    listed = {option.id for option in options}
    return Methods(
        len(options),
        tuple(method.name for method in added),
        tuple(method.name for method in methods if method.id not in listed),
        tuple(method.name for method in methods if not method.mapped and method.id in listed),
    )


def map_method(
    file: ObjectFile, wanted: str, *, cash_register: str | None, current_account: str | None
) -> PaymentMethod:
    """Lead a payment method, named by id or name, to one place.

    Raises UsageError where there is no such method, or the account is a mistyped IBAN.
    """
    if current_account is not None:
        try:
            current_account = account_of(current_account)
        except ValueError as wrong:
            raise UsageError(
                f"`{current_account}` is no IBAN: {wrong}",
                hint="copy it from the bank; an account may have a name of your own instead",
            ) from wrong
    for method in file.settings.payment_methods:
        if wanted in (str(method.id), method.name):
            mapped = PaymentMethod(
                id=method.id, name=method.name, cash_register=cash_register, current_account=current_account
            )
            set_payment_methods(file, [mapped])
            return mapped
    names = [method.name for method in file.settings.payment_methods]
    raise UsageError(
        f"there is no payment method `{wanted}`{did_you_mean(wanted, names)}",
        hint="fetch them from Prom.ua: `torgsync payments fetch`",
    )
