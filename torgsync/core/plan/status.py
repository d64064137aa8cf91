"""The status of one good: what a plan does with it, or why it does nothing; derived from the decision."""

from __future__ import annotations

from enum import StrEnum

from torgsync.core.config.settings import SyncObject
from torgsync.core.mapping.select import SkipReason
from torgsync.core.plan.decide import ProductSnapshot, RowStatus, Verdict, decide, remove_foreign
from torgsync.core.plan.diff import Verb


class GoodStatus(StrEnum):
    """What becomes of a good that is not skipped; of one that is, its `SkipReason` says it."""

    CREATE = "create"
    MOVED = "moved"
    EDITED = "edited-on-prom"
    FIRST = "never-sent"
    REMOVE = "take-out"
    HELD = "held"
    OUT = "out"
    GONE = "gone"
    FOREIGN = "foreign"
    STAYS = "stays"
    LEFT_ALONE = "left-alone"
    KEPT = "kept"
    IN_STEP = "in-step"


def judge(known: ProductSnapshot, settings: SyncObject) -> Verdict:
    """Return what a plan decides about a good, a foreign product included."""
    if _is_foreign(known) and known.existing and settings.removal.foreign == "delete":
        return Verdict(remove_foreign(known.existing))
    return decide(known, settings)


def _is_foreign(known: ProductSnapshot) -> bool:
    """Return whether Prom shows a product that is neither in the export nor was ever sent by torgsync."""
    return known.on_prom is not None and known.row_status is RowStatus.GONE and known.sent is None


def good_status(
    known: ProductSnapshot, verdict: Verdict, *, held: bool, errors: bool = False
) -> GoodStatus | SkipReason:
    """Return the status of a good by the verdict on it.

    `held` is set where a guard stops something, `errors` where not all of its row can be sent.
    """
    change = verdict.change
    if change is None:
        return verdict.skip or _unchanged(known, verdict, errors=errors)
    if held:
        return GoodStatus.HELD
    if change.verb is Verb.REMOVE:
        return GoodStatus.REMOVE
    if change.verb is Verb.CREATE:
        return GoodStatus.CREATE
    if any(field.edited for field in change.fields.values()):
        return GoodStatus.EDITED
    sent = known.sent.values if known.sent else {}
    return GoodStatus.MOVED if any(name in sent for name in change.fields) else GoodStatus.FIRST


def _unchanged(known: ProductSnapshot, verdict: Verdict, *, errors: bool) -> GoodStatus | SkipReason:
    """Return why there is nothing to do with a good."""
    if known.row_status is RowStatus.BLOCKED:
        return SkipReason.BLOCKED
    if known.row_status is not RowStatus.IN:
        if _is_foreign(known):
            return GoodStatus.FOREIGN
        if known.on_prom is not None:
            return GoodStatus.STAYS
        return GoodStatus.GONE if known.row_status is RowStatus.GONE else GoodStatus.OUT
    if verdict.left_alone:
        return GoodStatus.LEFT_ALONE
    return GoodStatus.KEPT if errors or known.stuck else GoodStatus.IN_STEP
