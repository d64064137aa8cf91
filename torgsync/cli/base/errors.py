"""Prints an error: the one place where that is done."""

from __future__ import annotations

import json
import sys
from shutil import get_terminal_size

from torgsync.cli.base.lines import wrapped
from torgsync.cli.base.program import SCHEMA, Program
from torgsync.errors import InvalidInput, TorgsyncError


def report_error(program: Program, error: TorgsyncError, *, slug: str = "") -> int:
    """Print an error for people, or as a document where JSON was asked for; return its exit code.

    `slug` names the object where it is one of several.
    """
    program.log_error(error, slug)
    if program.json:
        about = {"object": slug} if slug else {}
        document = {"schema": SCHEMA, **about, "error": error_document(error)}
        print(json.dumps(document, ensure_ascii=False))  # noqa: T201
        return int(error.exit_code)
    lines = [f"error: {f'{slug}: ' if slug else ''}{error.message}"]
    if isinstance(error, InvalidInput):
        lines += [f"  {mistake}" for mistake in error.mistakes]
    if error.hint:
        lines += ["", f"hint: {error.hint}"]
    if sys.stderr.isatty():
        width = get_terminal_size().columns
        lines = [part for line in lines for part in wrapped(line, width, more="    ")]
    print("\n".join(lines), file=sys.stderr)  # noqa: T201
    return int(error.exit_code)


def error_document(error: TorgsyncError) -> dict[str, object]:
    """Return an error as JSON: stable English keys, the exit code, every mistake with its place."""
    document: dict[str, object] = {
        "kind": error.kind,
        "exit": int(error.exit_code),
        "message": error.message,
        "hint": error.hint,
    }
    if isinstance(error, InvalidInput):
        document["mistakes"] = [
            {"line": mistake.line, "where": mistake.where, "message": mistake.message}
            for mistake in error.mistakes
        ]
    return document
