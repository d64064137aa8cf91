"""Why goods are skipped and products leave, and what becomes of a good, in words."""

from __future__ import annotations

from torgsync.core.mapping.select import WORDS, SkipReason
from torgsync.core.plan.decide import GoodStatus
from torgsync.core.plan.diff import Leaving

_STATUS: dict[str, str] = {
    GoodStatus.CREATE: "it is new on Prom.ua and will be created",
    GoodStatus.MOVED: "the export changed since it was sent; Prom.ua will be brought up to date",
    GoodStatus.EDITED: "somebody edited it on Prom.ua; it will be set back to what the export says",
    GoodStatus.FIRST: "Prom.ua shows something else than the export, and we never sent it; "
    "it will be updated",
    GoodStatus.REMOVE: "it leaves the shop: Prom.ua still shows it, and the export offers it no more",
    GoodStatus.HELD: "a guard holds a change of it until a person allows it",
    SkipReason.REFUSED_BEFORE: "Prom.ua refused it as it is now; it is tried again when the good changes",
    SkipReason.MODERATED: "Prom.ua's moderators deleted it; it is left alone",
    SkipReason.NO_PRICE: "it is new and has no price that can be read, so it cannot be created",
    SkipReason.NO_NAME: "it is new and has no name, so it cannot be created",
    SkipReason.NO_STOCK: "it is new and has no stock that can be read, and only goods in stock go",
    SkipReason.AMBIGUOUS: "several products on Prom.ua may be it; it waits until somebody decides which",
    SkipReason.ID_TAKEN: "another good's product has its id as external id on Prom.ua, "
    "so it cannot be created",
    SkipReason.NO_EXTERNAL_ID: "Prom.ua has it without an external id: price, stock and status go, "
    "the rest waits",
    SkipReason.BLOCKED: "its row has an error; it stays on Prom.ua as it is",
    GoodStatus.OUT: "a filter keeps it out, and Prom.ua does not show it",
    GoodStatus.GONE: "the export does not have it any more, "
    "and there is nothing of it to take out of Prom.ua",
    GoodStatus.FOREIGN: "it is on Prom.ua, but neither in the export nor ever sent by us; it is left alone",
    GoodStatus.STAYS: "the export offers it no more, and Prom.ua has it as `[removal]` wants it",
    GoodStatus.LEFT_ALONE: "what differs belongs to Prom.ua's side and is left alone",
    GoodStatus.KEPT: "what can be read of it is on Prom.ua, the rest stays there as it is; "
    "the findings tell why",
    GoodStatus.IN_STEP: "Prom.ua shows what the export says; there is nothing to do",
}


def status_message(status: GoodStatus | SkipReason) -> str:
    """Return what becomes of a good, or why nothing does."""
    return _STATUS[status]


_REASONS = {
    **{str(reason): words for reason, words in WORDS.items()},
    SkipReason.REFUSED_BEFORE: "refused by Prom.ua before",
    SkipReason.MODERATED: "deleted by Prom.ua's moderators",
    SkipReason.NO_PRICE: "new and without a price that can be sent",
    SkipReason.NO_NAME: "new and without a name",
    SkipReason.NO_STOCK: "new and without a stock that can be read",
    SkipReason.AMBIGUOUS: "of which nobody knows which product on Prom.ua it is",
    SkipReason.ID_TAKEN: "whose id another product has on Prom.ua",
    SkipReason.NO_EXTERNAL_ID: "without an external id on Prom.ua",
    Leaving.GONE: "not in the export any more",
    Leaving.FOREIGN: "never sent from here",
    Leaving.UNDONE: "made by the run that is turned back",
}


def skip_message(reason: str) -> str:
    """Return why a good stays out or a product leaves."""
    return _REASONS[reason]
