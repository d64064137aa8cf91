"""Why a good stays out, or a product leaves, in words."""

from __future__ import annotations

from torgsync.core.mapping.skip_reasons import WORDS, SkipReason
from torgsync.core.plan.diff import Leaving
from torgsync.i18n import Message, _

_REASONS: dict[str, Message] = {
    **{str(reason): words for reason, words in WORDS.items()},
    SkipReason.REFUSED_BEFORE: _("refused by Prom.ua before"),
    SkipReason.DELETED_BEFORE: _("deleted by a run, and then refused by Prom.ua under the same id"),
    SkipReason.MODERATED: _("deleted by Prom.ua's moderators"),
    SkipReason.NO_PRICE: _("new and without a price that can be sent"),
    SkipReason.NO_NAME: _("new and without a name"),
    SkipReason.NO_STOCK: _("new and without a stock that can be read"),
    SkipReason.DISPLAY_UNKNOWN: _("new and with a `Display` that is neither yes nor no"),
    SkipReason.AMBIGUOUS: _("several products on Prom.ua may be it"),
    SkipReason.ID_TAKEN: _("another product on Prom.ua has its id"),
    SkipReason.NO_EXTERNAL_ID: _("without an external id on Prom.ua"),
    SkipReason.IN_IMPORT: _("in an import that has not ended yet"),
    Leaving.GONE: _("not in the export any more"),
    Leaving.FOREIGN: _("never sent by torgsync"),
    Leaving.GRACE_OVER: _("not in the export for the whole of `delete_after`; deleted for good"),
    Leaving.UNDONE: _("created by the run that is being undone"),
}


def skip_message(reason: str) -> Message:
    """Return why a good stays out or a product leaves."""
    return _REASONS[reason]
