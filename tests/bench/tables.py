"""What the benchmark prints: ratios, as machines differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from tests.bench.processes import Row

MEGABYTE = 1_000_000
JOINS = ("polars", "duckdb")
"""The joins whose faster one is the measure of work."""


def measure_of(section: str, rows: Sequence[Row]) -> Row | None:
    """Return the row to which others of a section are ratios; None if it was not measured."""
    found = {row.key: row for row in rows if row.costs}
    if section == "start":
        return found.get("bare")
    joins = [found[key] for key in JOINS if key in found]
    return min(joins, key=lambda row: row.cost.wall, default=found.get("read"))


def work_table(title: str, rows: Sequence[Row], unit: Row | None, trees: Sequence[str]) -> Iterator[str]:
    """Yield wall and CPU as ratios to a row, and peak memory."""
    if unit is None:
        return

    def cells(row: Row) -> list[str]:
        cost, least = row.cost, unit.cost
        return [_ratio(cost.wall / least.wall), _ratio(cost.cpu / least.cpu), f"{cost.peak / MEGABYTE:.0f}"]

    yield from _table(f"{title}, x {unit.title}", rows, trees, ("wall", "CPU", "MB"), cells)


def per_item_table(rows: Sequence[Row], unit: Row | None, trees: Sequence[str]) -> Iterator[str]:
    """Yield CPU an item as ratio to CPU a row of the faster join."""
    if unit is None:
        return
    chosen = [row for row in rows if row.tree and row.items > 1]
    title = f"CPU an item, x {unit.title} a row"
    least = unit.cost.cpu / unit.items
    yield from _table(title, chosen, trees, ("CPU",), lambda row: [_ratio(row.cost.cpu / row.items / least)])


def growth_table(rows: Sequence[Row], trees: Sequence[str]) -> Iterator[str]:
    """Yield CPU an item by the size of the export, as ratio to that of the smallest, and peak memory."""
    grown = {(row.tree, row.key) for row in rows if row.section == "growth"}
    chosen = sorted(
        (row for row in rows if (row.tree, row.key) in grown and row.costs), key=lambda row: row.items
    )
    least: dict[tuple[str, str], float] = {}
    for row in chosen:
        least.setdefault((row.tree, row.key), row.cost.cpu / row.items)

    def cells(row: Row) -> list[str]:
        ratio = row.cost.cpu / row.items / least[row.tree, row.key.split()[0]]
        return [_ratio(ratio), f"{row.cost.peak / MEGABYTE:.0f}"]

    named = [
        replace(row, key=f"{row.key} {row.items}", title=f"{row.title}, {row.items:,}") for row in chosen
    ]
    title = "CPU an item, x that of the smallest export"
    yield from _table(title, named, trees, ("CPU", "MB"), cells)


def size_table(rows: Sequence[Row], export: int, trees: Sequence[str]) -> Iterator[str]:
    """Yield how large the state was after each row, as ratio to the export."""
    chosen = [row for row in rows if row.state_bytes]
    title = "State on disk afterwards, x the export"
    yield from _table(title, chosen, trees, ("size",), lambda row: [_ratio(row.state_bytes / export)])


def _table(
    title: str,
    rows: Iterable[Row],
    trees: Sequence[str],
    heads: Sequence[str],
    cells: Callable[[Row], Sequence[str]],
) -> Iterator[str]:
    """Yield a table in Markdown, a line for each key, the heads for each checkout; nothing without rows."""
    found = {(row.key, row.tree): row for row in rows if row.costs}
    if not found:
        return
    named = [f"{tree}: {head}" if len(trees) > 1 else head for tree in trees for head in heads]
    yield from (f"### {title}", "", f"| | {' | '.join(named)} |", "|---" * (len(named) + 1) + "|")
    for key, name in {key: row.title for (key, _), row in found.items()}.items():
        shown = [found.get((key, tree)) or found.get((key, "")) for tree in trees]
        texts = [text for row in shown for text in (cells(row) if row else [""] * len(heads))]
        yield f"| {name} | {' | '.join(texts)} |"
    yield ""


def _ratio(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"
