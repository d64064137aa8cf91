"""A text in a cell of a table whose lines after the first are indented further."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.text import Text

from torgsync.cli.base.output import wrapped


@dataclass(frozen=True, slots=True)
class Hanging:
    """A text, what is before its first line, and what is also before the others."""

    text: str
    indent: str = ""
    more: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield the lines that fit the cell; a word that is longer is broken."""
        for line in wrapped(self.text, options.max_width, self.indent, self.more):
            words = line.lstrip(" ")
            start = line.removesuffix(words)
            for part in Text(words).wrap(console, options.max_width - len(start), overflow="fold"):
                yield Text(start).append_text(part)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Return how wide the cell is at least, and at most."""
        start = len(self.indent)
        longest = max(map(cell_len, self.text.split()), default=0)
        return Measurement(start + longest, start + cell_len(self.text)).with_maximum(options.max_width)
