"""Pages in Markdown, as a terminal shows them: left-aligned, nothing cut, links as commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, TableElement
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text
from rich.theme import Theme

from torgsync.cli.base.render import column_widths

LINK = re.compile(r"\[([^]]+)\]\(([a-z-]+)\.md(?:#[^)]*)?\)")
"""A link to another page."""
STYLES = {
    "markdown.code": "bold",
    "markdown.table.border": "dim",
    "markdown.table.header": "bold",
    "markdown.item.bullet": "none",
    "markdown.item.number": "none",
}
WHOLE = 48
"""Letters of a command or a name in a sentence at most, in which no line ends."""
_ADDRESS = re.compile(r"<(https?://[^>]+)>")
"""An address that is its own text: it is written once."""
_UNIT = re.compile(r"(?<=\d) (?=[%\d])")
"""The blank in `40 %` and `1 000`."""
_TIED = "\ue000"
"""Replaces a blank at which no line may end; Rich takes a no-break space for any other."""
WIDEST = 100
"""Columns of a page; longer lines are hard to read."""


class _CodeLines(CodeBlock):
    """A block of code: indented, and each line as long as it is, so that it can be copied."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines."""
        lines = self.text.plain.rstrip().splitlines()
        yield Text("\n".join(f"  {line}".rstrip() for line in lines), no_wrap=True, overflow="ignore")


class _LeftHeading(Heading):
    """A heading, at the left."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the heading."""
        yield Text(self.text.plain, style="bold underline" if self.tag == "h1" else "bold")


def _texts(columns: Iterable[Column]) -> Iterator[Text]:
    return (cell for column in columns for cell in [column.header, *column.cells] if isinstance(cell, Text))


def _longest_word(column: Column) -> int:
    return max((cell_len(word) for text in _texts([column]) for word in text.plain.split()), default=1)


class _WholeTable(TableElement):
    """A table with lines between its rows, whose cells go on below and are never cut.

    Each column is as wide as its longest word, and as its longest command where the table fits with that.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table."""
        for part in super().__rich_console__(console, options):
            if isinstance(part, Table):
                part.show_lines = True
                space = options.max_width - 3 * len(part.columns) - 1  # blanks and borders
                if sum(map(_longest_word, part.columns)) > space:
                    for text in _texts(part.columns):
                        text.plain = text.plain.replace(_TIED, " ")
                least = [_longest_word(column) for column in part.columns]
                whole = [max(text.cell_len for text in _texts([column])) for column in part.columns]
                fits = sum(least) <= space  # else Rich breaks words
                widths = column_widths(least, whole, space) if fits else [None] * len(least)
                for column, width in zip(part.columns, widths, strict=True):
                    column.overflow, column.width = "fold", width
            yield part


def _segments(console: Console, options: ConsoleOptions, parts: RenderResult) -> Iterator[Segment]:
    for part in parts:
        if isinstance(part, Segment):
            yield part
        else:
            yield from console.render(part, options)


def _expanded(link: re.Match[str]) -> str:
    """Return a link with the command that shows its page; in parentheses there are no others."""
    before = link.string[: link.start()].rpartition("\n\n")[2]
    form = r"\1: `torgsync help \2`" if before.count("(") > before.count(")") else r"\1 (`torgsync help \2`)"
    return link.expand(form)


class HelpPage(Markdown):
    """A page of the documentation; its links to others are the commands that show these."""

    elements: ClassVar[dict[str, Any]] = {
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _CodeLines,
        "table_open": _WholeTable,
    }

    def __init__(self, text: str) -> None:
        super().__init__(_ADDRESS.sub(r"\1", LINK.sub(_expanded, text)), hyperlinks=False)
        for part in (child for token in self.parsed for child in token.children or ()):
            if part.type == "code_inline":
                whole = len(part.content) <= WHOLE
                part.content = f"`{part.content.replace(' ', _TIED) if whole else part.content}`"
            elif part.type == "text":
                part.content = _UNIT.sub(_TIED, part.content)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the page in its own styles; a background would not suit every terminal."""
        with console.use_theme(Theme(STYLES)):
            for part in _segments(console, options, super().__rich_console__(console, options)):
                yield Segment(part.text.replace(_TIED, " "), part.style, part.control)
