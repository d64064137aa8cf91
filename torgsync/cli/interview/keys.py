"""Asks on a terminal that has keys: arrows choose, Tab completes, Esc goes back. Imports questionary."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

import questionary
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import to_filter
from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth, create_output
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.selection import SelectionState
from questionary.prompts.common import InquirerControl

from torgsync.cli.base.output import Output
from torgsync.cli.interview.questions import Back, Interview, Option, Value, answer_line
from torgsync.i18n import Message, _, joined, translated

if TYPE_CHECKING:
    from questionary import Question

MANY = 10
"""Choices above which typing letters filters them."""
ESCAPE_SECONDS = 0.15
"""How long an Esc may be the beginning of an arrow."""


class KeyInterview(Interview):
    """Asks with questionary; what was chosen from a list stays as one line."""

    def __init__(self, output: Output, stream: TextIO) -> None:
        super().__init__(output)
        drawn = create_output(stream)
        if isinstance(drawn, Vt100_Output):
            drawn.enable_cpr = False  # not every terminal answers where its cursor is
        colors = None if output.color and not output.err.no_color else ColorDepth.DEPTH_1_BIT
        self._shared: dict[str, Any] = {
            "input": create_input(sys.stdin),
            "output": drawn,
            "color_depth": colors,
        }
        self.say(_("Enter takes what is shown, typing replaces it, arrows edit it"))
        self.say(_("Esc goes back, Ctrl-C ends without saving"))

    def text(self, question: Message, default: str = "") -> str:
        """Return one line that is not empty."""
        return self._line(
            question, questionary.text(_asked(question), default, validate=_given, **self._shared)
        )

    def path(self, question: Message, default: str = "", *, folder: bool = False) -> str:
        """Return a path; Tab completes it."""
        return self._line(
            question,
            questionary.path(
                _asked(question),
                default,
                validate=_given,
                only_directories=folder,
                complete_while_typing=False,
                **self._shared,
            ),
        )

    def secret(self, question: Message, *, optional: bool = False) -> str:
        """Return one line, not empty unless it is `optional`; stars are shown for it."""
        validate = None if optional else _given
        asked = questionary.password(_asked(question), validate=validate, **self._shared)
        return str(self._ask(asked)).strip()

    def choose(self, question: Message, choices: Sequence[Option[Value]], default: Value) -> Value:
        """Return the value of the choice that the arrows point at."""
        chosen = next((number for number, one in enumerate(choices) if one.value == default), 0)
        listed = _listed(choices)
        many = len(choices) > MANY
        hint = _("(arrows, or letters to search; Enter)") if many else _("(arrows; Enter)")
        number: int = self._ask(
            questionary.select(
                _asked(question),
                listed,
                default=listed[chosen],
                instruction=translated(hint),
                use_search_filter=many,
                use_jk_keys=False,
                erase_when_done=True,
                **self._shared,
            )
        )
        self.say(answer_line(question, choices[number].title))
        return choices[number].value

    def choose_many(
        self, question: Message, choices: Sequence[Option[Value]], chosen: Sequence[Value], none: Message
    ) -> list[Value]:
        """Return the values of the choices that are ticked; the hint says what none of them means."""
        listed = _listed(choices)
        for one, choice in zip(listed, choices, strict=True):
            one.checked = choice.value in chosen
        numbers: list[int] = self._ask(
            questionary.checkbox(
                _asked(question),
                listed,
                instruction=translated(_("(Space ticks; none: {none})", none=none)),
                use_jk_keys=False,
                erase_when_done=True,
                **self._shared,
            )
        )
        names = [choices[number].key or choices[number].title for number in numbers]
        self.say(answer_line(question, joined(", ", names) if names else none))
        return [choices[number].value for number in numbers]

    def _line(self, question: Message, asked: Question) -> str:
        """Return the answer; it stays as one line."""
        asked.application.erase_when_done = True
        answer = str(self._ask(asked)).strip()
        self.say(answer_line(question, answer))
        return answer

    def _ask(self, question: Question) -> Any:  # noqa: ANN401  # it is of the question's kind
        """Return the answer. Raises Back for Esc, KeyboardInterrupt for Ctrl-C, EOFError for Ctrl-D."""
        application = question.application
        application.ttimeoutlen = ESCAPE_SECONDS
        control = next(
            (one for one in application.layout.find_all_controls() if isinstance(one, InquirerControl)), None
        )
        bindings = KeyBindings()

        @bindings.add(Keys.Escape, eager=True)
        def _back(event: KeyPressEvent) -> None:
            if event.current_buffer.complete_state:
                event.current_buffer.cancel_completion()
            else:
                event.app.erase_when_done = True
                event.app.exit(exception=Back())

        if control is None:
            _add_line_keys(bindings, application.current_buffer)
        else:
            for window in application.layout.find_all_windows():
                window.wrap_lines = to_filter(True)  # a long title is not cut
            _add_list_keys(bindings, control)
        own = application.key_bindings
        application.key_bindings = merge_key_bindings([own, bindings] if own else [bindings])
        return question.unsafe_ask()


def _add_list_keys(bindings: KeyBindings, control: InquirerControl) -> None:
    """Have Ctrl-D end the input, and letters search a long list."""

    @bindings.add(Keys.ControlD, eager=True)
    def _end(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError())

    if len(control.choices) > MANY:

        @bindings.add(Keys.Any)
        def _search(event: KeyPressEvent) -> None:
            """Filter by letters of any alphabet; questionary knows Latin ones."""
            if event.data.isprintable():
                control.add_search_character(event.data)  # type: ignore[arg-type]


def _add_line_keys(bindings: KeyBindings, line: Buffer) -> None:
    """Have what is typed or pasted replace a default; arrows and Backspace edit it."""
    if line.text:
        line.selection_state = SelectionState(0)
        line.selection_state.enter_shift_mode()

    @bindings.add(Keys.Backspace, eager=True)
    def _delete(_event: KeyPressEvent) -> None:
        line.exit_selection()
        line.delete_before_cursor()

    @bindings.add(os.path.sep, eager=True)
    @bindings.add(Keys.BracketedPaste, eager=True)
    def _type(event: KeyPressEvent) -> None:
        """Type it: questionary would open a list of the folder, among which Tab then only walks."""
        if line.selection_state:
            line.cut_selection()
        line.insert_text(" ".join(event.data.splitlines()))


def _given(text: str) -> bool | str:
    """Return whether something was typed, or what is said where nothing was."""
    return bool(text.strip()) or translated(_("type an answer"))


def _asked(question: Message) -> str:
    return f"{translated(question)}:"


def _listed(choices: Sequence[Option[Any]]) -> list[questionary.Choice]:
    """Return choices for questionary, whose values are their numbers."""
    return [
        questionary.Choice(translated(choice.title), value=number) for number, choice in enumerate(choices)
    ]
