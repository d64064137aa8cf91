"""The code that a monitor gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from torgsync.core.notices.heartbeat import ping_code
from torgsync.errors import Exit

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "ok_codes", "minutes", "pinged"),
    [
        (Exit.DONE, (), None, 0),
        (Exit.HELD, (), None, 0),
        (Exit.PARTIAL, (), None, 6),
        (Exit.PARTIAL, (Exit.PARTIAL,), None, 0),
        (Exit.TEMPORARY, (), None, 5),
        (Exit.TEMPORARY, (), 29, 0),
        (Exit.TEMPORARY, (), 30, 5),
        (Exit.TOKEN, (), 5, 4),
        (Exit.ERROR, (), None, 1),
        (Exit.INTERRUPTED, (), None, 130),
    ],
)
def test_code(code: Exit, ok_codes: tuple[Exit, ...], minutes: int | None, pinged: int) -> None:
    """0 for what is held, for codes that are called fine, and while an import is waited for."""
    since = None if minutes is None else NOON - timedelta(minutes=minutes)
    assert ping_code(code, ok_codes, since, NOON) == pinged
