"""Propose the column that could be the key of a file whose columns have names of another program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from torgsync.core.product.columns import KEY, labelled

_KEY = re.compile(
    r"(?:(?:external|offer|product|good|item)?[ _-]?id|uid|guid|uuid|key|code|sku"
    r"|(?:(?:зовнішній|внешний)[ _-]?)?(?:ід|ид|ідентифікатор|идентификатор|код|ключ)|артикул)"
    r"(?:[ _-]*(?:товару|товара|позиції|позиции|product|good|item))?",
    re.IGNORECASE,
)
"""A name that as a whole is a key's."""

_LIKE_KEY = re.compile(
    r"(?<![^\W_])(?:id|uid|guid|uuid|key|code|sku|article|ід|ид|ідентифікатор\w*|идентификатор\w*|код|ключ"
    r"|артикул)(?![^\W_])",
    re.IGNORECASE,
)
"""A name with a key's word in it."""

_NEVER = re.compile(
    r"pri[cs]e|cost|amount|цін|цен[аыуео]?\b|варт|стоим|грн|знижк|скидк|discount|собів|себест"
    r"|stock|quantity|qty|кільк|к-сть|колич|кол-во|залиш|остат|наявн|налич|склад"
    r"|name|title|назв|найменув|наимен|опис|descr|display|відображ|отображ"
    r"|barcode|штрих|ean\b|gtin|фото|photo|picture|url|категор|categor|розділ|раздел|груп|group|модел|model"
    r"|постач|постав|suppl|валют|currency|телефон|phone",
    re.IGNORECASE,
)
"""What a key is never named like: money, stock, texts, and what several goods share."""

_ARTICLES = frozenset({"sku", "артикул"})


class KeyColumn(NamedTuple):
    """A column that could be the key: its name, and in how many rows it has a value of its own."""

    name: str
    rows: int


def likely_key(names: Sequence[str], rows: Iterable[Sequence[str]]) -> KeyColumn | None:
    """Return the column that could be the key, None where no column could.

    It is named like a key, has a value in every row and never the same twice. A name for money, stock or a
    text is never a key's, whatever the column holds.
    """
    seen: dict[int, set[str]] = {place: set() for place, name in enumerate(names) if _rank(name)}
    count = 0
    for row in rows:
        count += 1
        for place in tuple(seen):
            text = row[place].strip() if place < len(row) else ""
            if not text or text in seen[place]:
                del seen[place]
            else:
                seen[place].add(text)
    if not seen or not count:
        return None
    return KeyColumn(min((names[place].strip() for place in seen), key=_rank), count)


def _rank(name: str) -> int:
    """Return how well a name fits a key, 1 best; 0 for a name that does not."""
    plain = " ".join(name.split())
    if _KEY.fullmatch(plain) or labelled(plain) == KEY:
        # An article is unique in some shops only, so a column that is called a key goes before it.
        return 2 if plain.casefold() in _ARTICLES else 1
    known = labelled(plain) not in {"", "Articul"} or _NEVER.search(plain)
    return 3 if not known and _LIKE_KEY.search(plain) else 0
