"""Findings: each code has its weight and its meaning."""

from torgsync.core.findings import Code, Finding, Severity


def test_a_finding_weighs_what_its_code_weighs() -> None:
    """A good that cannot go is an error, a value changed on the way a notice."""
    assert Finding(Code.PRICE_MISSING).severity is Severity.ERROR
    assert Finding(Code.NAME_CUT).severity is Severity.NOTICE
    assert Finding(Code.ORDER_SUM).severity is Severity.WARNING


def test_a_finding_names_its_file_last() -> None:
    """What made findings before there were several files makes the same ones now."""
    assert Finding(Code.NAME_CUT, "17", 3, "GoodName", "Капці", "01.trs").file == "01.trs"
    assert Finding(Code.NAME_CUT).file == ""
