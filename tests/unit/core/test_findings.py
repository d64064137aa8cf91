"""Findings: each code has its weight and its meaning; added up by code, with the first places."""

from __future__ import annotations

import pytest

from torgsync.core import findings
from torgsync.core.findings import Code, Finding, Severity, Tally


def test_a_finding_weighs_what_its_code_weighs() -> None:
    """A good that cannot go is an error, a value changed on the way a notice."""
    assert Finding(Code.PRICE_MISSING).severity is Severity.ERROR
    assert Finding(Code.NAME_CUT).severity is Severity.NOTICE
    assert Finding(Code.ORDER_SUM).severity is Severity.WARNING


def test_a_finding_names_its_file_last() -> None:
    """What made findings before there were several files makes the same ones now."""
    assert Finding(Code.NAME_CUT, "17", 3, "GoodName", "Капці", "01.trs").file == "01.trs"
    assert Finding(Code.NAME_CUT).file == ""


# Added up


def cut(good_id: str) -> Finding:
    """A finding of a good."""
    return Finding(Code.TEXT_CUT, good_id)


def test_nothing_was_found() -> None:
    """No group and no count."""
    empty = Tally()
    assert (empty.groups(), empty.count(Severity.ERROR)) == ([], 0)


@pytest.mark.parametrize(
    ("found", "goods"),
    [
        ([cut("17"), cut("17"), cut("18")], 2),
        ([cut("17"), cut("18"), cut("19")], 3),
        ([Finding(Code.TEXT_CUT)] * 3, 0),
    ],
    ids=["twice in one good", "of goods that depend on each other", "of the file"],
)
def test_places_and_goods_are_counted(found: list[Finding], goods: int) -> None:
    """Two places may be in one good; a finding of the file speaks of no good."""
    tally = Tally()
    tally.add(found[:2])
    tally.add(found[2:])
    (group,) = tally.groups()
    assert (group.count, group.goods, group.code.severity) == (3, goods, Severity.NOTICE)


def test_errors_come_first() -> None:
    """Groups go by weight, then by code."""
    found = Tally()
    codes = [Code.TEXT_CUT, Code.TEXT_LONG, Code.PRICE_MISSING, Code.NAME_CUT, Code.ID_DUPLICATE]
    found.add(Finding(code, "17") for code in codes)
    order = ["id-duplicate", "price-missing", "text-long", "name-cut", "text-cut"]
    assert [str(group.code) for group in found.groups()] == order
    assert found.count(Severity.ERROR) == 2


def test_more_than_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """All are counted, the first keep their places."""
    monkeypatch.setattr(findings, "KEPT", 2)
    found = Tally()
    for good_id in ("1", "2", "3"):
        found.add([cut(good_id)])
    (group,) = found.groups()
    assert (group.count, [finding.good_id for finding in group.first]) == (3, ["1", "2"])


def test_by_file_and_line() -> None:
    """Whatever was found last."""
    tally = Tally()
    places = [("", 9), ("b", 1), ("a", 7), ("", 2), ("a", 3)]
    tally.add([Finding(Code.ID_DUPLICATE, "17", line, file=file) for file, line in places])
    (group,) = tally.groups()
    assert [(finding.file, finding.line) for finding in group.first] == sorted(places)
