"""How two answers to one request differ."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from torgsync.core.recording.compare import (
    Difference,
    DifferenceKind,
    FoldedDifference,
    Ids,
    call_of,
    compare,
    fold,
    type_of,
)
from torgsync.core.recording.exchange import Exchange, RecordedAnswer

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KIND = (("Content-Type", "application/json; charset=utf-8"),)


def answer(json: object = None, status: int = 200, seconds: float = 0.1, **more: Any) -> RecordedAnswer:  # noqa: ANN401
    body = more.pop("body", {"kind": "json", "json": json})
    return RecordedAnswer(status=status, seconds=seconds, body=body, headers=more.pop("headers", KIND))


def differences(
    recorded: RecordedAnswer | None, other: RecordedAnswer | None, path: str = "/products/list"
) -> list[tuple[str, str, str, str]]:
    exchange = Exchange(number=1, at=AT, method="GET", path=path, answer=recorded)
    return [
        (str(item.kind), item.where, str(item.recorded), str(item.sandbox))
        for item in compare(exchange, other, Ids())
    ]


PRODUCT = {"id": 2, "external_id": "B", "price": 1.5, "status": "draft"}


@pytest.mark.parametrize(
    ("recorded", "other", "expected"),
    [
        (1, 1.0, [("types", "", "integer", "number")]),
        ({"a": "1\u00a0грн"}, {"a": "1.0"}, [("types", "a", "money with U+00A0", "decimal text")]),
        ({"a": None}, {"a": []}, [("types", "a", "null", "list")]),
        ({"b": True}, {"b": {}}, [("types", "b", "boolean", "object")]),
        ({"a": 1, "b": 2}, {"b": 2}, [("keys", "a", "present", "missing")]),
        ({"b": 2}, {"b": 2, "c": 3}, [("keys", "c", "missing", "present")]),
        ({"errors": {"1": "x"}}, {"errors": {"1": {}}}, [("types", "errors.{id}", "text", "object")]),
        ({"errors": {"1": "x"}}, {"errors": {}}, [("keys", "errors.{id}", "present", "missing")]),
        ({"errors": {}}, {"errors": {"1": 2}}, [("keys", "errors.{id}", "missing", "present")]),
        ({"status": "paid", "x": "a"}, {"status": "draft", "x": "b"}, [("words", "status", "paid", "draft")]),
        (
            {"products": [PRODUCT, {"id": 1, "external_id": None}]},
            {"products": [{"id": 1, "external_id": None}, PRODUCT]},
            [("order", "products[]", "same-items", "other-order")],
        ),
        (
            {"products": [PRODUCT | {"id": 9}]},
            {"products": [PRODUCT, PRODUCT | {"id": 3, "external_id": "C"}]},
            [("items", "products[]", "missing", "present")],
        ),
        ({"ids": [3, 2, 1]}, {"ids": [3, 2]}, [("items", "ids[]", "present", "missing")]),
        ({"ids": [3, 3]}, {"ids": ["3", "3"]}, [("types", "ids[]", "integer", "text")] * 2),
        ({"rungs": [{"p": 1}, {"p": 1}]}, {"rungs": [{"p": 1.5}]}, [
            ("types", "rungs[].p", "integer", "number"), ("items", "rungs[]", "present", "missing"),
        ]),
        ([True, None], [True, None], []),
        ({"list": [[1]]}, {"list": [[1]]}, []),
    ],
)  # fmt: skip
def test_two_bodies(recorded: object, other: object, expected: list[tuple[str, ...]]) -> None:
    """Types, keys, words of the API, items and their order are compared, other values are not."""
    assert differences(answer(recorded), answer(other)) == expected


def test_two_answers() -> None:
    """Status, kind, pause and time are compared, and whether there is an answer."""
    page = answer(body={"kind": "page"}, headers=(("content-type", "text/html"), ("Retry-After", "3")))
    assert differences(answer({}, 200), answer([], 404)) == [("status", "", "200", "404")]
    assert differences(page, answer({})) == [
        ("headers", "Content-Type", "text/html", "application/json"),
        ("headers", "Retry-After", "present", "missing"),
        ("types", "", "page", "json"),
    ]
    assert differences(answer(body=None), answer(body=None, headers=())) == [
        ("headers", "Content-Type", "application/json", "missing")
    ]
    assert differences(page, page) == []
    cookie = answer({}, headers=(*KIND, ("Set-Cookie", "a=b"), ("Vary", "x")))
    assert differences(answer({}), cookie) == [("headers", "Set-Cookie", "missing", "present")]
    assert differences(answer(seconds=9.04), answer(seconds=0)) == [("timing", "", "9.0", "0.0")]
    assert differences(None, answer({})) == [("status", "", "no-answer", "200")]
    assert differences(answer({}), None) == [("status", "", "200", "no-answer")]
    assert differences(None, None) == []


def test_things_with_other_ids() -> None:
    """An id that the other side gave is noted, so that later questions can name it."""
    ids = Ids()
    exchange = Exchange(
        number=1, at=AT, method="POST", path="/products/import_file", answer=answer({"id": "ab"})
    )
    assert not list(compare(exchange, answer({"id": "cd"}), ids))
    listed = Exchange(
        number=2, at=AT, method="GET", path="/products/list", answer=answer({"products": [PRODUCT]})
    )
    assert not list(compare(listed, answer({"products": [PRODUCT | {"id": 77}]}), ids))
    assert (ids.of("import", "ab"), ids.of("product", 2), ids.of("product", "5")) == ("cd", 77, "5")
    ids.learn("product", None, 5)
    ids.learn("product", 5, None)
    assert ids.of("product", 5) == 5
    edited = answer({"processed_ids": [2], "errors": {"2": "x"}})
    edit = Exchange(number=3, at=AT, method="POST", path="/products/edit", answer=edited)
    assert not list(compare(edit, answer({"processed_ids": [77], "errors": {"77": "y"}}), ids))


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/products/1600000001", "GET /products/{id}"),
        ("/products/by_external_id/list", "GET /products/by_external_id/{id}"),
        ("/products/import/status/abc", "GET /products/import/status/{id}"),
        ("/order_status_options/list", "GET /order_status_options/list"),
    ],
)
def test_the_call_of_a_request(path: str, call: str) -> None:
    """Ids are left out, so that all of one kind are counted together."""
    assert call_of(Exchange(number=1, at=AT, method="GET", path=path)) == call


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("2025-01-23T16:16:39.053131+00:00", "time with fractions"),
        ("2025-01-23T16:16:39+00:00", "time"),
        ("01.09.2025", "date"),
        ("2025-01-23 16:16:39.5", "time with a blank with fractions without a zone"),
        ("2025-01-23T16:16:39Z", "time in Z"),
        ("1\u202f713,50\u202fгрн", "money with U+202F"),
        ("39грн", "money with no space"),
        ("39\u2009грн", "money with another"),
        ("1\u20091 грн", "money with U+0020, another"),
        ("2.86", "decimal text"),
        ("https://prom.ua/", "web address"),
        ("12345", "text"),
    ],
)
def test_forms_of_texts(value: str, name: str) -> None:
    """What a text looks like is its type."""
    assert type_of(value) == name


def test_folding() -> None:
    """The same difference is one with a count; of an answer's times the longest is shown."""
    keys = Difference(DifferenceKind.KEYS, "GET /a", "x", "present", "missing")
    slow, slower = (Difference(DifferenceKind.TIMING, "GET /a", "", text, "0.0") for text in ("2.0", "10.0"))
    ends = Difference(DifferenceKind.TIMING, "POST /i", "import", "20-40", "1.5")
    found = [(1, slow), (2, keys), (2, keys), (3, slower), (4, keys), (5, slow), (6, ends)]
    assert fold(found) == [
        FoldedDifference(keys, 2, 2),
        FoldedDifference(slower, 3, 1),
        FoldedDifference(ends, 1, 6),
    ]
