"""What became of many objects, in few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from torgsync.cli.base.render import SCREENFUL, print_table
from torgsync.cli.messages.words import time_words
from torgsync.errors import Exit
from torgsync.i18n import Message, _, _n, composed, joined

if TYPE_CHECKING:
    from torgsync.cli.base.program import Program
    from torgsync.cli.side_by_side.one import Performed

GOOD = frozenset({Exit.DONE, Exit.HELD})
"""Codes of an object that is synchronised."""
ENDINGS = {
    Exit.DONE: _("done"),
    Exit.HELD: _("done; something waits for a person"),
    Exit.BUSY: _("another run is working with it"),
    Exit.TEMPORARY: _("failed for now; a later run tries again"),
    Exit.PARTIAL: _("some changes were not made"),
    Exit.STALE: _("the plan cannot be used any more"),
    Exit.UNSAFE: _("refused as unsafe"),
    Exit.INVALID: _("the sync object or the export is invalid"),
    Exit.TOKEN: _("the token was refused"),
    Exit.USAGE: _("the command cannot be used for it"),
    Exit.ERROR: _("failed"),
    Exit.INTERRUPTED: _("stopped"),
}
"""How the work with an object ended, in a few words."""


class Ended(NamedTuple):
    """How the work with one object ended: all that is remembered of it until the end of the call."""

    slug: str
    code: Exit
    took: timedelta


def ended(one: Performed) -> Ended:
    """Return how the work with an object ended."""
    return Ended(one.slug, one.code, timedelta(seconds=one.seconds))


def heading(one: Ended) -> Message:
    """Return the line before what an object printed."""
    return composed(
        "== {object}: {ending} ({took})",
        object=one.slug,
        ending=ending_words(one.code),
        took=time_words(one.took),
    )


def progress_words(done: Sequence[Ended], at_work: int, waiting: int) -> Message:
    """Return how far all of them are, in one line."""
    every = len(done) + at_work + waiting
    line = _("{done} of {every} done, {at_work} at work", done=len(done), every=every, at_work=at_work)
    if failed := sum(one.code not in GOOD for one in done):
        return _("{line}, {failed} failed", line=line, failed=failed)
    return line


def print_summary(program: Program, done: Sequence[Ended], took: timedelta) -> None:
    """Print how the objects ended, one by one where they are few or something is not done, and how many."""
    rows = [one for one in done if len(done) <= SCREENFUL or one.code is not Exit.DONE]
    program.print()
    if rows:
        columns = (_("object"), _("result"), _("exit code"), _("time"))
        cells = sorted(
            (one.slug, ending_words(one.code), int(one.code), time_words(one.took)) for one in rows
        )
        print_table(program, columns, cells)
        program.print()
    counts = Counter(one.code for one in done)
    endings = (
        composed("{ending}: {count}", ending=ending_words(code), count=count)
        for code, count in sorted(counts.items(), key=lambda one: list(Exit).index(one[0]))
    )
    whole = _n("{count} object in {took}", "{count} objects in {took}", len(done), took=time_words(took))
    program.print(composed("{whole}; {endings}", whole=whole, endings=joined("; ", endings)), style="total")


def ending_words(code: Exit) -> Message:
    """Return how the work with an object ended, by its exit code."""
    return ENDINGS.get(code, ENDINGS[Exit.ERROR])
