"""What Typer's library says of a command line that it cannot read, as sentences of this program."""

from __future__ import annotations

import re

from torgsync.cli.base.helps.placeholders import placeholder_message
from torgsync.i18n import Message, _, verbatim

_LINES: tuple[tuple[str, Message], ...] = (
    (
        r"No such option: (?P<option>\S+) \(Possible options: (?P<known>.+)\)",
        _("no such option: {option}; possible options: {known}"),
    ),
    (
        r"No such option: (?P<option>\S+?)\.? Did you mean (?P<known>.+)\?",
        _("no such option: {option}; possible options: {known}"),
    ),
    (r"No such option: (?P<option>\S+)", _("no such option: {option}")),
    (
        r"No such command '(?P<command>.+?)'\. Did you mean (?P<known>.+)\?",
        _("no such command '{command}'; did you mean {known}?"),
    ),
    (r"No such command '(?P<command>.+?)'.*", _("no such command '{command}'")),
    (r"Missing command", _("the command is missing")),
    (r"Missing option '(?P<option>.+?)'.*", _("missing option '{option}'")),
    (r"Missing argument '(?P<argument>.+?)'.*", _("missing argument '{argument}'")),
    (
        r"Got unexpected extra arguments?(?:\(s\))? \((?P<words>.+)\)",
        _("these words are too many: {words}"),
    ),
    (r"Option '(?P<option>.+)' requires an argument", _("option '{option}' needs a value")),
    (r"Option '(?P<option>.+)' does not take a value", _("option '{option}' does not take a value")),
    (r"Invalid value for (?P<where>.+?)(?<!env var): (?P<why>.+)", _("invalid value for {where}: {why}")),
)
"""Sentences about a whole command line, by a pattern of what the library says."""
_VALUES: tuple[tuple[str, Message], ...] = (
    (r"Input should be a valid integer\b.*", _("this is not a whole number")),
    (r"Input should be a valid number\b.*", _("this is not a number")),
    (r"Input should be a valid boolean\b.*", _("write 1 or 0")),
    (r"'(?P<value>.*)' is not one of (?P<known>.+)", _("'{value}' is not one of {known}")),
    (r"Input should be greater than or equal to (?P<limit>.+)", _("it must be {limit} or more")),
    (r"Input should be less than or equal to (?P<limit>.+)", _("it must be {limit} or less")),
    (r"(?P<value>\S+) is not in the range (?P<range>.+)", _("{value} is not in the range {range}")),
    (
        r"'(?P<value>.*)' does not match the formats? .+",
        _("'{value}' is not a day such as 2026-11-30 or 30.11.2026"),
    ),
    (r"\w+ '(?P<path>.*)' does not exist", _("`{path}` does not exist")),
    (r"\w+ '(?P<path>.*)' is a file", _("`{path}` is a file, not a folder")),
    (r"\w+ '(?P<path>.*)' is a directory", _("`{path}` is a folder, not a file")),
    (r"\w+ '(?P<path>.*)' is not readable", _("`{path}` cannot be read")),
)
"""Sentences about one value."""


def usage_message(said: str) -> Message:
    """Return what is wrong with a command line; what the library says in other words stays as it is."""
    said = said.rstrip(".").replace("Value error, ", "")
    for pattern, sentence in _LINES:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            parts: dict[str, str] = found.groupdict()
            if "argument" in parts:
                parts["argument"] = placeholder_message(parts["argument"])
            if "why" in parts:
                parts["why"] = _value_message(parts["why"])
                parts["where"] = _place_message(parts["where"])
            return sentence.filled(**parts)
    return verbatim(said[:1].lower() + said[1:])


def _place_message(said: str) -> Message:
    """Return which option is meant, and the variable that its value came from."""
    found = re.fullmatch(r"(?P<option>.+) \(env var: '(?P<name>\w+)'\)", said)
    return _("{option} (env var: '{name}')", **found.groupdict()) if found else placeholder_message(said)


def _value_message(said: str) -> Message:
    for pattern, sentence in _VALUES:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            parts = found.groupdict()
            return sentence.filled(**parts) if parts else sentence
    return verbatim(said)
