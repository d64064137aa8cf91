"""The words for yes, no and presence: one table, in whatever spelling."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.product.presence import Presence, presence_of, yes_or_no

YES = ["1", "true", "yes", "так", "да", "+", "1,0", "є"]
NO = ["0", "false", "no", "ні", "нет", "-", "0,000", "−"]
PRESENCES = {
    "в наявності": Presence.AVAILABLE,
    "в наличии": Presence.AVAILABLE,
    "in stock": Presence.AVAILABLE,
    "under order": None,
    "під замовлення": Presence.ORDER,
    "под заказ": Presence.ORDER,
    "order": Presence.ORDER,
    "очікується": Presence.WAITING,
    "ожидается": Presence.WAITING,
    "waiting": Presence.WAITING,
    "немає в наявності": Presence.NOT_AVAILABLE,
    "нет в наличии": Presence.NOT_AVAILABLE,
    "not available": Presence.NOT_AVAILABLE,
    "так": Presence.AVAILABLE,
    "ні": Presence.ORDER,
    "": Presence.ORDER,
}
"""What words say where `[stock] zero` is `order`; None for a word that cannot be read."""
LATIN = str.maketrans("асеіорухАВСЕНІКМОРТХУ", "aceiopyxABCEHIKMOPTXY")


@st.composite
def spellings(draw: st.DrawFn, word: str) -> str:
    """Return a word in another case, with blanks, with look-alike letters, with invisible letters."""
    letters = [draw(st.sampled_from([letter, letter.upper()])) for letter in word]
    letters = [draw(st.sampled_from([letter, letter.translate(LATIN)])) for letter in letters]
    letters = [
        letter if letter != " " else draw(st.sampled_from([" ", "_", "\u00a0", "  "])) for letter in letters
    ]
    mark = draw(st.sampled_from(["{}", "{}", '="{}"', "'{}", '"{}"']))
    edges = st.text(st.sampled_from(" \t\u00a0\u200b\ufeff\n"), max_size=3)
    return draw(edges) + mark.format("".join(letters)) + draw(edges)


@given(st.data(), st.sampled_from([(word, True) for word in YES] + [(word, False) for word in NO]))
def test_any_spelling_of_a_yes_or_a_no(data: st.DataObject, case: tuple[str, bool]) -> None:
    """Case, blanks and letters that look alike make no difference."""
    word, said = case
    written = data.draw(spellings(word))
    assert yes_or_no(written) is said
    assert presence_of(written, Presence.WAITING) is (Presence.AVAILABLE if said else Presence.WAITING)


@given(st.data(), st.sampled_from(sorted(PRESENCES)))
def test_any_spelling_of_a_presence(data: st.DataObject, word: str) -> None:
    """A mere no, and an empty cell, is what a good without stock becomes."""
    written = data.draw(spellings(word))
    said = PRESENCES[word]
    if said is not None:
        assert presence_of(written, Presence.ORDER) is said
        return
    with pytest.raises(ValueError, match=re.escape(written)):
        presence_of(written, Presence.ORDER)


@pytest.mark.parametrize("word", ["", " ", "\u00a0"])
def test_an_empty_cell_says_neither(word: str) -> None:
    """Who asks for yes or no decides what it means there."""
    assert yes_or_no(word) is None


@pytest.mark.parametrize("word", ["2", "-1", "можливо", "tru", "0,5", "так ні", "??", "#REF!", "в наявності"])
def test_a_word_that_is_neither_is_refused(word: str) -> None:
    """It is never guessed."""
    with pytest.raises(ValueError, match=re.escape(word)):
        yes_or_no(word)
