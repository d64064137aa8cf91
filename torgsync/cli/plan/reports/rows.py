"""Changes as the rows of a report, in the language of the person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from torgsync.cli.messages.skips import skip_message
from torgsync.cli.plan.changes import creation_words, edited_words, move_parts
from torgsync.cli.plan.outcomes import guard_words
from torgsync.cli.plan.reports.pictures import picture
from torgsync.cli.plan.reports.report import GroupPlaces, Listing, Row, RowLine, Tone
from torgsync.core.plan.diff import FieldChange, Verb
from torgsync.core.plan.fold import is_redundant
from torgsync.core.plan.outcomes import Outcome
from torgsync.core.plan.plan import MOVED
from torgsync.core.product.field_words import field_word
from torgsync.core.text import one_line
from torgsync.i18n import Message, _, composed, joined, translated

if TYPE_CHECKING:
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.result import PlanView
    from torgsync.state.runs.change_rows import NumberedChange

DETAILED = 1_000
"""Changes of the longest plan whose new products are shown with all their fields."""
HELD = "held"
TITLES: Mapping[str, Message] = {
    HELD: _("held"),
    MOVED: _("out of date, not sent"),
    Verb.CREATE: _("new products"),
    Verb.UPDATE: _("updates"),
    Verb.REMOVE: _("removals"),
}
"""The headings of the lists, in their order: what waits for a person comes first."""
_TONES = {HELD: Tone.CARE, MOVED: Tone.CARE, Verb.CREATE: Tone.GOOD, Verb.REMOVE: Tone.BAD}
_OUTCOME_TONES = {
    Outcome.DONE: Tone.GOOD,
    Outcome.REFUSED: Tone.BAD,
    Outcome.UNCLEAR: Tone.CARE,
    Outcome.DEFERRED: Tone.CARE,
}
Ending = Callable[["NumberedChange"], Message]
"""Says how a change ended, in words."""


def listings(job: JobContext, view: PlanView, ending: Ending | None = None) -> tuple[Listing, ...]:
    """Return the changes of a plan by kind and group; with `ending` each says how it ended."""
    seqs: dict[str, dict[str, list[int]]] = {kind: {} for kind in TITLES}
    number = 0
    for number, place in enumerate(view.places(), 1):  # noqa: B007  # their number is needed after it
        kind = (MOVED if place.held == MOVED else HELD) if place.held else str(place.verb)
        seqs[kind].setdefault(place.group, []).append(place.seq)
    rows = ChangeRows(job, view, ending, detailed=number <= DETAILED)
    return tuple(
        Listing(kind, title, _groups(seqs[kind]), rows, _TONES.get(kind, Tone.CALM))
        for kind, title in TITLES.items()
        if seqs[kind]
    )


def _groups(seqs: Mapping[str, Sequence[int]]) -> tuple[GroupPlaces, ...]:
    """Return groups by name; items in no group come last."""
    names = sorted(seqs, key=lambda name: (not name, name.casefold()))
    return tuple(GroupPlaces(one_line(name), tuple(seqs[name])) for name in names)


class ChangeRows:
    """Reads the changes of a group when they are shown; those of a short plan are `detailed`."""

    def __init__(self, job: JobContext, view: PlanView, ending: Ending | None, *, detailed: bool) -> None:
        self._job = job
        self._view = view
        self._ending = ending
        self._detailed = detailed

    def __call__(self, group: GroupPlaces, most: int | None = None) -> Iterator[Row]:
        """Yield the changes of a group, at most so many or all."""
        for item, photo in self._view.listed(group.seqs[:most]):
            yield self._row(item, photo)

    def _row(self, item: NumberedChange, photo: str) -> Row:
        change = item.change
        new, fields = change.verb is Verb.CREATE, change.fields
        whole = field_rows(fields) if new and self._detailed else ()
        summary = (RowLine("", None, translated(creation_words(fields))),)
        return Row(
            change.good_id or f"Prom {change.prom_id}",
            one_line(change.title),
            summary if new else field_rows(fields),
            picture(self._job.object, photo),
            translated(joined("; ", self._notes(item))),
            self._tone(item),
            whole if len(whole) > 1 else (),
        )

    def _tone(self, item: NumberedChange) -> Tone:
        if item.outcome:
            return _OUTCOME_TONES[item.outcome]
        return Tone.CARE if item.change.held or self._ending else Tone.CALM

    def _notes(self, item: NumberedChange) -> Iterator[Message]:
        change = item.change
        if change.reason:
            yield skip_message(change.reason)
        if self._ending and (item.outcome is not Outcome.DONE or item.reasons):
            yield self._ending(item)
        elif change.held == MOVED:
            yield _("changed since the plan was saved")
        elif change.held and not self._ending:
            yield guard_words(change.held)


def field_rows(fields: Mapping[str, FieldChange]) -> tuple[RowLine, ...]:
    """Return how each field moves; fields that another one implies are left out."""
    return tuple(_line(name, field) for name, field in fields.items() if not is_redundant(name, fields))


def _line(name: str, field: FieldChange) -> RowLine:
    parts = move_parts(name, field)
    old, new = field.old, field.new
    up = None
    if isinstance(old, Decimal | int) and isinstance(new, Decimal | int) and old != new:
        up = new > old
    return RowLine(
        translated(field_word(name)),
        None if parts.before is None else translated(parts.before),
        translated(edited_words(parts.after, parts)),
        parts.share.replace("-", "−"),
        up,
    )


def line_words(line: RowLine) -> Message:
    """Return how a field moves as a text."""
    old = f"{line.old} → " if line.old else ""
    share = f" ({line.share})" if line.share else ""
    name = f"{line.field}: " if line.field else ""
    return composed("{name}{old}{new}{share}", name=name, old=old, new=line.new, share=share)
