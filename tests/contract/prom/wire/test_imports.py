"""Answers about imports become values of the core."""

from __future__ import annotations

import pytest
from recorded import IMPORT, changed, parsed

from torgsync.prom.wire.products import import_id, import_state


def test_an_import_has_counters_and_reasons() -> None:
    """The status is in upper case, the misspelt counter is known, and the failed photo is a reason."""
    state = import_state(parsed(changed(IMPORT, message="late", created=True)), lambda raw: str(raw or ""))
    assert state.status == "PARTIAL"
    assert state.counters == {
        "total": 100,
        "imported": 100,
        "updated": 62,
        "not_changed": 28,
        "created_active": 10,
        "created_hidden": 0,
        "not_in_file": 5,
        "with_errors_count": 0,
    }
    assert state.errors == ("late", "{'download_images': {'code': 2004, 'extra': {'status_code': 404}}}")
    assert import_state({"errors": "odd"}, lambda raw: str(raw or "")).errors == ("odd",)


def test_an_import_has_reasons_of_single_products() -> None:
    """The id may be at any depth; a reason belongs to one product only."""
    errors = [
        {"import": {"code": 3001, "extra": {"external_id": "17", "message": "назву обрізано"}}},
        {"import": {"code": 3001, "external_id": 17, "reason": {"text": "ще щось"}}},
        {"validation": {"code": 1001}},
        "просто слова",
    ]
    state = import_state({"errors": errors}, lambda raw: str(raw or ""))
    first, second = state.errors_of["17"]
    assert (first, "ще щось" in second, list(state.errors_of)) == ("назву обрізано", True, ["17"])
    assert state.errors == ("{'validation': {'code': 1001}}", "просто слова")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"id": "0123456789abcdef01234567"}, "0123456789abcdef01234567"),
        ({"id": 17}, "17"),
        ({"import_id": 18}, "18"),
        ({"status": "success"}, None),
    ],
)
def test_the_id_of_an_import_may_be_written_in_three_ways(
    answer: dict[str, object], found: str | None
) -> None:
    """Its absence is the only sure sign of a refusal."""
    assert import_id(answer) == found
