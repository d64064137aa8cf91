"""Fixtures of the contract tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from shops import DOORS


@pytest.fixture(scope="session")
def _servers() -> Iterator[None]:
    """Stop what is still listening when all tests are done."""
    yield
    DOORS.stop()


@pytest.fixture(params=["in-process", "socket"])
def each_door(request: pytest.FixtureRequest, _servers: None) -> Iterator[None]:
    """Run the test once without a socket and once over one."""
    with DOORS.during(sockets=request.param == "socket"):
        yield
