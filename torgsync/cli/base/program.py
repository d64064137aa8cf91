"""One call of the program: where things lie, how to speak, and who is listening.

stdout carries data, stderr carries talk. Text is text: names from an export are never taken for markup.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property, partial
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import typer

from torgsync.cli.base.lines import wrapped
from torgsync.errors import Interrupted, InvalidInput, TorgsyncError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from torgsync.files.config.objects import ObjectFile
    from torgsync.files.config.settings import Settings
    from torgsync.jobs.context import JobContext


_log = logging.getLogger(__name__)


class Format(StrEnum):
    """How a command prints its data."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


WIDTH = 80
STYLES = {"success": "green", "warning": "yellow", "error": "red"}
"""What a style means, and how it looks where there are colours."""
SCHEMA = 1
"""Counts the shapes of our JSON documents."""


def _nothing() -> None:
    """Hide no progress, because none is shown."""


@dataclass
class Program:
    """What the options before the command said.

    `json` tells that even an error is to be a document, `unattended` that nothing is asked, terminal or not;
    `sleep` waits seconds between looks at an import, `now` gives aware times in UTC.
    """

    home: Path | None = None
    prom_url: str | None = None
    verbosity: int = 0
    color: bool = True
    json: bool = False
    unattended: bool = False
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = field(default=partial(datetime.now, UTC))
    hide_progress: Callable[[], None] = field(default=_nothing, repr=False)
    _noted: Exception | None = field(default=None, repr=False)

    @cached_property
    def settings(self) -> Settings:
        """The folders and addresses of this call."""
        from torgsync.files.config.settings import read_settings

        return read_settings(self.home, self.prom_url)

    @property
    def out(self) -> Console:
        """Where data goes as tables. A progress bar is taken away first."""
        self.hide_progress()
        return self._out

    @cached_property
    def _out(self) -> Console:
        return self._console(sys.stdout)

    @cached_property
    def err(self) -> Console:
        """Where talk goes."""
        return self._console(sys.stderr)

    def _console(self, stream: Any) -> Console:  # noqa: ANN401
        from rich.console import Console
        from rich.theme import Theme

        terminal = stream.isatty()
        return Console(
            file=stream,
            markup=False,
            emoji=False,
            highlight=False,
            no_color=not self.color,
            width=None if terminal else WIDTH,
            soft_wrap=False,
            theme=Theme(STYLES),
        )

    def notify(self, text: str, style: str | None = None) -> None:
        """Tell a person something; `-q` silences it."""
        if self.verbosity >= 0:
            self.hide_progress()
            _print_wrapped(self.err, text, 2, style)

    def before_output(self, hide: Callable[[], None]) -> None:
        """Have `hide` called before anything else is printed."""
        self.hide_progress = hide

    def print(self, text: str, indent: int = 2, style: str | None = None) -> None:
        """Print one line of data; where a terminal is too narrow it goes on below, indented."""
        _print_wrapped(self.out, text, indent, style)

    def format(self, wanted: Format) -> Format:
        """Note how this command prints, so that its errors are printed alike."""
        self.json = wanted is Format.JSON
        return wanted

    @property
    def asks(self) -> bool:
        """Whether a person is there to be asked."""
        return not self.unattended and sys.stdin.isatty() and sys.stdout.isatty()

    # What commands work with

    def object(self, wanted: str | None, *, all_by: str | None = None) -> ObjectFile:
        """Return the sync object that is meant; `all_by` is the option that would mean all of them."""
        from torgsync.files.config.objects import find_object

        return find_object(self.settings.objects, wanted, all_by=all_by)

    def objects(self, wanted: str | None, *, every: bool = False) -> dict[str, Callable[[], ObjectFile]]:
        """Return how to read the sync object that is meant, or all where `every` and none is named, by slug.

        Each of several is read when its turn comes: one with mistakes does not stop the others.
        """
        from torgsync.files.config.objects import list_objects, load_object

        files = list_objects(self.settings.objects) if every and wanted is None else []
        if files:
            return {path.stem: partial(load_object, path) for path in files}
        found = self.object(wanted, all_by="--all")
        return {found.slug: lambda: found}

    @contextmanager
    def job(self, file: ObjectFile) -> Iterator[JobContext]:
        """Yield the desk of an object, with the state open and progress shown."""
        from torgsync.cli.base.progress import logged_progress, progress_reporter
        from torgsync.jobs.context import JobContext
        from torgsync.state.store import open_store

        with self._logged(file.slug), ExitStack() as stack:
            store = open_store(self.settings.state_url, self.notify)
            stack.callback(store.close)
            report = logged_progress(stack.enter_context(progress_reporter(self)))
            yield JobContext(self.settings, file, store, now=self.now, report=report, sleep=self.sleep)

    @contextmanager
    def _logged(self, slug: str) -> Iterator[None]:
        """Write what happens meanwhile to the log, and what ends it."""
        from torgsync.cli.base.progress import TerminalLogHandler
        from torgsync.files.config.logs import logged

        with logged(self.settings.log, slug, TerminalLogHandler(self)) as log:
            try:
                yield
            except Exception as error:
                self._note(error)
                raise
        if log.trouble:
            self.notify(f"! the log `{log.baseFilename}` cannot be written: {log.trouble}", style="warning")

    def _note(self, error: Exception) -> None:
        """Write an error to the log. Of a bug only its kind and place: its words may hold anything."""
        from torgsync.files.config.logs import TOLD

        self._noted = error
        if isinstance(error, TorgsyncError):
            _log.error("%s", error.message, extra=TOLD)
            for mistake in error.mistakes if isinstance(error, InvalidInput) else ():
                _log.error("%s", mistake, extra=TOLD)
        elif not isinstance(error, (typer.Exit, typer.Abort)):
            *_, place = traceback.extract_tb(error.__traceback__)
            where = f"{Path(place.filename).name}:{place.lineno}"
            _log.error("%s at %s", type(error).__name__, where, extra=TOLD)

    def note(self, error: TorgsyncError, slug: str) -> None:
        """Write an error to the log that stopped an object before any work with it began."""
        from torgsync.files.config.logs import logged

        worked = "settings" in self.__dict__  # a command that never asked where things lie leaves no trace
        told = error is self._noted or isinstance(error, (UsageError, Interrupted))
        if worked and not told:
            with logged(self.settings.log, slug or "-"):
                self._note(error)


