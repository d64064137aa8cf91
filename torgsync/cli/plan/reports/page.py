"""Reports as one HTML page: no script, nothing from elsewhere but photos, and as short as it has to be."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from torgsync import __version__
from torgsync.cli.plan.reports.pictures import policy
from torgsync.cli.plan.reports.prices import EDGES, edge_words
from torgsync.cli.plan.reports.report import GroupPlaces, Listing, ObjectReport, Row
from torgsync.cli.plan.reports.sentences import parts
from torgsync.core.text import shown
from torgsync.i18n import Message, _, _n, translated

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

LARGEST = 2_850_000
"""Bytes of rows that a page has at most, of less than three megabytes: phones open no more."""
LONG = 12
"""Changes of the longest group that is open when the page is opened."""
_NO_LETTERS = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""Code points that a page may not have."""
CHUNK = 64
"""Pieces of a template that are written together."""


class ShownGroup(NamedTuple):
    """A group with those of its rows that there is space for."""

    name: str
    size: int
    opened: bool
    rows: Iterator[Row]


class RowSpace:
    """The bytes that are left for rows; what does not fit is counted."""

    def __init__(self, most: int = LARGEST) -> None:
        self._left = most
        self.left_out = 0

    def groups(self, listing: Listing) -> Iterator[ShownGroup]:
        """Yield the groups of a list, whose rows are read when they are written."""
        self.left_out = 0
        opened = listing.count <= LONG
        for group in listing.groups:
            if self._left <= 0:
                self.left_out += len(group.seqs)
                continue
            count = len(group.seqs)
            self._left -= 110 + _bytes(group.name)
            yield ShownGroup(group.name, count, opened or count <= LONG, self._rows(listing, group))

    def _rows(self, listing: Listing, group: GroupPlaces) -> Iterator[Row]:
        for number, row in enumerate(listing.rows(group)):
            if self._left <= 0:
                self.left_out += len(group.seqs) - number
                return
            self._left -= _size(row)
            yield row


def _size(row: Row) -> int:
    """Return how many bytes a row has at most, with its markup."""
    texts = [row.item, row.title, row.photo, row.note]
    size = 38 + 37 * bool(row.photo) + 25 * bool(row.note) + 60 * bool(row.whole)
    for line in (*row.lines, *row.whole):
        texts += (line.field, line.old or "", line.new, line.share)
        size += 12 + 13 * bool(line.old) + 23 * bool(line.share)
    return size + sum(map(_bytes, texts))


def _bytes(text: str) -> int:
    from markupsafe import escape

    return len(escape(text).encode(errors="replace"))


def begin(title: str, language: str, pictures: Iterable[str], left: str = "") -> Iterator[str]:
    """Yield the beginning of a page that shows photos from these addresses; see `whole_page`."""
    style = _style()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    yield from _render(
        "begin.html",
        title=title,
        language=language,
        left=left,
        style=style,
        policy=policy(pictures, f"sha256-{digest}"),
    )


def section(report: ObjectReport) -> Iterator[str]:
    """Yield the part of a page that is about one object."""
    yield from _render("section.html", report=report, space=RowSpace(), edges=EDGES, edge_words=edge_words)


def failed(name: str, lines: Sequence[Message]) -> Iterator[str]:
    """Yield the part of a page about an object that could not be looked at."""
    yield from _render("failed.html", name=name, lines=lines)


def end() -> Iterator[str]:
    """Yield the end of a page."""
    yield from _render("end.html", version=__version__)


def whole_page(report: ObjectReport, left: str = "") -> Iterator[str]:
    """Yield a page about one object; `left` is the digest of what its run leaves to do."""
    title = f"{report.object}: {translated(report.title)}"
    yield from begin(title, report.language, [report.pictures], left)
    yield from section(report)
    yield from end()


def _render(template: str, **values: object) -> Iterator[str]:
    stream = _templates().get_template(template).stream(**values)
    stream.enable_buffering(CHUNK)
    yield from stream


@cache
def _style() -> str:
    """Return the style sheet; nothing in it may end the element that holds it."""
    return files("torgsync.cli.plan.reports").joinpath("templates/style.css").read_text("utf-8").strip()


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("torgsync.cli.plan.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_harmless,
    )
    templates.globals |= {"_": _, "_n": _n}
    templates.filters["marked"] = marked
    return templates


def _harmless(value: object) -> object:
    """Return a value as a page shows it: in the person's language, without what turns or drives a line."""
    from markupsafe import Markup

    if isinstance(value, str) and not isinstance(value, Markup):
        return letters(translated(value))
    return value


def letters(text: str) -> str:
    """Return a text without what drives a terminal, turns a line, or is no letter of any page."""
    return text if text.isprintable() else _NO_LETTERS.sub("", shown(text))


def marked(sentence: str) -> Markup:
    """Return a sentence in which names, options and commands are marked."""
    from markupsafe import Markup, escape

    pieces = (
        Markup("<code>{}</code>").format(text) if code else escape(text)
        for text, code in parts(letters(translated(sentence)))
    )
    return Markup().join(pieces)
