"""Asks by lines where a terminal has no keys; finds out which of the two it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from torgsync.cli.base.output import Output
from torgsync.cli.base.question import ANSWERS, ask_hidden, person_there, terminal
from torgsync.cli.base.streams import SafeStream
from torgsync.cli.interview.questions import Back, Interview, Option, Value
from torgsync.errors import Interrupted
from torgsync.i18n import Message, _, composed, joined, translated

if TYPE_CHECKING:
    from typing import TextIO

    from torgsync.cli.base.program import Program


@contextmanager
def interview(program: Program, again: str) -> Iterator[Interview]:
    """Yield the person who is to be asked.

    Raises Interrupted for Ctrl-C and at the end of the input, with the command that begins `again`.
    """
    program.hide_progress()
    try:
        with terminal() as stream:
            yield _person(program, stream)
    except (EOFError, KeyboardInterrupt) as pressed:
        hint = _("start again: {command}", command=again)
        raise Interrupted(_("stopped by you; nothing was saved"), hint=hint) from pressed


def _person(program: Program, stream: TextIO | SafeStream) -> Interview:
    plain = stream.stream if isinstance(stream, SafeStream) else stream
    output = Output(color=program.color).on(plain)
    if _has_keys(plain):
        from torgsync.cli.interview.keys import KeyInterview

        return KeyInterview(output, plain)
    return LineInterview(output, stream)


def _has_keys(stream: TextIO) -> bool:
    """Return whether arrows and completion work on a terminal."""
    return (
        person_there() and stream.isatty() and (os.name == "nt" or os.environ.get("TERM", "") not in _PLAIN)
    )


_PLAIN = ("", "dumb", "unknown")
BACK = "<"
"""What is typed for the way back where there are no keys for it."""


class LineInterview(Interview):
    """Asks by lines: lists are numbered, `<` is the way back."""

    def __init__(self, output: Output, stream: TextIO | SafeStream) -> None:
        super().__init__(output)
        self._stream = stream
        self.say(_("Enter takes what is in brackets; `<` goes back, Ctrl-C ends without saving"))

    def text(self, question: Message, default: str = "") -> str:
        """Return one line that is not empty."""
        while not (answer := self._line(question, default)):
            pass
        return answer

    def path(self, question: Message, default: str = "", *, folder: bool = False) -> str:  # noqa: ARG002
        """Return a path."""
        return self.text(question, default)

    def secret(self, question: Message, *, optional: bool = False) -> str:
        """Return one line that is not shown, and not empty unless it is `optional`."""
        while not (answer := self._line(question, hidden=True)) and not optional:
            pass
        return answer

    def choose(self, question: Message, choices: Sequence[Option[Value]], default: Value) -> Value:
        """Return the value of one choice, by its key or number."""
        shown = next((choice for choice in choices if choice.value == default), choices[0])
        keys = self._list(question, choices)
        while True:
            answer = self._line(question, keys[choices.index(shown)])
            if (picked := _picked(answer, choices, keys)) is not None:
                return picked.value
            self._refuse(answer, keys)

    def choose_many(
        self, question: Message, choices: Sequence[Option[Value]], chosen: Sequence[Value], none: Message
    ) -> list[Value]:
        """Return the values of some choices, by their keys or numbers with commas; `-` is none."""
        keys = self._list(question, choices)
        self.say(composed("  {key}  {title}", key="-".rjust(max(map(len, keys))), title=none))
        default = ", ".join(key for key, one in zip(keys, choices, strict=True) if one.value in chosen)
        asked = _("{question} (several with commas)", question=question)
        while True:
            answers = [part.strip() for part in self._line(asked, default or "-").split(",")]
            picked = [_picked(answer, choices, keys) for answer in answers if answer != "-"]
            if None not in picked:
                return [one.value for one in choices if one in picked]
            self._refuse(answers[picked.index(None)], keys)

    def agrees(self, question: Message, *, default: bool) -> bool:
        """Return whether the person says yes, in whatever language."""
        while True:
            answer = self._line(question, translated(_("yes") if default else _("no")))
            if answer.casefold() in ANSWERS:
                return ANSWERS[answer.casefold()]
            self.warn(_("Please answer y or n"))

    def _list(self, question: Message, choices: Sequence[Option[Any]]) -> list[str]:
        """Show the choices; return their keys."""
        keys = [choice.key or str(number) for number, choice in enumerate(choices, 1)]
        self.say(composed("{question}:", question=question))
        width = max(map(len, keys))
        for key, choice in zip(keys, choices, strict=True):
            self.say(composed("  {key}  {title}", key=key.rjust(width), title=choice.title))
        return keys

    def _refuse(self, answer: str, keys: Sequence[str]) -> None:
        known = joined(", ", keys)
        self.warn(_("`{answer}` is not one of these answers: {known}", answer=answer, known=known))

    def _line(self, question: Message, default: str = "", *, hidden: bool = False) -> str:
        if hidden and person_there():
            line = f"{ask_hidden(question)}\n"
        else:
            shown = composed("{question} [{default}]: ", question=question, default=default)
            self._stream.write(translated(shown if default else composed("{question}: ", question=question)))
            self._stream.flush()
            line = sys.stdin.readline()
        if not line:
            self._stream.write("\n")
            raise EOFError
        answer = line.strip()
        if answer == BACK:
            raise Back
        return answer or default


def _picked(answer: str, choices: Sequence[Option[Value]], keys: Sequence[str]) -> Option[Value] | None:
    """Return the choice that is meant by its key, else by its value or title."""
    wanted = answer.casefold()
    for choice, key in zip(choices, keys, strict=True):
        if wanted == key.casefold():
            return choice
    for choice in choices:
        if wanted in (str(choice.value).casefold(), translated(choice.title).casefold()):
            return choice
    return None
