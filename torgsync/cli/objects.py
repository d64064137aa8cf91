"""`torgsync object`: make, list, show and check sync objects; `editing` changes and removes them."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli import editing
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

app.command("edit")(editing.edit)
app.command("remove")(editing.remove)


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Any name.", metavar="NAME")] = None,
    api_key: Annotated[
        str | None,
        typer.Option("--api-key", help="The token; `-` reads it from standard input.", metavar="TOKEN|-"),
    ] = None,
    api_key_env: Annotated[
        str | None,
        typer.Option("--api-key-env", help="Environment variable that holds the token.", metavar="NAME"),
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="The file that Torgsoft writes.", metavar="FILE")
    ] = None,
    photos: Annotated[Path | None, typer.Option("--photos", help="The photo folder.", metavar="DIR")] = None,
    photos_url: Annotated[
        str | None,
        typer.Option("--photos-url", help="Where Prom.ua can fetch the same folder.", metavar="URL"),
    ] = None,
    group: Annotated[str | None, typer.Option("--group", help="Only this product group.")] = None,
    center: Annotated[
        list[str] | None, typer.Option("--center", help="Accounting center whose stock counts; repeatable.")
    ] = None,
    only_in_stock: Annotated[bool, typer.Option("--only-in-stock", help="Only goods in stock.")] = False,
    requests_per_second: Annotated[
        float | None, typer.Option("--requests-per-second", help="How fast Prom.ua is asked; 2 if not given.")
    ] = None,
    only_with_photos: Annotated[
        bool, typer.Option("--only-with-photos", help="Only goods with photos.")
    ] = False,
) -> None:
    """Make a sync object. On a terminal, what is not given is asked."""
    program = program_of(context)
    from torgsync.cli import wizard
    from torgsync.core.explain import json_schema
    from torgsync.files.objects import load_object, quoted, slugify, write_new, write_token

    if api_key and api_key_env:
        raise UsageError("give either `--api-key` or `--api-key-env`")
    asks = program.asks and not (name and (api_key or api_key_env) and export)
    name = wizard.name_of_object(program, name)
    place = program.settings.objects / f"{slugify(name)}.toml"
    if place.exists():
        raise UsageError(
            f"there is a sync object `{name}` already",
            hint=f"look at it: torgsync object show {quoted(name)}",
        )
    token = None if api_key_env else wizard.token_of_object(program, api_key, name)
    export = wizard.export_of_object(program, export)
    if asks:
        group = group or wizard.ask_or_none("Product group (empty: everything)")
    photos, photos_url = wizard.photos_of_object(program, photos, photos_url, asks=asks)
    centers = wizard.centers_of_object(center, asks=asks)
    if asks:
        only_in_stock = only_in_stock or typer.confirm("Only goods in stock?", default=False, err=True)
    document = {
        "name": name,
        "category": "online-store",
        "via": "prom.ua",
        "api_key": {"env": api_key_env} if api_key_env else {"file": f"../secrets/{place.stem}.token"},
        **({"product_group": group} if group else {}),
        "catalog": _catalog(export, photos, photos_url),
        "clients": {"find_by": ["phone", "email"], "create": True},
        "accounting_centers": {
            "use": centers,
            "only_in_stock": only_in_stock,
            "only_with_photos": only_with_photos,
            "respect_display": True,
        },
        **({"limits": {"requests_per_second": requests_per_second}} if requests_per_second else {}),
    }
    _refuse_mistakes(document)
    write_new(place, document, schema=json_schema())
    if token:
        write_token(program.settings.secrets / f"{place.stem}.token", token)
    made = load_object(place)
    _print_check(program, made, _check(made))
    program.say(f"made `{place}`")
    program.say(f"next: torgsync fields add-all -o {quoted(name)}")


def _catalog(export: Path, photos: Path | None, photos_url: str | None) -> dict[str, Any]:
    """Return the table of the export and its photos, with whole paths."""
    catalog: dict[str, Any] = {
        "path": str(export.expanduser().absolute()),
        "languages": {"name": "uk", "both": True},
    }
    if photos:
        catalog["photos"] = {"folder": str(photos.expanduser().absolute()), "url": photos_url or ""}
    return catalog


def _refuse_mistakes(document: dict[str, Any]) -> None:
    """Refuse what would not be read back, before anything is written."""
    from torgsync.core.objects import SyncObject, read_settings

    settings = read_settings(document, lambda _path: 0)
    if not isinstance(settings, SyncObject):
        raise ObjectInvalid("the sync object would not be valid", mistakes=tuple(settings))


@app.command("list")
def list_(context: typer.Context, form: FormatOption = Format.TABLE) -> None:
    """List all sync objects."""
    program = program_of(context)
    program.format(form)
    from torgsync.cli.show import show_rows
    from torgsync.files.objects import list_objects, load_object

    rows = []
    for path in list_objects(program.settings.objects):
        try:
            settings = load_object(path).settings
            state = {"name": settings.name, "export": settings.catalog.path, "problem": None}
        except ObjectInvalid as broken:
            state = {"name": path.stem, "export": None, "problem": broken.message}
        rows.append({"slug": path.stem, **state})
    show_rows(program, form, "objects", rows)


@app.command()
def show(
    context: typer.Context,
    name: NameArgument = None,
    form: FormatOption = Format.TABLE,
    explain: Annotated[bool, typer.Option("--explain", help="Say what every key means.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema by which editors complete keys.")
    ] = False,
) -> None:
    """Show a sync object with every setting, defaults included."""
    program = program_of(context)
    program.format(form)
    if schema:
        from torgsync.core.explain import json_schema

        sys.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")
        return
    file = program.object(name)
    if explain:
        _explain(program, file, form)
        return
    settings: dict[str, Any] = json.loads(file.settings.model_dump_json())
    if isinstance(settings["api_key"], str):
        settings["api_key"] = "(hidden)"
    if form is Format.JSON:
        sys.stdout.write(json.dumps({"schema": SCHEMA, "object": settings}, ensure_ascii=False) + "\n")
        return
    from torgsync.cli.show import cell, plain_table, write_csv

    rows = [{"setting": key, "value": cell(value)} for key, value in flat(settings)]
    if form is Format.CSV:
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

    now = dict(flat(json.loads(file.settings.model_dump_json())))
    rows: list[dict[str, object]] = []
    for item in explained():
        value = "(hidden)" if item.key == "api_key" else now.get(item.key)
        rows.append({"key": item.key, "value": value, "needed": item.required, "meaning": item.meaning})
    if form is not Format.TABLE:
        show_rows(program, form, "settings", rows)
        return
    program.out.print(str(file.path), soft_wrap=True)
    for row in rows:
        value = "" if row["value"] in (None, {}, []) else f" = {cell(row['value'])}"
        program.put(f"{row['key']}{value}", INDENT)
        program.put(f"{'':<{INDENT}}{row['meaning']}", INDENT)


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
    checked = _check(file)
    if form is Format.TABLE:
        _print_check(program, file, checked, every=show is Places.ALL or program.verbosity > 0)
    elif form is Format.CSV:
        _write_check_rows(file, checked)
    else:
        _write_check(file, checked)
    raise typer.Exit(int(Exit.INVALID if checked.failed else Exit.DONE))


def _check(file: ObjectFile) -> Checked:
    from torgsync.jobs.check import check as look

    return look(file)


def _print_check(program: Program, file: ObjectFile, checked: Checked, *, every: bool = False) -> None:
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
