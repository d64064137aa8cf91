"""How a recorded answer and the sandbox's differ, in words."""

from __future__ import annotations

from collections.abc import Mapping

from torgsync.core.recording.compare import IMPORT_ENDS, Difference, DifferenceKind, FoldedDifference, Shown
from torgsync.i18n import Message, _, verbatim

_SHOWN: Mapping[str, Message] = {
    Shown.MISSING: _("missing"),
    Shown.PRESENT: _("present"),
    Shown.NO_ANSWER: _("no answer"),
    Shown.NOT_ASKED: _("not asked"),
    Shown.SAME_ITEMS: _("in this order"),
    Shown.OTHER_ORDER: _("in another order"),
}


ROW = ("kind", "call", "where", "recorded", "sandbox", "count", "first")
"""The keys of a difference for programs."""


def difference_row(folded: FoldedDifference) -> dict[str, object]:
    """Return a difference for programs, with the number of exchanges that show it and the first of them."""
    difference = folded.difference
    values = (difference.kind, difference.call, difference.where, difference.recorded, difference.sandbox)
    return dict(zip(ROW, (*map(str, values), folded.count, folded.first), strict=True))


def difference_place(folded: FoldedDifference) -> Message:
    """Return where answers differ: the key, or what is compared of the answer as a whole."""
    difference = folded.difference
    if difference.kind is DifferenceKind.TIMING:
        return _("end of the import") if difference.where == IMPORT_ENDS else _("time of the answer")
    if difference.where:
        return verbatim(f"`{difference.where}`")
    return _("HTTP status") if difference.kind is DifferenceKind.STATUS else _("body")


def sides(difference: Difference) -> tuple[Message, Message]:
    """Return what the recording has, and what the sandbox has."""
    if difference.kind is DifferenceKind.TIMING:
        return _seconds(difference.recorded), _seconds(difference.sandbox)
    return _side(difference.recorded), _side(difference.sandbox)


def _side(side: str) -> Message:
    return _SHOWN.get(side) or verbatim(side)


def _seconds(seconds: str) -> Message:
    first, dash, last = seconds.partition("-")
    if dash and not last:
        return _("after more than {first} s", first=first)
    if dash:
        return _("after {first} to {last} s", first=first, last=last)
    return _("{first} s", first=first)
