"""Pastes the commands that the program printed into a shell, and reads them as the program would."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from once import command_line

from torgsync.cli.app import app

_IN_SENTENCE = re.compile(r"`(torgsync [a-z][^`]*)`")
_AT_END = re.compile(r"(?<![\w`/.])torgsync [a-z].*")
# Words that a person replaces by a number.
_NUMBERS = re.compile(r"\b(?:RUN|NUMBER|N|ЗАПУСК|НОМЕР)\b")
_EACH = """torgsync() { printf '%s\\0' "$@" >&3; }
while IFS= read -r -d '' line; do
  eval "$line" >/dev/null || printf '\\2\\0' >&3
  printf '\\1\\0' >&3
done
"""


def printed_commands(text: str) -> Iterator[str]:
    """Yield the commands in what was printed: in backticks, or up to the end of a line.

    The first line of a help page is the form of a command and none itself.
    """
    for line in _strings(text):
        if line.startswith("Usage: "):
            continue
        yield from _IN_SENTENCE.findall(line)
        if rest := _AT_END.search(_IN_SENTENCE.sub("", line)):
            yield rest[0].rstrip()


def _strings(text: str) -> Iterator[str]:
    """Yield the lines of an output, and the texts of a JSON document."""
    if not text.lstrip().startswith("{"):
        yield from text.replace(" \\\n    ", " ").splitlines()  # a long command is printed in lines
        return
    try:
        stack: list[Any] = [json.loads(text)]
    except ValueError:
        stack = text.splitlines()
    while stack:
        match stack.pop():
            case dict() as table:
                stack += table.values()
            case list() as items:
                stack += items
            case str() as words:
                yield from words.splitlines()


def pasted(commands: Iterable[str], folder: Path) -> dict[str, list[str] | None]:
    """Return the words that a shell passes to the program for each command, None where it refuses it.

    The shell runs in `folder`, where redirections write.
    """
    lines = list(dict.fromkeys(commands))
    answers = folder / "words"
    with answers.open("wb") as words:
        subprocess.run(
            ["/bin/bash", "-c", f"exec 3>{answers}\n{_EACH}"],
            input=b"".join(line.encode() + b"\0" for line in lines),
            stdout=words,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            check=False,
        )
    parts = answers.read_bytes().split(b"\1\0")
    read = [[word.decode(errors="surrogateescape") for word in part.split(b"\0")[:-1]] for part in parts[:-1]]
    return {
        line: None if words is None or "\2" in words else words
        for line, words in zip(lines, [*read, *[None] * (len(lines) - len(read))], strict=True)
    }


def problem_of_words(words: list[str] | None) -> str:
    """Return why the program would not take a command, empty where it would."""
    if words is None:
        return "the shell refuses it"
    command: Any = command_line(app)
    rest, context = [_NUMBERS.sub("1", word) for word in words if word != "--help"], None
    helps = len(rest) < len(words)
    try:
        while True:
            context = command.make_context("torgsync", rest, parent=context, resilient_parsing=helps)
            command = context.command
            rest = [*getattr(context, "_protected_args", ()), *context.args]
            alone = helps or getattr(command, "invoke_without_command", False)
            if not hasattr(command, "commands") or (alone and not rest):
                return ""
            if command.get_command(context, rest[0]) is None:
                return f"there is no command {rest[0]}"
            _, command, rest = command.resolve_command(context, rest)
    except Exception as wrong:  # noqa: BLE001  # whatever the parser of the command line raises
        return str(getattr(wrong, "message", "") or wrong)


def unpasteable(commands: Iterable[str], folder: Path) -> dict[str, str]:
    """Return the commands that cannot be pasted, with the reason."""
    found = {line: problem_of_words(words) for line, words in pasted(commands, folder).items()}
    return {line: why for line, why in found.items() if why}
