"""Rows of the table of work: plans of a big export, and what they are compared with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from tests.bench.processes import Row
from tests.bench.programs import BigShop, Exports

RIVALS = Path(__file__).with_name("rivals.py")
JOINS = {"polars": "polars", "duckdb": "DuckDB", "pandas": "pandas"}
SUMMARY = ("update", "-o", "big", "--offline", "--show", "summary")


def missing_joins() -> list[str]:
    """Return what is not installed."""
    return [title for key, title in JOINS.items() if find_spec(key) is None]


def rival_rows(exports: Exports) -> Iterator[Row]:
    """Yield what torgsync is compared with."""
    command = [sys.executable, "-P", str(RIVALS)]
    days = [str(exports.yesterday), str(exports.today)]
    yield Row("work", "read", "reading and hashing the bytes", [*command, "read", *days], items=exports.goods)
    for key, title in JOINS.items():
        if title not in missing_joins():
            yield Row("work", key, title, [*command, key, *days], items=exports.goods)


def plan_rows(big: BigShop, section: str = "work") -> Iterator[Row]:
    """Yield the plans of one shop; each round of each begins with the state and the export that it needs."""

    def new(_: int) -> None:
        big.forget()
        big.read(big.exports.yesterday)

    def unchanged(_: int) -> None:
        big.restore()
        big.read(big.exports.yesterday)

    def changed(_: int) -> None:
        big.restore()
        big.read(big.exports.today)

    def settings(_: int) -> None:
        big.restore()
        big.read(big.exports.yesterday, '[prices]\nmarkup = "3%"\n')

    for key, title, prepare, args in (
        ("unchanged", "unchanged", unchanged, SUMMARY),
        ("changed", "1.4 % changed", changed, SUMMARY),
        ("json", "1.4 % changed, --format json", changed, (*SUMMARY[:4], "--format", "json")),
        ("html", "1.4 % changed, --format html", changed, (*SUMMARY[:4], "--format", "html")),
        ("first", "first plan of a new shop", new, SUMMARY),
        ("settings", "another markup", settings, SUMMARY),
    ):
        yield Row(
            section,
            key,
            title,
            big.tree.command(*args),
            big.environment,
            prepare,
            big.tree.name,
            big.goods,
            lambda: big.state_bytes,
        )
