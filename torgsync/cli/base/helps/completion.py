"""Completes values of a command line in a shell: sync objects, runs, columns and what else is known.

A shell shows what is printed, so nothing is but values, whatever goes wrong.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import typer
from typer import completion, core

from torgsync.errors import UsageError
from torgsync.i18n import _, translated, translated_text

if TYPE_CHECKING:
    from torgsync.jobs.completion import Completion

HOME = "torgsync.home"
"""Where a context keeps the home folder that a command line names."""
NARROW = 70
"""Letters of a note at most: in a second line a shell would see another value."""
_TYPER: dict[str, Any] = vars(completion)
"""What Typer has for shells; it exports none of it by name."""
MOST = 300
"""Values that are offered at most."""
_PLAIN = re.compile(r"[\w@%+=:,./-]+")
_SPECIAL = re.compile(r"([^\w@%+=:,./-])")
_Values = Mapping[str, str]


def _targets() -> _Values:
    from torgsync.core.product.fields import TARGETS

    return dict.fromkeys(TARGETS, "")


def _fields() -> _Values:
    from torgsync.core.product.fields import FIELDS

    return dict.fromkeys(FIELDS, "")


def _kinds() -> _Values:
    from torgsync.core.plan.plan_guards import KINDS

    return {str(kind): "" for kind in KINDS}


def _guards() -> _Values:
    from torgsync.core.plan.guards import PRICES, Guard

    return {f"{guard}=": "" for guard in (*Guard, PRICES)}


def _codes() -> _Values:
    from torgsync.core.findings import Code
    from torgsync.core.mapping.skip_reasons import SkipReason
    from torgsync.core.plan.diff import Leaving
    from torgsync.core.plan.guards import Guard

    return {str(code): "" for code in (*Code, *Guard, *SkipReason, *Leaving)}


def _ways() -> _Values:
    from torgsync.core.orders.clients import EMAIL, NAME, PHONE

    return dict.fromkeys((PHONE, EMAIL, NAME), "")


def _statuses() -> _Values:
    from torgsync.core.orders.order import STATUSES

    return dict.fromkeys(STATUSES, "")


FIXED: dict[str, Callable[[], _Values]] = {
    "TARGET": _targets,
    "FIELD": _fields,
    "GUARD": _guards,
    "KIND": _kinds,
    "CODE": _codes,
    "WAY": _ways,
    "STATUS": _statuses,
}
"""What is the same in every home, by the placeholder of the parameter."""
OF_HOME = {
    "OBJECT": "objects",
    "RUN": "runs",
    "PLAN": "plans",
    "ORDER": "orders",
    "METHOD": "methods",
    "COLUMN": "columns",
    "CENTER": "centers",
    "GROUP": "groups",
    "ITEM": "items",
    "ID": "items",
}
"""What a home and its export know, by the placeholder: the methods of `Completion`."""


def complete_values(params: Iterable[Any]) -> None:
    """Have parameters complete their values by what stands for them in the help."""
    for param in params:
        if (kind := kind_of(param)) in FIXED or kind in OF_HOME:
            param.shell_complete = partial(_complete, param, kind)


def kind_of(param: Any) -> str:  # noqa: ANN401  # Typer's own kind of parameter
    """Return the word that stands for a value of a parameter; empty for a choice."""
    word = re.match(r"[A-Z]+", param.metavar or (param.name or "").upper())
    return word[0] if word and not param.type_descriptor.is_choice else ""


def install(ctx: Any, _param: Any, wanted: object) -> None:  # noqa: ANN401
    """Install the completion for the shell that the program is called from, and end the call."""
    if not wanted or ctx.resilient_parsing:
        return
    with _supported():
        shell, path = _TYPER["install"]()
    done = _("completion for {shell} is installed in `{path}`; open a new terminal to use it")
    print(translated(done.filled(shell=shell, path=path)))  # noqa: T201
    raise typer.Exit


def show(ctx: Any, _param: Any, wanted: object) -> None:  # noqa: ANN401
    """Print the script that completes for the shell that the program is called from, and end the call."""
    if not wanted or ctx.resilient_parsing:
        return
    name, shell = ctx.find_root().info_name, _TYPER["_get_shell_name"]() or ""
    variable = f"_{name}_COMPLETE".replace("-", "_").upper()
    with _supported():
        script = _TYPER["get_completion_script"](prog_name=name, complete_var=variable, shell=shell)
    print(script)  # noqa: T201
    raise typer.Exit


@contextmanager
def _supported() -> Iterator[None]:
    """Word in our way that a shell is not supported, which Typer prints. Raises UsageError."""
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            yield
    except typer.Exit as unknown:
        raise UsageError(
            _("commands cannot be completed in this shell"),
            hint=_("call it from bash, zsh, fish or PowerShell"),
        ) from unknown


def translated_items(items: list[Any]) -> list[Any]:
    """Return what Typer offers, with its notes in the language of the call."""
    for item in items:
        item.help = _note(translated_text(item.help or ""))
    return items


def _note(text: str) -> str | None:
    """Return a note on a value: its first sentence, in one line. Typer takes notes for markup of Rich."""
    from rich.markup import escape

    return escape(shorten(text.partition(". ")[0], NARROW, placeholder="…")) or None


def _complete(param: Any, word: str, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401
    """Return the values that begin like a word; of `1,4,` those that begin like its last part."""
    several = (param.metavar or "").endswith(",…")
    before, comma, begun = incomplete.lstrip("'\"").rpartition(",") if several else ("", "", incomplete)
    begun = begun.lstrip("'\"")
    try:
        values = FIXED[word]() if word in FIXED else _of_home(ctx, OF_HOME[word], begun)
    except Exception:  # noqa: BLE001  # a shell shows what it gets, and completes nothing else instead
        return []
    given = set(before.split(",")) if comma else set()
    fitting = (
        value for value in values if value.casefold().startswith(begun.casefold()) and value not in given
    )
    item: Any = vars(core)["CompletionItem"]
    return [
        item(_quoted(f"{before}{comma}{value}"), help=_note(values[value]))
        for value, _number in zip(fitting, range(MOST), strict=False)
    ]


def _of_home(ctx: Any, what: str, begun: str) -> _Values:  # noqa: ANN401
    from torgsync.jobs.completion import Completion

    home = ctx.meta.get(HOME) or ctx.find_root().params.get("home")
    params = ctx.params
    wanted = params.get("wanted") or (params.get("name") if ctx.info_name != "add" else None)
    known: Completion = Completion(Path(home) if home else None, wanted)
    found: _Values = getattr(known, what)(begun)
    return found


class _Ready(str):
    """A value with its escapes; Typer's own for zsh would lose quotes and apostrophes."""

    __slots__ = ()

    def replace(self, *_given: Any) -> str:  # noqa: ANN401
        """Return the value as it is."""
        return self


