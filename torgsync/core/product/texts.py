"""Texts as Prom takes them: names, articles, keywords, descriptions, each within Prom's limit.

Every rule returns the text and the reasons why it differs from the cell; the caller knows the good and the
column. Source: docs/developers/prom-api.md §7.1, §11 Q10, docs/developers/torgsoft.md §2.3.
"""

from __future__ import annotations

import html
import re
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

from torgsync.core.findings import Code
from torgsync.core.product.cleaning import clean, short_text
from torgsync.core.reason import Reason
from torgsync.core.text import quotation

NAME_LIMIT = 110
SKU_LIMIT = 25
KEYWORDS_LIMIT = 1024
PHRASE_LIMIT = 50
CHARACTERISTIC_LIMIT = 500
DESCRIPTION_LIMIT = 12_160


class Fitted(NamedTuple):
    """A text within Prom's limits, and what was changed or noticed."""

    text: str
    reasons: tuple[Reason[Code], ...] = ()


def fit_name(text: str) -> Fitted:
    """Return a name of at most `NAME_LIMIT` letters."""
    return _cut(text, NAME_LIMIT, Code.NAME_CUT)


def fit_sku(text: str) -> Fitted:
    """Return an article of at most `SKU_LIMIT` letters; letters that Prom may not take stay."""
    fitted = _cut(text, SKU_LIMIT, Code.SKU_CUT)
    strange = sorted(set(_SKU_STRANGE.findall(fitted.text)))
    if not strange:
        return fitted
    return Fitted(fitted.text, (*fitted.reasons, Reason(Code.SKU_CHARACTERS, {"letters": strange})))


_SKU_STRANGE = re.compile(r"[^0-9A-Za-z\u0400-\u052f\-_./ ]")


def fit_characteristic(text: str) -> Fitted:
    """Return the value of a characteristic, of at most `CHARACTERISTIC_LIMIT` characters."""
    return _cut(text, CHARACTERISTIC_LIMIT, Code.TEXT_CUT)


_MONTH = (
    "(?:січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру|янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\.?"
)
_REFORMATTED = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ][\d:]+)?|\d(?:[.,]\d+)?E\+\d+"
    rf"|\d{{1,2}}[. -]{_MONTH}(?:[. -]?\d{{2,4}})?|{_MONTH}[. -]?\d{{2,4}}",
    re.IGNORECASE,
)


def reformatted(text: str) -> tuple[Reason[Code], ...]:
    """Return a reason for a size or an article that looks like a date, or a number of many digits.

    A spreadsheet makes `08.бер` of the size `8-3`, and `2,09E+05` of the article 209000.
    """
    return (Reason(Code.TEXT_REFORMATTED, {"text": text}),) if _REFORMATTED.fullmatch(text) else ()


def _cut(text: str, limit: int, code: Code) -> Fitted:
    if len(text) <= limit:
        return Fitted(text)
    return Fitted(text[:limit].rstrip(), (Reason(code, {"count": len(text), "limit": limit}),))


_BETWEEN_PHRASES = re.compile(r"[,;|\n]")


def fit_keywords(text: str) -> Fitted:
    """Return phrases joined as Prom joins them, without those that are too long for it.

    Commas, semicolons, bars and line ends separate them. A phrase has at most `PHRASE_LIMIT` characters;
    those past `KEYWORDS_LIMIT` in all are left out.
    """
    reasons = []
    every = [phrase for part in _BETWEEN_PHRASES.split(text) if (phrase := short_text(part))]
    phrases = [phrase for phrase in every if len(phrase) <= PHRASE_LIMIT]
    if len(phrases) < len(every):
        first = next(phrase for phrase in every if len(phrase) > PHRASE_LIMIT)
        dropped, counts = len(every) - len(phrases), {"limit": PHRASE_LIMIT, "sent": len(phrases)}
        reasons.append(Reason(Code.KEYWORD_LONG, {"count": dropped, "first": quotation(first), **counts}))
    ends = accumulate(len(phrase) + len(", ") for phrase in phrases)
    sent = [phrase for phrase, end in zip(phrases, ends, strict=True) if end - len(", ") <= KEYWORDS_LIMIT]
    if len(sent) < len(phrases):
        counts = {"phrases": len(phrases), "sent": len(sent), "limit": KEYWORDS_LIMIT}
        reasons.append(Reason(Code.TEXT_CUT, counts))
    return Fitted(", ".join(sent), tuple(reasons))


