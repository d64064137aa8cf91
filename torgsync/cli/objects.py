"""`torgsync object`: list, show and check sync objects; they are made in `adding`, changed in `editing`."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli import adding, adopting, editing
from torgsync.cli.context import SCHEMA, Format, Program, program_of
from torgsync.cli.options import FormatOption, NameArgument
from torgsync.core.words import counted
from torgsync.errors import Exit, ObjectInvalid, UsageError

if TYPE_CHECKING:
    from torgsync.core.suggest import Suggestion
    from torgsync.files.objects import ObjectFile
    from torgsync.jobs.check import Checked

INDENT = 4
"""How far a meaning stands in below its key."""

app = typer.Typer(help="Sync objects: one shop's settings each.", no_args_is_help=True)

app.command("add")(adding.add)
app.command("edit")(editing.edit)
app.command("remove")(editing.remove)
app.command("adopt")(adopting.adopt)


@app.command("list")
def list_(context: typer.Context, form: FormatOption = Format.TABLE) -> None:
    """List all sync objects."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import show_rows
    from torgsync.files.objects import list_objects, load_object, name_in

    rows = []
    for path in list_objects(program.settings.objects):
        try:
            settings = load_object(path).settings
            state = {"name": settings.name, "export": settings.catalog.path, "problem": None}
        except ObjectInvalid as broken:
            state = {"name": name_in(path) or path.stem, "export": None, "problem": broken.message}
        rows.append({"slug": path.stem, **state})
    show_rows(program, form, "objects", rows, columns=("slug", "name", "export", "problem"))


class Shape(StrEnum):
    """How a sync object is shown."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TOML = "toml"


@app.command()
def show(
    context: typer.Context,
    name: NameArgument = None,
    form: Annotated[Shape, typer.Option("--format", help="How to print.")] = Shape.TABLE,
    explain: Annotated[bool, typer.Option("--explain", help="Say what every key means.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema by which editors complete keys.")
    ] = False,
) -> None:
    """Show a sync object with every setting, defaults included."""
    program = program_of(context)
    program.format(Format.TABLE if form is Shape.TOML else Format(form))
    if schema:
        from torgsync.core.explain import json_schema

        sys.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")
        return
    file = program.object(name)
    if explain:
        if form is Shape.TOML:
            raise UsageError("`--explain` prints a table, JSON or CSV")
        _explain(program, file, Format(form))
        return
    settings = file.settings.document
    if form is Shape.TOML:
        import tomli_w

        sys.stdout.write(tomli_w.dumps(_without_none(settings)))
        return
    if form is Shape.JSON:
        sys.stdout.write(json.dumps({"schema": SCHEMA, "object": settings}, ensure_ascii=False) + "\n")
        return
    from torgsync.cli.show import cell, plain_table, write_csv

    rows = [{"setting": key, "value": cell(value)} for key, value in flat(settings)]
    if form is Shape.CSV:
        write_csv(rows)
        return
    table = plain_table("setting", "value")
    for row in rows:
        table.add_row(*row.values())
    program.out.print(str(file.path), soft_wrap=True)
    program.out.print(table)


def _explain(program: Program, file: ObjectFile, form: Format) -> None:
    """Say of every key what it means and what it is now; keys of items have no one value."""
    from torgsync.cli.show import cell, show_rows
    from torgsync.core.explain import explained

    now = dict(flat(file.settings.document))
    rows: list[dict[str, object]] = []
    for item in explained():
        inside = {key: value for key, value in now.items() if key.startswith("api_key.")}
        value = now.get(item.key)
        if item.key == "api_key" and inside:
            (value,) = (f'{{ {key.removeprefix("api_key.")} = "{kept}" }}' for key, kept in inside.items())
        rows.append({"key": item.key, "value": value, "needed": item.required, "meaning": item.meaning})
    if form is not Format.TABLE:
        show_rows(program, form, "settings", rows)
        return
    program.out.print(str(file.path), soft_wrap=True)
    for row in rows:
        value = "" if row["value"] in (None, "", {}, []) else f" = {cell(row['value'])}"
        program.put(f"{row['key']}{value}", INDENT)
        program.put(f"{'':<{INDENT}}{row['meaning']}", INDENT)


def _without_none(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings without what is not given: TOML has no word for it."""
    return {
        key: [_without_none(item) if isinstance(item, dict) else item for item in value]
        if isinstance(value, list)
        else _without_none(value)
        if isinstance(value, dict)
        else value
        for key, value in settings.items()
        if value is not None
    }


def flat(settings: dict[str, Any], above: str = "") -> list[tuple[str, object]]:
    """Return nested settings as rows: `catalog.path`, `payment_methods[0]`."""
    rows: list[tuple[str, object]] = []
    for key, value in settings.items():
        name = f"{above}.{key}" if above else key
        if isinstance(value, dict) and value:
            rows += flat(value, name)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, item in enumerate(value):
                words = ", ".join(f"{word} = {part}" for word, part in item.items() if part is not None)
                rows.append((f"{name}[{number}]", words))
        elif isinstance(value, list):
            rows.append((name, ", ".join(map(str, value))))
        else:
            rows.append((name, value))
    return rows


