"""A situation of one sync object that a person should know of, and what a call found of it.

Values alone: what decides about messages is `decide`, what their sentences are `cli/notices`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct


class SituationKind(StrEnum):
    """What a person is notified of."""

    FAILED = "failed"  # a run ended with an error
    TOKEN = "token"  # noqa: S105  # no secret: Prom refused it
    DELAYED = "delayed"  # temporary trouble
    IMPORTS = "imports"  # Prom takes no import, or none is left
    MISSED = "missed"  # nothing ran for twice the interval of a synchronization time
    FLEET = "fleet"  # the same happened in many shops, and is held in all of them
    HELD = "held"  # guards hold changes
    ORDERS = "orders"  # orders, or their money, wait for a person
    REFUSED = "refused"  # Prom refused changes, or it is unclear what became of them
    FINDINGS = "findings"  # errors in items


class Half(StrEnum):
    """What a run was for, where it was not for both."""

    BOTH = ""
    GOODS = "goods"
    ORDERS = "orders"


HALVES = frozenset({Half.GOODS, Half.ORDERS})
"""What together are all that a run for both does."""


OF_RUNS = frozenset({SituationKind.FAILED, SituationKind.TOKEN, SituationKind.DELAYED})
"""Situations that belong to the half of the object that a run was for."""
SERIOUS = OF_RUNS | {SituationKind.IMPORTS, SituationKind.MISSED}
"""Situations in which the shop is not kept up to date; that one of these has ended is a message too."""
PATIENCE = {SituationKind.DELAYED: timedelta(minutes=30)}
"""For how long a situation must last before it is a message."""
REMEMBERED = timedelta(days=1)
"""For how long a part of a situation that is not found any more is no news when it returns."""
RELAPSE = timedelta(hours=6)
"""How soon after its end a serious situation returns to count as one that comes and goes."""
STEADY = timedelta(hours=1)
"""For how long one that came and went must be over before that is a message."""
FORGOTTEN = timedelta(days=30)
"""After this time a situation of which no call found anything is forgotten."""


class Name(Struct, frozen=True, order=True):
    """What a situation of an object is known by: its kind, and the half of a run."""

    kind: SituationKind
    half: Half = Half.BOTH

    def __str__(self) -> str:
        return f"{self.kind}/{self.half}" if self.half else str(self.kind)


def read_name(text: str) -> Name:
    """Return the name that `str` made the text of. Raises ValueError for another text."""
    kind, _, half = text.partition("/")
    return Name(SituationKind(kind), Half(half))


class FoundSituation(Struct, frozen=True):
    """A situation as a call found it: the sizes of its parts, keyed by what each is known by.

    `since` is when it began, where that is known otherwise than by the first call that found it. One with an
    `until` is over already, and news all the same.
    """

    parts: Mapping[str, int]
    since: datetime | None = None
    until: datetime | None = None


class SituationPart(Struct, frozen=True):
    """A part of a situation: its size when it was news, and when it was found last."""

    size: int
    seen: datetime


class Situation(Struct, frozen=True):
    """What is remembered of a situation.

    Args:
        since: When it began.
        seen: When a call found it last.
        parts: What it consists of, and what it consisted of not long ago.
        notified: By their fingerprints the addresses that got the message of it as it is now.
        heard: Those that got one of a serious situation as it was before.
        ended: Since when no call finds it any more, None while it is there.
        relapsed: Whether it came back soon after its end.
        until: When it ended, where that was known when it was found.
        over_in: The halves whose runs have not met it since it was found last, of one that runs for both met.
    """

    since: datetime
    seen: datetime
    parts: Mapping[str, SituationPart] = {}
    notified: frozenset[str] = frozenset()
    heard: frozenset[str] = frozenset()
    ended: datetime | None = None
    relapsed: bool = False
    until: datetime | None = None
    over_in: frozenset[Half] = frozenset()

    @property
    def informed(self) -> frozenset[str]:
        """Who got a message of it in any form, and must hear of its end if it is serious."""
        return self.notified | self.heard


class Event(StrEnum):
    """What a message is about."""

    BEGAN = "began"  # or changed
    ENDED = "ended"


class Notification(Struct, frozen=True):
    """A message about an object: to whom, by the fingerprints of their addresses, and of what.

    `names` are one situation that began, or all serious ones that have ended; `error` is the kind of error by
    which all of these were known, empty where there were several.
    """

    event: Event
    names: tuple[Name, ...]
    to: frozenset[str]
    since: datetime
    until: datetime | None = None
    error: str = ""
