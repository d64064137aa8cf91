"""Why a good stays out, or a product leaves, in words."""

from __future__ import annotations

from torgsync.core.mapping.skip_reasons import WORDS, SkipReason
from torgsync.core.plan.diff import Leaving

_REASONS = {
    **{str(reason): words for reason, words in WORDS.items()},
    SkipReason.REFUSED_BEFORE: "refused by Prom.ua before",
    SkipReason.DELETED_BEFORE: "whose product a run deleted, which Prom.ua refused since",
    SkipReason.MODERATED: "deleted by Prom.ua's moderators",
    SkipReason.NO_PRICE: "new and without a price that can be sent",
    SkipReason.NO_NAME: "new and without a name",
    SkipReason.NO_STOCK: "new and without a stock that can be read",
    SkipReason.DISPLAY_UNKNOWN: "new and with a `Display` that is neither yes nor no",
    SkipReason.AMBIGUOUS: "of which nobody knows which product on Prom.ua it is",
    SkipReason.ID_TAKEN: "whose id another product has on Prom.ua",
    SkipReason.NO_EXTERNAL_ID: "without an external id on Prom.ua",
    SkipReason.IN_IMPORT: "in an import that has not ended yet",
    Leaving.GONE: "not in the export any more",
    Leaving.FOREIGN: "never sent from here",
    Leaving.GRACE_OVER: "not in the export for the whole of `delete_after`; deleted for good",
    Leaving.UNDONE: "made by the run that is turned back",
}


def skip_message(reason: str) -> str:
    """Return why a good stays out or a product leaves."""
    return _REASONS[reason]
