"""Sentences of reasons: a template or a function for each code, filled with the reason's arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torgsync.i18n import Message

Sentence = Message | Callable[..., Message]
"""A template for the arguments of a reason, or a function that takes them by name."""


def fill(sentence: Sentence, args: Mapping[str, Any]) -> Message:
    """Return a sentence with its arguments."""
    return sentence(**args) if callable(sentence) else sentence.filled(**args)
