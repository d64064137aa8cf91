"""Shows what guards hold: what was observed, the limit, the likely cause, and the flag that allows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torgsync.cli.base.findings import INDENT
from torgsync.cli.base.program import Program
from torgsync.cli.messages.guards import allow_flag, cause, limit, observed, prices_flag
from torgsync.core.plan.guards import Cause, Guard, GuardViolation
from torgsync.core.reason import Reason
from torgsync.core.text import counted

FEW = 3
"""Held prices with one cause that are shown one by one; more are one line."""


def print_guards(program: Program, violations: Sequence[GuardViolation]) -> None:
    """Print what guards hold, after an empty line."""
    if violations:
        program.out.print()
    for line in render_guards(violations):
        program.print(line, len(INDENT))


def render_guards(violations: Sequence[GuardViolation]) -> Iterator[str]:
    """Yield two lines a violation; many prices with the same cause are one."""
    prices = [violation for violation in violations if violation.guard is Guard.PRICE]
    allowable = [violation for violation in prices if violation.allowance]
    for same in _by_cause(prices):
        first, number = same[0], counted(len(same), "price")
        if len(same) <= FEW:
            for violation in same:
                yield from _lines(violation)
        elif not first.allowance:
            yield f"! held     {number}: {observed(first)}; the limit is {limit(first)}"
            yield f"{INDENT}{cause(first)}"
        else:
            flag = prices_flag(allowable)
            flag = flag if len(allowable) == len(same) else f"all held prices: {flag}"
            example = f"{number}, such as that of good {first.good_id}: {observed(first)}"
            yield f"! held     {example}; the limit is {limit(first)}"
            yield f"{INDENT}{cause(first)}; if they are right: {flag}"
    for violation in violations:
        if violation.guard is not Guard.PRICE:
            yield from _lines(violation)


def _lines(violation: GuardViolation) -> Iterator[str]:
    good = f"good {violation.good_id}: " if violation.good_id else ""
    flag = allow_flag(violation)
    yield f"! held     {good}{observed(violation)}; the limit is {limit(violation)}"
    yield f"{INDENT}{cause(violation)}{f'; if it is right: {flag}' if flag else ''}"


def _by_cause(violations: Sequence[GuardViolation]) -> list[list[GuardViolation]]:
    """Return violations with the same cause together, those of most goods first."""
    groups: list[tuple[Reason[Cause], list[GuardViolation]]] = []
    for violation in violations:
        for known, same in groups:
            if known == violation.cause:
                same.append(violation)
                break
        else:
            groups.append((violation.cause, [violation]))
    return sorted((same for _, same in groups), key=len, reverse=True)
