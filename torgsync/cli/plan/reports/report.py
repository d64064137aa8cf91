"""What a report says of one sync object, whatever form it has. Texts in rows are in the person's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from torgsync.i18n import Message

if TYPE_CHECKING:
    from torgsync.cli.plan.reports.prices import PriceMoves


class Tone(StrEnum):
    """How good what a report says is; also the name of a style."""

    GOOD = "good"
    CALM = "calm"
    CARE = "care"
    BAD = "bad"


class Figure(Struct, frozen=True):
    """A number that a report begins with, and what it counts; what `waits` needs another look."""

    count: int
    words: Message
    tone: Tone = Tone.CALM
    waits: bool = False


class Hold(Struct, frozen=True):
    """What a guard holds: what it saw, why that may be, and the ways on.

    `code` is the guard's name; `item` and `title` are those of a single item, empty where there are several.
    """

    code: str
    seen: Message
    ways: tuple[Message, ...]
    item: str = ""
    title: str = ""


class Row(Struct, frozen=True):
    """One change: its item, and a line for each field. `photo` is an address that may be shown, or empty.

    `note` says why it leaves the shop or how it ended, `whole` holds all fields of a new product where
    `lines` are a summary of them.
    """

    item: str
    title: str
    lines: tuple[RowLine, ...]
    photo: str = ""
    note: str = ""
    tone: Tone = Tone.CALM
    whole: tuple[RowLine, ...] = ()


class RowLine(Struct, frozen=True):
    """How one field moves.

    `old` is None where `new` says it all, `up` whether a number grows, None where it is none.
    """

    field: str
    old: str | None
    new: str
    share: str = ""
    up: bool | None = None


class GroupPlaces(Struct, frozen=True):
    """Changes of one kind whose items are in one topmost group, which has no name for items in none."""

    name: str
    seqs: tuple[int, ...]


class Rows(Protocol):
    """Reads changes when they are shown, so that a long plan is never held whole."""

    def __call__(self, group: GroupPlaces, most: int | None = None) -> Iterator[Row]:
        """Yield the changes of a group, at most so many or all."""


class Listing(Struct, frozen=True):
    """All changes of one kind."""

    kind: str
    title: Message
    groups: tuple[GroupPlaces, ...]
    rows: Rows
    tone: Tone = Tone.CALM

    @property
    def count(self) -> int:
        """How many changes there are."""
        return sum(len(group.seqs) for group in self.groups)


class Failure(Struct, frozen=True):
    """Changes that ended in one way for one reason: how many, and the first of them."""

    code: str
    outcome: Message
    reason: Message
    count: int
    items: tuple[Message, ...]
    failed: bool


class Remark(Struct, frozen=True):
    """The findings of one code: what it means, how many there are, and the first of them."""

    code: str
    severity: str
    meaning: Message
    count: int
    places: tuple[Message, ...]


class Requests(Struct, frozen=True):
    """How often an address of Prom.ua answered in one way."""

    count: int
    address: str
    status: int | None
    outcome: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectReport:
    """What is said of one object.

    Args:
        object: Its name.
        id: A name for it that is the same in every report, for programs.
        language: The language that the report is in.
        title: What it is about: a plan, or a run.
        about: Further facts below the title.
        headline: The whole of it in one sentence, as good as `tone` says.
        allow: The command that lets all of what is held through, empty where nothing lets it.
        next_step: The command that goes on, empty for none.
        everything: The command that shows more than fits the report.
        pictures: The address under which photos may be shown, empty for none.
        notes: Sums in sentences.
        ending: The exit code of a run, its meaning and what to do.
        trouble: What ended the work early, with the way on.
    """

    object: str
    id: str
    language: str
    title: Message
    about: tuple[Message, ...] = ()
    headline: Message
    tone: Tone
    figures: tuple[Figure, ...] = ()
    trouble: tuple[Message, ...] = ()
    holds: tuple[Hold, ...] = ()
    allow: str = ""
    next_step: str = ""
    everything: str = ""
    failures: tuple[Failure, ...] = ()
    prices: PriceMoves | None = None
    notes: tuple[Message, ...] = ()
    listings: tuple[Listing, ...] = ()
    remarks: tuple[Remark, ...] = ()
    skipped: tuple[tuple[int, Message], ...] = ()
    requests: tuple[Requests, ...] = ()
    ending: tuple[int, Message, Message] | None = None
    pictures: str = ""
