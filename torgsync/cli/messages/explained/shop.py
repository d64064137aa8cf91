"""Findings about products on Prom.ua, imports and runs."""

from __future__ import annotations

from torgsync.cli.messages.explained.explanation import Explanation
from torgsync.core.findings import Code, Finding
from torgsync.i18n import _

SHOP: dict[Code, Explanation] = {
    Code.PHOTOS_UNFETCHED: Explanation(
        _(
            "Prom.ua could not fetch photos of the item from the address under `[catalog.photos]`; "
            "they are sent again with the next import"
        ),
        _("open the photo's address in a browser, and check that the folder is uploaded"),
        Finding(Code.PHOTOS_UNFETCHED, args={"title": "Корм сухий", "photos": 2}),
    ),
    Code.RUN_GOES_ON: Explanation(
        _(
            "a run is going on for this sync object; what is shown was pending when it last saved its"
            " progress, and Prom.ua was not asked"
        ),
        _("look again when the run has ended"),
        Finding(
            Code.RUN_GOES_ON,
            args={"user": "olena", "host": "shop-pc", "pid": 4120, "since": "2026-11-30T08:15:00+00:00"},
        ),
    ),
    Code.IMPORT_OPEN: Explanation(
        _(
            "an import was sent and its end is not known yet; its items wait for it, only their "
            "prices and stock are sent"
        ),
        _("nothing needs to be done; the next `torgsync sync` checks how it ended and sends nothing twice"),
        Finding(Code.IMPORT_OPEN, args={"offers": 12, "sent": "2026-11-30T08:15:00+00:00"}),
    ),
    Code.IMPORT_HANGS: Explanation(
        _("Prom.ua has not worked on an import for half an hour, and accepts no other one until it ends"),
        _(
            "cancel it in the seller's cabinet, «Товари» › «Імпорт», whose rows say what is wrong; "
            "the next `torgsync sync` sends the rest"
        ),
        Finding(Code.IMPORT_HANGS, args={"offers": 12, "sent": "2026-11-30T08:15:00+00:00"}),
    ),
    Code.VARIANT_MOVED: Explanation(
        _(
            "the item left its model, but Prom.ua keeps it in the variant group in which it was "
            "created; its characteristics there stay, all the rest is sent"
        ),
        _("set its size and colour in the seller's cabinet"),
        Finding(Code.VARIANT_MOVED, args={"group": "118"}),
    ),
    Code.VARIANT_APART: Explanation(
        _(
            "the item could be a variant of its model, but Prom.ua has it as a product of its own, "
            "and its API cannot join them"
        ),
        _("join it to its model in the seller's cabinet"),
        Finding(Code.VARIANT_APART),
    ),
    Code.LIST_INCOMPLETE: Explanation(
        _("Prom.ua left products that exist out of its list; they were read one by one, nothing is lost"),
        _("nothing needs to be done"),
        Finding(Code.LIST_INCOMPLETE, args={"count": 3}),
    ),
    Code.ADOPT_AMBIGUOUS: Explanation(
        _("several products on Prom.ua may be the item; until this is decided it is not created again"),
        _("decide: `torgsync object adopt --decisions FILE`"),
        Finding(Code.ADOPT_AMBIGUOUS, args={"title": "Корм сухий"}),
    ),
    Code.ID_TAKEN: Explanation(
        _(
            "on Prom.ua the product of another item has this item's id as its external id; the item "
            "is not created, because it would overwrite that product"
        ),
        _("give that product another external id in the seller's cabinet"),
        Finding(Code.ID_TAKEN, args={"title": "Корм сухий"}),
    ),
    Code.EXTERNAL_ID_MISSING: Explanation(
        _(
            "Prom.ua has the item's product without an external id; price, stock and status are sent,"
            " texts and photos stay"
        ),
        _(
            "`torgsync object adopt --write-ids` gives it the item's id; or enter the `GoodID` as its"
            " identifier in the seller's cabinet"
        ),
        Finding(Code.EXTERNAL_ID_MISSING, args={"title": "Корм сухий"}),
    ),
    Code.DELETED_FOR_GOOD: Explanation(
        _("a product that is only out of stock is deleted; Prom.ua may refuse it when it comes back"),
        _('if it will come back, write "hide" or a longer `delete_after` under `[removal]`'),
        Finding(Code.DELETED_FOR_GOOD, args={"title": "Корм сухий"}),
    ),
    Code.REFUSED_BEFORE: Explanation(
        _("Prom.ua refused the item as it is now; it waits until the item changes"),
        _(
            "read the reason with `torgsync why ID` and correct the item, or try again with `torgsync"
            " update --full-refresh`"
        ),
        Finding(Code.REFUSED_BEFORE, args={"title": "Корм сухий"}),
    ),
    Code.DELETED_BEFORE: Explanation(
        _("a run deleted the product, and Prom.ua does not accept a deleted id again; the item is not sent"),
        _(
            "restore the product in the seller's cabinet and run `torgsync update --full-refresh`, or"
            " give the item a new `GoodID` in Torgsoft"
        ),
        Finding(
            Code.DELETED_BEFORE, args={"title": "Корм сухий", "run": "41", "at": "2026-11-30T08:15:00+00:00"}
        ),
    ),
    Code.DELETED_BY_MODERATOR: Explanation(
        _("Prom.ua's moderators deleted the product; it can be changed only there, so it is left alone"),
        _("ask Prom.ua's support for the reason"),
        Finding(Code.DELETED_BY_MODERATOR, args={"title": "Корм сухий"}),
    ),
}
"""What each of these findings means, and what a person can do."""
