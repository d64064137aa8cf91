"""What every test may ask for."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import disk_usage

import catalogs
import once
import pytest
from homes import Home, invented_shop
from hypothesis import HealthCheck, settings
from postgres import Cluster, cluster, missing

from torgsync.sandbox.server import RunningServer, serve
from torgsync.state.store import open_store

FOR_TESTS = ("TORGSYNC_TEST_", "TORGSYNC_LIVE_")
"""What the names of variables for tests begin with."""

for _name, _examples in (("usual", 30), ("thorough", 100)):  # `.ci/run` is thorough
    settings.register_profile(
        _name,
        max_examples=_examples,
        database=None,
        deadline=None,  # on a loaded machine an example may take any time
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
settings.load_profile("usual")

# Whatever the machine wants: each worker, and each process of a test, would compile every module again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_MEMORY = Path("/dev/shm")  # noqa: S108  # a file system in memory, on Linux
if _MEMORY.is_dir() and disk_usage(_MEMORY).free > 4 * 2**30:
    # Each test makes some dozens of files, and a disk takes longer for them than the program.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in the background deaf to Ctrl-C, and the tests' processes would inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


gc.set_threshold(20_000, 20, 20)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for another process, or a server."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Have the collector of garbage look no more at what all tests share, which is most of the memory."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Do only once what costs much and is the same in every test, in a home that is not this user's."""
    catalogs.compile_catalogs()
    with pytest.MonkeyPatch.context() as patch:
        once.install(patch)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("user")))
        yield


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of the machine out of every test."""
    for name in [*os.environ, "MY_PROM_TOKEN"]:
        if name == "MY_PROM_TOKEN" or (name.startswith("TORGSYNC_") and not name.startswith(FOR_TESTS)):
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL of the tests' own, with a database `state` that has its tables."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    with cluster() as server:
        open_store(server.create("state")).close()
        yield server


@pytest.fixture
def sandbox_server() -> Iterator[RunningServer]:
    """A Prom.ua of the test's own on a real socket, whose imports are done at once."""
    with serve(invented_shop()) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, sandbox_server: RunningServer) -> Home:
    """A home with the example shop's object in it, at work against `sandbox_server`."""
    return Home.of_example(tmp_path, sandbox_server)


@pytest.fixture
def bare(tmp_path: Path, sandbox_server: RunningServer) -> Home:
    """A home without any export yet, and without a sync object."""
    return Home.empty(tmp_path, sandbox_server)
