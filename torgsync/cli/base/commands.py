"""What every command and group has: the global options also after its name, and environment variables.

Variables are named by Click's convention, `TORGSYNC_<COMMAND>_<OPTION>`. What permits a write or a deletion
is decided on the command line of that one call, so a flag has a variable only where it is listed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from torgsync.cli.base.program import Program
from torgsync.cli.base.usage import CommandLineWrong, ExtraWords, UnknownCommand
from torgsync.errors import UsageError
from torgsync.i18n import Message, _, translated

if TYPE_CHECKING:  # Typer does not export what its commands and groups are made of
    from typer._click.core import Command as _Base
else:
    _Base = object

Context = Any
"""Typer's own kind of context, whose type it does not export."""

GLOBAL = ("home", "verbose", "quiet", "no_color", "lang", "record")
"""The options of the program that every command takes as well, by the names of their parameters."""

SAFE_FLAGS = frozenset(
    (
        *(
            "quiet",
            "no-color",
            "full-refresh",
            "offline",
            "stateless",
            "detailed-exitcode",
            "wait",
            "dry-run",
        ),
        *("held", "no-message", "keyring", "create-clients", "fetch-payments", "all-fields"),
        *("only-in-stock", "only-with-photos"),
    )
)
"""Flags that permit nothing, or only settings of a new object. Every other flag is for the command line."""
DECISIONS = frozenset(
    (
        *("allow", "plan", "decisions", "set", "unset", "parcel", "carrier", "message", "into"),
        *("cash-register", "current-account", "api-key"),
    )
)
"""Options with a value that decide what is sent, changed or lifted: for the command line alone."""
_CHOICE = frozenset(("good", "group", "first", "fields"))
ONE_CALL = {
    "update": _CHOICE,
    "sync": _CHOICE,
    "approve": frozenset(("only",)),
    "fleet allow": frozenset(("for",)),
    "fields add": frozenset(("to", "name", "unit", "split", "owner")),
}
"""Options that are a decision in one command, and none in another."""


class _Everywhere(_Base):
    """Adds the global options to a command or a group, and names the variables of its own options."""

    _global: list[TyperOption] | None = None

    def get_params(self, ctx: Context) -> list[Any]:
        """Return the parameters, the program's own among them."""
        if self._global is None:
            self._global = list(_copied(ctx)) if ctx.parent else []
        return [*super().get_params(ctx), *self._global]

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the command line; what it says for the whole program is set there."""
        for param in self.params:
            if isinstance(param, TyperOption):
                param.envvar = variable_of(ctx, param)
        if ctx.resilient_parsing:  # a shell completes a command line
            from torgsync.cli.base.helps.completion import complete_values

            complete_values(self.params)
        try:
            self._refuse_two_objects(ctx, args)
            rest: list[str] = super().parse_args(ctx, args)
        except CommandLineWrong as wrong:
            vars(wrong)["ctx"] = vars(wrong)["ctx"] or ctx  # some say no command
            raise
        if self._global:
            given = {option.name: ctx.params.pop(option.name) for option in self._global}
            if ctx.resilient_parsing and given.get("home"):
                from torgsync.cli.base.helps.completion import HOME

                ctx.meta[HOME] = given["home"]
            program = ctx.find_object(Program)
            if program is not None and not ctx.resilient_parsing:
                program.set_options(ctx, **given)
        return rest

    def _refuse_two_objects(self, ctx: Context, args: list[str]) -> None:
        """Raise UsageError where `-o` is given twice: one of the objects would be left out silently."""
        if not any("--object" in param.opts for param in self.params) or ctx.resilient_parsing:
            return
        _values, _rest, order = self.make_parser(ctx).parse_args(list(args))
        if sum("--object" in param.opts for param in order) > 1:
            takes_all = any("--all" in param.opts for param in self.params)
            raise UsageError(
                _("`--object` is given more than once"),
                hint=_("name one sync object, or take all with `--all`")
                if takes_all
                else _("name one sync object, and call the command once for each"),
            )

    def format_help(self, ctx: Context, formatter: Any) -> None:  # noqa: ANN401
        """Write the help in the language of the call."""
        from torgsync.cli.base.helps.writing import write_help

        write_help(self, ctx, formatter, " ".join(words_of(ctx)), self._global or ())

    def shell_complete(self, ctx: Context, incomplete: str) -> list[Any]:
        """Return what a shell offers, with notes in the language of the call."""
        from torgsync.cli.base.helps.completion import translated_items

        return translated_items(super().shell_complete(ctx, incomplete))

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002  # the signature is Typer's
        """Return the first paragraph of the help, whole."""
        text: str = self.help or ""
        return translated(text) if isinstance(text, Message) else text.partition("\n\n")[0]


class Command(_Everywhere, TyperCommand):
    """A command of the program."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the command line. Raises ExtraWords for more words than it takes."""
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise ExtraWords(rest, ctx)
        return rest


