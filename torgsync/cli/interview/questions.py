"""Asks a person one question after the other: with arrows and completion, or by lines.

Everything is on the terminal itself, never among data. Every question has a way back to the one before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from torgsync.cli.base.output import Output
from torgsync.errors import InvalidInput, TorgsyncError
from torgsync.i18n import Message, _, composed, verbatim

Value = TypeVar("Value")
Answer = TypeVar("Answer")


class Back(Exception):
    """The person wants to go back to the question before."""


@dataclass(frozen=True)
class Option(Generic[Value]):
    """One of several answers; `key` is what is typed for it where arrows do not work, else its number."""

    value: Value
    title: str
    key: str = ""


class Interview(ABC):
    """A person at a terminal. All questions raise Back, EOFError at the end of the input."""

    def __init__(self, output: Output) -> None:
        self.output = output

    def say(self, text: Message, style: str | None = None) -> None:
        """Show one line between the questions."""
        self.output.notify(text, style)

    def warn(self, text: Message) -> None:
        """Show what is wrong with an answer."""
        self.output.warn(text)

    @abstractmethod
    def text(self, question: Message, default: str = "") -> str:
        """Return one line that is not empty."""

    @abstractmethod
    def path(self, question: Message, default: str = "", *, folder: bool = False) -> str:
        """Return a path; Tab completes it."""

    @abstractmethod
    def secret(self, question: Message, *, optional: bool = False) -> str:
        """Return one line that is not shown, and not empty unless it is `optional`."""

    @abstractmethod
    def choose(self, question: Message, choices: Sequence[Option[Value]], default: Value) -> Value:
        """Return the value of one choice."""

    @abstractmethod
    def choose_many(
        self, question: Message, choices: Sequence[Option[Value]], chosen: Sequence[Value], none: Message
    ) -> list[Value]:
        """Return the values of some choices, in their order; none is an answer too, and means `none`."""

    def agrees(self, question: Message, *, default: bool) -> bool:
        """Return whether the person says yes."""
        return self.choose(question, (Option(value=True, title=_("yes")), Option(False, _("no"))), default)


def heading(number: int, count: int, title: Message) -> Message:
    """Return the heading of one of several parts."""
    return _("{number} of {count}: {title}", number=number, count=count, title=title)


def answer_line(question: Message, answer: str) -> Message:
    """Return a question with its answer."""
    return composed("? {question}: {answer}", question=question, answer=answer)


def in_two(first: Callable[[], Value], second: Callable[[Value], Answer]) -> Answer:
    """Ask two questions, the second by the answer to the first; back from it the first is asked again."""
    while True:
        answer = first()
        try:
            return second(answer)
        except Back:
            continue


def from_the_first(person: Interview, ask: Callable[[], Value]) -> Value:
    """Ask questions of which the first has none before it: back from it, it is asked again."""
    while True:
        try:
            return ask()
        except Back:
            person.say(_("this is the first question"))


def until_works(
    person: Interview, ask: Callable[[str], str], trial: Callable[[str], object], given: str = ""
) -> str:
    """Ask until an answer works, or a person keeps it although it does not.

    `trial` may return a message to be shown. After its ValueError it is asked again, after its TorgsyncError
    a person chooses. `ask` is handed the answer that did not work, empty at first. What was `given` already
    is tried before anything is asked.
    """
    answer = given or ask("")
    while True:
        try:
            notice = trial(answer)
        except ValueError as wrong:
            message = wrong.args[0] if wrong.args else ""
            person.warn(message if isinstance(message, Message) else verbatim(str(message)))
            answer = ask(answer)
        except TorgsyncError as error:
            person.warn(error.message)
            for mistake in error.lines() if isinstance(error, InvalidInput) else ():
                person.say(composed("    {mistake}", mistake=mistake))
            if error.hint:
                person.say(composed("  {hint}", hint=error.hint))
            again = (Option(value=True, title=_("give another answer")), Option(False, _("keep this one")))
            with suppress(Back):  # to the question itself
                if not person.choose(_("What now"), again, default=True):
                    return answer
            answer = ask(answer)
        else:
            if isinstance(notice, Message):
                person.say(composed("✓ {notice}", notice=notice), "success")
            return answer
