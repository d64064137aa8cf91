"""Messages to buyers in the state: each is recorded before it is sent."""

from __future__ import annotations

from datetime import timedelta

from builders import NOON

from torgsync.core.orders.messages import BuyerMessage
from torgsync.state.store import Store

SENT = NOON + timedelta(minutes=1)


def test_messages_of_an_order(state: Store) -> None:
    """Unclear until confirmed; one that was not sent is removed, and those of a forgotten buyer are."""
    with state.transaction("shop") as work:
        for parcel in ("1", "2", "3"):
            work.buyer_messages.begin("5", parcel, NOON)
        work.buyer_messages.begin("6", "1", NOON)
        work.buyer_messages.mark_sent("5", "1", "77", SENT)
        work.buyer_messages.withdraw("5", "3")
    with state.transaction("other") as work:
        assert work.buyer_messages.of("5") == []
    with state.transaction("shop") as work:
        assert work.buyer_messages.of("5") == [BuyerMessage("1", NOON, SENT), BuyerMessage("2", NOON)]
        work.buyer_messages.forget("5")
        assert (work.buyer_messages.of("5"), len(work.buyer_messages.of("6"))) == ([], 1)
