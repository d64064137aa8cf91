"""The sums of a plan in words: in its table, and in the question where the table goes elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from torgsync.core.text import counted

if TYPE_CHECKING:
    from torgsync.core.plan.plan import Counts, Plan
    from torgsync.core.plan.rollback import Undone

NAMED = 20
"""Things that stay as they are which a table names; `--show all` names more."""


class SumLine(NamedTuple):
    """A line, and by how much it is indented where it goes on below."""

    text: str
    indent: int = 2


def count_lines(counts: Counts) -> tuple[str, str]:
    """Return the sums of a plan in two lines."""
    rest = f"{counts.skipped} skipped, {counts.unchanged} unchanged, {counts.foreign} foreign"
    held = f"{counts.to_send} to send, {counts.held} held" if counts.held else "0 held"
    kinds = f"{counts.create} to create, {counts.update} to update, {counts.remove} to remove"
    return kinds, f"{held}, {rest}"


def removed_lines(plan: Plan, currency: str, days: int) -> Iterator[str]:
    """Yield what leaves with stock, what is deleted later, and what is deleted now, which nothing undoes.

    `days` is how long a product whose good left the export stays hidden before it is deleted.
    """
    stocked, removed = plan.removed_stock, plan.removed
    if stocked.products:
        stock = f"{counted(stocked.pieces, 'piece')} in stock, worth {stocked.worth} {currency}"
        yield f"{counted(stocked.products, 'product')} would leave with {stock}"
    if removed.later:
        deleted = f"is deleted after {counted(days, 'day')}"
        yield f"{counted(removed.later, 'product')} would be hidden now; what does not come back {deleted}"
    if removed.deleted:
        products = counted(removed.deleted, "product")
        yield f"{products} would be deleted for good: Prom.ua takes no deleted id again"


def undone_lines(back: Undone, *, every: bool = False) -> Iterator[SumLine]:
    """Yield what of a run cannot be turned back, good by good, and what comes back only in part."""
    from torgsync.cli.messages.obstacles import OBSTACLES

    named = back.remains if every else back.remains[:NAMED]
    for remain in named:
        called = f"{remain.good_id or f'Prom {remain.prom_id}'}  {remain.title}"
        field = f", {remain.field}" if remain.field else ""
        yield SumLine(f"! stays    {called}{field}: {OBSTACLES[remain.reason]}", 11)
    if rest := len(back.remains) - len(named):
        yield SumLine(f"! stays    … and {rest} more; `--show all` lists them", 11)
    if back.not_done:
        yield SumLine(f"{counted(back.not_done, 'change')} of that run never happened")
    if back.hidden:
        yield SumLine(
            f"{counted(back.hidden, 'product')} that the run made would be hidden, not deleted: "
            "Prom.ua takes no deleted id a second time, and the next `torgsync sync` may want it again"
        )
    if back.recreated:
        yield SumLine(
            f"{counted(back.recreated, 'product')} would be made anew of what was last sent from here: "
            "reviews, sales, place in lists and what was added in the cabinet do not come back, "
            "and Prom.ua may refuse an id that was deleted"
        )


def send_question(plan: Plan) -> str:
    """Return the question whether a plan is to be sent; it says what of it nothing undoes."""
    going, deleted = plan.counts.to_send, plan.removed.deleted
    question = f"Send {counted(going, 'change')} to Prom.ua"
    if deleted:
        deletions = "a deletion" if deleted == 1 else "deletions"
        question += f", {f'{deleted} of them ' if going > 1 else ''}{deletions} for good"
    return f"{question}?"
