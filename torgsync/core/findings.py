"""What a person should know about a good, an order or a file: a code, a severity and the place.

The codes are the whole catalogue; whoever makes a finding takes one from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"  # the good, or one of its fields, stays as it is on Prom
    WARNING = "warning"  # it goes, and a person should look
    NOTICE = "notice"  # it goes, with a value that was changed on the way


class Code(StrEnum):
    """Every finding there is."""

    ID_MISSING = "id-missing"
    ID_DUPLICATE = "id-duplicate"
    NAME_MISSING = "name-missing"
    NAME_CUT = "name-cut"
    PRICE_MISSING = "price-missing"
    SALE_PRICE_ABOVE = "sale-price-above"
    NUMBER_UNREADABLE = "number-unreadable"
    STOCK_NEGATIVE = "stock-negative"
    STOCK_FRACTION = "stock-fraction"
    CENTERS_MISSING = "centers-missing"
    TEXT_CLEANED = "text-cleaned"
    TEXT_CUT = "text-cut"
    TEXT_LONG = "text-long"
    SKU_CUT = "sku-cut"
    PHOTOS_TOO_MANY = "photos-too-many"
    LETTERS_LOST = "letters-lost"
    VARIANT_ALIKE = "variant-alike"
    VARIANT_EXTRA = "variant-extra"
    VARIANT_MISSING = "variant-missing"
    GROUP_CONFLICT = "group-conflict"
    LIST_INCOMPLETE = "list-incomplete"
    REFUSED_BEFORE = "refused-before"
    DELETED_BY_MODERATOR = "deleted-by-moderator"
    ORDER_SUM = "order-sum"
    ORDER_GOOD_UNKNOWN = "order-good-unknown"
    ORDER_MONEY_UNREADABLE = "order-money-unreadable"
    ORDER_CHANGED = "order-changed"
    CLIENT_AMBIGUOUS = "client-ambiguous"
    PAYMENT_UNMAPPED = "payment-unmapped"


SEVERITY: dict[Code, Severity] = {
    Code.ID_MISSING: Severity.ERROR,
    Code.ID_DUPLICATE: Severity.ERROR,
    Code.NAME_MISSING: Severity.ERROR,
    Code.NAME_CUT: Severity.NOTICE,
    Code.PRICE_MISSING: Severity.ERROR,
    Code.SALE_PRICE_ABOVE: Severity.WARNING,
    Code.NUMBER_UNREADABLE: Severity.ERROR,
    Code.STOCK_NEGATIVE: Severity.NOTICE,
    Code.STOCK_FRACTION: Severity.NOTICE,
    Code.CENTERS_MISSING: Severity.WARNING,
    Code.TEXT_CLEANED: Severity.NOTICE,
    Code.TEXT_CUT: Severity.NOTICE,
    Code.TEXT_LONG: Severity.WARNING,
    Code.SKU_CUT: Severity.NOTICE,
    Code.PHOTOS_TOO_MANY: Severity.NOTICE,
    Code.LETTERS_LOST: Severity.WARNING,
    Code.VARIANT_ALIKE: Severity.WARNING,
    Code.VARIANT_EXTRA: Severity.WARNING,
    Code.VARIANT_MISSING: Severity.WARNING,
    Code.GROUP_CONFLICT: Severity.WARNING,
    Code.LIST_INCOMPLETE: Severity.WARNING,
    Code.REFUSED_BEFORE: Severity.ERROR,
    Code.DELETED_BY_MODERATOR: Severity.ERROR,
    Code.ORDER_SUM: Severity.WARNING,
    Code.ORDER_GOOD_UNKNOWN: Severity.ERROR,
    Code.ORDER_MONEY_UNREADABLE: Severity.ERROR,
    Code.ORDER_CHANGED: Severity.WARNING,
    Code.CLIENT_AMBIGUOUS: Severity.WARNING,
    Code.PAYMENT_UNMAPPED: Severity.WARNING,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know.

    `good_id` is empty where a file or an order is meant; `line` counts from 1 and is 0 where there is none;
    `column` and `value` are those of the export, the value cut to what fits a line, `file` is the name of its
    file.
    """

    code: Code
    message: str
    good_id: str = ""
    line: int = 0
    column: str = ""
    value: str = ""
    file: str = ""

    @property
    def severity(self) -> Severity:
        """The weight of the code; a finding has no other."""
        return SEVERITY[self.code]
