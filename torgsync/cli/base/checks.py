"""Shows the lines of a check: of an object, or of all that a synchronisation needs."""

from __future__ import annotations

from collections.abc import Iterable

from torgsync.cli.base.program import Program
from torgsync.jobs.config.check_view import CheckLine

HINT = 22
"""The column where the message of a line begins, and its hint below."""
_SIGNS = {"ok": "✓ ok", "warning": "! warning", "error": "✗ error"}


def print_checks(program: Program, lines: Iterable[CheckLine]) -> None:
    """Print lines: the result, its subject, the message, and the hint below."""
    for line in lines:
        program.print(f"{_SIGNS[line.mark]:<10} {line.subject:<10} {line.message}", HINT)
        if line.hint:
            program.print(f"{'':<{HINT}}{line.hint}", HINT)


def render_checks(lines: Iterable[CheckLine]) -> list[dict[str, object]]:
    """Return lines as rows of a document."""
    return [
        {"subject": line.subject, "state": str(line.mark), "message": line.message, "hint": line.hint or None}
        for line in lines
    ]
