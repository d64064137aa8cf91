"""Sentences about orders: every code has one, with its arguments in it."""

from __future__ import annotations

from typing import Any

import pytest

from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.orders import done_message, hold_message, todo_message, work_message
from torgsync.core.findings import Code, Finding
from torgsync.core.orders.reasons import HandWork, Hold, HoldReason, Todo
from torgsync.core.reason import Args, Reason

FORGOTTEN = "its buyer was forgotten before Torgsoft took it; enter the sale by hand"


@pytest.mark.parametrize(
    ("code", "args", "message"),
    [
        (
            Code.ORDER_CHANGED,
            {"work": "reserve"},
            " is taken up again: reserve its goods in Torgsoft by hand",
        ),
        (
            Code.ORDER_CHANGED,
            {"work": "change", "parts": ["goods", "total"]},
            " has other goods, total now: change it in Torgsoft by hand",
        ),
        (Code.ORDER_UNLISTED, {}, " was missing from Prom's list; it is home now"),
        (
            Code.ORDER_REWRITTEN,
            {"damaged": True},
            " lay in the outbox empty or cut: its file was written anew",
        ),
        (
            Code.ORDER_REWRITTEN,
            {"damaged": False},
            " changed before Torgsoft took its file: it was written anew",
        ),
        (
            Code.ORDER_WITHDRAWN,
            {"sale": True},
            " waits for a person now: its file was taken back from the outbox",
        ),
        (
            Code.ORDER_WITHDRAWN,
            {"sale": False},
            " is no sale any more: its file was taken back from the outbox",
        ),
        (Code.ORDER_NOT_ACCEPTED, {"reason": "closed"}, " was not set to received: closed"),
        (Code.ORDER_NOT_ACCEPTED, {}, " was not set to received: Prom.ua passed it over without a word"),
        (
            Code.ORDER_SUM,
            {"price": "180", "lines": "200"},
            ": its price is 180, its lines come to 200, and Prom tells no discount",
        ),
        (Code.ORDER_SUM, {"total": "1", "lines": "2"}, ": Prom says 1, its lines come to 2"),
        (
            Code.ORDER_GOOD_UNKNOWN,
            {"name": "Капці", "good_id": ""},
            ": `Капці` has no id of the accounting program",
        ),
        (
            Code.ORDER_GOOD_UNKNOWN,
            {"name": "Капці", "good_id": "17"},
            ": `Капці` (17) is no good of the accounting program",
        ),
        (
            Code.ORDER_MONEY_UNREADABLE,
            {"amount": "price `?`", "total_missing": False},
            ": price `?` cannot be read",
        ),
        (
            Code.ORDER_MONEY_UNREADABLE,
            {"amount": "price `?`", "total_missing": True},
            ": price `?` cannot be read; nothing more is posted for it, what was posted stays as it was",
        ),
        (Code.ORDER_FORGOTTEN, {}, f": {FORGOTTEN}"),
        (
            Code.CLIENT_AMBIGUOUS,
            {"clients": ["1", "2"], "against": ""},
            ": 2 known clients fit its buyer; none was picked",
        ),
        (
            Code.CLIENT_AMBIGUOUS,
            {"clients": ["1"], "against": "phone"},
            ": its buyer may be client 1, but has another phone; none was picked",
        ),
        (
            Code.CLIENT_AMBIGUOUS,
            {"clients": ["1", "2"], "against": "phone"},
            ": its buyer may be one of 2 known clients, but has another phone; none was picked",
        ),
        (Code.OUTBOX_FAILED, {}, ": its file for Torgsoft is still to be written"),
    ],
)
def test_a_finding_about_an_order_names_it(code: Code, args: Args, message: str) -> None:
    """Its number comes first; a list of orders leaves it out."""
    finding = Finding(code, order="7", args=args)
    assert finding_message(finding) == f"order 7{message}"
    assert todo_message(finding) == message.lstrip(": ")


@pytest.mark.parametrize(
    ("code", "args", "message"),
    [
        (Code.OUTBOX_FAILED, {"trouble": "`{x}` cannot be used"}, "`{x}` cannot be used"),
        (Code.CLIENTS_UNREAD, {"trouble": "there is no file"}, "there is no file"),
        (
            Code.OUTBOX_MOVED,
            {"files": 2, "place": "/old"},
            "2 order files may still lie in the old outbox `/old`",
        ),
        (
            Code.PAYMENT_UNMAPPED,
            {"orders": 1, "method": "Картка"},
            "the money of 1 order by `Картка` has no place yet",
        ),
        (
            Code.PAYMENT_UNMAPPED,
            {"orders": 2, "first": "7"},
            "2 orders without a payment method: the money has no place; see 7 in the seller's cabinet",
        ),
    ],
)
def test_a_finding_without_an_order(code: Code, args: Args, message: str) -> None:
    """About the outbox, the clients export, or a payment method."""
    assert finding_message(Finding(code, args=args)) == message


@pytest.mark.parametrize(
    ("hold", "message"),
    [
        (Reason(HoldReason.DELIVERED_EARLIER), "it was delivered before orders were brought home"),
        (Reason(HoldReason.PLACED_EARLIER, {"day": "2026-03-01"}), "it was placed before 2026-03-01"),
        (Reason(HoldReason.NO_SALE, {"status": "refunded"}), "it is refunded"),
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
            "is canceled now: release its reserve in Torgsoft by hand",
        ),
        (
            Reason(HandWork.RELEASE, {"cancelled": False}),
            "is no sale any more now: release its reserve in Torgsoft by hand",
        ),
        (Reason(HandWork.CHECK_SAME), "is as Torgsoft got it again: see that it stands so there"),
        (
            Reason(HandWork.CHECK_TAKEN),
            (
                "was in an outbox that was gone: see whether Torgsoft has it; "
                "if not, write its file again with `torgsync orders export`"
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
        HoldReason.MONEY_UNREADABLE: {"amount": "x", "total_missing": False},
        HoldReason.GOOD_UNKNOWN: {"name": "x", "good_id": ""},
        HandWork.RELEASE: {"cancelled": True},
        HandWork.CHANGE: {"parts": ["x"]},
    }
    for code in (*HoldReason, *HandWork):
        assert done_message("1", Reason(code, args.get(code, {})))
