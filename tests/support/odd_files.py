"""Files that are none, or hold what no program should have to read."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 20
"""Seconds after which a call hangs; the slowest takes less than one."""


def _socket(path: Path) -> None:
    folder = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is at most 107 bytes long
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.chdir(folder)


NO_FILES: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "socket": _socket,
    "folder": Path.mkdir,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "circle": lambda path: path.symlink_to(path),
}
"""What cannot be read as a file, keyed by its name: functions that make one."""

DEEP = 100_000
CONTENTS = {
    "empty": b"",
    "zeros": bytes(100_000),
    "long-cell": b'good_id,prom_id\n"' + b"x" * 200_000 + b'",1\n',
    "deep": b"[" * DEEP + b"]" * DEEP,
    "deep-key": b"a = " + b"[" * DEEP + b"]" * DEEP,
    "deep-line": b'{"kind": "torgsync plan", "a": ' + b"[" * DEEP + b"]" * DEEP + b"}\n",
    "digits": b"a = " + b"9" * 5000 + b"\n",
    "no-text": b"\xff\xfe\x00\xd8\x98",
}
"""Contents of files, keyed by what is odd about them."""

FEW = ("pipe", "circle", "deep-line")
"""One of each sort, for the default run."""


def odd_files(folder: Path, kinds: tuple[str, ...] = (*NO_FILES, *CONTENTS)) -> Iterator[Path]:
    """Make odd files in a folder and yield them; at last two that cannot be there."""
    folder.mkdir(exist_ok=True)
    for kind in kinds:
        path = folder / f"{kind}.toml"
        if not os.path.lexists(path):
            if kind in NO_FILES:
                NO_FILES[kind](path)
            else:
                path.write_bytes(CONTENTS[kind])
        yield path
    yield folder / f"{'n' * 300}.toml"
    yield folder / "none" / "there.toml"


@contextmanager
def within(what: object) -> Iterator[None]:
    """Fail where the block takes too long."""

    def hangs(*_: object) -> None:
        raise AssertionError(f"{what} hangs")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
