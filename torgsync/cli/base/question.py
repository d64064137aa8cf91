"""Asks a person on a terminal whether something is to be done.

The question is on stderr, or on the terminal itself where stderr is redirected, so that it never gets into
data. What was typed before it was asked is no answer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from torgsync.cli.base.streams import SafeStream
from torgsync.i18n import Message, _, translated

ANSWERS = dict.fromkeys(("y", "yes", "т", "так"), True) | dict.fromkeys(("n", "no", "н", "ні", ""), False)
"""What may be answered, in whatever language was asked."""


def person_there() -> bool:
    """Return whether standard input is a terminal, wherever the output goes."""
    with suppress(AttributeError, ValueError):  # it is closed
        return sys.stdin.isatty()
    return False


def confirmed(question: Message) -> bool:
    """Return whether a person answers with yes; Enter alone, and the end of the input, are a no."""
    _drop_typed()
    with terminal() as asked_on:
        while True:
            asked_on.write(translated(_("{question} [y/N]: ", question=question)))
            asked_on.flush()
            try:
                line = sys.stdin.readline()
            except BaseException:  # Ctrl-C: what is said of it begins on a line of its own
                asked_on.write("\n")
                raise
            if not line:
                asked_on.write("\n")
                return False
            answer = ANSWERS.get(line.strip().casefold())
            if answer is not None:
                return answer
            question = _("Please answer y or n")


def ask_hidden(question: Message) -> str:
    """Return the line that a person at the terminal types, which is not shown there."""
    from getpass import getpass

    with terminal() as asked_on:
        asked_on.write(f"{translated(question)}: ")
        asked_on.flush()
        return getpass("", asked_on)  # type: ignore[arg-type]  # it writes a line end there


def _drop_typed() -> None:
    """Forget what was typed before; it was meant for something else."""
    if not person_there():
        return
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        with suppress(termios.error):
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


@contextmanager
def terminal() -> Iterator[TextIO | SafeStream]:
    """Yield stderr where a person sees it, else the terminal of standard input."""
    opened: TextIO | None = None
    if person_there() and not sys.stderr.isatty():
        with suppress(OSError):
            name = "CONOUT$" if sys.platform == "win32" else os.ttyname(sys.stdin.fileno())
            opened = open(name, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # a device, closed below
    try:
        yield SafeStream(opened) if opened else sys.stderr
    finally:
        if opened:
            opened.close()
