"""The program: its options, its commands, and the one place where errors are printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from torgsync import __version__
from torgsync.cli.base.commands import Group, wants_json
from torgsync.cli.base.errors import report_error
from torgsync.cli.base.language import names_language, use_language
from torgsync.cli.base.program import Program
from torgsync.cli.base.streams import guard_streams
from torgsync.cli.base.usage import CommandLineWrong, HelpWanted, usage_error
from torgsync.cli.tree import program_commands
from torgsync.core.clock import SHOP_ZONE, show_times_in
from torgsync.core.shell import WINDOWS, unescaped
from torgsync.errors import Exit, Interrupted, TorgsyncError
from torgsync.i18n import Language, _


class Boundary(Group):
    """The root command. Every error passes here; ours are printed, others are bugs and show a traceback."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401
        super().__init__(**given | {"commands": program_commands()})

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # Typer's own kind of context
        """Read the command line; completion is installed and shown in our words."""
        for param in self.params:
            if param.name in ("install_completion", "show_completion"):
                param.callback = partial(_complete_shell, param.name)
        return super().parse_args(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002  # the signature is Typer's
        windows_expand_args: bool = True,
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Run the program and leave with its exit code."""
        guard_streams()
        show_times_in(SHOP_ZONE)
        program = extra.pop("obj", None) or Program()
        args = list(sys.argv[1:] if args is None else args)
        program.language = program.language or use_language(args)
        program.language_given = names_language(args)
        program.json = _asks_for_json(args)
        if os.environ.get("_TORGSYNC_COMPLETE") == "complete_bash":
            from torgsync.cli.base.helps.completion import join_words

            join_words(os.environ)
        try:
            code = super().main(
                args, prog_name, complete_var, False, windows_expand_args, obj=program, **extra
            )
        except TorgsyncError as error:
            code = report_error(program, error)
        except (typer.Abort, KeyboardInterrupt):
            code = report_error(program, _stopped())
        except HelpWanted as wanted:
            print(vars(wanted)["ctx"].get_help(), file=sys.stderr)  # noqa: T201
            code = int(Exit.USAGE)
        except CommandLineWrong as wrong:
            context = vars(wrong)["ctx"]
            program.json = program.json or wants_json(context)
            code = report_error(program, usage_error(wrong, args))
        sys.exit(code if isinstance(code, int) and code not in program.ok_codes else 0)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # Typer's own kind of context
        """Run the command. A Ctrl-C is printed like other errors; Typer would end silently."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as pressed:
            raise _stopped() from pressed


def _complete_shell(name: str, *given: Any) -> None:  # noqa: ANN401
    """Install or show the completion, in words that have translations."""
    from torgsync.cli.base.helps import completion

    (completion.install if name == "install_completion" else completion.show)(*given)


def _stopped() -> Interrupted:
    return Interrupted(
        _("stopped by you at once"),
        hint=_("run the same command again: it first checks what was under way"),
    )


def _asks_for_json(args: Sequence[str]) -> bool:
    """Return whether JSON is wanted, also for a command line that cannot be parsed."""
    return "--format=json" in args or ("--format", "json") in pairwise(args)


app = typer.Typer(
    cls=Boundary,
    name="torgsync",
    help=_("Keep a Prom.ua shop equal to a Torgsoft export and fetch its orders."),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"torgsync {__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option("--home", help=_("Home folder: sync objects, state and outbox."), metavar="DIR"),
    ] = None,
    verbose: Annotated[
        int,
        typer.Option(
            "-v",
            "--verbose",
            count=True,
            show_default=False,
            help=_("Show what is being done; `-vv` also shows each request."),
        ),
    ] = 0,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help=_("Print data and errors only."))] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help=_("Print without colours."))] = False,
    lang: Annotated[  # it was chosen before the command line was parsed
        Language | None,
        typer.Option(
            "--lang", help=_("Language: English or Ukrainian; else that of the system."), metavar="en|uk"
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record",
            help=_("Record every request and answer in a new file; people, texts and tokens are replaced."),
            metavar="FILE",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001  # its callback answers
        bool, typer.Option("--version", callback=_version, is_eager=True, help=_("Print the version."))
    ] = False,
) -> None:
    """Keep a Prom.ua shop equal to a Torgsoft export and fetch its orders."""
    program = context.find_object(Program)
    if program is not None:
        program.set_options(
            context, home=home, verbose=verbose, quiet=quiet, no_color=no_color, lang=lang, record=record
        )


def main() -> None:
    """Run the program: the entry point of the package."""
    for name in ("stdout", "stderr"):  # a Python without a window, as the Task Scheduler calls it, has none
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # until the end
    if WINDOWS:  # pragma: no cover  # see `unescaped`
        sys.argv[1:] = unescaped(sys.argv[1:])
    app()
