"""Performs a command for several sync objects; the failure of one does not stop the others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from torgsync.cli.base.errors import report_error
from torgsync.cli.base.program import SCHEMA, Program
from torgsync.errors import Exit, TorgsyncError

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile


def each(
    program: Program,
    objects: Mapping[str, Callable[[], ObjectFile]],
    work: Callable[[ObjectFile], Exit],
    *,
    apart: bool = True,
) -> Exit:
    """Return the worst exit code of `work`, done for each object; `objects` read them, keyed by slug.

    One object prints its own document; several are in one document under `objects`. With `apart` people see a
    blank line between two.
    """
    if len(objects) == 1:
        return work(next(iter(objects.values()))())
    codes = []
    if program.json:
        sys.stdout.write(f'{{"schema": {SCHEMA}, "objects": [\n')
    for number, (slug, read) in enumerate(objects.items()):
        if number and (program.json or apart):
            sys.stdout.write("," if program.json else "\n")
        try:
            codes.append(work(read()))
        except TorgsyncError as error:
            report_error(program, error, slug=slug)
            codes.append(error.exit_code)
    if program.json:
        sys.stdout.write("]}\n")
    return Exit.worst(codes)
