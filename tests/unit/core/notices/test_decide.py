"""Which situations of an object are messages: tables of calls, and what holds for any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from torgsync.core.notices.decide import Look, Situations, decide, notified
from torgsync.core.notices.situations import (
    OF_RUNS,
    SERIOUS,
    STEADY,
    Event,
    FoundSituation,
    Half,
    Name,
    Notification,
    read_name,
)
from torgsync.core.notices.situations import SituationKind as Kind

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EVERYTHING = frozenset(Name(kind, half) for kind in Kind for half in Half)
PHONE, MAIL = "phone", "mail"


class Calls:
    """Calls that work with one object, each so many minutes after the one before, and their messages."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses or (PHONE,)
        self.known: Situations = {}
        self.now = NOON
        self.unreached: set[str] = set()
        self.sent: list[tuple[str, str, str]] = []

    def call(
        self, found: Mapping[Name, FoundSituation], minutes: float = 30, covered: frozenset[Name] = EVERYTHING
    ) -> list[str]:
        """Return the messages of a call as `event kind,…`, of those that reached an address."""
        self.now += timedelta(minutes=minutes)
        decision = decide(self.known, Look(found, covered), self.addresses, self.now)
        self.known = decision.situations
        texts = []
        for notice in decision.notices:
            text = f"{notice.event} {','.join(str(name) for name in notice.names)}"
            for address in sorted(notice.to - self.unreached):
                self.known = notified(self.known, notice, address)
                self.sent.append((address, str(notice.event), text))
                texts.append(text if len(self.addresses) == 1 else f"{address}: {text}")
        return texts


def found(
    kind: Kind, *parts: str, half: Half = Half.BOTH, size: int = 1, **args: datetime
) -> dict[Name, FoundSituation]:
    return {Name(kind, half): FoundSituation(dict.fromkeys(parts or ("it",), size), **args)}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.DELAYED])
def test_one_message_while_it_lasts(kind: Kind) -> None:
    """And one for its end, where it was serious."""
    calls = Calls()
    assert [calls.call(found(kind)) for _ in range(3)] == [[f"began {kind}"], [], []]
    assert calls.call({}) == ([f"ended {kind}"] if kind in SERIOUS else [])
    assert calls.call({}) == []


@pytest.mark.parametrize(("parts", "error"), [(("a/b", "a"), "a"), (("a/b", "c"), "")])
def test_an_end_knows_its_error(parts: tuple[str, ...], error: str) -> None:
    """Where all that failed was of one kind."""
    calls = Calls()
    calls.call(found(Kind.FAILED, *parts))
    decision = decide(calls.known, Look({}, EVERYTHING), calls.addresses, calls.now + timedelta(hours=1))
    assert [notice.error for notice in decision.notices] == [error]


def test_temporary_trouble_needs_half_an_hour() -> None:
    """A short one is no message, neither its beginning nor its end."""
    calls = Calls()
    assert calls.call(found(Kind.DELAYED)) == []
    assert calls.call({}, 15) == []
    assert [calls.call(found(Kind.DELAYED), 15) for _ in range(4)] == [[], [], ["began delayed"], []]
    assert calls.call({}) == ["ended delayed"]


def test_who_heard_of_a_trouble_hears_of_its_end() -> None:
    """Also where it became another one meanwhile, of which no message was due yet, or none arrived."""
    calls = Calls()
    assert [calls.call(found(Kind.DELAYED, "a")) for _ in range(2)] == [[], ["began delayed"]]
    assert calls.call(found(Kind.DELAYED, "b"), 5) == []
    assert calls.call({}, 5) == ["ended delayed"]
    assert calls.call(found(Kind.FAILED, "a")) == ["began failed"]
    calls.unreached = {PHONE}
    assert calls.call(found(Kind.FAILED, "b")) == []
    calls.unreached = set()
    assert calls.call({}) == ["ended failed"]
    assert calls.call({}) == []


def test_an_import_that_was_sent_long_ago() -> None:
    """Its age counts, not that of the first call that waited for it."""
    assert Calls().call(found(Kind.DELAYED, since=NOON)) == ["began delayed"]


@pytest.mark.parametrize("kind", [Kind.HELD, Kind.FINDINGS, Kind.REFUSED, Kind.FAILED])
def test_a_new_part_is_a_message(kind: Kind) -> None:
    """One that is gone is none, nor one that returns within a day."""
    calls = Calls()
    began = [f"began {kind}"]
    assert [calls.call(found(kind, *parts)) for parts in ("a", "ab", "b", "ab", "c")] == [
        began, began, [], [], began,
    ]  # fmt: skip
    assert calls.call(found(kind, "c"), 24 * 60) == []
    assert calls.call(found(kind, "a")) == began


