"""`torgsync why`: one good's way from its row to Prom.ua, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.lines import wrapped
from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import print_csv, print_json

if TYPE_CHECKING:
    from torgsync.cli.plan.why_lines import WhyLine

LABEL = 11
"""The width of the column with the names of sections."""
LONGEST = 300
"""Letters of one line that the table shows."""


def why(
    context: typer.Context,
    good_id: Annotated[str, typer.Argument(help="The good's id in Torgsoft.", metavar="GOOD_ID")],
    wanted: ObjectOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Say of one good why it is, or is not, on Prom.ua as it is. Asks Prom.ua nothing."""
    program = program_of(context)
    program.format(form)
    from torgsync.jobs.plan.why import why as explain

    file = program.object(wanted)
    with program.job(file) as job:
        good = explain(job, good_id.strip())
    if form is Format.JSON:
        from torgsync.cli.plan.why_document import good_document

        document = good_document(file.catalog_path.name, good)
        print_json({"schema": SCHEMA, "object": file.settings.name, "good": document}, {})
        return
    from torgsync.cli.plan.why_lines import render_good

    lines = render_good(good)
    if form is Format.CSV:
        print_csv({"section": line.section, "about": line.about, "text": line.text} for line in lines)
    else:
        _print(program, f"{good.good_id}  {good.title}".strip(), lines)


def _print(program: Program, title: str, lines: Iterable[WhyLine]) -> None:
    """Print the lines below the good's title, each section with its name."""
    out, section = program.out, ""
    for text in wrapped(title, out.width):
        out.print(text, soft_wrap=True, style="bold")
    for line in lines:
        if line.section != section:
            out.print()
        label = "" if line.section == section else line.section
        section = line.section
        text = f"{line.about}: {line.text}" if line.about else line.text
        first, *rest = wrapped(text[:LONGEST], out.width, " " * LABEL)
        out.print(f"{label:<{LABEL}}{first[LABEL:]}", soft_wrap=True)
        for more in rest:
            out.print(more, soft_wrap=True)
