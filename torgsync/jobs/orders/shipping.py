"""Saves the number of an order's parcel on Prom, so that the buyer can follow it."""

from __future__ import annotations

import re

from torgsync.errors import AnswerLost, PromRefused, UsageError
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.fetch import take_order
from torgsync.prom.api import Prom

CARRIERS = ("nova_poshta", "ukrposhta", "meest")
"""Prom's words for who carries parcels (prom-api §5.4)."""
_NUMBER = re.compile(r"[0-9A-Z]{8,30}")
_NOVA_POSHTA = re.compile(r"\d{14}")


def ship_order(
    context: JobContext, prom: Prom, order_id: str, parcel: str, carrier: str | None = None
) -> bool:
    """Write a parcel's number to an order on Prom; return False where it stood there already.

    Without a `carrier` it is the one that the buyer chose. An answer that is lost, or a refusal of a number
    that the order has, is settled by reading the order back. Raises UsageError for a number that is none.
    """
    number = re.sub(r"[\s-]", "", parcel).upper()
    with context.transaction() as work:
        stored = work.orders.order(order_id)
    if stored is None:
        raise UsageError(f"there is no order {order_id}", hint="see them: torgsync orders list")
    carrier = carrier or stored.order.carrier
    if not carrier:
        raise UsageError(
            f"Prom.ua does not say who carries order {order_id}",
            hint=f"name the carrier: --carrier {CARRIERS[0]}",
        )
    form = _NOVA_POSHTA if carrier == CARRIERS[0] else _NUMBER
    if not form.fullmatch(number):
        wanted = "14 digits" if form is _NOVA_POSHTA else "8 to 30 letters and digits"
        raise UsageError(f"`{parcel}` is no number of a parcel: {carrier} gives {wanted}")
    if not stored.order.takes_place:
        raise UsageError(f"order {order_id} is {stored.order.shown}; nothing is sent for it")
    if stored.order.parcel == number:
        return False
    trouble: PromRefused | AnswerLost | None = None
    try:
        prom.save_parcel(order_id, number, carrier)
    except (PromRefused, AnswerLost) as unclear:
        trouble = unclear
    now = prom.order(order_id)
    if now is not None:
        take_order(context, now)
    if trouble and (now is None or now.parcel != number):
        raise trouble
    return True
