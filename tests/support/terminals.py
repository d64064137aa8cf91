"""Standard streams of every kind, and a person at a terminal who answers a question once it is asked."""

from __future__ import annotations

import os
import pty
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

import pytest
from typer.main import get_command

from torgsync.cli.app import app
from torgsync.cli.base.program import Program

KINDS = ("terminal", "pipe", "file", "/dev/null")
ASKED = b"[y/N]: "


@dataclass
class Person:
    """Reads a terminal and what is written to pipes.

    `typed` was typed before the call, `answer` follows each question.
    """

    typed: str
    answer: str
    screen: bytes = b""
    asked: int = 0
    _files: list[int] = field(default_factory=list)
    _opened: list[IO[str]] = field(default_factory=list)
    _terminal: int | None = None

    def stream(self, kind: str, mode: str, folder: Path) -> IO[str]:
        """Return a stream of a kind, to read from or to write to."""
        if kind == "terminal":
            if self._terminal is None:
                master, self._terminal = pty.openpty()
                os.write(master, self.typed.encode())
                self._files.append(master)
            number = os.dup(self._terminal)
        elif kind == "pipe":
            reader, writer = os.pipe()
            if mode == "r":
                os.write(writer, b"y\n")
                os.close(writer)
            else:
                self._files.append(reader)
            number = reader if mode == "r" else writer
        else:
            path = folder / f"stream-{mode}" if kind == "file" else Path(os.devnull)
            if kind == "file":
                path.write_text("y\n", "utf-8")
            number = os.open(path, os.O_RDONLY if mode == "r" else os.O_WRONLY | os.O_TRUNC)
        self._opened.append(os.fdopen(number, mode, encoding="utf-8"))
        return self._opened[-1]

    def watch(self, ended: threading.Event) -> None:
        """Read until the call has ended, and answer each question that appears on the terminal."""
        while not ended.is_set():
            for file in select.select(self._files, [], [], 0.02)[0]:
                self.screen += os.read(file, 65536)
            if self.screen.count(ASKED) > self.asked:
                self.asked += 1
                os.write(self._files[0], self.answer.encode())

    def close(self) -> None:
        for stream in self._opened:
            stream.close()
        for file in (*self._files, *([self._terminal] if self._terminal is not None else [])):
            os.close(file)


@contextmanager
def _watched(person: Person) -> Iterator[None]:
    ended = threading.Event()
    watcher = threading.Thread(target=person.watch, args=(ended,))
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        person.close()


@cache
def _command() -> Any:  # noqa: ANN401  # Typer's own kind
    return get_command(app)


def call(
    program: Program, args: tuple[str, ...], person: Person, kinds: tuple[str, str], folder: Path
) -> int:
    """Run a command with standard input and output of two kinds; return its exit code."""
    streams = (person.stream(kind, mode, folder) for kind, mode in zip(kinds, "rw", strict=True))
    with pytest.MonkeyPatch.context() as patch:
        for name, stream in zip(("stdin", "stdout"), streams, strict=True):
            patch.setattr(sys, name, stream)
        with _watched(person):
            try:
                _command().main(list(args), prog_name="torgsync", obj=program)
            except SystemExit as end:
                return int(end.code or 0)
            finally:
                sys.stdout.flush()
    raise AssertionError("the program always leaves with an exit code")
