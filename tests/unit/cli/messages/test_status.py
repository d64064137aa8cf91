"""The sentences about the status of a good."""

from __future__ import annotations

from torgsync.cli.messages.skips import skip_message
from torgsync.cli.messages.status import status_message
from torgsync.core.mapping.skip_reasons import WORDS, SkipReason
from torgsync.core.plan.decide import GoodStatus
from torgsync.core.plan.diff import Leaving


def test_every_status_has_a_sentence() -> None:
    """Those that a filter gives are said by the filter."""
    given = set(SkipReason) - set(WORDS) | {SkipReason.BLOCKED}
    assert all(status_message(status) for status in (*GoodStatus, *given))


def test_every_reason_has_words() -> None:
    """Why a good stays out and why a product leaves."""
    assert all(skip_message(reason) for reason in (*SkipReason, *Leaving))
