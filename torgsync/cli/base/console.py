"""A console of Rich that writes only its own control sequences: texts in what it prints have none."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from torgsync.core.text import shown

_PADDING = re.compile(r"[ \t]+(?=\n)")


class UnpaddedFile:
    """A file that is no terminal: tables fill their columns with blanks, here lines end with a letter."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write whole lines without the blanks at their ends."""
        return self._file.write(_PADDING.sub("", text))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever a file has
        return getattr(self._file, name)


class SafeConsole(Console):
    """Writes colours and moves the cursor itself; `shown` says what is left of a text."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments of what is printed, with texts that show letters only."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(shown(segment.text), segment.style)

    def print_long(self, renderable: RenderableType) -> None:
        """Print what may be longer than the screen through the pager of the user, if there is one."""
        with self.capture() as capture:
            self.print(renderable, crop=False)
        text = capture.get()
        if text.count("\n") < self.height or not _paged(text):
            with suppress(BrokenPipeError):
                self.file.write(text)
                self.file.flush()


def _paged(text: str) -> bool:
    """Show a text in `$PAGER`, or in `less`; return False where neither is there."""
    given = os.environ.get("PAGER", "less")
    command = shlex.split(given, posix=os.name != "nt")
    if not command or command[0] == "cat" or not shutil.which(command[0]):
        return False
    colours = {"LESS": "FRX"} if "LESS" not in os.environ else {}
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, **colours})  # noqa: S603
    except OSError:
        return False
    with suppress(OSError, KeyboardInterrupt):  # it was left before it had read everything
        pager.communicate(text.encode())
    while pager.poll() is None:
        with suppress(KeyboardInterrupt):  # that is for the pager, which then leaves the terminal in order
            pager.wait()
    return True
