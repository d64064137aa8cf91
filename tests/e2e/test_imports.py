"""What each kind of command imports: a package that another kind needs costs time at every start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from homes import EXAMPLE, ROOT

CHILD = """
import json, os, sys

bare = set(sys.modules)
from torgsync.__main__ import main

sys.argv[1:] = sys.argv[1].split()
result, sys.stdout, sys.stderr = sys.stdout, open(os.devnull, "w"), open(os.devnull, "w")
try:
    main()
    code = 0
except SystemExit as end:
    code = end.code
print(json.dumps([code or 0, sorted(set(sys.modules) - bare)]), file=result)
"""

TYPER = {"typer", "annotated_doc", "shellingham"}
SETTINGS = {  # Typer reads values of options with pydantic
    "pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection",
}  # fmt: skip
TABLE = {"rich"}
VALUES = {"msgspec"}
STATE = {"sqlalchemy", "xxhash"}

LINE = {"cli.app", "cli.base", "cli.tree", "core.clock", "core.shell", "core.text", "errors"}
OBJECTS = {
    "core.addresses",
    "core.config",
    "core.findings",
    "core.portals",
    "core.product",
    "core.reason",
    "disk",
}
OBJECTS |= {"files.config", "jobs.config"}
TIMES = {"core.plan", "jobs.timetable", "state.runs", "state.schema"}
WORDS = {
    f"core.{name}" for name in ("counts", "mapping", "order_status", "orders", "photos", "plan", "problems")
} | {"cli.messages"}
RUNS = WORDS | {"cli.plan", "cli.unattended", "core.paging", "jobs.context", "jobs.run"}
RUNS |= {f"state.{name}" for name in ("bulk", "engine", "repository", "runs", "schema", "store")}
RUNS |= {"state.troubles", "state.unusable"}
RUNS |= {"jobs.lease", "state.begin", "state.server", "state.shared", "state.turns"}
ORDERS = {"cli.orders", "files.orders", "jobs.orders", "state.orders"}
PLAN = RUNS | {"files.catalog", "files.photos", "jobs.catalog", "jobs.photos", "jobs.plan", "jobs.unknown"}
PLAN |= {"core.loopback", "state.orders", "state.shop", "cli.unattended", "core.fleet", "state.fleet"}
SYNC = {"cli.plan", "cli.unattended"}

STATUS = RUNS | ORDERS | {"cli.status", "jobs.timetable", "jobs.deadline", "jobs.status", "state.shop"}
STATUS |= {"cli.fleet", "core.fleet", "core.notices", "jobs.fleet", "jobs.missed", "jobs.plan", "state.fleet"}

KINDS = {
    "--version": (set(), set()),
    "--help": (TYPER, LINE | {"cli.examples"}),
    "object --help": (TYPER | SETTINGS, LINE | {"cli.examples"}),
    "help": (TYPER | SETTINGS | TABLE, LINE | {"cli.help"}),
    "help photos": (TYPER | SETTINGS, LINE | {"cli.help"}),
    "object list --format json": (TYPER | SETTINGS | VALUES, LINE | OBJECTS | {"cli.object"}),
    "object list": (TYPER | SETTINGS | VALUES | TABLE, LINE | OBJECTS | {"cli.object"}),
    "schedule list": (TYPER | SETTINGS | VALUES | TABLE, LINE | OBJECTS | TIMES | {"cli.schedule"}),
    "sync --due": (TYPER | SETTINGS | VALUES, LINE | OBJECTS | TIMES | SYNC),
    "payments list": (TYPER | SETTINGS | VALUES, LINE | OBJECTS | WORDS | {"cli.payments"}),
    "history": (TYPER | SETTINGS | VALUES | STATE, LINE | OBJECTS | RUNS),
    "orders list": (TYPER | SETTINGS | VALUES | STATE, LINE | OBJECTS | RUNS | ORDERS),
    "status": (TYPER | SETTINGS | VALUES | STATE | TABLE, LINE | OBJECTS | STATUS),
    "why 26901": (TYPER | SETTINGS | VALUES | STATE | TABLE, LINE | OBJECTS | PLAN),
    "update --offline --show summary": (TYPER | SETTINGS | VALUES | STATE, LINE | OBJECTS | PLAN),
    "update --offline": (TYPER | SETTINGS | VALUES | STATE | TABLE, LINE | OBJECTS | PLAN),
}
"""What a kind of command may import, of others and of the program, keyed by its words."""
NEVER = {"typer.rich_utils", "sqlalchemy.dialects.postgresql"}
"""Parts of these packages that none of these kinds may import."""
ROWS = {"jobs.catalog.reading", "files.catalog.export", "core.mapping.row", "core.product.variants"}
OTHERS = {"core.plan.adopt", "core.plan.rollback", "core.plan.why", "cli.messages.status"}
UNCHANGED = {f"torgsync.{name}" for name in ROWS | OTHERS}
"""What a plan of an unchanged export may not import: what reads rows, and what other commands need."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the example shop, whose state is made."""
    home = tmp_path_factory.mktemp("home")
    (home / "objects").mkdir()
    text = (EXAMPLE / "my-prom.toml").read_text("utf-8").replace('"photos"', f'"{EXAMPLE}/photos"')
    (home / "objects" / "my-prom.toml").write_text(text, "utf-8")
    (home / "objects" / "TSGoods.trs").write_bytes((EXAMPLE / "TSGoods.trs").read_bytes())
    imported(home, "update --offline")
    return home


def imported(home: Path, words: str) -> set[str]:
    """Return the modules that a command imports in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, words],
        capture_output=True,
        encoding="utf-8",
        env={"TORGSYNC_HOME": str(home), "PYTHONPATH": str(ROOT), "PATH": ""},
        check=True,
    )
    code, modules = json.loads(ran.stdout)
    assert code == 0, words
    return set(modules)


def part(module: str, length: int) -> str:
    """Return the first parts of a module's name."""
    return ".".join(module.split(".")[:length])


@pytest.mark.slow
@pytest.mark.parametrize("words", ["fleet status", "fleet worker --help"])
def test_only_a_worker_imports_the_queue(folder: Path, words: str) -> None:
    """How a fleet stands is read without it."""
    packages = {part(module, 1) for module in imported(folder, words)}
    assert not packages & {"procrastinate", "asgiref", "psycopg"}


@pytest.mark.slow
@pytest.mark.parametrize("words", KINDS)
def test_a_command_imports_what_its_kind_needs(folder: Path, words: str) -> None:
    """Of other packages by their names, of the program by its packages of two levels."""
    others, own = KINDS[words]
    modules = imported(folder, words)
    packages = {part(module, 1) for module in modules} - sys.stdlib_module_names - {"torgsync"}
    assert {name for name in packages if not name.startswith(("_", "cython_"))} <= others
    ours = {part(module.removeprefix("torgsync."), 2) for module in modules if module.startswith("torgsync.")}
    assert {name for name in ours if "." in name or name in {"disk", "errors"}} <= own
    assert not modules & NEVER
    assert not (words.startswith("update") and modules & UNCHANGED)
