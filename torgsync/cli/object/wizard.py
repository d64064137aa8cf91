"""The questions of `torgsync object add`: in the order of Torgsoft's tabs, with a way back and a summary.

Options that were given are not asked; without a terminal nothing is. Nothing is written here.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace

import typer

from torgsync.cli.base.program import NOT_ASKED, Program
from torgsync.cli.interview.lines import interview
from torgsync.cli.interview.questions import Back, Interview, Option, heading
from torgsync.cli.object.draft import NEEDED, TABS, NewObject, WizardStep
from torgsync.cli.object.places import place_steps
from torgsync.cli.object.steps import STEPS
from torgsync.cli.object.trials import read_given_token, refuse_name
from torgsync.core.shell import command
from torgsync.errors import UsageError
from torgsync.i18n import NOTHING, _, composed
from torgsync.jobs.config.objects import Answers, refuse_answers


def complete(program: Program, given: Answers, *, asks: bool) -> Answers:
    """Ask on a terminal for what is not given, if anything is not; what was given is tried there too.

    Raises UsageError for what every object needs and cannot be asked.
    """
    if given.name:
        try:
            refuse_name(program, given.name)
        except ValueError as wrong:
            (message,) = wrong.args
            hint = _("look at it: {command}", command=command("object show", given.name))
            raise UsageError(message, hint=hint) from wrong
    if given.token:
        given = replace(given, token=read_given_token(given.token))
    draft = NewObject(program, given, given)
    open_steps = [step for step in STEPS if step.applies(draft)]
    missing = [NEEDED[step.key] for step in open_steps if step.key in NEEDED]
    if missing and not asks:
        raise UsageError(_("`{missing}` is needed", missing=missing[0]), hint=NOT_ASKED)
    if not (open_steps and asks):
        return given
    refuse_answers(program.settings, given)
    with interview(program, "torgsync object add") as person:
        return _Wizard(person, draft).run()


@dataclass
class _Wizard:
    """Asks the first step that has no answer yet, until all have one and the summary is confirmed.

    `answered` are the keys of the steps with an answer, in their order; `tab` is the one whose heading is
    on the screen. While an answer is changed, `before` is everything as it was at the summary, and the
    answers that stay.
    """

    person: Interview
    draft: NewObject
    answered: list[str] = field(default_factory=list)
    tab: int = 0
    before: tuple[NewObject, list[str], list[str]] | None = None

    def run(self) -> Answers:
        """Return all answers."""
        while True:
            step = next((step for step in self._steps() if step.key not in self.answered), None)
            try:
                if step is not None:
                    self._ask(step)
                elif self._confirmed():
                    return self.draft.answers
            except Back:
                self._go_back()

    def _all_steps(self) -> list[WizardStep]:
        """Return all steps, with one for each payment method behind the fetching."""
        return [
            one
            for step in STEPS
            for one in ((step, *place_steps(self.draft)) if step.key == "fetch_payments" else (step,))
        ]

    def _steps(self) -> list[WizardStep]:
        """Return the steps that are to be asked."""
        return [
            step
            for step in self._all_steps()
            if step.applies(self.draft) or (step.tried and getattr(self.draft.given, step.key))
        ]

    def _ask(self, step: WizardStep) -> None:
        if step.tab != self.tab:
            self.person.say(NOTHING)
            self.person.say(heading(step.tab, len(TABS), TABS[step.tab - 1]), "bold")
            self.tab = step.tab
        step.ask(self.person, self.draft)
        self.answered.append(step.key)

    def _go_back(self) -> None:
        """Ask the last answer again; from the answer that is being changed, return to the summary."""
        if self.before and self.answered == self.before[2]:
            self.draft, self.answered, _stay = self.before
        elif self.answered:
            self._forget(self.answered[-1])
        else:
            self.person.say(_("this is the first question"))

    def _forget(self, key: str) -> None:
        """Have a step asked again, and those whose choices it decides."""
        gone = {key, *next((step.then for step in STEPS if step.key == key), ())}
        self.answered = [
            one for one in self.answered if one not in gone and one.partition(" ")[0] not in gone
        ]

    def _confirmed(self) -> bool:
        """Show all answers; return whether they are to be saved, or have one of them asked again."""
        self.tab, self.before = 0, None
        self.person.say(NOTHING)
        self.person.say(_("This will be saved:"), "bold")
        for step in self._all_steps():
            if value := step.shown(self.draft):
                self.person.say(composed("  {label}: {value}", label=step.label(self.draft), value=value))
        choices = (
            Option("save", _("save")),
            Option("change", _("change an answer")),
            Option("leave", _("leave without saving")),
        )
        match self.person.choose(_("What now"), choices, "save"):
            case "save":
                return True
            case "leave":
                self.person.say(_("nothing was saved"))
                raise typer.Exit(0)
        titles = [Option(step.key, step.label(self.draft)) for step in self._steps()]
        with suppress(Back):  # back to the summary
            changed = self.person.choose(_("Which answer"), titles, titles[0].value)
            draft, answered = self.draft.copy(), self.answered
            self._forget(changed)
            self.before = draft, answered, list(self.answered)
        return False
