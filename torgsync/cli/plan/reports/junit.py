"""Reports in the form that CI servers read as results of tests: what a person must look at has failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from torgsync.cli.plan.reports.report import ObjectReport
from torgsync.core.findings import Severity
from torgsync.core.text import one_line, shown, without_controls
from torgsync.i18n import _, translated

if TYPE_CHECKING:
    from lxml.etree import _Element

_COUNTED = ("failure", "error", "skipped")


def suite(report: ObjectReport) -> str:
    """Return a report as one suite.

    Held changes, changes that Prom refused and findings of errors have failed; what was left for later was
    skipped; everything else passed, with what there is to say of it as output.
    """
    cases = [*_ending(report), *_holds(report), *_failures(report), *_remarks(report), *_passed(report)]
    return _suite(report.object, cases)


def failed_suite(name: str, kind: str, lines: Sequence[str]) -> str:
    """Return the suite of an object that could not be looked at."""
    case = _case(name, "object", "error", kind, [translated(line) for line in lines])
    return _suite(name, [case])


def _suite(name: str, cases: Sequence[_Element]) -> str:
    from lxml import etree

    made = etree.Element("testsuite", name=_clean(name), tests=str(len(cases)))
    for tag, attribute in zip(_COUNTED, ("failures", "errors", "skipped"), strict=True):
        made.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    for case in cases:
        made.append(case)
    etree.indent(made)
    return f"{etree.tostring(made, encoding='unicode')}\n"


def _case(suite_name: str, name: str, tag: str = "", kind: str = "", lines: Sequence[str] = ()) -> _Element:
    """Return one case; `tag` says how it ended, empty for one that passed, and `lines` why."""
    from lxml import etree

    case = etree.Element("testcase", classname=_clean(f"torgsync.{suite_name}"), name=_clean(name))
    texts = [_clean(line) for line in lines if line]
    if tag:
        result = etree.SubElement(case, tag, message=texts[0] if texts else "", type=_clean(kind))
        result.text = "\n".join(texts[1:])
    elif texts:
        etree.SubElement(case, "system-out").text = "\n".join(texts)
    return case


def _ending(report: ObjectReport) -> Iterator[_Element]:
    """Yield how a run ended; what failed by itself is no error a second time."""
    if report.ending is None and not report.trouble:
        return
    code = report.ending[0] if report.ending else 1
    words = [*report.trouble, *(report.ending[1:] if report.ending else ())]
    name = translated(report.title)
    explained = report.holds or report.failures
    bad = report.trouble or (code and not explained)
    yield _case(report.object, name, "error" if bad else "", f"exit-{code}", [*map(translated, words)])


def _holds(report: ObjectReport) -> Iterator[_Element]:
    for hold in report.holds:
        lines = [translated(line) for line in (hold.seen, *hold.ways)]
        lines[0] = f"{hold.title}: {lines[0]}" if hold.title else lines[0]
        name = f"held {hold.code} {hold.item}".rstrip()
        yield _case(report.object, name, "failure", f"held-{hold.code}", [*lines, report.allow])


def _failures(report: ObjectReport) -> Iterator[_Element]:
    for failure in report.failures:
        outcome, reason = translated(failure.outcome), translated(failure.reason)
        name = f"{outcome}: {reason}"
        lines = [f"{reason} ({failure.count})", *map(translated, failure.items)]
        if failure.count > len(failure.items):
            lines.append(report.everything)
        tag = "failure" if failure.failed else "" if failure.code == "done" else "skipped"
        yield _case(report.object, name, tag, failure.code, lines)


def _remarks(report: ObjectReport) -> Iterator[_Element]:
    for remark in report.remarks:
        failed = remark.severity == Severity.ERROR
        lines = [f"{translated(remark.meaning)} ({remark.count})", *map(translated, remark.places)]
        if remark.count > len(remark.places):
            lines.append(report.everything)
        yield _case(report.object, remark.code, "failure" if failed else "", remark.code, lines)


def _passed(report: ObjectReport) -> Iterator[_Element]:
    """Yield what was found or done, as far as nothing is wrong with it."""
    for figure in report.figures:
        if figure.count and not figure.waits:
            yield _case(report.object, translated(figure.words), lines=[str(figure.count)])
    lines = [translated(line) for line in (report.headline, *report.notes)]
    yield _case(report.object, translated(_("totals")), lines=lines)


def _clean(text: str) -> str:
    """Return a text as one line that XML takes."""
    return one_line(without_controls(shown(text)))
