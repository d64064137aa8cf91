"""Channels, imports and what they cost."""

from __future__ import annotations

import pytest

from torgsync.core.plan.channels import (
    IMPORT_TAKES,
    Budget,
    ImportState,
    RowError,
    budget,
    by_channel,
    updated_fields,
)
from torgsync.core.product.fields import FIELDS, Channel


def test_each_field_has_one_channel() -> None:
    """Each field goes by exactly one channel, in the order of the fields."""
    by_each = [by_channel(reversed(FIELDS), channel) for channel in Channel]
    assert sorted(name for names in by_each for name in names) == sorted(FIELDS)
    assert by_channel(["status", "name", "price"], Channel.EDIT) == ["price", "status"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (["price", "quantity", "status"], []),
        (["name", "name_ru", "price"], ["name"]),
        (["photos", "characteristics", "gtin"], ["attributes", "gtin", "images_urls"]),
        (["vendor"], []),
    ],
)
def test_an_import_names_exactly_what_changed(fields: list[str], words: list[str]) -> None:
    """Prom's words for the fields that need an import; prices and stock are never overwritten by it."""
    assert updated_fields(fields) == words


@pytest.mark.parametrize(
    ("counters", "covers"),
    [
        ({}, False),
        ({"created": 0, "updated": 0}, False),
        ({"created": 1, "updated": 2, "not_changed": 3, "with_errors_count": 3}, False),
        ({"created": 1, "updated": 2, "not_changed": 3, "with_errors_count": 4}, True),
        ({"total": 10, "imported": 10, "not_in_file": 10}, False),
        ({"updated": 11}, True),
    ],
)
def test_an_import_is_finished_when_its_counters_cover_the_offers(
    counters: dict[str, int], covers: bool
) -> None:
    """`SUCCESS` with zeros means "wait", and counters of other things cover nothing."""
    assert ImportState("SUCCESS", counters).covers(10) is covers


def test_an_import_without_offers_is_never_finished() -> None:
    """Nothing sent cannot be covered."""
    assert not ImportState("SUCCESS", {"updated": 1}).covers(0)


def test_refused_rows_that_no_counter_has_are_dealt_with() -> None:
    """They count once each; but while all counters are zero, the import has not begun."""
    rows = (RowError("validation", "1001", "name", "", ("1", "2")), RowError("", "7", "", "", ("2",)))
    assert [
        ImportState("PARTIAL", counters, rows=rows).covers(3)
        for counters in ({"created": 1}, {"total": 3}, {"created": 1, "with_errors_count": 1}, {})
    ] == [True, False, True, False]


FAILED = ["FATAL", "FAIL", "ERROR", "FAILED"]


@pytest.mark.parametrize(
    ("status", "fatal"), [*((word, True) for word in FAILED), ("PARTIAL", False), ("SUCCESS", False)]
)
def test_only_a_failure_is_one_of_the_whole(status: str, fatal: bool) -> None:
    """Partial successes are decided product by product."""
    state = ImportState(status, {"with_errors_count": 2, "created": 1})
    assert (state.fatal, state.failed, state.dealt_with) == (fatal, 2, 3)
    assert ImportState(status, {}).failed == 0


@pytest.mark.parametrize(
    ("edits", "imports", "offers", "requests"),
    [(0, 0, 0, 0), (1, 0, 0, 1), (100, 0, 0, 1), (101, 0, 0, 2), (0, 1, 1, 5), (101, 1, 250, 9)],
)
def test_a_plan_has_a_cost(edits: int, imports: int, offers: int, requests: int) -> None:
    """Edits go by the hundred; an import is its upload, some looks, and the listing that reads it back."""
    cost = budget(edits=edits, imports=imports, offers=offers, imports_left=7)
    assert cost == Budget(requests, imports, 7)
    assert cost.seconds(2.0) == requests / 2 + imports * IMPORT_TAKES
