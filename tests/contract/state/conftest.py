"""An empty state on SQLite, and on a PostgreSQL of the tests' own where that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Cluster
from states import SLUG

from torgsync.state.store import Store, UnitOfWork, open_store


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a state that has its tables and no rows."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    postgres: Cluster = request.getfixturevalue("postgres")
    return postgres.empty("state")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a state that was never opened."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    postgres: Cluster = request.getfixturevalue("postgres")
    return postgres.create("new")


@pytest.fixture
def state(url: str) -> Iterator[Store]:
    """An empty state."""
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def work(state: Store) -> Iterator[UnitOfWork]:
    """One unit of work with the object's memory."""
    with state.transaction(SLUG) as work:
        yield work
