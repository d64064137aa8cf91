"""The offers of a YML file: cut out as bytes, read as texts by column (docs/developers/torgsoft.md §9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lxml import etree

from torgsync.core.product.columns import KEY, ExportRecord
from torgsync.errors import ExportInvalid, Mistake
from torgsync.files.catalog.refusals import AGAIN, CORRECTED, UNTOUCHED, listed
from torgsync.files.catalog.rows import LONGEST
from torgsync.files.catalog.yml import markup
from torgsync.files.catalog.yml.elements import Measured, element_columns, joined
from torgsync.files.catalog.yml.prices import LADDER_ELEMENT, ladder_of
from torgsync.i18n import Message, _, _n

_CHUNK = 1024 * 1024
_MARK_LENGTH = 16  # bytes that a mark may reach over the end of what was read

_MARK = re.compile(rb"<(?:!--|!\[CDATA\[|\?|(?P<end>/)?offer(?=[\s/>]))")
_CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
_TAG_END = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*?(?P<empty>/?)>""")

_OFFER = "offer"
_NO_END = _("this offer has no end")


WrittenText = Callable[[str, str, str], str]
"""Returns the value of an element of an offer from its tag, its attribute `name` and its text."""


class Offer(NamedTuple):
    """One offer: columns from its elements; params by their own names, values joined by `|`.

    `has_available` is whether it says if it is available, be it by an empty word.
    """

    elements: dict[str, str]
    params: dict[str, Measured]
    has_available: bool


def parse_offer(
    path: Path, record: ExportRecord, encoding: str, written: WrittenText, mapped: Collection[str] = ()
) -> Offer:
    """Return what an offer says. Raises ExportInvalid with its line.

    `written` makes a value of each text, `mapped` are the columns in use.
    """
    try:
        root = markup.parse(record.raw.translate(None, markup.CONTROL_BYTES).decode(encoding))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise unreadable(path, [Mistake(record.line, _OFFER, markup.fault(error))]) from error
    elements, params = dict[str, list[Measured]](), dict[str, list[Measured]]()
    for child in root.iterchildren("*"):
        name = str(child.tag)
        unit = child.get("unit")
        if name == "param":
            target, name = params, str(child.get("name", "")).strip()
            text = written("param", name, _text(child))
        else:
            target = elements
            ladder = name.casefold() == LADDER_ELEMENT
            text = ladder_of(child) if ladder else written(name, "", _text(child))
        value = Measured(text, str(unit).strip()) if unit else Measured(text)
        if name in target:
            target[name].append(value)
        else:
            target[name] = [value]
    if word := root.get("available"):
        elements["available"] = [Measured(str(word))]
    elif word is not None:
        elements.setdefault("available", [Measured("")])
    if group := root.get("group_id"):
        elements.setdefault("group_id", [Measured(str(group))])
    return Offer(
        {**element_columns(elements, mapped), KEY: str(root.get("id", ""))},
        {name: joined(values) for name, values in params.items() if name},
        "available" in elements,
    )


def _text(element: etree._Element) -> str:
    """Return the text of an element; HTML elements in it keep their tags."""
    inner = (etree.tostring(part, encoding="unicode") for part in element)
    return (element.text or "") + "".join(inner) if len(element) else element.text or ""


def unreadable(path: Path, mistakes: Sequence[Mistake]) -> ExportInvalid:
    """Return the refusal of offers that are no sound XML."""
    offers = sum(mistake.where == _OFFER for mistake in mistakes)
    what = _n(
        "{count} offer of `{path}` cannot be read",
        "{count} offers of `{path}` cannot be read",
        offers,
        path=path,
    )
    if offers < len(mistakes):
        what = _n(
            "{count} offer of `{path}` and what is outside the offers cannot be read",
            "{count} offers of `{path}` and what is outside the offers cannot be read",
            offers,
            path=path,
        )
    return ExportInvalid(
        what,
        **listed(mistakes),
        hint=markup.cure(mistakes, CORRECTED),
    )


