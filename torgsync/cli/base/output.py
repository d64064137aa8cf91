"""Writes for people: data to stdout, everything else to stderr.

Text is text: names from an export are never taken for markup.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from torgsync.cli.base.lines import wrapped

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 80
"""Columns where there is no terminal."""
STYLES = {"success": "green", "warning": "yellow", "error": "red"}
"""What a style means, and how it looks where there are colours."""


def _nothing() -> None:
    """Hide no progress, because none is shown."""


@dataclass(kw_only=True)
class Output:
    """The two consoles, and how much is written to them: `verbosity` is -1 with `-q`, 1 with `-v`."""

    verbosity: int = 0
    color: bool = True
    hide_progress: Callable[[], None] = field(default=_nothing, repr=False)

    @property
    def out(self) -> Console:
        """The console of stdout. A progress bar is removed first."""
        self.hide_progress()
        return self._out

    @cached_property
    def _out(self) -> Console:
        return self._console(sys.stdout)

    @cached_property
    def err(self) -> Console:
        """The console of stderr."""
        return self._console(sys.stderr)

    def _console(self, stream: Any) -> Console:  # noqa: ANN401
        from rich.console import Console
        from rich.theme import Theme

        return Console(
            file=stream,
            markup=False,
            emoji=False,
            highlight=False,
            no_color=not self.color,
            width=None if stream.isatty() else WIDTH,
            soft_wrap=False,
            theme=Theme(STYLES),
        )

    def before_output(self, hide: Callable[[], None]) -> None:
        """Have `hide` called before anything else is printed."""
        self.hide_progress = hide

    def notify(self, text: str, style: str | None = None) -> None:
        """Write one line to stderr, unless `-q` was given."""
        if self.verbosity >= 0:
            self.hide_progress()
            _print_wrapped(self.err, text, 2, style)

    def print(self, text: str, indent: int = 2, style: str | None = None) -> None:
        """Print one line of data; where a terminal is too narrow it goes on below, indented."""
        _print_wrapped(self.out, text, indent, style)


def _print_wrapped(console: Console, text: str, indent: int, style: str | None) -> None:
    """Print a text as one line, on a terminal as lines that fit: other readers break lines themselves."""
    lines = wrapped(text, console.width, more=" " * indent) if console.is_terminal else [text]
    for line in lines:
        console.print(line, style=style, soft_wrap=True)
