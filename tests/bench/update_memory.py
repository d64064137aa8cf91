"""Measure what a first look at a big export costs: `python tests/bench/update_memory.py`.

Prints peak memory and time of `torgsync update` for 10,000 goods with short and with long descriptions, each
in a process of its own, and their ratios. Nothing is asserted: machines differ.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from exports import write_shop

from torgsync.sandbox.quirks import Rights
from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.shop import Shop

GOODS = 10_000
LETTERS = (10, 1_000, 10_000)


def measure(folder: Path, url: str, letters: int) -> tuple[int, int, float]:
    """Return the size of the export, the peak of resident memory, both in bytes, and the seconds it took."""
    settings = write_shop(folder, GOODS, letters)
    command = [sys.executable, "-m", "torgsync", "--home", str(folder / "home"), "-q"]
    started = time.monotonic()
    process = subprocess.Popen(  # the program itself
        [*command, "update", "-o", str(settings), "--show", "summary"],
        env={**os.environ, "TORGSYNC_PROM_URL": url},
        stdout=subprocess.DEVNULL,
    )
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.01)
    return (folder / "TSGoods.trs").stat().st_size, peak, time.monotonic() - started


def main() -> None:
    """Print a line a size of description, with ratios to the first."""
    with tempfile.TemporaryDirectory() as folder, serve(Shop(tokens={"full": Rights.full()})) as server:
        first: tuple[int, int, float] | None = None
        for letters in LETTERS:
            size, peak, seconds = measure(Path(folder) / str(letters), server.url, letters)
            first = first or (size, peak, seconds)
            print(  # noqa: T201  # this is what it is for
                f"{letters:>6} letters: export {size / 1e6:6.1f} MB, peak {peak / 1e6:5.0f} MB "
                f"({peak / first[1]:.2f} times), {seconds / first[2]:.2f} times the time"
            )


if __name__ == "__main__":
    main()
