"""Writes the help of a command or a group in the language of the call, with nothing cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from inspect import cleandoc
from typing import Any

from torgsync.cli.base.helps.completion import FIXED, kind_of
from torgsync.cli.base.helps.placeholders import PLACEHOLDERS, placeholder_of, usage_piece
from torgsync.cli.examples import EXAMPLES
from torgsync.i18n import Message, _, _n, composed, joined, translated, translated_text, verbatim

TYPER_HELPS = (
    _("Show this message and exit."),
    _("Install completion for the current shell."),
    _("Show completion for the current shell, to copy it or customize the installation."),
)
"""Helps of the options that every Typer application has: they have translations here."""
LISTED = ("FIELD", "GUARD", "KIND", "TARGET")
"""Words whose values a help lists; those of others are in the helps of their options, or are too many."""
_QUOTED = re.compile(r"`[^`]*`")
_NARROW = 40
"""A text of this length fits next to the names of options."""
_GLUE = str.maketrans(" -", "\xa0\u2011")
_LOOSE = str.maketrans("\xa0\u2011", " -")
"""A space and a hyphen where no line ends, and back."""


def write_help(
    command: Any,  # noqa: ANN401
    ctx: Any,  # noqa: ANN401
    formatter: Any,  # noqa: ANN401
    words: str,
    everywhere: Sequence[Any],
) -> None:
    """Write the help of a command, called by its `words`.

    `everywhere` are the options of the program that it takes as well.
    """
    page = ctx.make_formatter()
    params = [param for param in command.get_params(ctx) if param not in everywhere and not param.hidden]
    arguments = [param for param in params if param.param_type_name == "argument"]
    options = [param for param in params if param.param_type_name == "option"]
    commands = command.listed() if hasattr(command, "listed") else {}
    _write_usage(page, ctx, arguments, takes_command=bool(commands))
    if command.help:
        page.write_paragraph()
        with page.indentation():
            page.write_text(_shown(cleandoc(command.help).partition("\f")[0], command.help))
    _write_rows(page, _("Arguments"), [(_argument(param), _described(param, ctx)) for param in arguments])
    for heading, members in commands.items():
        _write_rows(page, heading, [(name, _summary(known)) for name, known in members.items()])
    _write_rows(page, _("Options"), [(option_names(param), _described(param, ctx)) for param in options])
    _write_values(page, params)
    _write_examples(page, words)
    if command.epilog:
        page.write_paragraph()
        with page.indentation():
            page.write_text(_shown(cleandoc(command.epilog), command.epilog))
    if everywhere:
        names = joined(", ", (_short(option) for option in everywhere))
        page.write_paragraph()
        page.write_text(translated(_("Global options, see `torgsync --help`: {names}.", names=names)))
    formatter.write(page.getvalue().translate(_LOOSE))


def _write_usage(page: Any, ctx: Any, arguments: Iterable[Any], *, takes_command: bool) -> None:  # noqa: ANN401
    pieces: list[Message] = [composed("[{options}]", options=PLACEHOLDERS["OPTIONS"])]
    pieces += map(usage_piece, arguments)
    if takes_command:
        alone = ctx.command.invoke_without_command
        word = composed("{command} …", command=PLACEHOLDERS["COMMAND"])
        pieces.append(composed("[{command}]", command=word) if alone else word)
    shown = " ".join(translated(piece).translate(_GLUE) for piece in pieces)
    page.write_usage(ctx.command_path, shown, translated(_("Usage: ")))


def _write_rows(page: Any, heading: Message, rows: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401
    if rows:
        with page.section(translated(heading)):
            page.write_dl(rows)


def _write_values(page: Any, params: Iterable[Any]) -> None:  # noqa: ANN401
    """Write what the words can be that stand for one of many fixed values."""
    for word in sorted({kind for param in params if (kind := kind_of(param)) in LISTED}):
        values = [value.rstrip("=") for value in FIXED[word]()]
        text = translated(_("{word} is one of {values:quoted}.", word=PLACEHOLDERS[word], values=values))
        page.write_paragraph()
        with page.indentation():
            page.write_text(_glued(text))


def _write_examples(page: Any, words: str) -> None:  # noqa: ANN401
    """Write the examples of a command, each in a line of its own."""
    if examples := EXAMPLES.get(words):
        with page.section(translated(_n("Example", "Examples", len(examples)))):
            page.write("".join(f"  {example}\n" for example in examples))


def _shown(text: str, made: str | None = None) -> str:
    """Return a help in the language of the call; Typer turns some messages into plain strings.

    `made` is what the text was before it was cleaned.
    """
    message = text if made is None else made
    return cleandoc(translated(message)) if isinstance(message, Message) else translated_text(text)


def _summary(command: Any) -> str:  # noqa: ANN401
    """Return the first paragraph of a command's help, whole."""
    return _glued(_shown(command.help).partition("\n\n")[0])


def _glued(text: str) -> str:
    """Return a text in which neither a name nor a command in backticks is broken between two lines."""
    text = text.replace("-", "-".translate(_GLUE))
    return _QUOTED.sub(lambda found: _together(found[0]), text)


def _together(text: str) -> str:
    """Return a text in which no line ends, if it fits one."""
    return text.translate(_GLUE) if len(text) <= _NARROW else text


def _argument(param: Any) -> str:  # noqa: ANN401
    word = translated(placeholder_of(param))
    return word if param.nargs == 1 else f"{word} …"


def option_names(option: Any) -> str:  # noqa: ANN401
    """Return the names of an option and what stands for its value: `-o, --object OBJECT`."""
    names = ", ".join(sorted(option.opts, key=lambda name: len(name) - len(name.lstrip("-"))))
    others = "".join(f" / {name}" for name in option.secondary_opts)
    return f"{names}{others} {translated(placeholder_of(option))}".rstrip()


def _short(option: Any) -> Message:  # noqa: ANN401
    """Return the shortest name of an option, with what stands for its value."""
    name, word = option.opts[0].translate(_GLUE), placeholder_of(option)
    return composed("{name}\xa0{word}", name=name, word=word) if word else verbatim(name)


def _described(param: Any, ctx: Any) -> str:  # noqa: ANN401
    """Return the help of a parameter, and in brackets its variable, its default and its limits."""
    notes = [_together(translated(note)) for note in _notes(param, ctx)]
    bracket = f"[{'; '.join(notes)}]" if notes else ""
    return "  ".join(filter(None, (_glued(_shown(param.help or "")), bracket)))


def _notes(param: Any, ctx: Any) -> Iterable[Message]:  # noqa: ANN401
    if param.show_envvar and param.envvar:
        yield _("env var: {name}", name=param.envvar)
    if default := _default(param, ctx):
        yield _("default: {value}", value=default)
    if not getattr(param, "count", False):
        match param.min, param.max:
            case None, None:
                pass
            case least, None:
                yield _("at least {least}", least=least)
            case least, most:
                yield _("from {least} to {most}", least=least, most=most)
    if param.required:
        yield _("required")


def _default(param: Any, ctx: Any) -> str:  # noqa: ANN401
    """Return the default of a parameter; empty for none, and for a flag that is off."""
    value = param.get_default(ctx, call=False)
    if not param.show_default or value is None or value is False:
        return ""
    return param.opts[0].lstrip("-") if value is True else str(value)
