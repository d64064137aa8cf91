"""What is wrong with a command line, in sentences of this program.

Typer's errors are recognized by their classes and attributes; their English texts are never shown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

import typer

from torgsync.cli.base.helps.placeholders import placeholder_of
from torgsync.core.shell import quoted
from torgsync.core.text import did_you_mean, nearest
from torgsync.errors import UsageError
from torgsync.i18n import NOTHING, Message, _, composed, joined

_ERRORS: Any = sys.modules[typer.BadParameter.__module__]
"""Typer's module of errors; it exports not all of them by name."""
CommandLineWrong: type[Exception] = _ERRORS.UsageError
"""Raised by Typer for a command line that it cannot parse; its exit code 2 means something else here."""
HelpWanted: type[Exception] = _ERRORS.NoArgsIsHelpError
"""Raised by Typer for a group without a command."""
RENAMED = {"--token": "--api-key"}
"""Options of other programs, and what they are called here."""
MOST = 5
"""Commands that are named at most."""
_NEAR = 0.8
"""Likeness from which one option may be meant by another; `plan` and `lang` have 0.75."""


class UnknownCommand(typer.BadParameter):
    """A word is no command of a group."""

    def __init__(self, word: str, ctx: Any) -> None:  # noqa: ANN401  # Typer's own kind of context
        super().__init__(word, ctx)
        self.word = word


class ExtraWords(typer.BadParameter):
    """Words are left over behind those that a command takes."""

    def __init__(self, words: Sequence[str], ctx: Any) -> None:  # noqa: ANN401  # as above
        super().__init__(" ".join(words), ctx)
        self.words = words


def usage_error(wrong: Any, args: Sequence[str]) -> UsageError:  # noqa: ANN401  # Typer's error
    """Return the error for a command line, with the way on: its help, or the command that was meant."""
    context = wrong.ctx
    hint: Message | None = None
    match wrong:
        case UnknownCommand():
            near = did_you_mean(wrong.word, [*context.command.commands])
            message = _("there is no command `{command}`{near}", command=wrong.word, near=near)
        case ExtraWords():
            message = _("these words are too many: {words:quoted}", words=list(wrong.words))
        case _ERRORS.NoSuchOption():
            near = _near(wrong.option_name, context.command.get_params(context))
            message = _("there is no option `{option}`{near}", option=wrong.option_name, near=near)
            hint = None if near else joined("\n", _ways(wrong.option_name, context, args))
        case _ERRORS.BadOptionUsage():
            message = _without_value(wrong.option_name, context)
        case _ERRORS.MissingParameter():
            message = _missing(wrong.param)
        case _ERRORS.BadParameter():
            place = _place(wrong.param, context)
            message = composed("{place}: {why}", place=place, why=_value_message(wrong))
        case _ if hasattr(context.command, "commands"):
            message = _("the command is missing")
        case _:
            message = _("the command line cannot be understood")
    return UsageError(message, hint=hint or _help(context))


def _help(context: Any) -> Message:  # noqa: ANN401
    return _("see `{command} --help`", command=context.command_path)


def _near(option: str, params: Iterable[Any]) -> Message:
    """Return `; did you mean …?` where an option is like one of a command, else nothing."""
    known = [name for param in params if param.param_type_name == "option" for name in _names(param)]
    wanted = RENAMED.get(option, option)
    word = wanted.strip("-")
    likeness = {name: _likeness(word, name.strip("-")) for name in known}
    best = wanted if wanted in known else max(likeness, key=likeness.__getitem__, default="")
    if not best or likeness[best] < _NEAR:
        return NOTHING
    return _("; did you mean `{near}`?", near=best)


def _likeness(word: str, name: str) -> float:
    """Return how like two options are, from 0 to 1; the beginning of one, and the same letters, are like."""
    least = 3
    if len(word) >= least and (name.startswith(word) or sorted(word) == sorted(name)):
        return 1.0
    return SequenceMatcher(None, word, name).ratio() if min(len(word), len(name)) > 1 else 0.0


def _names(param: Any) -> list[str]:  # noqa: ANN401  # Typer's own kind of parameter
    return [*param.opts, *param.secondary_opts]


def _ways(option: str, context: Any, args: Sequence[str]) -> Iterator[Message]:  # noqa: ANN401
    """Yield where an option belongs: behind the command of this call, or to other commands."""
    having = list(_commands(context.find_root(), option))
    if hasattr(context.command, "commands") and (corrected := _behind(option, having, list(args))):
        yield _("this option comes after the command: {command}", command=corrected)
        return
    if having:
        some = [f"torgsync {words}" for words, _param in having[:MOST]]
        more = _(" and of others") if having[MOST:] else NOTHING
        yield _("`{option}` is an option of {commands:quoted}{more}", option=option, commands=some, more=more)
    yield _help(context)


