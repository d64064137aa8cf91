"""The head of a saved plan: what was chosen is read back, also from plans that had fields alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from builders import NOON
from xxhash import xxh3_64

from torgsync.core.plan.choice import Choice
from torgsync.core.plan.plan import Counts, SavedPlan
from torgsync.errors import InvalidInput
from torgsync.files.plan.plan_file import read_head, write_plan

CHOSEN = Choice(("price",), ("7", "8"), ("Взуття",), 3)
HEAD = SavedPlan("0" * 8, "My Prom", NOON, "olena", "PC", "s", "e", "1/2", Counts(), CHOSEN)


def with_head(path: Path, **keys: Any) -> Path:  # noqa: ANN401  # what JSON may hold
    """Write a plan whose head has other keys, sealed again; None leaves one out."""
    write_plan(path, HEAD, ())
    head = json.loads(path.read_text("utf-8").splitlines()[0]) | keys
    line = json.dumps({name: value for name, value in head.items() if value is not None}) + "\n"
    path.write_text(line + json.dumps({"digest": xxh3_64(line.encode()).hexdigest()}) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("keys", "choice"),
    [({}, CHOSEN), ({"choice": None}, Choice(("price",))), ({"choice": {"first": 2}}, Choice(first=2))],
)
def test_the_choice_is_read_back(tmp_path: Path, keys: dict[str, Any], choice: Choice) -> None:
    """A plan of an earlier version has `fields` alone."""
    assert read_head(with_head(tmp_path / "plan", **keys)).choice == choice


@pytest.mark.parametrize("choice", [7, "first", {"first": "x"}, {"goods": 5}, {"first": None, "goods": None}])
def test_an_odd_choice_is_no_plan(tmp_path: Path, choice: object) -> None:
    """It is refused in one sentence."""
    with pytest.raises(InvalidInput, match="is no saved plan"):
        read_head(with_head(tmp_path / "plan", choice=choice))
