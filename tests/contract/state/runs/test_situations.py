"""Situations and addresses that could not be reached: each object has its own."""

from __future__ import annotations

from datetime import timedelta

from builders import LATER, NOON

from torgsync.core.notices.sending import FailedDelivery, Undelivered
from torgsync.core.notices.situations import Half, Name, Situation, SituationKind, SituationPart
from torgsync.state.runs.journal import Holder
from torgsync.state.store import Store

HELD = Name(SituationKind.HELD)
FAILED = Name(SituationKind.FAILED, Half.ORDERS)
SITUATIONS = {
    HELD: Situation(NOON, LATER, {"7005": SituationPart(3, LATER)}, frozenset({"a1", "b2"})),
    FAILED: Situation(NOON, LATER, ended=LATER, relapsed=True, until=LATER),
}
REFUSED = FailedDelivery("tgram://…", Undelivered.REFUSED, 401)


def test_they_come_back_as_they_were(state: Store) -> None:
    """And only those of the object."""
    with state.transaction("shop") as work:
        assert work.situations.all() == {}
        work.situations.replace(SITUATIONS)
    with state.transaction("other") as work:
        work.situations.replace({HELD: SITUATIONS[HELD]})
    with state.transaction("shop") as work:
        assert work.situations.all() == SITUATIONS
        work.situations.replace({FAILED: SITUATIONS[FAILED]})
    with state.transaction("shop") as work:
        assert work.situations.all() == {FAILED: SITUATIONS[FAILED]}
    with state.transaction("other") as work:
        assert work.situations.all() == {HELD: SITUATIONS[HELD]}


def test_addresses_that_could_not_be_reached(state: Store) -> None:
    """Since the first failure, with the last reason, until they are reached; situations are not touched."""
    soon = NOON + timedelta(minutes=5)
    with state.transaction("shop") as work:
        work.situations.note_failure("a1", FailedDelivery("tgram://…", Undelivered.NO_ANSWER), NOON)
        work.situations.note_failure("b2", REFUSED, NOON)
        work.situations.replace(SITUATIONS)
        work.situations.note_failure("a1", REFUSED, soon)
    with state.transaction("shop") as work:
        assert work.situations.failures() == {"a1": (REFUSED, NOON), "b2": (REFUSED, NOON)}
        work.situations.note_failure("b2", None, soon)
        assert work.situations.failures() == {"a1": (REFUSED, NOON)}
        assert work.situations.all() == SITUATIONS
    with state.transaction("other") as work:
        assert work.situations.failures() == {}


def test_when_runs_began(state: Store) -> None:
    """The newest first."""
    with state.transaction("shop") as work:
        numbers = [work.journal.begin_run(Holder("olena", "pc", 1), at) for at in (NOON, LATER)]
        assert work.history.starts(5) == [(numbers[1], LATER), (numbers[0], NOON)]
        assert work.history.starts(1) == [(numbers[1], LATER)]
