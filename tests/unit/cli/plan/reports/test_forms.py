"""Every form of a report, with texts of every kind in every place where an export or Prom writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reports import Page, read_junit, read_markdown, read_page

from torgsync.cli.plan.reports import page
from torgsync.cli.plan.reports.junit import failed_suite, suite
from torgsync.cli.plan.reports.markdown import Markdown, render, size
from torgsync.cli.plan.reports.prices import ChartBar, NamedPrice, PriceMoves
from torgsync.cli.plan.reports.report import (
    Failure,
    Figure,
    GroupPlaces,
    Hold,
    Listing,
    ObjectReport,
    Remark,
    Requests,
    Row,
    RowLine,
    Tone,
)
from torgsync.core.text import one_line
from torgsync.i18n import composed, verbatim

PHOTOS = "https://shop.example/photos/"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style></details></main><iframe src=//evil.example>",
    "javascript:alert(1)",
    "[a](javascript:alert(1)) ![b](https://evil.example/x.png) <https://evil.example>",
    "@octocat #12 octo/repo#3 GH-4 https://evil.example www.evil.example a@evil.example",
    "| a | b |\n|---|---|\n# heading\n- list\n1. one\n> quote\n```\nfence\n***\n===",
    "`one ``two`` ```three``` torgsync sync --allow `x`",
    "]]> &amp; &lt; &#x6A; \\* \\_ ~~gone~~ $x$",
    "\u202eevil\u2066 \x1b[31m \x00 \ud800 \ufffe \u2028",
    "\u05d0\u05d1\u05d2 שלום",
    "",
    " ",
    "-",
    "{{ 7 * 7 }} {% raw %} {0} {name}",
    "😀" * 50,
    "довга-назва-без-пробілів" * 20,
)
TEXTS = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=60), st.sampled_from(HOSTILE).map(lambda text: text * 3)
)


class Rows:
    """Gives the same rows to every group."""

    def __init__(self, *rows: Row) -> None:
        self.rows = rows

    def __call__(self, group: GroupPlaces, most: int | None = None) -> Iterator[Row]:
        """Yield the rows."""
        yield from self.rows[: len(group.seqs)][:most]


def report_of(text: str, other: str = "x", *, rows: int = 2) -> ObjectReport:
    """Return a report with a text in every place that has one."""
    said = verbatim(text)
    line = RowLine(text, text, other, "+5 %", up=True)
    row = Row(
        text, one_line(text), (line, RowLine("", None, text)), f"{PHOTOS}1.jpg", text, Tone.BAD, (line, line)
    )
    groups = (GroupPlaces(one_line(text), tuple(range(rows))), GroupPlaces("", (7,)))
    return ObjectReport(
        object=text,
        id="my-prom",
        language="uk",
        title=composed("{text}", text=text),
        about=(said,),
        headline=said,
        tone=Tone.CARE,
        figures=(
            Figure(2, verbatim("one")),
            Figure(0, verbatim("two")),
            Figure(3, verbatim("three"), waits=True),
        ),
        trouble=(said, said),
        holds=(Hold("price", said, (said, said), "7", text), Hold("removals", said, ())),
        allow=f"torgsync sync --allow {text}",
        next_step="torgsync sync",
        everything="torgsync update --show all",
        failures=(Failure("refused", verbatim("refused"), said, 9, (said,), failed=True),),
        prices=PriceMoves(
            *(1, 1),
            (ChartBar(3, 9, up=False), *[ChartBar(0, 0, up=True)] * 9),
            (NamedPrice(text, text, text, text, text, up=True),),
        ),
        notes=(said, said),
        listings=(Listing("held", verbatim("held"), groups, Rows(*[row] * rows)),),
        remarks=(
            Remark("price-missing", "error", said, 9, (said,)),
            Remark("text-cut", "notice", said, 1, (said,)),
        ),
        skipped=((3, said),),
        requests=(Requests(3, f"GET {text}", None, said),),
        ending=(8, said, said),
        pictures=PHOTOS,
    )  # fmt: skip


def page_of(report: ObjectReport) -> Page:
    """Return the page of a report."""
    return read_page("".join(page.whole_page(report)))


@given(TEXTS, TEXTS)
@example(HOSTILE[2], HOSTILE[9])
def test_a_page_shows_any_text_as_text(text: str, other: str) -> None:
    """A strict parser finds our elements alone; pictures are photos, and texts are whole."""
    seen = page_of(report_of(text, other))
    assert set(seen.pictures) == {f"{PHOTOS}1.jpg"}
    assert " ".join(page.letters(text).split()) == seen.texts("h1")[0]
    assert f"img-src {PHOTOS};" in seen.policy


@pytest.mark.parametrize("text", HOSTILE)
def test_every_hostile_text(text: str) -> None:
    """The worst texts, each in every form."""
    report = report_of(text, text)
    page_of(report)
    read_markdown(render(report))
    read_junit(f"<testsuites>{suite(report)}{failed_suite(text, text, [text, text])}</testsuites>")
    failed = "".join((*page.begin(text, "uk", [""]), *page.failed(text, [verbatim(text)]), *page.end()))
    assert "img-src 'none'" in read_page(failed).policy


@given(TEXTS, st.integers(1_000, 9_000), st.integers(0, 60))
@example(HOSTILE[15], 1_000, 60)
def test_markdown_has_its_size(text: str, most: int, rows: int) -> None:
    """It is never longer, never cut within a piece, and what is left out is said with the command for all."""
    report = report_of(text, rows=rows)
    written = render(report, most)
    assert size(written) <= most
    seen = read_markdown(written)
    whole = render(report, 10**7)
    assert (report.everything in seen.code) == (written != whole)
    assert report.everything not in read_markdown(whole).code


def test_markdown_counts_what_it_leaves_out() -> None:
    """The first changes are listed, and the rest is a number."""
    written = render(report_of("Капці", rows=400), 6_000)
    listed = written.count("- `Капці`")
    assert 10 < listed < 100
    assert f"… and {401 - listed} more" in written


@given(TEXTS)
def test_several_objects_share_the_size(text: str) -> None:
    """Two reports and an error are one text of that size."""
    document = Markdown(4_096, 3)
    written = document.report(report_of(text, rows=40)) + document.failed(text, [verbatim(text)])
    written += document.report(report_of("second", rows=40))
    assert size(written) <= 4_096
    read_markdown(written)
    assert "second" in written


@given(TEXTS)
def test_results_of_tests_are_valid(text: str) -> None:
    """Held changes, refused ones and findings of errors have failed, and nothing else."""
    root = read_junit(f"<testsuites>{suite(report_of(text))}</testsuites>")
    assert len(root.findall(".//failure")) == 4
    assert [case.get("name") for case in root.iter("testcase") if case.find("failure") is not None][:2] == [
        "held price 7",
        "held removals",
    ]


def test_a_page_has_a_limit() -> None:
    """Rows beyond it are counted, with the command that shows them; what is not shown is not read."""
    read: list[int] = []

    class Counted(Rows):
        def __call__(self, group: GroupPlaces, most: int | None = None) -> Iterator[Row]:
            for row in super().__call__(group, most):
                read.append(1)
                yield row

    row = Row("1", "x" * 1000, (RowLine("a", "b", "c"),))
    listing = Listing(
        "update", verbatim("updated"), (GroupPlaces("a", tuple(range(40))),) * 2, Counted(*[row] * 40)
    )
    space = page.RowSpace(50_000)
    shown_rows = [len(list(group.rows)) for group in space.groups(listing)]
    assert sum(shown_rows) + space.left_out == 80
    assert 30 <= sum(shown_rows) <= 50
    assert len(read) <= sum(shown_rows) + 1