def _print_wrapped(console: Console, text: str, indent: int, style: str | None) -> None:
    """Print a text as one line, on a terminal as lines that fit: only there nobody else breaks them well."""
    lines = wrapped(text, console.width, more=" " * indent) if console.is_terminal else [text]
    for line in lines:
        console.print(line, style=style, soft_wrap=True)


def program_of(context: typer.Context) -> Program:
    """Return the call that a command belongs to."""
    program = context.find_object(Program)
    if program is None:
        raise RuntimeError("a command without its program")
    return program


def refuse_without_terminal(program: Program, missing: str) -> None:
    """Raise UsageError where something is missing that a wizard would ask, and nobody is there to ask."""
    if not program.asks:
        raise UsageError(
            f"`{missing}` is needed", hint="without a terminal nothing is asked; give it as an option"
        )


def error_document(error: TorgsyncError) -> dict[str, object]:
    """Return an error as JSON: stable English keys, the exit code, every mistake with its place."""
    document: dict[str, object] = {
        "kind": error.kind,
        "exit": int(error.exit_code),
        "message": error.message,
        "hint": error.hint,
    }
    if isinstance(error, InvalidInput):
        document["mistakes"] = [
            {"line": mistake.line, "where": mistake.where, "message": mistake.message}
            for mistake in error.mistakes
        ]
    return document


def report_error(program: Program, error: TorgsyncError, *, slug: str = "") -> int:
    """Print an error for people, or as a document where JSON was asked for; return its exit code.

    `slug` names the object where it is one of several.
    """
    program.note(error, slug)
    if program.json:
        about = {"object": slug} if slug else {}
        document = {"schema": SCHEMA, **about, "error": error_document(error)}
        print(json.dumps(document, ensure_ascii=False))  # noqa: T201
        return int(error.exit_code)
    lines = [f"error: {f'{slug}: ' if slug else ''}{error.message}"]
    if isinstance(error, InvalidInput):
        lines += [f"  {mistake}" for mistake in error.mistakes]
    if error.hint:
        lines += ["", f"hint: {error.hint}"]
    if sys.stderr.isatty():
        width = get_terminal_size().columns
        lines = [part for line in lines for part in wrapped(line, width, more="    ")]
    print("\n".join(lines), file=sys.stderr)  # noqa: T201
    return int(error.exit_code)


def run(root: Any, program: Program, *args: str) -> int:  # noqa: ANN401  # Typer's own kind of command
    """Run one command of the program as part of a longer story, and return its exit code."""
    try:
        root.main(list(args), prog_name="torgsync", obj=program)
    except SystemExit as end:
        return int(end.code or 0)
    return 0
