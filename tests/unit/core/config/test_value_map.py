"""The table `[[values]]`: which words are replaced, and which tables are refused."""

from __future__ import annotations

from typing import Any

import pytest
from builders import sync_object
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from torgsync.core.config.value_map import ValueMap, ValueMapping

COLOURS = ValueMapping(column="Color", map={"черн": "чорний", "син": "синій", "": "різний", "–": ""})


@pytest.mark.parametrize(
    ("cell", "instead"),
    [
        ("черн", "чорний"),
        (" ЧЕРН\u00a0", "чорний"),
        ("чорний", None),
        ("черн син", None),
        ("син|черн|білий", "синій|чорний|білий"),
        ("син|Син", "синій"),
        ("–|син", "синій"),
        ("білий|сірий", None),
        ("  ", "різний"),
        ("–", ""),
    ],
)
def test_a_value_is_replaced_whole_or_part_by_part(cell: str, instead: str | None) -> None:
    """Case and blanks around it make no difference; what is in no table stays, as do other columns."""
    values = ValueMap([COLOURS])
    assert values.instead("Color", cell) == instead
    assert values.instead("Material", cell) is None
    cells = {"Color": cell, "Material": cell}
    assert values.apply(cells) == (cells if instead is None else cells | {"Color": instead})
    assert values.apply({"Material": cell}) == {"Material": cell}


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_without_a_table_every_row_stays(cells: dict[str, str]) -> None:
    """It is the very same row, so that it costs nothing."""
    assert ValueMap([]).apply(cells) is cells


@pytest.mark.parametrize(
    ("tables", "place", "words"),
    [
        ([{"column": "goodid", "map": {}}], ("values", 0, "column"), "`GoodID` is the key of an item"),
        ([{"column": "PrimeCost", "map": {}}], ("values", 0, "column"), "it is never sent"),
        ([{"column": "Color", "map": {"ч": "1", " Ч": "2"}}], ("values", 0), '"ч" is the same word'),
        (
            [{"column": "Color", "map": {}}, {"column": "color", "map": {}}],
            ("values",),
            "another table also replaces words of `Color`",
        ),
    ],
)
def test_tables_that_are_refused(tables: list[dict[str, Any]], place: tuple[object, ...], words: str) -> None:
    """Each mistake with its place."""
    with pytest.raises(ValidationError) as refused:
        sync_object(values=tables)
    (error,) = refused.value.errors()
    assert (error["loc"], words in error["msg"]) == (place, True)
