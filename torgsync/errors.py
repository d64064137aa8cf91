"""Every way it can go wrong: exit codes, and one family of errors that know theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from torgsync.i18n import Message, _, composed


class Exit(IntEnum):
    """Exit codes, in the order of their gravity. They are promised to scripts and listed in the README."""

    DONE = 0
    PENDING = 2
    HELD = 8
    BUSY = 10
    TEMPORARY = 5
    PARTIAL = 6
    STALE = 9
    UNSAFE = 7
    INVALID = 3
    TOKEN = 4
    USAGE = 64
    ERROR = 1
    INTERRUPTED = 130

    @classmethod
    def worst(cls, codes: Iterable[Exit]) -> Exit:
        """Return the gravest of several codes: what a person must mend outweighs what mends itself."""
        return max(codes, key=list(cls).index, default=cls.DONE)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as data: codes from the outermost to the innermost cause, and the arguments of all of them."""

    codes: tuple[str, ...]
    args: Mapping[str, str | int]


class TorgsyncError(Exception):
    """Something a person can understand and mend.

    The message is one sentence without a full stop; the hint says the way on, as a rule with a command that
    can be pasted. `kind` is a stable slug for JSON. `problem` is what is stored of it.
    """

    exit_code: Exit = Exit.ERROR
    kind: str = "error"

    def __init_subclass__(cls, *, kind: str = "", exit_code: Exit | None = None) -> None:
        cls.kind, cls.exit_code = kind or cls.kind, exit_code or cls.exit_code

    def __init__(
        self, message: Message, *, hint: Message | None = None, problem: Problem | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problem = problem


class UsageError(TorgsyncError, kind="usage", exit_code=Exit.USAGE):
    """The command line cannot be understood, or leaves out what is needed without a terminal."""


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake of a file: its line (from 1; 0 where the file as a whole is meant), key and message.

    `code` names the rule that a setting breaks, as pydantic does; empty where nothing is decided by it.
    `file` is its name, where mistakes of several files are reported.
    """

    line: int
    where: str
    message: Message
    code: str = field(default="", compare=False)
    file: str = field(default="", compare=False)

    @property
    def words(self) -> Message:
        """The message with its place."""
        file = composed("{file}  ", file=self.file) if self.file else ""
        line = _("line {line}  ", line=self.line) if self.line else ""
        return composed("{file}{line}{mistake}", file=file, line=line, mistake=self._mistake)

    @property
    def sentence(self) -> Message:
        """The message with its place, outside a table."""
        return _("line {line}: {what}", line=self.line, what=self._mistake) if self.line else self._mistake

    @property
    def _mistake(self) -> Message:
        where = composed("{key}: ", key=self.where) if self.where else ""
        return composed("{where}{mistake}", where=where, mistake=self.message)

    def __str__(self) -> str:
        return str(self.words)


class InvalidInput(TorgsyncError, kind="invalid", exit_code=Exit.INVALID):
    """A file that people or programs wrote has mistakes; all are reported at once, each with its place."""

    def __init__(
        self,
        message: Message,
        *,
        mistakes: tuple[Mistake, ...] = (),
        unlisted: int = 0,
        hint: Message | None = None,
    ) -> None:
        """Keep the mistakes; `unlisted` is the number of all others of a file that has too many."""
        super().__init__(message, hint=hint)
        self.mistakes = mistakes
        self.unlisted = unlisted

    def lines(self, most: int | None = None) -> Iterator[Message]:
        """Yield the mistakes, the first `most` of them as sentences, and how many more there are."""
        for mistake in self.mistakes[:most]:
            yield mistake.words if most is None else mistake.sentence
        if more := self.unlisted + len(self.mistakes) - len(self.mistakes[:most]):
            yield _("… and {count} more", count=more)


class NamedFileInvalid(InvalidInput, kind="file-invalid", exit_code=Exit.USAGE):
    """A file that the command line names cannot be used, and it is neither an export nor a sync object."""


class ObjectInvalid(InvalidInput, kind="object-invalid"):
    """The sync object cannot be used."""


class ExportInvalid(InvalidInput, kind="export-invalid"):
    """The export cannot be trusted; nothing was sent and nothing remembered."""


class TokenRefused(TorgsyncError, kind="token-refused", exit_code=Exit.TOKEN):
    """The token is unknown, expired, revoked, or lacks a right (prom-api §1.2, §11 Q1)."""


class Temporary(TorgsyncError, kind="temporary", exit_code=Exit.TEMPORARY):
    """Trouble that passes by itself: the same command may be run again."""


class AnswerLost(Temporary, kind="answer-lost"):
    """A write was sent and no usable answer came: whether it had an effect must be read back."""


class ImportBusy(Temporary, kind="import-busy"):
    """Prom.ua took no import because another one is running in the shop: nothing was sent or counted."""


class ImportOpen(Temporary, kind="import-open"):
    """A run ended before an import did; the next run goes on and sends nothing twice."""


class ImportHangs(TorgsyncError, kind="import-hangs", exit_code=Exit.HELD):
    """An import does not end and blocks all later ones until a person cancels it in the seller's cabinet."""


class GivenUp(Temporary, kind="given-up"):
    """Several requests in a row failed with all their tries: nothing more is asked in this run."""


class PromRefused(TorgsyncError, kind="prom-refused", exit_code=Exit.PARTIAL):
    """Prom.ua understood the request and said no; `message` carries its reason."""


class Unsafe(TorgsyncError, kind="unsafe", exit_code=Exit.UNSAFE):
    """The plan would do harm; nothing was sent."""


class PlanStale(TorgsyncError, kind="plan-stale", exit_code=Exit.STALE):
    """The saved plan was made from another export, other settings or another state."""


class Busy(TorgsyncError, kind="busy", exit_code=Exit.BUSY):
    """Another run holds this object."""


class StateUnusable(TorgsyncError, kind="state-unusable"):
    """The state cannot be read or written until a person has done something about it."""


class Interrupted(TorgsyncError, kind="interrupted", exit_code=Exit.INTERRUPTED):
    """Stopped by the person; what was done is remembered and the next run goes on."""
