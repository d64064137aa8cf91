"""What is sent to the addresses of a sync object, and why an address could not be reached."""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

from torgsync.i18n import Message, _

LONGEST_TITLE = 120
LONGEST_BODY = 1800
"""Letters of a message that every service takes, also where some of them are written as entities."""
_KEPT = ("\n", "\u2060")
_MENTION = re.compile(r"@(?=everyone\b|here\b|channel\b)|<(?=[@!#])", re.IGNORECASE)


class Undelivered(StrEnum):
    """Why an address could not be reached."""

    SECRET = "secret"  # noqa: S105  # the place of it cannot be read, or holds no address
    LIBRARY = "library"  # Apprise is not installed
    UNKNOWN = "unknown"  # Apprise knows no such address
    UNREACHED = "unreached"  # no connection
    REFUSED = "refused"  # the service did not take it
    LOGIN = "login"  # nor the name or the password
    NO_ANSWER = "no-answer"  # within the deadline


class FailedDelivery(Struct, frozen=True):
    """Why an address could not be reached, with the HTTP status if there was one.

    `address` is how people see it: without what is secret of it.
    """

    address: str
    why: Undelivered
    status: int = 0


def failure_message(failure: FailedDelivery) -> Message:
    """Return why an address could not be reached."""
    why = _FAILURES[failure.why]
    if failure.status:
        return _("{why} (HTTP {status})", why=why, status=failure.status)
    return why


_FAILURES = {
    Undelivered.SECRET: _("the address cannot be read from where it is kept"),
    Undelivered.LIBRARY: _("a library for notifications is missing"),
    Undelivered.UNKNOWN: _("this is not an address that Apprise knows"),
    Undelivered.UNREACHED: _("there was no connection"),
    Undelivered.REFUSED: _("the service did not accept it"),
    Undelivered.LOGIN: _("the service did not accept it: the name or the password may be wrong"),
    Undelivered.NO_ANSWER: _("there was no answer in time"),
}


class Text(Struct, frozen=True):
    """A message as it is sent: one line, and plain text."""

    title: str
    body: str


def plain_text(title: str, body: str) -> Text:
    """Return a message within the limits of all services, which none of them takes for anything but text."""
    line = " ".join(title.split())
    return Text(_cut(_harmless(line), LONGEST_TITLE), _cut(_harmless(body), LONGEST_BODY))


def _harmless(text: str) -> str:
    """Return a text that calls no one: chats call all members of a group by `@everyone`."""
    shown = "".join(sign if sign.isprintable() or sign in _KEPT else " " for sign in text)
    return _MENTION.sub(lambda found: f"{found[0]}\u2060", shown)


def no_link(text: str) -> str:
    """Return a text of others, such as an item's name, in which no service finds an address to link to."""
    return text.replace("://", ":\u2060//")


def _cut(text: str, longest: int) -> str:
    """Return a text without the lines, or the letters, that are too many."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 2]
    whole, line_end, _rest = cut.rpartition("\n")
    return f"{whole}\n…" if line_end else f"{cut} …"
