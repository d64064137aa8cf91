"""Printed commands, written so that they can be pasted into a shell as they are.

The shell is that of the system: a POSIX shell, or PowerShell on Windows. Words that need quotes get double
ones where nothing in them is special there, for these are read alike everywhere. Control characters and marks
of direction, which a terminal does not paste as they are, are escaped.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from torgsync.core.text import UNSHOWN

WINDOWS = sys.platform == "win32"

# Most commands quote nothing but a plain word: patterns are texts, which are compiled when they are used.
_PLAIN = {False: r"(?!=)[\w./:+=,@%-]+", True: r"[\w./\\:+=~-]+"}
"""Words without quotes, by whether the shell is PowerShell: there a comma would make a list of two words."""
_SPECIAL = {False: r'["$`\\!]', True: r'["\u201c\u201d\u201e$`]'}
"""What double quotes do not protect; PowerShell takes typographic quotes for quotes."""
_SINGLE = "(['\u2018\u2019\u201a\u201b])"
"""What ends a text in single quotes in PowerShell, unless it is written twice."""

_CONTROL = rf"[\n\t]|{UNSHOWN.pattern}"
_ESCAPE = {False: rf"!|{_CONTROL}", True: _CONTROL}
"""What is escaped; an interactive POSIX shell may take an exclamation mark for a line of its history."""
_ESCAPED = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r"}
"""The letters of those control characters that both shells write alike."""
_DOUBLED = {False: r"([\\'])", True: '(["\u201c\u201d\u201e$`])'}
"""What is special where control characters are escaped: in `$'…'`, and in PowerShell's double quotes."""


def quoted(text: str, *, powershell: bool = WINDOWS) -> str:
    """Return one word of a command, in quotes where it needs them."""
    if re.fullmatch(_PLAIN[powershell], text):
        return text
    if re.search(_CONTROL, text):
        return _with_escapes(text, powershell=powershell)
    if not re.search(_SPECIAL[powershell], text):
        return f'"{text}"'
    if not powershell:
        return "'" + text.replace("'", "'\"'\"'") + "'"
    # PowerShell passes a double quote on to a program without its backslash, which the program then misses.
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', text)
    return "'" + re.sub(_SINGLE, r"\1\1", escaped) + "'"


def _with_escapes(text: str, *, powershell: bool) -> str:
    """Return a word with its control characters as escapes: `$'…'`, or backticks in double quotes.

    A POSIX shell takes bytes in octal; PowerShell's own codes exist in its newer versions only.
    """
    sign = "`" if powershell else "\\"
    if powershell:
        text = re.sub(r'(\\*)"', r'\1\1\\"', text)
    plain = re.sub(_DOUBLED[powershell], lambda special: sign + special[1], text)

    def escape(found: re.Match[str]) -> str:
        control = found[0]
        if control in _ESCAPED:
            return sign + _ESCAPED[control]
        if powershell:
            return f"`u{{{ord(control):x}}}"
        undecoded = "\udc80" <= control <= "\udcff"  # a byte of a file's name that is no UTF-8
        kept = control.encode(errors="surrogateescape" if undecoded else "surrogatepass")
        return "".join(f"\\{byte:03o}" for byte in kept)

    escaped = re.sub(_ESCAPE[powershell], escape, plain)
    return f'"{escaped}"' if powershell else f"$'{escaped}'"


def command(words: str, *arguments: str, options: str = "") -> str:
    """Return a whole command: `torgsync`, its words, arguments that are quoted here, and ready options.

    An argument that looks like an option comes behind `--`.
    """
    quotes = " ".join(map(quoted, arguments))
    if any(argument.startswith("-") for argument in arguments):
        return f"torgsync {words} {options} -- {quotes}"
    return " ".join(filter(None, ("torgsync", words, quotes, options)))


def in_lines(words: Sequence[str], width: int, *, powershell: bool = WINDOWS) -> str:
    """Return a command in lines that fit and can be pasted as one; an option stays with its value.

    Where the shell is PowerShell or cmd, whose signs for that differ, it is one line.
    """
    parts: list[str] = []
    for word in words:
        if parts and not word.startswith("-") and parts[-1].startswith("-") and " " not in parts[-1]:
            parts[-1] += f" {quoted(word, powershell=powershell)}"
        else:
            parts.append(quoted(word, powershell=powershell))
    lines = [""]
    for part in parts:
        if not powershell and len(lines[-1]) + len(part) + 3 > width and lines[-1].strip():
            lines.append("   ")
        lines[-1] += f" {part}" if lines[-1] else part
    return " \\\n".join(lines)


def unescaped(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a call as they were meant in PowerShell.

    Its newer versions keep the backslash before a quote that older ones need (`quoted`). No name or path on
    Windows has that pair.
    """
    return [argument.replace('\\"', '"') for argument in arguments]
