"""`torgsync explain`: what a code means, and what a person can do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.options import FormatOption
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import print_result
from torgsync.errors import UsageError
from torgsync.i18n import Message, _, composed, joined, translated

if TYPE_CHECKING:
    from torgsync.cli.messages.explained.entries import Entry
COLUMNS = ("code", "kind", "severity", "meaning", "cure", "example")
_KINDS = {
    "finding": _("finding"),
    "guard": _("guard"),
    "skip-reason": _("skip reason"),
    "exit-code": _("exit code"),
    "error": _("error"),
    "warning": _("warning"),
    "notice": _("notice"),
}
_HEADINGS = {
    "error": _("Errors: an item, a field of it or an order waits until this is corrected"),
    "warning": _("Warnings: it is sent, and you should look at it"),
    "notice": _("Notices: it is sent or done, though not quite as the data say"),
    "guard": _("Guards: they hold changes until you allow them"),
    "skip-reason": _("Skip reasons: why an item stays out, or a product leaves Prom.ua"),
    "exit-code": _("Exit codes: how a command ended"),
}
"""The headings of the list, by the severity of findings and the kind of all others."""
CODE = 28
"""Letters of the column of codes."""


def explain(
    context: typer.Context,
    code: Annotated[
        str | None,
        typer.Argument(help=_("A code, such as `price-missing`, `removals` or `8`."), metavar="CODE"),
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Explain a code: what it means, an example, and what to do. Without a code all are listed."""
    program = program_of(context, output)
    from torgsync.cli.messages.explained.entries import entries

    found = list(entries())
    if code is not None:
        found = _named(code, found)

    def print_for_people() -> None:
        if code is None:
            _print_all(program, found)
        else:
            _print_each(program, found)

    rows = [_render_row(entry) for entry in found]
    print_result(output, rows, print_for_people, columns=COLUMNS, lists={"explanations": rows})


def _named(code: str, known: Sequence[Entry]) -> list[Entry]:
    """Return the entries of a code as people write it; a finding and a skip reason may share one."""
    wanted = code.strip(" `").casefold().replace("_", "-")
    if found := [entry for entry in known if entry.code == wanted]:
        return found
    from difflib import get_close_matches

    words = {entry.code for entry in known}
    near = [word for word in sorted(words) if len(wanted) > 1 and wanted in word]
    near = near or get_close_matches(wanted, words)
    if near:
        quoted = joined(", ", [f"`{word}`" for word in near])
        raise UsageError(
            _("there is no code `{code}`; did you mean {near}?", code=code, near=quoted),
            hint=_("to explain one: torgsync explain {first}", first=near[0]),
        )
    raise UsageError(
        _("there is no code `{code}`", code=code), hint=_("all codes are listed by: torgsync explain")
    )


def _render_row(entry: Entry) -> dict[str, object]:
    explanation = entry.explanation
    return {
        "code": entry.code,
        "kind": str(entry.kind),
        "severity": entry.severity and str(entry.severity),
        "meaning": explanation.meaning,
        "cure": explanation.cure,
        "example": entry.example,
    }


def _print_each(program: Program, found: Iterable[Entry]) -> None:
    for number, entry in enumerate(found):
        if number:
            program.print()
        kind = joined(", ", [_KINDS[word] for word in (entry.kind, entry.severity) if word])
        program.print(composed("`{code}`: {kind}", code=entry.code, kind=kind), style="bold")
        parts = {
            _("meaning"): entry.explanation.meaning,
            _("to do"): entry.explanation.cure,
            _("example"): entry.example,
        }
        width = max(len(translated(label)) for label in parts) + 2
        for label, text in parts.items():
            _print_pair(program, translated(label), text, width)


def _print_all(program: Program, found: Iterable[Entry]) -> None:
    for group, members in groupby(found, lambda entry: entry.severity or entry.kind):
        program.print(_HEADINGS[group], style="bold")
        for entry in members:
            _print_pair(program, f"`{entry.code}`", entry.explanation.meaning, CODE)
        program.print()
    program.print(_("what to do about one, with an example: torgsync explain CODE"))


def _print_pair(program: Program, label: str, text: Message, width: int) -> None:
    """Print a label and a text next to it, whose further lines begin below its first one."""
    program.print_lines(composed("{label}{text}", label=f"{label:<{width}}", text=text), "  ", " " * width)
