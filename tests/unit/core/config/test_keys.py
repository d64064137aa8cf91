"""Keys of a sync object by name, and what a word may mean."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from torgsync.core.config.keys import (
    Key,
    changes_between,
    flat_rows,
    key_text,
    meanings,
    put,
    read_key,
    remove,
)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("name", ("name",)),
        ("removal.gone", ("removal", "gone")),
        ("payment_methods[1].name", ("payment_methods", 1, "name")),
        ('catalog.names."Мій ключ"', ("catalog", "names", "Мій ключ")),
        ("catalog.centers.2", ("catalog", "centers", "2")),
    ],
)
def test_a_key_is_read_as_people_write_it(text: str, path: Key) -> None:
    """With points, places in brackets, and quotes around what holds blanks; and written alike, without."""
    assert read_key(text) == path
    assert key_text(path) == text.replace('"', "")


@pytest.mark.parametrize("text", ["", "[0]", "a b", "a..b", "a[x]", ".a", "a=b"])
def test_what_is_no_key_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="^" + ("$" if not text else "")):
        read_key(text)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("true", [True, "true", ["true"]]),
        ("0.99", [0.99, "0.99", ["0.99"]]),
        ("hide", ["hide", ["hide"]]),
        ("2, 8", ["2, 8", ["2", "8"]]),
        ('["2"]', [["2"], '["2"]', ['["2"]']]),
        ("", ["", []]),
    ],
)
def test_a_word_may_mean_several_things(word: str, found: list[Any]) -> None:
    """A TOML value before a text, a text before a list."""
    assert list(meanings(word)) == found


def test_values_are_put_and_taken_out() -> None:
    """Tables are made on the way, items are not."""
    data: dict[str, Any] = {"name": "a", "fields": [{"to": "name"}]}
    put(data, ("limits", "photos"), "10%")
    put(data, ("fields", 0, "to"), "price")
    put(data, ("name",), "b")
    assert data == {"name": "b", "fields": [{"to": "price"}], "limits": {"photos": "10%"}}
    remove(data, ("limits", "photos"))
    remove(data, ("fields", 0))
    assert data == {"name": "b", "fields": [], "limits": {}}


@pytest.mark.parametrize("path", [("fields", 1, "to"), ("name", "x"), (0,), ("fields", "x")])
def test_a_path_without_a_place(path: Key) -> None:
    """It can neither be set nor removed."""
    with pytest.raises(LookupError):
        put({"name": "a", "fields": [{"to": "name"}]}, path, 1)
    with pytest.raises(LookupError):
        remove({"name": "a", "fields": [{"to": "name"}]}, path)


def test_a_table_of_a_list_is_one_line() -> None:
    """It is TOML, also where it holds a table itself; keys without a value are left out."""
    table: dict[str, object] = {
        "column": "Color",
        "map": {"черн": "чорний", "син": "синій"},
        "unit": None,
        "of": [],
        "on": False,
    }
    ((key, line),) = flat_rows({"values": [table]})
    assert (key, line) == (
        "values[0]",
        'column = "Color", map = { "черн" = "чорний", "син" = "синій" }, on = false',
    )
    assert tomllib.loads(f"row = {{ {line} }}")["row"] == {
        "column": "Color",
        "map": {"черн": "чорний", "син": "синій"},
        "on": False,
    }


def test_the_first_table_of_a_list_is_only_added() -> None:
    """And the last one only removed: a list that is not there has no table."""
    table = {"fields": [{"column": "Size"}]}
    assert changes_between({}, table).tables == (("+", "fields", 'column = "Size"'),)
    assert changes_between(table, {}).tables == (("-", "fields", 'column = "Size"'),)
