"""Save the number of an order's parcel on Prom, so that the buyer can track it."""

from __future__ import annotations

from dataclasses import dataclass

from torgsync.core.orders.parcels import CARRIERS, Parcel, decide_parcel, parcel_number
from torgsync.core.problems import ProblemCode, error_of
from torgsync.errors import AnswerLost, Exit, Problem, PromRefused, UsageError
from torgsync.files.config.objects import quoted
from torgsync.jobs.connect import VerifiedShop, connect_shop
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.fetch import store_order
from torgsync.jobs.orders.listing import stored_or_refuse
from torgsync.jobs.run import running

_HINTS = {
    ProblemCode.CARRIER_MISSING: "name the carrier: {command}",
    ProblemCode.PARCEL_PICKED_UP: "if it is sent after all, name the carrier: {command}",
    ProblemCode.PARCEL_OF_PROM: (
        "if it is sent another way, change the delivery of the order in the seller's cabinet first, then: "
        "torgsync orders fetch -o {called}"
    ),
}


@dataclass(frozen=True, slots=True)
class ParcelView:
    """The parcel of an order, as it is stored now; `saved` is false where Prom had this number already.

    `carrier` is the word that Prom was sent; `replaced` is the number that the order had before.
    """

    order_id: str
    parcel: str
    saved: bool
    carrier: str = ""
    replaced: str = ""


def ship_order(context: JobContext, order_id: str, parcel: str, carrier: str | None = None) -> ParcelView:
    """Save a parcel's number to an order on Prom, in a run of its own.

    Without a `carrier` it is the one that the buyer chose. After a lost answer, or a refusal, the order is
    read back: it may have the number. Raises UsageError for an invalid number, and for an order that takes
    none.
    """
    with running(context) as run, connect_shop(run.context, run) as prom:
        view = _ship(run.context, prom, order_id, parcel, carrier)
        run.exit_code = Exit.DONE
    return view


def _ship(
    context: JobContext, prom: VerifiedShop, order_id: str, parcel: str, carrier: str | None
) -> ParcelView:
    with context.transaction() as work:
        order = stored_or_refuse(work, order_id).order
    decided = decide_parcel(order, parcel, carrier or "")
    if isinstance(decided, Problem):
        raise _refused(context, order_id, parcel, decided)
    if decided.known:
        return ParcelView(order_id, decided.number, saved=False, carrier=decided.carrier)
    _save(context, prom, order_id, decided)
    with context.transaction() as work:
        parcel_now = stored_or_refuse(work, order_id).order.parcel
    return ParcelView(
        order_id, parcel_now or decided.number, saved=True, carrier=decided.carrier, replaced=order.parcel
    )


def _refused(context: JobContext, order_id: str, parcel: str, why: Problem) -> UsageError:
    """Return the error for a parcel that cannot be saved, with the command that can."""
    called = context.file.called
    carrier = next(iter(CARRIERS))
    command = f"torgsync orders ship {order_id} --parcel {quoted(parcel)} --carrier {carrier} -o {called}"
    hint = _HINTS.get(ProblemCode(why.codes[0]))
    return error_of(UsageError, why, hint and hint.format(command=command, called=called))


def _save(context: JobContext, prom: VerifiedShop, order_id: str, parcel: Parcel) -> None:
    """Save a number on Prom and store the order as it is there afterwards."""
    trouble: PromRefused | AnswerLost | None = None
    try:
        prom.save_parcel(order_id, parcel.number, parcel.carrier)
    except (PromRefused, AnswerLost) as unclear:
        trouble = unclear
    now = prom.order(order_id)
    if now is not None:
        store_order(context, now)
    if trouble and (now is None or parcel_number(now.parcel) != parcel.number):
        raise trouble
