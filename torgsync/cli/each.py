"""Does the same for several sync objects, one after another: the failure of one does not stop the others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torgsync.cli.context import SCHEMA, Program, tell
from torgsync.errors import Exit, TorgsyncError

if TYPE_CHECKING:
    from torgsync.files.objects import ObjectFile


def each(program: Program, files: Sequence[Path], work: Callable[[ObjectFile], Exit]) -> Exit:
    """Return the worst exit code of `work`, done for the object of each file.

    One object prints its document alone; several stand in one document under `objects`.
    """
    from torgsync.files.objects import load_object

    if len(files) == 1:
        return work(load_object(files[0]))
    codes = []
    if program.json:
        sys.stdout.write(f'{{"schema": {SCHEMA}, "objects": [\n')
    for number, file in enumerate(files):
        if number:
            sys.stdout.write("," if program.json else "\n")
        try:
            codes.append(work(load_object(file)))
        except TorgsyncError as error:
            tell(program, error)
            codes.append(error.exit_code)
    if program.json:
        sys.stdout.write("]}\n")
    return Exit.worst(codes)
