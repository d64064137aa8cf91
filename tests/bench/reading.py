"""Measure what reading an export and planning cost: `python tests/bench/reading.py [GOODS]`.

In one run, each in a process of its own and the best of several rounds: reading and hashing the bytes of the
export, a polars join and a DuckDB anti-join of yesterday's and today's file, and `update --offline` of
torgsync for an export that did not change, one of which 1.4 % of the rows changed, and a new shop. Prints
ratios and peak memory; nothing is asserted: machines differ. polars and duckdb are not needed by anything
else: `pip install -e '.[bench]'`.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xxhash

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from exports import write_dull_shop

ROUNDS = 3
EACH = 71  # every 71st row changes its price: 1.4 %
MEGABYTE = 1_000_000


def read_bytes(folder: Path) -> None:
    """Read and hash the bytes of today's file once."""
    state = xxhash.xxh3_64()
    with (folder / "today.trs").open("rb") as file:
        while chunk := file.read(1 << 20):
            state.update(chunk)


def polars_join(folder: Path) -> None:
    """Find the changed, new and gone rows with polars."""
    import polars as pl

    old, new = (
        pl.read_csv(folder / name, separator=";", encoding="cp1251", infer_schema=False)
        for name in ("yesterday.trs", "today.trs")
    )
    changed = new.join(old, on=new.columns, how="anti", nulls_equal=True)
    gone = old.join(new, on="GoodID", how="anti")
    sys.stderr.write(f"{changed.height} changed, {gone.height} gone\n")


def duckdb_join(folder: Path) -> None:
    """Find the changed, new and gone rows with DuckDB; its one encoding of one byte a letter will do."""
    import duckdb

    read = "read_csv('{}', delim=';', header=true, all_varchar=true, encoding='latin-1', quote='\"')"
    old, new = (read.format(folder / name) for name in ("yesterday.trs", "today.trs"))
    with duckdb.connect() as base:
        base.execute(f"CREATE TABLE old AS FROM {old}; CREATE TABLE new AS FROM {new}")
        ways = (
            "SELECT * FROM new EXCEPT SELECT * FROM old",
            "SELECT * FROM old ANTI JOIN new USING (GoodID)",
        )
        counts = [base.execute(way).fetchall() for way in ways]
    sys.stderr.write(f"{[len(rows) for rows in counts]} changed and gone\n")


def plan(folder: Path) -> None:
    """Read the export and make the plan, as `torgsync update --offline` does."""
    from torgsync.files.config.objects import load_object
    from torgsync.files.config.settings import Settings
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.plan.update import update
    from torgsync.state.store import open_store

    state = f"sqlite:///{folder / 'state.db'}"
    store = open_store(state)
    made = update(JobContext(Settings(folder, state, None), load_object(folder / "big.toml"), store), None)
    store.close()
    sys.stderr.write(f"{made.plan.counts}\n")


WAYS: dict[str, Callable[[Path], None]] = {
    "read": read_bytes,
    "polars": polars_join,
    "duckdb": duckdb_join,
    "plan": plan,
}


def child(way: str, folder: Path) -> None:
    """Do one thing once, and print its seconds and the peak of its memory in megabytes."""
    if way == "plan":  # what it imports is not what is measured
        import torgsync.jobs.plan.update
        import torgsync.state.store  # noqa: F401
    elif way in ("polars", "duckdb"):
        __import__(way)
    started = time.perf_counter()
    WAYS[way](folder)
    seconds = time.perf_counter() - started
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE)  # noqa: T201


def measure(way: str, folder: Path, before: Callable[[], object] = lambda: None) -> tuple[float, float]:
    """Return the fewest seconds and the peak in megabytes of several rounds, each in a process of its own."""
    found = []
    for _ in range(ROUNDS):
        before()
        ran = subprocess.run(
            [sys.executable, __file__, "--child", way, str(folder)],
            stdout=subprocess.PIPE,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        seconds, peak = ran.stdout.split()
        found.append((float(seconds), float(peak)))
    return min(seconds for seconds, _ in found), max(peak for _, peak in found)


def make_clean(folder: Path) -> None:
    """Make the state of a shop in which everything in the export was sent and is shown."""
    from sqlalchemy import create_engine, text

    engine = create_engine(f"sqlite:///{folder / 'state.db'}")
    with engine.begin() as base:
        base.execute(
            text(
                "INSERT INTO sent "
                "SELECT object, good_id, '2026-03-02', price_stock, '{}', content FROM desired"
            )
        )
        base.execute(
            text(
                "INSERT INTO existing "
                "(object, prom_id, good_id, look, deleted, available, price_stock, content) "
                "SELECT object, '9' || good_id, good_id, 1, false, true, price_stock, content FROM desired"
            )
        )
        base.execute(text("UPDATE objects SET first_write_at = '2026-03-02'"))
    engine.dispose()


def main() -> None:
    """Print the table."""
    goods = int(sys.argv[1]) if sys.argv[1:] else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export, state, kept = folder / "TSGoods.trs", folder / "state.db", folder / "kept.db"
        for day, every in (("yesterday", 0), ("today", EACH)):
            write_dull_shop(folder, goods, random.Random(17), changed=every)  # noqa: S311
            export.rename(folder / f"{day}.trs")
        shutil.copy(folder / "yesterday.trs", export)
        results = {"read and hash": measure("read", folder)}
        for way in ("polars", "duckdb"):
            try:
                results[way] = measure(way, folder)
            except subprocess.CalledProcessError:
                print(f"{way} cannot be measured here")  # noqa: T201

        def forget() -> None:
            for file in folder.glob("state.db*"):
                file.unlink()

        results["torgsync, new shop"] = measure("plan", folder, forget)
        make_clean(folder)
        measure("plan", folder)
        results["torgsync, unchanged"] = measure("plan", folder)
        shutil.copy(state, kept)
        shutil.copy(folder / "today.trs", export)

        def again() -> None:
            forget()
            shutil.copy(kept, state)
            os.sync()  # what the copy left to be written is not what is measured

        results["torgsync, 1.4 % changed"] = measure("plan", folder, again)
        size = export.stat().st_size / MEGABYTE
    print(f"{goods:,} goods, {size:.0f} MB, Windows-1251")  # noqa: T201
    least = results["read and hash"][0]
    faster = min((results[way][0] for way in ("polars", "duckdb") if way in results), default=None)
    for name, (seconds, peak) in results.items():
        ratio = f"{seconds / faster:6.2f} x the faster join" if faster else ""
        print(f"{name:<26}{seconds / least:8.1f} x reading {ratio}  {peak:6.0f} MB")  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
