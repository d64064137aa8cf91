"""The statuses of orders in words."""

from __future__ import annotations

from torgsync.i18n import Message, _, verbatim

_WORDS = {
    "pending": _("pending"),
    "received": _("received"),
    "paid": _("paid"),
    "delivered": _("delivered"),
    "canceled": _("canceled"),
    "draft": _("draft"),
    "refunded": _("refunded"),
}


def status_word(status: str) -> Message:
    """Return a status in a word for people; one of the shop's own as it is."""
    return _WORDS.get(status) or verbatim(status)
