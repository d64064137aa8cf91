"""The attempts at synchronization times: the last one at each is stored, for all processes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import LATER, NOON

from torgsync.core.config.schedule import Attempt
from torgsync.errors import Exit
from torgsync.state.store import Store

FIRST = Attempt(NOON, NOON)
SECOND = Attempt(NOON, NOON + timedelta(minutes=15), tries=2)


def attempts(state: Store, slug: str = "shop") -> dict[str, Attempt]:
    with state.transaction(slug) as work:
        return work.schedule.attempts()


def test_an_attempt_is_remembered_until_the_next(state: Store) -> None:
    """Each time has one, each object its own."""
    with state.transaction("shop") as work:
        work.schedule.take_up("a", FIRST)
        work.schedule.take_up("b", FIRST)
    with state.transaction("shop") as work:
        work.schedule.take_up("a", SECOND)
    assert attempts(state) == {"a": SECOND, "b": FIRST}
    assert attempts(state, "other") == {}


def test_how_it_ended(state: Store) -> None:
    """Only the attempt that is meant: an older one that ends late does not change a newer one."""
    with state.transaction("shop") as work:
        work.schedule.take_up("a", SECOND)
        work.schedule.ended("a", FIRST, Exit.TEMPORARY)
    assert attempts(state) == {"a": SECOND}
    with state.transaction("shop") as work:
        work.schedule.ended("a", SECOND, Exit.HELD)
    assert attempts(state) == {"a": Attempt(NOON, SECOND.started, 2, Exit.HELD)}


@pytest.mark.parametrize("before", [None, Attempt(NOON, NOON, exit_code=Exit.TEMPORARY)])
def test_an_attempt_that_did_nothing_is_given_back(state: Store, before: Attempt | None) -> None:
    """What was before it counts again."""
    with state.transaction("shop") as work:
        work.schedule.take_up("a", Attempt(LATER, LATER))
        work.schedule.give_back("a", before)
    assert attempts(state) == ({"a": before} if before else {})
