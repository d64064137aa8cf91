"""Rows of publishing photos, into a folder and onto an S3 server, next to copying the same files."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from pictures import grainy, saved
from PIL import Image
from servers import PASSWORD, USER
from storages import BUCKET, Storage

from tests.bench.processes import Row, run
from tests.bench.programs import Tree, write_export
from torgsync.jobs.photos.publish import AT_ONCE

PHOTOS = 1_000
COPYING = Path(__file__).with_name("copying.py")
KEYS = {"AWS_ACCESS_KEY_ID": USER, "AWS_SECRET_ACCESS_KEY": PASSWORD}
PUBLISH = ("photos", "publish", "-o", "big", "--yes")


def write_photos(folder: Path, count: int) -> Path:
    """Write so many different photos of one item, of some 50 KB each."""
    if not folder.exists():
        folder.mkdir()
        image = Image.open(BytesIO(grainy()))
        for number in range(count):
            colour = (number // 64 * 4 % 256, number % 64 * 4, 0)
            image.paste(colour, (0, 0, 64, 64))
            (folder / f"1_{number + 1}.jpg").write_bytes(saved(image, "JPEG", quality=80))
    return folder


def photo_rows(parent: Path, trees: Sequence[Tree], storage: Storage, count: int) -> Iterator[Row]:
    """Yield the rows of one place: copying, publishing after a look, and both the look and the rest."""
    section = f"photos-{storage.kind}"
    photos = write_photos(parent / f"photos-{count}", count)
    target = parent / "copied"
    way = (BUCKET, storage.endpoint) if storage.kind == "s3" else (str(target),)
    command = [sys.executable, "-P", str(COPYING), str(photos), str(AT_ONCE), *way]

    def forget(_: int) -> None:
        shutil.rmtree(target, ignore_errors=True)

    yield Row(section, "copy", f"copying {count:,} photos", command, KEYS, forget, items=count)
    for tree in trees:
        home = parent / f"{tree.name}-{section}"
        shutil.rmtree(home, ignore_errors=True)
        write_export(home / "objects", 50)
        (home / "objects" / "password").write_text(PASSWORD, "ascii")
        path = home / "objects" / "big.toml"
        table = f'[catalog.photos]\nfolder = "{photos}"\nurl = "https://shop.example/"\n'
        text = path.read_text("utf-8").replace("[accounting_centers]", f"{table}[accounting_centers]", 1)
        path.write_text(storage.describe(text, '{ file = "password" }'), "utf-8")
        environment = tree.environment(home)

        def new(_: int, home: Path = home) -> None:
            for file in home.glob("state.db*"):
                file.unlink()
            shutil.rmtree(storage.root, ignore_errors=True)

        def looked(_: int, tree: Tree = tree, home: Path = home) -> None:
            new(0, home)
            run(tree.command(*PUBLISH[:-1], "--dry-run"), tree.environment(home))

        for key, title, prepare in (
            ("publish", f"photos publish of {count:,}", looked),
            ("first", f"photos publish of {count:,} that were never looked at", new),
        ):
            yield Row(section, key, title, tree.command(*PUBLISH), environment, prepare, tree.name, count)
