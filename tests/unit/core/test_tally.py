"""Findings added up: by code, by weight, with the first places."""

from __future__ import annotations

import pytest

from torgsync.core import findings
from torgsync.core.findings import Code, Finding, Severity, Tally


def cut(good_id: str) -> Finding:
    """A finding of a good."""
    return Finding(Code.TEXT_CUT, good_id)


def test_nothing_was_found() -> None:
    """No group and no count."""
    empty = Tally()
    assert (empty.groups(), empty.count(Severity.ERROR)) == ([], 0)


def test_a_code_twice_in_one_good() -> None:
    """Two places, one good."""
    found = Tally()
    found.add([cut("17"), cut("17")])
    found.add([cut("18")])
    (group,) = found.groups()
    assert (group.count, group.goods, group.code.severity) == (3, 2, Severity.NOTICE)


def test_a_finding_of_the_file() -> None:
    """It speaks of no good."""
    found = Tally()
    found.add([Finding(Code.CENTERS_MISSING)])
    (group,) = found.groups()
    assert (group.count, group.goods) == (1, 0)


def test_errors_come_first() -> None:
    """Groups go by weight, then by code."""
    found = Tally()
    codes = [Code.TEXT_CUT, Code.TEXT_LONG, Code.PRICE_MISSING, Code.NAME_CUT, Code.ID_DUPLICATE]
    found.add(Finding(code, "17") for code in codes)
    assert [str(group.code) for group in found.groups()] == [
        "id-duplicate",
        "price-missing",
        "text-long",
        "name-cut",
        "text-cut",
    ]
    assert found.count(Severity.ERROR) == 2


def test_more_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """All are counted, the first keep their places."""
    monkeypatch.setattr(findings, "KEPT", 2)
    found = Tally()
    for good_id in ("1", "2", "3"):
        found.add([cut(good_id)])
    (group,) = found.groups()
    assert (group.count, [finding.good_id for finding in group.first]) == (3, ["1", "2"])
