"""Shows what a check found: its lines, and findings by code with their meaning and their places.

Each has a sign and a word, so that it reads without colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from torgsync.cli.base.program import Program
from torgsync.core.counts import item_count
from torgsync.core.findings import Code, Finding, FindingCount, Severity
from torgsync.i18n import Message, _, _n, composed, joined, translated, verbatim

if TYPE_CHECKING:
    from torgsync.jobs.config.check_view import CheckLine


MARKS = {Severity.ERROR: _("✗ error"), Severity.WARNING: _("! warning"), Severity.NOTICE: _("· notice")}
STYLES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}
PLACES = 3
"""Places of one code that are shown before the rest is counted."""
INDENT = " " * 11


def finding_words(finding: Finding) -> Message:
    """Return the sentence of a finding; the catalogue of them is loaded with the first one."""
    from torgsync.cli.messages.findings import finding_message

    return finding_message(finding)


def _meaning(code: Code) -> Message:
    """Return what a finding means and what a person can do, as `torgsync explain` says it."""
    from torgsync.cli.messages.explained.findings import FINDINGS

    return FINDINGS[code].sentence


def finding_document(finding: Finding, export: str) -> dict[str, object]:
    """Return one finding with its whole place as JSON; `export` is the file of those that name none.

    A finding that has neither a line nor a column belongs to no file.
    """
    placed = finding.line or finding.column
    return {
        "code": str(finding.code),
        "severity": str(finding.severity),
        "good_id": finding.good_id or None,
        "file": finding.file or (export if placed else None),
        "line": finding.line or None,
        "column": finding.column or None,
        "value": finding.value or None,
        "message": finding_words(finding),
    }


def count_document(group: FindingCount) -> dict[str, object]:
    """Return as JSON how often a code was met, and how many of its findings are listed with their places."""
    return {
        "code": str(group.code),
        "severity": str(group.code.severity),
        "meaning": _meaning(group.code),
        "findings": group.count,
        "goods": group.goods,
        "listed": len(group.first),
    }


def print_groups(program: Program, groups: list[FindingCount], file: str, *, every: bool) -> None:
    """Print findings by code: how many goods, what it means, the first places, and how many more."""
    for group in groups:
        affected = item_count(group.goods) if group.goods else _place_count(group.count)
        severity = group.code.severity
        program.print()
        program.print(
            composed(
                "{mark} `{code}`: {affected}", mark=_mark(MARKS[severity]), code=group.code, affected=affected
            ),
            style=STYLES[severity],
        )
        shown = group.first if every else group.first[:PLACES]
        for text in (_meaning(group.code), *(_place(finding, file) for finding in shown)):
            program.print_lines(text, INDENT)
        if rest := group.count - len(shown):
            more = (
                _("… and {count} more; only the first are kept")
                if every
                else _("… and {count} more; `--show all`")
            )
            program.print(composed("{indent}{more}", indent=INDENT, more=more.filled(count=rest)))


def _place_count(count: int) -> Message:
    return _n("{count} place", "{count} places", count)


def _mark(mark: Message) -> str:
    """Return a sign with its word, as wide as its column."""
    return f"{translated(mark):<10}"


def _place(finding: Finding, file: str) -> Message:
    """Return where a finding is: file, line, good, and its cell, or its value if it has no column."""
    parts: list[str] = [finding.file or file]
    if finding.line:
        parts.append(_("line {line}", line=finding.line))
    if finding.good_id:
        parts.append(_("item {good_id}", good_id=finding.good_id))
    if finding.column:
        parts.append(f"`{finding.column}`")
    where = joined(", ", parts)
    if finding.value and finding.column:
        return composed("{where} = {value}", where=where, value=finding.value)
    return composed("{where}: {message}", where=where, message=finding_words(finding))


SUBJECT = 10
"""Columns of the subject of a line, where none is longer."""
_SIGNS = {"ok": _("✓ ok"), "warning": MARKS[Severity.WARNING], "error": MARKS[Severity.ERROR]}


def print_checks(program: Program, lines: Sequence[CheckLine]) -> None:
    """Print lines: the result, its subject, the message, and the hint below."""
    longest = max((len(translated(line.subject)) for line in lines), default=0)
    width = max(SUBJECT, longest + 1)
    below = len(_mark(_SIGNS["ok"])) + width + 2
    for line in lines:
        subject = f"{translated(line.subject):<{width}}"
        start = composed("{mark} {subject}", mark=_mark(_SIGNS[line.mark]), subject=subject)
        program.print(composed("{start} {message}", start=start, message=line.message), below)
        for hint in translated(line.hint).splitlines():
            program.print(verbatim(f"{'':<{below}}{hint}"), below)


def render_checks(lines: Iterable[CheckLine]) -> list[dict[str, object]]:
    """Return lines as rows of a document."""
    return [
        {"subject": line.subject, "state": str(line.mark), "message": line.message, "hint": line.hint or None}
        for line in lines
    ]
