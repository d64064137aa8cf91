"""The JSON of an answer becomes values that a store, a file and a terminal can take."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.prom.answer_json import DEEPEST, parse_answer

DEEP = b'{"a":' * (DEEPEST + 2) + b"1" + b"}" * (DEEPEST + 2)
LONG = b"9" * 5000


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (rb'{"note": "\ud83d\ude00 \u0456\r\n\tok"}', "😀 і\r\n\tok"),
        (rb'{"note": "half \ud83d of an emoji \ude00"}', "half  of an emoji "),
        (rb'{"note": "a\u0000b\u001b[31mc\u007fd\u009be\u0085f\ufffe"}', "ab[31mcde\nf"),
        (rb'{"no\u0000te": ["\ud800"], "note": "key"}', "key"),
        (b'{"note": "raw \xed\xa0\xbd half"}', "raw  half"),
        (b'{"note": "cut \xd1"}'.ljust(200), "cut "),
        (b'\xef\xbb\xbf{"note": "mark"}', "mark"),
        ('{"note": "wide"}'.encode("utf-16"), "wide"),
    ],
)
def test_a_text_loses_only_what_nothing_can_take(content: bytes, text: str) -> None:
    """Half an emoji in one note must not stop a shop; a whole one, line ends and tabs stay."""
    answer = parse_answer(content)
    assert answer is not None
    assert answer["note"] == text


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (b"0.10", Decimal("0.10")),
        (b"-7", -7),
        (b"NaN", None),
        (b"1e300", "1e300"),
        (b"1e99999999999999999999", "1e99999999999999999999"),
        (LONG, LONG.decode()),
    ],
)
def test_a_number_beyond_all_measure_stays_text(number: bytes, value: object) -> None:
    """No price passes through a float, and no sum of one fills the memory."""
    assert parse_answer(b'{"n": %b}' % number) == {"n": value}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b'{"a": 1', b"[" * 100_000, DEEP, '{"n": "Привіт"}'.encode("cp1251")]
)
def test_what_is_no_object_of_json_is_none(content: bytes) -> None:
    """It is cut, nested without end, or of an encoding in which every letter would be lost."""
    assert parse_answer(content) is None


@given(st.recursive(st.none() | st.text(st.characters()), lambda inner: st.dictionaries(st.text(), inner)))
def test_every_text_can_be_stored(value: object) -> None:
    """Whatever characters an answer holds, the result is text that UTF-8 and PostgreSQL take."""
    content = json.dumps({"a": value}).encode()
    assert "\0" not in json.dumps(parse_answer(content), ensure_ascii=False).encode().decode()
