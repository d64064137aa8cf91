"""Rows of many objects, one after another and at the same time, at two requests a second for each token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from many_objects import many_objects

from tests.bench.processes import Row, run
from tests.bench.programs import Tree

OBJECTS, GOODS, JOBS = 100, 50, 10
FAST, PACE = 50, 2
"""Requests a second while the shops are filled, and when it is measured."""


def jobs_rows(folder: Path, tree: Tree, count: int, stack: ExitStack) -> Iterator[Row]:
    """Yield a synchronisation of so many objects, each with three new prices or stocks; `stack` ends them."""
    made = stack.enter_context(many_objects(folder / "jobs", count, goods=GOODS, pace=FAST))
    environment = tree.environment(made.folder, made.server.url)
    sync = tree.command("sync", "--all", "--yes", "--show", "summary")
    run([*sync, "--jobs", str(JOBS)], environment)
    for number in range(count):
        file = made.file(number)
        slow = file.read_text("utf-8").replace(f"_per_second = {FAST}", f"_per_second = {PACE}")
        file.write_text(slow, "utf-8")

    def change(_: int) -> None:
        for shop in made.shops:
            shop.change(new=False)

    for key, args in (("one", ()), ("at-once", ("--jobs", str(JOBS)))):
        title = " ".join((f"sync --all of {count} objects", *args))
        yield Row("jobs", key, title, [*sync, *args], environment, change, tree.name, count)
