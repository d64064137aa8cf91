"""Measuring whole processes, in turn, several times."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

_INHERITED = {
    name: value for name, value in os.environ.items() if not name.startswith(("TORGSYNC_", "PYTHON"))
}
LAUNCHER = Path(__file__).with_name("launch.py")


class CommandFailed(Exception):
    """A command that is measured ended with another exit code than 0."""

    def __init__(self, command: Sequence[str], code: int, said: str) -> None:
        super().__init__(f"{' '.join(command)}\nended with {code}:\n{said}")
        self.code = code


@dataclass(frozen=True)
class Cost:
    """What one process cost: seconds of wall and of CPU, and the peak of its memory in bytes."""

    wall: float
    cpu: float
    peak: int


@dataclass
class Row:
    """One thing that is measured, and what each round of it cost.

    `prepare` gets the number of the round, from 0, and is not measured. `tree` is the checkout whose program
    is run, empty for what is compared with it. `items` is how many things it works on. `state` returns how
    large the state is on disk, `state_bytes` how large it was after the last round.
    """

    section: str
    key: str
    title: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[int], object] = lambda _: None
    tree: str = ""
    items: int = 1
    state: Callable[[], int] | None = None
    state_bytes: int = 0
    costs: list[Cost] = field(default_factory=list)

    @property
    def cost(self) -> Cost:
        """Return the median of its rounds."""
        return Cost(
            median(cost.wall for cost in self.costs),
            median(cost.cpu for cost in self.costs),
            int(median(cost.peak for cost in self.costs)),
        )

    def document(self) -> dict[str, Any]:
        """Return what is written as JSON: seconds and bytes."""
        return {
            "section": self.section,
            "key": self.key,
            "title": self.title,
            "tree": self.tree,
            "items": self.items,
            "state_bytes": self.state_bytes,
            "median": vars(self.cost),
            "rounds": [vars(cost) for cost in self.costs],
        }


def run(command: Sequence[str], environment: Mapping[str, str]) -> Cost:
    """Run a command to its end, and return what it cost. CommandFailed with its output if it fails."""
    with tempfile.TemporaryDirectory() as name:
        report, output = Path(name) / "report", Path(name) / "output"
        with output.open("wb") as out:
            subprocess.run(
                [sys.executable, "-I", "-S", str(LAUNCHER), str(report), *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**_INHERITED, **environment},
                check=True,
            )
        wall, cpu, peak, code = report.read_text("ascii").split()
        if code != "0":
            raise CommandFailed(command, int(code), output.read_text("utf-8", "replace")[-2000:])
    return Cost(float(wall), float(cpu), int(peak))


def measure(rows: Iterable[Row], rounds: int, report_line: Callable[[str], object]) -> None:
    """Measure rows in turn, so that what else the computer does disturbs all of them alike."""
    rows = list(rows)
    for number in range(rounds):
        for row in rows:
            report_line(f"{row.section} {number + 1}/{rounds}: {row.title} {row.tree}".rstrip())
            row.prepare(number)
            row.costs.append(run(row.command, row.environment))
            row.state_bytes = row.state() if row.state else 0
