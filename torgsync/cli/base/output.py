"""Writes for people: data to stdout, everything else to stderr.

Text is text: names from an export are never taken for markup. Long sentences are broken into lines that fit,
between words and never inside what can be pasted.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TextIO

from torgsync.cli.base.streams import SafeStream
from torgsync.i18n import NOTHING, Message, _, composed, translated, verbatim

if TYPE_CHECKING:
    from rich.text import Text

    from torgsync.cli.base.console import SafeConsole


_WHOLE = re.compile(
    r"`torgsync [^`]*`"  # a command in a sentence
    r"|\btorgsync (?:[a-z]|--?[a-z]).*"  # one that ends a line
    r"|--[a-z-]+ [^\s;,)]+"  # an option with its value
    r'|\b\w+ = (?:\[[^]]*\]|\{[^}]*\}|"[^"]*")'  # a setting
)
_QUOTED = re.compile(r"`[^`]*`")
_NUMBER = re.compile(r"(?<=:) (?=\d)|(?<=\d) (?=%)")
"""Blanks that keep a number with what it counts, and with its sign."""
_TIED = "\0"
"""Replaces a blank at which no line may end."""


def wrapped(text: str, width: int, indent: str = "", more: str = "  ") -> list[str]:
    """Return a text in lines of `width`, each indented by `indent`, and continuation lines also by `more`.

    A command or a setting stays on one line, even if that is longer: it can be copied from a terminal. Other
    names in backticks are not broken where they fit, and words never are. Lines of the text stay lines,
    with the blanks before them.
    """
    if "\n" in text:
        pairs = [(line, line.lstrip(" ")) for line in text.split("\n")]
        return [
            part
            for line, words in pairs
            for part in wrapped(words, width, indent + line.removesuffix(words), more)
        ]
    longest = width - len(indent) - len(more)
    tied = _WHOLE.sub(_tie, text)
    tied = _QUOTED.sub(lambda match: _tie(match) if len(match[0]) <= longest else match[0], tied)
    tied = _NUMBER.sub(_TIED, tied)
    lines = textwrap.wrap(
        tied,
        width,
        initial_indent=indent,
        subsequent_indent=indent + more,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_TIED, " ") for line in lines] or [indent]


def one_paragraph(text: str) -> str:
    """Return a text as one line: no line of a name or an answer looks like one of ours."""
    return " ".join(text.splitlines()) if "\n" in text or not text.isprintable() else text


def _tie(match: re.Match[str]) -> str:
    return match[0].replace(" ", _TIED)


WIDTH = 80
"""Columns where there is no terminal."""
STYLES = {
    "success": "green",
    "warning": "yellow",
    "error": "red",
    "notice": "dim",
    "create": "green",
    "update": "yellow",
    "remove": "red",
    "held": "magenta",
    "done": "green",
    "refused": "red",
    "unclear": "yellow",
    "deferred": "magenta",
    "total": "bold",
    "zero": "dim",
}
"""What a style means, and how it looks where there are colours."""
_MARKS = {"✓": "success", "!": "warning", "✗": "error", "·": "notice"}
"""The styles of lines without one, by the sign that they begin with."""
_MARK = re.compile(r"[✓!✗·] +\w+")
_ZERO = r"(?<![\d.,])0 [^\W\d][^,]*|[^\W\d][\w -]*: 0(?![\d.])"
"""A part of a line of totals that counts nothing."""


@dataclass(kw_only=True)
class Output:
    """The two consoles, and how much is written to them: `verbosity` is -1 with `-q`, 1 with `-v`.

    `hide_progress` is called before anything is printed. Where it is not `live`, what is printed is shown
    later, so that no progress is shown.
    """

    verbosity: int = 0
    color: bool = True
    live: bool = True
    hide_progress: Callable[[], None] = field(default=lambda: None, repr=False)

    @property
    def out(self) -> SafeConsole:
        """The console of stdout. A progress bar is removed first."""
        self.hide_progress()
        return self._out

    @cached_property
    def _out(self) -> SafeConsole:
        return self._console(sys.stdout)

    @cached_property
    def err(self) -> SafeConsole:
        """The console of stderr."""
        return self._console(sys.stderr)

    def _console(self, stream: Any) -> SafeConsole:  # noqa: ANN401
        from rich.theme import Theme

        from torgsync.cli.base.console import SafeConsole, UnpaddedFile

        file: Any = stream.stream if isinstance(stream, SafeStream) else stream
        if not stream.isatty():
            file = UnpaddedFile(file)
        return SafeConsole(
            file=file,
            markup=False,
            emoji=False,
            highlight=False,
            no_color=not self.color,
            color_system="auto" if self.color else None,
            width=None if stream.isatty() else WIDTH,
            soft_wrap=False,
            theme=Theme(STYLES),
        )

    def on(self, stream: TextIO) -> Output:
        """Return an output whose stderr is another stream."""
        other = replace(self)
        other.err = self._console(stream)
        return other

    def notify(self, text: Message, style: str | None = None) -> None:
        """Write one line to stderr, unless `-q` was given."""
        if self.verbosity >= 0:
            self._print_wrapped("err", one_paragraph(translated(text)), 2, style)

    def hint(self, text: Message) -> None:
        """Write the way on to stderr, which may have several lines."""
        for line in translated(_("hint: {hint}", hint=text)).split("\n"):
            self.notify(verbatim(line))

    def warn(self, text: Message) -> None:
        """Write one line about what may need a person, marked as such."""
        self.notify(composed("! {warning}", warning=text), style="warning")

    def print(self, text: Message = NOTHING, indent: int = 2, style: str | None = None) -> None:
        """Print one line of data, an empty one without a text; continuation lines are indented."""
        self._print_wrapped("_out", one_paragraph(translated(text)), indent, style)

    def print_lines(self, text: Message, indent: str, more: str = "  ") -> None:
        """Print a text in lines that fit, each indented, and those after the first by `more` too."""
        for line in wrapped(translated(text), self.out.width, indent, more):
            self.out.print(line, soft_wrap=True)

    def is_terminal(self, console: Literal["_out", "err"] = "err") -> bool:
        """Return whether a console writes to a terminal; only where it may, Rich is imported to know."""
        stream = sys.stderr if console == "err" else sys.stdout
        may = console in vars(self) or stream.isatty() or any(name in os.environ for name in _CLAIMS)
        return may and bool(getattr(self, console).is_terminal)

    def _print_wrapped(
        self, console: Literal["_out", "err"], text: str, indent: int, style: str | None
    ) -> None:
        """Print a text as one line, on a terminal as lines that fit: other readers break lines themselves."""
        self.hide_progress()
        terminal = self.is_terminal(console)
        if text.isprintable() and console not in vars(self):  # Rich would write the line as it is
            stream = sys.stderr if console == "err" else sys.stdout
            with suppress(BrokenPipeError):  # Rich knows what to do then
                stream.write(f"{text}\n")
                stream.flush()
                return
        rich: SafeConsole = getattr(self, console)
        lines = wrapped(text, rich.width, more=" " * indent) if terminal else [text]
        for number, line in enumerate(lines):
            rich.print(_styled(line, style, first=not number), style=style, soft_wrap=True)


def _styled(line: str, style: str | None, *, first: bool) -> str | Text:
    """Return a line with what its sign means, or with the zeros of totals dim."""
    from rich.text import Text

    text = Text(line)
    if style == "total":
        text.highlight_regex(_ZERO, "not bold dim")
    elif style is None and first and (mark := _MARK.match(line)):
        text.stylize(_MARKS[line[0]], 0, mark.end())
    return text


_CLAIMS = ("FORCE_COLOR", "TTY_COMPATIBLE")
"""Variables by which Rich takes a stream for a terminal, or a terminal for none."""
