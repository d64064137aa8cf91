"""The sentences about external ids that are written to Prom.ua."""

from __future__ import annotations

import json

from torgsync.core.counts import product_count
from torgsync.core.plan.external_ids import FIRST, IdOutcome, IdPlan, IdResult, KeyDifference, length_of
from torgsync.i18n import Message, _, _n, composed, verbatim

QUESTION = _("Write these external ids to Prom.ua?")
WHY_IDS = _(
    "prices, stock and status can be sent without an external id, texts and photos cannot; to write the ids:"
)

_OUTCOMES = {
    IdOutcome.WRITTEN: _("written"),
    IdOutcome.CHANGED: _("more than the external id differs"),
    IdOutcome.REFUSED: _("not written: after the import Prom.ua shows no external id"),
    IdOutcome.GONE: _("not sent: the product is not on Prom.ua any more, or a moderator deleted it"),
    IdOutcome.OTHER_ID: _("not sent: it has another external id by now"),
    IdOutcome.TAKEN: _("not sent: another product on Prom.ua has this external id"),
    IdOutcome.NAMELESS: _("not sent: Prom.ua shows no name for it, and the file needs one"),
}
_KEYS = {
    "price": _("price"),
    "presence": _("presence"),
    "quantity_in_stock": _("quantity"),
    "in_stock": _("ready to ship"),
    "id": _("product"),
    "external_id": _("external id"),
    "sku": _("article"),
    "prices": _("wholesale prices"),
    "measure_unit": _("unit"),
    "main_image": _("main photo"),
    "images": _("photos"),
}
"""What people call the keys of Prom's answers."""


def plan_message(plan: IdPlan) -> Message:
    """Return how many external ids would be written."""
    if not plan.writes:
        return _("every product has an external id: there is nothing to write")
    return _n(
        "{count} product without an external id: it gets the id of its item",
        "{count} products without an external id: they get the ids of their items",
        len(plan.writes),
    )


def cost_messages(plan: IdPlan) -> list[Message]:
    """Return what stays as it is, how it is written, and what that costs."""
    kept = []
    if plan.kept:
        kept.append(_("{products} with another external id: left as is", products=product_count(plan.kept)))
    if not plan.writes:
        return kept
    uses = _n(
        "uses {count} of the {left} imports left today, 5 to 10 minutes each",
        "uses {count} of the {left} imports left today, 5 to 10 minutes each",
        plan.imports,
        left=plan.imports_left,
    )
    if len(plan.writes) > FIRST:
        by_import = _(
            "written by import: {first} products first, to see that nothing else changes, then the rest; "
            "{uses}",
            first=FIRST,
            uses=uses,
        )
    else:
        by_import = _("written by import; {uses}", uses=uses)
    return [*kept, by_import]


def written_message(number: int, *, changed: bool) -> Message:
    """Return how many external ids are written; where more `changed`, that is no success."""
    if not changed:
        return _n("{count} external id written to Prom.ua", "{count} external ids written to Prom.ua", number)
    return _n(
        "{count} product has its external id on Prom.ua nevertheless",
        "{count} products have their external ids on Prom.ua nevertheless",
        number,
    )


def result_message(result: IdResult) -> Message:
    """Return what became of one product, with Prom's own words."""
    outcome = _OUTCOMES[result.outcome]
    if not result.words or result.outcome is IdOutcome.WRITTEN:
        return outcome
    return composed("{outcome} ({words})", outcome=outcome, words="; ".join(result.words))


def difference_message(one: KeyDifference) -> Message:
    """Return what differs: the value before and the one after."""
    name = _KEYS.get(one.key) or verbatim(one.key.replace("_", " "))
    if one.key == "id":
        return _("product: it is not on Prom.ua any more")
    return composed(
        "{name}: {before} -> {after}", name=name, before=_value(one.before), after=_value(one.after)
    )


def _value(fact: str) -> Message:
    length = length_of(fact)
    if length is not None:
        return _n("a text of {count} letter", "a text of {count} letters", length)
    if not fact:
        return _("nothing")
    return verbatim(str(json.loads(fact)) if fact.startswith('"') else fact)
