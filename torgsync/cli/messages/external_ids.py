"""The sentences about external ids that are written to Prom.ua."""

from __future__ import annotations

import json

from torgsync.core.plan.external_ids import FIRST, IdOutcome, IdPlan, IdResult, KeyDifference, length_of
from torgsync.core.text import counted

QUESTION = "Write these external ids to Prom.ua?"
WHY_IDS = "price, stock and status go, texts and photos need one; to write it:"

_OUTCOMES = {
    IdOutcome.WRITTEN: "written",
    IdOutcome.CHANGED: "more than the external id differs",
    IdOutcome.REFUSED: "not written: after the import Prom.ua shows no external id",
    IdOutcome.GONE: "not sent: the product is not on Prom.ua any more, or a moderator deleted it",
    IdOutcome.OTHER_ID: "not sent: it has another external id by now",
    IdOutcome.TAKEN: "not sent: another product on Prom.ua has this external id",
    IdOutcome.NAMELESS: "not sent: Prom.ua shows no name of it, and the file needs one",
}
_KEYS = {
    "price": "price",
    "presence": "presence",
    "quantity_in_stock": "quantity",
    "in_stock": "ready to ship",
    "id": "product",
    "external_id": "external id",
    "sku": "article",
    "prices": "wholesale prices",
    "measure_unit": "unit",
    "main_image": "main photo",
    "images": "photos",
}
"""What people call the keys of Prom's answers."""


def plan_message(plan: IdPlan) -> str:
    """Return how many external ids would be written."""
    if not plan.writes:
        return "no product is without an external id: none is written"
    gets = "it gets the id of its good" if len(plan.writes) == 1 else "they get the ids of their goods"
    return f"{counted(len(plan.writes), 'product')} without an external id: {gets}"


def cost_messages(plan: IdPlan) -> list[str]:
    """Return what stays as it is, how it is written, and what that costs."""
    kept = [f"{counted(plan.kept, 'product')} with another external id: left alone"] if plan.kept else []
    if not plan.writes:
        return kept
    first = ""
    if len(plan.writes) > FIRST:
        first = f"the first {FIRST} alone, to see that nothing else changes, then the rest; "
    cost = f"{counted(plan.imports, 'import')} of {plan.imports_left} left today, 5 to 10 minutes each"
    return [*kept, f"written by import: {first}{cost}"]


def written_message(number: int, *, changed: bool) -> str:
    """Return how many external ids are written; where more `changed`, that is no success."""
    if not changed:
        return f"{counted(number, 'external id')} written to Prom.ua"
    have = "has its external id" if number == 1 else "have their external ids"
    return f"{counted(number, 'product')} {have} on Prom.ua all the same"


def result_message(result: IdResult) -> str:
    """Return what became of one product, with Prom's own words."""
    words = (
        f" ({'; '.join(result.words)})" if result.words and result.outcome is not IdOutcome.WRITTEN else ""
    )
    return f"{_OUTCOMES[result.outcome]}{words}"


def difference_message(one: KeyDifference) -> str:
    """Return what differs: the value before and the one after."""
    name = _KEYS.get(one.key, one.key.replace("_", " "))
    if one.key == "id":
        return f"{name}: it is not on Prom.ua any more"
    return f"{name}: {_value(one.before)} -> {_value(one.after)}"


def _value(fact: str) -> str:
    length = length_of(fact)
    if length is not None:
        return f"a text of {length} letters"
    return str(json.loads(fact)) if fact.startswith('"') else fact or "nothing"
