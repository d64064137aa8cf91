"""Notifies people of what the runs of a call showed: decides, sends, and remembers what was delivered.

What is remembered is written before anything is sent, and again afterwards: a process that is killed between
the two sends a message twice rather than never.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec.structs import replace as replace_struct

from torgsync.core.notices.decide import Look, decide, notified
from torgsync.core.notices.sending import FailedDelivery, Text
from torgsync.core.notices.situations import Event, FoundSituation, Name, Notification, SituationKind
from torgsync.core.plan.guards import kinds_in
from torgsync.errors import TorgsyncError
from torgsync.files.config.objects import ObjectFile, list_objects
from torgsync.files.config.settings import Settings
from torgsync.files.notices.addresses import Address
from torgsync.files.notices.sending import DEADLINE, send
from torgsync.jobs.missed import last_work, missed
from torgsync.jobs.plan.closed import closed_now
from torgsync.jobs.run import is_held
from torgsync.jobs.unattended.memory import FileMemory, Memory, StateMemory
from torgsync.jobs.unattended.pinging import Monitors
from torgsync.jobs.unattended.subjects import Subject, mentions_people, subject_at, with_addresses_of
from torgsync.state.store import FLEET, Store, open_store


@dataclass(frozen=True, slots=True)
class About:
    """One object in a message, and what of it is news."""

    subject: Subject
    notice: Notification


@dataclass(frozen=True, slots=True)
class Topic:
    """What objects must share to be in one message: what happened, and the language."""

    event: Event
    kinds: tuple[SituationKind, ...]
    language: str | None
    over: bool = False


Render = Callable[[Topic, Sequence[About]], Text]
"""Returns the message about objects."""


def notify(
    settings: Settings, subjects: Sequence[Subject], monitors: Monitors, now: datetime, render: Render
) -> list[FailedDelivery]:
    """Notify people of what a call showed of its objects, and of objects that nothing works with any more.

    Together with the monitors, which were pinged already, this takes no longer than the deadline of messages.

    Returns:
        The addresses that could not be reached, those of monitors among them.
    """
    until = time.monotonic() + DEADLINE
    others = _others(settings, subjects)
    for subject in subjects:
        if not subject.readable:
            with_addresses_of([*subjects, *others], subject)
    if not monitors.pinged and not any(subject.addresses for subject in (*subjects, *others)):
        return []
    with _memory(settings) as (memory, store):
        news: list[About] = []
        for subject in (*subjects, *others):
            if not subject.addresses:
                continue
            look = _look(subject, store, now)
            known = memory.read(subject.slug)
            if not (look.found or known):
                continue
            to = [address.fingerprint for address in subject.addresses]
            decision = decide(known, look, to, now)
            if decision.situations != known:
                memory.write(subject.slug, decision.situations)
            news += [About(subject, notice) for notice in decision.notices]
        if store is not None:
            news += _fleet_news(subjects, memory, store, now)
        failures = _send(news, memory, now, render, until - time.monotonic())
        for slug, outcomes in monitors.results(until - time.monotonic()).items():
            memory.note(slug, outcomes, now)
            failures += [failure for failure in outcomes.values() if failure and failure not in failures]
        return failures


def _others(settings: Settings, subjects: Sequence[Subject]) -> list[Subject]:
    """Return the other objects of the home that notify people."""
    known = {subject.slug for subject in subjects}
    found = (subject_at(path) for path in list_objects(settings.objects) if mentions_people(path))
    return [subject for subject in found if subject.slug not in known and subject.readable]


@contextmanager
def _memory(settings: Settings) -> Iterator[tuple[Memory, Store | None]]:
    """Yield what remembers situations, and the state, None where that cannot be used."""
    try:
        store = open_store(settings.state_url)
    except TorgsyncError:
        yield FileMemory(settings.home), None
        return
    with closing(store):
        yield StateMemory(store, settings.home), store


def _look(subject: Subject, store: Store | None, now: datetime) -> Look:
    """Return what the call found about an object, and whether nothing ran for too long before it."""
    run = subject.run
    look = run.seen.look if run and run.seen else Look({}, frozenset())
    name = Name(SituationKind.MISSED)
    gap: FoundSituation | None = None
    covered = look.covered | {name}
    if subject.file is None or store is None:
        return look
    if run is None:
        gap = _gap(subject.slug, subject.file, store, now)
    elif run.before and run.began:
        before = missed(subject.file, run.before, run.began)
        gap = FoundSituation(before.parts, before.since, run.began) if before else None
    return Look({**look.found, **({name: gap} if gap else {})}, covered)


def _fleet_news(subjects: Sequence[Subject], memory: Memory, store: Store, now: datetime) -> Iterator[About]:
    """Yield the message about what many shops show: to each address once, whichever shops it belongs to."""
    known = memory.read(FLEET)
    showing = [subject for subject in subjects if subject.addresses and _kinds_of(subject)]
    if not (showing or known):
        return
    with store.look_at_fleet() as work:
        closed = closed_now(work, now)
    since = min((spread.since for spread in closed.values()), default=now)
    found = {Name(SituationKind.FLEET): FoundSituation(dict.fromkeys(closed, 1), since)} if closed else {}
    about: dict[str, Subject] = {}
    for subject in showing:
        for address in subject.addresses:
            about.setdefault(address.fingerprint, subject)
    decision = decide(known, Look(found, frozenset({Name(SituationKind.FLEET)})), about, now)
    if decision.situations != known:
        memory.write(FLEET, decision.situations)
    for notice in decision.notices:
        for subject in {about[to].slug: about[to] for to in sorted(notice.to)}.values():
            to = frozenset(print_ for print_ in notice.to if about[print_] is subject)
            yield About(replace(subject, slug=FLEET), replace_struct(notice, to=to))


def _kinds_of(subject: Subject) -> set[str]:
    """Return what the run of an object shows that many shops show."""
    seen = subject.run.seen if subject.run else None
    return kinds_in(seen.plan.violations) if seen and seen.plan else set()


def _gap(slug: str, file: ObjectFile, store: Store, now: datetime) -> FoundSituation | None:
    """Return since when nothing works with an object that is not of this call, None where all is well."""
    with store.transaction(slug, durable=False) as work:
        began, lease = last_work(work), work.leases.lease()
    at_work = lease is not None and is_held(lease, now)
    return None if at_work else missed(file, began, now)


def _topic(about: About) -> Topic:
    notice = about.notice
    if notice.event is Event.ENDED:  # whatever it was, one message is about all objects that work again
        return Topic(notice.event, (), about.subject.language)
    kinds = tuple(name.kind for name in notice.names)
    return Topic(notice.event, kinds, about.subject.language, over=notice.until is not None)


class _Mail:
    """The messages of a call: to each address one for each topic, about all objects that share both."""

    def __init__(self, news: Iterable[About]) -> None:
        self._addresses: dict[str, Address] = {}
        self._topics: dict[str, dict[Topic, list[About]]] = {}
        for about in news:
            for address in about.subject.addresses:
                if address.fingerprint in about.notice.to:
                    self._addresses[address.fingerprint] = address
                    topics = self._topics.setdefault(address.fingerprint, {})
                    topics.setdefault(_topic(about), []).append(about)

    def send(self, render: Render, deadline: float) -> Iterator[tuple[Address, About, FailedDelivery | None]]:
        """Send all, and yield for each address and object why it was not delivered, None where it was."""
        letters = {
            self._addresses[to]: [render(topic, abouts) for topic, abouts in topics.items()]
            for to, topics in self._topics.items()
        }
        for address, outcomes in send(letters, deadline).items():
            topics = self._topics[address.fingerprint]
            for abouts, failure in zip(topics.values(), outcomes, strict=True):
                for about in abouts:
                    yield address, about, failure


def _send(
    news: Iterable[About], memory: Memory, now: datetime, render: Render, deadline: float
) -> list[FailedDelivery]:
    """Send what is news, remember whom it reached, and return whom it did not."""
    delivered: dict[str, list[tuple[Notification, str]]] = {}
    reached: dict[str, dict[str, FailedDelivery | None]] = {}
    for address, about, failure in _Mail(news).send(render, deadline):
        to, slug = address.fingerprint, about.subject.slug
        reached.setdefault(slug, {})[to] = failure
        if failure is None:
            delivered.setdefault(slug, []).append((about.notice, to))
    for slug, outcomes in reached.items():
        if slug in delivered:
            situations = memory.read(slug)
            for notice, to in delivered[slug]:
                situations = notified(situations, notice, to)
            memory.write(slug, situations)
        memory.note(slug, outcomes, now)
    failures = {to: failure for outcomes in reached.values() for to, failure in outcomes.items() if failure}
    return list(failures.values())