class Places(StrEnum):
    """How many places of each finding are shown."""

    SUMMARY = "summary"
    ALL = "all"


@app.command()
def check(
    context: typer.Context,
    name: NameArgument = None,
    form: FormatOption = Format.TABLE,
    show: Annotated[
        Places, typer.Option("--show", help="The first places of each finding, or all.")
    ] = Places.SUMMARY,
) -> None:
    """Check a sync object: settings, token, export, photos, and what each good would be."""
    program = program_of(context)
    program.format(form)
    file = program.object(name)
    checked = _check(program, file)
    if form is Format.TABLE:
        print_check(program, file, checked, every=show is Places.ALL or program.verbosity > 0)
    elif form is Format.CSV:
        _write_check_rows(file, checked)
    else:
        _write_check(file, checked)
    raise typer.Exit(int(Exit.INVALID if checked.failed else Exit.DONE))


def _check(program: Program, file: ObjectFile) -> Checked:
    from torgsync.jobs.check import check as look

    return look(file, program.settings)


def print_check(program: Program, file: ObjectFile, checked: Checked, *, every: bool = False) -> None:
    """Print a check for people: its lines, what was found out, what could go besides, and the findings."""
    from torgsync.cli.findings import print_groups
    from torgsync.cli.show import plain_table, put_checks

    put_checks(program, checked.lines)
    if checked.guesses:
        table = plain_table("found out", "it is", "because", "[catalog] key")
        for row in _guess_rows(checked):
            table.add_row(*row)
        program.out.print()
        program.out.print(table)
    if checked.suggestions:
        program.out.print()
        columns = counted(len(checked.suggestions), "column")
        program.put(f"{columns} that could be sent besides, with a value of each:")
    for item in checked.suggestions:
        program.put(f"  `{item.column}`: {item.sample}", 4)
        program.put(f"    {_command(file, item)}")
    print_groups(program, checked.findings.groups(), checked.file, every=every)


def _guess_rows(checked: Checked) -> list[tuple[str, str, str, str]]:
    """Return what was found out; what holds for all of several files is said once, else with its file."""
    from torgsync.cli.show import cell

    files: dict[tuple[str, str, str, str], dict[str, None]] = {}
    for guess in checked.guesses:
        row = (str(guess.aspect), guess.value, guess.because, cell(guess.key))
        files.setdefault(row, {})[guess.file] = None
    everywhere = len({guess.file for guess in checked.guesses})
    return [
        (aspect, value if len(found) == everywhere else f"{value} in {', '.join(found)}", because, key)
        for (aspect, value, because, key), found in files.items()
    ]


def _command(file: ObjectFile, item: Suggestion) -> str:
    """Return the command that leads a column where it could go, as it can be pasted."""
    from torgsync.files.objects import quoted

    return f"torgsync fields add {' '.join(map(quoted, item.words))} -o {file.called}"


def _write_check(file: ObjectFile, checked: Checked) -> None:
    from torgsync.cli.findings import count_document, finding_document
    from torgsync.cli.show import check_rows, write_json

    groups = checked.findings.groups()
    write_json(
        {"schema": SCHEMA, "object": file.settings.name, "valid": not checked.failed},
        {
            "checks": check_rows(checked.lines),
            "guesses": [
                {
                    "what": guess.aspect,
                    "value": guess.value,
                    "because": guess.because,
                    "key": f"catalog.{guess.key}" if guess.key else None,
                }
                for guess in checked.guesses
            ],
            "suggestions": [
                {
                    "column": item.column,
                    "to": item.to,
                    "name": item.name or None,
                    "sample": item.sample,
                    "command": _command(file, item),
                }
                for item in checked.suggestions
            ],
            "counts": map(count_document, groups),
            "findings": (
                finding_document(finding, checked.file) for group in groups for finding in group.first
            ),
        },
    )


def _write_check_rows(file: ObjectFile, checked: Checked) -> None:
    """Write every line of the check as CSV, then what was guessed, what could go besides, every finding."""
    from torgsync.cli.findings import finding_document
    from torgsync.cli.show import check_rows, write_csv

    rows = check_rows(checked.lines)
    for guess in checked.guesses:
        key = f"catalog.{guess.key}" if guess.key else None
        rows.append(
            {
                "subject": guess.aspect,
                "state": "guess",
                "message": f"{guess.value}: {guess.because}",
                "hint": key,
            }
        )
    rows += [
        {"subject": item.column, "state": "suggestion", "message": item.sample, "hint": _command(file, item)}
        for item in checked.suggestions
    ]
    blank = dict.fromkeys(("code", "file", "line", "column", "value", "good_id"))
    for group in checked.findings.groups():
        for finding in group.first:
            place = finding_document(finding, checked.file)
            head = {
                "subject": "finding",
                "state": place["severity"],
                "message": place["message"],
                "hint": None,
            }
            rows.append(head | {key: place[key] for key in blank})
        if rest := group.count - len(group.first):
            head = {
                "subject": "finding",
                "state": str(group.severity),
                "message": f"… and {rest} more",
                "hint": None,
            }
            rows.append(head | blank | {"code": str(group.code)})
    write_csv({**row, **{key: row.get(key) for key in blank}} for row in rows)
