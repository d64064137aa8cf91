"""What ends a run that writes external ids: harm that an import did, and an import without an end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from torgsync.core.clock import shop_time
from torgsync.core.plan.external_ids import Damage, IdResult, damage, not_put_right
from torgsync.core.text import counted
from torgsync.errors import ImportHangs, Unsafe


def harmed(changed: Sequence[IdResult], called: str) -> Unsafe:
    """Return the error of an import after which products differ in more than the external id."""
    differ = "product differs" if len(changed) == 1 else "products differ"
    return Unsafe(
        f"after the import {len(changed)} {differ} in more than the external id; nothing else was sent",
        hint=_remedy(damage(changed), called),
    )


def still_harmed(began: datetime, results: Sequence[IdResult], called: str, *, again: bool) -> Unsafe | None:
    """Return why nothing may be written after an import that did harm, None where it may.

    It may once nothing is lacking and a person said `again`. `results` are the products as they are now.
    """
    about = f"the import of {shop_time(began)} changed more than external ids"
    if lacking := not_put_right(results):
        lack = "lacks what it had" if len(lacking) == 1 else "lack what they had"
        return Unsafe(
            f"{about}, and {counted(len(lacking), 'product')} still {lack}; nothing was sent",
            hint=_remedy(damage(results), called),
        )
    if again:
        return None
    return Unsafe(
        f"{about}; nothing was sent",
        hint=f"if all of it is as it should be, go on with: {_again(called)}",
    )


def _again(called: str) -> str:
    return f"torgsync object adopt {called} --write-ids --again"


def _remedy(cause: Damage, called: str) -> str:
    """Return how to go on after products changed in more than the external id."""
    if cause is Damage.IMPORT:
        return f"the import did it: write no more ids, and put right: torgsync sync -o {called}"
    if cause is Damage.PERSON:
        return f"a person or a sale may have changed it; if so, go on with: {_again(called)}"
    return f"write no more ids before you saw what has to be put right: torgsync update -o {called}"


def hangs(began: datetime) -> ImportHangs:
    """Return the error of an import without an end."""
    return ImportHangs(
        f"the import of {shop_time(began)} has not ended, and blocks every later one; nothing was sent",
        hint="in the seller's cabinet, «Товари» > «Імпорт», cancel the import that is «в процесі», then run "
        "the same command again",
    )
