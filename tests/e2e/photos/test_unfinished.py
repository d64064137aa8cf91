"""Pictures whose writing was cut off: what is left of them does not stay in a place that everybody sees."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path

import pytest
from homes import Home
from matrix import sampled
from pictures import picture
from servers import PASSWORD
from storages import KINDS, Storage

from torgsync.files.places.place import UNFINISHED

DIES = f"""
import os, runpy, signal
flush = os.fsync
def fsync(handle):
    if os.readlink(f"/proc/self/fd/{{handle}}").endswith({UNFINISHED!r}):
        os.kill(os.getpid(), signal.SIGKILL)
    flush(handle)
os.fsync = fsync
runpy.run_module("torgsync", run_name="__main__")
"""
"""A program that is killed when it has written a part of the first picture to a folder."""


def publish_on(home: Home, storage: Storage) -> None:
    """Have the object publish there."""
    (home.shop / "password").write_text(PASSWORD, "utf-8")
    text = storage.describe(home.object.read_text("utf-8"), '{ file = "password" }')
    home.object.write_text(text, "utf-8")


def left(storage: Storage) -> set[str]:
    """Return the names of temporary files in the place."""
    return {name for name in storage.files() if name.endswith(UNFINISHED)}


def kill_in_the_middle(home: Home, storage: Storage) -> Path:
    """Publish, and kill the process while it writes; return a photo of which a part is there."""
    storage.start("stall 5")
    publish_on(home, storage)
    if storage.kind == "folder":
        command = (sys.executable, "-c", DIES, "photos", "publish", "--yes")
        ended = subprocess.run(command, env=home.environment(), capture_output=True, check=False)
        assert ended.returncode == -signal.SIGKILL
    else:
        with home.start("photos", "publish", "--yes") as process:
            storage.wait_until_it_hangs()
            process.kill()
            process.communicate()
    storage.stop()
    storage.start()
    parts = {name.partition(".")[0] for name in left(storage)}
    photos = [path for path in (home.shop / "photos").iterdir() if _name(path) in parts]
    assert photos
    (storage.root / storage.prefix / f"of the owner{UNFINISHED}").write_text("kept")
    return photos[0]


def _name(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:32]


@pytest.fixture(params=sampled(KINDS[:3], "folder", "ftp"))
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    """A place that has temporary files."""
    place = Storage(request.param, tmp_path / "served")
    yield place
    place.stop()


@pytest.mark.parametrize("command", ["publish", "clean"])
def test_what_a_killed_process_left(home: Home, storage: Storage, command: str) -> None:
    """It goes although its photo has changed; all that another put there stays."""
    photo = kill_in_the_middle(home, storage)
    before = f"{_name(photo)}.jpg"
    for path in (home.shop / "photos").iterdir():
        if _name(path) == before.partition(".")[0]:
            path.write_bytes(picture(sides=(301, 301)))
    assert f"{before}{UNFINISHED}" in left(storage)
    if command == "clean":
        home.run("update")
        looked = home.run("photos", "clean", "--dry-run", "--format", "json").json
        assert (looked["unused"], looked["waiting"]) == (0, 0)
        assert f"{before}{UNFINISHED}" in left(storage)
        cleaned = home.run("photos", "clean", "--format", "json")
        assert (cleaned.code, cleaned.json["removed"]) == (0, 0), cleaned.err
        assert f"{before}{UNFINISHED}" not in left(storage)
    done = home.run("photos", "publish", "--yes")
    assert done.code == 0, done.err
    assert left(storage) == {f"of the owner{UNFINISHED}"}
    assert before not in storage.files()
    assert "all photos are published" in home.run("photos", "publish").out


def test_what_is_left_although_nothing_is_pending(home: Home, storage: Storage) -> None:
    """The next call removes it, without a question."""
    photo = kill_in_the_middle(home, storage)
    for path in (home.shop / "photos").iterdir():
        if path != photo:
            path.unlink()
    photo.write_text("no picture")
    assert home.run("photos", "publish").code == 0
    assert left(storage) == {f"of the owner{UNFINISHED}"}


def test_a_full_disk(home: Home, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left there, also of a photo that is removed then."""
    storage.start("full 5")
    publish_on(home, storage)

    def full(_handle: int) -> None:
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    with monkeypatch.context() as patch:
        if storage.kind == "folder":
            patch.setattr(os, "fsync", full)
        assert home.run("photos", "publish", "--yes").code == 1
    assert left(storage) == set()
    storage.stop()
    storage.start()
    assert home.run("photos", "publish", "--yes").code == 0
    assert left(storage) == set()
