"""Reports as Markdown for pull requests and chats: nothing in it is a link, a mention or markup but ours.

A report is cut to a size, never within a piece of it; what is left out is counted, with the command that
shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from torgsync.cli.base.options import GITHUB
from torgsync.cli.plan.reports.report import Hold, Listing, ObjectReport, Row
from torgsync.cli.plan.reports.rows import line_words
from torgsync.cli.plan.reports.sentences import parts
from torgsync.core.text import cut, one_line, shown
from torgsync.i18n import Message, _, translated

LONGEST_TITLE = 80
"""Letters of a name that are shown."""
LONGEST_LINE = 500
"""Letters of a sentence that are shown, where a cell or a reason of Prom.ua is in it."""
_JOINER = "\u2060"
"""Nothing to see: what it is put into is no mention and no address any more."""
_SIGNS = re.compile(r"([\\`*_\[\]<>#|~&$])")
_START = re.compile(r"^(\d*)([-+=:.)])")
"""What begins a list or a line of our own, where a piece begins one."""
_LINKED = re.compile(r"(?<=[@#])(?=\w)|(?<=://)|(?<=www)(?=\.)|(?<=GH)(?=-\d)", re.IGNORECASE)


def escape(text: str, *, begins: bool = False) -> str:
    """Return a text that is shown as it is, on one line, wherever Markdown is read; it may begin a line."""
    plain = one_line(shown(text))
    escaped = _SIGNS.sub(r"\\\1", _LINKED.sub(_JOINER, plain))
    return _START.sub(r"\1\\\2", escaped) if begins else escaped


def code(text: str) -> str:
    """Return a text as code, in a fence that is longer than any in it."""
    plain = one_line(shown(text))
    fence = "`" * (max(map(len, re.findall("`+", plain)), default=0) + 1)
    space = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{space}{plain}{space}{fence}"


def sentence(text: str) -> str:
    """Return a sentence in which names, options and commands are code."""
    return "".join(
        code(part.text) if part.code else _kept(cut(part.text, LONGEST_LINE), begins=not number)
        for number, part in enumerate(parts(translated(text)))
    )


def _kept(text: str, *, begins: bool) -> str:
    """Return an escaped piece of a sentence with the blanks around it."""
    before, after = text[:1].isspace() * " ", text[-1:].isspace() * " "
    return f"{before}{escape(text, begins=begins)}{after}" if text.strip() else " "


def heading(text: Message) -> str:
    """Return a text as it begins a line: with a capital letter."""
    said = translated(text)
    return escape(said[:1].upper() + said[1:])


def strong(written: str) -> str:
    """Return escaped text in bold; nothing would be a line across the page."""
    return f"**{bare}**" if (bare := written.strip()) else ""


def block(text: str) -> str:
    """Return a command as a block that can be copied."""
    plain = one_line(shown(text))
    fence = "`" * max(3, max(map(len, re.findall("`+", plain)), default=0) + 1)
    return f"{fence}\n{plain}\n{fence}\n"


def size(text: str) -> int:
    """Return the length of a text as GitHub and Telegram count it: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Markdown:
    """One document of at most so many characters; each of several objects has an equal share of the rest."""

    def __init__(self, most: int = GITHUB, several: int = 1) -> None:
        self._left = most
        self._several = several

    def report(self, report: ObjectReport) -> str:
        """Return the part about one object."""
        return self._take(render(report, self._left // max(self._several, 1)))

    def failed(self, name: str, lines: Sequence[Message]) -> str:
        """Return the part about an object that could not be looked at."""
        text = BoundedText(self._left // max(self._several, 1), "")
        text.add(f"## {escape(cut(name, LONGEST_TITLE))}\n\n")
        for line in lines:
            text.add(f"- {sentence(line)}\n")
        return self._take(text.ended())

    def _take(self, text: str) -> str:
        self._several -= 1
        text += "\n" if self._several else ""
        self._left -= size(text)
        return text


class BoundedText:
    """A text that grows by whole pieces up to a size; at its end it says what shows the rest."""

    def __init__(self, most: int, everything: str) -> None:
        self._pieces: list[str] = []
        self._rest = f"\n{heading(_('there is more:'))}\n\n{block(everything)}" if everything else ""
        self._left = most - size(self._rest) - 1
        self._is_cut = self._is_full = False

    def add(self, piece: str) -> bool:
        """Add a piece, and return whether it fits; after one that does not, nothing follows."""
        self._is_full = self._is_full or size(piece) > self._left
        if self._is_full:
            self._is_cut = True
            return False
        self._pieces.append(piece)
        self._left -= size(piece)
        return True

    def share(self, parts: int = 1) -> int:
        """Return how many characters one of so many parts may have."""
        return self._left // max(parts, 1)

    def cut_off(self) -> None:
        """Note that something was left out."""
        self._is_cut = True

    def ended(self) -> str:
        """Return the text."""
        return "".join(self._pieces) + (self._rest if self._is_cut else "")


def render(report: ObjectReport, most: int = GITHUB) -> str:
    """Return a report of at most so many characters."""
    text = BoundedText(most, report.everything)
    name, title = escape(cut(report.object, LONGEST_TITLE)), escape(translated(report.title))
    text.add(f"## {name}: {title}\n\n{strong(sentence(report.headline))}\n")
    for piece in _first(report):
        text.add(piece)
    for number, listing in enumerate(report.listings):
        _add_listing(text, listing, text.share(len(report.listings) - number))
    return text.ended()


def _first(report: ObjectReport) -> Iterator[str]:
    """Yield what matters most, a piece that is not cut each."""
    numbers = [f"{escape(translated(one.words))}: **{one.count}**" for one in report.figures if one.count]
    if numbers:
        yield f"\n{' · '.join(numbers)}\n"
    if report.trouble:
        yield from _list(_("it ended early"), map(sentence, report.trouble))
    if report.holds:
        yield from _list(
            _("waits for your decision"),
            map(_hold, report.holds),
        )
    if report.allow:
        yield f"\n{heading(_('to allow all of it:'))}\n\n{block(report.allow)}"
    if report.next_step:
        yield f"\n{heading(_('next:'))}\n\n{block(report.next_step)}"
    if report.failures:
        yield from _list(
            _("what did not end well"),
            (
                f"{sentence(one.outcome)}: **{one.count}**: {sentence(one.reason)} "
                f"({', '.join(escape(cut(item.translated(), LONGEST_TITLE)) for item in one.items[:3])})"
                for one in report.failures
            ),
        )
    if report.remarks:
        yield from _list(
            _("findings"),
            (
                f"{code(one.code)} × **{one.count}**: {sentence((*one.places, one.meaning)[0])}"
                for one in report.remarks
            ),
        )
    notes = [sentence(note) for note in report.notes]
    if report.ending:
        number, meaning, _cure = report.ending
        notes.append(f"{escape(translated(_('exit code {code}', code=number)))}: {sentence(meaning)}")
    yield from _list(_("totals"), notes)


def _hold(hold: Hold) -> str:
    title = f"{escape(cut(hold.title, LONGEST_TITLE), begins=True)}: " if hold.title else ""
    return title + "; ".join(map(sentence, (hold.seen, *hold.ways)))


def _list(title: Message, items: Iterable[str]) -> Iterator[str]:
    for number, item in enumerate(items):
        head = "" if number else f"\n### {heading(title)}\n\n"
        yield f"{head}- {item}\n"


def _add_listing(text: BoundedText, listing: Listing, most: int) -> None:
    """Add the changes of one kind as long as they fit into so many characters, and count the rest."""
    head = f"\n### {heading(listing.title)}: {listing.count}\n"
    rest = 60
    if size(head) + rest > most or not text.add(head):
        text.cut_off()
        return
    left, done = most - size(head) - rest, 0
    for group in listing.groups:
        title = f"\n{strong(escape(cut(group.name, LONGEST_TITLE)))}\n\n"
        for row in listing.rows(group):
            piece = title + _row(row)
            if size(piece) > left:
                _count_rest(text, listing.count - done)
                return
            text.add(piece)
            left, done, title = left - size(piece), done + 1, ""


def _count_rest(text: BoundedText, count: int) -> None:
    more = _("… and {count} more", count=count)
    text.add(f"- {escape(translated(more))}\n")
    text.cut_off()


def _row(row: Row) -> str:
    """Return a change as an entry of a list, with a line for each field."""
    title = escape(cut(row.title, LONGEST_TITLE))
    lines = [_cell(translated(line_words(line))) for line in row.lines]
    lines += [sentence(row.note)] if row.note else []
    return f"- {code(row.item)} {title}: {'; '.join(lines)}\n"


def _cell(text: str) -> str:
    return escape(cut(one_line(text), LONGEST_LINE))
