"""Thousands of photos: each distinct picture is uploaded once, and memory holds a few of them at a time."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from io import BytesIO
from pathlib import Path
from shutil import rmtree

import pytest
from homes import Home
from pictures import grainy, saved
from PIL import Image
from servers import PASSWORD
from storages import KINDS, SERVERS, Storage

from tests.bench.processes import run
from torgsync.jobs.photos.publish import AT_ONCE

PHOTOS = 5_000
DISTINCT = PHOTOS // 3
"""Two thirds of the photos are equal to another one."""
FEW = 500

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


PHOTOS_OF_ITEM = 10
"""As many as Prom.ua takes of one item."""


def many_items(home: Home, photos: int) -> list[str]:
    """Have the export offer items for so many photos, and return the names of these, without extension."""
    header, *rows = csv.reader(home.export.read_text("utf-8-sig").splitlines(keepends=True), delimiter=";")
    row = next(row for row in rows if row[0] in ("26925", "100001"))  # of the example, or of an earlier call
    barcode = header.index("Barcode")
    ids = [str(100_001 + number) for number in range(-(-photos // PHOTOS_OF_ITEM))]
    with home.export.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerows([header, *([good_id, *row[1:barcode], "", *row[barcode + 1 :]] for good_id in ids)])
    return [f"{good_id}_{number}" for good_id in ids for number in range(1, PHOTOS_OF_ITEM + 1)][:photos]


def write_photos(home: Home, count: int) -> None:
    """Replace the photos of the example by many small ones."""
    folder = home.shop / "photos"
    rmtree(folder)
    folder.mkdir()
    for number, name in enumerate(many_items(home, count)):
        content = saved(Image.new("RGB", (60, 80), number % (count // 3)), "PNG")
        (folder / f"{name}.png").write_bytes(content)


def publish_on(home: Home, storage: Storage, fault: str = "") -> None:
    """Start a server, and have the object publish there."""
    storage.start(fault)
    (home.shop / "password").write_text(PASSWORD, "utf-8")
    text = storage.describe(home.object.read_text("utf-8"), '{ file = "password" }')
    home.object.write_text(text, "utf-8")


@pytest.mark.parametrize("kind", SERVERS)
def test_as_many_uploads_as_pictures(home: Home, tmp_path: Path, kind: str) -> None:
    """A process killed halfway is taken up where it was; one more run uploads none."""
    storage = Storage(kind, tmp_path / "served")
    write_photos(home, PHOTOS)
    publish_on(home, storage, f"hang {DISTINCT // 2}")
    try:
        with home.start("photos", "publish", "--yes") as process:
            storage.wait_until_it_hangs()
            process.kill()
            process.communicate()
        storage.stop()
        first = len(storage.uploads)
        assert DISTINCT // 2 - AT_ONCE <= first < DISTINCT // 2
        storage.start()
        rest = home.run("photos", "publish", "--yes", "--format", "json").json
        assert DISTINCT - first <= rest["published"] == rest["pending"] <= DISTINCT - first + AT_ONCE
        uploads = Counter(storage.uploads)
        assert (len(uploads), uploads.total() - first) == (DISTINCT, rest["published"])
        again = home.run("photos", "publish", "--yes", "--format", "json").json
        assert (again["pending"], len(storage.uploads)) == (0, uploads.total())
    finally:
        storage.stop()


def peak(home: Home) -> int:
    """Return the peak memory of a process that publishes all, in bytes."""
    command = [sys.executable, "-m", "torgsync", "photos", "publish", "--yes"]
    return run(command, {**home.environment(), "LC_ALL": "C.UTF-8"}).peak


@pytest.mark.parametrize("kind", KINDS)
def test_memory_does_not_grow_with_their_number(home: Home, tmp_path: Path, kind: str) -> None:
    """Ten times as many photos cost less than 4 KB for each: what is known of it, but no content."""
    peaks = []
    for count in (FEW, PHOTOS):
        storage = Storage(kind, tmp_path / f"served-{count}")
        write_photos(home, count)
        before = home.object.read_text("utf-8")
        publish_on(home, storage)
        try:
            peaks.append(peak(home))
            assert len(storage.files()) == count // 3
        finally:
            storage.stop()
            home.object.write_text(before, "utf-8")
    assert peaks[1] - peaks[0] < (PHOTOS - FEW) * 4_000


def test_memory_does_not_grow_with_all_their_bytes(home: Home, tmp_path: Path) -> None:
    """A few pictures are in memory at once, however many there are."""
    image = Image.open(BytesIO(grainy(sides=(2_000, 2_000), quality=95)))
    folder = home.shop / "photos"
    peaks, names = [], many_items(home, 100)
    for count in (10, 100):
        storage = Storage("folder", tmp_path / "served", str(count))
        rmtree(folder)
        folder.mkdir()
        for number, name in enumerate(names[:count]):
            image.paste((number * 2,) * 3, (0, 0, 64, 64))
            (folder / f"{name}.jpg").write_bytes(saved(image, "JPEG", quality=95))
        before = home.object.read_text("utf-8")
        publish_on(home, storage)
        peaks.append(peak(home))
        assert len(storage.files()) == count
        home.object.write_text(before, "utf-8")
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert peaks[1] - peaks[0] < size / 10
