"""The report of a plan: what is pending, what is held and why, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torgsync.cli.base.findings import finding_words
from torgsync.cli.messages.guards import Letting, allow_command
from torgsync.cli.messages.skips import skip_message
from torgsync.cli.plan.render import NOTHING_PENDING, render_sums
from torgsync.cli.plan.reports.holds import holds_of
from torgsync.cli.plan.reports.pictures import picture_source
from torgsync.cli.plan.reports.prices import price_moves
from torgsync.cli.plan.reports.report import Figure, ObjectReport, Remark, Tone
from torgsync.cli.plan.reports.rows import listings
from torgsync.cli.plan.sums import count_lines
from torgsync.core.counts import item_count
from torgsync.core.text import one_line
from torgsync.i18n import Message, _, _n, composed, joined

if TYPE_CHECKING:
    from torgsync.core.findings import Finding
    from torgsync.core.plan.diff import Change
    from torgsync.core.plan.plan import Counts, Plan
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult, PlanResultView
    from torgsync.state.runs.change_rows import NumberedChange

NAMED = 10
"""Findings of one code that a report names; more are counted."""


def plan_report(
    job: JobContext, result: PlanResult, *, language: str, next_step: str, letting: Letting, remark: Message
) -> ObjectReport:
    """Return the report of a plan; `next_step` is a command, empty for none, `remark` a note on all of it."""
    from torgsync.jobs.plan.result import PlanResultView

    plan, view = result.plan, PlanResultView(job, result)
    headline, tone = _headline(plan.counts)
    titles = dict.fromkeys((violation.good_id for violation in plan.violations), "")
    prices = price_moves(named(view.changes(), titles))
    return ObjectReport(
        object=plan.object,
        id=job.slug,
        language=language,
        title=_("pending changes"),
        about=(composed("{when:time}", when=plan.made), *_export(plan)),
        headline=headline,
        tone=tone,
        figures=plan_figures(plan.counts),
        holds=holds_of(plan.violations, titles),
        allow=allow_command(plan, letting),
        next_step=next_step if plan.counts.to_send else "",
        everything=f"torgsync update -o {job.file.called} --show all",
        prices=prices,
        notes=(*filter(None, (remark,)), *_notes(job, plan)),
        listings=listings(job, view),
        remarks=remarks(view),
        skipped=tuple((count, skip_message(reason)) for reason, count in plan.skipped.items()),
        pictures=picture_source(job.object),
    )


def named(changes: Iterable[NumberedChange], titles: dict[str, str]) -> Iterator[Change]:
    """Yield changes, and note the names of the items that `titles` asks for by their ids."""
    for item in changes:
        if item.change.good_id in titles:
            titles[item.change.good_id] = one_line(item.change.title)
        yield item.change


def _headline(counts: Counts) -> tuple[Message, Tone]:
    if not counts.changes:
        return NOTHING_PENDING, Tone.GOOD
    if not counts.held:
        return _n(
            "{count} change is ready to be sent", "{count} changes are ready to be sent", counts.to_send
        ), Tone.GOOD
    held = _n("{count} change waits for your decision", "{count} changes wait for your decision", counts.held)
    if not counts.to_send:
        return held, Tone.CARE
    ready = _n("{count} change is ready to be sent", "{count} changes are ready to be sent", counts.to_send)
    return composed("{ready}; {held}", ready=ready, held=held), Tone.CARE


def plan_figures(counts: Counts) -> tuple[Figure, ...]:
    """Return how many products are created, updated and taken down, and how much is held."""
    return (
        Figure(counts.create, _("to create"), Tone.GOOD),
        Figure(counts.update, _("to update")),
        Figure(counts.remove, _("to take down"), Tone.BAD),
        Figure(counts.held, _("of them held"), Tone.CARE, waits=True),
    )


def _export(plan: Plan) -> Iterator[Message]:
    if plan.export.path:
        name = plan.export.path.replace("\\", "/").rsplit("/", 1)[-1]  # a path of any system
        yield composed("{name}, {items}", name=name, items=item_count(plan.export.goods))


def _notes(job: JobContext, plan: Plan) -> Iterator[Message]:
    """Yield the sums of a plan that the figures do not say."""
    limits, days = job.object.limits, job.object.removal.grace.days
    kinds = count_lines(plan.counts)[0]
    for line in render_sums(
        plan,
        currency=job.object.catalog.currency,
        requests_per_second=limits.requests_per_second,
        next_step="",
        nothing=NOTHING_PENDING,
        days=days,
    ):
        if line not in (kinds, NOTHING_PENDING):
            yield line


def remarks(view: PlanResultView) -> tuple[Remark, ...]:
    """Return the findings of a plan by code, the gravest first."""
    from torgsync.cli.messages.explained.findings import FINDINGS

    return tuple(
        Remark(
            str(group.code),
            str(group.code.severity),
            FINDINGS[group.code].sentence,
            group.count,
            tuple(map(_place, group.findings)),
        )
        for group in view.finding_groups(NAMED)
    )


def _place(finding: Finding) -> Message:
    line = _("line {line}", line=finding.line) if finding.line else ""
    item = _("item {item}", item=finding.good_id) if finding.good_id else ""
    place = joined(", ", filter(None, (finding.file, line, item)))
    words = finding_words(finding)
    return composed("{place}: {words}", place=place, words=words) if place else words
