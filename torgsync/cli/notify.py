"""`torgsync notify`: whether messages of unattended runs arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.language import speaking
from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import print_result, print_table
from torgsync.cli.messages.notices import trial_text
from torgsync.errors import Exit, ObjectInvalid, UsageError
from torgsync.i18n import NOTHING, Message, _, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torgsync.core.notices.sending import Text
    from torgsync.jobs.unattended.subjects import Subject
    from torgsync.jobs.unattended.trial import AddressTrial

COLUMNS = ("object", "address", "ok", "code", "status", "message")


def send_test(
    context: typer.Context,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    heartbeat: Annotated[
        bool,
        typer.Option(
            "--heartbeat",
            help=_("Also ping the heartbeat address, by `/log`, which is no success and no failure."),
        ),
    ] = False,
) -> None:
    """Send a test message to every address in `[notify]`.

    The exit code is 1 where one of them could not be reached.
    """
    program = program_of(context, output)
    from torgsync.jobs.unattended.trial import try_addresses

    def text_of(subjects: Sequence[Subject]) -> Text:
        with speaking(subjects[0].language):
            return trial_text([subject.name for subject in subjects])

    subjects, mistakes = _subjects(program, wanted)
    trials = try_addresses(subjects, text_of, heartbeat=heartbeat)
    if not (trials or mistakes):
        called = subjects[0].called
        raise UsageError(
            _("there is no address in `[notify]`, so no notification is sent"),
            hint=verbatim(f"torgsync object edit {called} --set 'notify.to=[\"mailto://…\"]'"),
        )
    rows: list[dict[str, object]] = [
        {
            "object": subject.name,
            "address": None,
            "ok": False,
            "code": error.kind,
            "status": None,
            "message": error.message,
        }
        for subject, error in mistakes
    ]
    rows += [
        {
            "object": trial.subject.name,
            "address": trial.address.shown,
            "ok": trial.failure is None,
            "code": str(trial.failure.why) if trial.failure else None,
            "status": (trial.failure.status or None) if trial.failure else None,
            "message": _why(trial),
        }
        for trial in trials
    ]
    columns = (_("object"), _("address"), _("result"))
    people: list[tuple[object, ...]] = [(subject.name, None, error.message) for subject, error in mistakes]
    people += [(trial.subject.name, trial.address.shown, _result(trial)) for trial in trials]
    failed = any(trial.failure for trial in trials)
    codes = [error.exit_code for _subject, error in mistakes]
    code = Exit.worst([*codes, Exit.ERROR if failed else Exit.DONE])
    print_result(
        output,
        rows,
        lambda: print_table(program, columns, people),
        columns=COLUMNS,
        lists={"addresses": rows},
        tail={"exit": int(code)},
    )
    raise typer.Exit(int(code))


def _subjects(
    program: Program, wanted: str | None
) -> tuple[list[Subject], list[tuple[Subject, ObjectInvalid]]]:
    """Return the objects that are meant, and those of them whose settings have mistakes.

    These notify people too, as far as `[notify]` can be read. Raises ObjectInvalid where only one is meant.
    """
    from torgsync.jobs.unattended.subjects import subject_at, subject_of

    subjects, mistakes = [], []
    objects = program.objects(wanted, every=True)
    for stem, read in objects.items():
        try:
            subjects.append(subject_of(read()))
        except ObjectInvalid as error:
            if len(objects) == 1:
                raise
            subjects.append(subject_at(program.settings.objects / f"{stem}.toml"))
            mistakes.append((subjects[-1], error))
    return subjects, mistakes


def _why(trial: AddressTrial) -> Message:
    if trial.failure is None:
        return NOTHING
    if trial.address.trouble:
        return trial.address.trouble
    from torgsync.cli.messages.notices import delivery_message

    return delivery_message(trial.failure)


def _result(trial: AddressTrial) -> Message:
    if trial.failure:
        return _("not sent: {why}", why=_why(trial))
    return _("the monitor answered") if trial.heartbeat else _("sent")
