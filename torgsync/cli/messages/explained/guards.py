"""The guards: what each holds, and how it is let through."""

from __future__ import annotations

from decimal import Decimal

from torgsync.cli.messages.explained.explanation import Explanation
from torgsync.core.plan.guards import (
    SHOP,
    Cause,
    ExportSize,
    Guard,
    GuardViolation,
    KeyChange,
    ManyShops,
    MissingShop,
    PriceMove,
    ProductShare,
)
from torgsync.core.reason import Reason
from torgsync.i18n import _

GUARDS: dict[str, Explanation] = {
    Guard.PRICE: Explanation(
        _(
            "a price falls by more than 40 %, rises by more than 150 %, becomes 0, or moves by a "
            "factor that looks like a slipped decimal point or another currency; this price is held, "
            "all the rest of the item is sent, and a new item waits whole"
        ),
        _(
            "correct the price in Torgsoft, or send it as it is with `--allow price=ID` (`--allow "
            "prices=N` for all held prices); a price of 0 is never sent; the limits are "
            "`price_drop` and `price_rise` under `[limits]`"
        ),
        GuardViolation(
            Guard.PRICE,
            PriceMove(Decimal("299.00"), Decimal("29.90"), Decimal("-0.4"), Decimal("1.5")),
            Reason(Cause.DECIMAL_POINT, {"factor": 10, "lower": True}),
            "7005",
        ),
    ),
    Guard.REMOVALS: Explanation(
        _(
            "more than 10 % of the products would be taken down at once, or all of them; the removals"
            " are held, and new items with them, because they may be the same ones under other keys"
        ),
        _(
            "check the export and what the sync object selects, or let them through with `--allow "
            "removals=N`; the limit is `removals` under `[limits]`"
        ),
        GuardViolation(
            Guard.REMOVALS,
            ProductShare(120, 400, Decimal("0.1")),
            Reason(Cause.REMOVALS, {"sources": [["gone", "120"]]}),
            count=120,
        ),
    ),
    Guard.DELETIONS: Explanation(
        _(
            "more than 10 % of the products would be deleted for good at once, because their items "
            "have been missing from the export for the whole of `delete_after`; the deletions are "
            "held, all the rest is sent"
        ),
        _(
            "check whether the items really left the shop: Prom.ua does not accept a deleted id "
            'again; then `--allow deletions=N`, or `gone = "hide"` under `[removal]`; the limit '
            "is `deletions` under `[limits]`"
        ),
        GuardViolation(
            Guard.DELETIONS,
            ProductShare(60, 400, Decimal("0.1")),
            Reason(Cause.GRACE_OVER, {"days": 30}),
            count=60,
        ),
    ),
    Guard.STOCK_OUT: Explanation(
        _(
            "more than half of the products in stock would sell out at once; these changes of stock "
            "are held, all the rest is sent"
        ),
        _(
            "check that the export has the stock of your accounting centers, or let them through with"
            " `--allow stock-out=N`; the limit is `stock_out` under `[limits]`"
        ),
        GuardViolation(
            Guard.STOCK_OUT, ProductShare(300, 400, Decimal("0.5")), Reason(Cause.CENTERS), count=300
        ),
    ),
    Guard.PHOTOS: Explanation(
        _(
            "more than half of the products with photos would lose all of them; these changes of "
            "photos are held, all the rest is sent"
        ),
        _(
            "check that the photo folder is connected and whole, or let them through with `--allow "
            "photos=N`; the limit is `photos` under `[limits]`"
        ),
        GuardViolation(
            Guard.PHOTOS, ProductShare(250, 400, Decimal("0.5")), Reason(Cause.PHOTO_FOLDER), count=250
        ),
    ),
    Guard.EXPORT_ROWS: Explanation(
        _(
            "the export has less than 70 % of its usual rows, so it may be cut short; removals are "
            "held, and new items with them, all the rest is sent"
        ),
        _(
            "export the items again; if the export is right: `--allow export-rows=N`; the limit "
            "is `export_rows` under `[limits]`"
        ),
        GuardViolation(
            Guard.EXPORT_ROWS, ExportSize(2100, 4800, Decimal("0.7")), Reason(Cause.EXPORT_CUT), count=2700
        ),
    ),
    Guard.IDENTITY: Explanation(
        _(
            "a new item has the barcode, or the name and article, of an item that left the export: "
            "its key seems to have changed; both are held, so that nothing is created twice and "
            "nothing is taken down"
        ),
        _(
            "restore `GoodID` in the export, or link the new keys with `torgsync object adopt`; if "
            "they are other items: `--allow identity=N`"
        ),
        GuardViolation(
            Guard.IDENTITY,
            KeyChange(2, "26901", "126901"),
            Reason(Cause.KEY_CHANGED, {"object": "my-prom"}),
            count=2,
            pairs=(("26901", "126901"), ("26902", "126902")),
        ),
    ),
    Guard.FLEET: Explanation(
        _(
            "the same guard held changes in more than a tenth of all shops, three at least, within an hour: "
            "rather a format changed than the shops; in each shop that shows it everything of the kind is "
            "held, also what is within the limits, and all the rest is sent; first runs do not count"
        ),
        _(
            "look at some of the shops, and correct the exports; if it is right: `torgsync fleet allow KIND "
            "--for 1h` lets the kind through in all shops for that time, `--allow fleet=KIND` in one run of "
            "one shop; what the guard itself holds in a shop waits for its own decision"
        ),
        GuardViolation(
            Guard.FLEET,
            ManyShops(Guard.PRICE, 40, 300),
            Reason(Cause.MANY_SHOPS, {"kind": Guard.PRICE}),
            count=310,
        ),
    ),
    SHOP: Explanation(
        _(
            "the token seems to open another shop than before: nothing that was known of it is there;"
            " the whole run is refused, nothing is sent and no order is fetched"
        ),
        _(
            "enter the token of the right shop: `torgsync object edit NAME --api-key -`; to begin "
            "again in this shop, allow it by the id that the message shows: `--allow shop=ID`"
        ),
        MissingShop(20, 3),
    ),
}
"""What each guard holds and what a person can do; the one of the shop stops the whole run."""
