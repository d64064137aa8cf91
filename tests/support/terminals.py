"""Standard streams of every kind, and a person at a terminal who answers a question once it is asked."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, Self

import pytest
from homes import Home
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


_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\r")


class Typist:
    """A person who types keys on a terminal of 80 columns; standard output of the command is a pipe.

    `screen` is everything that the terminal was sent, without what moves the cursor; `printed` is the
    standard output and `code` the exit code, once the command has ended.
    """

    def __init__(self, home: Home, *args: str, term: str = "xterm") -> None:
        self.screen, self.printed, self.code = "", "", -1
        self._seen, self._raw = 0, b""
        self._master, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _OWN_TERMINAL, *args],
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=terminal,
            encoding="utf-8",
            env={**home.environment(), "TERM": term},
            start_new_session=True,
        )
        os.close(terminal)

    def __enter__(self) -> Self:
        """Return the person."""
        return self

    def __exit__(self, error: object, *_more: object) -> None:
        """Wait for the end of the command; after an error it is ended."""
        assert self._process.stdout
        try:
            while not error and self._read():
                pass
            if error:
                self._process.kill()
            self.printed = self._process.stdout.read()
            self.code = self._process.wait(20)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
            os.close(self._master)

    def answers(self, question: str, *keys: str) -> None:
        """Wait for a question, press keys one after the other, and Enter."""
        self.sees(question)
        for key in keys:
            self.press(key)
        if keys != ("\x1b",):
            self.press("\r")

    def sees(self, text: str) -> None:
        """Wait for a text that was not on the terminal before."""
        while text not in self.screen[self._seen :]:
            assert self._read(), f"{text!r} is not on the terminal: {self.screen!r}"
        self._seen = self.screen.index(text, self._seen) + len(text)
        while select.select([self._master], [], [], 0.05)[0] and self._read():
            pass

    def completes(self, typed: str, rest: str) -> None:
        """Type the beginning of a path, press Tab, and wait for the rest."""
        self.press(typed)
        self._seen = len(self.screen)
        self.press("\t")
        self.sees(rest)

    def press(self, keys: str) -> None:
        """Press keys, and wait until the terminal shows what they did."""
        os.write(self._master, keys.encode())
        while select.select([self._master], [], [], 0.05)[0] and self._read():
            pass

    def _read(self) -> bool:
        """Read what comes next; return whether anything can come."""
        if not select.select([self._master], [], [], 10)[0]:
            self._process.kill()
            return False
        try:
            new = os.read(self._master, 65536)
        except OSError:  # no process has the terminal any more
            return False
        self._raw += new
        self.screen = _CONTROL.sub("", self._raw.decode(errors="ignore"))
        return bool(new)


_OWN_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from torgsync.__main__ import main
main()
"""
