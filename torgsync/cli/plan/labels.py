"""The words with a sign before the lines below a plan; what they are about begins in one column."""

from __future__ import annotations

from torgsync.cli.base.findings import MARKS
from torgsync.i18n import Message, _, composed, translated

HELD = _("! held")
"""Before what a guard holds."""
GUARD = _("! guard")
"""Before what a guard found in that which a person lets through."""
STAYS = _("! stays")
"""Before what cannot be turned back."""


def label_width() -> int:
    """Return how wide the column of labels is in the language of the person."""
    return max(len(translated(label)) for label in (HELD, GUARD, STAYS, *MARKS.values())) + 2


def labelled(label: Message, text: Message) -> Message:
    """Return a line that begins with a label."""
    return composed("{label}{text}", label=f"{translated(label):<{label_width()}}", text=text)


def below(text: Message) -> Message:
    """Return a line that goes on under a label."""
    return composed("{indent}{text}", indent=" " * label_width(), text=text)
