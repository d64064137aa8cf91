"""Sentences about the state as a whole."""

from __future__ import annotations

import pytest

from torgsync.cli.messages.state import upkeep_lines
from torgsync.state.maintenance.upkeep import Space, SpaceKept
from torgsync.state.runs.compaction import Compacted


@pytest.mark.parametrize(
    ("space", "line"),
    [
        (Space(900_000), None),
        (Space(5_000_000, given_back=4_960_000), "5.0 MB were released to the file system"),
        (
            Space(5_000_000, kept=SpaceKept.IN_USE),
            "5.0 MB of it are unused; they are released once nothing works with the state",
        ),
        (
            Space(5_000_000, kept=SpaceKept.DISK_FULL, needed=8_000_000),
            "5.0 MB of it are unused; releasing them needs 8.0 MB of free space",
        ),
    ],
)
def test_what_became_of_unused_space(space: Space, line: str | None) -> None:
    """Little of it is not worth a line."""
    assert list(upkeep_lines({}, space)) == ([line] if line else [])


def test_what_was_removed() -> None:
    """A line for each object, with the right plurals."""
    assert list(upkeep_lines({"my-prom": Compacted(2, 1, 0)}, Space())) == [
        "my-prom: only totals are kept of 2 old runs; removed: 1 change, 0 requests"
    ]
