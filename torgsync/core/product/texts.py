"""Texts as Prom takes them: names, articles, keywords, descriptions, each within Prom's limit.

Every rule gives back the text and remarks: what was changed on the way, as codes and words. To which good
and column a remark belongs is told by whoever asked. Source: docs/developers/prom-api.md §7.1, §11 Q10,
docs/developers/torgsoft.md §2.3.
"""

from __future__ import annotations

import html
import re
from itertools import accumulate
from typing import NamedTuple

from torgsync.core.findings import Code
from torgsync.core.product.cells import clean
from torgsync.core.text import counted

NAME_LIMIT = 110
SKU_LIMIT = 25
KEYWORDS_LIMIT = 1024
PHRASE_LIMIT = 50
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
    """Return an article of at most `SKU_LIMIT` letters; letters that Prom may not take stay."""
    fitted = _cut(text, SKU_LIMIT, Code.SKU_CUT, "letters")
    strange = sorted(set(_SKU_STRANGE.findall(fitted.text)))
    if not strange:
        return fitted
    letters = ", ".join(f"`{letter}`" for letter in strange)
    message = f"{letters} in an article; Prom takes letters, digits, blanks and `-`, `_`, `.`, `/`"
    return Fitted(fitted.text, (*fitted.remarks, Remark(Code.SKU_CHARACTERS, message)))


_SKU_STRANGE = re.compile(r"[^0-9A-Za-z\u0400-\u052f\-_./ ]")


def fit_characteristic(text: str) -> Fitted:
    """Return the value of a characteristic, of at most `CHARACTERISTIC_LIMIT` characters."""
    return _cut(text, CHARACTERISTIC_LIMIT, Code.TEXT_CUT, "characters")


_MONTH = (
    "(?:січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру|янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\.?"
)
_REFORMATTED = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ][\d:]+)?|\d(?:[.,]\d+)?E\+\d+"
    rf"|\d{{1,2}}[. -]{_MONTH}(?:[. -]?\d{{2,4}})?|{_MONTH}[. -]?\d{{2,4}}",
    re.IGNORECASE,
)


def reformatted(text: str) -> tuple[Remark, ...]:
    """Tell of a size or an article that looks like a date, or a number of many digits.

    A spreadsheet makes `08.бер` of the size `8-3`, and `2,09E+05` of the article 209000.
    """
    if not _REFORMATTED.fullmatch(text):
        return ()
    return (Remark(Code.TEXT_REFORMATTED, f"`{text}` looks like what a spreadsheet made of something else"),)


def _cut(text: str, limit: int, code: Code, letters: str) -> Fitted:
    if len(text) <= limit:
        return Fitted(text)
    remark = Remark(code, f"{len(text)} {letters}, Prom takes {limit}: cut")
    return Fitted(text[:limit].rstrip(), (remark,))


def fit_keywords(text: str) -> Fitted:
    """Return phrases joined as Prom joins them, without those that are too long for it.

    A phrase has at most `PHRASE_LIMIT` characters; those past `KEYWORDS_LIMIT` in all are left out.
    """
    remarks = []
    every = [phrase for part in text.split(",") if (phrase := part.strip())]
    phrases = [phrase for phrase in every if len(phrase) <= PHRASE_LIMIT]
    if len(phrases) < len(every):
        first = next(phrase for phrase in every if len(phrase) > PHRASE_LIMIT)
        many = counted(len(every) - len(phrases), "phrase")
        message = f"{many} of more than {PHRASE_LIMIT} characters left out: `{first[:40]}…`"
        remarks.append(Remark(Code.KEYWORD_LONG, message))
    ends = accumulate(len(phrase) + len(", ") for phrase in phrases)
    kept = [phrase for phrase, end in zip(phrases, ends, strict=True) if end - len(", ") <= KEYWORDS_LIMIT]
    if len(kept) < len(phrases):
        limit = f"Prom takes {KEYWORDS_LIMIT} characters"
        message = f"{len(phrases)} phrases, the first {len(kept)} are sent: {limit}"
        remarks.append(Remark(Code.TEXT_CUT, message))
    return Fitted(", ".join(kept), tuple(remarks))


def fit_description(cell: str) -> Fitted:
    """Return a description as canonical HTML. It is never cut: HTML in two is none."""
    text = canonical_html(cell)
    if len(text) <= DESCRIPTION_LIMIT:
        return Fitted(text)
    message = f"{len(text)} characters; Prom may take no more than {DESCRIPTION_LIMIT}"
    return Fitted(text, (Remark(Code.TEXT_LONG, message),))


def damage(cell: str, text: str) -> tuple[Remark, ...]:
    """Return what was lost or taken out between a cell and its text; line ends of every kind are nothing."""
    if cell.isprintable() and "?" not in text:  # nearly every cell
        return ()
    found = []
    if len(clean(cell)) != len(cell) - cell.count("\r\n"):
        found.append(Remark(Code.TEXT_CLEANED, "control characters were taken out"))
    if "?" in text and _LOST_LETTER.search(_ADDRESS.sub(" ", text)):
        message = "a `?` stands where a letter was lost in the export"
        found.append(Remark(Code.LETTERS_LOST, message))
    return tuple(found)


_ADDRESS = re.compile(r"<[^<>]*>|https?://\S+")
_LOST_LETTER = re.compile(r"(?<=[^\W_])\?(?=[^\W_])|(?<=\d)\?|(?<![\w?])\?+(?=[^\W\d_])|(?<!\S)\?{2,}(?!\S)")
"""Inside a word, after a digit, before a word, or a word of nothing else; `Чому?` is a question."""


class Both(NamedTuple):
    """A text in Ukrainian and in Russian, and what was noticed on the way."""

    uk: str
    ru: str
    remarks: tuple[Remark, ...] = ()


def split_languages(text: str, separator: str) -> Both:
    """Return the two languages of `<uk>_<ru>` (torgsoft §5).

    A text without the separator, or with nothing on one side of it, is that of both. With more than one
    separator nobody can tell where it parts: the whole text goes to both, with a remark.
    """
    match [part.strip() for part in text.split(separator)]:
        case [uk, ru]:
            return Both(uk or ru, ru or uk)
        case [_]:
            return Both(text, text)
        case parts:
            message = (
                f"`{separator}` stands {len(parts) - 1} times in it: the whole text goes to both languages"
            )
            return Both(text, text, (Remark(Code.SPLIT_AMBIGUOUS, message),))


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
