"""Asks where the money of a payment method goes: a cash register, a current account, or later."""

from __future__ import annotations

from collections.abc import Iterable

from torgsync.cli.interview.questions import Interview, Option, in_two, until_works
from torgsync.core.config.accounts import account_of
from torgsync.core.config.settings import PaymentMethod
from torgsync.i18n import Message, _


def ask_account(
    person: Interview, method: PaymentMethod, others: Iterable[PaymentMethod], *, later: Message
) -> PaymentMethod:
    """Return the method with its place, or without one for the answer `later`.

    The places of other methods can be chosen again; the place that it has is offered first.
    """
    known = {str(title := account_title(one)): (title, one) for one in (method, *others) if one.mapped}
    choices = [
        *(Option(text, title) for text, (title, _one) in known.items()),
        Option("cash_register", _("another cash register…") if known else _("a cash register")),
        Option("current_account", _("another current account…") if known else _("a current account")),
        Option("", later),
    ]

    def placed(cash_register: str | None = None, current_account: str | None = None) -> PaymentMethod:
        return method.model_copy(update={"cash_register": cash_register, "current_account": current_account})

    def ask_name(kind: str) -> PaymentMethod:
        if kind in known:
            return placed(known[kind][1].cash_register, known[kind][1].current_account)
        if kind == "cash_register":
            return placed(person.text(_("Name of the cash register")))
        if kind == "current_account":
            question = _("IBAN or name of the account")
            typed = until_works(person, lambda before: person.text(question, before), _refuse_account)
            return placed(current_account=account_of(typed))
        return placed()

    question = _("Money of `{method}` goes to", method=method.name)
    default = str(account_title(method)) if method.mapped else "cash_register"
    found: PaymentMethod = in_two(lambda: person.choose(question, choices, default), ask_name)
    return found


def account_title(method: PaymentMethod | None) -> Message:
    """Return the place of a method's money in words."""
    if method is None or not method.mapped:
        return _("not decided yet")
    if method.cash_register:
        return _("cash register `{name}`", name=method.cash_register)
    return _("current account `{name}`", name=method.current_account)


def _refuse_account(text: str) -> None:
    """Refuse a mistyped IBAN; any other text is a name."""
    try:
        account_of(text)
    except ValueError as wrong:
        message = _("`{account}` is not an IBAN: {why}", account=text, why=wrong.args[0])
        raise ValueError(message) from wrong
