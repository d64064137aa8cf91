"""One call of the program: the options before the command, and what commands work with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from torgsync.cli.base.output import Output
from torgsync.cli.base.question import confirmed, person_there
from torgsync.core.clock import show_times_in
from torgsync.errors import Exit, Interrupted, TorgsyncError, UsageError
from torgsync.i18n import Message, _, _n

if TYPE_CHECKING:
    from rich.table import Table

    from torgsync.files.config.objects import ObjectFile
    from torgsync.files.config.settings import Settings
    from torgsync.jobs.context import JobContext, StopSignal
    from torgsync.jobs.recording import CallRecording

SCHEMA = 1
"""The version of our JSON documents."""
NOT_ASKED = _("without a terminal nothing is asked; give it on the command line")
"""The hint where something that a person would be asked for is missing."""


class Format(StrEnum):
    """How a command prints its data."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass
class Program(Output):
    """One call of the program, and its output.

    With `json` even an error is printed as a document; `unattended` asks nothing, also on a terminal. A call
    within another one has its `language`, which was given where the command line names it.
    Exit codes in `ok_codes` end the process as 0 does; what is printed keeps the true one.
    With `pages` long tables go through a pager, which waits for a person. Where `stop` is given, it ends the
    call instead of a signal; `sleep` replaces the waiting for an import.
    """

    home: Path | None = None
    prom_url: str | None = None
    json: bool = False
    unattended: bool = False
    language: str = ""
    language_given: bool = False
    pages: bool = True
    ok_codes: frozenset[Exit] = frozenset()
    sleep: Callable[[float], None] | None = None
    stop: StopSignal | None = None
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    recording: CallRecording | None = None
    _logged: Exception | None = field(default=None, repr=False)
    _spoken: tuple[str, str] | None = field(default=None, repr=False)

    @cached_property
    def settings(self) -> Settings:
        """The folders and addresses of this call."""
        from torgsync.files.config.settings import read_settings

        return read_settings(self.home, self.prom_url)

    def set_options(
        self,
        context: typer.Context,
        *,
        home: Path | None,
        verbose: int,
        quiet: bool,
        no_color: bool,
        lang: object,  # noqa: ARG002  # it was chosen before the command line was parsed
        record: Path | None,
    ) -> None:
        """Take global options over, those before the command first; `-q` outweighs `-v`.

        Raises UsageError where requests cannot be recorded.
        """
        self.home = home or self.home
        self.verbosity = -1 if quiet or self.verbosity < 0 else self.verbosity + verbose
        self.color = self.color and not no_color
        if record is not None:
            self.record(record)
            context.call_on_close(self.end_recording)

    def record(self, path: Path) -> None:
        """Record all requests of this call. Raises UsageError where the file cannot be made."""
        if self.recording is not None:
            raise UsageError(
                _("`--record` was given twice"), hint=_("give it once, before or after the command")
            )
        from torgsync.jobs.recording import CallRecording

        self.recording = CallRecording(path, self.now)

    def end_recording(self) -> None:
        """Close the recording, and say where it is."""
        if self.recording is None:
            return
        path, count = self.recording.path, self.recording.end()
        if not count:
            self.notify(_("no requests were made, so `{path}` was not written", path=path))
            return
        if self.recording.trouble:
            trouble = self.recording.trouble
            self.warn(_("the recording `{path}` is not complete: {trouble}", path=path, trouble=trouble))
        self.notify(
            _n(
                "recorded {count} request in `{path}`; names, phones, addresses, texts and tokens in it are "
                "replaced, ids, prices and dates are real",
                "recorded {count} requests in `{path}`; names, phones, addresses, texts and tokens in it "
                "are replaced, ids, prices and dates are real",
                count,
                path=path,
            )
        )

    @property
    def recorder(self) -> Any:  # noqa: ANN401  # its type is that of a layer that commands do not import
        """What records the requests of this call, if anything does."""
        return self.recording.recorder if self.recording else None

    @property
    def asks(self) -> bool:
        """Whether a person is there to be asked: on a terminal, wherever the output goes."""
        return not self.unattended and person_there()

    def print_table(self, table: Table) -> None:
        """Print a table, one longer than the screen through a pager where a person is there to leave it."""
        if self.pages and self.asks and self.is_terminal("_out") and sys.stdout.isatty():
            self.out.print_long(table)
        else:
            self.out.print(table, crop=False)

    @property
    def shows_data(self) -> bool:
        """Whether a person on the terminal sees the data: it is a table, and goes nowhere else."""
        return not self.json and sys.stdout.isatty()

    def confirm(self, question: Message) -> bool:
        """Return whether a person answers a question with yes."""
        self.hide_progress()
        return confirmed(question)

    def require_decision(
        self,
        given: object,
        look: str,
        command: str,
        deed: Literal["send", "publish", "remove", "push"] = "send",
    ) -> None:
        """Refuse a `deed` where no person can be asked and no decision was `given`.

        `look` is the command that only shows, `command` this call with the decision. Raises UsageError.
        """
        if not (given or self.asks):
            message, hint = _UNDECIDED[deed]
            raise UsageError(message, hint=hint.filled(look=look, command=command))

    def object(self, wanted: str | None, *, all_by: str | None = None) -> ObjectFile:
        """Return the sync object that is meant; `all_by` is the option that would mean all of them."""
        from torgsync.files.config.objects import find_object

        return self.meet(find_object(self.settings.objects, wanted, all_by=all_by))

    def objects(self, wanted: str | None, *, every: bool = False) -> dict[str, Callable[[], ObjectFile]]:
        """Return functions that read sync objects, keyed by their files: the one wanted, or `every` one.

        Each is read when its turn comes, so that one with mistakes does not stop the others.
        """
        from torgsync.files.config.objects import find_path, list_objects

        paths = list_objects(self.settings.objects) if every and wanted is None else []
        if paths:
            return {path.stem: partial(self.load, path) for path in paths}
        path = find_path(self.settings.objects, wanted, all_by="--all")
        return {path.stem: partial(self.object, wanted, all_by="--all")}

    def name_of(self, slug: str) -> str:
        """Return the name of the object in a file called so, and `slug` itself where it has none."""
        from torgsync.files.config.objects import name_in

        return name_in(self.settings.objects / f"{slug}.toml") or slug

    def load(self, path: Path) -> ObjectFile:
        """Return the sync object of a file."""
        from torgsync.files.config.objects import load_object

        return self.meet(load_object(path))

    def meet(self, file: ObjectFile) -> ObjectFile:
        """Return an object, and show times by its clock and sentences about its marketplace from now on.

        Where no person is there to be asked, its `language` outweighs that of the environment.
        """
        show_times_in(file.settings.orders.clock)
        own = not (self.language_given or self.asks)
        language = (own and file.settings.language) or self.language
        spoken = (language, file.settings.via)
        if spoken != (self._spoken or (self.language, "prom.ua")):
            from torgsync.cli.base.language import load_catalog
            from torgsync.i18n import Reworded, use

            catalog, portal = load_catalog(language), file.settings.portal
            use(Reworded(catalog, portal.worded) if portal.name != "prom.ua" else catalog)
            self._spoken = spoken
        return file.at_home(self.settings.fetched)

    @contextmanager
    def job(
        self, file: ObjectFile, *, stateless: bool = False, any_state: bool = False
    ) -> Iterator[JobContext]:
        """Yield the context of an object's jobs, with the state open and progress shown.

        With `stateless` the state is an empty one in memory; with `any_state` a state that cannot be opened
        ends only what needs it. What happens meanwhile is logged, and the error that ends it.
        """
        from torgsync.cli.base import progress
        from torgsync.cli.messages.outcomes import render_reasons
        from torgsync.files.config.logs import logged
        from torgsync.jobs.context import StopSignal, open_context

        settings = self.settings.without_state() if stateless else self.settings
        terminal = progress.TerminalLogHandler(self)
        with logged(self.settings.log, file.slug, terminal) as log, ExitStack() as stack:
            for handler in (log, terminal):
                handler.addFilter(render_reasons)
            try:
                stop = self.stop or StopSignal()
                opened = open_context(settings, file, self.notify, stop, any_state=any_state)
                job = stack.enter_context(opened)
                report = progress.logged_progress(stack.enter_context(progress.progress_reporter(self)))
                sleep = self.sleep or stop.sleep
                yield replace(job, now=self.now, sleep=sleep, report=report, recorder=self.recorder)
            except Exception as error:
                self._logged = error
                progress.log_error(error)
                raise
        if log.trouble:
            self.warn(
                _("the log `{path}` cannot be written: {trouble}", path=log.baseFilename, trouble=log.trouble)
            )

    def log_error(self, error: TorgsyncError, slug: str) -> None:
        """Write to the log an error that stopped an object before any work with it began."""
        worked = "settings" in vars(self)  # a command that never asked for folders leaves no trace
        if worked and error is not self._logged and not isinstance(error, (UsageError, Interrupted)):
            from torgsync.cli.base.progress import log_error
            from torgsync.files.config.logs import logged

            with logged(self.settings.log, slug or "-"):
                log_error(error)


_UNDECIDED = {
    "send": (
        _("there is no terminal to ask on, so nothing was sent"),
        _("to see what would be sent: {look}\nto send it without a question: {command}"),
    ),
    "publish": (
        _("there is no terminal to ask on, so nothing was published"),
        _("to see what would be published: {look}\nto publish it without a question: {command}"),
    ),
    "remove": (
        _("there is no terminal to ask on, so nothing was removed"),
        _("to see what would be removed: {look}\nto remove it without a question: {command}"),
    ),
    "push": (
        _("there is no terminal to ask on, so nothing was pushed"),
        _("to see what would be pushed: {look}\nto push it without a question: {command}"),
    ),
}
"""What is said where no person can be asked, and what to do, by what would be done."""


def program_of(context: typer.Context, output: Format | None = None) -> Program:
    """Return the call that a command belongs to; with `output` its errors are printed alike."""
    program = context.find_object(Program)
    if program is None:
        raise RuntimeError("a command without its program")
    if output:
        program.json = output is Format.JSON
    return program
