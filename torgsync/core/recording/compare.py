"""How a recorded answer differs from another one: in its status, keys, types, order, words and time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from torgsync.core.recording.exchange import Exchange, RecordedAnswer
from torgsync.core.recording.rules import DATE, MONEY, media_type
from torgsync.core.recording.vocabulary import WORDS
from torgsync.i18n import Message, _, joined

SLOWER = 1.0
"""Seconds by which an answer may be slower or faster before that is a difference."""

MADE_BY_IMPORTS = frozenset({"import", "product", "group"})
"""What has another id in the sandbox where an import made it; everything else keeps its own."""
IMPORT_ENDS = "import"
"""The place of a difference in how long an import took."""


class DifferenceKind(StrEnum):
    """In what two answers differ, in the order in which people read it."""

    STATUS = "status"
    HEADERS = "headers"
    KEYS = "keys"
    TYPES = "types"
    WORDS = "words"
    ITEMS = "items"
    ORDER = "order"
    TIMING = "timing"


class Shown(StrEnum):
    """What one side has, where it is no value."""

    MISSING = "missing"
    PRESENT = "present"
    NO_ANSWER = "no-answer"
    NOT_ASKED = "not-asked"
    SAME_ITEMS = "same-items"
    OTHER_ORDER = "other-order"


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One difference of the answers to `call`, such as `GET /products/list`.

    `where` is the key, with `[]` for any item of a list and `{id}` for any id. `recorded` and `sandbox` are a
    status, the name of a type, a word of the API, seconds, or a `Shown`.
    """

    kind: DifferenceKind
    call: str
    where: str
    recorded: str
    sandbox: str


@dataclass(frozen=True, slots=True)
class FoldedDifference:
    """A difference that several exchanges show: their number, and the first of them."""

    difference: Difference
    count: int
    first: int


def fold(found: Iterable[tuple[int, Difference]]) -> list[FoldedDifference]:
    """Return differences with the exchanges that show them counted; each has its exchange's number.

    Times differ from answer to answer, so the longest is shown of a call.
    """
    numbers: dict[Difference, list[int]] = {}
    slow: dict[str, Difference] = {}
    for number, difference in found:
        kept = difference
        if difference.kind is DifferenceKind.TIMING and not difference.where:
            kept = slow.setdefault(difference.call, difference)
            if _seconds(difference) > _seconds(kept):
                numbers[difference] = numbers.pop(kept)
                kept = slow[difference.call] = difference
        numbers.setdefault(kept, []).append(number)
    order = list(DifferenceKind)
    folded = [FoldedDifference(item, len(set(found)), min(found)) for item, found in numbers.items()]
    return sorted(folded, key=lambda one: (order.index(one.difference.kind), one.difference))


def _seconds(difference: Difference) -> float:
    return float(difference.recorded)


@dataclass
class Ids:
    """The sandbox's ids of what has another one in the recording, by noun: those of `MADE_BY_IMPORTS`."""

    known: dict[tuple[str, str], int | str] = field(default_factory=dict)

    def learn(self, noun: str, recorded: object, other: object) -> None:
        """Note the two ids of one thing, if it is of those that get their ids from an import."""
        if noun in MADE_BY_IMPORTS and isinstance(other, int | str) and recorded is not None:
            self.known[noun, str(recorded)] = other

    def of(self, noun: str, recorded: object) -> object:
        """Return the sandbox's id of a recorded one; it is the same where nothing else is known."""
        return self.known.get((noun, str(recorded)), recorded)


def call_of(exchange: Exchange) -> str:
    """Return the call of an exchange, its ids left out: `GET /products/{id}`."""
    segments = exchange.path.split("/")
    shown = [
        "{id}" if place and _is_id(segment, segments[place - 1]) else segment
        for place, segment in enumerate(segments)
    ]
    return f"{exchange.method} {'/'.join(shown)}"


def _is_id(segment: str, before: str) -> bool:
    return before in {"by_external_id", "status", "translation"} or bool(re.search(r"\d|[^a-z_]", segment))


_SHOWN = re.compile("retry-after|location|set-cookie|www-authenticate|x-rate-?limit.*").fullmatch
"""Headers that say how a server treats its clients."""