class Group(_Everywhere, TyperGroup):
    """A group of commands."""

    commands: Any

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002  # the signature is Typer's
        """Return the names of the commands, in the order of the help."""
        return list(self.commands)

    def listed(self) -> Mapping[Message, Mapping[str, Any]]:
        """Return the commands as the help lists them, by name below a heading; it imports none."""
        if not isinstance(self.commands, Commands):
            return {_("Commands"): self.commands}
        known = self.commands.known
        sections = self.commands.sections or {_("Commands"): tuple(known)}
        return {
            heading: {name: known[name] for name in names if name in known}
            for heading, names in sections.items()
        }

    def get_command(self, ctx: Context, cmd_name: str) -> Any:  # noqa: ANN401
        """Return a command, which may not be imported before its context is made."""
        if isinstance(self.commands, Commands):
            return self.commands.known.get(cmd_name)
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Context, args: list[str]) -> Any:  # noqa: ANN401
        """Return the command that a line names. Raises UnknownCommand where there is none."""
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            raise UnknownCommand(args[0], ctx)
        return super().resolve_command(ctx, args)


class Unloaded(TyperCommand):
    """A command by its name and summary; it is imported when it is called or its own help is shown.

    Args:
        place: Its module and its name there: a function, or the Typer application of a group.
        summary: The first paragraph of its help.
    """

    def __init__(self, name: str, place: str, summary: str) -> None:
        super().__init__(name, help=summary)
        self._place = place

    @cached_property
    def loaded(self) -> Any:  # noqa: ANN401  # Typer's own kind of command
        """The command itself."""
        module, _, name = self._place.partition(":")
        found = getattr(import_module(module), name)
        if not isinstance(found, typer.Typer):
            app = typer.Typer(add_completion=False, rich_markup_mode=None)
            app.command(self.name, cls=Command)(found)
            found = app
        return typer.main.get_command(found)

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002  # the signature is Typer's
        """Return the summary, whole."""
        return translated(self.help or "")

    def make_context(self, *args: Any, **given: Any) -> Context:  # noqa: ANN401
        """Return the context of the command itself, which runs in the place of this one."""
        return self.loaded.make_context(*args, **given)


class Commands(Mapping[str, Any]):
    """The commands of a group, in the order of its help; one that is looked up here is imported.

    `known` has the same without importing anything, `sections` the names below each heading of the help.
    """

    def __init__(
        self,
        known: Mapping[str, Unloaded | Group],
        sections: Mapping[Message, Sequence[str]] | None = None,
    ) -> None:
        self.known = known
        self.sections = sections

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        found = self.known[name]
        return found.loaded if isinstance(found, Unloaded) else found

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def words_of(ctx: Context) -> list[str]:
    """Return the words of a command, without the program's name."""
    return [*words_of(ctx.parent), ctx.info_name] if ctx.parent is not None else []


def variable_of(ctx: Context, option: TyperOption) -> str | None:
    """Return the environment variable that an option of a command is read from, if it may be."""
    name = max(option.opts, key=len).lstrip("-")
    words = words_of(ctx)
    command = " ".join(words)
    decides = name in DECISIONS or name in ONE_CALL.get(command, ())
    if decides or command == "object edit" or (option.is_flag and name not in SAFE_FLAGS):
        return None
    return "_".join(["torgsync", *words, name]).replace("-", "_").upper()


def wants_json(ctx: Context) -> bool:
    """Return whether a command's format is JSON by its environment variable."""
    formats = (param for param in ctx.command.params if "--format" in param.opts)
    return any(param.resolve_envvar_value(ctx) == "json" for param in formats)


def _copied(ctx: Context) -> Iterator[TyperOption]:
    """Yield copies of the program's own options; their variables are read once, before the command."""
    for param in ctx.find_root().command.params:
        if param.name in GLOBAL:
            option = copy(param)
            option.envvar = None
            yield option


def one_object(context: Context, name: str | None, wanted: str | None) -> str | None:
    """Return the object that a command of `object` means by its argument or by `-o`.

    Raises UsageError where the command line names two.
    """
    source = context.get_parameter_source("wanted")
    if name and wanted and name != wanted and source is not None and source.name == "COMMANDLINE":
        raise UsageError(
            _("two sync objects are named: `{one}` and `{other}`", one=name, other=wanted),
            hint=_("name one of them"),
        )
    return name or wanted