_IN_ZSH = {"\\": r"\\\\", '"': r"\"", "$": r"\$", "`": r"\`", ":": r"\\:", "'": r"'\''"}
"""Signs in double quotes, within single ones, and the colon before a note."""


def _quoted(value: str) -> str:
    """Return a value as the shell that asks takes it for one word; fish quotes by itself."""
    shell = os.environ.get("_TORGSYNC_COMPLETE", "").partition("_")[2]
    if shell == "zsh":
        return _Ready("".join(_IN_ZSH.get(sign, sign) for sign in value))
    if shell == "bash":
        return _in_bash(value, os.environ.get("COMP_WORDS", "").rpartition("\n")[2])
    if shell in ("powershell", "pwsh") and not _PLAIN.fullmatch(value):
        return "'" + value.replace("'", "''") + "'"
    return value


def _in_bash(value: str, typed: str) -> str:
    """Return a value as bash puts it in the place of what was typed after the last colon of its word."""
    if typed.startswith("'"):
        return value.replace("'", r"'\''")
    if typed.startswith('"'):
        return re.sub(r'(["$`\\])', r"\\\1", value)
    before, colon, _rest = typed.rpartition(":")
    return _SPECIAL.sub(r"\\\1", value).removeprefix(before + colon)


def join_words(environment: MutableMapping[str, str]) -> None:
    """Join what bash splits at colons and equals signs, in its variables about a line to be completed."""
    words, current = environment.get("COMP_WORDS", "").split("\n"), int(environment.get("COMP_CWORD", 0))
    if current >= len(words):
        return
    joined, glued, at = list[str](), False, 0
    for number, word in enumerate(words):
        sign = number > 0 and word != "" and not word.strip(":=")
        if joined and (sign or glued):
            joined[-1] += word
        else:
            joined.append(word)
        glued = sign
        at = len(joined) - 1 if number == current else at
    environment.update(COMP_WORDS="\n".join(joined), COMP_CWORD=str(at))