def compare(
    exchange: Exchange, other: RecordedAnswer | None, ids: Ids, *, slower: float = SLOWER
) -> Iterator[Difference]:
    """Yield how the recorded answer differs from `other`; None is no answer. New ids are noted in `ids`."""
    recorded, call = exchange.answer, call_of(exchange)
    if recorded is None or other is None:
        if recorded is not other:
            shown = [
                Shown.NO_ANSWER if answer is None else str(answer.status) for answer in (recorded, other)
            ]
            yield Difference(DifferenceKind.STATUS, call, "", *shown)
        return
    if recorded.status != other.status:
        yield Difference(DifferenceKind.STATUS, call, "", str(recorded.status), str(other.status))
    yield from _headers(call, recorded, other)
    if abs(recorded.seconds - other.seconds) > slower:
        yield Difference(DifferenceKind.TIMING, call, "", f"{recorded.seconds:.1f}", f"{other.seconds:.1f}")
    if recorded.status == other.status:
        yield from _Bodies(call, ids).compare(recorded.body, other.body)


def _headers(call: str, recorded: RecordedAnswer, other: RecordedAnswer) -> Iterator[Difference]:
    kinds = [media_type(answer.headers) or Shown.MISSING for answer in (recorded, other)]
    if kinds[0] != kinds[1]:
        yield Difference(DifferenceKind.HEADERS, call, "Content-Type", *kinds)
    names = [
        {name.lower() for name, _ in answer.headers if _SHOWN(name.lower())} for answer in (recorded, other)
    ]
    for name in sorted(names[0] ^ names[1]):
        shown = (Shown.PRESENT, Shown.MISSING) if name in names[0] else (Shown.MISSING, Shown.PRESENT)
        yield Difference(DifferenceKind.HEADERS, call, name.title(), *shown)


class _Bodies:
    """Compares the bodies of two answers to one call."""

    def __init__(self, call: str, ids: Ids) -> None:
        self._call = call
        self._ids = ids

    def compare(
        self, recorded: Mapping[str, Any] | None, other: Mapping[str, Any] | None
    ) -> Iterator[Difference]:
        """Yield the differences; only of two JSON texts the contents are compared."""
        kinds = [str(body["kind"]) if body else Shown.MISSING for body in (recorded, other)]
        if kinds[0] != kinds[1]:
            yield self._difference(DifferenceKind.TYPES, "", *kinds)
        elif recorded and other and kinds[0] == "json":
            yield from self._values(recorded.get("json"), other.get("json"), ())

    def _difference(self, kind: DifferenceKind, where: str, recorded: str, other: str) -> Difference:
        return Difference(kind, self._call, where, recorded, other)

    def _values(self, recorded: object, other: object, path: tuple[str, ...]) -> Iterator[Difference]:
        where = _where(path)
        types = type_of(recorded), type_of(other)
        if types[0] != types[1]:
            yield self._difference(DifferenceKind.TYPES, where, *types)
        elif isinstance(recorded, dict) and isinstance(other, dict):
            yield from self._objects(recorded, other, path)
        elif isinstance(recorded, list) and isinstance(other, list):
            yield from self._lists(recorded, other, path)
        elif isinstance(recorded, str) and recorded != other and path and path[-1].strip("[]") in WORDS:
            yield self._difference(DifferenceKind.WORDS, where, recorded, str(other))

    def _objects(
        self, recorded: Mapping[str, Any], other: Mapping[str, Any], path: tuple[str, ...]
    ) -> Iterator[Difference]:
        noun = _noun(path)
        if recorded.get("id") != other.get("id"):
            self._ids.learn(noun, recorded.get("id"), other.get("id"))
        by_id = {str(self._ids.of("product", key)): key for key in other if key.isdigit()}
        seen = set()
        for key, value in recorded.items():
            twin = by_id.get(str(self._ids.of("product", key)), key)
            seen.add(twin)
            below = (*path, "{id}" if key.isdigit() else key)
            if twin in other:
                yield from self._values(value, other[twin], below)
            else:
                yield self._difference(DifferenceKind.KEYS, _where(below), Shown.PRESENT, Shown.MISSING)
        for key in other.keys() - seen:
            below = (*path, "{id}" if key.isdigit() else key)
            yield self._difference(DifferenceKind.KEYS, _where(below), Shown.MISSING, Shown.PRESENT)

    def _lists(
        self, recorded: Sequence[Any], other: Sequence[Any], path: tuple[str, ...]
    ) -> Iterator[Difference]:
        inside = (*path[:-1], f"{path[-1]}[]") if path else ("[]",)
        where = _where(inside)
        twins = self._twins(recorded, other, _noun(inside))
        for place, twin in enumerate(twins):
            if twin is None:
                yield self._difference(DifferenceKind.ITEMS, where, Shown.PRESENT, Shown.MISSING)
            else:
                yield from self._values(recorded[place], other[twin], inside)
        for _place in set(range(len(other))) - set(twins):
            yield self._difference(DifferenceKind.ITEMS, where, Shown.MISSING, Shown.PRESENT)
        places = [twin for twin in twins if twin is not None]
        if places != sorted(places):
            yield self._difference(DifferenceKind.ORDER, where, Shown.SAME_ITEMS, Shown.OTHER_ORDER)

    def _twins(self, recorded: Sequence[Any], other: Sequence[Any], noun: str) -> list[int | None]:
        """Return for each recorded item the place of the same one: by external id, else id, else place."""
        by_name: dict[tuple[str, str], list[int]] = {}
        for place in reversed(range(len(other))):
            for named in _names(other[place]):
                by_name.setdefault(named, []).append(place)
        if not by_name or not any(map(_names, recorded)):
            return [place if place < len(other) else None for place in range(len(recorded))]
        twins: list[int | None] = []
        taken: set[int] = set()
        for item in recorded:
            twin = None
            for kind, name in _names(item):
                key = (kind, name if kind == "external_id" else str(self._ids.of(noun, name)))
                twin = next((place for place in reversed(by_name.get(key, ())) if place not in taken), None)
                if twin is not None:
                    taken.add(twin)
                    break
            twins.append(twin)
        return twins