class OfferCutter:
    """Cuts a file into offers and keeps the rest; what is in comments, CDATA or attributes ends nothing."""

    def __init__(self, path: Path, file: BinaryIO, line: int) -> None:
        self._path = path
        self._file = file
        self._buffer = b""
        self._at = 0  # everything before it is done
        self._line = line  # of the byte at that place
        self.outside = bytearray()
        self._outside_line = 1
        self._gaps: list[tuple[int, int]] = []  # the line in `outside` and in the file where each part begins

    def offers(self) -> Iterator[ExportRecord]:
        """Yield the offers. Raises ExportInvalid where one of them does not end."""
        at = 0
        while mark := self._mark(at):
            if mark["end"]:
                raise self._refusal(mark.start(), _("an offer ends here that has not begun"), UNTOUCHED)
            self._leave(mark.start())
            end = self._offer(mark.end())
            yield ExportRecord(self._line, self._buffer[self._at : end])
            self._advance(end)
            if self._at > _CHUNK:
                self._buffer = self._buffer[self._at :]
                self._at = 0
            at = self._at
        self._leave(len(self._buffer))

    def _offer(self, at: int) -> int:
        """Return where the offer ends whose tag goes on at `at`."""
        while not (tag := _TAG_END.match(self._buffer, at)):
            if not self._more():
                raise self._refusal(self._at, _NO_END)
        at = tag.end()
        if tag["empty"]:
            return at
        if mark := self._mark(at):
            if mark["end"]:
                return self._behind(mark.end(), b">")
            what = _("an offer begins here before the one above has ended")
            raise self._refusal(mark.start(), what, UNTOUCHED)
        raise self._refusal(self._at, _NO_END)

    def _mark(self, at: int) -> re.Match[bytes] | None:
        """Return the next mark of an offer from `at` on, reading as far as it takes; else None."""
        while True:
            while not (mark := _MARK.search(self._buffer, at)):
                at = max(at, len(self._buffer) - _MARK_LENGTH)
                if not self._more():
                    return None
            if mark[0] not in _CLOSED_BY:
                return mark
            at = self._behind(mark.end(), _CLOSED_BY[mark[0]])

    def _behind(self, at: int, mark: bytes) -> int:
        """Return the place behind the next `mark`."""
        start = at
        while (place := self._buffer.find(mark, at)) < 0:
            at = max(start, len(self._buffer) - len(mark))
            if not self._more():
                raise self._refusal(start, _("`{mark}` is missing", mark=mark.decode()))
        return place + len(mark)

    def _more(self) -> bool:
        """Read on. Raises ExportInvalid where an offer grows past every measure."""
        if len(self._buffer) - self._at > LONGEST:
            raise self._refusal(self._at, _("what begins here does not end"), UNTOUCHED)
        chunk = self._file.read(_CHUNK)
        self._buffer += chunk
        return bool(chunk)

    def _leave(self, end: int) -> None:
        """Keep the bytes up to `end` as outside an offer."""
        gap = self._buffer[self._at : end]
        if gap.strip():
            self._gaps.append((self._outside_line, self._line))
            self._outside_line += gap.count(b"\n")
            self.outside += gap
        if len(self.outside) > LONGEST:
            raise self._refusal(self._at, _("too much is outside the offers"), UNTOUCHED)
        self._advance(end)

    def _advance(self, end: int) -> None:
        self._line += self._buffer.count(b"\n", self._at, end)
        self._at = end

    def line_outside(self, number: int) -> int:
        """Return the line of the file that is line `number` of `outside`."""
        begun, line = max((gap for gap in self._gaps if gap[0] <= number), default=(1, 1))
        return line + number - begun

    def _refusal(self, at: int, what: Message, hint: Message = AGAIN) -> ExportInvalid:
        line = self._line + self._buffer.count(b"\n", self._at, at)
        return ExportInvalid(
            _("`{path}` is cut off or damaged", path=self._path),
            mistakes=(Mistake(line, "", what),),
            hint=hint,
        )
