"""The questions where the money of each payment method of the shop goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

from torgsync.cli.interview.questions import Interview, Option
from torgsync.cli.object.draft import NewObject, WizardStep, in_two, until_works
from torgsync.cli.object.trials import methods_on_prom, refuse_account
from torgsync.core.config.accounts import account_of
from torgsync.core.config.settings import PaymentMethod
from torgsync.errors import TorgsyncError
from torgsync.i18n import Message, _


def place_steps(draft: NewObject) -> Iterator[WizardStep]:
    """Yield a step for each payment method of the shop; none where they cannot be fetched now."""
    answers = draft.answers
    if not answers.fetch_payments:
        return
    token = answers.token or os.environ.get(answers.token_env or "", "")
    if draft.methods is None:
        try:
            draft.methods = methods_on_prom(draft.program, answers.name or "", token) if token else {}
        except TorgsyncError:  # creating the object reports it
            draft.methods = {}
    for number, name in draft.methods.items():
        yield WizardStep(
            f"fetch_payments {number}",
            3,
            lambda _draft, name=name: _("Money of `{method}`", method=name),  # type: ignore[misc]
            partial(_place, number),
            lambda draft, number=number: _place_title(draft.places.get(number)),  # type: ignore[misc]
            lambda _draft: True,
        )


def _place(number: int, person: Interview, draft: NewObject) -> None:
    """Ask where the money of a payment method goes; the places of others can be chosen again."""
    name = (draft.methods or {})[number]
    titles = {str(title := _place_title(one)): (title, one) for one in draft.places.values() if one.mapped}
    known = {text: one for text, (_title, one) in titles.items()}
    fresh = (
        Option("cash_register", _("a cash register")),
        Option("current_account", _("a current account")),
        Option("", _("decide later")),
    )
    choices = [*(Option(text, title) for text, (title, _one) in titles.items()), *fresh]
    had = str(_place_title(draft.places.get(number)))

    def ask_name(kind: str) -> PaymentMethod:
        if kind in known:
            return known[kind].model_copy(update={"id": number, "name": name})
        if not kind:
            return PaymentMethod(id=number, name=name)
        account = kind == "current_account"
        question = _("IBAN or name of the account") if account else _("Name of the cash register")
        typed = until_works(
            person, lambda before: person.text(question, before), refuse_account if account else str
        )
        place = account_of(typed) if account else typed
        return PaymentMethod.model_validate({"id": number, "name": name, kind: place})

    question = _("Money of `{method}` goes to", method=name)
    draft.places[number] = in_two(
        lambda: person.choose(question, choices, had if had in known else "cash_register"), ask_name
    )
    draft.set(payment_methods=tuple(one for one in draft.places.values() if one.mapped))


def _place_title(method: PaymentMethod | None) -> Message:
    if method is None or not method.mapped:
        return _("not decided yet")
    if method.cash_register:
        return _("cash register `{name}`", name=method.cash_register)
    return _("current account `{name}`", name=method.current_account)
