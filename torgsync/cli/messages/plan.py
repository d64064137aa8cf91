"""Why goods are skipped and products leave, and the findings of a look, in words."""

from __future__ import annotations

from collections.abc import Callable

from torgsync.core.findings import Code
from torgsync.core.mapping.select import WORDS, SkipReason
from torgsync.core.plan.diff import Leaving
from torgsync.core.text import counted

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


FINDINGS: dict[Code, str | Callable[..., str]] = {
    Code.LIST_INCOMPLETE: lambda count: (
        f"Prom's list leaves out {counted(count, 'product that exists', 'products that exist')}; "
        "each was found by its id"
    ),
    Code.STOCK_RESERVED: lambda title, sold, left, stock: (
        f"{title}: {counted(sold, 'piece')} sold on Prom, which the export lacks; {left} of {stock} offered"
    ),
    Code.PHOTOS_UNFETCHED: lambda title, count: (
        f"{title}: {counted(count, 'photo')} could not be fetched by Prom; sent again with an import"
    ),
    Code.IMPORT_OPEN: lambda count, sent: (
        f"an import of {counted(count, 'product')} was sent at {sent} and has not ended yet"
    ),
    Code.DELETED_FOR_GOOD: "{title}: it is out of stock, which may pass, and Prom may refuse a deleted "
    'product that comes back; "hide" under [removal] keeps it',
    Code.REFUSED_BEFORE: "{title}: Prom refused it as it is now; it is tried again when the good changes, "
    "or with `--full-refresh`",
    Code.DELETED_BY_MODERATOR: "{title}: Prom's moderators deleted it; it is left alone",
    Code.ADOPT_AMBIGUOUS: "{title}: several products on Prom may be it; it waits until "
    "`torgsync object adopt --decisions` says which",
    Code.ID_TAKEN: "{title}: another good's product has its id as external id on Prom; made anew it would "
    "overwrite that one",
    Code.EXTERNAL_ID_MISSING: "{title}: Prom has it without an external id: price, stock and status go, "
    "the rest needs one",
}
