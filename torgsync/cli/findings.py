"""Shows findings by code: what each means, in how many goods, and where.

Each has a sign and a word, so that it reads without colour.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from torgsync.cli.context import Program
from torgsync.core.findings import Code, Finding, Severity
from torgsync.core.tally import Group
from torgsync.core.words import counted

MARKS = {Severity.ERROR: "✗ error", Severity.WARNING: "! warning", Severity.NOTICE: "· notice"}
STYLES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "dim"}
PLACES = 3
"""Places of one code that are shown before the rest is counted."""
INDENT = " " * 11

MEANING: dict[Code, str] = {
    Code.ID_MISSING: "a row has no `GoodID`, so nobody can tell which good it is",
    Code.ID_DUPLICATE: "a `GoodID` stands in several rows; the good stays as it is on Prom",
    Code.NAME_MISSING: "a good has no name; it stays as it is on Prom",
    Code.NAME_CUT: "a name is longer than Prom takes and was cut",
    Code.PRICE_MISSING: "a good has no price; the last good one stays",
    Code.SALE_PRICE_ABOVE: "the price with discount is above the price; no discount is sent",
    Code.NUMBER_UNREADABLE: "a cell is not a number; the last good value stays",
    Code.STOCK_NEGATIVE: "a stock is less than nothing and counts as 0",
    Code.STOCK_FRACTION: "a stock is not whole; Prom counts whole pieces, so it is rounded down",
    Code.CENTERS_MISSING: "the export does not tell accounting centers; all are counted together",
    Code.TEXT_CLEANED: "a text held control characters, which were taken out",
    Code.TEXT_CUT: "a text is longer than Prom takes and was cut",
    Code.TEXT_LONG: "a text is longer than Prom may take",
    Code.SKU_CUT: "an article is longer than Prom takes and was cut",
    Code.PHOTOS_TOO_MANY: "a good has more photos than Prom takes; the first ones are sent",
    Code.LETTERS_LOST: "a `?` stands inside a word: the export lost a letter",
    Code.LIST_INCOMPLETE: "Prom's list leaves out products that exist; they were found by their ids",
    Code.REFUSED_BEFORE: "Prom refused the good as it is now; it waits until the good changes",
    Code.DELETED_BY_MODERATOR: "Prom's moderators deleted the product; it is left alone",
    Code.ORDER_SUM: "an order's total differs from its lines, discounts and delivery",
    Code.ORDER_GOOD_UNKNOWN: "a line of an order has no `GoodID`; the order gets no file for Torgsoft",
    Code.ORDER_MONEY_UNREADABLE: "a sum in an order cannot be read; the order gets no file for Torgsoft",
    Code.ORDER_CHANGED: "an order was closed or cancelled after Torgsoft got its file",
    Code.CLIENT_AMBIGUOUS: "an order fits several clients; none was picked",
    Code.PAYMENT_UNMAPPED: "a payment method has no place for its money",
}


def finding_file(finding: Finding, file: str) -> str:
    """Return the file that a finding speaks of: its own, else `file`."""
    return str(getattr(finding, "file", "")) or file


def place_document(finding: Finding, file: str) -> dict[str, object]:
    """Return one finding with its whole place as JSON."""
    return {
        "code": str(finding.code),
        "severity": str(finding.severity),
        "file": finding_file(finding, file),
        "line": finding.line or None,
        "column": finding.column or None,
        "value": finding.value or None,
        "good_id": finding.good_id or None,
        "message": finding.message,
    }


def count_document(group: Group) -> dict[str, object]:
    """Return as JSON how often a code was met, and how many of its findings are listed with their places."""
    return {
        "code": str(group.code),
        "severity": str(group.severity),
        "meaning": MEANING[group.code],
        "findings": group.count,
        "goods": group.goods,
        "listed": len(group.first),
    }


def print_groups(program: Program, groups: list[Group], file: str, *, every: bool) -> None:
    """Print findings by code: how many goods, what it means, the first places, and how many more."""
    for group in groups:
        goods = counted(group.goods, "good") if group.goods else counted(group.count, "place")
        program.out.print()
        program.out.print(
            f"{MARKS[group.severity]:<10} {group.code}: {goods}", style=STYLES[group.severity], soft_wrap=True
        )
        shown = group.first if every else group.first[:PLACES]
        for text in (MEANING[group.code], *(_place(finding, file) for finding in shown)):
            for line in wrapped(text, program.out.width):
                program.out.print(line, soft_wrap=True)
        if rest := group.count - len(shown):
            more = "only the first are kept" if every else "`--show all`"
            program.out.print(f"{INDENT}… and {rest} more; {more}", soft_wrap=True)


def wrapped(text: str, width: int, indent: str = INDENT) -> Iterator[str]:
    """Yield a text in lines that fit, each indented, and more where it goes on."""
    yield from textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=f"{indent}  ")


def _place(finding: Finding, file: str) -> str:
    """Return where a finding is: file, line, good, and its cell, or what was found where no cell tells."""
    line = f" line {finding.line}" if finding.line else ""
    good = f", good {finding.good_id}" if finding.good_id else ""
    column = f", {finding.column}" if finding.column else ""
    said = f" = {finding.value}" if finding.value and finding.column else f": {finding.message}"
    return f"{finding_file(finding, file)}{line}{good}{column}{said}"
