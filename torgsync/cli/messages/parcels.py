"""Sentences about parcels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torgsync.core.orders.order import Order
from torgsync.core.orders.parcels import carrier_name, is_proms_number

if TYPE_CHECKING:
    from torgsync.jobs.orders.shipping import ParcelView

_STATES = {
    "on_the_way": "on the way",
    "in_warehouse": "waits for the buyer at the branch",
    "delivered": "delivered to the buyer",
}
"""Prom's words for how far a parcel is; others are shown as they are."""


def parcel_message(order: Order) -> str:
    """Return the parcel of an order with its carrier and how far it is; empty where it has none."""
    if not order.parcel:
        return ""
    name = carrier_name(order, order.carrier) if order.carrier else ""
    parts = [f"{order.parcel}{f' ({name})' if name else ''}"]
    if is_proms_number(order.parcel):
        parts.append("number issued by Prom.ua, which delivers it")
    if order.parcel_status:
        parts.append(_STATES.get(order.parcel_status, order.parcel_status))
    return ", ".join(parts)


def saved_message(view: ParcelView) -> str:
    """Return what became of a parcel number."""
    if not view.saved:
        return f"order {view.order_id}: Prom.ua has this number already"
    before = f" in place of {view.replaced}" if view.replaced else ""
    return f"order {view.order_id}: saved on Prom.ua{before}"
