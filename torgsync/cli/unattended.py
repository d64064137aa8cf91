"""What a call does around runs that were not confirmed on a terminal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import typer

from torgsync.errors import Exit, Interrupted, TorgsyncError, UsageError
from torgsync.i18n import Message, _, verbatim

if TYPE_CHECKING:
    from torgsync.cli.base.program import Program
    from torgsync.core.notices.sending import Text
    from torgsync.core.notices.situations import Half
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.push.execute import RunView
    from torgsync.jobs.unattended.notifying import About, Topic
    from torgsync.jobs.unattended.pinging import Monitors
    from torgsync.jobs.unattended.runs import ObjectRun
    from torgsync.jobs.unattended.subjects import Subject

_log = logging.getLogger(__name__)


class UnattendedRuns:
    """The runs of one call; an attended call only collects them.

    Args:
        program: The call.
        unattended: Whether its runs are not confirmed on a terminal.
        metrics: The file that gets the metrics of all objects of the call, None for none.
        ok_codes: Exit codes that end the process as 0 does.
        whole: The runs of the call that these are a part of.
    """

    def __init__(
        self,
        program: Program,
        *,
        unattended: bool,
        metrics: Path | None = None,
        ok_codes: Collection[Exit] = frozenset(),
        whole: UnattendedRuns | None = None,
    ) -> None:
        self._program = program
        self._unattended = unattended
        self._metrics = metrics
        self._started = program.now()
        self._ok_codes = ok_codes
        self._at_work: ObjectFile | None = None
        self._half = ""
        self._whole = whole
        self._parts: list[UnattendedRuns] = []
        self._lock = Lock()
        self.runs: list[ObjectRun] = whole.runs if whole else []

    @contextmanager
    def following(self, wanted: str | None) -> Iterator[None]:
        """Do what follows the runs of a call at its end, also after a bug; `wanted` is the object it names.

        Nothing of that stops the call or changes its exit code.
        """
        try:
            yield
        except TorgsyncError as error:
            if not self.runs:
                file = self._at_work
                self._failed(file.path if file else self._path(wanted), error, file)
            raise
        except KeyboardInterrupt:
            for part in (self, *self._parts):
                part.stopped()
            raise
        except (typer.Exit, typer.Abort):
            raise
        except Exception as bug:
            self.crashed(bug)
            raise
        finally:
            if self._unattended and self.runs:
                self._safely(self._follow)

    def of_one(self, program: Program) -> UnattendedRuns:
        """Return a part for one object, which a thread works with; what follows, follows all of them once."""
        part = UnattendedRuns(program, unattended=self._unattended, whole=self)
        self._parts.append(part)
        return part

    def works_on(self, file: ObjectFile, half: str | None = None) -> None:
        """Note which object the call works with from now on, and whether for items or orders alone."""
        self._at_work, self._half = file, half or ""

    def begin(self, job: JobContext, half: str | None) -> JobContext:
        """Return the job of an object whose run is about to begin: the beginning is pinged."""
        self.works_on(job.file, half)
        if not (self._unattended and job.object.notify.heartbeat):
            return job
        return replace(job, began=lambda: self._safely(lambda: (self._whole or self).ping(job.file)))

    def ping(self, file: ObjectFile) -> None:
        """Ping that a run of an object begins."""
        with self._lock:  # several may begin at the same time
            self._monitors.begin(file)

    def add(
        self,
        job: JobContext,
        view: RunView,
        *,
        report: Path | None = None,
        fresh: bool = False,
        whole: bool = False,
    ) -> None:
        """Take over what a run did, while its job is still open, and the page of it; see `observe`."""
        from torgsync.jobs.unattended.runs import ObjectRun

        run = ObjectRun(job.slug, view.exit_code, job.file, view, report=report)
        self.runs.append(run)
        if self._unattended:
            self._safely(lambda: self._observe(run, job, view, fresh=fresh, whole=whole))

    def stopped(self) -> None:
        """Take over that a person ended the work at once."""
        file = self._at_work
        if file and all(run.slug != file.slug for run in self.runs):
            self._failed(file.path, Interrupted(_("stopped by you at once")), file)

    def failed(self, slug: str, error: TorgsyncError) -> None:
        """Take over the error that ended the work with an object."""
        file = self._at_work
        if file and slug in (file.slug, file.path.stem):
            self._failed(file.path, error, file)
        else:
            self._failed(self._program.settings.objects / f"{slug}.toml", error)

    def write_metrics(self, objects: Mapping[str, Callable[[], ObjectFile]]) -> None:
        """Write the metrics of these objects where the call asks for them; a failure is only a warning."""
        if self._metrics is None:
            return
        from torgsync.jobs.unattended.metrics import keep_metrics

        program = self._program
        trouble = keep_metrics(
            self._metrics, program.settings, objects, self.runs, self._started, program.now()
        )
        if trouble:
            program.warn(_("the metrics were not written: {trouble}", trouble=trouble))

    def _failed(self, path: Path | None, error: TorgsyncError, file: ObjectFile | None = None) -> None:
        if path is None or isinstance(error, UsageError):
            return
        from torgsync.jobs.unattended.observing import observe_error
        from torgsync.jobs.unattended.runs import ObjectRun

        slug = file.slug if file else path.stem
        seen = observe_error(error, self._half_of(file))
        self.runs.append(ObjectRun(slug, error.exit_code, file, error=error, path=path, seen=seen))

    def crashed(self, bug: Exception) -> None:
        """Take over an error of the program itself, which ended the work with an object."""
        if (file := self._at_work) is None:
            return
        from torgsync.jobs.unattended.observing import observe_bug
        from torgsync.jobs.unattended.runs import ObjectRun

        seen = observe_bug(bug, self._half_of(file))
        self.runs[:] = [run for run in self.runs if run.slug != file.slug]
        self.runs.append(ObjectRun(file.slug, Exit.ERROR, file, path=file.path, seen=seen))

    def _observe(self, run: ObjectRun, job: JobContext, view: RunView, *, fresh: bool, whole: bool) -> None:
        from torgsync.jobs.missed import beginnings
        from torgsync.jobs.unattended.observing import observe

        if not (job.object.notify.to or job.object.notify.heartbeat):
            return
        run.seen = observe(job, view, self._half_of(job.file), fresh=fresh, whole=whole)
        with job.transaction(durable=False) as work:
            run.before, run.began = beginnings(work, view.run)

    def _half_of(self, file: ObjectFile | None) -> Half:
        from torgsync.core.notices.situations import Half

        return Half(self._half) if file else Half.BOTH

    def notify_of(self, files: Iterable[ObjectFile]) -> None:
        """Notify people of objects that nothing works with any more."""
        from torgsync.jobs.unattended.subjects import subject_of

        self._safely(lambda: self._notify([subject_of(file) for file in files]))

    def _follow(self) -> None:
        """Ping the monitors, and notify people of what is news."""
        from torgsync.jobs.unattended.subjects import subject_at, subject_of

        if self._parts:  # they ended in any order
            self.runs.sort(key=lambda run: run.file.path.stem if run.file else run.slug)
        subjects = [subject_of(run.file, run) for run in self.runs if run.file]
        subjects += [subject_at(run.path, run) for run in self.runs if run.path and not run.file]
        self._monitors.end(subjects, self._ok_codes, self._program.now())
        self._notify(subjects)

    def _notify(self, subjects: Sequence[Subject]) -> None:
        from torgsync.cli.base.language import speaking
        from torgsync.cli.messages.notices import delivery_message, notice_text
        from torgsync.jobs.unattended.notifying import notify

        def render(topic: Topic, abouts: Sequence[About]) -> Text:
            with speaking(topic.language):
                return notice_text(topic, abouts)

        program, now = self._program, self._program.now()
        for failure in notify(program.settings, subjects, self._monitors, now, render):
            why = delivery_message(failure)
            self._warn(_("`{address}` was not notified: {why}", address=failure.address, why=why))

    @cached_property
    def _monitors(self) -> Monitors:
        from torgsync.jobs.unattended.pinging import Monitors

        return Monitors()

    def _path(self, wanted: str | None) -> Path | None:
        """Return the file of the object that a call names, None where there is none."""
        from torgsync.files.config.objects import find_path

        try:
            return find_path(self._program.settings.objects, wanted)
        except TorgsyncError:
            return None

    def _safely(self, step: Callable[[], None]) -> None:
        """Do what follows a run; whatever is wrong with it is a warning."""
        try:
            step()
        except TorgsyncError as trouble:
            self._warn(_("notifications were not sent: {why}", why=trouble.message))
        except Exception as bug:  # noqa: BLE001  # the run itself is done
            from torgsync.cli.base.progress import log_error
            from torgsync.files.config.logs import logged

            with logged(self._program.settings.log, "-"):
                log_error(bug)
            kind = verbatim(type(bug).__name__)
            self._program.warn(_("notifications were not sent: {why}", why=kind))

    def _warn(self, message: Message) -> None:
        from torgsync.files.config.logs import logged

        with logged(self._program.settings.log, "-"):
            _log.warning("%s", message)
        self._program.warn(message)
