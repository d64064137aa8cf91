"""`torgsync object check`: settings, token, export, photos, and what each good would be."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.commands import one_object
from torgsync.cli.base.findings import (
    count_document,
    finding_document,
    print_checks,
    print_groups,
    render_checks,
)
from torgsync.cli.base.options import FormatOption, NameArgument, ObjectOption
from torgsync.cli.base.program import SCHEMA, Format, Program, program_of
from torgsync.cli.base.render import cell, pick, print_csv, print_json, print_table
from torgsync.core.mapping.suggest import Suggestion
from torgsync.core.shell import command, quoted
from torgsync.errors import Exit
from torgsync.i18n import Message, _, _n, verbatim

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.config.check_view import CheckView


class Places(StrEnum):
    """How many places of each finding are shown."""

    SUMMARY = "summary"
    ALL = "all"


def check(
    context: typer.Context,
    name: NameArgument = None,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
    show: Annotated[
        Places, typer.Option("--show", help=_("The first places of each finding, or all."))
    ] = Places.SUMMARY,
) -> None:
    """Check settings, token, export, photos and every item."""
    program = program_of(context, output)
    from torgsync.jobs.config.check import check as check_object

    file = program.object(one_object(context, name, wanted))
    checked = check_object(file, program.settings)
    if output is Format.TABLE:
        print_check(program, file, checked, every=show is Places.ALL or program.verbosity > 0)
    elif output is Format.CSV:
        _print_check_csv(file, checked)
    else:
        _print_check_json(file, checked)
    raise typer.Exit(int(Exit.INVALID if checked.failed else Exit.DONE))


def print_check(program: Program, file: ObjectFile, checked: CheckView, *, every: bool = False) -> None:
    """Print a check for people: its lines, guesses, suggestions, and findings."""
    print_checks(program, checked.lines)
    if checked.guesses:
        program.print()
        print_table(
            program, (_("found out"), _("it is"), _("because"), _("[catalog] key")), _guess_rows(checked)
        )
    if checked.suggestions:
        program.print()
        program.print(
            _n(
                "{count} more column could be sent; an example and the command:",
                "{count} more columns could be sent; an example and the command for each:",
                len(checked.suggestions),
            )
        )
    for item in checked.suggestions:
        program.print(verbatim(f"  `{item.column}`: {item.sample}"), 4)
        program.print(verbatim(f"    {_command(file, item)}"))
    print_groups(program, checked.findings.groups(), checked.file, every=every)


_ASPECTS: dict[str, Message] = {
    "format": _("format"),
    "encoding": _("encoding"),
    "delimiter": _("delimiter"),
    "header": _("header"),
    "layout": _("layout"),
    "name": _("name"),
    "quotes": _("quotes"),
    "sheet": _("sheet"),
}
"""How people read what a guess is about."""


_FORMATS = {"trs": _("TRS or CSV")}
"""How people read a format that two kinds of file have."""


def _guess_rows(checked: CheckView) -> list[tuple[str, str, str, str]]:
    """Return the guesses; one that holds for all of several files is one row, others name their files."""
    files: dict[tuple[str, str, str, str], dict[str, None]] = {}
    for guess in checked.guesses:
        row = (_ASPECTS[guess.aspect], _FORMATS.get(guess.value, guess.value), guess.because, cell(guess.key))
        files.setdefault(row, {})[guess.file] = None
    everywhere = len({guess.file for guess in checked.guesses})
    return [
        (
            aspect,
            value
            if len(names) == everywhere
            else _("{value} in {files}", value=value, files=", ".join(names)),
            because,
            key,
        )
        for (aspect, value, because, key), names in files.items()
    ]


def _command(file: ObjectFile, item: Suggestion) -> str:
    column, *options = item.words
    return command("fields add", column, options=" ".join([*map(quoted, options), "-o", file.called]))


def _print_check_json(file: ObjectFile, checked: CheckView) -> None:
    groups = checked.findings.groups()
    print_json(
        {"schema": SCHEMA, "object": file.settings.name, "valid": not checked.failed},
        {
            "checks": render_checks(checked.lines),
            "guesses": [
                {"what": guess.aspect, **pick(guess, "value", "because")}
                | {"key": f"catalog.{guess.key}" if guess.key else None}
                for guess in checked.guesses
            ],
            "suggestions": [
                {"column": item.column, "to": item.to, "name": item.name or None}
                | {"sample": item.sample, "command": _command(file, item)}
                for item in checked.suggestions
            ],
            "counts": map(count_document, groups),
            "findings": (
                finding_document(finding, checked.file) for group in groups for finding in group.first
            ),
        },
    )


def _print_check_csv(file: ObjectFile, checked: CheckView) -> None:
    rows = render_checks(checked.lines)
    for guess in checked.guesses:
        key = f"catalog.{guess.key}" if guess.key else None
        rows.append(_row(guess.aspect, "guess", f"{guess.value}: {guess.because}", key))
    for item in checked.suggestions:
        rows.append(_row(item.column, "suggestion", item.sample, _command(file, item)))
    blank = dict.fromkeys(("code", "file", "line", "column", "value", "good_id"))
    for group in checked.findings.groups():
        for finding in group.first:
            place = finding_document(finding, checked.file)
            head = _row("finding", place["severity"], place["message"])
            rows.append(head | {key: place[key] for key in blank})
        if rest := group.count - len(group.first):
            head = _row("finding", str(group.code.severity), _("… and {count} more", count=rest))
            rows.append(head | blank | {"code": str(group.code)})
    print_csv({**row, **{key: row.get(key) for key in blank}} for row in rows)


def _row(subject: str, state: object, message: object, hint: str | None = None) -> dict[str, object]:
    return {"subject": subject, "state": state, "message": message, "hint": hint}
