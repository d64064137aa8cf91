"""Every way it can go wrong.

TorgsyncError            message, hint, exit code, a stable `kind` for JSON
├── UsageError           64  the command line cannot be understood
├── InvalidInput          3  a file has mistakes; each has its place
│   ├── ObjectInvalid        the sync object
│   └── ExportInvalid        the accounting program's export
├── TokenRefused          4  refused, expired, or without the right that was needed
├── Temporary             5  network, 429, 5xx, Prom busy: safe to run again
│   ├── AnswerLost           a write was sent and its effect is unknown: read back before repeating
│   └── GivenUp              so many requests failed in a row that this run asks nothing more
├── PromRefused           6  Prom answered, and the answer is no
├── Unsafe                7  refused before anything was sent
├── PlanStale             9  a saved plan no longer fits
├── Busy                 10  another run holds this object
└── Interrupted         130  Ctrl-C; resumable
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the program. They are promised to scripts and listed in the README."""

    DONE = 0
    ERROR = 1
    PENDING = 2
    INVALID = 3
    TOKEN = 4
    TEMPORARY = 5
    PARTIAL = 6
    UNSAFE = 7
    HELD = 8
    STALE = 9
    BUSY = 10
    USAGE = 64
    INTERRUPTED = 130

    @classmethod
    def worst(cls, codes: Iterable[Exit]) -> Exit:
        """Return the gravest of several codes: what a person must mend outweighs what mends itself."""
        return max(codes, key=_GRAVITY.index, default=cls.DONE)


_GRAVITY = (
    Exit.DONE,
    Exit.PENDING,
    Exit.HELD,
    Exit.BUSY,
    Exit.TEMPORARY,
    Exit.PARTIAL,
    Exit.STALE,
    Exit.UNSAFE,
    Exit.INVALID,
    Exit.TOKEN,
    Exit.USAGE,
    Exit.ERROR,
    Exit.INTERRUPTED,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as data: codes from the outermost to the innermost cause, and the arguments of all of them.

    `core/problems.py` has the codes and their sentences.
    """

    codes: tuple[str, ...]
    args: Mapping[str, str | int]


class TorgsyncError(Exception):
    """Something a person can understand and mend.

    The message is one sentence without a full stop; the hint says the way on, as a rule
    with a command that can be pasted. `kind` is a stable English slug for JSON. `problem` is what is stored
    of it; None where nothing stores it.
    """

    exit_code: Exit = Exit.ERROR
    kind: str = "error"

    def __init__(self, message: str, *, hint: str | None = None, problem: Problem | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problem = problem


class UsageError(TorgsyncError):
    """The command line cannot be understood, or leaves out what is needed without a terminal."""

    exit_code = Exit.USAGE
    kind = "usage"


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake of a file: its line (from 1; 0 where the file as a whole is meant), key and message."""

    line: int
    where: str
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}  " if self.line else ""
        where = f"{self.where}: " if self.where else ""
        return f"{place}{where}{self.message}"


class InvalidInput(TorgsyncError):
    """A file that people or programs wrote has mistakes; all are reported at once, each with its place."""

    exit_code = Exit.INVALID
    kind = "invalid"

    def __init__(self, message: str, *, mistakes: tuple[Mistake, ...] = (), hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.mistakes = mistakes


class ObjectInvalid(InvalidInput):
    """The sync object cannot be used."""

    kind = "object-invalid"


class ExportInvalid(InvalidInput):
    """The export cannot be trusted; nothing was sent and nothing remembered."""

    kind = "export-invalid"


class TokenRefused(TorgsyncError):
    """The token is unknown, expired, revoked, or lacks a right (prom-api §1.2, §11 Q1)."""

    exit_code = Exit.TOKEN
    kind = "token-refused"


class Temporary(TorgsyncError):
    """Trouble that passes by itself: the same command may be run again."""

    exit_code = Exit.TEMPORARY
    kind = "temporary"


class AnswerLost(Temporary):
    """A write was sent and no usable answer came: whether it had an effect must be read back."""

    kind = "answer-lost"


class GivenUp(Temporary):
    """Several requests in a row failed with all their tries: nothing more is asked in this run."""

    kind = "given-up"


class PromRefused(TorgsyncError):
    """Prom.ua understood the request and said no; `message` carries its reason."""

    exit_code = Exit.PARTIAL
    kind = "prom-refused"


class Unsafe(TorgsyncError):
    """The plan would do harm; nothing was sent."""

    exit_code = Exit.UNSAFE
    kind = "unsafe"


class PlanStale(TorgsyncError):
    """The saved plan was made from another export, other settings or another state."""

    exit_code = Exit.STALE
    kind = "plan-stale"


class Busy(TorgsyncError):
    """Another run holds this object."""

    exit_code = Exit.BUSY
    kind = "busy"


class Interrupted(TorgsyncError):
    """Stopped by the person; what was done is remembered and the next run goes on."""

    exit_code = Exit.INTERRUPTED
    kind = "interrupted"
