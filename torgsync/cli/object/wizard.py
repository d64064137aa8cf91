"""The questions of `torgsync object add`: in the order of Torgsoft's tabs, with a way back and a summary.

Options that were given are not asked; without a terminal nothing is. Nothing is written here.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace

import typer

from torgsync.cli.base.program import Program
from torgsync.cli.interview.lines import interview
from torgsync.cli.interview.questions import Back, Interview, Option, heading
from torgsync.cli.object.draft import NEEDED, TABS, NewObject, WizardStep
from torgsync.cli.object.places import place_steps
from torgsync.cli.object.steps import STEPS
from torgsync.cli.object.trials import read_given_token, refuse_name
from torgsync.core.shell import command
from torgsync.errors import Interrupted, UsageError
from torgsync.i18n import NOTHING, _, composed
from torgsync.jobs.config.objects import Answers


def complete(program: Program, given: Answers) -> Answers:
    """Ask on a terminal for what is not given.

    Where name, token and export are given, only the address of photos is asked. Raises UsageError for what
    every object needs and cannot be asked.
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
    missing = [step for step in STEPS if step.key in NEEDED and step.applies(draft)]
    if missing and not program.asks:
        raise UsageError(
            _("`{missing}` is needed", missing=NEEDED[missing[0].key]),
            hint=_("without a terminal nothing is asked; give it as an option"),
        )
    whole = not (given.name and (given.token or given.token_env) and given.export)
    if not missing and not (whole and program.asks):
        return given
    try:
        with interview(program) as person:
            return _Wizard(person, draft, whole=whole).run()
    except (EOFError, KeyboardInterrupt) as pressed:
        again = _("start again: {command}", command="torgsync object add")
        raise Interrupted(_("stopped by you; nothing was saved"), hint=again) from pressed


@dataclass
class _Wizard:
    """Asks the first step that has no answer yet, until all have one and the summary is confirmed.

    `answered` are the keys of the steps with an answer, in their order; `tab` is the one whose heading is
    on the screen. Where not the `whole` object is asked there is no summary.
    """

    person: Interview
    draft: NewObject
    whole: bool
    answered: list[str] = field(default_factory=list)
    tab: int = 0

    def run(self) -> Answers:
        """Return all answers."""
        while True:
            step = next((step for step in self._steps() if step.key not in self.answered), None)
            if step is None and not self.whole:
                return self.draft.answers
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
            if step.applies(self.draft) and (self.whole or step.key in NEEDED)
        ]

    def _ask(self, step: WizardStep) -> None:
        if step.tab != self.tab and self.whole:
            self.person.say(NOTHING)
            self.person.say(heading(step.tab, len(TABS), TABS[step.tab - 1]), "bold")
            self.tab = step.tab
        step.ask(self.person, self.draft)
        self.answered.append(step.key)

    def _go_back(self) -> None:
        if self.answered:
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
        self.tab = 0
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
            self._forget(self.person.choose(_("Which answer"), titles, titles[0].value))
        return False
