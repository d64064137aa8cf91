"""A shop with a clock that tests advance, and a client of it."""

from __future__ import annotations

from functools import partial

import httpx
import pytest
from shops import Clock, RunImport, client_of, import_feed

from torgsync.sandbox.shop.shop import Shop


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock=clock)


@pytest.fixture
def client(shop: Shop) -> httpx.Client:
    return client_of(shop)


@pytest.fixture
def run_import(client: httpx.Client, clock: Clock) -> RunImport:
    """Send an import file, wait for its end, and return the final report."""
    return partial(import_feed, client, clock)
