"""The lines about skipped goods, foreign products and findings."""

from __future__ import annotations

from builders import existing

from torgsync.cli.plan.render import render_findings, render_foreign, render_skipped, skipped_documents
from torgsync.core.findings import Code, Finding
from torgsync.core.mapping.select import SkipReason
from torgsync.core.plan.plan import Skipped
from torgsync.jobs.plan.result import FindingGroup

REFUSED = Finding(Code.REFUSED_BEFORE, good_id="7", args={"title": "Шуруп [/25]"})
SENTENCE = (
    "Шуруп [/25]: Prom refused it as it is now; it is tried again when the good changes, "
    "or with `--full-refresh`"
)


def test_skipped_goods_are_listed_with_their_line_and_their_finding() -> None:
    """What is not known of a good is left out."""
    goods = [
        Skipped("26939", SkipReason.NOT_DISPLAYED, 84),
        Skipped("7", SkipReason.REFUSED_BEFORE, 0, "Шуруп [/25]", REFUSED),
    ]
    assert list(render_skipped(goods, 2)) == ["26939  line 84", f"7  Шуруп [/25]: {SENTENCE}"]
    assert [document["message"] for document in skipped_documents(goods)] == [
        "Display = 0 in the accounting program",
        SENTENCE,
    ]


def test_more_goods_stay_out_than_fit_a_screen() -> None:
    """The first ten are listed and the rest is counted."""
    goods = (Skipped(str(number), SkipReason.OTHER_GROUP, number) for number in range(30))
    lines = list(render_skipped(goods, 30))
    assert (len(lines), lines[-1]) == (11, "… and 20 more; `--format json` lists all")


def test_foreign_products_are_few_or_all() -> None:
    """Each with its external id where it has one."""
    foreign = [existing("x", "1", name=":wrench:"), *(existing("", str(n)) for n in range(2, 6))]
    few = list(render_foreign(foreign, every=False))
    assert few[0].split() == ["Prom", "1", "(x)", ":wrench:"]
    assert few[-1].strip() == "… and 2 more; `--show all` lists them"
    assert len(list(render_foreign(foreign, every=True))) == 5


def test_findings_are_counted_by_code() -> None:
    """The first with its place, and how many more there are."""
    first = Finding(Code.LIST_INCOMPLETE, args={"count": 2})
    groups = [FindingGroup(Code.REFUSED_BEFORE, 3, (REFUSED,)), FindingGroup(first.code, 1, (first,))]
    assert list(render_findings(groups)) == [
        f"✗ error  good 7: {SENTENCE} (and 2 more)",
        "! warning  Prom's list leaves out 2 products that exist; each was found by its id",
    ]
