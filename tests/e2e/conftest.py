"""Fixtures of end-to-end tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from faulty import FaultyServer
from homes import PRINTED, FirstDay, Home, SandboxAddress, invented_shop
from pasted import unpasteable
from postgres import Cluster
from spoken import BYPASSED

from torgsync.prom.http import TRIES, Http
from torgsync.sandbox.server import serve


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Perform a test that is marked for it on SQLite and on PostgreSQL."""
    if metafunc.definition.get_closest_marker("both_states"):
        metafunc.parametrize("_state", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def _state(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the state where the test wants it; `TORGSYNC_TEST_STATE` says where all others have it."""
    kind = getattr(request, "param", os.environ.get("TORGSYNC_TEST_STATE", "sqlite"))
    if kind == "postgresql":
        postgres: Cluster = request.getfixturevalue("postgres")
        monkeypatch.setenv("TORGSYNC_STATE", postgres.empty("state"))


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Retry without back-off, and ask without a pace."""
    monkeypatch.setattr(Http, "_keep_pace", lambda _http: None)
    with stamina.set_testing(True, attempts=TRIES):
        yield


@pytest.fixture(scope="session", autouse=True)
def _commands_can_be_pasted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Paste every command that was printed in any test into a shell, and let the program parse it."""
    yield
    wrong = unpasteable(PRINTED, tmp_path_factory.mktemp("pasted"))
    assert not wrong, "\n".join(f"{line}: {why} (printed by {PRINTED[line]})" for line, why in wrong.items())


@pytest.fixture(scope="session", autouse=True)
def _every_sentence_can_be_translated() -> Iterator[None]:
    """Every sentence that was printed in any test is in the catalogs."""
    yield
    assert not BYPASSED, "\n".join(f"{line} (printed by {args})" for line, args in BYPASSED.items())


@pytest.fixture
def faulty() -> Iterator[FaultyServer]:
    """A marketplace that misbehaves on demand."""
    with FaultyServer(invented_shop()) as sandbox_server:
        yield sandbox_server


@pytest.fixture
def hard(tmp_path: Path, faulty: FaultyServer) -> Home:
    """A home with the example shop's object that uses `faulty`."""
    return Home.of_example(tmp_path, faulty)


@pytest.fixture(scope="session")
def first_day(tmp_path_factory: pytest.TempPathFactory) -> FirstDay:
    """The example shop synchronised once, for all tests that begin on the second day."""
    with (
        serve(invented_shop()) as server,
        stamina.set_testing(True),
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.delenv("TORGSYNC_STATE", raising=False)
        home = Home.of_example(tmp_path_factory.mktemp("first-day"), server)
        assert home.sync().code == 0
        assert home.writes() == ["/api/v1/products/import_file"]
        (entry,) = server.shop.imports()
        return FirstDay(home, entry.feed, entry.settings)


@pytest.fixture
def filled(tmp_path: Path, sandbox_server: SandboxAddress, first_day: FirstDay) -> Home:
    """The example shop after its first synchronisation."""
    return first_day.again(tmp_path, sandbox_server)


@pytest.fixture(scope="session")
def mapped_day(tmp_path_factory: pytest.TempPathFactory, first_day: FirstDay) -> FirstDay:
    """The first day, with all payment methods mapped to a cash register."""
    with serve(invented_shop()) as server:
        home = first_day.again(tmp_path_factory.mktemp("mapped-day"), server)
        home.run("payments", "fetch")
        for method in ("9000001", "9000002", "9000003"):
            assert home.run("payments", "map", method, "--cash-register", "Каса 1").code == 0
        return FirstDay(home, first_day.feed, first_day.settings)


@pytest.fixture
def mapped(tmp_path: Path, sandbox_server: SandboxAddress, mapped_day: FirstDay) -> Home:
    """The example shop after its first synchronisation, with all payment methods mapped."""
    return mapped_day.again(tmp_path, sandbox_server)


@pytest.fixture
def hard_filled(tmp_path: Path, faulty: FaultyServer, first_day: FirstDay) -> Home:
    """The example shop after its first synchronisation, using `faulty`."""
    return first_day.again(tmp_path, faulty)
