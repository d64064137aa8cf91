"""What each finding means for the good or the order, and what a person can do."""

from __future__ import annotations

from torgsync.core.findings import Code
from torgsync.i18n import Message, _

MEANING: dict[Code, Message] = {
    Code.ID_MISSING: _("a row without `GoodID` cannot be identified; export the items again"),
    Code.ID_DUPLICATE: _("the item stays as it is on Prom.ua until its id is in one row only"),
    Code.ID_ODD: _("the item keeps this id; if it is mistyped, correct it, or Prom.ua gets the item twice"),
    Code.NAME_MISSING: _("the name on Prom.ua stays, a new item waits; give it a name in Torgsoft"),
    Code.NAME_CUT: _("the name is sent up to Prom.ua's limit; shorten it to choose where it ends"),
    Code.PRICE_MISSING: _(
        "what Prom.ua has stays, a new item waits; enter its price in the accounting program"
    ),
    Code.PRICE_ROUNDED: _("the rounded price is sent; check that it is the one you mean"),
    Code.SALE_PRICE_ABOVE: _("no discount is sent; correct whichever of the two prices is wrong"),
    Code.DISCOUNT_MISMATCH: _(
        "the discount between the two prices is sent; correct the number that is wrong"
    ),
    Code.WHOLESALE_UNUSED: _("buyers see only the retail price; map a number from 1 to `wholesale_minimum`"),
    Code.NUMBER_UNREADABLE: _("what Prom.ua has stays, a new item may wait; correct the number"),
    Code.CELL_ERROR: _("what Prom.ua has stays, a new item may wait; fix the formula and save again"),
    Code.STOCK_UNLED: _("map a column to `quantity`, or to `presence` where the number of pieces is unknown"),
    Code.STOCK_NEGATIVE: _(
        "the item is sent as sold out; post the missing receipt in the accounting program"
    ),
    Code.STOCK_FRACTION: _("the whole pieces are sent and the rest is not offered; nothing needs to be done"),
    Code.STOCK_MISMATCH: _("the smaller stock is sent; check whether pieces are reserved or posted twice"),
    Code.STOCK_UNCHECKED: _("the column that can be read is sent, unchecked; correct the other one"),
    Code.STOCK_RESERVED: _("they are not offered twice; this ends with an export that knows the orders"),
    Code.CENTER_UNKNOWN: _("it counts as empty; if it is mistyped, correct it under `[accounting_centers]`"),
    Code.PRODUCT_GROUP_EMPTY: _("no item goes to Prom.ua; correct `product_group` in the sync object"),
    Code.COLUMN_MISSING: _(
        "what was last sent of it stays; if it is gone for good: torgsync fields remove COLUMN"
    ),
    Code.DISPLAY_UNKNOWN: _("the item stays as it was, a new one waits; write 1 to show it, 0 to hide it"),
    Code.PRESENCE_UNKNOWN: _(
        "what Prom.ua has stays, a new item is not sold; write yes, no, order or waiting"
    ),
    Code.CENTERS_MISSING: _("all centers count together; let Torgsoft export the stock of each center"),
    Code.TEXT_CLEANED: _("marks of other programs were removed from texts; check that the rest is right"),
    Code.TEXT_CUT: _("the text is sent up to Prom.ua's limit; shorten it to choose what is sent"),
    Code.TEXT_LONG: _("the description is sent whole; if Prom.ua refuses it, shorten it"),
    Code.TEXT_REFORMATTED: _("it is sent as it is; format the column as text, or export from Torgsoft"),
    Code.SKU_CUT: _("the article is sent up to Prom.ua's limit; shorten it, or map another column to `sku`"),
    Code.PHOTOS_TOO_MANY: _("the first photos are sent; name the best ones so that they come first"),
    Code.PHOTOS_UNREAD: _("photos on Prom.ua stay as they are; check the folder and whether uploads ended"),
    Code.RUN_GOES_ON: _("look again when the run has ended"),
    Code.IMPORT_OPEN: _("its items wait for it; the next `torgsync sync` checks how it ended"),
    Code.IMPORT_HANGS: _(
        "cancel it in the seller's cabinet, «Товари» › «Імпорт»; the next `torgsync sync` sends the rest"
    ),
    Code.PHOTOS_UNFETCHED: _("check that its address works; the photo is sent again with the next import"),
    Code.LETTERS_LOST: _("the text is sent as it is; retype it, or export in UTF-8"),
    Code.GROUP_UNREADABLE: _(
        "the rest of the path gives the group, else the item's type; correct the section"
    ),
    Code.SPLIT_AMBIGUOUS: _("the whole text goes to both languages; leave one separator in it"),
    Code.KEYWORD_LONG: _(
        "such long phrases are not sent; if none is left, Prom.ua keeps its own; use commas"
    ),
    Code.SKU_CHARACTERS: _("the article is sent, but Prom.ua may refuse it; use letters, digits and `-_./`"),
    Code.BARCODE_INVALID: _("the item is sent without this barcode; scan it again in the accounting program"),
    Code.SEX_UNKNOWN: _("what Prom.ua has stays; choose the sex again in the accounting program"),
    Code.CHARACTERISTICS_TOO_MANY: _("the first ones are sent; map fewer columns to characteristics"),
    Code.CURRENCY_SIGN: _(
        "the price is sent in the shop's currency, not converted; check that this is right"
    ),
    Code.CURRENCY_OTHER: _(
        "what Prom.ua has stays; export prices in the shop's currency, or change `currency`"
    ),
    Code.VARIANT_ALIKE: _("Prom.ua refuses two variants that look alike; give it its own size or colour"),
    Code.VARIANT_EXTRA: _("Prom.ua wants the same characteristics in all variants; fill them in for each"),
    Code.VARIANT_MISSING: _("Prom.ua would refuse it as a variant; fill in what the others have"),
    Code.VARIANT_MOVED: _("all the rest is sent; set its size and colour in the seller's cabinet"),
    Code.VARIANT_APART: _("buyers see it apart from its variants; join it to them in the seller's cabinet"),
    Code.GROUP_CONFLICT: _("what most items say is sent; correct the section of the others in Torgsoft"),
    Code.GROUP_MISSING: _("a new item goes to no group of the shop; give its type of goods a section"),
    Code.LIST_INCOMPLETE: _(
        "Prom.ua left products out of its list; they were read one by one, nothing is lost"
    ),
    Code.ADOPT_AMBIGUOUS: _(
        "until then it is not created again; to decide: torgsync object adopt --decisions FILE"
    ),
    Code.ID_TAKEN: _("it is not created; give that product another external id in the seller's cabinet"),
    Code.EXTERNAL_ID_MISSING: _(
        "texts and photos stay; `torgsync object adopt --write-ids` gives it an external id"
    ),
    Code.DELETED_FOR_GOOD: _(
        'if it will come back, choose "hide" or a longer `delete_after` under `[removal]`'
    ),
    Code.REFUSED_BEFORE: _("it is tried again when the item changes, or with `--full-refresh`"),
    Code.DELETED_BEFORE: _(
        "restore the product in the cabinet and run `torgsync update --full-refresh`, or change its `GoodID`"
    ),
    Code.DELETED_BY_MODERATOR: _("moderators took the product down; ask Prom.ua's support for the reason"),
    Code.ORDER_SUM: _("the order is kept as Prom.ua shows it; compare its lines with its total yourself"),
    Code.ORDER_GOOD_UNKNOWN: _(
        "no order file is written; enter the order in Torgsoft, then `torgsync orders done ORDER`"
    ),
    Code.ORDER_NO_LINES: _("no order file is written; look in the seller's cabinet and enter it in Torgsoft"),
    Code.ORDER_FREE_LINE: _("the line is in the comment of the order file; nothing needs to be done"),
    Code.ORDER_ID_UNKNOWN: _("the order file is written; check whether Torgsoft found the item in it"),
    Code.ORDER_MONEY_UNREADABLE: _(
        "no order file is written; enter the sale in Torgsoft, then `torgsync orders done ORDER`"
    ),
    Code.ORDER_FORGOTTEN: _(
        "no order file can be written; enter it in Torgsoft, then `torgsync orders done ORDER`"
    ),
    Code.ORDER_CHANGED: _("change it in Torgsoft yourself, then `torgsync orders done ORDER`"),
    Code.ORDER_UNLISTED: _(
        "Prom.ua left the order out of its list; it was read by its number, nothing is lost"
    ),
    Code.ORDER_REWRITTEN: _("Torgsoft had not taken the old file; nothing needs to be done"),
    Code.ORDER_WITHDRAWN: _("the order was canceled and its file taken back; nothing needs to be done"),
    Code.ORDER_NOT_ACCEPTED: _("the order is here and its file is written; the next run tries again"),
    Code.OUTBOX_FAILED: _("the order is here; repair the outbox, and the next run writes its file"),
    Code.OUTBOX_MOVED: _(
        "files in the old outbox count as not taken; move them, or run `torgsync orders export ORDER`"
    ),
    Code.CLIENTS_UNREAD: _("orders are fetched without Torgsoft's clients; export `TSClients.trs` again"),
    Code.CLIENT_AMBIGUOUS: _(
        "the order waits without a client; to choose one: torgsync clients choose ORDER CLIENT"
    ),
    Code.PAYMENT_UNMAPPED: _(
        "the order is kept, its money is not mapped: torgsync payments map NAME --cash-register ACCOUNT"
    ),
}
"""What each finding means and what to do about it: one sentence."""
