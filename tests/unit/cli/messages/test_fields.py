"""What people call fields and their values."""

from __future__ import annotations

from torgsync.cli.messages.fields import PRESENCES, VERBS, value_word
from torgsync.core.plan.diff import Verb
from torgsync.core.product.field_words import FIELD_WORDS, field_word
from torgsync.core.product.fields import FIELDS
from torgsync.core.product.presence import Presence


def test_everything_has_a_word() -> None:
    """Each field, each presence and each verb; a field of another version is called by its key."""
    assert FIELD_WORDS.keys() == FIELDS.keys()
    assert PRESENCES.keys() == set(Presence)
    assert VERBS.keys() == set(Verb)
    assert field_word("colour") == "colour"


def test_words_of_the_api_are_translated() -> None:
    """Only in the fields that have them, and only known ones."""
    assert value_word("status", "on_display") == "on the site"
    assert value_word("presence", Presence.AVAILABLE) == "in stock"
    assert value_word("status", "new_word") is None
    assert value_word("name", "on_display") is None
