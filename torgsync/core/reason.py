"""A reason as data: a code and its arguments. The sentence is made where it is shown (`cli/messages`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

Arg = str | int | Sequence[str] | Sequence[Sequence[str]]
Args = Mapping[str, Arg]
"""Arguments of a sentence, keyed by name: texts, whole numbers, and lists of texts. Money is written out."""

Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Reason(Generic[Code]):
    """Why something is as it is. Equal codes with equal arguments are the same reason."""

    code: Code
    args: Args = field(default_factory=dict, hash=False)


write_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
"""Writes a value as JSON in normal form: equal texts are equal values."""


def encode_args(args: Args) -> str:
    """Return arguments as one JSON text in normal form, "" for none."""
    return write_json(args) if args else ""


def decode_args(text: str) -> dict[str, Arg]:
    """Return the arguments of a text that `encode_args` made. Lists come back as lists."""
    decoded: dict[str, Arg] = json.loads(text) if text else {}
    return decoded
