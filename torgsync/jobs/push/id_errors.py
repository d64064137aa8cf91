"""What ends a run that writes external ids: harm that an import did, and an import without an end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from torgsync.core.plan.external_ids import Damage, IdResult, damage, not_put_right
from torgsync.errors import ImportHangs, PromRefused, Temporary, Unsafe
from torgsync.i18n import Message, _, _n


def harmed(changed: Sequence[IdResult], called: str) -> Unsafe:
    """Return the error of an import after which products differ in more than the external id."""
    return Unsafe(
        _n(
            "after the import {count} product differs in more than the external id; nothing else was sent",
            "after the import {count} products differ in more than the external id; nothing else was sent",
            len(changed),
        ),
        hint=_remedy(damage(changed), called),
    )


def still_harmed(began: datetime, results: Sequence[IdResult], called: str, *, again: bool) -> Unsafe | None:
    """Return why nothing may be written after an import that did harm, None where it may.

    It may once nothing is lacking and a person said `again`. `results` are the products as they are now.
    """
    if lacking := not_put_right(results):
        return Unsafe(
            _n(
                "the import of {moment:time} changed more than external ids, and {count} product is not as "
                "it "
                "was before; nothing was sent",
                "the import of {moment:time} changed more than external ids, and {count} products are not as "
                "they were before; nothing was sent",
                len(lacking),
                moment=began,
            ),
            hint=_remedy(damage(results), called),
        )
    if again:
        return None
    return Unsafe(
        _("the import of {moment:time} changed more than external ids; nothing was sent", moment=began),
        hint=_(
            "if all products are as they should be, go on with: torgsync object adopt {called} --write-ids "
            "--again",
            called=called,
        ),
    )


def _remedy(cause: Damage, called: str) -> Message:
    """Return how to go on after products changed in more than the external id."""
    return _REMEDIES[cause].filled(called=called)


_REMEDIES = {
    Damage.IMPORT: _("the import did it: write no more ids, and correct them: torgsync sync -o {called}"),
    Damage.PERSON: _(
        "a person or a sale may have changed it; if so, go on with: "
        "torgsync object adopt {called} --write-ids --again"
    ),
    Damage.UNCLEAR: _(
        "write no more ids until you have seen what has to be corrected: torgsync update -o {called}"
    ),
}


def hangs(began: datetime) -> ImportHangs:
    """Return the error of an import without an end."""
    return ImportHangs(
        _(
            "the import of {moment:time} has not ended and blocks every later one; nothing was sent",
            moment=began,
        ),
        hint=_(
            "in the seller's cabinet, «Товари» › «Імпорт», cancel the import that is «в процесі», then run "
            "the "
            "same command again"
        ),
    )


def no_ids(written: int) -> PromRefused:
    """Return the error of a first import after which no product has its external id."""
    return PromRefused(
        _n(
            "the first {count} product did not get its external id; nothing else was sent",
            "the first {count} products did not get their external ids; nothing else was sent",
            written,
        ),
        hint=_(
            "look at the import in the seller's cabinet, «Товари» › «Імпорт»; the same command tries again"
        ),
    )


def used_up(needed: int, left: int, free: datetime) -> Temporary:
    """Return the error of a day without enough imports; the oldest counts until `free`."""
    return Temporary(
        _n(
            "this needs {count} import; imports left today: {left}; nothing was sent",
            "this needs {count} imports; imports left today: {left}; nothing was sent",
            needed,
            left=left,
        ),
        hint=_(
            "run the same command again after {moment:time}, when the oldest import no longer counts",
            moment=free,
        ),
    )


def still_working(began: datetime) -> Temporary:
    """Return the error of an import that takes too long for this run."""
    return Temporary(
        _("Prom.ua is still working on the import of {moment:time}; nothing else was sent", moment=began),
        hint=_("run the same command again in a few minutes: it goes on where this one ended"),
    )


def answer_lost(late: datetime) -> Temporary:
    """Return the error of an import whose answer was lost; after `late` its ids may be sent again."""
    return Temporary(
        _(
            "the answer to the import was lost, and its external ids are not on Prom.ua yet; nothing else "
            "was sent"
        ),
        hint=_(
            "run the same command again in a few minutes; after {moment:time} it sends what is still missing",
            moment=late,
        ),
    )
