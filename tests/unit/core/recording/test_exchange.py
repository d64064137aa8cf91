"""Lines of a recording: written and read again, and every mistake with its place."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from torgsync.core.recording.exchange import (
    Exchange,
    RecordedAnswer,
    Recording,
    first_line,
    line_of,
    read_recording,
)
from torgsync.errors import Mistake

EXCHANGE = Exchange(
    number=1,
    at=datetime(2026, 3, 2, 9, 0, 1, 250000, tzinfo=UTC),
    method="GET",
    path="/products/list",
    query=(("limit", "100"),),
    headers=(("Authorization", "Bearer x"),),
    body={"kind": "json", "json": {"price": 1.0, "half": "\ud83d"}},
    answer=RecordedAnswer(status=200, headers=(), body=None, seconds=0.125),
)


def test_a_line_is_read_as_it_was_written() -> None:
    """Also half a sign, fractions that are whole, and no answer."""
    lost = Exchange(number=2, at=EXCHANGE.at, method="POST", path="/x", error="ReadError")
    lines = [first_line("1.0"), line_of(EXCHANGE), line_of(lost)]
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines)
    assert "".join(lines).encode()
    assert read_recording(lines) == Recording(program="1.0", exchanges=(EXCHANGE, lost))


def changed(path: str, value: object) -> str:
    document: Any = json.loads(line_of(EXCHANGE))
    *above, last = path.split(".")
    place = document
    for key in above:
        place = place[key]
    place[last] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("number", "1"),
        ("number", True),
        ("at", "yesterday"),
        ("at", None),
        ("at", "2026-03-02T09:00:00"),
        ("request", None),
        ("request.method", 1),
        ("request.path", None),
        ("request.query", "x"),
        ("request.query", [["limit"]]),
        ("request.headers", [["limit", 100]]),
        ("request.headers", ["ab"]),
        ("request.body", {}),
        ("request.body", []),
        ("answer", []),
        ("answer.status", "200"),
        ("answer.seconds", "1"),
        ("answer.seconds", -1),
        ("answer.seconds", True),
        ("answer.body", {"kind": 1}),
    ],
)
def test_a_value_of_another_type(path: str, value: object) -> None:
    """Its key is named, and the line."""
    found = read_recording([first_line("1.0"), line_of(EXCHANGE), changed(path, value)])
    assert isinstance(found, list)
    ((mistake),) = found
    assert (mistake.line, mistake.where) == (3, path)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "the file is empty"),
        (["{", "{"], "this is not one line of JSON"),
        (["[]"], "this is not a recording of torgsync; `--record FILE` makes one"),
        (['{"torgsync_recording": 2}'], "the format is 2; this version of the program reads 1"),
        ([first_line("1"), "nothing"], "this is not one line of JSON"),
        ([first_line("1"), "[" * 90000], "this is not one line of JSON"),
        ([first_line("1"), "[]"], "this should be an object"),
    ],
)
def test_a_file_that_is_no_recording(lines: list[str], message: str) -> None:
    """The first line says what a file is; without it, no more is read."""
    found = read_recording(lines)
    assert isinstance(found, list)
    ((mistake),) = found
    assert isinstance(mistake, Mistake)
    assert mistake.message == message
