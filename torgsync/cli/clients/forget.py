"""`torgsync clients forget`."""

from __future__ import annotations

from typing import Annotated

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of
from torgsync.errors import Exit, UsageError


def forget(
    context: typer.Context,
    phone: Annotated[str, typer.Argument(help="The person's phone, however it is written.", metavar="PHONE")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Take a person out of state, copies of it, and outbox; orders and sums stay."""
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_result
    from torgsync.cli.clients.render import forget_document, notify_forgotten, notify_left
    from torgsync.jobs.orders.forget import forget_person, wanted_phone
    from torgsync.jobs.run import running

    person = wanted_phone(phone)
    file = program.object(wanted)
    if not yes:
        if not program.asks:
            raise UsageError("this cannot be taken back", hint="without a terminal, say `--yes`")
        copies = "and delete the copies of the state from before updates"
        typer.confirm(
            f"Take {person} out of `{file.settings.name}` for good, {copies}?", abort=True, err=True
        )
    with program.job(file) as job, running(job) as run:
        result = forget_person(job, person)
        run.exit_code = Exit.HELD if result.left else Exit.DONE
    document = forget_document(result)
    flat = {key: " ".join(value) if isinstance(value, tuple) else value for key, value in document.items()}
    print_result(
        output,
        [flat],
        lambda: notify_forgotten(program, result),
        head={"object": file.settings.name},
        tail={"forgotten": document, "exit": int(run.exit_code)},
    )
    notify_left(program, file, result, person)
    raise typer.Exit(int(run.exit_code))
