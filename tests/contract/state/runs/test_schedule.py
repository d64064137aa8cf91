"""The attempts at synchronization times: the last one at each is stored, for all processes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from builders import LATER, NOON

from torgsync.core.config.schedule import Attempt
from torgsync.errors import Exit
from torgsync.state.store import Store, open_store

FIRST = Attempt(NOON, NOON)
SECOND = Attempt(NOON, NOON + timedelta(minutes=15), tries=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty state."""
    opened = open_store(f"sqlite:///{tmp_path / 'state.db'}")
    yield opened
    opened.close()


def attempts(store: Store, slug: str = "shop") -> dict[str, Attempt]:
    with store.transaction(slug) as work:
        return work.schedule.attempts()


def test_an_attempt_is_remembered_until_the_next(store: Store) -> None:
    """Each time has one, each object its own."""
    with store.transaction("shop") as work:
        work.schedule.take_up("a", FIRST)
        work.schedule.take_up("b", FIRST)
    with store.transaction("shop") as work:
        work.schedule.take_up("a", SECOND)
    assert attempts(store) == {"a": SECOND, "b": FIRST}
    assert attempts(store, "other") == {}


def test_how_it_ended(store: Store) -> None:
    """Only the attempt that is meant: an older one that ends late does not change a newer one."""
    with store.transaction("shop") as work:
        work.schedule.take_up("a", SECOND)
        work.schedule.ended("a", FIRST, Exit.TEMPORARY)
    assert attempts(store) == {"a": SECOND}
    with store.transaction("shop") as work:
        work.schedule.ended("a", SECOND, Exit.HELD)
    assert attempts(store) == {"a": Attempt(NOON, SECOND.started, 2, Exit.HELD)}


@pytest.mark.parametrize("before", [None, Attempt(NOON, NOON, exit_code=Exit.TEMPORARY)])
def test_an_attempt_that_did_nothing_is_given_back(store: Store, before: Attempt | None) -> None:
    """What was before it counts again."""
    with store.transaction("shop") as work:
        work.schedule.take_up("a", Attempt(LATER, LATER))
        work.schedule.give_back("a", before)
    assert attempts(store) == ({"a": before} if before else {})
