"""Print what guards hold: what each observed, its limit, the likely cause, and the ways on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from torgsync.cli.base.program import Program
from torgsync.cli.messages.guards import (
    Letting,
    allow_command,
    allow_words,
    cause,
    limit,
    observed,
    prices_flag,
    remedy,
    waiting,
)
from torgsync.cli.plan.labels import HELD, below, label_width, labelled
from torgsync.core.plan.guards import Cause, Guard, GuardViolation
from torgsync.core.reason import Reason
from torgsync.i18n import Message, _, _n, composed, joined

if TYPE_CHECKING:
    from torgsync.core.plan.plan import Plan

FEW_PRICES = 3
"""Held prices with one cause that are shown one by one; more are one line."""


def print_guards(program: Program, plan: Plan, letting: Letting) -> None:
    """Print what guards hold, after an empty line, and the command that lets all of it through."""
    if plan.violations:
        program.print()
    for line in render_guards(plan.violations, allow_command(plan, letting)):
        program.print(line, label_width(), style="held" if line.startswith("!") else None)


def render_guards(violations: Sequence[GuardViolation], command: str = "") -> Iterator[Message]:
    """Yield two lines a violation; many prices with the same cause are one.

    Where there are several, each has its flag, and the `command` that lets all of them through comes last.
    """
    one = sum(bool(violation.allowance) for violation in violations) == 1
    yield from _render_guards(violations, command if one else "")
    if command and not one:
        yield below(_("to allow all of it together: {command}", command=command))


def _render_guards(violations: Sequence[GuardViolation], command: str) -> Iterator[Message]:
    prices = [violation for violation in violations if violation.guard is Guard.PRICE]
    allowable = [violation for violation in prices if violation.allowance]
    for same in by_cause(prices):
        first = same[0]
        if len(same) <= FEW_PRICES:
            for violation in same:
                yield from _lines(violation, command)
        elif not first.allowance:
            seen = composed("{prices}: {seen}", prices=price_count(same), seen=observed(first))
            yield _held(seen, limit(first))
            yield below(cause(first))
        else:
            given = {"cause": cause(first), "flag": prices_flag(allowable)}
            yield _held(example_of(same), limit(first))
            if len(allowable) == len(same):
                yield below(
                    _(
                        "{cause}; if they are wrong, correct them in Torgsoft; if they are right: {flag}",
                        **given,
                    )
                )
            else:
                yield below(
                    _(
                        "{cause}; if they are wrong, correct them in Torgsoft; if all held prices are right: "
                        "{flag}",
                        **given,
                    )
                )
    for violation in violations:
        if violation.guard is not Guard.PRICE:
            yield from _lines(violation, command)


def _lines(violation: GuardViolation, command: str) -> Iterator[Message]:
    yield _held(of_item(violation), limit(violation))
    ways = [cause(violation), waiting(violation), allow_words(violation, command)]
    if cure := remedy(violation):
        yield below(ways.pop(0))
        yield below(cure)
    yield below(joined("; ", filter(None, ways)))


def render_found(violations: Sequence[GuardViolation], label: Message = HELD) -> Iterator[Message]:
    """Yield what guards found where a person decides about it: of those with one cause the first."""
    for same in by_cause(violations):
        first, more = same[0], len(same) - 1
        seen = limited(of_item(first), limit(first))
        found = composed("{seen}; {cause}", seen=seen, cause=cause(first))
        if more:
            found = _n("{found} ({count} more like it)", "{found} ({count} more like it)", more, found=found)
        yield labelled(label, found)


def price_count(same: Sequence[GuardViolation]) -> Message:
    """Return how many prices are held."""
    return _n("{count} price", "{count} prices", len(same))


def example_of(same: Sequence[GuardViolation]) -> Message:
    """Return what was observed of many prices with the same cause, by the first of them."""
    first = same[0]
    return _(
        "{prices}, such as that of item {item}: {seen}",
        prices=price_count(same),
        item=first.good_id,
        seen=observed(first),
    )


def of_item(violation: GuardViolation) -> Message:
    """Return what a guard observed, with the item where it is about one."""
    seen = observed(violation)
    return _("item {item}: {seen}", item=violation.good_id, seen=seen) if violation.good_id else seen


def _held(seen: Message, most: Message | None) -> Message:
    """Return what a guard holds, with its limit if it has one."""
    return labelled(HELD, limited(seen, most))


def limited(seen: Message, most: Message | None) -> Message:
    """Return what a guard observed, with its limit if it has one."""
    return _("{seen}; the limit is {limit}", seen=seen, limit=most) if most else seen


def by_cause(violations: Sequence[GuardViolation]) -> list[list[GuardViolation]]:
    """Return violations with the same cause together, those of most goods first."""
    groups: dict[Reason[Cause], list[GuardViolation]] = {}
    for violation in violations:
        groups.setdefault(violation.cause, []).append(violation)
    return sorted(groups.values(), key=len, reverse=True)
