"""A new sync object while it is asked for: its questions as values, and how one is asked until it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from torgsync.cli.base.program import Program
from torgsync.cli.interview.questions import Back, Interview, Option
from torgsync.core.config.settings import PaymentMethod
from torgsync.errors import InvalidInput, TorgsyncError
from torgsync.i18n import Message, _, composed, verbatim
from torgsync.jobs.config.objects import Answers

if TYPE_CHECKING:
    from torgsync.jobs.config.contents import ExportContents

Kind = TypeVar("Kind")
TABS = (
    _("General"),
    _("Clients"),
    _("Payment methods"),
    _("Accounting centers"),
    _("Synchronization time"),
    _("Synchronization files"),
)
"""Torgsoft's tabs of a sync object."""
NEEDED = {
    "name": "NAME",
    "token": "--api-key TOKEN",
    "export": "--export FILE",
    "photos_url": "--photos-url URL",
}
"""Steps that every object needs, and how their answers are given on the command line."""


@dataclass
class NewObject:
    """A new object so far: what was given as options, and with it what was answered.

    `contents` are those of the export, None where it could not be read. `methods` are the shop's payment
    methods, None before they were asked for; `places` are answers about them, keyed by id.
    """

    program: Program
    given: Answers
    answers: Answers
    contents: ExportContents | None = None
    methods: dict[int, str] | None = None
    places: dict[int, PaymentMethod] = field(default_factory=dict)

    def set(self, **answers: Any) -> None:  # noqa: ANN401  # as many kinds as there are answers
        """Take answers over."""
        self.answers = replace(self.answers, **answers)


@dataclass(frozen=True)
class WizardStep:
    """One question of a tab.

    `applies` says whether it is to be asked, `shown` is its answer in the summary, empty for none. When it
    is asked again, the steps `then` are too.
    """

    key: str
    tab: int
    label: Callable[[NewObject], Message]
    ask: Callable[[Interview, NewObject], None]
    shown: Callable[[NewObject], str]
    applies: Callable[[NewObject], bool]
    then: tuple[str, ...] = ()


def in_two(first: Callable[[], Kind], second: Callable[[Kind], Any]) -> Any:  # noqa: ANN401
    """Ask two questions, the second by the answer to the first; back from it the first is asked again."""
    while True:
        answer = first()
        try:
            return second(answer)
        except Back:
            continue


def until_works(person: Interview, ask: Callable[[str], str], trial: Callable[[str], object]) -> str:
    """Ask until an answer works, or a person keeps it although it does not.

    `trial` may return a message to be shown. After its ValueError it is asked again, after its TorgsyncError
    a person chooses. `ask` is handed the answer that did not work, empty at first.
    """
    answer = ""
    while True:
        answer = ask(answer)
        try:
            notice = trial(answer)
        except ValueError as wrong:
            message = wrong.args[0] if wrong.args else ""
            person.warn(message if isinstance(message, Message) else verbatim(str(message)))
        except TorgsyncError as error:
            person.warn(error.message)
            for mistake in error.mistakes if isinstance(error, InvalidInput) else ():
                person.say(composed("    {mistake}", mistake=mistake.words))
            if error.hint:
                person.say(composed("  {hint}", hint=error.hint))
            again = (Option(value=True, title=_("give another answer")), Option(False, _("keep this one")))
            if not person.choose(_("What now"), again, default=True):
                return answer
        else:
            if isinstance(notice, Message):
                person.say(composed("✓ {notice}", notice=notice), "success")
            return answer
