"""A console of Rich that writes only its own control sequences: texts in what it prints have none."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from torgsync.core.text import shown


class SafeConsole(Console):
    """Writes colours and moves the cursor itself; `shown` says what is left of a text."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments of what is printed, with texts that show letters only."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(shown(segment.text), segment.style)
