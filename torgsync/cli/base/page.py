"""Pages in Markdown, as a terminal shows them: left-aligned, nothing cut, links as commands."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, TableElement
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

LINK = re.compile(r"\[([^]]+)\]\(([a-z-]+)\.md(?:#[^)]*)?\)")
"""A link to another page."""
STYLES = {
    "markdown.code": "bold",
    "markdown.table.border": "dim",
    "markdown.table.header": "bold",
    "markdown.item.bullet": "none",
    "markdown.item.number": "none",
}
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


class _WholeTable(TableElement):
    """A table with lines between its rows, whose cells go on below and are never cut."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table."""
        for part in super().__rich_console__(console, options):
            if isinstance(part, Table):
                part.show_lines = True
                for column in part.columns:
                    column.overflow = "fold"
            yield part


class HelpPage(Markdown):
    """A page of the documentation; its links to others are the commands that show these."""

    elements: ClassVar[dict[str, Any]] = {
        **Markdown.elements,
        "heading_open": _LeftHeading,
        "fence": _CodeLines,
        "table_open": _WholeTable,
    }

    def __init__(self, text: str) -> None:
        super().__init__(LINK.sub(r"\1 (`torgsync help \2`)", text), hyperlinks=False)
        for part in (child for token in self.parsed for child in token.children or ()):
            if part.type == "code_inline":
                part.content = f"`{part.content}`"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the page in its own styles; a background would not suit every terminal."""
        with console.use_theme(Theme(STYLES)):
            yield from super().__rich_console__(console, options)
