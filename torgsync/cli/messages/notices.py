"""The messages that people get of unattended runs: one line that says what happened, and what to do.

Each is about one topic and all objects that share it, in the language that is shown now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.guards import allow_command, cause, fleet_allow_command, limit, observed, waiting
from torgsync.cli.messages.outcomes import reasons_message
from torgsync.core.clock import show_times_in
from torgsync.core.config.accounts import map_command
from torgsync.core.notices.sending import (
    FailedDelivery,
    Text,
    Undelivered,
    failure_message,
    no_link,
    plain_text,
)
from torgsync.core.notices.situations import Event, SituationKind
from torgsync.core.plan.guards import Guard, GuardViolation, ManyShops, of_one_shop
from torgsync.errors import ExportInvalid, InvalidInput, ObjectInvalid, StateUnusable, TorgsyncError
from torgsync.extras import install_command
from torgsync.i18n import Message, _, _n, composed, joined, reworded, translated, verbatim

if TYPE_CHECKING:
    from pathlib import Path

    from torgsync.jobs.unattended.notifying import About, Topic
    from torgsync.jobs.unattended.observing import Observation
    from torgsync.jobs.unattended.subjects import Subject


def delivery_message(failure: FailedDelivery) -> Message:
    """Return why an address could not be reached, with the command that mends it where there is one."""
    why = failure_message(failure)
    if failure.why is not Undelivered.LIBRARY:
        return why
    return _("{why}; install it: {command}", why=why, command=install_command("notify"))


FEW = 3
"""Held changes, reasons, orders or shops that a message names."""

_TITLES = {
    SituationKind.FAILED: _("{shops}: the synchronization failed"),
    SituationKind.TOKEN: _("{shops}: Prom.ua refused the token"),
    SituationKind.DELAYED: _("{shops}: the synchronization does not get through"),
    SituationKind.IMPORTS: _("{shops}: Prom.ua accepts no import"),
    SituationKind.MISSED: _("{shops}: no synchronization takes place"),
    SituationKind.FLEET: _("{shops} and others: the same in many shops, changes are held until you decide"),
    SituationKind.HELD: _("{shops}: changes are held until you decide"),
    SituationKind.ORDERS: _("{shops}: orders wait for you"),
    SituationKind.REFUSED: _("{shops}: changes did not get to Prom.ua"),
    SituationKind.FINDINGS: _("{shops}: errors in items"),
}
_OVER = {SituationKind.MISSED: _("{shops}: no synchronization took place for a while")}
_ENDED = _("{shops}: the synchronization works again")
_ANY_END = _("The trouble that began {since:time} is over.")
_ENDS = {
    SituationKind.DELAYED: _("Synchronizations get through again (not since {since:time})."),
    SituationKind.TOKEN: _("Prom.ua accepts the token again (refused since {since:time})."),
    SituationKind.IMPORTS: _("Prom.ua accepts imports again (not accepted since {since:time})."),
    SituationKind.MISSED: _("Synchronizations take place again (none since {since:time})."),
}
"""What is over, where that can be said of one situation alone."""
_FAILURES_END = {
    ExportInvalid.kind: _("The export can be read again (it could not since {since:time})."),
    ObjectInvalid.kind: _("The settings are in order again (they were not since {since:time})."),
    StateUnusable.kind: _("The state can be used again (it could not since {since:time})."),
}
"""What is over where synchronizations failed by one kind of error."""


def notice_text(topic: Topic, abouts: Sequence[About]) -> Text:
    """Return the message about objects that share a topic."""
    shops = _shops([about.subject.name for about in abouts])
    title = _ENDED if topic.event is Event.ENDED else (_OVER if topic.over else _TITLES)[topic.kinds[0]]
    lines: list[str] = []
    for about in abouts:
        show_times_in(about.subject.clock)
        if lines:
            lines.append("")
        if len(abouts) > 1:
            lines.append(f"{about.subject.name}:")
        with reworded(about.subject.portal.worded):
            said = [line for message in _lines(topic, about) for line in translated(message).splitlines()]
        lines += [" ".join(line.split()) for line in said if line.strip()]
    return plain_text(translated(title.filled(shops=shops)), "\n".join(lines))


def trial_text(names: Sequence[str]) -> Text:
    """Return the message that `torgsync notify test` sends to an address of these objects."""
    body = _("This is a test. Messages about {names:quoted} arrive here.", names=list(names))
    return plain_text(translated(_("{object}: a test of torgsync", object=_shops(names))), translated(body))


def _shops(names: Sequence[str]) -> Message:
    """Return the first names, and how many more there are."""
    shops = joined(", ", names[:FEW])
    if (more := len(names) - FEW) > 0:
        return _n("{shops} and {count} more", "{shops} and {count} more", more, shops=shops)
    return shops


def _lines(topic: Topic, about: About) -> Iterator[Message]:
    notice, run = about.notice, about.subject.run
    if topic.event is Event.ENDED:
        (name, *others) = notice.names or (None,)
        over = None if others or name is None else _ENDS.get(name.kind, _FAILURES_END.get(notice.error))
        yield (over or _ANY_END).filled(since=notice.since)
        return
    kind = topic.kinds[0]
    seen = run.seen if run else None
    if kind is SituationKind.MISSED:
        yield from _missed(about)
    elif seen:
        yield from _SAID[kind](about, seen)
        since = _("since {since:time}", since=notice.since)
        yield composed("({since})", since=since)
    if run and run.report:
        yield _("report: {report}", report=_place(about.subject, run.report))


def _place(subject: Subject, report: Path) -> str:
    """Return where people read a report: its address, else its path."""
    url = subject.file.settings.reports.url if subject.file else None
    return f"{url}{quote(report.name)}" if url else str(report)


def _missed(about: About) -> Iterator[Message]:
    notice, called = about.notice, about.subject.called
    if notice.until:
        yield _(
            "Nothing ran from {since:time} to {until:time}, although synchronization times were due. "
            "It runs again now.",
            since=notice.since,
            until=notice.until,
        )
    else:
        yield _(
            "Nothing has run since {since:time}, although synchronization times were due. "
            "Is the computer on that runs them, and its timer installed?",
            since=notice.since,
        )
    yield verbatim(f"torgsync schedule list -o {called}")


def _failed(about: About, seen: Observation) -> Iterator[Message]:
    if seen.bug:
        yield _(
            "This is a bug of torgsync ({kind}). Its place is in the log; the next run checks what was under "
            "way.",
            kind=seen.bug,
        )
        yield verbatim(f"torgsync doctor -o {about.subject.called}")
    elif seen.trouble:
        yield from error_lines(seen.trouble)
        if isinstance(seen.trouble, ObjectInvalid) and not seen.trouble.hint:
            yield verbatim(f"torgsync object check {about.subject.called}")


def error_lines(error: TorgsyncError) -> Iterator[Message]:
    """Yield an error with its first mistakes and the way on."""
    yield error.message
    if isinstance(error, InvalidInput):
        yield from error.lines(FEW)
    if error.hint:
        yield error.hint


def _delayed(_about: About, seen: Observation) -> Iterator[Message]:
    if seen.trouble:
        yield seen.trouble.message
    else:
        yield _("run after run, some changes are left for later")
    yield _("the next run tries it again; nothing is sent twice")


def _imports(about: About, seen: Observation) -> Iterator[Message]:
    if seen.free:
        yield _(
            "no import is left until {free:time}; new items and texts wait, prices and stock are still sent",
            free=seen.free,
        )
    elif seen.trouble:
        yield from error_lines(seen.trouble)
    else:
        yield _("the import of an earlier run hangs and blocks all later ones")
        yield _("cancel it in the seller's cabinet, «Товари» › «Імпорт»")
        yield verbatim(f"torgsync doctor -o {about.subject.called}")


def _fleet(about: About, seen: Observation) -> Iterator[Message]:
    violations = seen.plan.violations if seen.plan else ()
    for violation in violations:
        if isinstance(violation.measure, ManyShops):
            yield joined("; ", (observed(violation), cause(violation)))
            yield _(
                "if it is right: {command}",
                command=fleet_allow_command(violation.measure.kind),
            )
    yield _("to see all of it: {command}", command=f"torgsync update -o {about.subject.called} --show held")
    yield _("this message comes once for all shops; shops that do not show it go on")


def _held(about: About, seen: Observation) -> Iterator[Message]:
    plan = seen.plan
    if plan is None:
        return
    violations = of_one_shop(plan.violations)
    for violation in violations[:FEW]:
        yield _violation(violation, seen.titles.get(violation.good_id, ""))
    if (more := len(violations) - FEW) > 0:
        yield _("… and {count} more", count=more)
    called, run = about.subject.called, about.subject.run
    kept = run.view.kept if run and run.view else ""
    command = (
        f"torgsync approve {kept} -o {called}"
        if kept
        else allow_command(plan, lambda flags: f"torgsync sync -o {called} {flags}")
    )
    yield _("to see all of it: {command}", command=f"torgsync update -o {called} --show held")
    if command:
        yield _("if it is right: {command}", command=command)


def _violation(violation: GuardViolation, title: str) -> Message:
    seen = observed(violation)
    if violation.good_id:
        item = no_link(f"{violation.good_id} {title}".strip())
        seen = _("item {item}: {seen}", item=item, seen=seen)
    if most := limit(violation):
        seen = _("{seen}; the limit is {limit}", seen=seen, limit=most)
    parts = [seen, cause(violation), *([waiting(violation)] if waiting(violation) else [])]
    return joined("; ", parts if violation.guard is not Guard.PRICE or parts[1] else parts[:1])


def _orders(about: About, seen: Observation) -> Iterator[Message]:
    called = about.subject.called
    if seen.stuck:
        yield from error_lines(seen.stuck)
    if seen.orders:
        yield _n(
            "{count} order waits for you: {orders}",
            "{count} orders wait for you: {orders}",
            len(seen.orders),
            orders=_first(seen.orders),
        )
        yield verbatim(f"torgsync orders list --held -o {called}")
    if seen.methods:
        said = _("no cash register or account chosen yet for {names:quoted}", names=list(seen.methods[:FEW]))
        yield _("{said}: orders {orders}", said=said, orders=_first(seen.unplaced)) if seen.unplaced else said
        if seen.unfetched:
            yield verbatim(f"torgsync payments fetch -o {called}")
        yield map_command(seen.methods[0], called)
    if seen.methodless:
        yield _n(
            "{count} order is on its way without a payment method",
            "{count} orders are on their way without a payment method",
            seen.methodless,
        )


def _first(orders: Sequence[str]) -> Message:
    """Return the first numbers, and how many more there are."""
    first = joined(", ", orders[:FEW])
    if (more := len(orders) - FEW) > 0:
        return _n("{orders} and {count} more", "{orders} and {count} more", more, orders=first)
    return first


def _refused(about: About, seen: Observation) -> Iterator[Message]:
    for same in seen.refusals[:FEW]:
        item = no_link(f"{same.good_id} {same.title}".strip())
        reason = reasons_message(same.reasons)
        if same.count > 1:
            yield _n(
                "{item} and {count} more: {reason}",
                "{item} and {count} more: {reason}",
                same.count - 1,
                item=item,
                reason=reason,
            )
        else:
            yield composed("{item}: {reason}", item=item, reason=reason)
    if (more := len(seen.refusals) - FEW) > 0:
        yield _n("… and {count} other reason", "… and {count} other reasons", more)
    run = about.subject.run
    if run and run.view and run.view.run:
        yield verbatim(f"torgsync history {run.view.run} -o {about.subject.called}")


def _findings(about: About, seen: Observation) -> Iterator[Message]:
    for group in seen.findings[:FEW]:
        first = group.findings[0]
        item = _("item {item}: {seen}", item=first.good_id, seen=finding_message(first))
        said = item if first.good_id else finding_message(first)
        if group.count > 1:
            said = _n(
                "{said} ({count} more like it)", "{said} ({count} more like it)", group.count - 1, said=said
            )
        yield said
    if (more := len(seen.findings) - FEW) > 0:
        yield _("… and {count} more", count=more)
    yield verbatim(f"torgsync object check {about.subject.called}")


_SAID: dict[SituationKind, Callable[[About, Observation], Iterator[Message]]] = {
    SituationKind.FAILED: _failed,
    SituationKind.TOKEN: _failed,
    SituationKind.DELAYED: _delayed,
    SituationKind.IMPORTS: _imports,
    SituationKind.FLEET: _fleet,
    SituationKind.HELD: _held,
    SituationKind.ORDERS: _orders,
    SituationKind.REFUSED: _refused,
    SituationKind.FINDINGS: _findings,
}
