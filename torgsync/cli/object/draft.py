"""A new sync object while it is asked for, and its questions as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from torgsync.cli.base.program import Program
from torgsync.cli.interview.questions import Interview
from torgsync.core.config.settings import PaymentMethod
from torgsync.i18n import Message, _, joined
from torgsync.jobs.config.objects import Answers

if TYPE_CHECKING:
    from torgsync.jobs.config.contents import ExportContents

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
    "name": _("NAME"),
    "token": joined(" ", ["--api-key", _("TOKEN")]),
    "export": joined(" ", ["--export", _("FILE")]),
    "photos_url": joined(" ", ["--photos-url", _("URL")]),
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

    def copy(self) -> NewObject:
        """Return everything as it is now."""
        return replace(self, places=dict(self.places))

    def take_given(self, key: str) -> str:
        """Return what was given as an option, only once: it is asked for when it does not work."""
        given = getattr(self.given, key)
        forgotten: dict[str, Any] = {key: None}
        self.given = replace(self.given, **forgotten)
        return str(given or "")

    def set(self, **answers: Any) -> None:  # noqa: ANN401  # as many kinds as there are answers
        """Take answers over."""
        self.answers = replace(self.answers, **answers)


@dataclass(frozen=True)
class WizardStep:
    """One question of a tab.

    `applies` says whether it is to be asked, `shown` is its answer in the summary, empty for none. When it
    is asked again, the steps `then` are too. Where its answer can be `tried`, one that was given is tried in
    the place of the question.
    """

    key: str
    tab: int
    label: Callable[[NewObject], Message]
    ask: Callable[[Interview, NewObject], None]
    shown: Callable[[NewObject], str]
    applies: Callable[[NewObject], bool]
    then: tuple[str, ...] = ()
    tried: bool = False
