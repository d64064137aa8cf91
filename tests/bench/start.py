"""Rows of the table of starts: small commands in a small home."""

from __future__ import annotations

import getpass
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.processes import Row, run
from tests.bench.programs import Tree, write_export
from torgsync.core.config.schedule import WEEK

ITEMS = 50
COMMANDS = {
    "version": ("--version",),
    "help": ("--help",),
    "objects": ("object", "list"),
    "schedules": ("schedule", "list"),
    "due": ("sync", "--due"),
    "small": ("update", "-o", "big", "--offline"),
}


def start_rows(parent: Path, trees: list[Tree]) -> list[Row]:
    """Return the rows; the homes are made, and each command has run once."""
    rows = [Row("start", "bare", "a bare interpreter", [sys.executable, "-P", "-c", "pass"])]
    for tree in trees:
        home = parent / f"{tree.name}-{ITEMS}"
        if home.exists():
            shutil.rmtree(home)
        write_export(home / "objects", ITEMS)
        far = (datetime.now(UTC) + timedelta(days=3)).weekday()
        with (home / "objects" / "big.toml").open("a", encoding="utf-8") as file:
            file.write(
                f"[[synchronization_times]]\nuser = '{getpass.getuser()}'\n"
                f'every = "1h"\ndays = "{WEEK[far]}"\n'
            )
        for key, args in COMMANDS.items():
            title = " ".join(args).replace(" -o big", "") + (f", {ITEMS} items" if key == "small" else "")
            row = Row("start", key, title, tree.command(*args), tree.environment(home), tree=tree.name)
            run(row.command, row.environment)
            rows.append(row)
    return rows
