"""The words of an export for yes and no, and for whether a good can be bought: one table for every place.

Case, blanks, letters that cannot be seen, and Latin letters that look like Cyrillic ones make no difference.
Source: docs/developers/torgsoft.md §3.9.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from torgsync.core.product.cells import readable
from torgsync.core.product.cleaning import unmarked


class Presence(StrEnum):
    """Whether a product can be bought, as Prom says it (prom-api §3.3)."""

    AVAILABLE = "available"
    ORDER = "order"
    WAITING = "waiting"
    NOT_AVAILABLE = "not_available"


_YES_NO = {
    True: "1, +, true, t, yes, y, on, так, т, да, є, есть, істина, истина, правда",
    False: "0, -, –, —, −, false, f, no, n, off, ні, н, нет, немає, нема, хибність, хиба, неправда, ложь",
}
_PRESENCES = {
    Presence.AVAILABLE: "available, in stock, instock, !, в наявності, є в наявності, у наявності, наявний, "
    "на складі, є на складі, в наличии, есть в наличии, на складе, есть на складе, готово до відправки, "
    "готов к отправке",
    Presence.ORDER: "order, on order, to order, by order, made to order, preorder, pre order, backorder, "
    "back order, під замовлення, на замовлення, передзамовлення, попереднє замовлення, под заказ, на заказ, "
    "предзаказ, предварительный заказ",
    Presence.WAITING: "waiting, awaiting, expected, coming soon, очікується, очікуємо, очікування, "
    "очікується надходження, очікується поставка, ожидается, ожидаем, ожидание, ожидается поступление, "
    "ожидается поставка",
    Presence.NOT_AVAILABLE: "not available, unavailable, not in stock, out of stock, outofstock, sold out, "
    "немає в наявності, нема в наявності, не в наявності, немає на складі, відсутній, відсутня, відсутнє, "
    "відсутні, закінчився, розпродано, нет в наличии, не в наличии, нет на складе, отсутствует, отсутствуют, "
    "закончился, распродано",
}

_TWINS = str.maketrans("abcehikmoptxy", "авсенікмортху")
_BETWEEN_WORDS = str.maketrans("_-–", "   ")


def _folded(text: str) -> str:
    """Return a word as it is compared; a sign that stands alone or before a number stays.

    The marks by which a spreadsheet keeps a text are no part of it: `="0"`, `'так`.
    """
    word = unmarked(text).casefold().translate(_TWINS).strip().strip("=\"'").strip()
    return " ".join(word.translate(_BETWEEN_WORDS).strip(" .,;:!").split()) if word[:1].isalpha() else word


_FLAGS = {_folded(word): flag for flag, words in _YES_NO.items() for word in words.split(", ")}
_WORDS = {_folded(word): presence for presence, words in _PRESENCES.items() for word in words.split(", ")}


@lru_cache(maxsize=256)
def yes_or_no(text: str) -> bool | None:
    """Return what a cell says, None where it is empty. Raises ValueError for a word that is neither."""
    word = _folded(text)
    if not word:
        return None
    flag = _FLAGS.get(word)
    if flag is None and (amount := readable(word)) is not None and amount in (0, 1):
        return bool(amount)
    if flag is None:
        raise ValueError(text)
    return flag


def is_presence_word(text: str) -> bool:
    """Return whether a cell is a word for the presence of a good alone.

    A mere yes or no, and that something is absent, may be said of a part of the good as well.
    """
    word = _folded(text)
    return word in _WORDS and not word.startswith(("відсутн", "отсутств"))


@lru_cache(maxsize=256)
def presence_of(text: str, zero: Presence) -> Presence:
    """Return what a cell says of a good: one of the four words, or yes or no; an empty one says no.

    `zero` is what a good without stock becomes, which a mere no means. Raises ValueError for any other word.
    """
    return _WORDS.get(_folded(text)) or (Presence.AVAILABLE if yes_or_no(text) else zero)
