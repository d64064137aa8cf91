"""What torgsync is compared with: `python tests/bench/rivals.py NAME YESTERDAY TODAY`.

Each finds the rows of today's export that yesterday's did not have, and the ids of those that are gone, and
prints them. They map nothing, know no limits and keep no state. Windows-1251 is read as Latin-1, another
encoding of one byte a letter that decodes several times faster, and printed as what it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

OUTPUT = sys.stdout.buffer


def read_bytes(_old: Path, new: Path) -> None:
    """Read and hash the bytes of today's file."""
    import xxhash

    state = xxhash.xxh3_64()
    with new.open("rb") as file:
        while chunk := file.read(1 << 20):
            state.update(chunk)
    OUTPUT.write(state.hexdigest().encode())


def by_polars(old: Path, new: Path) -> None:
    """Compare hashes of rows, both files at once in two threads: faster than any join of polars."""
    from concurrent.futures import ThreadPoolExecutor

    import polars as pl

    def read(path: Path) -> tuple[pl.DataFrame, pl.Series]:
        text = path.read_bytes().decode("latin-1").encode()
        rows = pl.read_csv(text, separator=";", infer_schema=False)
        return rows, rows.hash_rows()

    with ThreadPoolExecutor(2) as threads:
        (before, known), (after, hashes) = threads.map(read, (old, new))
    changed = after.filter(~hashes.is_in(known.implode()))
    gone = before.filter(~before["GoodID"].is_in(after["GoodID"].implode())).select("GoodID")
    for rows in (changed, gone):
        OUTPUT.write(rows.write_csv(separator=";").encode("latin-1"))


def by_duckdb(old: Path, new: Path) -> None:
    """Compare hashes of rows: twice as fast as EXCEPT."""
    import duckdb

    read = "read_csv('{}', delim=';', header=true, all_varchar=true, encoding='latin-1', quote='\"')"
    before, after = read.format(old), read.format(new)
    with duckdb.connect() as base:
        base.execute("SET preserve_insertion_order = false")
        base.execute(f"CREATE TABLE known AS SELECT hash(o) AS h, GoodID FROM {before} o")  # noqa: S608
        base.execute(f"CREATE TABLE today AS SELECT hash(n) AS h, n.* FROM {after} n")  # noqa: S608
        for query in (
            "SELECT * EXCLUDE h FROM today ANTI JOIN known USING (h)",
            "SELECT GoodID FROM known ANTI JOIN today USING (GoodID)",
        ):
            for row in base.execute(query).fetchall():
                OUTPUT.write(";".join(cell or "" for cell in row).encode("latin-1") + b"\n")


def by_pandas(old: Path, new: Path) -> None:
    """Compare hashes of rows."""
    import pandas as pd

    before, after = (pd.read_csv(path, sep=";", dtype=str, encoding="latin-1") for path in (old, new))
    known, hashes = (pd.util.hash_pandas_object(rows, index=False) for rows in (before, after))
    changed = after[~hashes.isin(known)]
    gone = before.loc[~before["GoodID"].isin(after["GoodID"]), ["GoodID"]]
    for rows in (changed, gone):
        OUTPUT.write(rows.to_csv(sep=";", index=False).encode("latin-1"))


RIVALS = {"read": read_bytes, "polars": by_polars, "duckdb": by_duckdb, "pandas": by_pandas}

if __name__ == "__main__":
    RIVALS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
