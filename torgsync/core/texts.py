"""Texts as Prom takes them: names, articles, keywords, descriptions, each within Prom's limit.

Every rule gives back the text and remarks: what was changed on the way, as codes and words. To which good
and column a remark belongs is told by whoever asked. Source: reference/prom-api.md §7.1, §11 Q10,
reference/torgsoft.md §2.3.
"""

from __future__ import annotations

import html
import re
from itertools import accumulate
from typing import NamedTuple

from torgsync.core.findings import Code
from torgsync.core.goods import clean

NAME_LIMIT = 110
SKU_LIMIT = 25
KEYWORDS_LIMIT = 1024
CHARACTERISTIC_LIMIT = 500
DESCRIPTION_LIMIT = 12_160


class Remark(NamedTuple):
    """What a rule noticed about a text."""

    code: Code
    message: str


class Fitted(NamedTuple):
    """A text within Prom's limits, and what was noticed on the way."""

    text: str
    remarks: tuple[Remark, ...] = ()


def fit_name(text: str) -> Fitted:
    """Return a name of at most `NAME_LIMIT` letters."""
    return _cut(text, NAME_LIMIT, Code.NAME_CUT, "letters")


def fit_sku(text: str) -> Fitted:
    """Return an article of at most `SKU_LIMIT` letters."""
    return _cut(text, SKU_LIMIT, Code.SKU_CUT, "letters")


def fit_characteristic(text: str) -> Fitted:
    """Return the value of a characteristic, of at most `CHARACTERISTIC_LIMIT` characters."""
    return _cut(text, CHARACTERISTIC_LIMIT, Code.TEXT_CUT, "characters")


def _cut(text: str, limit: int, code: Code, letters: str) -> Fitted:
    if len(text) <= limit:
        return Fitted(text)
    remark = Remark(code, f"{len(text)} {letters}, Prom takes {limit}: cut")
    return Fitted(text[:limit].rstrip(), (remark,))


def fit_keywords(text: str) -> Fitted:
    """Return phrases joined as Prom joins them; those past `KEYWORDS_LIMIT` characters are left out."""
    phrases = [phrase for part in text.split(",") if (phrase := part.strip())]
    ends = accumulate(len(phrase) + len(", ") for phrase in phrases)
    kept = [phrase for phrase, end in zip(phrases, ends, strict=True) if end - len(", ") <= KEYWORDS_LIMIT]
    if len(kept) == len(phrases):
        return Fitted(", ".join(kept))
    message = (
        f"{len(phrases)} phrases, the first {len(kept)} are sent: Prom takes {KEYWORDS_LIMIT} characters"
    )
    return Fitted(", ".join(kept), (Remark(Code.TEXT_CUT, message),))


def fit_description(cell: str) -> Fitted:
    """Return a description as canonical HTML. It is never cut: HTML in two is none."""
    text = canonical_html(cell)
    if len(text) <= DESCRIPTION_LIMIT:
        return Fitted(text)
    message = f"{len(text)} characters; Prom may take no more than {DESCRIPTION_LIMIT}"
    return Fitted(text, (Remark(Code.TEXT_LONG, message),))


def damage(cell: str, text: str) -> tuple[Remark, ...]:
    """Return what was lost or taken out between a cell and its text; line ends of every kind are nothing."""
    found = []
    if len(clean(cell)) != len(cell) - cell.count("\r\n"):
        found.append(Remark(Code.TEXT_CLEANED, "control characters were taken out"))
    if _LOST_LETTER.search(text):
        found.append(Remark(Code.LETTERS_LOST, "a `?` inside a word: a letter was lost in the export"))
    return tuple(found)


_LOST_LETTER = re.compile(r"(?<=[^\W\d_])\?(?=[^\W\d_])")

_TAG = re.compile(r"<[a-zA-Z/!]")
_BLOCK = (
    "address article aside blockquote br caption col colgroup dd div dl dt figcaption figure footer h[1-6] "
    "header hr li main nav ol p pre section table tbody td tfoot th thead tr ul"
).replace(" ", "|")
_AFTER_BLOCK = re.compile(rf"(</?(?:{_BLOCK})\b[^<>]*>)\s+(?=<)", re.IGNORECASE)
_BEFORE_BLOCK = re.compile(rf"(?<=>)\s+(?=</?(?:{_BLOCK})\b)", re.IGNORECASE)
_BETWEEN = re.compile(r"(?<=>)\s+(?=<)")


def canonical_html(text: str) -> str:
    """Return a description as HTML in normal form: plain text is escaped and its lines become paragraphs.

    Blanks between tags go where a block begins or ends. Elsewhere one stays: it parts two words.
    """
    cleaned = clean(text).strip()
    if not cleaned or _TAG.search(cleaned):
        return _BETWEEN.sub(" ", _BEFORE_BLOCK.sub("", _AFTER_BLOCK.sub(r"\1", cleaned)))
    paragraphs = (html.escape(line.strip(), quote=False) for line in cleaned.split("\n") if line.strip())
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
