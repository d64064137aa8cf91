"""Reads the JSON of an answer into values that every part of the program can take.

A text that a buyer typed must never stop a shop: half an emoji cannot be encoded, PostgreSQL takes no NUL, an
XML file and a terminal take no other control character either. So texts are cleaned here, before anything
else sees them, and numbers beyond all measure stay the text that Prom sent, which no reader takes for a
number. Source: docs/developers/prom-api.md §1.3.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation

from torgsync.core.text import without_controls
from torgsync.prom.request import Json

DEEPEST = 64
"""Levels of an answer; Prom's have six. What is deeper is read as no JSON."""

LARGEST = 30
"""Digits of a number before its point, or zeros after it, at most; Prom's have ten."""

_BROKEN_LETTERS = 100
"""One letter of so many may be broken; with more, the answer has another encoding."""


def parse_answer(content: bytes) -> Json | None:
    """Return the JSON object in the bytes, with clean texts and exact decimals; None where there is none."""
    text = _decoded(content)
    if text is None:
        return None
    try:
        answer = json.loads(text, parse_float=_decimal, parse_int=_whole, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    try:
        return _cleaned_object(answer, DEEPEST) if isinstance(answer, dict) else None
    except _TooDeepError:
        return None


class _TooDeepError(Exception):
    """An answer has more levels than any of Prom's."""


def _decoded(content: bytes) -> str | None:
    """Return the text of an answer; bytes that are no letter become halves of a pair, which are cleaned."""
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        text = content.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= sign <= "\udcff" for sign in text)
    return text if broken * _BROKEN_LETTERS <= len(text) else None


def _decimal(text: str) -> Decimal | str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if abs(number.adjusted()) < LARGEST else text


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= LARGEST else text


def _cleaned_object(answer: Json, levels: int) -> Json:
    return {without_controls(key): _cleaned(value, levels) for key, value in answer.items()}


def _cleaned(value: object, levels: int) -> object:
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, dict | list) and not levels:
        raise _TooDeepError
    if isinstance(value, dict):
        return _cleaned_object(value, levels - 1)
    if isinstance(value, list):
        return [_cleaned(item, levels - 1) for item in value]
    return value
