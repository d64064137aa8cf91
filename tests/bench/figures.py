"""All figures: sections of rows, one after another, the rows of a section in turn."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from storages import Storage

from tests.bench.objects import OBJECTS, jobs_rows
from tests.bench.photos import PHOTOS, photo_rows
from tests.bench.processes import Row, measure
from tests.bench.programs import BigShop, Exports, Tree
from tests.bench.shop import EDITS, ORDERS, edit_row, letter_rows, order_rows
from tests.bench.start import start_rows
from tests.bench.tables import MEGABYTE, growth_table, measure_of, per_item_table, size_table, work_table
from tests.bench.work import missing_joins, plan_rows, rival_rows

SECTIONS = {
    "start": ("version", "help", "objects", "schedules", "due", "small"),
    "work": (
        "read",
        "polars",
        "duckdb",
        "pandas",
        "unchanged",
        "changed",
        "json",
        "html",
        "first",
        "settings",
    ),
    "edits": ("sync",),
    "shop": ("why", "orders"),
    "jobs": ("one", "at-once"),
    "photos-folder": ("publish", "first"),
    "photos-s3": ("publish", "first"),
    "growth": (),
    "memory": (),
}
"""The rows of each section, in the order in which sections are measured."""
UNITS = ("bare", "read", "polars", "duckdb", "copy", "one")
"""Rows that are measured with any other one of their section, as these are ratios to them."""
JOINED = {"work": ("edits", "shop")}
"""Sections whose rows are ratios to a row of another one."""
FACTOR = 10
"""How many times smaller, and with `large` larger, the other exports are whose cost an item is compared."""


class Figures:
    """What is measured for some checkouts; `only` names sections and rows, empty for everything."""

    def __init__(
        self,
        folder: Path,
        trees: Sequence[Path],
        *,
        goods: int,
        rounds: int,
        only: Collection[str] = (),
        large: bool = False,
    ) -> None:
        self.folder, self.goods, self.rounds, self.only, self.large = folder, goods, rounds, only, large
        names = [path.name for path in trees]
        self.trees = [
            Tree(path.name if names.count(path.name) == 1 else f"{path.parent.name}-{path.name}", path)
            for path in trees
        ]
        self.rows: list[Row] = []
        self._exports: dict[int, Exports] = {}
        self._shops: dict[tuple[str, int], BigShop] = {}
        self._storages: list[Storage] = []
        self._open = ExitStack()

    def measure(self, report_line: Callable[[str], object]) -> None:
        """Measure what is wanted; `report_line` gets a line for each process."""
        builders: dict[str, Callable[[], Iterable[Row]]] = {
            "start": lambda: start_rows(self.folder, self.trees),
            "work": self._work,
            "edits": lambda: [edit_row(shop, self._count(EDITS)) for shop in self._big(self.goods)],
            "shop": lambda: order_rows(self._big(self.goods), self._count(ORDERS)),
            "jobs": self._jobs,
            "photos-folder": lambda: self._photos("folder"),
            "photos-s3": lambda: self._photos("s3"),
            "growth": self._growth,
            "memory": lambda: letter_rows(self.folder, self.trees, self.goods // FACTOR),
        }
        try:
            for section, build in builders.items():
                if any(self._wanted(name, *SECTIONS[name]) for name in (section, *JOINED.get(section, ()))):
                    self._measure(build(), self.rounds, report_line)
            if self.large and self._wanted("growth"):
                self._measure(self._grown(self.goods * FACTOR), 1, report_line)
        finally:
            self._open.close()
            for storage in self._storages:
                storage.stop()
            for shop in self._shops.values():
                shop.close()

    def report(self) -> Iterator[str]:
        """Yield the tables as lines of Markdown."""
        trees = [tree.name for tree in self.trees]
        export = self._exports.get(self.goods)
        if export:
            yield f"{self.goods:,} goods, {export.size / MEGABYTE:.0f} MB, Windows-1251"
        yield f"median of {self.rounds}, Python {platform.python_version()}, {os.cpu_count()} processors"
        if missing := missing_joins():
            yield f"not installed and left out: {', '.join(missing)} (pip install -e '.[test,bench]')"
        yield ""
        of = {section: [row for row in self.rows if row.section == section] for section in SECTIONS}
        work = of["work"] + of["edits"] + of["shop"]
        join = measure_of("work", work)
        yield from work_table("Start", of["start"], measure_of("start", of["start"]), trees)
        yield from work_table("Work", work, join, trees)
        jobs = of["jobs"]
        yield from work_table("Objects at the same time", jobs, next(iter(jobs), None), trees)
        for place, title in (("folder", "Photos into a folder"), ("s3", "Photos onto an S3 server")):
            photos = of[f"photos-{place}"]
            yield from work_table(title, photos, next(iter(photos), None), trees)
        yield from work_table("Long descriptions", of["memory"], next(iter(of["memory"]), None), trees)
        yield from per_item_table(work, join, trees)
        yield from growth_table(of["growth"] + of["work"], trees)
        if export:
            yield from size_table(work, export.size, trees)

    def write(self, path: Path) -> None:
        """Write every round, in seconds and bytes."""
        document = {
            "goods": self.goods,
            "export_bytes": {str(goods): export.size for goods, export in self._exports.items()},
            "trees": {tree.name: str(tree.folder) for tree in self.trees},
            "python": platform.python_version(),
            "platform": platform.platform(),
            "processors": os.cpu_count(),
            "missing": missing_joins(),
            "rows": [row.document() for row in self.rows],
        }
        path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")

    def _wanted(self, *names: str) -> bool:
        return not self.only or bool({*names} & {*self.only})

    def _count(self, number: int) -> int:
        """Return how many things are changed in a shop of this size: as many as asked for, or one in ten."""
        return min(number, self.goods // FACTOR)

    def _measure(self, rows: Iterable[Row], rounds: int, report_line: Callable[[str], object]) -> None:
        chosen = [row for row in rows if row.key in UNITS or self._wanted(row.section, row.key)]
        self.rows += chosen
        measure(chosen, rounds, report_line)

    def _big(self, goods: int) -> list[BigShop]:
        """Return the shop of each checkout with so many goods, made once."""
        exports = self._exports.get(goods) or self._exports.setdefault(goods, Exports(self.folder, goods))
        for tree in self.trees:
            if (tree.name, goods) not in self._shops:
                self._shops[tree.name, goods] = BigShop(self.folder, tree, exports)
        return [self._shops[tree.name, goods] for tree in self.trees]

    def _work(self) -> Iterator[Row]:
        shops = self._big(self.goods)
        yield from rival_rows(self._exports[self.goods])
        for shop in shops:
            yield from plan_rows(shop)

    def _jobs(self) -> Iterator[Row]:
        count = max(OBJECTS // FACTOR, min(OBJECTS, self.goods // 1_000))
        return jobs_rows(self.folder, self.trees[-1], count, self._open)

    def _photos(self, kind: str) -> Iterator[Row]:
        storage = Storage(kind, self.folder / f"published-{kind}")
        self._storages.append(storage)
        storage.start()
        return photo_rows(self.folder, self.trees, storage, self._count(PHOTOS))

    def _growth(self) -> Iterator[Row]:
        yield from self._grown(self.goods // FACTOR)
        if not self._wanted("work"):  # else they are rows of that section
            yield from self._grown(self.goods)

    def _grown(self, goods: int) -> Iterator[Row]:
        for shop in self._big(goods):
            for row in plan_rows(shop, "growth"):
                if row.key in {"unchanged", "changed", "first"}:
                    yield row