def fit_description(cell: str) -> Fitted:
    """Return a description as canonical HTML. It is never cut: HTML in two is none."""
    text = canonical_html(cell)
    if len(text) <= DESCRIPTION_LIMIT:
        return Fitted(text)
    return Fitted(text, (Reason(Code.TEXT_LONG, {"count": len(text), "limit": DESCRIPTION_LIMIT}),))


class Bilingual(NamedTuple):
    """A text in Ukrainian and in Russian, and what was noticed when it was split."""

    uk: str
    ru: str
    reasons: tuple[Reason[Code], ...] = ()


def split_languages(text: str, separator: str) -> Bilingual:
    """Return the two languages of `<uk>_<ru>` (torgsoft §5).

    A text without the separator, or with nothing on one side of it, belongs to both languages. With more than
    one separator it is unknown where the text splits: the whole text goes to both, with a reason.
    """
    match [part.strip() for part in text.split(separator)]:
        case [uk, ru]:
            return Bilingual(uk or ru, ru or uk)
        case [_]:
            return Bilingual(text, text)
        case parts:
            args: dict[str, str | int] = {"separator": separator, "count": len(parts) - 1}
            return Bilingual(text, text, (Reason(Code.SPLIT_AMBIGUOUS, args),))


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

    Blanks between tags are removed where a block begins or ends. Elsewhere one stays, between two words.
    """
    cleaned = clean(text).strip()
    if not cleaned or _TAG.search(cleaned):
        return _BETWEEN.sub(" ", _BEFORE_BLOCK.sub("", _AFTER_BLOCK.sub(r"\1", cleaned)))
    paragraphs = (html.escape(line.strip(), quote=False) for line in cleaned.split("\n") if line.strip())
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


LENGTHS = (8, 12, 13, 14)
_ZERO = ord("0")
_CYRILLIC = dict(zip("АВЕЗІКМНОРСТХ", "ABE3IKMHOPCTX", strict=True))
"""Cyrillic letters that look like another sign, each with that sign."""


class BarcodeFault(StrEnum):
    """Why a text is no barcode."""

    CYRILLIC = "cyrillic"
    LETTER = "letter"
    LENGTH = "length"
    ZEROS = "zeros"
    CHECK_DIGIT = "check-digit"


def check_digit(digits: str) -> int:
    """Return the check digit of these digits, by the rule of GS1."""
    codes = digits.encode()
    odd, even = codes[-1::-2], codes[-2::-2]
    return -(3 * (sum(odd) - len(odd) * _ZERO) + sum(even) - len(even) * _ZERO) % 10


def _is_digits(text: str) -> bool:
    return text.isdigit() and text.isascii()


def barcode_fault(text: str) -> Reason[BarcodeFault] | None:
    """Return why a text is no barcode, None where it is one."""
    strange = "" if _is_digits(text) else next(letter for letter in text if not _is_digits(letter))
    if latin := _CYRILLIC.get(strange.upper()):
        return Reason(BarcodeFault.CYRILLIC, {"letter": strange, "latin": latin})
    if strange:
        return Reason(BarcodeFault.LETTER, {"letter": strange})
    if len(text) not in LENGTHS:
        return Reason(BarcodeFault.LENGTH, {"digits": len(text)})
    if not text.strip("0"):
        return Reason(BarcodeFault.ZEROS)
    digit = str(check_digit(text[:-1]))
    return None if text[-1] == digit else Reason(BarcodeFault.CHECK_DIGIT, {"last": text[-1], "right": digit})
