"""Fields of a product, their values and what happens to products, in words."""

from __future__ import annotations

from torgsync.core.plan.diff import Verb
from torgsync.core.product.presence import Presence
from torgsync.i18n import Message, _, verbatim

FIELD_WORDS = {
    "name": _("name"),
    "name_ru": _("name (ru)"),
    "sku": _("article"),
    "price": _("price"),
    "discount": _("discount"),
    "wholesale_prices": _("wholesale prices"),
    "presence": _("availability"),
    "ready_to_ship": _("ready to ship"),
    "quantity": _("quantity"),
    "status": _("status"),
    "description": _("description"),
    "description_ru": _("description (ru)"),
    "keywords": _("keywords"),
    "keywords_ru": _("keywords (ru)"),
    "group": _("group"),
    "photos": _("photos"),
    "characteristics": _("characteristics"),
    "gtin": _("barcode"),
    "mpn": _("vendor code"),
    "vendor": _("vendor"),
    "country": _("country"),
    "unit": _("unit"),
    "currency": _("currency"),
    "variant_group": _("variant group"),
}
STATUSES = {
    "on_display": _("on the site"),
    "not_on_display": _("hidden"),
    "draft": _("draft"),
    "deleted": _("deleted"),
    "deleted_by_moderator": _("deleted by moderators"),
    "approval_pending": _("in moderation"),
    "editing_required": _("moderators want it edited"),
}
"""Where a product is on Prom.ua, by its `status`."""
PRESENCES: dict[str, Message] = {
    Presence.AVAILABLE: _("in stock"),
    Presence.NOT_AVAILABLE: _("out of stock"),
    Presence.ORDER: _("to order"),
    Presence.WAITING: _("awaited"),
}
"""Whether a product can be bought, by its `presence`."""
VERBS = {Verb.CREATE: _("create"), Verb.UPDATE: _("update"), Verb.REMOVE: _("remove")}
"""What is to be done with a product."""

_WORDS = {"status": STATUSES, "presence": PRESENCES}


def field_word(name: str) -> Message:
    """Return what people call a field of a product."""
    return FIELD_WORDS.get(name) or verbatim(name)


def value_word(name: str, value: object) -> Message | None:
    """Return a word of Prom's API as people say it, None where the value is no such word."""
    return _WORDS.get(name, {}).get(str(value))
