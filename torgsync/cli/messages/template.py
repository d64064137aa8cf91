"""Fills sentences: the one place that knows how numbers, lists and moments read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any

from torgsync.core.clock import shop_time
from torgsync.core.text import counted

Sentence = str | Callable[..., str]
"""A template for the arguments of a reason, or a function that takes them by name."""


class _Template(Formatter):
    """Fills `{n:good}` with a number and its noun, `{n:copy|copies}` with the right form of it.

    `{flag:yes|no}` chooses by a flag, `{names:quoted}` lists names in backticks, `{sent:time}` is a moment.
    """

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401
        """Return one argument in words."""
        one, _, other = format_spec.partition("|")
        match value:
            case bool() if one:
                return one if value else other
            case int() if one:
                return counted(value, one, other or None)
            case list() | tuple():
                return ", ".join(f"`{item}`" if one else str(item) for item in value)
            case str() if one:
                return shop_time(value)
        return str(value)


def fill(sentence: Sentence, args: Mapping[str, Any]) -> str:
    """Return a sentence with its arguments."""
    return sentence(**args) if callable(sentence) else _Template().vformat(sentence, (), args)
