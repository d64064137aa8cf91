"""What a person should know about a good, an order or a file: a code with arguments and a place.

Their sentences are made where they are shown (`cli/messages/findings.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from msgspec import Struct

from torgsync.core.reason import Args


class Severity(StrEnum):
    """How serious a finding is."""

    ERROR = "error"  # the good, or one of its fields, stays as it is on Prom
    WARNING = "warning"  # it is sent, and a person should look
    NOTICE = "notice"  # it is sent with a value that was changed


class Code(StrEnum):
    """Every finding there is, with its severity."""

    severity: Severity

    def __new__(cls, value: str, severity: str = "") -> Self:
        """Return a member, or look one up by its value alone; no member is without a severity."""
        code = str.__new__(cls, value)
        code._value_, code.severity = value, Severity(severity)
        return code

    ID_MISSING = "id-missing", Severity.ERROR
    ID_DUPLICATE = "id-duplicate", Severity.ERROR
    ID_ODD = "id-odd", Severity.WARNING
    NAME_MISSING = "name-missing", Severity.ERROR
    NAME_CUT = "name-cut", Severity.NOTICE
    PRICE_MISSING = "price-missing", Severity.ERROR
    PRICE_ROUNDED = "price-rounded", Severity.WARNING
    SALE_PRICE_ABOVE = "sale-price-above", Severity.WARNING
    DISCOUNT_MISMATCH = "discount-mismatch", Severity.WARNING
    WHOLESALE_UNUSED = "wholesale-unused", Severity.NOTICE
    NUMBER_UNREADABLE = "number-unreadable", Severity.ERROR
    CELL_ERROR = "cell-error", Severity.ERROR
    STOCK_UNLED = "stock-unled", Severity.WARNING
    STOCK_NEGATIVE = "stock-negative", Severity.NOTICE
    STOCK_FRACTION = "stock-fraction", Severity.NOTICE
    STOCK_MISMATCH = "stock-mismatch", Severity.NOTICE
    STOCK_UNCHECKED = "stock-unchecked", Severity.WARNING
    STOCK_RESERVED = "stock-reserved", Severity.NOTICE
    CENTERS_MISSING = "centers-missing", Severity.WARNING
    CENTER_UNKNOWN = "center-unknown", Severity.WARNING
    PRODUCT_GROUP_EMPTY = "product-group-empty", Severity.WARNING
    COLUMN_MISSING = "column-missing", Severity.WARNING
    DISPLAY_UNKNOWN = "display-unknown", Severity.ERROR
    PRESENCE_UNKNOWN = "presence-unknown", Severity.ERROR
    TEXT_CLEANED = "text-cleaned", Severity.NOTICE
    TEXT_CUT = "text-cut", Severity.NOTICE
    TEXT_LONG = "text-long", Severity.WARNING
    TEXT_REFORMATTED = "text-reformatted", Severity.WARNING
    SKU_CUT = "sku-cut", Severity.NOTICE
    PHOTOS_TOO_MANY = "photos-too-many", Severity.NOTICE
    PHOTO_BROKEN = "photo-broken", Severity.ERROR
    PHOTO_REFUSED = "photo-refused", Severity.ERROR
    PHOTO_UNREACHABLE = "photo-unreachable", Severity.WARNING
    PHOTO_UNFIT = "photo-unfit", Severity.WARNING
    PHOTOS_UNREAD = "photos-unread", Severity.WARNING
    PHOTOS_UNFETCHED = "photos-unfetched", Severity.WARNING
    RUN_GOES_ON = "run-goes-on", Severity.NOTICE
    IMPORT_OPEN = "import-open", Severity.NOTICE
    IMPORT_HANGS = "import-hangs", Severity.ERROR
    LETTERS_LOST = "letters-lost", Severity.WARNING
    VARIANT_ALIKE = "variant-alike", Severity.WARNING
    VARIANT_EXTRA = "variant-extra", Severity.WARNING
    VARIANT_MISSING = "variant-missing", Severity.WARNING
    VARIANT_MOVED = "variant-moved", Severity.WARNING
    VARIANT_APART = "variant-apart", Severity.WARNING
    GROUP_CONFLICT = "group-conflict", Severity.WARNING
    GROUP_MISSING = "group-missing", Severity.WARNING
    GROUP_UNREADABLE = "group-unreadable", Severity.WARNING
    SPLIT_AMBIGUOUS = "split-ambiguous", Severity.WARNING
    KEYWORD_LONG = "keyword-long", Severity.NOTICE
    SKU_CHARACTERS = "sku-characters", Severity.WARNING
    BARCODE_INVALID = "barcode-invalid", Severity.WARNING
    SEX_UNKNOWN = "sex-unknown", Severity.WARNING
    CHARACTERISTICS_TOO_MANY = "characteristics-too-many", Severity.NOTICE
    CURRENCY_SIGN = "currency-sign", Severity.WARNING
    CURRENCY_OTHER = "currency-other", Severity.ERROR
    LIST_INCOMPLETE = "list-incomplete", Severity.WARNING
    ADOPT_AMBIGUOUS = "adopt-ambiguous", Severity.ERROR
    ID_TAKEN = "id-taken", Severity.ERROR
    EXTERNAL_ID_MISSING = "external-id-missing", Severity.WARNING
    DELETED_FOR_GOOD = "deleted-for-good", Severity.WARNING
    REFUSED_BEFORE = "refused-before", Severity.ERROR
    DELETED_BEFORE = "deleted-before", Severity.ERROR
    DELETED_BY_MODERATOR = "deleted-by-moderator", Severity.ERROR
    ORDER_SUM = "order-sum", Severity.WARNING
    ORDER_GOOD_UNKNOWN = "order-good-unknown", Severity.ERROR
    ORDER_NO_LINES = "order-no-lines", Severity.ERROR
    ORDER_FREE_LINE = "order-free-line", Severity.NOTICE
    ORDER_ID_UNKNOWN = "order-id-unknown", Severity.WARNING
    ORDER_MONEY_UNREADABLE = "order-money-unreadable", Severity.ERROR
    ORDER_FORGOTTEN = "order-forgotten", Severity.ERROR
    ORDER_CHANGED = "order-changed", Severity.WARNING
    ORDER_UNLISTED = "order-unlisted", Severity.WARNING
    ORDER_REWRITTEN = "order-rewritten", Severity.NOTICE
    ORDER_WITHDRAWN = "order-withdrawn", Severity.NOTICE
    ORDER_NOT_ACCEPTED = "order-not-accepted", Severity.WARNING
    OUTBOX_FAILED = "outbox-failed", Severity.ERROR
    OUTBOX_MOVED = "outbox-moved", Severity.WARNING
    CLIENTS_UNREAD = "clients-unread", Severity.WARNING
    CLIENT_AMBIGUOUS = "client-ambiguous", Severity.WARNING
    PAYMENT_UNMAPPED = "payment-unmapped", Severity.WARNING


PLACED = frozenset({Code.VARIANT_MOVED, Code.VARIANT_APART})
"""The findings about where Prom has a good, which are over when Prom creates it again."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a good, an order or a file.

    `args` are those of its sentence. `line` counts from 1; `value` is cut to fit a line. `file` is the
    export's name, where there are several, `order` the number of the order.
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
        return self.code.severity

    @property
    def place(self) -> tuple[int, str, int, Code]:
        """What findings are sorted by: the gravest first, then by file and line."""
        return _GRAVITY[self.severity], self.file, self.line, self.code


