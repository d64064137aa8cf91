"""The XML of a YML file: read without anything from outside it, and its faults in words.

XML knows five entities; programs write those of HTML as well (`&nbsp;`), which can only mean their letters.
Source: docs/developers/torgsoft.md §9.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html.entities import html5

from lxml import etree

from torgsync.errors import Mistake
from torgsync.i18n import Message, _, verbatim

CONTROL_BYTES = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})  # no XML carries them; programs write them

_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NAMED = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|&([A-Za-z][A-Za-z0-9]{1,31});", re.DOTALL)
_SUSPECT = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos|#(?:3[2-9]|[4-9][0-9]|[1-9][0-9]{2,4}|x[2-9A-Fa-f][0-9A-Fa-f]{1,3}));)"
    rb"([A-Za-z0-9#]*;?)"
)
"""A `&` that may begin no entity, and what follows it."""
_MISMATCH = re.compile(r"Opening and ending tag mismatch: (\S+)(?: line \d+)? and (\S+)")
_ENTITY = re.compile(r"Entity '([^']*)' not defined")
_PLACE = re.compile(r", line \d+, column \d+.*")

AMPERSANDS = _("let the program that writes the file write `&amp;` where it means `&`, and export once more")
_BARE_WORDS = _("there is a bare `&` in it, which XML writes as `&amp;`")


def parse(text: str) -> etree._Element:
    """Return the root of a text. Raises XMLSyntaxError or ValueError."""
    if "&" in text:
        text = _NAMED.sub(_letter, text)
    return etree.fromstring(text, _parser())


def _letter(match: re.Match[str]) -> str:
    """Return the letter of an entity of HTML, escaped for XML; what XML itself knows stays."""
    name = match[1]
    letter = html5.get(f"{name};") if name and name not in _OWN else None
    if letter is None:
        return match[0]
    return letter.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _parser() -> etree.XMLParser[etree._Element]:
    """Return a parser that resolves nothing from outside the file."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )


def is_suspect(raw: bytes) -> bool:
    """Return whether a `&` may begin no entity; `raw` has no CDATA and no comments."""
    return b"&" in raw and not _known().issuperset(_SUSPECT.findall(raw))


@cache
def _known() -> frozenset[bytes]:
    return frozenset(name.encode() for name in html5)


def fault(error: Exception) -> Message:
    """Return what is wrong with a text that is no sound XML."""
    what = _PLACE.sub("", str(error).partition("\n")[0])
    if "EntityRef" in what:
        return _BARE_WORDS
    if unknown := _ENTITY.search(what):
        return _("neither XML nor HTML has the entity `&{name};`", name=unknown[1])
    if mismatch := _MISMATCH.match(what):
        return _("`<{inner}>` is not closed before `</{outer}>`", inner=mismatch[1], outer=mismatch[2])
    return verbatim(what)


def is_cut(error: Exception) -> bool:
    """Return whether the text ended before its last element did."""
    return "Premature end of data" in str(error)


def cure(mistakes: Sequence[Mistake], otherwise: Message) -> Message:
    """Return the hint for faults of XML: the one for ampersands where there are no others."""
    return AMPERSANDS if all(mistake.message == _BARE_WORDS for mistake in mistakes) else otherwise
