"""Sentences about orders: every code has one, with its arguments in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from builders import finding

from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.orders import done_message, hold_message, todo_message, work_message
from torgsync.cli.messages.parcels import done_lines
from torgsync.core.findings import Code, Finding
from torgsync.core.orders.messages import MessageDecision, MessageState
from torgsync.core.orders.parcels import Parcel
from torgsync.core.orders.reasons import HandWork, Hold, HoldReason, Todo
from torgsync.core.problems import ProblemCode, error_of, problem
from torgsync.core.reason import Reason
from torgsync.errors import AnswerLost
from torgsync.jobs.orders.shipping import Shipment

FORGOTTEN = "its buyer was forgotten before Torgsoft took it; enter the sale by hand"


@pytest.mark.parametrize(
    ("message", "made"),
    {
        "it is a sale again: reserve its items in Torgsoft by hand":
            finding(Code.ORDER_CHANGED, work="reserve"),
        "it was changed (items, total): change it in Torgsoft by hand too":
            finding(Code.ORDER_CHANGED, work="change", parts=["goods", "total"]),
        "it was missing from Prom.ua's list; it has been fetched now": finding(Code.ORDER_UNLISTED),
        "its file in the outbox was empty or incomplete: it was written again":
            finding(Code.ORDER_REWRITTEN, damaged=True),
        "it changed before Torgsoft took its file: the file was written again":
            finding(Code.ORDER_REWRITTEN, damaged=False),
        "it waits for a person now: its file was removed from the outbox":
            finding(Code.ORDER_WITHDRAWN, sale=True),
        "it is not a sale any more: its file was removed from the outbox":
            finding(Code.ORDER_WITHDRAWN, sale=False),
        'its status could not be set to "received": closed':
            finding(Code.ORDER_NOT_ACCEPTED, reason="closed"),
        'its status could not be set to "received": no reason was given':
            finding(Code.ORDER_NOT_ACCEPTED, reason=""),
        'its status could not be set to "received": Prom.ua left it out and gave no reason':
            finding(Code.ORDER_NOT_ACCEPTED),
        "its price is 180, its lines add up to 200, and Prom.ua shows no discount":
            finding(Code.ORDER_SUM, price="180", lines="200"),
        "Prom.ua shows a total of 1, its lines add up to 2": finding(Code.ORDER_SUM, total="1", lines="2"),
        "`Капці` has no id of the accounting program":
            finding(Code.ORDER_GOOD_UNKNOWN, name="Капці", good_id=""),
        "the accounting program has no item `17` (`Капці`)":
            finding(Code.ORDER_GOOD_UNKNOWN, name="Капці", good_id="17"),
        "Prom.ua shows a total of 200.00 and nothing that was bought; see it in the seller's cabinet":
            finding(Code.ORDER_NO_LINES, total="200.00"),
        "`Диск` is free and is not an item of the accounting program; it is in the comment of the "
        "order file":
            finding(Code.ORDER_FREE_LINE, name="Диск"),
        "`Капці` has the id `17`, which neither the export nor Prom.ua has and which was never sent; "
        "check whether Torgsoft finds it":
            finding(Code.ORDER_ID_UNKNOWN, name="Капці", good_id="17", asked=True),
        "`Капці` has the id `17`, which the export does not have, nor did Prom.ua at the last check, "
        "and which was never sent; check whether Torgsoft finds it":
            finding(Code.ORDER_ID_UNKNOWN, name="Капці", good_id="17"),
        "cannot read the currency of `15 £`":
            finding(Code.ORDER_MONEY_UNREADABLE, why="currency", text="15 £", total_missing=False),
        "cannot read `price` (it is empty)":
            finding(Code.ORDER_MONEY_UNREADABLE, why="no-amount", field="price", total_missing=False),
        "cannot read `price` (`?`); no more money is posted for the order, what was posted stays as it was":
            finding(Code.ORDER_MONEY_UNREADABLE, why="amount", field="price", text="?", total_missing=True),
        FORGOTTEN: finding(Code.ORDER_FORGOTTEN),
        "2 known clients fit its buyer; none was chosen":
            finding(Code.CLIENT_AMBIGUOUS, clients=["1", "2"], against=""),
        "its buyer may be client 1, but the phone differs; none was chosen":
            finding(Code.CLIENT_AMBIGUOUS, clients=["1"], against="phone"),
        "its buyer may be one of 2 known clients, but the phone differs; none was chosen":
            finding(Code.CLIENT_AMBIGUOUS, clients=["1", "2"], against="phone"),
        "its file for Torgsoft is still to be written": finding(Code.OUTBOX_FAILED),
    }.items(),
)  # fmt: skip
def test_a_finding_about_an_order_names_it(message: str, made: Finding) -> None:
    """Its number comes first; a list of orders leaves it out."""
    about = replace(made, order="7")
    assert finding_message(about) == f"order 7: {message}"
    assert todo_message(about) == message


@pytest.mark.parametrize(
    ("message", "made"),
    {
        "`{x}` cannot be used": finding(Code.OUTBOX_FAILED, trouble="`{x}` cannot be used"),
        "there is no file": finding(Code.CLIENTS_UNREAD, trouble="there is no file"),
        "2 order files may still be in the old outbox `/old`":
            finding(Code.OUTBOX_MOVED, files=2, place="/old"),
        "no cash register or account chosen yet for the payment method `Картка` (1 order)":
            finding(Code.PAYMENT_UNMAPPED, orders=1, method="Картка"),
        "2 orders have no payment method, so their money cannot be posted; see order 7 in the seller's "
        "cabinet":
            finding(Code.PAYMENT_UNMAPPED, orders=2, first="7"),
    }.items(),
)  # fmt: skip
def test_a_finding_without_an_order(message: str, made: Finding) -> None:
    """About the outbox, the clients export, or a payment method."""
    assert finding_message(made) == message


@pytest.mark.parametrize(
    ("hold", "message"),
    [
        (
            Reason(HoldReason.DELIVERED_EARLIER),
            "it was delivered before orders were fetched for the first time",
        ),
        (Reason(HoldReason.PLACED_EARLIER, {"day": "2026-03-01"}), "it was placed before 2026-03-01"),
        (Reason(HoldReason.NO_SALE, {"status": "refunded"}), "it is refunded"),
        (Reason(HoldReason.NOTHING_SOLD), "nothing was bought"),
        (Reason(HoldReason.FORGOTTEN), f"order 7: {FORGOTTEN}"),
    ],
)
def test_why_an_order_gets_no_file(hold: Hold, message: str) -> None:
    """Also as what a person confirmed."""
    assert hold_message("7", hold) == done_message("7", hold) == message


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (
            Reason(HandWork.RELEASE, {"cancelled": True}),
            "it was canceled: release its reserve in Torgsoft by hand",
        ),
        (
            Reason(HandWork.RELEASE, {"cancelled": False}),
            "it is not a sale any more: release its reserve in Torgsoft by hand",
        ),
        (Reason(HandWork.CHECK_SAME), "it is again as Torgsoft received it: check that Torgsoft shows it so"),
        (
            Reason(HandWork.CHECK_TAKEN),
            (
                "its file was in an outbox that disappeared: check whether Torgsoft has the order; "
                "if not, write its file again: `torgsync orders export ORDER`"
            ),
        ),
    ],
)
def test_what_is_to_be_done_in_torgsoft(work: Todo, message: str) -> None:
    """Also as what a person confirmed."""
    assert work_message(work) == done_message("7", work) == message


def test_every_reason_has_a_sentence() -> None:
    """A code without one would end the program."""
    args: dict[HoldReason | HandWork, dict[str, Any]] = {
        HoldReason.PLACED_EARLIER: {"day": "x"},
        HoldReason.NO_SALE: {"status": "x"},
        HoldReason.MONEY_UNREADABLE: {"why": "no-time", "field": "x", "text": "", "total_missing": False},
        HoldReason.GOOD_UNKNOWN: {"name": "x", "good_id": ""},
        HoldReason.NO_LINES: {"total": "1"},
        HandWork.RELEASE: {"cancelled": True},
        HandWork.CHANGE: {"parts": ["x"]},
    }
    for code in (*HoldReason, *HandWork):
        assert done_message("1", Reason(code, args.get(code, {})))


def test_a_lost_message_is_reported_once() -> None:
    """The line says what is unclear and what to do, then only what lost the answer."""
    cause = problem(ProblemCode.TIMEOUT, server="prom:443", path="/chat/send_order_context")
    shipment = Shipment(
        "7",
        Parcel("20450000000001", "nova_poshta"),
        "Нова Пошта",
        saved=True,
        message=MessageDecision("text", MessageState.UNCLEAR),
        trouble=error_of(AnswerLost, problem(ProblemCode.MESSAGE_LOST, cause)),
    )
    assert list(done_lines(shipment)) == [
        "order 7: saved on Prom.ua",
        (
            "order 7: it is unclear whether the message was sent to the buyer, and it is not sent again; see "
            "the chat in the seller's cabinet: `prom:443` did not answer the message to the buyer in time"
        ),
    ]
