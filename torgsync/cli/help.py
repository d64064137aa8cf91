"""`torgsync help`: pages about topics, in the language of the call, and the helps of commands."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

import torgsync
from torgsync.cli.base.options import FormatOption
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import print_rows, print_table
from torgsync.cli.tree import COMMANDS, GROUPS
from torgsync.errors import UsageError
from torgsync.i18n import LANGUAGES, _

TOPICS = (
    "first-shop",
    "export-formats",
    "prices-and-texts",
    "photos",
    "orders-and-money",
    "adopting",
    "schedule-and-ci",
    "unattended",
    "reports",
    "several-machines",
    "portals",
    "fleet",
    "safety",
    "troubleshooting",
    "environment-and-files",
    "glossary",
)
"""The topics, in the order in which a newcomer reads them."""
PAGES = Path(torgsync.__file__).with_name("docs")
"""The folder of the pages: one folder in it for each language, with the same topics."""


def help_(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help=_("A topic, or the words of a command."),
            metavar="TOPIC",
            autocompletion=lambda incomplete: [name for name in TOPICS if name.startswith(incomplete)],
        ),
    ] = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Read about a topic, or list all topics. For a command, show its help."""
    program = program_of(context, output)
    wanted = " ".join(words or ()).casefold().split()
    topic = "-".join(wanted)
    if not wanted:
        _list_topics(program, output)
    elif topic in TOPICS:
        _show_page(program, output, topic)
    elif text := _help_of(context, wanted):
        sys.stdout.write(f"{text}\n")
    elif found := _topic_of(wanted):
        _show_page(program, output, found)
    else:
        raise _unknown(" ".join(wanted))


def page_of(topic: str, language: str) -> str:
    """Return a page in Markdown: its title, then one sentence on what it is about."""
    return (PAGES / language / f"{topic}.md").read_text("utf-8")


def _row(topic: str, text: str) -> dict[str, str]:
    title, about, _rest = text.split("\n\n", 2)
    return {"topic": topic, "title": title.removeprefix("# "), "about": " ".join(about.splitlines())}


def _topic_of(words: list[str]) -> str:
    """Return the first topic whose title, in any language, has all these words; empty where there is none."""
    wanted = {word for word in words if len(word) > len("та")}
    for topic in TOPICS:
        for language in LANGUAGES:
            title = _row(topic, page_of(topic, language))["title"].casefold()
            if wanted and wanted.issubset(title.replace(",", "").split()):
                return topic
    return ""


def _list_topics(program: Program, output: Format) -> None:
    rows = [_row(topic, page_of(topic, program.language)) for topic in TOPICS]
    if output is not Format.TABLE:
        print_rows(program, output, "topics", rows)
        return
    listed = ((row["topic"], row["about"]) for row in rows)
    print_table(program, [_("topic"), _("what it is about")], listed)
    first = f"torgsync help {TOPICS[0]}"
    program.notify(_("to read one: {command}", command=first))


def _show_page(program: Program, output: Format, topic: str) -> None:
    text = page_of(topic, program.language)
    if output is not Format.TABLE:
        print_rows(program, output, "topics", [_row(topic, text) | {"text": text}])
    elif program.is_terminal("_out"):
        from torgsync.cli.base.page import WIDEST, HelpPage

        program.out.print(HelpPage(text), width=min(program.out.width, WIDEST), crop=False)
    else:
        sys.stdout.write(text)


def _help_of(context: Any, words: list[str]) -> str | None:  # noqa: ANN401  # Typer's own kind of context
    """Return the help of a command by its words, None where there is no such command."""
    context = context.find_root()
    for word in words:
        commands = getattr(context.command, "commands", {})
        if word not in commands:
            return None
        found = context.command.get_command(context, word)
        context = found.make_context(word, [], parent=context, resilient_parsing=True)
    return str(context.get_help())


def _unknown(words: str) -> UsageError:
    near = get_close_matches(words, [*TOPICS, *COMMANDS, *GROUPS])
    wrong = _("there is no topic and no command `{words}`", words=words)
    if not near:
        return UsageError(wrong, hint=_("to list the topics: {command}", command="torgsync help"))
    commands = "\n".join(f"  torgsync help {name}" for name in near)
    return UsageError(wrong, hint=_("did you mean\n{commands}", commands=commands))
