"""What end-to-end tests may ask for besides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from faulty import FaultyMarket
from homes import Home

from torgsync.prom.http import TRIES
from torgsync.sandbox.manners import Manners
from torgsync.sandbox.rights import Rights
from torgsync.sandbox.shop import Shop


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Repeat as often as ever, without the pauses before it."""
    with stamina.set_testing(True, attempts=TRIES):
        yield


@pytest.fixture
def faulty() -> Iterator[FaultyMarket]:
    """A marketplace that misbehaves on demand."""
    tokens = {"full": Rights.full(), "read-only": Rights.read_only()}
    with FaultyMarket(Shop(tokens=tokens, manners=Manners(import_seconds=0))) as market:
        yield market


@pytest.fixture
def hard(tmp_path: Path, faulty: FaultyMarket) -> Home:
    """A home with the example shop's object in it, at work against `faulty`."""
    return Home.of_example(tmp_path, faulty)