def test_what_has_nothing_of_before_begins_again() -> None:
    """Other held changes, or another failure, are there since they were found, not since the first ones."""
    calls = Calls()
    assert calls.call(found(Kind.HELD, "a")) == ["began held"]
    assert calls.call(found(Kind.HELD, "b")) == ["began held"]
    assert calls.known[Name(Kind.HELD)].since == calls.now
    began = calls.now
    calls.call(found(Kind.HELD, "b", "c"))
    assert calls.known[Name(Kind.HELD)].since == began


def test_growth_is_a_message_when_it_is_much() -> None:
    """55 removals instead of 50 are none, 63 are, and it does not matter that there were fewer meanwhile."""
    calls = Calls()
    seen = [bool(calls.call(found(Kind.HELD, size=size))) for size in (50, 55, 40, 62, 63, 63)]
    assert seen == [True, False, False, False, True, False]


def test_what_is_held_again_within_a_day() -> None:
    """A price that is held, not held and held again is one message; on another day it is another."""
    calls = Calls()
    assert calls.call(found(Kind.HELD)) == ["began held"]
    assert [calls.call(seen) for _ in range(4) for seen in ({}, found(Kind.HELD))] == [[]] * 8
    assert (calls.call({}), calls.call({}, 24 * 60), calls.call(found(Kind.HELD))) == (
        [],
        [],
        ["began held"],
    )


def test_what_comes_and_goes_does_not_flood() -> None:
    """The first return is a message, because its end was one; then only an end that lasts is."""
    calls = Calls()
    seen = [calls.call(seen) for _ in range(20) for seen in (found(Kind.FAILED), {})]
    assert seen[:3] == [["began failed"], ["ended failed"], ["began failed"]]
    assert seen[3:] == [[]] * 37
    assert [calls.call({}) for _ in range(3)] == [[], ["ended failed"], []]


def test_one_end_of_all() -> None:
    """While one serious situation lasts, nothing works again; then one message says that all does."""
    calls = Calls()
    assert calls.call(found(Kind.FAILED)) == ["began failed"]
    only = frozenset({Name(Kind.FAILED)})
    assert calls.call(found(Kind.TOKEN), covered=only) == ["began token"]
    assert calls.call({}) == ["ended failed,token"]


def test_another_half_fails_alike() -> None:
    """The same error of the runs for orders alone is no news, another one is; the end waits for both."""
    calls = Calls()
    assert calls.call(found(Kind.TOKEN)) == ["began token"]
    assert calls.call(found(Kind.TOKEN, half=Half.ORDERS), covered=frozenset()) == []
    assert calls.call(found(Kind.TOKEN, "other", half=Half.ORDERS), covered=frozenset()) == [
        "began token/orders"
    ]
    assert calls.call({}, covered=frozenset({Name(Kind.TOKEN, Half.ORDERS)})) == []
    assert calls.call({}) == ["ended token,token/orders"]


GOODS, ORDERS = (frozenset({Name(kind, half) for kind in OF_RUNS}) for half in (Half.GOODS, Half.ORDERS))


@pytest.mark.parametrize("kind", [Kind.FAILED, Kind.DELAYED, Kind.TOKEN])
@pytest.mark.parametrize(
    ("calls_after", "ended_with"),
    [
        ([GOODS, GOODS, ORDERS], 2),
        ([ORDERS, GOODS], 1),
        ([GOODS, "again", ORDERS, GOODS], 3),
        ([GOODS, "goods", ORDERS, GOODS], 3),
        ([GOODS, GOODS, GOODS], None),
        ([EVERYTHING], 0),
    ],
)
def test_the_halves_show_together_what_a_whole_run_shows(
    kind: Kind, calls_after: list[frozenset[Name] | str], ended_with: int | None
) -> None:
    """An object whose times are for items or for orders alone hears the end, and not before both ran."""
    calls = Calls()
    long_ago = NOON - timedelta(hours=1)
    assert calls.call(found(kind, since=long_ago)) == [f"began {kind}"]
    messages = []
    for after in calls_after:
        if after == "again":
            messages.append(calls.call(found(kind, since=long_ago), covered=frozenset()))
        elif after == "goods":
            messages.append(calls.call(found(kind, half=Half.GOODS, since=long_ago), covered=frozenset()))
        elif isinstance(after, frozenset):
            messages.append(calls.call({}, covered=after))
    ended = [place for place, texts in enumerate(messages) if texts]
    assert ended == ([] if ended_with is None else [ended_with])
    assert all(text.startswith("ended") for texts in messages for text in texts)


def test_a_call_that_looks_at_something_else() -> None:
    """Orders alone say nothing of what is held."""
    calls = Calls()
    calls.call(found(Kind.HELD))
    assert calls.call({}, covered=frozenset({Name(Kind.ORDERS)})) == []
    assert calls.known[Name(Kind.HELD)].ended is None


