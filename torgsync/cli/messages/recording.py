"""How a recorded answer and the sandbox's differ, in words."""

from __future__ import annotations

from collections.abc import Mapping

from torgsync.core.recording.compare import IMPORT_ENDS, Difference, DifferenceKind, FoldedDifference, Shown

_SHOWN: Mapping[str, str] = {
    Shown.MISSING: "missing",
    Shown.PRESENT: "there",
    Shown.NO_ANSWER: "no answer",
    Shown.NOT_ASKED: "not asked",
    Shown.SAME_ITEMS: "in this order",
    Shown.OTHER_ORDER: "in another order",
}


ROW = ("kind", "call", "where", "recorded", "sandbox", "count", "first")
"""The keys of a difference for programs."""


def difference_row(folded: FoldedDifference) -> dict[str, object]:
    """Return a difference for programs, with the number of exchanges that show it and the first of them."""
    difference = folded.difference
    values = (difference.kind, difference.call, difference.where, difference.recorded, difference.sandbox)
    return dict(zip(ROW, (*map(str, values), folded.count, folded.first), strict=True))


def difference_place(folded: FoldedDifference) -> str:
    """Return where answers differ: the key, or what is compared of the answer as a whole."""
    difference = folded.difference
    if difference.kind is DifferenceKind.TIMING:
        return "end of the import" if difference.where == IMPORT_ENDS else "time of the answer"
    return difference.where or ("HTTP status" if difference.kind is DifferenceKind.STATUS else "body")


def sides(difference: Difference) -> tuple[str, str]:
    """Return what the recording has, and what the sandbox has."""
    recorded, sandbox = (_SHOWN.get(side, side) for side in (difference.recorded, difference.sandbox))
    if difference.kind is not DifferenceKind.TIMING:
        return recorded, sandbox
    return _seconds(recorded), _seconds(sandbox)


def _seconds(seconds: str) -> str:
    first, dash, last = seconds.partition("-")
    if dash and not last:
        return f"after more than {first} s"
    return f"after {first} to {last} s" if dash else f"{first} s"
