"""The command that goes on after this call, with the options that chose what this call was about."""

from __future__ import annotations

from typing import Any

from torgsync.cli.base.options import separated
from torgsync.core.shell import quoted

_NOT_REPEATED = frozenset(
    {
        *("--object", "--all", "--due", "--jobs"),  # the command names its object
        *("--yes", "--allow", "--plan", "--out", "--dry-run"),  # what a person decides
        *("--format", "--max-length", "--show"),
    }
)
"""Options that choose none of the changes."""


def repeated(context: Any, words: str, *more: str) -> str:  # noqa: ANN401  # Typer's own kind of context
    """Return a whole command: `torgsync`, its words, this call's options that it has too, and `more`.

    `words` are the command and its arguments, ready to be pasted; so is `more`.
    """
    command: Any = context.find_root().command
    for word in words.split():
        command = getattr(command, "commands", {}).get(word) or command
    known = {option for param in command.params for option in param.opts}
    options = [
        option
        for param in context.command.params
        if known.intersection(param.opts) and not _NOT_REPEATED.intersection(param.opts)
        for option in _given(context, param)
    ]
    return " ".join(("torgsync", words, *options, *more))


def _given(context: Any, param: Any) -> list[str]:  # noqa: ANN401  # as above
    """Return an option as it was given on the command line, nothing where it was not."""
    source = context.get_parameter_source(param.name)
    if param.param_type_name != "option" or source is None or source.name != "COMMANDLINE":
        return []
    value, option = context.params[param.name], max(param.opts, key=len)
    if param.is_flag:
        return [option if value else max(param.secondary_opts, key=len)]
    values = value if isinstance(value, list | tuple) else [value]
    if getattr(param.callback, "__wrapped__", None) is separated:
        values = [",".join(values)]
    return [f"{option} {quoted(str(one))}" for one in values]
