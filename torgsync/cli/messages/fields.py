"""Values of a product's fields and what happens to products, in words."""

from __future__ import annotations

from torgsync.core.plan.diff import Verb
from torgsync.core.product.presence import Presence
from torgsync.i18n import Message, _

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


def value_word(name: str, value: object) -> Message | None:
    """Return a word of Prom's API as people say it, None where the value is no such word."""
    return _WORDS.get(name, {}).get(str(value))
