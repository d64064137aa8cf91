"""Publishing photos on servers that die, refuse, or fall silent: each picture arrives once all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from threading import Lock

import pytest
from homes import Home
from matrix import sampled
from servers import PASSWORD
from storages import SERVERS, Storage

from torgsync.jobs.photos.publish import AT_ONCE, TRIES

HALF = 18
"""The example has 37 distinct photos."""


@pytest.fixture(params=SERVERS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """A place on a server that does not run yet."""
    place = Storage(request.param, tmp_path / "served")
    yield place
    place.stop()


def publish_on(home: Home, storage: Storage, fault: str = "") -> set[str]:
    """Start the server, have the object publish there, and return the names of all its pictures."""
    storage.start(fault)
    (home.shop / "password").write_text(PASSWORD, "utf-8")
    text = storage.describe(home.object.read_text("utf-8"), '{ file = "password" }')
    home.object.write_text(text, "utf-8")
    contents = {path.read_bytes() for path in (home.shop / "photos").iterdir()}
    return {f"{sha256(content).hexdigest()[:32]}.jpg" for content in contents}


def is_whole(storage: Storage, names: set[str]) -> bool:
    """Return whether all pictures arrived, and nothing else is left; moto forgets all when it dies."""
    files = storage.files()
    if storage.kind != "s3":
        assert files.keys() == names
    assert all(name.startswith(sha256(content).hexdigest()[:32]) for name, content in files.items())
    return set(storage.uploads) == names


def repeated(storage: Storage) -> int:
    """Return how many uploads were not needed, as the server had the picture."""
    return sum(count - 1 for count in Counter(storage.uploads).values())


def test_a_sync_publishes_each_picture_once(home: Home, storage: Storage) -> None:
    """Before the import that shows them; the next run uploads none."""
    names = publish_on(home, storage)
    assert home.sync().code == 0
    assert is_whole(storage, names)
    shown = {image.source.rpartition("/")[2] for one in home.sandbox.products() for image in one.images}
    assert shown <= names
    home.next_day()
    assert home.sync().code == 0
    assert (set(storage.uploads), repeated(storage)) == (names, 0)
    storage.stop()
    storage.start()
    again = home.run("photos", "publish", "--again", "--yes")
    assert (again.code, is_whole(storage, names), repeated(storage)) == (0, True, len(names)), again.err


@pytest.mark.parametrize("storage", sampled(SERVERS, "sftp"), indirect=True)
def test_a_refusal_is_tried_again(home: Home, storage: Storage) -> None:
    """Within the run, without a word about it."""
    names = publish_on(home, storage, f"fail {HALF}")
    ran = home.sync()
    assert (ran.code, "cannot" in ran.err) == (0, False)
    assert is_whole(storage, names)
    assert repeated(storage) == 0


@pytest.mark.parametrize("storage", sampled(SERVERS, "sftp"), indirect=True)
def test_a_server_that_dies(home: Home, storage: Storage) -> None:
    """What lacks a photo waits, all else is sent; the next run uploads the rest only."""
    names = publish_on(home, storage, f"die {HALF}")
    ran = home.sync()
    storage.wait()
    assert ran.code == 5
    states = Counter(one["state"] for one in ran.json["outcomes"])
    assert min(states["done"], states["deferred"]) > 0
    first = len(storage.uploads)
    assert 0 < first < HALF
    storage.start()
    assert home.sync().code == 0
    assert is_whole(storage, names)
    assert repeated(storage) <= AT_ONCE  # those whose answer was lost with the server
    assert len(storage.uploads) == len(names) + repeated(storage)


@pytest.mark.parametrize("storage", sampled(SERVERS, "sftp"), indirect=True)
def test_a_server_that_comes_back_within_the_run(home: Home, storage: Storage) -> None:
    """Connections that it ended are opened again, all of them."""
    names = publish_on(home, storage, f"die {HALF}")

    lock = Lock()

    def restarted(_seconds: float) -> None:
        with lock:
            if not storage.alive:
                storage.wait()
                storage.start()

    assert home.run("sync", "--yes", sleep=restarted).code == 0
    assert is_whole(storage, names)
    assert repeated(storage) <= AT_ONCE


@pytest.mark.parametrize("storage", ["ftp"], indirect=True)
def test_a_server_that_allows_few_connections(home: Home, storage: Storage) -> None:
    """Those that it allows do all the work."""
    names = publish_on(home, storage, "few 2")
    assert home.sync().code == 0
    assert is_whole(storage, names)
    assert repeated(storage) == 0


@pytest.mark.parametrize("storage", ["ftp"], indirect=True)
def test_a_wrong_password_is_tried_a_few_times(home: Home, storage: Storage) -> None:
    """Not once for every picture: servers lock out who is refused too often."""
    publish_on(home, storage)
    (home.shop / "password").write_text("wr0ng-invented", "utf-8")
    ran = home.run("photos", "publish", "--yes")
    assert (ran.code, "refuses the user or the password (530)" in ran.err) == (1, True)
    assert "`publish_password`" in ran.err
    assert storage.refused_logins == TRIES


@pytest.mark.parametrize("storage", sampled(SERVERS, "ftp"), indirect=True)
def test_a_server_that_falls_silent(home: Home, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up once for all pictures; what needs them waits, and the next run publishes the rest."""
    monkeypatch.setattr("torgsync.files.places.remote.TIMEOUT", 4)
    names = publish_on(home, storage, f"hang {HALF}")
    ran = home.sync()
    assert ran.code == 5
    assert storage.hung <= AT_ONCE
    storage.stop()
    storage.start()
    assert home.sync().code == 0
    assert is_whole(storage, names)


@pytest.mark.parametrize("storage", ["sftp"], indirect=True)
def test_a_server_that_nobody_vouches_for(
    home: Home, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gets neither password nor pictures, and the message has the command that keeps its key."""
    publish_on(home, storage)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    ran = home.run("photos", "publish", "--yes")
    assert ran.code == 1
    assert f"ssh-keyscan -p {storage.port} -t rsa 127.0.0.1 >> " in ran.err
    assert home.sync().code == 5
    assert storage.uploads == []


@pytest.mark.parametrize(
    ("storage", "nth"),
    sampled([(kind, nth) for kind in SERVERS for nth in (1, 2, 9, HALF, 30, 37)], ("sftp", HALF)),
    indirect=["storage"],
)
def test_a_process_that_is_killed(home: Home, storage: Storage, nth: int) -> None:
    """In the middle of publishing: the next run uploads the rest only."""
    names = publish_on(home, storage, f"hang {nth}")
    with home.start("sync", "--yes") as process:
        storage.wait_until_it_hangs()
        process.kill()
        process.communicate()
    assert process.returncode < 0
    storage.stop()
    first = len(storage.uploads)
    assert max(0, nth - AT_ONCE) <= first < nth
    storage.start()
    home.orphan_leases()
    assert home.sync().code == 0
    assert is_whole(storage, names)
    assert repeated(storage) <= AT_ONCE
