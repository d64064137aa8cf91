"""Why an item stays out of the shop, and why a product leaves it."""

from __future__ import annotations

from dataclasses import replace

from torgsync.cli.messages.explained.explanation import Explanation
from torgsync.cli.messages.explained.shop import SHOP
from torgsync.core.findings import Code
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.diff import Leaving
from torgsync.core.plan.why import Filter
from torgsync.i18n import _

_FINDINGS = {
    SkipReason.REFUSED_BEFORE: Code.REFUSED_BEFORE,
    SkipReason.DELETED_BEFORE: Code.DELETED_BEFORE,
    SkipReason.MODERATED: Code.DELETED_BY_MODERATOR,
    SkipReason.AMBIGUOUS: Code.ADOPT_AMBIGUOUS,
    SkipReason.ID_TAKEN: Code.ID_TAKEN,
    SkipReason.NO_EXTERNAL_ID: Code.EXTERNAL_ID_MISSING,
}
"""Reasons that are reported by a finding as well, which explains them."""
SKIPS: dict[SkipReason | Leaving, Explanation] = {
    SkipReason.OTHER_GROUP: Explanation(
        _("the item is outside the `product_group` of the sync object"),
        _(
            "nothing needs to be done; to send other items too, change it: `torgsync object edit "
            "--set product_group=NAME`"
        ),
        Filter(SkipReason.OTHER_GROUP, passes=False, args={"path": ["Дім", "Посуд"], "group": "Взуття"}),
    ),
    SkipReason.NOT_DISPLAYED: Explanation(
        _("the accounting program says that the item is not shown on a site"),
        _(
            "write 1 into `Display` of the item in Torgsoft; or ignore the column with "
            "`respect_display = false` under `[accounting_centers]`"
        ),
        Filter(SkipReason.NOT_DISPLAYED, passes=False, args={"display": "0", "respected": True}),
    ),
    SkipReason.OUT_OF_STOCK: Explanation(
        _("the item has no stock in the centers that count, and only items in stock are sent"),
        _(
            "nothing needs to be done; it is sent when it is in stock again; to send all items: "
            "`only_in_stock = false` under `[accounting_centers]`"
        ),
        Filter(
            SkipReason.OUT_OF_STOCK,
            passes=False,
            args={"column": "WarehouseQuantity", "cell": "0", "quantity": "0", "only_in_stock": True},
        ),
    ),
    SkipReason.NO_PHOTOS: Explanation(
        _("the photo folder has no photo of the item, and only items with photos are sent"),
        _(
            "put a photo named by the `GoodID` into the photo folder; to send all items: "
            "`only_with_photos = false` under `[accounting_centers]`"
        ),
        Filter(SkipReason.NO_PHOTOS, passes=False, args={"photos": 0, "only_with_photos": True}),
    ),
    SkipReason.BLOCKED: Explanation(
        _(
            "several rows of the export have the item's `GoodID`, so it is unknown which one is "
            "right; nothing of it is sent"
        ),
        _("leave one of the rows; `torgsync why ID` shows the lines of all"),
        SkipReason.BLOCKED,
    ),
    SkipReason.NO_PRICE: Explanation(
        _("the item is new and has no price that can be sent"),
        _("enter a price in Torgsoft; what was in the cell is in the findings of `torgsync why ID`"),
        SkipReason.NO_PRICE,
    ),
    SkipReason.NO_NAME: Explanation(
        _("the item is new and has no name"),
        _("give the item a name in Torgsoft"),
        SkipReason.NO_NAME,
    ),
    SkipReason.NO_STOCK: Explanation(
        _("the item is new, its stock cannot be read, and only items in stock are sent"),
        _("correct the stock in the export; `torgsync why ID` shows the cell"),
        SkipReason.NO_STOCK,
    ),
    SkipReason.DISPLAY_UNKNOWN: Explanation(
        _("the item is new, and its `Display` is neither yes nor no"),
        _("write 1 to show the item, 0 to hide it"),
        SkipReason.DISPLAY_UNKNOWN,
    ),
    SkipReason.IN_IMPORT: Explanation(
        _(
            "the item is in an import that has not ended yet; nothing of it is sent twice, only price"
            " and stock are sent"
        ),
        _("nothing needs to be done; the next `torgsync sync` checks how the import ended"),
        SkipReason.IN_IMPORT,
    ),
    Leaving.GONE: Explanation(
        _(
            "the item is not in the export any more; its product is hidden, and later deleted, as "
            "`[removal]` says"
        ),
        _("nothing needs to be done; if it should stay, export the item again"),
        Leaving.GONE,
    ),
    Leaving.FOREIGN: Explanation(
        _(
            "the product is on Prom.ua, but not in the export, and was never sent from here; it is "
            'deleted because of `foreign = "delete"`'
        ),
        _('to leave such products alone, remove `foreign = "delete"` under `[removal]`'),
        Leaving.FOREIGN,
    ),
    Leaving.GRACE_OVER: Explanation(
        _(
            "the item has been missing from the export for the whole of `delete_after`; its hidden "
            "product is deleted for good"
        ),
        _('if items come back later, write a longer `delete_after`, or `gone = "hide"`, under `[removal]`'),
        Leaving.GRACE_OVER,
    ),
    Leaving.UNDONE: Explanation(
        _("the run that is being rolled back created the product, so it is taken down again"),
        _(
            "nothing needs to be done; before the next `torgsync sync` correct the export, or it is "
            "created again"
        ),
        Leaving.UNDONE,
    ),
    **{reason: replace(SHOP[code], example=reason) for reason, code in _FINDINGS.items()},
}
"""What each reason means and what a person can do."""
