"""Where an item is on Prom.ua and what there is of it, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from torgsync.cli.messages.skips import skip_message
from torgsync.core.plan.decide import RowStatus
from torgsync.core.plan.diff import Leaving
from torgsync.core.product.fields import Value
from torgsync.core.product.presence import Presence

if TYPE_CHECKING:
    from torgsync.jobs.catalog.goods import ListedGood

_STATUSES = {
    "on_display": "on the site",
    "not_on_display": "hidden",
    "draft": "draft",
    "deleted": "deleted",
    "deleted_by_moderator": "deleted by moderators",
    "approval_pending": "in moderation",
    "editing_required": "moderators want it edited",
}
_PRESENCES: dict[str, str] = {
    Presence.AVAILABLE: "in stock",
    Presence.NOT_AVAILABLE: "none",
    Presence.ORDER: "to order",
    Presence.WAITING: "awaited",
}


def site_message(good: ListedGood) -> str:
    """Return where a good is on Prom.ua, with what keeps it out of the shop."""
    place = _STATUSES.get(good.status, good.status) if good.prom_id else "not there"
    reason = Leaving.GONE if good.row_status is RowStatus.GONE else good.reason
    return f"{place}: {skip_message(reason)}" if reason else place


def stock_message(values: Mapping[str, Value]) -> str:
    """Return how many pieces there are, or in a word whether there are any; nothing where that is unknown."""
    quantity, presence = values.get("quantity"), values.get("presence")
    return str(quantity) if quantity is not None else _PRESENCES.get(str(presence), "")
