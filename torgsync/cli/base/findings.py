"""Shows what a check found: its lines, and findings by code with their meaning and their places.

Each has a sign and a word, so that it reads without colour.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from torgsync.cli.base.output import wrapped
from torgsync.cli.base.program import Program
from torgsync.core.findings import Code, Finding, FindingCount, Severity
from torgsync.core.text import counted

if TYPE_CHECKING:
    from torgsync.jobs.config.check_view import CheckLine


MARKS = {Severity.ERROR: "✗ error", Severity.WARNING: "! warning", Severity.NOTICE: "· notice"}
STYLES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "dim"}
PLACES = 3
"""Places of one code that are shown before the rest is counted."""
INDENT = " " * 11


def finding_words(finding: Finding) -> str:
    """Return the sentence of a finding; the catalogue of them is loaded with the first one."""
    from torgsync.cli.messages.findings import finding_message

    return finding_message(finding)


def _meaning(code: Code) -> str:
    from torgsync.cli.messages.findings import MEANING

    return MEANING[code]


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
        goods = counted(group.goods, "good") if group.goods else counted(group.count, "place")
        program.print("")
        program.print(
            f"{MARKS[group.code.severity]:<10} {group.code}: {goods}", style=STYLES[group.code.severity]
        )
        shown = group.first if every else group.first[:PLACES]
        for text in (_meaning(group.code), *(_place(finding, file) for finding in shown)):
            for line in wrapped(text, program.out.width, INDENT):
                program.out.print(line, soft_wrap=True)
        if rest := group.count - len(shown):
            more = "only the first are kept" if every else "`--show all`"
            program.print(f"{INDENT}… and {rest} more; {more}")


def _place(finding: Finding, file: str) -> str:
    """Return where a finding is: file, line, good, and its cell, or its value if it has no column."""
    line = f" line {finding.line}" if finding.line else ""
    good = f", good {finding.good_id}" if finding.good_id else ""
    column = f", {finding.column}" if finding.column else ""
    said = f" = {finding.value}" if finding.value and finding.column else f": {finding_words(finding)}"
    return f"{finding.file or file}{line}{good}{column}{said}"


HINT = 22
"""The column where the message of a line begins, and its hint below."""
_SIGNS = {"ok": "✓ ok", "warning": "! warning", "error": "✗ error"}


def print_checks(program: Program, lines: Iterable[CheckLine]) -> None:
    """Print lines: the result, its subject, the message, and the hint below."""
    for line in lines:
        program.print(f"{_SIGNS[line.mark]:<10} {line.subject:<10} {line.message}", HINT)
        for hint in line.hint.splitlines():
            program.print(f"{'':<{HINT}}{hint}", HINT)


def render_checks(lines: Iterable[CheckLine]) -> list[dict[str, object]]:
    """Return lines as rows of a document."""
    return [
        {"subject": line.subject, "state": str(line.mark), "message": line.message, "hint": line.hint or None}
        for line in lines
    ]
