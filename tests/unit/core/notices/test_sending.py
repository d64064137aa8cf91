"""Messages as plain text, within the limits of all services."""

from __future__ import annotations

import pytest

from torgsync.core.notices.sending import (
    LONGEST_BODY,
    LONGEST_TITLE,
    FailedDelivery,
    Undelivered,
    failure_message,
    plain_text,
)


def test_a_title_is_one_line() -> None:
    """Whatever a name has in it; the lines of a body stay."""
    text = plain_text("My\nProm\x07: \u2028held", "one\ntwo\rthree")
    assert text.title == "My Prom : held"
    assert text.body == "one\ntwo three"


def test_nobody_is_called() -> None:
    """Chats call their members by a word, or by what looks like a tag."""
    text = plain_text("@everyone", "price @Here, @channel, <@U1> and <!here>, mail me@example.com")
    assert "@everyone" not in text.title
    for called in ("@Here", "@channel", "<@", "<!"):
        assert called not in text.body
    assert "me@example.com" in text.body


def test_what_is_too_long_is_cut_at_a_line() -> None:
    """And says so."""
    text = plain_text("long " * 100, "\n".join(["a line of text"] * 500))
    assert len(text.title) <= LONGEST_TITLE
    assert len(text.body) <= LONGEST_BODY
    assert text.title.endswith(" …")
    assert text.body.endswith("a line of text\n…")


@pytest.mark.parametrize("why", Undelivered)
def test_why_an_address_was_not_reached(why: Undelivered) -> None:
    """In words, with the number of the answer where there was one."""
    assert failure_message(FailedDelivery("tgram://…", why))
    assert failure_message(FailedDelivery("tgram://…", why, 401)).endswith("(HTTP 401)")