def _names(item: object) -> list[tuple[str, str]]:
    """Return what an item of a list is recognised by, the surest first."""
    if isinstance(item, dict):
        return [(key, str(item[key])) for key in ("external_id", "id") if item.get(key) is not None]
    if isinstance(item, int | str) and not isinstance(item, bool):
        return [("id", str(item))]
    return []


def _where(path: Sequence[str]) -> str:
    return ".".join(path)


def _noun(path: Sequence[str]) -> str:
    """Return what an object is, by the key that holds it: `product` for an item of `products`."""
    name = path[-1].removesuffix("[]") if path else "import"
    return "product" if name == "processed_ids" else name.removesuffix("s")


_DECIMAL = re.compile(r"-?\d+[.,]\d+")
_SPACES = {"\u00a0": "U+00A0", "\u202f": "U+202F", " ": "U+0020"}


def type_of(value: object) -> Message:
    """Return the type of a JSON value; of a text its form: a date, an address, money with its space."""
    match value:
        case None:
            return _("null")
        case bool():
            return _("boolean")
        case int():
            return _("integer")
        case float():
            return _("number")
        case str():
            return _form_of(value)
        case list():
            return _("list")
    return _("object")


def _form_of(text: str) -> Message:
    if DATE.fullmatch(text):
        return _form_of_time(text) if re.search(r"\d[T ]\d", text) else _("date")
    if MONEY.fullmatch(text) and not text[-1].isdigit():
        spaces = sorted({_SPACES.get(sign, _("another")) for sign in text if sign.isspace()})
        return _("money with {spaces}", spaces=joined(", ", spaces)) if spaces else _("money with no space")
    if _DECIMAL.fullmatch(text):
        return _("decimal text")
    return _("web address") if re.match(r"https?://\S+$", text) else _("text")


def _form_of_time(text: str) -> Message:
    parts = [_("time")]
    parts += [_("with a blank")] if " " in text else []
    parts += [_("with fractions")] if "." in text else []
    zone = re.search(r"(Z|[+-]\d\d:?\d\d)$", text)
    if zone is None:
        parts.append(_("without a zone"))
    elif zone[0] == "Z":
        parts.append(_("in Z"))
    return joined(" ", parts)
