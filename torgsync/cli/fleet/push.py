"""`torgsync fleet push`: put the sync objects of a folder into the state, from where workers perform them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import cell, print_result
from torgsync.core.plan.guards import Guard
from torgsync.core.shell import command, quoted
from torgsync.errors import Exit, UsageError
from torgsync.i18n import Message, _, _n, composed

if TYPE_CHECKING:
    from torgsync.core.fleet.pushing import FleetChanges, ObjectChange

COLUMNS = ("object", "name", "verb", "key", "old", "new")


def push(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help=_("The folder with the sync objects, one file each."), metavar="DIR")
    ],
    prune: Annotated[
        bool, typer.Option("--prune", help=_("Remove objects of the fleet that the folder lacks."))
    ] = False,
    shared_disk: Annotated[
        bool,
        typer.Option(
            "--shared-disk", help=_("Take objects that name files: all workers have the same disk.")
        ),
    ] = False,
    allow: Annotated[
        str | None,
        typer.Option(
            "--allow", help=_("Let so many removals through, once they are held."), metavar="removals=N"
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only show what would be changed."))] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Put the sync objects of a folder into the state, from where workers perform them.

    Secrets stay references, which a worker resolves. What is known of the shop of a removed object is kept.
    """
    program = program_of(context, output)
    allowed = _allowed(allow, prune=prune)
    again = _Again(folder, prune=prune, shared_disk=shared_disk, allow=allow)
    if not dry_run:
        program.require_decision(yes, again.with_("--dry-run"), again.with_("--yes"), "push")
    from torgsync.jobs.fleet.push import perform, prepare

    if program.settings.state_file is not None:
        program.warn(
            _(
                "this state is the file `{file}`, which no worker reads: to push to a fleet, name its "
                "database in `TORGSYNC_STATE`",
                file=program.settings.state_file,
            )
        )
    prepared = prepare(program.settings, folder, shared_disk=shared_disk, prune=prune, allowed=allowed)
    changes = prepared.changes
    if output is Format.TABLE:
        _print_changes(program, changes)
        _print_sums(program, changes, again)
        if prepared.idle:
            program.warn(
                _(
                    'no worker performs these, for they have no time of `user = "fleet"`: {names:quoted}',
                    names=prepared.idle,
                )
            )
    stored = bool(changes.count) and not dry_run
    if stored:
        if not (yes or program.confirm(_question(changes))):
            program.notify(_("nothing was pushed"))
            raise typer.Exit(int(Exit.ERROR))
        perform(program.settings, prepared, program.now())
    code = Exit.HELD if changes.held else Exit.DONE
    held = changes.held and {
        "guard": str(Guard.REMOVALS),
        "count": changes.held.count,
        "total": changes.held.total,
        "allow": changes.held.allowance,
    }
    tail = {
        "renamed": [{"old": old.slug, "new": new.slug} for old, new in changes.renamed],
        "unchanged": changes.unchanged,
        "held": held,
        "idle": list(prepared.idle),
        "stored": stored,
        "exit": int(code),
    }
    print_result(
        output,
        _rows(changes),
        lambda: _print_end(program, changes, again, stored=stored),
        columns=COLUMNS,
        head={"folder": str(folder)},
        lists=_documents(changes),
        tail=tail,
    )
    raise typer.Exit(int(code))


class _Again:
    """This call, to be printed with other options."""

    def __init__(self, folder: Path, *, prune: bool, shared_disk: bool, allow: str | None) -> None:
        self._folder = str(folder)
        self._options = ["--prune"] * prune + ["--shared-disk"] * shared_disk
        self._options += [f"--allow {quoted(allow)}"] if allow else []

    def with_(self, *options: str) -> str:
        """Return the command with these options too."""
        others = [one for one in self._options if one.split()[0] not in " ".join(options).split()]
        given = dict.fromkeys([*others, *options])
        return command("fleet push", self._folder, options=" ".join(given))


def _allowed(text: str | None, *, prune: bool) -> int:
    """Return how many removals `--allow` lets through. Raises UsageError."""
    if text is None:
        return 0
    number = re.fullmatch(r"\s*removals\s*=\s*([0-9]{1,9})\s*", text)
    if not number:
        known = composed("{guard}={number}", guard=Guard.REMOVALS, number=_("N"))
        raise UsageError(
            _("`--allow {given}` cannot be used{near}", given=text, near=""),
            hint=_("write it so: {known:quoted}", known=[known]),
        )
    if not prune:
        raise UsageError(_("`--allow removals=…` needs `--prune`: without it nothing is removed"))
    return int(number[1])


def _question(changes: FleetChanges) -> Message:
    return _n("Push {count} change to the fleet?", "Push {count} changes to the fleet?", changes.count)


