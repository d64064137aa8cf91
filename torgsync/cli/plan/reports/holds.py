"""What guards hold, for reports: what each saw, the likely cause, and the ways on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from torgsync.cli.messages.guards import (
    allow_words,
    cause,
    limit,
    prices_flag,
    remedy,
    waiting,
)
from torgsync.cli.plan.guards import by_cause, example_of, limited, of_item
from torgsync.cli.plan.outcomes import guard_words
from torgsync.cli.plan.reports.report import Hold
from torgsync.core.counts import change_count
from torgsync.core.plan.guards import Guard, GuardViolation
from torgsync.core.plan.plan import MOVED
from torgsync.i18n import NOTHING, _, composed

MOST = 20
"""Held prices with one cause that are named one by one; more are one entry."""
Letting = Callable[[str], str]
"""Returns the command that lets through what is held of an item, or of all of them for none."""
ENTRIES = 100
"""Entries of the longest list; the rest is counted."""


def holds_of(
    violations: Sequence[GuardViolation], titles: Mapping[str, str], letting: Letting | None = None
) -> tuple[Hold, ...]:
    """Return what guards hold: the first entries, and how many more there are; see `_all_holds`."""
    entries = tuple(_all_holds(violations, titles, letting))
    if (more := len(entries) - ENTRIES) <= 0:
        return entries
    return (*entries[:ENTRIES], Hold("more", _("… and {count} more", count=more), ()))


def _all_holds(
    violations: Sequence[GuardViolation], titles: Mapping[str, str], letting: Letting | None
) -> Iterator[Hold]:
    """Yield what guards hold, prices first; of many prices with the same cause one entry says it.

    `titles` are the names of items, keyed by id. `letting` returns the command that lets through what is held
    of an item, or all of it for none; without it, flags do that.
    """
    prices = [violation for violation in violations if violation.guard is Guard.PRICE]
    for same in by_cause(prices):
        if len(same) <= MOST:
            yield from (_hold(violation, titles, letting) for violation in same)
        else:
            yield _many(same, letting)
    others = (violation for violation in violations if violation.guard is not Guard.PRICE)
    for violation in others:
        yield _hold(violation, titles, letting, alone=len(violations) == 1)


def _hold(
    violation: GuardViolation, titles: Mapping[str, str], letting: Letting | None, *, alone: bool = False
) -> Hold:
    """Return what a guard holds; what it holds of several items is let through with all that is held."""
    command = letting(violation.good_id) if letting else ""
    way = allow_words(violation, command)
    if command and way and not (violation.good_id or alone):
        way = _("if all that is held is right: {command}", command=command)
    ways = (cause(violation), remedy(violation), waiting(violation), way)
    return Hold(
        violation.guard,
        limited(of_item(violation), limit(violation)),
        tuple(filter(None, ways)),
        violation.good_id,
        titles.get(violation.good_id, ""),
    )


def _many(same: Sequence[GuardViolation], letting: Letting | None) -> Hold:
    first = same[0]
    way = (
        _(
            "if they are wrong, correct them in Torgsoft; if they are right: {command}",
            command=letting("") if letting else prices_flag(same),
        )
        if first.allowance
        else NOTHING
    )
    seen = limited(example_of(same), limit(first))
    return Hold(first.guard, seen, tuple(filter(None, (cause(first), way))))


def past_holds(held: Mapping[str, int]) -> Iterator[Hold]:
    """Yield what guards held in a past run, by the number of changes: what each saw is not kept."""
    from torgsync.cli.messages.explained.guards import GUARDS

    for guard, count in held.items():
        if guard == MOVED:
            words = _("the item changed since the plan was saved, so this was not sent")
            yield Hold(guard, composed("{changes}: {words}", changes=change_count(count), words=words), ())
            continue
        known = GUARDS.get(guard)
        seen = composed("{changes}: {words}", changes=change_count(count), words=guard_words(guard))
        yield Hold(guard, seen, (known.meaning, known.cure) if known else ())
