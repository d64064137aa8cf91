"""Retries without their pauses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina

from torgsync.prom.http import TRIES


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=TRIES, cap=True):
        yield
