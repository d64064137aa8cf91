"""What a person should know about a good, an order or a file: a code, a severity and the place.

The codes are the whole catalogue; whoever makes a finding takes one from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from torgsync.core.reason import Args


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"  # the good, or one of its fields, stays as it is on Prom
    WARNING = "warning"  # it goes, and a person should look
    NOTICE = "notice"  # it goes, with a value that was changed on the way


class Code(StrEnum):
    """Every finding there is."""

    ID_MISSING = "id-missing"
    ID_DUPLICATE = "id-duplicate"
    ID_ODD = "id-odd"
    NAME_MISSING = "name-missing"
    NAME_CUT = "name-cut"
    PRICE_MISSING = "price-missing"
    PRICE_ROUNDED = "price-rounded"
    SALE_PRICE_ABOVE = "sale-price-above"
    DISCOUNT_MISMATCH = "discount-mismatch"
    WHOLESALE_UNUSED = "wholesale-unused"
    NUMBER_UNREADABLE = "number-unreadable"
    CELL_ERROR = "cell-error"
    STOCK_UNLED = "stock-unled"
    STOCK_NEGATIVE = "stock-negative"
    STOCK_FRACTION = "stock-fraction"
    STOCK_MISMATCH = "stock-mismatch"
    STOCK_UNCHECKED = "stock-unchecked"
    STOCK_RESERVED = "stock-reserved"
    CENTERS_MISSING = "centers-missing"
    CENTER_UNKNOWN = "center-unknown"
    PRODUCT_GROUP_EMPTY = "product-group-empty"
    COLUMN_MISSING = "column-missing"
    DISPLAY_UNKNOWN = "display-unknown"
    TEXT_CLEANED = "text-cleaned"
    TEXT_CUT = "text-cut"
    TEXT_LONG = "text-long"
    TEXT_REFORMATTED = "text-reformatted"
    SKU_CUT = "sku-cut"
    PHOTOS_TOO_MANY = "photos-too-many"
    PHOTOS_UNREAD = "photos-unread"
    PHOTOS_UNFETCHED = "photos-unfetched"
    IMPORT_OPEN = "import-open"
    LETTERS_LOST = "letters-lost"
    VARIANT_ALIKE = "variant-alike"
    VARIANT_EXTRA = "variant-extra"
    VARIANT_MISSING = "variant-missing"
    VARIANT_MOVED = "variant-moved"
    VARIANT_APART = "variant-apart"
    GROUP_CONFLICT = "group-conflict"
    GROUP_MISSING = "group-missing"
    GROUP_UNREADABLE = "group-unreadable"
    SPLIT_AMBIGUOUS = "split-ambiguous"
    KEYWORD_LONG = "keyword-long"
    SKU_CHARACTERS = "sku-characters"
    BARCODE_INVALID = "barcode-invalid"
    SEX_UNKNOWN = "sex-unknown"
    CHARACTERISTICS_TOO_MANY = "characteristics-too-many"
    CURRENCY_SIGN = "currency-sign"
    CURRENCY_OTHER = "currency-other"
    LIST_INCOMPLETE = "list-incomplete"
    ADOPT_AMBIGUOUS = "adopt-ambiguous"
    ID_TAKEN = "id-taken"
    EXTERNAL_ID_MISSING = "external-id-missing"
    DELETED_FOR_GOOD = "deleted-for-good"
    REFUSED_BEFORE = "refused-before"
    DELETED_BY_MODERATOR = "deleted-by-moderator"
    ORDER_SUM = "order-sum"
    ORDER_GOOD_UNKNOWN = "order-good-unknown"
    ORDER_MONEY_UNREADABLE = "order-money-unreadable"
    ORDER_FORGOTTEN = "order-forgotten"
    ORDER_CHANGED = "order-changed"
    ORDER_UNLISTED = "order-unlisted"
    ORDER_REWRITTEN = "order-rewritten"
    ORDER_WITHDRAWN = "order-withdrawn"
    ORDER_NOT_ACCEPTED = "order-not-accepted"
    OUTBOX_FAILED = "outbox-failed"
    OUTBOX_MOVED = "outbox-moved"
    CLIENTS_UNREAD = "clients-unread"
    CLIENT_AMBIGUOUS = "client-ambiguous"
    PAYMENT_UNMAPPED = "payment-unmapped"


SEVERITY: dict[Code, Severity] = {
    Code.ID_MISSING: Severity.ERROR,
    Code.ID_DUPLICATE: Severity.ERROR,
    Code.ID_ODD: Severity.WARNING,
    Code.NAME_MISSING: Severity.ERROR,
    Code.NAME_CUT: Severity.NOTICE,
    Code.PRICE_MISSING: Severity.ERROR,
    Code.PRICE_ROUNDED: Severity.WARNING,
    Code.SALE_PRICE_ABOVE: Severity.WARNING,
    Code.DISCOUNT_MISMATCH: Severity.WARNING,
    Code.WHOLESALE_UNUSED: Severity.NOTICE,
    Code.NUMBER_UNREADABLE: Severity.ERROR,
    Code.CELL_ERROR: Severity.ERROR,
    Code.STOCK_UNLED: Severity.WARNING,
    Code.STOCK_NEGATIVE: Severity.NOTICE,
    Code.STOCK_FRACTION: Severity.NOTICE,
    Code.STOCK_MISMATCH: Severity.NOTICE,
    Code.STOCK_UNCHECKED: Severity.WARNING,
    Code.STOCK_RESERVED: Severity.NOTICE,
    Code.CENTERS_MISSING: Severity.WARNING,
    Code.CENTER_UNKNOWN: Severity.WARNING,
    Code.PRODUCT_GROUP_EMPTY: Severity.WARNING,
    Code.COLUMN_MISSING: Severity.WARNING,
    Code.DISPLAY_UNKNOWN: Severity.WARNING,
    Code.TEXT_CLEANED: Severity.NOTICE,
    Code.TEXT_CUT: Severity.NOTICE,
    Code.TEXT_LONG: Severity.WARNING,
    Code.TEXT_REFORMATTED: Severity.WARNING,
    Code.SKU_CUT: Severity.NOTICE,
    Code.PHOTOS_TOO_MANY: Severity.NOTICE,
    Code.PHOTOS_UNREAD: Severity.WARNING,
    Code.PHOTOS_UNFETCHED: Severity.WARNING,
    Code.IMPORT_OPEN: Severity.NOTICE,
    Code.LETTERS_LOST: Severity.WARNING,
    Code.VARIANT_ALIKE: Severity.WARNING,
    Code.VARIANT_EXTRA: Severity.WARNING,
    Code.VARIANT_MISSING: Severity.WARNING,
    Code.VARIANT_MOVED: Severity.WARNING,
    Code.VARIANT_APART: Severity.WARNING,
    Code.GROUP_CONFLICT: Severity.WARNING,
    Code.GROUP_MISSING: Severity.WARNING,
    Code.GROUP_UNREADABLE: Severity.WARNING,
    Code.SPLIT_AMBIGUOUS: Severity.WARNING,
    Code.KEYWORD_LONG: Severity.NOTICE,
    Code.SKU_CHARACTERS: Severity.WARNING,
    Code.BARCODE_INVALID: Severity.WARNING,
    Code.SEX_UNKNOWN: Severity.WARNING,
    Code.CHARACTERISTICS_TOO_MANY: Severity.NOTICE,
    Code.CURRENCY_SIGN: Severity.WARNING,
    Code.CURRENCY_OTHER: Severity.ERROR,
    Code.LIST_INCOMPLETE: Severity.WARNING,
    Code.ADOPT_AMBIGUOUS: Severity.ERROR,
    Code.ID_TAKEN: Severity.ERROR,
    Code.EXTERNAL_ID_MISSING: Severity.WARNING,
    Code.DELETED_FOR_GOOD: Severity.WARNING,
    Code.REFUSED_BEFORE: Severity.ERROR,
    Code.DELETED_BY_MODERATOR: Severity.ERROR,
    Code.ORDER_SUM: Severity.WARNING,
    Code.ORDER_GOOD_UNKNOWN: Severity.ERROR,
    Code.ORDER_MONEY_UNREADABLE: Severity.ERROR,
    Code.ORDER_FORGOTTEN: Severity.ERROR,
    Code.ORDER_CHANGED: Severity.WARNING,
    Code.ORDER_UNLISTED: Severity.WARNING,
    Code.ORDER_REWRITTEN: Severity.NOTICE,
    Code.ORDER_WITHDRAWN: Severity.NOTICE,
    Code.ORDER_NOT_ACCEPTED: Severity.WARNING,
    Code.OUTBOX_FAILED: Severity.ERROR,
    Code.OUTBOX_MOVED: Severity.WARNING,
    Code.CLIENTS_UNREAD: Severity.WARNING,
    Code.CLIENT_AMBIGUOUS: Severity.WARNING,
    Code.PAYMENT_UNMAPPED: Severity.WARNING,
}

MEANING: dict[Code, str] = {
    Code.ID_MISSING: "a row without `GoodID` cannot be told from others; export the goods again",
    Code.ID_DUPLICATE: "the good stays as it is on Prom until its id stands in one row only",
    Code.ID_ODD: "the good goes under this id; correct it where it is mistyped, or it stands there twice",
    Code.NAME_MISSING: "the name that Prom has stays, a new good waits; give it a name in Torgsoft",
    Code.NAME_CUT: "the name is sent up to Prom's limit; shorten it to choose where it ends",
    Code.PRICE_MISSING: "what Prom has stays, a new good waits; give it a price in the accounting program",
    Code.PRICE_ROUNDED: "the rounded price is sent; see that it is the one you mean",
    Code.SALE_PRICE_ABOVE: "no discount is sent; correct whichever of the two prices is wrong",
    Code.DISCOUNT_MISMATCH: "what the two prices say is sent; correct whichever of the three is wrong",
    Code.WHOLESALE_UNUSED: "buyers see the retail price alone; lead a number from 1 to `wholesale_minimum`",
    Code.NUMBER_UNREADABLE: "what Prom has stays, a new good may wait for it; correct the number",
    Code.CELL_ERROR: "what Prom has stays, a new good may wait for it; mend the formula and save it anew",
    Code.STOCK_UNLED: "lead a column to `quantity`, or to `presence` where nobody tells how many there are",
    Code.STOCK_NEGATIVE: "the good is sent as sold out; post the missing receipt in the accounting program",
    Code.STOCK_FRACTION: "the whole pieces are sent and the rest is not offered; nothing needs to be done",
    Code.STOCK_MISMATCH: "the smaller stock is sent; see whether some pieces are reserved or posted twice",
    Code.STOCK_UNCHECKED: "the column that can be read is sent, unchecked; correct the other one",
    Code.STOCK_RESERVED: "they are not offered twice; the next export that knows the orders ends it",
    Code.CENTER_UNKNOWN: "it counts as empty; correct `use` under `[accounting_centers]` if it is mistyped",
    Code.PRODUCT_GROUP_EMPTY: "no good goes to Prom; correct `product_group` in the sync object",
    Code.COLUMN_MISSING: "what was last sent of it stays; `torgsync fields remove` if it is gone for good",
    Code.DISPLAY_UNKNOWN: "the good is shown on Prom; write 0 to hide it, 1 to show it",
    Code.CENTERS_MISSING: "all centers count together; let the export tell the stock of each center",
    Code.TEXT_CLEANED: "the text is sent without them; retype it where something is missing",
    Code.TEXT_CUT: "the text is sent up to Prom's limit; shorten it to choose what goes",
    Code.TEXT_LONG: "the description is sent whole and Prom may refuse it; shorten it then",
    Code.TEXT_REFORMATTED: "it is sent as it is; give the column the format of text, or export from Torgsoft",
    Code.SKU_CUT: "the article is sent up to Prom's limit; shorten it, or lead another column to `sku`",
    Code.PHOTOS_TOO_MANY: "the first photos are sent; name the best ones so that they come first",
    Code.PHOTOS_UNREAD: "photos on Prom stay as they are; see whether the folder is there and uploads ended",
    Code.IMPORT_OPEN: "what it makes is still shown as pending; the next `torgsync sync` settles it first",
    Code.PHOTOS_UNFETCHED: "see whether its address works; the photo goes once more with the next import",
    Code.LETTERS_LOST: "the text is sent as it is; retype it, or export in UTF-8",
    Code.GROUP_UNREADABLE: "what is left of the path tells the group, else its type; correct the section",
    Code.SPLIT_AMBIGUOUS: "the whole text goes to both languages; leave one separator in it",
    Code.KEYWORD_LONG: "the phrase is not sent, the others are; part it with commas",
    Code.SKU_CHARACTERS: "the article is sent as it is and Prom may refuse it; use letters, digits and -_./",
    Code.BARCODE_INVALID: "the good goes without this barcode; scan it again in the accounting program",
    Code.SEX_UNKNOWN: "the characteristic is not sent; choose the sex anew in the accounting program",
    Code.CHARACTERISTICS_TOO_MANY: "the first ones are sent; lead fewer columns to characteristics",
    Code.CURRENCY_SIGN: "the price is sent in the shop's currency, unconverted; see that it is meant so",
    Code.CURRENCY_OTHER: "what Prom has stays; export prices in the shop's currency, or change `currency`",
    Code.VARIANT_ALIKE: "Prom would refuse it beside its sisters; give it a size or colour of its own",
    Code.VARIANT_EXTRA: "Prom would refuse it beside its sisters; fill in the same columns for all of them",
    Code.VARIANT_MISSING: "Prom would refuse it beside its sisters; fill in what they have",
    Code.VARIANT_MOVED: "all else of it goes; set its size and colour in the seller's cabinet",
    Code.VARIANT_APART: "buyers see it apart from its sisters; join it to them in the seller's cabinet",
    Code.GROUP_CONFLICT: "what most goods tell is sent; correct the section of the others in Torgsoft",
    Code.GROUP_MISSING: "a new good goes to no group of the shop; give its type of goods a section",
    Code.LIST_INCOMPLETE: "Prom left products out of its list and they were read one by one; nothing is lost",
    Code.ADOPT_AMBIGUOUS: "it is not made anew meanwhile; decide with `torgsync object adopt --decisions`",
    Code.ID_TAKEN: "it is not made; give that product another external id in the seller's cabinet",
    Code.EXTERNAL_ID_MISSING: "texts and photos stay as they are; give it its `GoodID` in the cabinet",
    Code.DELETED_FOR_GOOD: 'choose "hide" under `[removal]` if it will come back, or let it be deleted',
    Code.REFUSED_BEFORE: "Prom refused it; it is tried again when the good changes, or with `--full-refresh`",
    Code.DELETED_BY_MODERATOR: "Prom's moderators took the product down; ask Prom's support for the reason",
    Code.ORDER_SUM: "the order is kept as Prom tells it; compare its lines with its total by hand",
    Code.ORDER_GOOD_UNKNOWN: "no order file is written; enter it by hand, then `torgsync orders done ORDER`",
    Code.ORDER_MONEY_UNREADABLE: "no file is written; enter it by hand, then `torgsync orders done ORDER`",
    Code.ORDER_FORGOTTEN: "no file can be written; enter it by hand, then `torgsync orders done ORDER`",
    Code.ORDER_CHANGED: "change it in Torgsoft by hand, then `torgsync orders done ORDER`",
    Code.ORDER_UNLISTED: "Prom's list left the order out and it was asked for by its number; nothing is lost",
    Code.ORDER_REWRITTEN: "Torgsoft had not taken the old file; nothing needs to be done",
    Code.ORDER_WITHDRAWN: "the order was called off and its file taken back; nothing needs to be done",
    Code.ORDER_NOT_ACCEPTED: "the order is home and its file written; the next run tries again",
    Code.OUTBOX_FAILED: "the order is home; mend the outbox, and the next run writes its file",
    Code.OUTBOX_MOVED: "files in the old outbox count as not taken; move them, or `torgsync orders export`",
    Code.CLIENTS_UNREAD: "orders come home without Torgsoft's clients; export `TSClients.trs` once more",
    Code.CLIENT_AMBIGUOUS: "the order waits without a client; `torgsync clients choose` says whose it is",
    Code.PAYMENT_UNMAPPED: "the order is kept and its money is unmapped; run `torgsync payments map`",
}
"""What each finding means for the good or the order, and what a person can do: one sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know.

    `good_id` is empty where a file or an order is meant; `line` counts from 1 and is 0 where there is none;
    `column` and `value` are those of the export, the value cut to what fits a line. `file` is the export's
    name, where there are several. `order` is the number of the order that is meant.
    """

    code: Code
    message: str = ""
    good_id: str = ""
    line: int = 0
    column: str = ""
    value: str = ""
    file: str = ""
    order: str = ""
    args: Args = field(default_factory=dict, hash=False)

    @property
    def severity(self) -> Severity:
        """The weight of the code; a finding has no other."""
        return SEVERITY[self.code]
