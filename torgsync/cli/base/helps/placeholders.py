"""The words that stand for values in helps, such as `FILE`, and in what is wrong with a command line."""

from __future__ import annotations

import re
from typing import Any

from torgsync.i18n import NOTHING, Message, _, composed, joined

PLACEHOLDERS = {
    str(word): word
    for word in (
        _("ACCOUNT"),
        _("ARGUMENTS"),
        _("CENTER"),
        _("CLIENT"),
        _("CODE"),
        _("COLUMN"),
        _("COMMAND"),
        _("DATABASE"),
        _("DAY"),
        _("DAYS"),
        _("DIR"),
        _("FIELD"),
        _("FILE"),
        _("GROUP"),
        _("GUARD"),
        _("HOST"),
        _("HOURS"),
        _("ID"),
        _("INTERVAL"),
        _("ITEM"),
        _("KEY"),
        _("KIND"),
        _("MESSAGE"),
        _("METHOD"),
        _("N"),
        _("NAME"),
        _("NUMBER"),
        _("OBJECT"),
        _("OPTIONS"),
        _("ORDER"),
        _("PASSWORD"),
        _("PHONE"),
        _("PLACE"),
        _("PLAN"),
        _("PORT"),
        _("PREFIX"),
        _("RULE"),
        _("RUN"),
        _("SECONDS"),
        _("SERVER"),
        _("SIGN"),
        _("STATUS"),
        _("TARGET"),
        _("TOKEN"),
        _("TOPIC"),
        _("UNIT"),
        _("URL"),
        _("USER"),
        _("VALUE"),
        _("WAY"),
        _("WORD"),
    )
}
"""Every word that stands for a value, by its English."""
_PLACEHOLDER = re.compile(r"(?<![\w-])([A-Z]+)(?![\w-])")


def placeholder_of(param: Any) -> Message:  # noqa: ANN401  # Typer's own kind of parameter
    """Return what stands for the value of a parameter: `FILE`, or all its values, `table|json|csv`.

    It is empty for a flag, and for what is counted.
    """
    if getattr(param, "is_flag", False) or getattr(param, "count", False):
        return NOTHING
    choices = param.type_descriptor.choices if param.type_descriptor.is_choice else None
    text = param.metavar or "|".join(map(str, choices or ())) or param.name.upper()
    return placeholder_message(text)


def placeholder_message(text: str) -> Message:
    """Return a text such as `KEY=VALUE,…` with each word that stands for a value as a message."""
    return joined("", (PLACEHOLDERS.get(part, part) for part in _PLACEHOLDER.split(text)))


def usage_piece(param: Any) -> Message:  # noqa: ANN401  # Typer's own kind of argument
    """Return an argument as the first line of a help shows it: `RUN`, `[RUN]` or `[ORDER …]`."""
    word = placeholder_of(param)
    if param.nargs != 1:
        word = composed("{word} …", word=word)
    return word if param.required else composed("[{word}]", word=word)