def test_who_could_not_be_reached() -> None:
    """Gets it with the next call that finds the same, and no other one gets it twice."""
    calls = Calls(PHONE, MAIL)
    calls.unreached = {MAIL}
    assert calls.call(found(Kind.FAILED)) == ["phone: began failed"]
    assert calls.call(found(Kind.FAILED)) == []
    calls.unreached = set()
    assert calls.call(found(Kind.FAILED)) == ["mail: began failed"]
    calls.unreached = {PHONE}
    assert calls.call({}) == ["mail: ended failed"]
    calls.unreached = set()
    assert [calls.call({}), calls.call({})] == [["phone: ended failed"], []]


def test_who_never_heard_of_it() -> None:
    """Does not hear of its end either."""
    calls = Calls(PHONE, MAIL)
    calls.unreached = {MAIL}
    calls.call(found(Kind.FAILED))
    calls.unreached = set()
    assert calls.call({}) == ["phone: ended failed"]


def test_a_new_address() -> None:
    """It hears of everything that is open."""
    calls = Calls()
    calls.call(found(Kind.HELD))
    calls.addresses = (PHONE, MAIL)
    assert calls.call(found(Kind.HELD)) == ["mail: began held"]


def test_a_gap_that_is_over() -> None:
    """It is one message, which says that too; it is repeated only to whom it did not reach."""
    calls = Calls(PHONE, MAIL)
    calls.unreached = {MAIL}
    over = found(Kind.MISSED, since=NOON - timedelta(hours=9), until=NOON)
    assert calls.call(over) == ["phone: began missed"]
    calls.unreached = set()
    assert [calls.call({}), calls.call({})] == [["mail: began missed"], []]
    assert calls.known == {}
    assert calls.call(over) == ["mail: began missed", "phone: began missed"]


def test_a_gap_that_others_reported() -> None:
    """Its end is that of a situation that lasted."""
    calls = Calls()
    assert calls.call(found(Kind.MISSED, since=NOON)) == ["began missed"]
    assert calls.call(found(Kind.MISSED, since=NOON, until=NOON)) == ["ended missed"]


def test_what_another_call_has_ended_meanwhile() -> None:
    """There is nothing to remember of a message about it."""
    notice = Notification(Event.BEGAN, (Name(Kind.HELD),), frozenset({PHONE}), NOON)
    assert notified({}, notice, PHONE) == {}


def test_names_are_read_back() -> None:
    """As they are stored."""
    assert {read_name(str(name)) for name in EVERYTHING} == EVERYTHING


looks = st.lists(
    st.tuples(
        st.dictionaries(
            st.sampled_from(sorted(EVERYTHING)),
            st.builds(FoundSituation, st.dictionaries(st.sampled_from("abc"), st.integers(1, 9), min_size=1)),
            max_size=3,
        ),
        st.integers(1, 2000),
    ),
    max_size=12,
)


@given(looks)
def test_no_message_without_a_change(history: Sequence[tuple[dict[Name, FoundSituation], int]]) -> None:
    """A call that finds what the last one found says nothing, unless it waited for enough time to pass."""
    calls = Calls()
    for seen, minutes in history:
        calls.call(seen, minutes)
        open_ones = {name for name, of in calls.known.items() if of.ended is None}
        assert calls.call(seen, 0) == []
        assert {name for name, of in calls.known.items() if of.ended is None} == open_ones


@example(
    [
        *((found(Kind.DELAYED), minutes) for minutes in (1, 1, 29)),
        (found(Kind.DELAYED, half=Half.GOODS, size=2), 1),
        (found(Kind.DELAYED, size=2), 1),
    ]
)
@example(
    [
        (found(Kind.FAILED), 1),
        ({}, 1),
        ({**found(Kind.FAILED), **found(Kind.FAILED, half=Half.GOODS)}, 1),
    ]
)
@example(
    [
        (found(Kind.FAILED), 1),
        ({}, 1),
        ({**found(Kind.FAILED), **found(Kind.DELAYED), **found(Kind.IMPORTS)}, 1),
        ({}, 1),
        (found(Kind.FAILED), 1380),
    ]
)
@example([(found(Kind.DELAYED, "a"), 1), (found(Kind.DELAYED, "a"), 30), (found(Kind.DELAYED, "b"), 1)])
@given(looks)
def test_each_beginning_before_its_end(history: Sequence[tuple[dict[Name, FoundSituation], int]]) -> None:
    """The end of a serious situation is sent once to who heard of its beginning, and all ends are."""
    calls = Calls()
    for seen, minutes in history:
        calls.call(seen, minutes)
    for _ in range(3):
        calls.call({}, STEADY / timedelta(minutes=1))
    events: dict[Kind, list[str]] = {}
    for _address, event, text in calls.sent:
        for kind in {read_name(name).kind for name in text.split()[1].split(",")} & SERIOUS:
            events.setdefault(kind, []).append(event)
    for of_one in events.values():
        assert of_one[0] == Event.BEGAN
        assert of_one[-1] == Event.ENDED
        assert (Event.ENDED, Event.ENDED) not in pairwise(of_one)
    assert not any(of.ended is None for of in calls.known.values())
    assert not any(of.informed for name, of in calls.known.items() if name.kind in SERIOUS)
