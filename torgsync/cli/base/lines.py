"""Breaks long sentences into lines that fit a screen, between words and never inside what can be pasted."""

from __future__ import annotations

import re
import textwrap

_WHOLE = re.compile(
    r"`torgsync [^`]*`"  # a command in a sentence
    r"|\btorgsync [a-z].*"  # one that ends a line
    r"|--[a-z-]+ [^\s;,)]+"  # an option with its value
    r'|\b\w+ = (?:\[[^]]*\]|\{[^}]*\}|"[^"]*")'  # a setting
)
_QUOTED = re.compile(r"`[^`]*`")
_TIED = "\0"
"""Replaces a blank at which no line may end."""


def wrapped(text: str, width: int, indent: str = "", more: str = "  ") -> list[str]:
    """Return a text in lines of `width`, each indented by `indent`, and continuation lines also by `more`.

    A command or a setting stays on one line, even if that is longer: it can be copied from a terminal. Other
    names in backticks are not broken where they fit, and words never are.
    """
    longest = width - len(indent) - len(more)
    tied = _WHOLE.sub(_tie, text)
    tied = _QUOTED.sub(lambda found: _tie(found) if len(found[0]) <= longest else found[0], tied)
    lines = textwrap.wrap(
        tied,
        width,
        initial_indent=indent,
        subsequent_indent=indent + more,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_TIED, " ") for line in lines] or [indent]


def _tie(found: re.Match[str]) -> str:
    return found[0].replace(" ", _TIED)