_GRAVITY = {severity: place for place, severity in enumerate(Severity)}
KEPT = 2000
"""Findings of one code that are kept with their places; the others are counted."""


class FindingCount(Struct):
    """All findings of one code: how many, in how many goods, and the first `KEPT` of them."""

    code: Code
    count: int = 0
    goods: int = 0
    first: list[Finding] = []


class Tally:
    """Findings by code. Those of one good are added together."""

    def __init__(self) -> None:
        self._groups: dict[Code, FindingCount] = {}

    def add(self, findings: Iterable[Finding]) -> None:
        """Add all findings of one good, of goods that depend on each other, or of a file as a whole."""
        met = set()
        for finding in findings:
            group = self._groups.setdefault(finding.code, FindingCount(finding.code))
            group.count += 1
            if finding.good_id and (finding.code, finding.good_id) not in met:
                met.add((finding.code, finding.good_id))
                group.goods += 1
            if len(group.first) < KEPT:
                group.first.append(finding)

    def groups(self) -> list[FindingCount]:
        """Return the groups by gravity, then by first place; the findings of each by file and line."""
        for group in self._groups.values():
            group.first.sort(key=lambda finding: (finding.file, finding.line))
        return sorted(self._groups.values(), key=lambda group: group.first[0].place)

    def count(self, severity: Severity) -> int:
        """Return how many findings have this weight."""
        return sum(group.count for group in self._groups.values() if group.code.severity is severity)
