"""The log of all commands that work with an object: a line an event, in `logs/torgsync.log`.

It has neither tokens nor web pages, because no message has them (`prom/http.py`), and no buyers: mails and
phones in a message are replaced. A log that cannot be written stops nothing.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from torgsync import disk
from torgsync.i18n import NOTHING, verbatim
from torgsync.system import reason

ROOT = logging.getLogger("torgsync")
SIZE = 1_000_000
"""Bytes after which a new file is begun."""
KEPT = 5
"""Older files that are kept."""
REPORTED = {"reported": True}
"""The `extra` of an event that is shown on the terminal anyway, without the log."""

_run: ContextVar[int | None] = ContextVar("run", default=None)
_object: ContextVar[str] = ContextVar("object", default="-")
_block: ContextVar[_Block | None] = ContextVar("block", default=None)
_open: dict[Path, _OpenLog] = {}
"""The logs of this process, by path: blocks of several threads share one file."""
_opening = threading.Lock()
LONGEST = 2000
"""Letters of one event; what is longer is cut."""
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}\.\w{2,24}")
_PHONE = re.compile(r"(?<!\d)\+\d[\d\s()-]{8,16}\d|(?<!\d)(?:38)?0\d{9}(?!\d)")


def note_run(number: int) -> None:
    """Set the run that later events belong to, until the log is closed."""
    _run.set(number)


def noted_run() -> int | None:
    """Return the run that events belong to, None where none has begun."""
    return _run.get()


class LogFile(RotatingFileHandler):
    """Writes to a file that any process rotates when it is full; `trouble` is why it could not be written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", delay=True)
        self.setFormatter(_LineFormatter())
        self.trouble = NOTHING

    def _open(self) -> TextIOWrapper:
        path = Path(self.baseFilename)
        disk.make_folder(path.parent)
        return os.fdopen(disk.append_file(path), "a", encoding=self.encoding)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event."""
        if self.stream is not None and not _is_open(self.stream, Path(self.baseFilename)):
            self.close()
        super().emit(record)

    def doRollover(self) -> None:  # noqa: N802  # the base's name
        """Rotate; where old files cannot be moved, as on Windows while others write, keep the file."""
        try:
            super().doRollover()
        except OSError:
            self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  # the base's name
        """Keep why it could not be written, and go on."""
        self._note(sys.exception())

    def close(self) -> None:
        """Close the file; keep why its last lines could not be written, as on a full disk."""
        try:
            super().close()
        except OSError as error:
            self._note(error)

    def _note(self, error: BaseException | None) -> None:
        self.trouble = reason(error) if isinstance(error, OSError) else verbatim(type(error).__name__)


def _is_open(stream: TextIOWrapper, path: Path) -> bool:
    """Return whether a stream writes to the file that is at this path now."""
    with suppress(OSError):
        opened, named = os.fstat(stream.fileno()), path.stat()
        return (opened.st_dev, opened.st_ino) == (named.st_dev, named.st_ino)
    return False


@dataclass
class _OpenLog:
    """A log that is open, how many blocks use it, and the level of events before."""

    file: LogFile
    level: int
    blocks: int = 0


class _Block:
    """One block of `logged`."""

    def __init__(self, file: LogFile) -> None:
        self.file = file


class _LineFormatter(logging.Formatter):
    """One line an event: time in UTC, level, object, run, and what happened."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        run = _run.get()
        where = f"{_object.get()} {f'run {run}' if run else '-'}"
        return f"{time.replace('+00:00', 'Z')} {record.levelname:<7} {where} {clean(record.getMessage())}"


def clean(text: str) -> str:
    """Return a text as one line without mails and phones."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text[:LONGEST]).split())
    return _PHONE.sub("[phone]", _MAIL.sub("[mail]", line))


@contextmanager
def logged(path: Path, slug: str, also: logging.Handler | None = None) -> Iterator[LogFile]:
    """Log an object's events to the file at `path` and to `also`; an inner block uses the outer file.

    Blocks of several threads share the file; `also` gets only the events of its own block.
    """
    if (outer := _block.get()) is not None:
        yield outer.file
        return
    with _opened(path) as file:
        block = _Block(file)
        within, object_, run = _block.set(block), _object.set(slug), _run.set(None)
        if also:
            also.addFilter(lambda _record: _block.get() is block)
            ROOT.addHandler(also)
        try:
            yield file
        finally:
            if also:
                ROOT.removeHandler(also)
                also.close()
            _block.reset(within)
            _object.reset(object_)
            _run.reset(run)


@contextmanager
def _opened(path: Path) -> Iterator[LogFile]:
    """Have the log at `path` get all events, until the last block with it ends."""
    with _opening:
        log = _open.setdefault(path, _OpenLog(LogFile(path), ROOT.level))
        log.blocks += 1
        if log.blocks == 1:
            ROOT.addHandler(log.file)
            ROOT.setLevel(logging.DEBUG)
    try:
        yield log.file
    finally:
        with _opening:
            log.blocks -= 1
            if not log.blocks:
                del _open[path]
                ROOT.removeHandler(log.file)
                ROOT.setLevel(log.level)
                log.file.close()
