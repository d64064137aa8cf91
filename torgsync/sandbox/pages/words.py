"""The words of the pages for what the shop knows by code, and how figures are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from torgsync.core.clock import SHOP_ZONE
from torgsync.i18n import Message, _
from torgsync.sandbox.api.answers import money

# A no-break space holds groups of digits, and an amount and its unit, together.
NBSP = "\u00a0"
SIGNS = {"UAH": "₴", "USD": "$", "EUR": "€"}

PRESENCES: Mapping[str, Message] = {
    "available": _("In stock"),
    "not_available": _("Out of stock"),
    "order": _("To order"),
    "service": _("Service"),
    "waiting": _("Expected"),
}
STATUSES: Mapping[str, Message] = {
    "on_display": _("On the site"),
    "draft": _("Draft"),
    "not_on_display": _("Hidden"),
    "editing_required": _("To be edited"),
    "approval_pending": _("Waiting for a moderator"),
    "deleted_by_moderator": _("Deleted by a moderator"),
    "deleted": _("Deleted"),
}
ORDER_STATUSES: Mapping[str, Message] = {
    "draft": _("Draft"),
    "pending": _("New"),
    "received": _("Accepted"),
    "paid": _("Paid"),
    "delivered": _("Done"),
    "canceled": _("Cancelled"),
}
PAYMENTS: Mapping[str, Message] = {
    "unpaid": _("not paid"),
    "paid": _("paid"),
    "refunded": _("money returned"),
}
OUTCOMES: Mapping[str, Message] = {
    "SUCCESS": _("Done"),
    "PARTIAL": _("Done, with errors"),
    **dict.fromkeys(("FATAL", "FAIL", "error", "failed"), _("Failed")),
}
STAGES: Mapping[str, Message] = {
    "download": _("file not fetched"),
    "store_file": _("file not saved"),
    "validation": _("file not valid"),
    "import": _("product"),
    "download_images": _("photo"),
}


def grouped(number: int) -> str:
    """Return a whole number with its digits in groups of three."""
    return f"{number:,}".replace(",", NBSP)


def quantity(amount: Decimal | int) -> str:
    """Return a quantity with a comma, without zeros that say nothing."""
    return f"{Decimal(amount).normalize():f}".replace(".", ",")


def price(amount: Decimal, currency: str = "UAH") -> str:
    """Return an amount of money: 1 249,50 ₴, without kopiykas where there are none."""
    return money(amount, NBSP, SIGNS.get(currency, currency))


def moment(time: datetime) -> str:
    """Return a time as the clock in Kyiv shows it."""
    return f"{time.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S}"
