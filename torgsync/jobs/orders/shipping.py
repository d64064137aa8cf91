"""Save the number of an order's parcel on Prom, so that the buyer can track it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from torgsync.errors import AnswerLost, Exit, PromRefused, UsageError
from torgsync.jobs.connect import VerifiedShop, connect_shop
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.fetch import store_order
from torgsync.jobs.orders.listing import stored_or_refuse
from torgsync.jobs.run import running

CARRIERS = ("nova_poshta", "ukrposhta", "meest")
"""Prom's words for who carries parcels (prom-api §5.4)."""
_NUMBER = re.compile(r"[0-9A-Z]{8,30}")
_NOVA_POSHTA = re.compile(r"\d{14}")


@dataclass(frozen=True, slots=True)
class ParcelView:
    """The parcel of an order, as it is stored now; `saved` is false where Prom had this number already."""

    order_id: str
    parcel: str
    saved: bool


def ship_order(context: JobContext, order_id: str, parcel: str, carrier: str | None = None) -> ParcelView:
    """Save a parcel's number to an order on Prom, in a run of its own.

    Without a `carrier` it is the one that the buyer chose. After a lost answer, or a refusal, the order is
    read back: it may have the number. Raises UsageError for an invalid number.
    """
    with running(context) as run, connect_shop(run.context, run) as prom:
        view = _ship(run.context, prom, order_id, parcel, carrier)
        run.exit_code = Exit.DONE
    return view


def _ship(
    context: JobContext, prom: VerifiedShop, order_id: str, parcel: str, carrier: str | None
) -> ParcelView:
    number = re.sub(r"[\s-]", "", parcel).upper()
    with context.transaction() as work:
        stored = stored_or_refuse(work, order_id)
    carrier = carrier or stored.order.carrier
    if not carrier:
        hint = f"name the carrier: --carrier {CARRIERS[0]}"
        raise UsageError(f"Prom.ua does not say who carries order {order_id}", hint=hint)
    pattern = _NOVA_POSHTA if carrier == CARRIERS[0] else _NUMBER
    if not pattern.fullmatch(number):
        wanted = "14 digits" if pattern is _NOVA_POSHTA else "8 to 30 letters and digits"
        raise UsageError(f"`{parcel}` is no number of a parcel: {carrier} gives {wanted}")
    if not stored.order.takes_place:
        raise UsageError(f"order {order_id} is {stored.order.shown}; nothing is sent for it")
    if stored.order.parcel == number:
        return ParcelView(order_id, number, saved=False)
    trouble: PromRefused | AnswerLost | None = None
    try:
        prom.save_parcel(order_id, number, carrier)
    except (PromRefused, AnswerLost) as unclear:
        trouble = unclear
    now = prom.order(order_id)
    if now is not None:
        store_order(context, now)
    if trouble and (now is None or now.parcel != number):
        raise trouble
    with context.transaction() as work:
        parcel_now = stored_or_refuse(work, order_id).order.parcel
    return ParcelView(order_id, parcel_now, saved=True)
