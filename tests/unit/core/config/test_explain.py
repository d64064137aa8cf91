"""Every key of a sync object is explained, and the schema for editors says the same."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from homes import EXAMPLE
from jsonschema import Draft202012Validator

from torgsync.core.config.validation import explained, json_schema, read_settings

FULL = tomllib.loads((EXAMPLE / "my-prom.toml").read_text("utf-8"))


def mistakes(data: dict[str, Any]) -> list[str]:
    """What the schema says of a document."""
    return [error.message for error in Draft202012Validator(json_schema()).iter_errors(data)]


def test_every_key_has_a_meaning() -> None:
    """One sentence each; tables inside lists too."""
    found = {item.key: item for item in explained()}
    some = {"name", "catalog.photos.url", "fields[].owner", "limits.removals", "clients.find_by"}
    assert some <= set(found)
    assert [item.key for item in found.values() if not item.meaning.endswith(".")] == []
    assert [item.meaning for item in found.values() if "\n" in item.meaning] == []
    assert [found[key].required for key in ("name", "catalog.path", "product_group")] == [True, True, False]
    assert not any(key.startswith("api_key.") for key in found)


def test_the_schema_takes_what_the_program_takes() -> None:
    """The example, and the ways in which a key may be written."""
    Draft202012Validator.check_schema(json_schema())
    assert mistakes(FULL) == []
    more = {
        "api_key": "literal",
        "catalog": {"centers": {"1": "01.trs"}},
        "prices": {"markup": "-3%", "round": 0.99},
        "removal": {"delete_after": "0d"},
        "accounting_centers": {"keep": {"2": 1.5}},
    }
    assert mistakes(FULL | more) == []
    assert not isinstance(read_settings(FULL | more, lambda _: 0), list)


@pytest.mark.parametrize(
    "wrong",
    [
        {"removl": {}},
        {"limits": {"removals": 10}},
        {"prices": {"markup": "5"}},
        {"catalog": {}},
        {"fields": [{"column": "A", "to": "prise"}]},
        {"accounting_centers": {"keep": "2"}},
        {"removal": {"gone": "hidee"}},
        {"removal": {"delete_after": "30"}},
    ],
)
def test_the_schema_refuses_what_the_program_refuses(wrong: dict[str, Any]) -> None:
    """An editor marks it while it is written."""
    assert mistakes(FULL | wrong)
    assert isinstance(read_settings(FULL | wrong, lambda _: 0), list)
