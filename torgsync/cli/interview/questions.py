"""Asks a person one question after the other: with arrows and completion, or by lines.

Everything is on the terminal itself, never among data. Every question has a way back to the one before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from torgsync.cli.base.output import Output
from torgsync.i18n import Message, _, composed

Value = TypeVar("Value")


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
    def secret(self, question: Message) -> str:
        """Return one line that is not empty and not shown."""

    @abstractmethod
    def choose(self, question: Message, choices: Sequence[Option[Value]], default: Value) -> Value:
        """Return the value of one choice."""

    @abstractmethod
    def choose_many(
        self, question: Message, choices: Sequence[Option[Value]], chosen: Sequence[Value]
    ) -> list[Value]:
        """Return the values of some choices, in their order; none is an answer too."""

    def agrees(self, question: Message, *, default: bool) -> bool:
        """Return whether the person says yes."""
        return self.choose(question, (Option(value=True, title=_("yes")), Option(False, _("no"))), default)


def heading(number: int, count: int, title: Message) -> Message:
    """Return the heading of one of several parts."""
    return _("{number} of {count}: {title}", number=number, count=count, title=title)


def answer_line(question: Message, answer: str) -> Message:
    """Return a question with its answer."""
    return composed("? {question}: {answer}", question=question, answer=answer)
