"""Where an item is on Prom.ua and what there is of it, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from torgsync.cli.messages.fields import PRESENCES, STATUSES
from torgsync.cli.messages.skips import skip_message
from torgsync.core.plan.decide import RowStatus
from torgsync.core.plan.diff import Leaving
from torgsync.core.product.fields import Value
from torgsync.i18n import NOTHING, Message, _, composed, verbatim

if TYPE_CHECKING:
    from torgsync.jobs.catalog.goods import ListedGood


def site_message(good: ListedGood) -> Message:
    """Return where a good is on Prom.ua, with what keeps it out of the shop."""
    place = STATUSES.get(good.status, verbatim(good.status)) if good.prom_id else _("not there")
    reason = Leaving.GONE if good.row_status is RowStatus.GONE else good.reason
    return composed("{place}: {why}", place=place, why=skip_message(reason)) if reason else place


def stock_message(values: Mapping[str, Value]) -> Message:
    """Return how many pieces there are, or in a word whether there are any; nothing where that is unknown."""
    quantity, presence = values.get("quantity"), values.get("presence")
    if quantity is not None:
        return verbatim(str(quantity))
    return PRESENCES.get(str(presence), NOTHING)
