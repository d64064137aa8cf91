"""The result of checking a sync object."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from torgsync.core.findings import Tally
from torgsync.core.mapping.suggest import Suggestion
from torgsync.errors import Exit, InvalidInput, TorgsyncError
from torgsync.files.catalog.catalog_file import Guess
from torgsync.i18n import NOTHING, Message, joined


class Mark(StrEnum):
    """The result of one line of a check."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of a check: its result, its subject, the message and what to do about it.

    `exit_code` is the one that what it reports would end a synchronisation with.
    """

    mark: Mark
    subject: Message
    message: Message
    hint: Message = NOTHING
    exit_code: Exit = Exit.DONE


def ok(subject: Message, message: Message, hint: Message = NOTHING) -> CheckLine:
    """Return a line about what is in order."""
    return CheckLine(Mark.OK, subject, message, hint)


def warning(subject: Message, message: Message, hint: Message = NOTHING) -> CheckLine:
    """Return a line about what a person should look at."""
    return CheckLine(Mark.WARNING, subject, message, hint)


def failed(subject: Message, error: TorgsyncError) -> CheckLine:
    """Return the line of an error, with all mistakes of a file."""
    mistakes = error.lines() if isinstance(error, InvalidInput) else ()
    message = joined("; ", [error.message, *mistakes])
    return CheckLine(Mark.ERROR, subject, message, error.hint or NOTHING, error.exit_code)


def unusable(subject: Message, error: TorgsyncError) -> CheckLine:
    """Return a line about a place that cannot be used now, which is no mistake of the object."""
    code = Exit.HELD if error.exit_code is Exit.ERROR else error.exit_code
    return CheckLine(Mark.WARNING, subject, error.message, error.hint or NOTHING, code)


@dataclass(slots=True)
class CheckView:
    """The whole check of one object.

    `file` is the export's name, the place of findings that name no file of their own. `suggestions` are
    columns that are not mapped and could be. `cures` are the commands that mend what failed.
    """

    file: str
    lines: list[CheckLine] = field(default_factory=list)
    guesses: tuple[Guess, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    findings: Tally = field(default_factory=Tally)
    cures: list[Message] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether the object cannot be synchronised."""
        return bool(self.errors)

    @property
    def errors(self) -> list[CheckLine]:
        """The lines of what keeps the object from being synchronised."""
        return [line for line in self.lines if line.mark is Mark.ERROR]