def _print_changes(program: Program, changes: FleetChanges) -> None:
    """Print every object that is not as in the folder, changes that are alike once."""
    for one in changes.created.values():
        verb = _("create again") if one.again else _("create")
        program.print(_line("+", verb, one), style="create")
    alike = sorted(changes.changed.values(), key=_changes_of)
    for _changes, group in groupby(alike, key=_changes_of):
        ones = list(group)
        for one in ones:
            program.print(_line("~", _("change"), one), style="update")
        for line in _setting_lines(ones[0]):
            program.print_lines(line, "    ")
    for one in changes.missing.values():
        if one.slug in changes.removed:
            program.print(_line("-", _("remove"), one), style="remove")
        else:
            program.print(_line("·", _("held") if changes.held else _("not in the folder"), one))


def _changes_of(one: ObjectChange) -> str:
    return repr(one.changes)


def _line(sign: str, verb: Message, one: ObjectChange) -> Message:
    line = composed("{sign} {verb}  {object}", sign=sign, verb=verb, object=cell(one.slug))
    return line if one.name == one.slug else composed("{line}  {name}", line=line, name=cell(one.name))


def _setting_lines(one: ObjectChange) -> Iterator[Message]:
    """Yield each setting that changed, old and new."""
    if one.changes is None:
        return
    for key, *values in one.changes.values:
        old, new = map(cell, values)
        yield composed("{key}: {old} -> {new}", key=key, old=old, new=new)
    for sign, key, table in one.changes.tables:
        yield composed("{sign} {key}: {table}", sign=sign, key=key, table=cell(table))
    if not one.changes.values and not one.changes.resized:
        yield _("only comments, or the order of keys")


def _print_sums(program: Program, changes: FleetChanges, again: _Again) -> None:
    """Print the sums, and what a person should know before a decision."""
    sums = _(
        "{create} to create, {change} to change, {remove} to remove, {same} unchanged",
        create=len(changes.created),
        change=len(changes.changed),
        remove=len(changes.removed),
        same=changes.unchanged,
    )
    program.print(sums, style="total")
    for old, new in changes.renamed:
        program.warn(
            _(
                "`{new}` has the token of `{old}`, which is not in the folder: if it is the same shop, keep "
                "the name `{old}`, for what was sent is remembered under it",
                new=new.name,
                old=old.name,
            )
        )
    for names in changes.twins:
        program.warn(
            _("these have one token, and each would bring every order home: {names:quoted}", names=names)
        )
    if changes.held:
        program.warn(
            _(
                "{count} of {total} objects would be removed, more than a tenth, so they stay; are all files "
                "in the folder?",
                count=changes.held.count,
                total=changes.held.total,
            )
        )
        allow = again.with_("--prune", f"--allow {changes.held.allowance}")
        program.hint(_("to remove them: {command}", command=allow))
    elif kept := len(changes.missing) - len(changes.removed):
        program.notify(
            _n(
                "{count} object of the fleet is not in the folder and stays; to remove it: {command}",
                "{count} objects of the fleet are not in the folder and stay; to remove them: {command}",
                kept,
                command=again.with_("--prune"),
            )
        )


def _print_end(program: Program, changes: FleetChanges, again: _Again, *, stored: bool) -> None:
    if stored:
        followed = program.settings.state_file is None
        done = _("pushed; workers follow within a minute") if followed else _("pushed")
        program.notify(done, style="success")
    elif changes.count:
        program.notify(_("nothing was pushed; to push it: {command}", command=again.with_()))
    elif not changes.held:
        program.notify(_("there is nothing to push: the fleet is as the folder"))


def _documents(changes: FleetChanges) -> dict[str, list[dict[str, object]]]:
    """Return the lists of the JSON document."""
    lists = ("created", "changed", "missing", "removed")
    return {key: [_document(one) for one in getattr(changes, key).values()] for key in lists}


def _document(one: ObjectChange) -> dict[str, object]:
    document: dict[str, object] = {"object": one.slug, "name": one.name}
    if one.changes is None:
        return document | ({"again": True} if one.again else {})
    values = [dict(zip(("key", "old", "new"), value, strict=True)) for value in one.changes.values]
    tables = [dict(zip(("sign", "key", "table"), table, strict=True)) for table in one.changes.tables]
    return document | {"values": values, "tables": tables}


def _rows(changes: FleetChanges) -> list[dict[str, object]]:
    """Return the changes as rows, one a setting."""
    rows: list[dict[str, object]] = []
    kinds: Sequence[tuple[str, Sequence[ObjectChange]]] = (
        ("create", [*changes.created.values()]),
        ("change", [*changes.changed.values()]),
        ("remove", [*changes.removed.values()]),
        ("missing", [one for one in changes.missing.values() if one.slug not in changes.removed]),
    )
    for verb, ones in kinds:
        for one in ones:
            row = {"object": one.slug, "name": one.name, "verb": verb}
            values = one.changes.values if one.changes else ()
            tables = one.changes.tables if one.changes else ()
            parts = [{"key": key, "old": old, "new": new} for key, old, new in values]
            parts += [
                {"key": key, "old": None if sign == "+" else table, "new": table if sign == "+" else None}
                for sign, key, table in tables
            ]
            rows += [row | part for part in parts or [dict.fromkeys(COLUMNS[3:])]]
    return rows
