"""The reasons why a good is not on Prom; source: docs/developers/architecture.md §5.2."""

from __future__ import annotations

from enum import StrEnum

from torgsync.i18n import Message, _


class SkipReason(StrEnum):
    """Why a good is not on Prom, or is left there unchanged although it differs."""

    OTHER_GROUP = "other-group"
    NOT_DISPLAYED = "not-displayed"
    OUT_OF_STOCK = "out-of-stock"
    NO_PHOTOS = "no-photos"
    BLOCKED = "blocked"

    REFUSED_BEFORE = "refused-before"
    DELETED_BEFORE = "deleted-before"
    MODERATED = "deleted-by-moderator"
    NO_PRICE = "no-price"
    NO_NAME = "no-name"
    NO_STOCK = "no-stock"
    DISPLAY_UNKNOWN = "display-unknown"
    AMBIGUOUS = "ambiguous"
    ID_TAKEN = "id-taken"
    NO_EXTERNAL_ID = "no-external-id"
    IN_IMPORT = "in-import"


WORDS: dict[SkipReason, Message] = {
    SkipReason.OTHER_GROUP: _("outside the product group"),
    SkipReason.NOT_DISPLAYED: _("`Display` = 0 in the accounting program"),
    SkipReason.OUT_OF_STOCK: _("not in stock"),
    SkipReason.NO_PHOTOS: _("without photos"),
    SkipReason.BLOCKED: _("in several rows of the export, left alone"),
}
"""The reasons that come from the export and the object's rules alone, in the order they are tried."""
