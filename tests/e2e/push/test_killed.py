"""A process that is killed at any of its requests: the next run finishes the work."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from faulty import FaultyServer, Kills
from homes import FirstDay, Home, invented_shop
from matrix import sampled
from truth import differences, open_ends, rows

from torgsync.core.plan.imports import HANGS_AFTER

REQUESTS = {"first": 6, "second": 11}
"""How many requests an undisturbed run of each day asks; a test holds the numbers."""
POINTS = [
    (day, nth, after) for day in REQUESTS for nth in range(1, REQUESTS[day] + 1) for after in (False, True)
]


def day_of(day: str, folder: Path, faulty: FaultyServer, first_day: FirstDay) -> Home:
    """Return a home with all of the example to create, or with some of it to create, edit and remove."""
    if day == "first":
        home = Home.of_example(folder, faulty)
        home.edit_row("26931", '"2=40,000|8=25,000"', '""')  # sold out: made, and then edited
        return home
    home = first_day.again(folder, faulty)
    home.next_day()
    number = home.sandbox.add_product(None, name="Чужий")
    assert number
    home.edit_object('foreign = "keep"', 'foreign = "delete"')
    return home


def contents(home: Home) -> dict[str | None, tuple[object, ...]]:
    """What buyers see, keyed by external id."""
    return {
        product.external_id: (
            product.price,
            product.presence,
            product.quantity_in_stock,
            product.status,
            product.name_uk,
        )
        for product in home.sandbox.products()
    }


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, first_day: FirstDay) -> dict[str, tuple[object, int, int]]:
    """The shop after runs that were not killed, their requests and their imports, keyed by day."""
    found: dict[str, tuple[object, int, int]] = {}
    for day in REQUESTS:
        with FaultyServer(invented_shop()) as sandbox_server:
            home = day_of(day, tmp_path_factory.mktemp(day), sandbox_server, first_day)
            assert home.sync().code == 0
            found[day] = (
                contents(home),
                len(sandbox_server.shop.log.records()),
                len(sandbox_server.shop.imports()),
            )
    return found


def test_the_points_are_all_requests(calm: dict[str, tuple[object, int, int]]) -> None:
    """A run is killed at every request of both days, before and after the effect."""
    assert {day: asked for day, (_, asked, _) in calm.items()} == REQUESTS
    assert len(POINTS) >= 30


@pytest.mark.both_states
@pytest.mark.parametrize(("day", "nth", "after"), sampled(POINTS, ("second", 5, True)))
def test_killed_at_a_request(
    day: str,
    nth: int,
    after: bool,
    tmp_path: Path,
    faulty: FaultyServer,
    first_day: FirstDay,
    calm: dict[str, tuple[object, int, int]],
) -> None:
    """The shop is as after a run that was not killed, no import is sent twice, the journal is correct.

    The next run comes half an hour later: until then an import may arrive that was sent, or was to be sent.
    """
    home = day_of(day, tmp_path, faulty, first_day)
    kills = Kills(nth, after)
    faulty.misbehave("ANY /", kills)
    with home.start("sync", "--yes") as process:
        kills.process = process
        process.communicate()
    assert process.returncode < 0
    faulty.behave()
    state = home.folder / "state.db"
    assert differences(state, home.sandbox) == []
    wanted, _, imports = calm[day]
    later = datetime.now(UTC) + HANGS_AFTER
    assert home.run("sync", "--yes", now=later).code == 0
    assert contents(home) == wanted
    assert len(home.sandbox.imports()) == imports
    assert differences(state, home.sandbox) == []
    assert open_ends(state) == []
    killed = rows(state, "select exit from runs order by id desc limit 1 offset 1")
    assert killed == [(None,)]  # only the run itself could give one
    home.sandbox.log.clear()
    assert (home.sync().code, home.writes()) == (0, [])
