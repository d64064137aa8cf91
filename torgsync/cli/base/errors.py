"""Prints an error: the one place for that. An error of one object does not stop the others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from torgsync.cli.base.output import one_paragraph, wrapped
from torgsync.cli.base.program import SCHEMA, Program
from torgsync.cli.base.render import pick
from torgsync.cli.base.streams import json_text
from torgsync.errors import Exit, Interrupted, InvalidInput, TorgsyncError
from torgsync.i18n import _, _n, composed, translated

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile


def report_error(program: Program, error: TorgsyncError, *, slug: str = "") -> int:
    """Print an error for people, or as a document where JSON was asked for; return its exit code.

    `slug` names the object where it is one of several.
    """
    program.log_error(error, slug)
    if program.json:
        print_error_document(program, slug, error_document(error))
        return int(error.exit_code)
    what = composed("{object}: {error}", object=slug, error=error.message) if slug else error.message
    lines = [one_paragraph(translated(_("error: {error}", error=what)))]
    if isinstance(error, InvalidInput):
        lines += [f"  {one_paragraph(translated(mistake))}" for mistake in error.lines()]
    if error.hint:
        lines += ["", translated(_("hint: {hint}", hint=error.hint))]
    if sys.stderr.isatty():
        width = get_terminal_size().columns
        lines = [part for line in lines for part in wrapped(line, width, more="    ")]
    print("\n".join(lines), file=sys.stderr)  # noqa: T201
    return int(error.exit_code)


def print_error_document(program: Program, slug: str, error: Mapping[str, object]) -> None:
    """Print a document in the place of an object's, with its name as far as its file says it, or of all."""
    about = {"object": program.name_of(slug)} if slug else {}
    document = {"schema": SCHEMA, **about, "error": error, "exit": error["exit"]}
    print(json_text(document))  # noqa: T201


def error_document(error: TorgsyncError) -> dict[str, object]:
    """Return an error as JSON: stable English keys, the exit code, every mistake with its place."""
    document = {"kind": error.kind, "exit": int(error.exit_code), **pick(error, "message", "hint")}
    if isinstance(error, InvalidInput):
        document["mistakes"] = [
            ({"file": mistake.file} if mistake.file else {}) | pick(mistake, "line", "where", "message")
            for mistake in error.mistakes
        ]
        document["unlisted"] = error.unlisted
    return document


def each(
    program: Program,
    objects: Mapping[str, Callable[[], ObjectFile]],
    work: Callable[[ObjectFile], Exit],
    *,
    apart: bool = True,
    on_error: Callable[[str, TorgsyncError], None] = lambda _slug, _error: None,
    again: str = "",
) -> Exit:
    """Return the worst exit code of `work`, done for each object; `objects` read them, keyed by slug.

    One object prints its own document; several are in one document under `objects`. With `apart` people see a
    blank line between two. `on_error` receives the error that ended the work with an object. Once a person
    has stopped one, no other is begun; `again` is the command that goes on.
    """
    if len(objects) == 1:
        ((slug, read),) = objects.items()
        try:
            return work(read())
        except TorgsyncError as error:
            on_error(slug, error)
            raise
    codes: list[Exit] = []
    waiting = list(objects)
    if program.json:
        sys.stdout.write(f'{{"schema": {SCHEMA}, "objects": [\n')
    for number, (slug, read) in enumerate(objects.items()):
        waiting.remove(slug)
        if number and (program.json or apart):
            sys.stdout.write("," if program.json else "\n")
        try:
            codes.append(work(read()))
        except TorgsyncError as error:
            report_error(program, error, slug=slug)
            on_error(slug, error)
            codes.append(error.exit_code)
        if codes[-1] is Exit.INTERRUPTED:
            report_not_begun(program, waiting, again, first=False)
            break
    worst = Exit.worst(codes)
    if program.json:
        sys.stdout.write(f'], "exit": {int(worst)}}}\n')
    return worst


def report_not_begun(program: Program, slugs: Sequence[str], again: str, *, first: bool) -> None:
    """Report the objects that were not begun because a person stopped the call, and the way on.

    In JSON each gets a document in the list of them, of which it may be the `first`.
    """
    for number, slug in enumerate(slugs if program.json else ()):
        sys.stdout.write("," if number or not first else "")
        error = error_document(Interrupted(_("stopped by you before it was begun")))
        print_error_document(program, slug, error)
    if slugs:
        program.notify(
            _n(
                "{count} object was not begun: {objects}",
                "{count} objects were not begun: {objects}",
                len(slugs),
                objects=", ".join(slugs),
            )
        )
    if again:
        program.hint(_("to go on: {command}", command=again))
