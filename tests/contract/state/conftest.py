"""An empty state on SQLite, and on PostgreSQL at the URL in `TORGSYNC_TEST_POSTGRES`, which is emptied."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from states import SLUG

from torgsync.state.schema.base import metadata
from torgsync.state.store import Store, UnitOfWork, open_store

POSTGRES = os.environ.get("TORGSYNC_TEST_POSTGRES")
ENGINES = ["sqlite", *(["postgresql"] if POSTGRES else [])]


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty state."""
    if request.param == "sqlite" or POSTGRES is None:
        return f"sqlite:///{tmp_path / 'state.db'}"
    engine = create_engine(POSTGRES)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    engine.dispose()
    return POSTGRES


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
