"""Arguments of `torgsync clients` that are checked before they get into a log."""

from __future__ import annotations

from torgsync.errors import UsageError


def refuse_words(client: str) -> None:
    """Refuse what is no client's number before it gets into the log: it may be a person's name."""
    if not client.isdecimal():
        hint = "a client is named by its number: torgsync clients list"
        raise UsageError(f"there is no client {client}", hint=hint)