def _behind(option: str, having: Iterable[tuple[str, Any]], args: list[str]) -> str:
    """Return the whole command with an option behind its words, empty where no command of it takes that."""
    at = next(number for number, word in enumerate(args) if _is(word, option))
    for words, param in having:
        takes = not (param.is_flag or param.count) and args[at] == option
        moved, rest = args[at : at + 1 + takes], [*args[:at], *args[at + 1 + takes :]]
        if (end := _end(rest, words.split())) is not None:
            return " ".join(["torgsync", *map(quoted, [*rest[:end], *moved, *rest[end:]])])
    return ""


def _is(word: str, option: str) -> bool:
    """Return whether a word of a command line is an option, alone or with its value."""
    return word == option or word.startswith(f"{option}=" if option.startswith("--") else option)


def _end(args: Sequence[str], words: Sequence[str]) -> int | None:
    """Return where the words of a command end on a command line; None where it is another command."""
    found, end = 0, 0
    for number, word in enumerate(args, 1):
        if found < len(words) and word == words[found]:
            found, end = found + 1, number
    return end if found == len(words) else None


def _commands(root: Any, option: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield the words of each command that has an option, and the option."""
    groups = [("", root.command)]
    while groups:
        words, group = groups.pop(0)
        for name in group.commands:
            command = group.commands[name]
            called = f"{words} {name}".strip()
            param = next((one for one in command.params if option in _names(one)), None)
            if param is not None:
                yield called, param
            if hasattr(command, "commands"):
                groups.append((called, command))


def _without_value(option: str, context: Any) -> Message:  # noqa: ANN401
    """Return that an option has no value and needs one, or has one and takes none."""
    params = context.command.get_params(context)
    param = next((one for one in params if option in _names(one)), None)
    if param is None or param.is_flag or param.count:
        return _("the option `{option}` takes no value", option=option)
    return _("the option `{option}` needs a value: {value}", option=option, value=_named(param, option))


def _missing(param: Any) -> Message:  # noqa: ANN401
    if param.param_type_name == "option":
        return _("the option {option} is missing", option=_named(param, max(param.opts, key=len)))
    return _("the argument `{argument}` is missing", argument=placeholder_of(param))


def _named(param: Any, option: str) -> Message:  # noqa: ANN401
    """Return an option with what stands for its value."""
    return composed("`{option} {value}`", option=option, value=placeholder_of(param))


def _place(param: Any, context: Any) -> Message:  # noqa: ANN401
    """Return which parameter is meant, and the variable that its value came from."""
    if param.param_type_name != "option":
        return composed("`{argument}`", argument=placeholder_of(param))
    source = context.get_parameter_source(param.name)
    option = max(param.opts, key=len)
    if source is not None and source.name == "ENVIRONMENT":
        return _("`{option}`, from the variable `{name}`", option=option, name=param.envvar)
    return composed("`{option}`", option=option)


def _value_message(wrong: Any) -> Message:  # noqa: ANN401
    """Return what is wrong with one value; the cause knows the value, and which limit it breaks."""
    found = wrong.__cause__.errors()[0] if hasattr(wrong.__cause__, "errors") else {}
    kind, value = wrong.param.type_descriptor, str(found.get("input", ""))
    if kind.is_choice:
        choices = [str(choice) for choice in kind.choices]
        near = nearest(value, choices)
        return _(
            "`{value}` is not one of {known:quoted}{near}",
            value=value,
            known=choices,
            near=_("; did you mean `{near}`?", near=near) if near else NOTHING,
        )
    if kind.is_datetime:
        return _("`{value}` is not a day such as 2026-11-30 or 30.11.2026", value=value)
    limits = found.get("ctx", {})
    if "ge" in limits:
        return _("{value} is too little; it must be {limit} or more", value=value, limit=limits["ge"])
    if "le" in limits:
        return _("{value} is too much; it must be {limit} or less", value=value, limit=limits["le"])
    if message := _KINDS.get(kind.annotation):
        return message.filled(value=value)
    return _("`{value}` cannot be used here", value=value)


_KINDS = {
    int: _("`{value}` is not a whole number"),
    float: _("`{value}` is not a number"),
    bool: _("`{value}` is neither 1 nor 0"),
}
"""What is wrong with a value that is not of the kind that a parameter takes."""
