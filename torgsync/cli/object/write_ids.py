"""`torgsync object adopt --write-ids`: show which external ids are missing, ask, show what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.program import Format, Program
from torgsync.cli.base.render import SCREENFUL, pick
from torgsync.cli.messages import external_ids as messages
from torgsync.cli.plan.outcomes import notify_trouble
from torgsync.core.plan.external_ids import IdOutcome, IdPlan, IdResult, IdsView
from torgsync.errors import Interrupted, TorgsyncError
from torgsync.i18n import Message, _, composed, verbatim

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.adopt import WriteIds


@dataclass(frozen=True)
class IdsCall:
    """One call with `--write-ids`."""

    program: Program
    file: ObjectFile
    output: Format
    yes: bool
    dry_run: bool
    every: bool
    again: bool

    @property
    def command(self) -> str:
        """The command that goes on."""
        return f"torgsync object adopt {self.file.called} --write-ids"

    def writer(self, job: JobContext) -> WriteIds:
        """Return what writes the ids. Raises UsageError where the spreadsheet cannot be written."""
        from torgsync.jobs.push.write_ids import id_writer

        def agree(plan: IdPlan, adopted: bool) -> bool | None:
            if not adopted and not self.dry_run:
                return False
            self._show(plan)
            if self.dry_run:
                return None
            if self.yes:
                return True
            with job.stop.interruptible():
                return self.program.confirm(messages.QUESTION)

        return id_writer(agree, again=self.again)

    def _show(self, plan: IdPlan) -> None:
        """Show what would be written; where data has another form, only to a person who is asked."""
        if self.output is not Format.TABLE and (self.yes or self.dry_run):
            return
        self._write_line(messages.plan_message(plan), 2)
        most = None if self.every else SCREENFUL
        for one in islice(plan.writes, most):
            self._write_line(verbatim(f"  {one.good_id}  {one.title} = Prom {one.prom_id}"), 6)
        if most is not None and len(plan.writes) > most:
            rest = len(plan.writes) - most
            self._write_line(_("  … and {count} more; `--all` lists them", count=rest), 2)
        for line in messages.cost_messages(plan):
            self._write_line(line, 2)

    def print_view(self, view: IdsView) -> None:
        """Print what was done, and what ended it early."""
        others = [one for one in view.results if one.outcome is not IdOutcome.WRITTEN]
        changed = any(one.outcome is IdOutcome.CHANGED for one in others)
        if changed:
            self._print_results(others)
        if view.results:
            has_id = sum(one.has_id for one in view.results)
            self._write_line(messages.written_message(has_id, changed=changed), 2)
        elif not view.plan.writes and not view.trouble:
            self.program.notify(messages.plan_message(view.plan))
        if not changed:
            self._print_results(others)
        if view.agreed is False:
            self.program.notify(_("nothing was sent to Prom.ua"))
        if trouble := self.trouble_of(view):
            notify_trouble(self.program, trouble)

    def _print_results(self, results: list[IdResult]) -> None:
        most = len(results) if self.every else SCREENFUL
        for one in results[:most]:
            about = f"{one.write.good_id} {one.write.title} (Prom {one.write.prom_id})"
            result = messages.result_message(one)
            self._write_line(composed("! {item}: {result}", item=about, result=result), 2)
            for difference in one.differences:
                message = messages.difference_message(difference)
                self._write_line(composed("    {difference}", difference=message), 6)
        if len(results) > most:
            rest = len(results) - most
            self._write_line(_("! … and {count} more; `--format json` lists them", count=rest), 2)

    def _write_line(self, text: Message, indent: int) -> None:
        """Write a line for people: as data, or to stderr where data has another form."""
        if self.output is Format.TABLE:
            self.program.print(text, indent)
        else:
            self.program.notify(text)

    def trouble_of(self, view: IdsView) -> TorgsyncError | None:
        """Return what ended it early; a stop also says how to go on."""
        if isinstance(view.trouble, Interrupted):
            return Interrupted(_("stopped by you"), hint=_("go on with: {command}", command=self.command))
        return view.trouble

    def document(self, view: IdsView) -> dict[str, object]:
        """Return what was planned and done as JSON."""
        document: dict[str, object] = {
            "planned": [pick(one, "good_id", "prom_id", "title") for one in view.plan.writes],
            **pick(view.plan, "kept", "imports", "imports_left"),
            "agreed": view.agreed,
            "results": list(_result_documents(view.results)),
        }
        trouble = self.trouble_of(view)
        error: dict[str, object] = {"error": error_document(trouble)} if trouble else {}
        return {"external_ids": document, **error}


def _result_documents(results: Iterable[IdResult]) -> Iterable[dict[str, object]]:
    for one in results:
        yield {
            **pick(one.write, "good_id", "prom_id", "title"),
            "outcome": str(one.outcome),
            "message": messages.result_message(one),
            "differences": [pick(each, "key", "before", "after") for each in one.differences],
        }
