"""Decides what is news about one sync object: a function of what was known and of what a call found.

A message is for what begins, or changes, and for the end of what was serious. Each address gets it once; what
could not be sent to one is decided to be sent again by the next call that finds the same. What comes and
goes is reported the first time it returns, and then not again before it has been over for a while.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from torgsync.core.counts import grew_by_much
from torgsync.core.notices.situations import (
    FORGOTTEN,
    HALVES,
    OF_RUNS,
    PATIENCE,
    RELAPSE,
    REMEMBERED,
    SERIOUS,
    STEADY,
    Event,
    FoundSituation,
    Name,
    Notification,
    Situation,
    SituationPart,
)

Situations = Mapping[Name, Situation]


class Look(Struct, frozen=True):
    """What a call found about one object: its situations, and which it would have found if they were there.

    A call that does nothing with items says nothing of held changes; one that failed proves no other error
    ended.
    """

    found: Mapping[Name, FoundSituation]
    covered: frozenset[Name]


class NotificationDecision(Struct, frozen=True):
    """The messages about an object, and its situations from now on, as long as none of them is sent."""

    notices: tuple[Notification, ...]
    situations: Situations


def decide(known: Situations, look: Look, addresses: Collection[str], now: datetime) -> NotificationDecision:
    """Return what is to be sent about an object to its addresses, and what is remembered.

    Args:
        known: What earlier calls remembered.
        look: What this call found.
        addresses: The fingerprints of the object's addresses.
        now: The time of the call.
    """
    to = frozenset(addresses)
    after = {name: situation for name, situation in known.items() if now - situation.seen < FORGOTTEN}
    after |= _over_in_halves(after, look)
    covered = look.covered | {name for name, situation in after.items() if situation.over_in == HALVES}
    missing = set(covered - look.found.keys())
    for name, found in look.found.items():
        before = after.get(name)
        if found.until and before and before.until is None:
            missing.add(name)  # its beginning was found by an earlier call
        else:
            after[name] = _found(name, after, found, now)
    for name in missing & after.keys():
        situation = after[name]
        if situation.until is None:
            after[name] = replace(situation, ended=situation.ended or now, seen=now)
            if situation.ended is None and not situation.informed:
                del after[name]  # no address knows of it
    found_now = look.found.keys() - missing
    notices = (*_beginnings(after, found_now, to, now), *_ending(after, to, now))
    needed = {name for notice in notices for name in notice.names}
    if _end_waits(after, now):
        needed |= {name for name, situation in after.items() if name.kind in SERIOUS and situation.informed}
    return NotificationDecision(
        notices,
        {
            name: situation
            for name, situation in after.items()
            if name in needed or not _is_over(name, situation, to, now)
        },
    )


def notified(situations: Situations, notice: Notification, address: str) -> dict[Name, Situation]:
    """Return the situations after a message reached an address, given by its fingerprint."""
    after = dict(situations)
    for name in notice.names:
        if (situation := after.get(name)) is not None:
            if notice.event is Event.BEGAN:
                after[name] = replace(situation, notified=situation.notified | {address})
            else:
                owed = {"notified": situation.notified - {address}, "heard": situation.heard - {address}}
                after[name] = replace(situation, **owed)
    return after


def _found(name: Name, known: Situations, found: FoundSituation, now: datetime) -> Situation:
    """Return a situation that a call found; whom it is news for is what `notified` leaves out."""
    before = known.get(name)
    parts = {key: SituationPart(size, now) for key, size in found.parts.items()}
    if before is None or found.until:
        known_to = _know_of_half(name, known, parts)
        return Situation(found.since or now, now, parts, known_to, until=found.until)
    same = _no_news(before.parts, parts)
    recent = {key: part for key, part in before.parts.items() if now - part.seen < REMEMBERED}
    if same:  # so that what grows little by little is news some day
        parts = {key: replace(part, size=before.parts[key].size) for key, part in parts.items()}
    situation = replace(
        before,
        seen=now,
        parts=recent | parts,
        notified=before.notified if same else frozenset(),
        heard=before.heard if same or name.kind not in SERIOUS else before.informed,
        ended=None,
        over_in=frozenset(),
    )
    if not before.parts.keys() & found.parts.keys():
        situation = replace(situation, since=found.since or now)  # of what was there before nothing is left
    if before.ended is None:
        return situation
    # No address is left of a serious one whose end was reported, so it begins again. One whose end was not
    # has gone on all the time: who heard of its beginning must hear of its end.
    reported = name.kind in SERIOUS and not before.informed
    begins = reported if name.kind in SERIOUS else not same
    return replace(
        situation,
        since=(found.since or now) if begins else situation.since,
        relapsed=before.relapsed or (reported and same and now - before.ended < RELAPSE),
    )


def _no_news(known: Mapping[str, SituationPart], parts: Mapping[str, SituationPart]) -> bool:
    """Return whether all parts were known, and none of them grew by much."""
    return all(key in known and not grew_by_much(known[key].size, part.size) for key, part in parts.items())


def _over_in_halves(known: Situations, look: Look) -> dict[Name, Situation]:
    """Return what runs for both halves met, with the half in which this call shows that it is over."""
    halves = {
        Name(kind): frozenset(half for half in HALVES if Name(kind, half) in look.covered - look.found.keys())
        for kind in OF_RUNS
    }
    return {
        name: replace(known[name], over_in=known[name].over_in | over_in)
        for name, over_in in halves.items()
        if name in known
    }


def _know_of_half(name: Name, known: Situations, parts: Mapping[str, SituationPart]) -> frozenset[str]:
    """Return who got the message of the same error in another half of the object: it is no news to them."""
    for other, situation in known.items():
        alike = other.kind is name.kind and other.half is not name.half and situation.ended is None
        if alike and _no_news(situation.parts, parts):
            return situation.notified
    return frozenset()


def _is_over(name: Name, situation: Situation, addresses: frozenset[str], now: datetime) -> bool:
    """Return whether nothing of a situation needs to be remembered."""
    if situation.until is not None:
        return addresses <= situation.notified or now - situation.until >= REMEMBERED
    if situation.ended is None:
        return False
    reported = name.kind in SERIOUS and not situation.informed
    return now - situation.ended >= (RELAPSE if reported else REMEMBERED)


def _end_waits(situations: Situations, now: datetime) -> bool:
    """Return whether a serious situation is not over, or comes and goes and has not been over for long.

    While one is, nothing works again.
    """
    serious = [situation for name, situation in situations.items() if name.kind in SERIOUS]
    return any(
        situation.until is None
        if situation.ended is None
        else situation.relapsed and situation.informed and now - situation.ended < STEADY
        for situation in serious
    )


def _too_early(name: Name, situation: Situation, now: datetime) -> bool:
    """Return whether a situation has not lasted long enough to be a message."""
    return now - situation.since < PATIENCE.get(name.kind, timedelta(0))


def _beginnings(
    situations: Situations, found: Collection[Name], addresses: frozenset[str], now: datetime
) -> Iterator[Notification]:
    """Yield a message for each situation that was found and that an address does not know as it is."""
    for name, situation in situations.items():
        to = addresses - situation.notified
        if to and (name in found or situation.until) and not _too_early(name, situation, now):
            yield Notification(Event.BEGAN, (name,), to, situation.since, situation.until)


def _ending(situations: Situations, addresses: frozenset[str], now: datetime) -> Iterator[Notification]:
    """Yield one message for the end of all serious situations, none while it waits."""
    due = {
        name: situation
        for name, situation in situations.items()
        if name.kind in SERIOUS and situation.ended is not None and situation.informed & addresses
    }
    if due and not _end_waits(situations, now):
        to = frozenset[str]().union(*(situation.informed for situation in due.values())) & addresses
        since = min(situation.since for situation in due.values())
        errors = {part.partition("/")[0] for situation in due.values() for part in situation.parts}
        error = errors.pop() if len(errors) == 1 else ""
        yield Notification(Event.ENDED, tuple(due), to, since, error=error)
