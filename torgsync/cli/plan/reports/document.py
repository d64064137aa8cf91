"""Reports on stdout: one document of a form, whatever the number of sync objects that it is about."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from torgsync.cli.base.errors import each
from torgsync.cli.base.language import speaking, unattended_language
from torgsync.cli.base.options import PlanFormat
from torgsync.cli.plan.reports import page
from torgsync.cli.plan.reports.junit import failed_suite, suite
from torgsync.cli.plan.reports.markdown import Markdown
from torgsync.cli.plan.reports.pictures import picture_source
from torgsync.errors import InvalidInput, TorgsyncError
from torgsync.i18n import Message, translated

if TYPE_CHECKING:
    from torgsync.cli.base.program import Program
    from torgsync.cli.messages.guards import Letting
    from torgsync.cli.plan.reports.report import ObjectReport
    from torgsync.core.config.settings import SyncObject
    from torgsync.errors import Exit
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanResult


class ReportDocument:
    """A document that is written report by report; what could not be looked at is in it too.

    Each report is in the language of its object, unless the call names one. `most` is the size of Markdown.
    """

    def __init__(self, program: Program, form: PlanFormat, several: int, most: int) -> None:
        self._program = program
        self._form = form
        self._markdown = Markdown(most, several)
        self._known: dict[str, SyncObject] = {}

    def language_of(self, settings: SyncObject | None) -> str:
        """Return the language of a report about an object, which may be unreadable."""
        if self._program.language_given:
            return self._program.language
        return unattended_language(settings.language if settings else None)

    @contextmanager
    def speaking(self, settings: SyncObject | None) -> Iterator[None]:
        """Show sentences in the language of the report about an object."""
        with speaking(self.language_of(settings)):
            yield

    @contextmanager
    def written(self, title: Message, objects: Mapping[str, Callable[[], ObjectFile]]) -> Iterator[None]:
        """Write the beginning, then what the block adds, and the end, also where an error ends the block.

        `objects` read the objects of the document, keyed by slug.
        """
        for slug, read in objects.items():
            with suppress(TorgsyncError):  # it is said where its turn comes
                self._known[slug] = read().settings
        known = list(self._known.values())
        first = known[0] if known else None
        if self._form is PlanFormat.HTML:
            with self.speaking(first):
                names = ", ".join(settings.name for settings in known)
                head = f"{names}: {translated(title)}" if names else translated(title)
                self._write(page.begin(head, self.language_of(first), map(picture_source, known)))
        elif self._form is PlanFormat.JUNIT:
            self._write(['<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="torgsync">\n'])
        try:
            yield
        finally:
            if self._form is PlanFormat.HTML:
                self._write(page.end())
            elif self._form is PlanFormat.JUNIT:
                self._write(["</testsuites>\n"])

    def each(
        self,
        title: Message,
        objects: Mapping[str, Callable[[], ObjectFile]],
        work: Callable[[ObjectFile], Exit],
    ) -> Exit:
        """Return the worst exit code of `work`, which adds a report of each object; see `each`."""
        with self.written(title, objects):
            return each(self._program, objects, work, apart=False, on_error=self.failed)

    def add_plan(
        self, job: JobContext, result: PlanResult, *, next_step: str, letting: Letting, remark: Message
    ) -> None:
        """Write the report of a plan; see `plan_report`."""
        from torgsync.cli.plan.reports.plan_report import plan_report

        with self.speaking(job.object):
            self.add(
                plan_report(
                    job,
                    result,
                    language=self.language_of(job.object),
                    next_step=next_step,
                    letting=letting,
                    remark=remark,
                )
            )

    def add(self, report: ObjectReport) -> None:
        """Write one report."""
        if self._form is PlanFormat.HTML:
            self._write(page.section(report))
        elif self._form is PlanFormat.JUNIT:
            self._write([suite(report)])
        else:
            self._write([self._markdown.report(report)])

    def failed(self, slug: str, error: TorgsyncError) -> None:
        """Write that an object could not be looked at, and why."""
        settings = self._known.get(slug)
        name = settings.name if settings else slug
        lines = [error.message]
        if isinstance(error, InvalidInput):
            lines += error.lines()
        lines += [error.hint] if error.hint else []
        with self.speaking(settings):
            if self._form is PlanFormat.HTML:
                self._write(page.failed(name, lines))
            elif self._form is PlanFormat.JUNIT:
                self._write([failed_suite(name, error.kind, lines)])
            else:
                self._write([self._markdown.failed(name, lines)])

    def _write(self, pieces: Iterable[str]) -> None:
        self._program.hide_progress()
        for piece in pieces:
            sys.stdout.write(piece)
