"""What people call the fields of a product."""

from __future__ import annotations

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


def field_word(name: str) -> Message:
    """Return what people call a field of a product."""
    return FIELD_WORDS.get(name) or verbatim(name)
