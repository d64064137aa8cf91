"""Words for statuses and kinds: each has one."""

from __future__ import annotations

from torgsync.cli.messages.words import PHASES, account_word, payment_word, posting_word
from torgsync.core.order_status import status_word
from torgsync.core.orders.order import STATUSES, Paid
from torgsync.core.orders.postings import Money
from torgsync.core.orders.stored import FilePhase


def test_each_has_a_word() -> None:
    """What Prom and the state call by a code has a word for people; what a shop named itself stays."""
    assert list(PHASES) == list(FilePhase)
    assert all(map(payment_word, Paid))
    assert [str(posting_word(kind)) for kind in Money] == [str(kind) for kind in Money]
    assert [status_word(status) for status in STATUSES] == list(STATUSES)
    assert status_word("Чекає на склад").template == "{text}"


def test_money_without_a_place() -> None:
    """It is unmapped; other money has the name of its cash register or account."""
    assert account_word({"account": "Каса 1"}) == "Каса 1"
    assert account_word({"account": None}) == "unmapped"
