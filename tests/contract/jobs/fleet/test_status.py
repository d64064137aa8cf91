"""The times for workers in the text of a pushed object, of which nothing else is read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from torgsync.jobs.fleet.status import times_in

TIME = '[[synchronization_times]]\nuser = "fleet"\nevery = "30m"\n'
ORDERS = '[[synchronization_times]]\nuser = "Fleet"\nevery = "5m"\nonly = "orders"\n'
OTHER = '[[synchronization_times]]\nuser = "OFFICE-PC\\\\olena"\nevery = "1h"\n'


def every(text: str) -> list[str]:
    return [time.every for time in times_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (TIME + ORDERS + OTHER, ["30m", "5m"]),
        ('name = "x"\n' + TIME + 'between = ["08:00", "21:00"]\n[limits]\nremovals = "5%"\n', ["30m"]),
        (TIME + 'between = [\n  "08:00",\n  "21:00",\n]\n' + ORDERS, ["30m", "5m"]),
        (TIME + ORDERS + "[orders] # comment\nenabled = false\n", ["30m"]),
        ("orders = { enabled = false }\n" + TIME + ORDERS, ["30m"]),
        ("orders.enabled = false\n" + TIME + ORDERS, ["30m"]),
        ('synchronization_times = [{ user = "fleet", every = "2h" }]\n', ["2h"]),
        ('"synchronization_times" = [{ user = "fleet", every = "2h" }]\n', ["2h"]),
        ('name = """\n' + TIME + '"""\n' + ORDERS, ["5m"]),
        ("[ [synchronization_times]]\n", []),
        (TIME + 'nosuch = "x"\n', []),
        ("synchronization_times = 5\n", []),
        ("[[synchronization_times]\n", []),
    ],
)
def test_times_in_a_text(text: str, expected: list[str]) -> None:
    """However they are written; a text of a newer program has none, and its worker says so."""
    assert every(text) == expected


@pytest.mark.parametrize(("via", "begins"), [("", 6), ('via = "satu.kz"\n', 3), ('via = "nosuch"\n', 6)])
def test_hours_are_those_of_the_marketplace(via: str, begins: int) -> None:
    """As they are where the whole object is read."""
    (time,) = times_in(via + TIME + 'between = ["08:00", "21:00"]\n')
    moment = next(time.rhythm.after(datetime(2026, 11, 29, 22, 0, tzinfo=UTC)))
    assert moment == datetime(2026, 11, 30, begins, 0, tzinfo=UTC)
