"""The text of a message to a buyer: what an owner may write, and the message that it becomes.

Source: docs/developers/prom-api.md §6.4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from torgsync.core.text import did_you_mean
from torgsync.i18n import _

LONGEST = 1000
"""Characters of the longest message that Prom takes."""
PLACES = ("parcel", "order", "carrier")
"""What a text may name in braces."""

_PLACE = re.compile(r"\{([^{}]*)\}")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def check_template(text: str) -> str:
    """Return the text of a message as it is kept: trimmed, with one kind of line end.

    Raises ValueError, with words for people, where it is empty, too long, or has another place than `PLACES`.
    """
    text = re.sub(r"\r\n?", "\n", text).strip()
    if not text:
        raise ValueError(_("the message to the buyer is empty"))
    if _UNSENDABLE.search(text):
        raise ValueError(_("the message to the buyer has characters that cannot be sent"))
    places = [f"{{{place}}}" for place in PLACES]
    for name in _PLACE.findall(text):
        if name not in PLACES:
            hint = did_you_mean(f"{{{name}}}", places) or _("; use {places:quoted}", places=places)
            raise ValueError(
                _("`{{{name}}}` is unknown in the message to the buyer{hint}", name=name, hint=hint)
            )
    bare = _PLACE.sub("", text)
    if "{" in bare or "}" in bare:
        raise ValueError(
            _(
                "the message to the buyer has a brace that is not part of one of {places:quoted}",
                places=places,
            )
        )
    _check_length(bare)
    return text


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with the values of its places. Raises ValueError where that is too long."""
    text = _PLACE.sub(lambda match: values[match[1]], template)
    _check_length(text)
    return text


def _check_length(text: str) -> None:
    """Count as the strictest reader does: a pictogram is two characters."""
    characters = len(text.encode("utf-16-le")) // 2
    if characters > LONGEST:
        raise ValueError(
            _(
                "the message to the buyer is too long: {characters} characters; Prom.ua accepts {longest}",
                characters=characters,
                longest=LONGEST,
            )
        )
