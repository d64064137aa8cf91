"""`torgsync fleet worker`: performs what is due of the pushed objects, several at a time, until stopped."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from signal import SIGINT
from threading import Lock
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.options import RunFormat, RunFormatOption, separated
from torgsync.cli.base.program import SCHEMA, Program, program_of
from torgsync.cli.base.streams import json_text
from torgsync.core.clock import utc_iso
from torgsync.core.shell import WINDOWS
from torgsync.errors import Exit, InvalidInput, TorgsyncError, UsageError
from torgsync.i18n import Message, _, _n, composed, joined

if TYPE_CHECKING:
    from torgsync.cli.fleet.run import FleetRun
    from torgsync.cli.side_by_side.one import Performed
    from torgsync.core.fleet.lanes import Lane
    from torgsync.core.fleet.ticks import Ask
    from torgsync.jobs.fleet.worker import FleetWorker

MOST_MISTAKES = 3
"""Mistakes of an object that a worker names."""
_log = logging.getLogger(__name__)


def worker(
    context: typer.Context,
    form: RunFormatOption = RunFormat.TABLE,
    concurrency: Annotated[
        int,
        typer.Option(
            "--concurrency", min=1, max=64, help=_("How many runs to perform at once."), metavar="N"
        ),
    ] = 10,
    prefix: Annotated[
        str | None,
        typer.Option(
            "--secrets",
            help=_("Read only environment variables and keyring entries for objects that begin so."),
            metavar="PREFIX",
        ),
    ] = None,
    hosts: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host",
            callback=separated,
            help=_("Send secrets of objects to these hosts too, not only to the marketplaces."),
            metavar="HOST,…",
        ),
    ] = None,
    shared_disk: Annotated[
        bool, typer.Option("--shared-disk", help=_("Let objects name files and folders of this computer."))
    ] = False,
    private: Annotated[
        bool,
        typer.Option(
            "--allow-private", help=_("Let objects fetch exports from this computer and its own network.")
        ),
    ] = False,
    metrics: Annotated[
        Path | None,
        typer.Option(
            "--metrics",
            help=_("Every minute write metrics of the fleet to this file, for Prometheus."),
            metavar="FILE",
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help=_("Perform what is due now, then end."))] = False,
) -> None:
    """Perform what is due of the pushed objects, several at a time, until stopped.

    Any number of workers share one state on PostgreSQL. SIGTERM and Ctrl-C let runs come to a safe point.
    """
    program = program_of(context, form.plain)
    program.unattended = True
    if WINDOWS:  # pragma: no cover  # asyncio has no signals there
        raise UsageError(_("workers run on Linux and macOS"))
    from torgsync.jobs.fleet.access import open_fleet
    from torgsync.jobs.fleet.trust import worker_trust

    trust = worker_trust(program.settings, prefix, hosts or (), shared_disk=shared_disk, private=private)
    lines = _Lines(program)
    with open_fleet(
        program.settings,
        trust,
        concurrency,
        program.now,
        notify=program.notify,
        broken=lines.broken,
        once=once,
    ) as fleet:
        code = _Jobs(program, fleet, lines, metrics).serve()
    raise typer.Exit(int(code))


class _Jobs:
    """Performs the jobs that it is given in threads, each as a call of its own."""

    def __init__(self, program: Program, fleet: FleetWorker, lines: _Lines, metrics: Path | None) -> None:
        from torgsync.jobs.context import StopRequest

        self._program = program
        self._fleet = fleet
        self._lines = lines
        self._metrics = metrics
        self._stop = StopRequest()
        self._at_work: set[str] = set()
        self._codes: dict[tuple[str, bool], Exit] = {}

    def serve(self) -> Exit:
        """Serve the queue until stopped and return the exit code."""
        queue = self._fleet.queue
        queue.serve(self._perform, self._tick, self._request_stop, self._leave, self._lines.trouble)
        return self._code

    @property
    def _code(self) -> Exit:
        """The exit code: of a worker that serves once the gravest of its runs, as of `sync --all`."""
        queue = self._fleet.queue
        if queue.signal is not None or not queue.once:
            return Exit.INTERRUPTED if queue.signal is SIGINT else Exit.DONE
        refused = (error.exit_code for error in self._fleet.refused.values())
        return Exit.worst([*self._codes.values(), *refused])

    def _tick(self) -> None:
        self._fleet.tick()
        self._lines.answers(len(self._fleet.files))
        if missed := self._fleet.newly_missed():
            from torgsync.cli.unattended import UnattendedRuns

            UnattendedRuns(self._program, unattended=True).notify_of(missed)
        if self._metrics:
            from torgsync.jobs.fleet.metrics import keep_fleet_metrics

            status = self._fleet.status(self._program.settings)
            self._lines.metrics(keep_fleet_metrics(self._metrics, status))

    def _perform(self, slug: str, lane: Lane) -> list[Ask]:
        from torgsync.cli.fleet.run import FleetRun
        from torgsync.core.fleet.lanes import Lane
        from torgsync.jobs.context import StopSignal
        from torgsync.jobs.fleet.worker import follows

        file = self._fleet.file(slug)
        if file is None:  # it was removed meanwhile, or is refused here
            return self._fleet.given_back(slug, lane)
        run = FleetRun(file, lane)
        self._at_work.add(slug)
        try:
            done = run.perform(self._program, StopSignal(self._stop))
        finally:
            self._at_work.discard(slug)
        self._codes[slug, lane is Lane.ORDERS] = done.code  # that of the import, after what left it
        self._lines.ended(run, done)
        return follows(slug, lane, done.code, self._program.now(), left=run.left, is_open=run.is_open)

    def _request_stop(self) -> None:
        self._stop.make()
        self._program.notify(
            _n(
                "stopping: {count} run comes to a safe point",
                "stopping: {count} runs come to a safe point",
                len(self._at_work),
            )
            if self._at_work
            else _("stopping")
        )

    def _leave(self) -> NoReturn:
        """End the process at once: threads cannot be ended; the next run looks up what they did."""
        names = ", ".join(sorted(self._at_work))
        if names:
            self._program.warn(_("stopped in the middle of: {objects}", objects=names))
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(int(Exit.INTERRUPTED if names else self._code))


def _ending(run: FleetRun, done: Performed) -> Message:
    """Return how a run ended: what is left of it is often only an import; an error is named."""
    from torgsync.cli.fleet.run import run_ending

    code = done.code
    if code is Exit.TEMPORARY and run.left:
        return _("an import is sent next")
    if code is Exit.TEMPORARY and run.is_open:
        return _("an import goes on")
    if done.error and code not in (Exit.BUSY, Exit.INTERRUPTED):
        return composed("{ending}: {error}", ending=run_ending(code), error=_in_full(done.error))
    return run_ending(code)


def _in_full(error: TorgsyncError) -> Message:
    """Return what an error says, with the first mistakes of a file."""
    lines = error.lines(MOST_MISTAKES) if isinstance(error, InvalidInput) else ()
    return joined("; ", (error.message, *lines))


class _Lines:
    """What a worker prints: a line a run on stdout, and what goes wrong on stderr, once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._lock = Lock()
        self._trouble = self._unwritten = ""
        self._shown: int | None = None

    def ended(self, run: FleetRun, done: Performed) -> None:
        """Print how a run ended; of one for which nothing was due nothing, but for an error."""
        if not run.begun and done.code is Exit.DONE:
            return
        slug, now = run.file.slug, self._program.now()
        stopped = done.code is Exit.INTERRUPTED  # another worker goes on, and no person has to
        with self._lock:
            if self._program.json:
                document = {
                    "schema": SCHEMA,
                    "object": run.file.settings.name,
                    "slug": slug,
                    "lane": str(run.lane),
                    "run": run.number,
                    "ended": utc_iso(now),
                    "seconds": round(done.seconds, 3),
                    "exit": int(done.code),
                    "error": error_document(done.error) if done.error and not stopped else None,
                }
                print(json_text(document), flush=True)  # noqa: T201
            else:
                self._program.print(
                    composed(
                        "{now:time}  {object}  {lane}  {code} {ending}  {seconds} s",
                        now=now,
                        object=slug,
                        lane=str(run.lane),
                        code=int(done.code),
                        ending=_ending(run, done),
                        seconds=f"{done.seconds:.1f}",
                    )
                )
            if self._program.verbosity > 0 or done.bug:
                sys.stderr.write(done.printed.text())

    def broken(self, slug: str, error: TorgsyncError) -> None:
        """Report an object that cannot be performed as it was pushed."""
        self._warn(composed("{object}: {error}", object=slug, error=_in_full(error)))

    def trouble(self, error: TorgsyncError) -> None:
        """Report that the state or the queue does not answer, once until it does again."""
        if str(error) != self._trouble:
            self._trouble = str(error)
            self._warn(_("{error}; it is tried again", error=error.message))

    def metrics(self, trouble: Message | None) -> None:
        """Report why metrics are not written, once until they are again."""
        if trouble and str(trouble) != self._unwritten:
            self._warn(_("the metrics were not written: {trouble}", trouble=trouble))
        self._unwritten = str(trouble) if trouble else ""

    def answers(self, objects: int) -> None:
        """Note that the state and the queue answer, and report so where they did not."""
        if self._trouble:
            self._trouble = ""
            self._note(_("the state and the queue answer again"))
        if objects != self._shown:
            self._shown = objects
            self._note(_n("{count} object is performed", "{count} objects are performed", objects))

    def _note(self, message: Message) -> None:
        from torgsync.files.config.logs import logged

        with self._lock, logged(self._program.settings.log, "-"):
            _log.info("%s", message)
            self._program.notify(message)

    def _warn(self, message: Message) -> None:
        from torgsync.files.config.logs import logged

        with self._lock, logged(self._program.settings.log, "-"):
            _log.warning("%s", message)
            self._program.warn(message)
