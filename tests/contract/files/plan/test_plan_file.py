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
from torgsync.errors import InvalidInput, NamedFileInvalid
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
    with pytest.raises(InvalidInput, match="is not a saved plan"):
        read_head(with_head(tmp_path / "plan", choice=choice))


@pytest.mark.parametrize("keys", [{"fields": 10**40}, {"undoes": 10**40}, {"counts": {"update": -1}}])
def test_odd_numbers_of_the_head_are_no_plan(tmp_path: Path, keys: dict[str, Any]) -> None:
    """Also under a digest that fits."""
    with pytest.raises(NamedFileInvalid, match="is not a saved plan"):
        read_head(with_head(tmp_path / "plan", **keys))


@pytest.mark.parametrize(
    ("schema", "why"), [(99, "newer torgsync"), (0, "not a saved"), (None, "not a saved")]
)
def test_a_plan_of_another_schema_is_refused(tmp_path: Path, schema: object, why: str) -> None:
    """A newer program may mean something else by the same words."""
    with pytest.raises(NamedFileInvalid, match=why):
        read_head(with_head(tmp_path / "plan", schema=schema))


@pytest.mark.parametrize(
    "change",
    [
        {"good_id": ""},
        {"good_id": "7" * 100_000},
        {"good_id": "7\u202e1"},
        {"title": "a\u2028b"},
        {"held": "x" * 200},
        {"fields": {"price": ["1.00", "-5"]}},
        {"fields": {"price": ["1e999999", "5.00"]}},
        {"fields": {"price": ["1.00", "1e-999999"]}},
        {"fields": {"quantity": [3, -1]}},
        {"fields": {"wholesale_prices": [None, [{"quantity": -2, "price": "1.00"}]]}},
    ],
)
def test_odd_lines_are_none_of_a_plan(tmp_path: Path, change: dict[str, Any]) -> None:
    """What no plan holds is refused in one short sentence, also under a digest that fits."""
    usual = {"good_id": "7", "verb": "update", "title": "Ляльки", "fields": {"quantity": [-1, 3]}}
    path = with_head(tmp_path / "plan")
    head = path.read_bytes().splitlines(keepends=True)[0]
    for line, fits in ((usual, True), (usual | change, False)):
        lines = head + json.dumps(line).encode() + b"\n"
        path.write_bytes(lines + json.dumps({"digest": xxh3_64(lines).hexdigest()}).encode() + b"\n")
        if fits:
            assert read_head(path).object == "My Prom"
            continue
        with pytest.raises(NamedFileInvalid, match="is not complete") as refused:
            read_head(path)
        assert len(refused.value.message) < 300
