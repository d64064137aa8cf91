"""Texts as a person means them, without what another program wrote into them.

HTML entities, the quotation marks of a CSV, backslashes before quotes, the text marks of a spreadsheet, tags
and invisible characters are no part of a name, a size or an article. A text without any of these is never
changed. Everything here is text in, text out. Source: docs/developers/torgsoft.md §2.2, §9.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache

from torgsync.core.text import CONTROL, one_line, without_controls


class Cleaning(StrEnum):
    """What was removed from a text, or undone in it."""

    CONTROL = "control"
    INVISIBLE = "invisible"
    ENTITIES = "entities"
    BACKSLASHES = "backslashes"
    SPREADSHEET = "spreadsheet"
    TAGS = "tags"
    EMPTY = "empty"  # the word or the sign of another program for "nothing"


Cleaned = tuple[str, tuple[Cleaning, ...]]
"""A text, and what was removed from it."""

_SPACES = re.compile(r"[ \t\u00a0]{2,}")
_ROUNDS = 32
"""How many marks around each other are removed."""


def clean(text: str) -> str:
    """Return a cell's text without control characters, which no XML carries; line ends become line feeds."""
    if text.isprintable():  # nearly every cell
        return text
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def folded_line(text: str) -> str:
    """Return a text as one line, trimmed and with runs of blanks folded."""
    if text.isprintable() and "  " not in text:  # nearly every cell
        return text.strip()
    return _SPACES.sub(" ", " ".join(clean(text).split("\n"))).strip()


def short_text(cell: str, blank: frozenset[str] = frozenset()) -> str:
    """Return a short text as `cleaned` does, without what was removed."""
    return cleaned(cell, blank)[0]


@lru_cache(maxsize=4096)  # most cells of an export repeat: colours, sizes, groups, nothing
def cleaned(cell: str, blank: frozenset[str] = frozenset()) -> Cleaned:
    """Return a short text as one line, and what was removed from it.

    It is empty where it is one of `blank`, in folded case, or what programs write for nothing: `NULL`, `-`.
    """
    if (  # nearly every cell; written out here, for it is asked of every text of an export
        cell.isprintable()
        and "&" not in cell
        and "<" not in cell
        and "\\" not in cell
        and "  " not in cell
        and cell[:1] not in _FIRST
    ):
        text = cell.strip()
        folded = text.casefold()
        if folded not in blank and folded not in _NOTHING and text[:1] not in _SIGNS:
            return text, ()
    text, marks = cleaned_lines(cell)
    return _emptied(folded_line(text), marks, blank)


def _emptied(text: str, marks: tuple[Cleaning, ...], blank: frozenset[str]) -> Cleaned:
    """Return a text and its marks, without the text where it is a word or a sign for nothing."""
    folded = folded_line(text).casefold()
    if folded in blank or not folded:
        return "", marks
    if folded in _NOTHING or _SIGNS.issuperset(folded):
        return "", (*marks, Cleaning.EMPTY)
    return text, marks


def cleaned_lines(cell: str) -> Cleaned:
    """Return a text of several lines and what was removed; a tag that breaks a line becomes a line end."""
    return (cell, ()) if is_plain(cell) else _unmarked(cell)


def cleaned_html(cell: str, blank: frozenset[str] = frozenset()) -> Cleaned:
    """Return a long text, and what was removed from it; its tags stay. It is empty where `cleaned` is.

    Entities are undone only where no tag shows that the text is HTML already, and no further than that.
    """
    if (
        "&" in cell
        or "\\" in cell
        or cell.lstrip()[:1] in _FIRST
        or not (cell.isprintable() or CONTROL.search(cell) is None)
    ):
        return _emptied(*_without(cell, _LONG_STEPS), blank)
    return _emptied(cell, (), blank)


def unmarked(text: str) -> str:
    """Return a text without marks; its blanks, its line ends and a word for nothing stay."""
    return cleaned_lines(text)[0]


def is_plain(text: str) -> bool:
    """Return whether there is surely nothing to remove from a text, blanks aside."""
    return (
        text.isprintable()
        and "&" not in text
        and "<" not in text
        and "\\" not in text
        and text.lstrip()[:1] not in _FIRST
    )


def column_name(name: str) -> str:
    """Return the name of a column, without marks and without the quotation marks around all of it."""
    text = name.strip()
    if not is_plain(text) or text[:1] in '"ïп':
        text = folded_line(_unmarked(text)[0])
        text = folded_line(without_quotes(text.removeprefix("ï»¿").removeprefix("п»ї")))
    return text


_FIRST = ("=", "'")
"""The signs with which a spreadsheet marks a text."""
_FORMULA = re.compile(r'=\s*"([^"]*+(?:""[^"]*+)*+)"')
_CLOSING = re.compile(r"'(?![^\W_])")
_QUOTED_NUMBER = re.compile(r"'([\d\s.,/+-]+)'")


def spreadsheet_text(cell: str) -> str:
    """Return a cell without the marks by which a spreadsheet keeps a text from being a number.

    They are `="0530"` and a leading `'`. A quotation in single quotes keeps both of them.
    """
    text = cell
    while (trimmed := text.strip())[:1] in _FIRST and trimmed:
        if match := _FORMULA.fullmatch(trimmed):
            text = match[1].replace('""', '"')
        elif match := _QUOTED_NUMBER.fullmatch(trimmed):
            text = match[1]
        elif trimmed[0] == "'" and not _CLOSING.search(trimmed, 1):
            text = trimmed[1:]
        else:
            break
    return text


