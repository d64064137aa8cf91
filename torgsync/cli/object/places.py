"""The questions where the money of each payment method of the shop goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

from torgsync.cli.interview.accounts import account_title, ask_account
from torgsync.cli.interview.questions import Interview
from torgsync.cli.object.draft import NewObject, WizardStep
from torgsync.cli.object.trials import methods_on_prom
from torgsync.core.config.settings import PaymentMethod
from torgsync.errors import TorgsyncError
from torgsync.i18n import _


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
            lambda draft, number=number: account_title(draft.places.get(number)),  # type: ignore[misc]
            lambda _draft: True,
        )


def _place(number: int, person: Interview, draft: NewObject) -> None:
    """Ask where the money of a payment method goes; the places of others can be chosen again."""
    method = draft.places.get(number) or PaymentMethod(id=number, name=(draft.methods or {})[number])
    others = [one for one in draft.places.values() if one.id != number]
    draft.places[number] = ask_account(person, method, others, later=_("decide later"))
    draft.set(payment_methods=tuple(one for one in draft.places.values() if one.mapped))
