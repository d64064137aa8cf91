"""Messages to buyers: which texts are taken, and when one is sent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from builders import NOON, order

from torgsync.core.config.message_text import check_template, filled
from torgsync.core.orders.messages import BuyerMessage, MessageState, decide_message
from torgsync.core.orders.parcels import Parcel

PARCEL = Parcel("20450000000001", "nova_poshta")


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        (" \n", "is empty"),
        (
            "{number}",
            "`{number}` is unknown in the message to the buyer; use `{parcel}`, `{order}`, `{carrier}`",
        ),
        ("{parcels}", "did you mean `{parcel}`?"),
        ("{}", "`{}` is unknown"),
        ("{ parcel }", "is unknown"),
        ("{parcel!r}", "is unknown"),
        ("{parcel", "a brace"),
        ("{{parcel}}", "a brace"),
        ("a }", "a brace"),
        ("x" * 1001, "1001 characters; Prom.ua accepts 1000"),
        ("\U0001f4e6" * 501, "1002 characters"),
        ("a\x00", "characters that cannot be sent"),
        ("a\ud83d", "characters that cannot be sent"),
        ("a\x1b[31m", "characters that cannot be sent"),
    ],
)
def test_a_text_that_is_refused(text: str, mistake: str) -> None:
    """Only three places, no other brace, at most 1000 characters, nothing that cannot be sent."""
    with pytest.raises(ValueError, match="message to the buyer") as caught:
        check_template(text)
    assert mistake in str(caught.value)


def test_a_text_is_trimmed_and_filled() -> None:
    """Line ends are one kind; values are put in once, so that a value with braces stays as it is."""
    text = check_template(" Замовлення {order}\r\n{carrier}: {parcel}\r")
    assert text == "Замовлення {order}\n{carrier}: {parcel}"
    values = {"order": "1", "carrier": "{parcel}", "parcel": "2"}
    assert filled(text, values) == "Замовлення 1\n{parcel}: 2"
    with pytest.raises(ValueError, match="1002 characters"):
        filled("x" * 1000 + "{order}", values | {"order": "12"})


@pytest.mark.parametrize(
    ("of_order", "earlier", "now", "state"),
    [
        ({}, [], NOON, MessageState.PENDING),
        ({}, [BuyerMessage("20450000000002", NOON, NOON)], NOON, MessageState.PENDING),
        ({}, [BuyerMessage("2045 0000000001", NOON, NOON)], NOON, MessageState.SENT_BEFORE),
        ({}, [BuyerMessage("20450000000001", NOON)], NOON, MessageState.UNCLEAR_BEFORE),
        ({"forgotten": True}, [], NOON, MessageState.FORGOTTEN),
        ({}, [], NOON + timedelta(days=30), MessageState.PENDING),
        ({}, [], NOON + timedelta(days=30, seconds=1), MessageState.TOO_OLD),
    ],
)
def test_when_a_message_is_sent(
    of_order: dict[str, bool], earlier: list[BuyerMessage], now: datetime, state: MessageState
) -> None:
    """Once for an order and a parcel number, also where it is unclear whether it was sent; within 30 days."""
    decision = decide_message("{order} {carrier} {parcel}", order(**of_order), PARCEL, earlier, now)
    assert (decision.text, decision.state) == ("300000001 Нова Пошта 20450000000001", state)
    assert (decision.since is None) == (state not in (MessageState.SENT_BEFORE, MessageState.UNCLEAR_BEFORE))