_CSV_TEXT = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"')


def without_quotes(text: str) -> str:
    """Return a text without the quotation marks of a CSV around it, also where entities stand for them."""
    outer = text
    for _ in range(_ROUNDS):
        if match := _CSV_TEXT.fullmatch(outer.strip()):
            return match[1].replace('""', '"')
        if (inner := undo_entities(outer)) == outer:
            break
        outer = inner
    return text


_ENTITY = re.compile(r"&((?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")


def undo_entities(text: str) -> str:
    """Return a text whose HTML entities are undone once.

    Only those that end in `;` are one: an address may hold `&copy=1`.
    """
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(match: re.Match[str]) -> str:
    from html import unescape  # noqa: PLC0415  # most texts have no entity, and its table is long

    sign = unescape(f"&{match[1]}")
    if sign == f"&{match[1]}":  # not the name of any
        return match[0]
    return "" if sign == "\ufffd" else sign


_INVISIBLE = re.compile(
    "[\x80-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def visible(text: str) -> str:
    """Return a text as one line in which invisible characters can be seen: `37<U+200B>`."""
    return one_line(_INVISIBLE.sub(lambda match: f"<U+{ord(match[0]):04X}>", text))


_LINE_ENDS = re.compile("[\x85\u2028\u2029]")
_BACKSLASH = re.compile(r"""\\(?=["'])""")

_BREAKING = (
    "address article aside blockquote body br caption center col colgroup dd div dl dt fieldset figcaption "
    "figure footer form h[1-6] head header hr html li main nav ol option p pre section select table tbody td "
    "textarea tfoot th thead title tr ul"
).replace(" ", "|")
_INLINE = (
    "a abbr acronym b bdi bdo big cite code del em font i iframe img input ins kbd label mark nobr q s samp "
    "small span strike strong sub sup time tt u var wbr o:p"
).replace(" ", "|")
_TAG = re.compile(
    r"<(?P<unseen>script|style)\b[^<>]*>.{0,1000}?</(?P=unseen)\s*>|<!--.{0,1000}?-->"
    r"|<!\[CDATA\[|\]\]>|<!doctype\b[^<>]*>"
    rf"|<(?P<end>/?)(?:(?P<breaking>{_BREAKING})|(?P<inline>{_INLINE}))(?P<attributes>\s[^<>]*)?/?>",
    re.IGNORECASE | re.DOTALL,
)


def without_tags(text: str) -> str:
    """Return a text without HTML tags; one that breaks a line becomes a line end.

    What is not an element of HTML stays, such as `<20 мм>`, and so does a capital letter that nothing closes,
    such as `<S>`.
    """

    def replaced(match: re.Match[str]) -> str:
        inline = match["inline"] or ""
        capital = len(inline) == 1 and inline.isupper() and not match["end"] and not match["attributes"]
        if capital and f"</{inline}>".casefold() not in text.casefold():
            return match[0]
        return "\n" if match["breaking"] else ""

    return _TAG.sub(replaced, text) if "<" in text else text


def has_tags(text: str) -> bool:
    """Return whether a text holds HTML tags."""
    return "<" in text and without_tags(text) != text


def _undone_to_html(text: str) -> str:
    for _ in range(_ROUNDS):
        if "&" not in text or has_tags(text) or (undone := undo_entities(text)) == text:
            break
        text = undone
    return text


_Step = tuple[Cleaning, Callable[[str], str]]
_CONTROL_STEP: _Step = (Cleaning.CONTROL, without_controls)
_MARK_STEPS: tuple[_Step, ...] = (
    (Cleaning.BACKSLASHES, lambda text: _BACKSLASH.sub("", text)),
    (Cleaning.SPREADSHEET, spreadsheet_text),
)
_STEPS: tuple[_Step, ...] = (
    _CONTROL_STEP,
    (Cleaning.INVISIBLE, lambda text: _INVISIBLE.sub("", text)),
    *_MARK_STEPS,
    (Cleaning.TAGS, without_tags),
    (Cleaning.ENTITIES, undo_entities),
)
_LONG_STEPS: tuple[_Step, ...] = (_CONTROL_STEP, *_MARK_STEPS, (Cleaning.ENTITIES, _undone_to_html))


def _unmarked(text: str) -> Cleaned:
    return _without(_LINE_ENDS.sub("\n", text), _STEPS)


def _without(text: str, steps: tuple[_Step, ...]) -> Cleaned:
    """Return a text after all steps, and those that changed it.

    The first step that changes the text is taken, until none does: an outer mark goes before what is in it,
    so that the quotes of `="5&quot;"` stay the formula's.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    marks: dict[Cleaning, None] = {}
    for _ in range(_ROUNDS):
        changed = ((mark, after) for mark, remove in steps if (after := remove(text)) != text)
        if (first_change := next(changed, None)) is None:
            break
        marks[first_change[0]], text = None, first_change[1]
    return text, tuple(marks)


_WORDS = ("null", "none", "nan", "undefined", "n/a")
_NOTHING = frozenset(
    ("?", *_WORDS, *(f"{before}{word}{after}" for word in _WORDS for before, after in ("()", "[]", "<>")))
)
"""What programs write where there is nothing, in folded case."""
_SIGNS = frozenset(" .,:;!-\u2010\u2011\u2012\u2013\u2014\u2015\u2212_*/\\|'\"`´«»„“”‘’·•…#~=^")
"""Signs that say nothing by themselves, however many of them."""
