"""What becomes of an order file in the outbox: tables of situations."""

from __future__ import annotations

from typing import Any

import pytest
from builders import order

from torgsync.core.orders.files import (
    Cleanup,
    Content,
    FileAction,
    FileListing,
    FilePart,
    decide_content,
    decide_file,
)
from torgsync.core.orders.order import Order
from torgsync.core.orders.reasons import HandWork, HoldReason
from torgsync.core.orders.stored import FilePhase, StoredOrder
from torgsync.core.reason import Reason

FILE, UNFINISHED, HIDDEN = FilePart
REMOVE_HIDDEN, RESTORE, REMOVE_UNFINISHED = Cleanup
MOVING, WRITTEN = FilePhase.MOVING, FilePhase.WRITTEN
CANCELED = order(status="canceled")


def stored(version: Order | None = None, **given: Any) -> StoredOrder:  # noqa: ANN401
    values: dict[str, Any] = {"phase": WRITTEN, "filed": 2}
    return StoredOrder(version or order(), 2, "", **(values | given))


@pytest.mark.parametrize(
    ("phase", "listing", "cleanup", "arrived", "action"),
    [
        (WRITTEN, {FILE: 9}, [], False, FileAction.KEEP),
        (WRITTEN, {FILE: 8}, [], False, FileAction.READ),
        (WRITTEN, {FILE: None}, [], False, FileAction.READ),
        (WRITTEN, {}, [], False, FileAction.TAKEN),
        (WRITTEN, {UNFINISHED: 9}, [REMOVE_UNFINISHED], False, FileAction.TAKEN),
        (WRITTEN, {FILE: 9, UNFINISHED: 9}, [REMOVE_UNFINISHED], False, FileAction.KEEP),
        (WRITTEN, {HIDDEN: 9}, [RESTORE], False, FileAction.KEEP),
        (WRITTEN, {HIDDEN: 8}, [RESTORE], False, FileAction.READ),
        (WRITTEN, {FILE: 9, HIDDEN: 8}, [REMOVE_HIDDEN], False, FileAction.KEEP),
        (WRITTEN, {HIDDEN: 9, UNFINISHED: 9}, [RESTORE, REMOVE_UNFINISHED], False, FileAction.KEEP),
        (MOVING, {FILE: 9}, [], True, FileAction.KEEP),
        (MOVING, {}, [], False, FileAction.TAKEN),
        (MOVING, {UNFINISHED: 9}, [], False, FileAction.RESTART),
        (MOVING, {UNFINISHED: 9, HIDDEN: 9}, [REMOVE_HIDDEN], False, FileAction.RESTART),
        (MOVING, {HIDDEN: 9}, [REMOVE_HIDDEN], False, FileAction.TAKEN),
        (MOVING, dict.fromkeys(FilePart, 9), [REMOVE_HIDDEN, REMOVE_UNFINISHED], True, FileAction.KEEP),
    ],
)
def test_what_an_interrupted_run_left_is_cleaned_up_first(
    phase: FilePhase, listing: FileListing, cleanup: list[Cleanup], arrived: bool, action: FileAction
) -> None:
    """A file is written once: what is gone after it was moved was taken, what never arrived begins again."""
    decision = decide_file(stored(phase=phase), listing, 9)
    assert (list(decision.cleanup), decision.arrived, decision.action) == (cleanup, arrived, action)


@pytest.mark.parametrize(
    ("known", "listing", "missed", "action"),
    [
        (stored(CANCELED), {FILE: 9}, False, FileAction.WITHDRAW),
        (stored(CANCELED), {}, True, FileAction.TAKEN),
        (stored(), {}, True, FileAction.LOST),
        (stored(filed=1), {FILE: 9}, False, FileAction.READ),
        (stored(filed=None), {FILE: 9}, False, FileAction.READ),
    ],
    ids=["cancelled", "cancelled and gone", "gone with its outbox", "older", "of unknown age"],
)
def test_what_is_due_about_a_file(
    known: StoredOrder, listing: FileListing, missed: bool, action: FileAction
) -> None:
    """A cancelled order's is withdrawn; one that was in a missing outbox is for a person to look at."""
    assert decide_file(known, listing, 9, missed=missed).action is action


RESERVE = Reason(HandWork.RESERVE)
HELD = Reason(HoldReason.GOOD_UNKNOWN, {"name": "Капці", "good_id": ""})


@pytest.mark.parametrize(
    ("known", "content", "action"),
    [
        (stored(), Content.GONE, FileAction.TAKEN),
        (stored(), Content.CURRENT, FileAction.ADOPT),
        (stored(), Content.DAMAGED, FileAction.REPAIR),
        (stored(filed=1), Content.OLDER, FileAction.REPLACE),
        (stored(filed=1, hold=HELD), Content.OLDER, FileAction.WITHDRAW),
        (stored(filed=1, hold=HELD), Content.DAMAGED, FileAction.WITHDRAW),
        (stored(filed=1, hold=Reason(HoldReason.NOTHING_SOLD)), Content.OLDER, FileAction.WITHDRAW),
        (stored(filed=2, hold=HELD), Content.OLDER, FileAction.REPLACE),
        (stored(filed=1, hold=Reason(HoldReason.DELIVERED_EARLIER)), Content.OLDER, FileAction.REPLACE),
    ],
)
def test_the_content_of_a_file_decides(known: StoredOrder, content: Content, action: FileAction) -> None:
    """An older version is replaced, or withdrawn where the new one must not get a file."""
    assert decide_content(known, content) is action


@pytest.mark.parametrize(
    ("known", "waits", "needs_person", "owed", "in_outbox", "todo"),
    [
        (stored(phase=None), False, False, True, False, None),
        (stored(phase=None, hold=HELD), True, True, False, False, HELD),
        (stored(phase=None, hold=Reason(HoldReason.NO_SALE, {"status": "draft"})), *(False,) * 4, None),
        (stored(), False, False, False, True, None),
        (stored(phase=FilePhase.TAKEN, hold=HELD), True, False, False, False, None),
        (stored(phase=FilePhase.TAKEN, hand_work=RESERVE), *(False,) * 4, RESERVE),
    ],
)
def test_how_far_an_order_is_on_its_way(
    known: StoredOrder, waits: bool, needs_person: bool, owed: bool, in_outbox: bool, todo: object
) -> None:
    """Owed, in the outbox, or with a person who has something to do."""
    flags = (known.waits, known.needs_person, known.owed, known.in_outbox)
    assert (flags, known.todo) == ((waits, needs_person, owed, in_outbox), todo)
