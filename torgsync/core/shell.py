"""Printed commands, written so that they can be pasted into a shell as they are.

The shell is that of the system: a POSIX shell, or PowerShell on Windows. Words that need quotes get double
ones where nothing in them is special there, for these are read alike everywhere.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

WINDOWS = sys.platform == "win32"

_PLAIN = {False: re.compile(r"(?!=)[\w./:+=,@%-]+"), True: re.compile(r"[\w./\\:+=~-]+")}
"""Words without quotes, by whether the shell is PowerShell: there a comma would make a list of two words."""
_SPECIAL = {False: re.compile(r'["$`\\!]'), True: re.compile(r'["\u201c\u201d\u201e$`]')}
"""What double quotes do not protect; PowerShell takes typographic quotes for quotes."""
_SINGLE = re.compile("(['\u2018\u2019\u201a\u201b])")
"""What ends a text in single quotes in PowerShell, unless it is written twice."""


def quoted(text: str, *, powershell: bool = WINDOWS) -> str:
    """Return one word of a command, in quotes where it needs them."""
    if _PLAIN[powershell].fullmatch(text):
        return text
    if not _SPECIAL[powershell].search(text):
        return f'"{text}"'
    if not powershell:
        return "'" + text.replace("'", "'\"'\"'") + "'"
    # PowerShell passes a double quote on to a program without its backslash, which the program then misses.
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', text)
    return "'" + _SINGLE.sub(r"\1\1", escaped) + "'"


def command(words: str, *arguments: str, options: str = "") -> str:
    """Return a whole command: `torgsync`, its words, arguments that are quoted here, and ready options.

    An argument that looks like an option comes behind `--`.
    """
    quotes = " ".join(map(quoted, arguments))
    if any(argument.startswith("-") for argument in arguments):
        return f"torgsync {words} {options} -- {quotes}"
    return " ".join(filter(None, ("torgsync", words, quotes, options)))


def unescaped(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a call as they were meant in PowerShell.

    Its newer versions keep the backslash before a quote that older ones need (`quoted`). No name or path on
    Windows has that pair.
    """
    return [argument.replace('\\"', '"') for argument in arguments]
