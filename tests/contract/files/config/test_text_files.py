"""TOML as people and other programs write it."""

from __future__ import annotations

import pytest

from torgsync.errors import Mistake
from torgsync.files.config.text_files import parse_toml

DEEP = 20_000


@pytest.mark.parametrize(
    "line",
    ["a" + ".a" * DEEP + " = 1", "[" + "'a b' . \"b\"." * DEEP + "a]", "x = {" + "a." * DEEP + "a = 1}"],
)
def test_deep_keys_are_a_mistake(line: str) -> None:
    """They are not read at all: the time that it takes grows with their square."""
    found = parse_toml(f"a = 1\n{line}\n")
    assert isinstance(found, Mistake)
    assert (found.line, found.message) == (2, "a key has more than 64 parts; no setting has so many")


def test_dots_in_texts_are_none_of_a_key() -> None:
    """Addresses, numbers and ellipses stay what they are."""
    text = 'a = "' + "http://a.example/1.2 " * 40 + "." * 200 + '"\n' + ".".join("bcdefgh") + " = 1.5\n"
    assert isinstance(parse_toml(text), dict)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('name = "x\n', "a text has no closing quotation mark"),
        ("[catalog.photos]\n[catalog.photos]\n", "the table `catalog.photos` is there twice"),
        ("a = 1\na = 2\n", "Cannot overwrite a value"),
    ],
)
def test_words_of_a_text_that_is_not_toml(text: str, what: str) -> None:
    """As a person would say it, where Python's reader does not."""
    found = parse_toml(text)
    assert isinstance(found, Mistake)
    assert found.message == f"this is not TOML: {what}"
