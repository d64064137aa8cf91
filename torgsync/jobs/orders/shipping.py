"""Save the number of an order's parcel on Prom, so that the buyer can track it, and write to the buyer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from torgsync.core.config.message_text import check_template
from torgsync.core.orders.messages import MessageDecision, MessageState, decide_message
from torgsync.core.orders.order import Order
from torgsync.core.orders.parcels import CARRIERS, Parcel, carrier_name, decide_parcel, parcel_number
from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.core.shell import command, quoted
from torgsync.core.text import message_of
from torgsync.errors import (
    AnswerLost,
    Busy,
    Exit,
    GivenUp,
    Interrupted,
    Problem,
    PromRefused,
    TokenRefused,
    TorgsyncError,
    UsageError,
)
from torgsync.i18n import _
from torgsync.jobs.connect import VerifiedShop, connect_shop
from torgsync.jobs.context import JobContext
from torgsync.jobs.orders.fetch import store_order
from torgsync.jobs.orders.listing import stored_or_refuse
from torgsync.jobs.run import running

_HINTS = {
    ProblemCode.CARRIER_MISSING: _("name the carrier: {command}"),
    ProblemCode.PARCEL_PICKED_UP: _("if it is sent after all, name the carrier: {command}"),
    ProblemCode.PARCEL_OF_PROM: _(
        "if it is sent another way, change the delivery of the order in the seller's cabinet first, then: "
        "torgsync orders fetch -o {called}"
    ),
}
_NEVER_SENT = (ProblemCode.BUSY, ProblemCode.NO_CONNECTION)
_CHAT_OFF = "Chat is disabled"
_UNCLEAR = (MessageState.UNCLEAR, MessageState.UNCLEAR_BEFORE)


@dataclass(frozen=True, slots=True)
class ShipRequest:
    """What a person wants to be sent: the parcel's number, its carrier, else the buyer's choice, and a text.

    `message` is the text to the buyer, None for `[orders] ship_message`; with `silent` none is sent.
    """

    order_id: str
    parcel: str
    carrier: str = ""
    message: str | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Shipment:
    """What is to be sent for an order, and what became of it.

    `replaced` is the number that the order had before, `saved` whether Prom took the new one. `message` is
    None where the buyer is not written to; `asked` is whether its text was given for this order alone.
    `trouble` is why a message was refused, or is unclear.
    """

    order_id: str
    parcel: Parcel
    carrier_name: str
    replaced: str = ""
    saved: bool = False
    message: MessageDecision | None = None
    asked: bool = False
    trouble: TorgsyncError | None = None

    @property
    def exit_code(self) -> Exit:
        """The exit code: a buyer who may not have been written to is not done."""
        state = self.message and self.message.state
        if isinstance(self.trouble, Interrupted):
            return Exit.INTERRUPTED
        if state in _UNCLEAR or (state is MessageState.TOO_OLD and self.asked):
            return Exit.PARTIAL
        return self.trouble.exit_code if self.trouble else Exit.DONE


def plan_shipment(context: JobContext, wanted: ShipRequest) -> Shipment:
    """Return what would be sent for an order, by what is stored of it; nothing is asked or sent.

    Raises UsageError for an invalid number or text, and for an order that takes none.
    """
    text = None if wanted.silent else wanted.message
    if text is not None:
        try:
            text = check_template(text)
        except ValueError as wrong:
            raise UsageError(message_of(wrong)) from None
    elif not wanted.silent:
        text = context.object.orders.ship_message
    with context.transaction() as work:
        order = stored_or_refuse(context, work, wanted.order_id).order
        earlier = work.buyer_messages.of(wanted.order_id)
    parcel = decide_parcel(order, wanted.parcel, wanted.carrier)
    if isinstance(parcel, Problem):
        raise _refused(context, order, wanted.parcel, parcel)
    shipment = Shipment(
        order.id,
        parcel,
        carrier_name(order, parcel.carrier),
        replaced="" if parcel.known else order.parcel,
        asked=wanted.message is not None,
    )
    if text is None:
        return shipment
    try:
        return replace(shipment, message=decide_message(text, order, parcel, earlier, context.now()))
    except ValueError as wrong:
        raise UsageError(message_of(wrong)) from None


def ship_order(context: JobContext, wanted: ShipRequest, show: Callable[[Shipment], None]) -> Shipment:
    """Save a parcel's number to an order on Prom, then write to the buyer, in a run of its own.

    `show` gets the shipment before anything is sent. After a lost answer, or a refusal, the order is read
    back: it may have the number. What keeps a message from being sent is in the result, not raised. Raises
    UsageError as `plan_shipment` does, Interrupted, with the command that goes on, for a stop before the
    message.
    """
    plan_shipment(context, wanted)  # what cannot be sent asks nothing
    try:
        with running(context) as run, connect_shop(run.context, run) as prom:
            shipment = plan_shipment(run.context, wanted)
            show(shipment)
            if not shipment.parcel.known:
                _save(run.context, prom, shipment)
                shipment = replace(shipment, saved=True)
            shipment = _write_to_buyer(run.context, prom, shipment)
            run.exit_code = shipment.exit_code
    except Interrupted as stop:
        raise _with_way_on(context, wanted, stop) from stop
    not_sent = shipment.message and shipment.message.state is MessageState.NOT_SENT
    if not_sent and isinstance(shipment.trouble, Interrupted):
        shipment = replace(shipment, trouble=_with_way_on(context, wanted, shipment.trouble))
    return shipment


def _with_way_on(context: JobContext, wanted: ShipRequest, stop: Interrupted) -> Interrupted:
    """Return the error of a stop with the command that goes on where it ended."""
    options = [f"--parcel {quoted(wanted.parcel)}"]
    options += [f"--carrier {quoted(wanted.carrier)}"] if wanted.carrier else []
    options += [f"--message {quoted(wanted.message)}"] if wanted.message is not None else []
    options += ["--no-message"] if wanted.silent else []
    options += [f"-o {context.file.called}"]
    way_on = command("orders ship", wanted.order_id, options=" ".join(options))
    return Interrupted(stop.message, hint=_("go on with: {command}", command=way_on))


def _refused(context: JobContext, order: Order, parcel: str, why: Problem) -> UsageError:
    """Return the error for a parcel that cannot be saved, with the command that can."""
    called, carrier = context.file.called, next(iter(CARRIERS))
    options = f"--parcel {quoted(parcel)} --carrier {carrier} -o {called}"
    hint = _HINTS.get(ProblemCode(why.codes[0]))
    way_on = {"command": command("orders ship", order.id, options=options), "called": called}
    return error_of(UsageError, why, hint and hint.filled(**way_on))


def _save(context: JobContext, prom: VerifiedShop, shipment: Shipment) -> None:
    """Save a number on Prom and store the order as it is there afterwards."""
    trouble: PromRefused | AnswerLost | None = None
    number = shipment.parcel.number
    try:
        prom.save_parcel(shipment.order_id, number, shipment.parcel.carrier)
    except (PromRefused, AnswerLost) as unclear:
        trouble = unclear
    try:
        now = prom.order(shipment.order_id)
    except Interrupted as stop:
        raise Interrupted(
            _("stopped by you: the parcel number was sent, but not yet read back from Prom.ua")
        ) from stop
    if now is not None:
        store_order(context, now)
    if trouble and (now is None or parcel_number(now.parcel) != number):
        raise trouble


def _write_to_buyer(context: JobContext, prom: VerifiedShop, shipment: Shipment) -> Shipment:
    """Send the message, if one is due; return the shipment with what became of it.

    It is recorded before it is sent, as unclear, and stays so where its answer is lost or the run dies: such
    a message is never sent again. One that was not sent for certain is removed from the record.
    """
    message, order_id = shipment.message, shipment.order_id
    if message is None or message.state is not MessageState.PENDING:
        return shipment
    number = parcel_number(shipment.parcel.number)
    with context.transaction() as work:
        work.buyer_messages.begin(order_id, number, context.now())
    try:
        state, trouble = _send(context, prom, order_id, number, message.text)
    except KeyboardInterrupt:  # a second Ctrl-C: what was under way stays recorded as unclear
        state, trouble = MessageState.UNCLEAR, error_of(Interrupted, problem(ProblemCode.STOPPED))
    return replace(shipment, message=replace(message, state=state), trouble=trouble)


def _send(
    context: JobContext, prom: VerifiedShop, order_id: str, number: str, text: str
) -> tuple[MessageState, TorgsyncError | None]:
    """Send a message that is recorded; return what became of it, with the error that ended it."""
    try:
        message_id = prom.send_message(order_id, text)
    except TorgsyncError as error:
        state = _state_after(error)
        if state is not MessageState.UNCLEAR:
            with context.transaction() as work:
                work.buyer_messages.withdraw(order_id, number)
        return state, _with_chat_hint(context, order_id, number, error)
    with context.transaction() as work:
        work.buyer_messages.mark_sent(order_id, number, message_id, context.now())
    return MessageState.SENT, None


def _with_chat_hint(context: JobContext, order_id: str, number: str, error: TorgsyncError) -> TorgsyncError:
    """Return the error of a message, with what to do where the shop's chat is switched off."""
    if not (isinstance(error, PromRefused) and _CHAT_OFF.casefold() in error.message.casefold()):
        return error
    options = f"--parcel {quoted(number)} --no-message -o {context.file.called}"
    silent = command("orders ship", order_id, options=options)
    hint = _(
        "switch on the chat in the seller's cabinet and run the same command again; to send no message: "
        "{command}",
        command=silent,
    )
    return PromRefused(error.message, hint=hint, problem=error.problem)


def _state_after(error: TorgsyncError) -> MessageState:
    """Return what became of a message whose sending ended with an error.

    Only what was certainly not sent may be tried again. The state may also fail to record an answer: that
    error says nothing about the message.
    """
    if isinstance(error, PromRefused):
        return MessageState.REFUSED
    if isinstance(error, (TokenRefused, GivenUp, Busy, Interrupted)):
        return MessageState.NOT_SENT
    before_any_effect = error.problem and error.problem.codes[0] in _NEVER_SENT
    return MessageState.NOT_SENT if before_any_effect else MessageState.UNCLEAR
