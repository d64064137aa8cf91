"""What a person should know about a good, an order or a file: a code with arguments and a place.

Their sentences are made where they are shown (`cli/messages/findings.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from torgsync.core.reason import Args


class Severity(StrEnum):
    """How serious a finding is."""

    ERROR = "error"  # the good, or one of its fields, stays as it is on Prom
    WARNING = "warning"  # it is sent, and a person should look
    NOTICE = "notice"  # it is sent with a value that was changed


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


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a good, an order or a file.

    `args` are the arguments of its sentence. `good_id` is empty for a file or an order; `line` counts from 1
    and is 0 where there is none; `column` and `value` are those of the export, the value cut to fit a line.
    `file` is the export's name, where there are several, `order` the number of the order.
    """

    code: Code
    good_id: str = ""
    line: int = 0
    column: str = ""
    value: str = ""
    file: str = ""
    order: str = ""
    args: Args = field(default_factory=dict, hash=False)

    @property
    def severity(self) -> Severity:
        """The severity of its code."""
        return SEVERITY[self.code]
