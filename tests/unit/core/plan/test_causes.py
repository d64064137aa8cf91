"""What moved a field: only what the facts leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from builders import existing, product, sent

from torgsync.core.plan.causes import ChangeCause, Facts, causes_of
from torgsync.core.plan.decide import ProductSnapshot, RowStatus
from torgsync.core.plan.diff import Verb, compare, creation

EARLIER, SENT, LATER = (datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3))
NOW: dict[str, Any] = {"quantity": 5, "presence": "available", "status": "on_display"}
OLD: dict[str, Any] = {"quantity": 3, "presence": "available", "status": "on_display"}


def causes(
    *,
    export: datetime | None = EARLIER,
    settings: datetime | None = EARLIER,
    reserved: int = 0,
    last: dict[str, Any] | None = None,
    shown: dict[str, Any] | None = None,
) -> dict[str, tuple[ChangeCause, ...]]:
    """The causes of a change from what was last sent to 5 pieces, by when the files were written."""
    past = OLD if last is None else last
    known = ProductSnapshot("17", RowStatus.IN, product(**NOW), sent(**past), existing(**(shown or past)))
    known = replace(known, reserved=reserved)
    assert known.offered
    assert known.on_prom
    change = replace(
        creation(known.offered),
        verb=Verb.UPDATE,
        fields=compare(known.offered, known.sent, known.on_prom).fields,
    )
    facts = Facts(export, settings, dict.fromkeys(past, SENT))
    return dict(causes_of(change, known, facts))


@pytest.mark.parametrize(
    ("export", "settings", "cause"),
    [
        (LATER, EARLIER, ChangeCause.EXPORT),
        (EARLIER, LATER, ChangeCause.SETTINGS),
        (LATER, LATER, ChangeCause.EITHER),
        (None, LATER, ChangeCause.SETTINGS),
        (EARLIER, EARLIER, ChangeCause.RELEASED),  # more pieces, and neither file is new
    ],
)
def test_the_file_that_is_newer(export: datetime | None, settings: datetime, cause: ChangeCause) -> None:
    """One file is named only where the other is older than what was sent."""
    assert causes(export=export, settings=settings) == {"quantity": (cause,)}


def test_fewer_pieces_than_nothing_explains() -> None:
    """Then it is not said who did it."""
    assert causes(last={**OLD, "quantity": 9}) == {"quantity": (ChangeCause.EITHER,)}


def test_sold() -> None:
    """The order alone, where the export has what was sent; else both."""
    assert causes(reserved=1, last=NOW) == {"quantity": (ChangeCause.SOLD,)}
    both = (ChangeCause.SOLD, ChangeCause.EXPORT)
    assert causes(reserved=1, export=LATER) == {"quantity": both}
    assert causes(reserved=1, last={**NOW, "quantity": 2}) == {"quantity": (ChangeCause.SOLD,)}


def test_edited_never_sent_and_taken_down() -> None:
    """Each by what was last sent."""
    assert causes(last=NOW, shown={**NOW, "quantity": 8}) == {"quantity": (ChangeCause.EDITED,)}
    rest = {name: value for name, value in NOW.items() if name != "quantity"}
    assert causes(last=rest, shown={**NOW, "quantity": 8}) == {"quantity": (ChangeCause.NEVER_SENT,)}
    hidden = {**NOW, "status": "not_on_display"}
    assert causes(last=hidden, export=LATER) == {"status": (ChangeCause.TAKEN_DOWN,)}


def test_only_an_update_has_causes() -> None:
    """A creation has none, and neither has no change."""
    known = ProductSnapshot("17", RowStatus.IN, product(**NOW))
    assert causes_of(creation(product(**NOW)), known, Facts(LATER, LATER, {})) == {}
    assert causes_of(None, known, Facts(LATER, LATER, {})) == {}
