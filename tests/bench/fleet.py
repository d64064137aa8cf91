"""What a fleet costs: a day of many shops with its accidents, of few ones, runs without work, and memory.

All of it is on the real clock. Two workers on two hosts, PostgreSQL and the sandbox share this machine.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median

import psutil
from fleet import Fleet, Worker, fleet
from fleet_day import Accidents, perform_day
from fleet_shops import FleetShop
from postgres import Cluster, cluster, missing

from tests.bench import ROOT
from tests.bench.processes import CommandFailed, run
from tests.bench.programs import Tree
from torgsync.demo.sandbox import SandboxOptions, open_shops
from torgsync.sandbox.faults import Fault
from torgsync.sandbox.server import serve_shops

FEW = 30
INTERVALS = 4
"""How many intervals of the schedules a day lasts."""
NEW = 0.05
"""The share of changes that bring a new good, which needs an import."""
CONCURRENT = 20
"""Runs at once; a worker has more slots, of which a quarter takes only imports."""
MEGABYTE = 1_000_000
Say = Callable[[str], object]


class Consumer:
    """A process with all that it started: seconds of CPU since the beginning, also over a restart."""

    def __init__(self, find: Callable[[], int]) -> None:
        self._find = find
        self._spent: dict[int, float] = {}
        self._offset = self.cpu()

    def cpu(self) -> float:
        """Return the seconds of CPU so far."""
        with suppress(psutil.Error, OSError, ValueError):
            process = psutil.Process(self._find())
            found = [process, *process.children(recursive=True)]
            spent = sum(sum(one.cpu_times()[:2]) for one in found)
            self._spent[process.pid] = spent + sum(process.cpu_times()[2:4])
        return sum(self._spent.values()) - getattr(self, "_offset", 0)


def postmaster(server: Cluster) -> int:
    """Return the id of the process of a server."""
    return int((server.folder / "data" / "postmaster.pid").read_text("ascii").split("\n")[0])


def measure_fleet(shops: int, minutes: int, say: Say) -> None:
    """Print all figures of a fleet of so many shops with schedules of so many minutes."""
    if reason := missing():
        raise CommandFailed(["fleet"], 1, reason)
    _idle_runs(say)
    _concurrent_runs(say)
    few = _day(min(FEW, shops), minutes, say)
    if shops > FEW:
        many = _day(shops, minutes, say)
        say(f"growth from {FEW} to {shops} shops: CPU a run x {many / few:.2f}")


def _day(shops: int, minutes: int, say: Say) -> float:
    """Print the figures of a day, and return the seconds of CPU of a run."""
    with (
        tempfile.TemporaryDirectory() as folder,
        cluster() as server,
        fleet(Path(folder), server, shops, minutes=minutes) as built,
    ):
        began = time.monotonic()
        built.push()
        say(f"{shops} shops, every {minutes} min: pushed in {time.monotonic() - began:.1f} s")
        database = Consumer(lambda: postmaster(server))
        sandbox = Consumer(os.getpid)
        for number in (1, 2):
            built.add_worker(f"worker-{number}", "--concurrency", "10")
        accidents = Accidents(built, built.workers[1], 120 + 60 * minutes)
        day = INTERVALS * minutes * 60.0
        began = time.monotonic()
        result = perform_day(
            built,
            day,
            {
                0.05 * day: lambda: accidents.kill_at_next("POST products/import_file"),
                0.10 * day: accidents.start_again,
                0.30 * day: accidents.kill_at_work,
                0.31 * day: accidents.start_again,
                0.49 * day: database.cpu,
                0.50 * day: server.restart,
                0.65 * day: lambda: accidents.kill_at_next("POST products/edit*"),
                0.66 * day: accidents.start_again,
            },
            NEW,
        )
        wall = time.monotonic() - began
        runs = [one for one in built.runs() if one.exit is not None]
        cpu = sum(worker.used.cpu for worker in built.workers)
        say(f"  {len(runs)} runs in {wall:.0f} s, by exit code: {_counted(run.exit for run in runs)}")
        say(f"  killed: {'; '.join(built.killed)}; database restarted once")
        when = "never" if result.in_step_after is None else f"after {result.in_step_after:.0f} s"
        say(f"  in step {when}; {len(result.differences)} differences, {len(result.duplicates)} duplicates")
        longest = max(gap.total_seconds() for gap in result.gaps.values()) / 60 / minutes
        say(f"  longest interval of a shop: {longest:.2f} x its own; over twice: {len(result.late)}")
        say(f"  CPU of both workers: {cpu:.0f} s, {cpu / wall:.2f} cores; a run {cpu / len(runs):.2f} s")
        say(f"  CPU of PostgreSQL: {database.cpu():.0f} s; of sandbox and rig: {sandbox.cpu():.0f} s")
        for worker in built.workers:
            say(f"  memory of {worker.host}: {_memory(worker)}")
        for line in (*result.differences[:10], *result.duplicates[:10], *result.late[:10]):
            say(f"    {line}")
        return cpu / len(runs)


def _memory(worker: Worker) -> str:
    return f"PSS {worker.used.pss / MEGABYTE:.0f} MB, RSS {worker.used.rss / MEGABYTE:.0f} MB"


def _counted(codes: Iterator[int | None]) -> str:
    found: dict[str, int] = {}
    for code in codes:
        found[str(code)] = found.get(str(code), 0) + 1
    return ", ".join(f"{code}: {count}" for code, count in sorted(found.items()))


def _concurrent_runs(say: Say) -> None:
    """Print the memory of a worker that performs many runs at once, each at a slow marketplace."""
    with (
        tempfile.TemporaryDirectory() as folder,
        cluster() as server,
        fleet(Path(folder), server, 3 * CONCURRENT) as built,
    ):
        for there in built.marketplace.values():
            there.misbehave(Fault("slow", seconds=2))
        built.push()
        worker = built.add_worker("worker-1", "--concurrency", str(CONCURRENT * 4 // 3 + 1))
        most = _most_at_once(built, worker, 120)
        worker.stop(120)
        say(f"worker with {most} runs at once: {_memory(worker)}")


def _most_at_once(built: Fleet, worker: Worker, seconds: float) -> int:
    """Return how many runs were performed at once at most, while memory was looked at."""
    most, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        most = max(most, len(built.rows("select 1 from leases where host = %s", worker.host)))
        worker.sample()
        time.sleep(0.5)
    return most


def _idle_runs(say: Say, rounds: int = 9) -> None:
    """Print what a run without work costs on both databases: of a call, and of the server."""
    tree = Tree("this", ROOT)
    with tempfile.TemporaryDirectory() as name, cluster() as server:
        folder = Path(name)
        marketplace = open_shops(SandboxOptions(shops=2, import_seconds=0))
        with serve_shops(marketplace) as sandbox:
            costs = {}
            for (kind, state), (number, token) in zip(
                (("SQLite", ""), ("PostgreSQL", server.create("idle"))),
                enumerate(marketplace, 1),
                strict=True,
            ):
                home = folder / kind
                (home / "objects").mkdir(parents=True)
                shop = FleetShop.made(folder, number, token, 50)
                text = shop.text(sandbox.url, "30m")
                (home / "objects" / f"{shop.slug}.toml").write_text(text, "utf-8")
                (home / "secrets").mkdir()
                (home / "secrets" / token).write_text(token, "utf-8")
                environment = tree.environment(home, sandbox.url) | (
                    {"TORGSYNC_STATE": state} if state else {}
                )
                command = tree.command("sync", "-o", shop.slug, "--yes", "--show", "summary")
                for _ in range(3):
                    run(command, environment)
                database = Consumer(lambda: postmaster(server))
                found = [run(command, environment) for _ in range(rounds)]
                served = database.cpu() / rounds if state else 0
                costs[kind] = (median(one.cpu for one in found) + served, median(one.wall for one in found))
                say(f"idle run, {kind}: CPU {costs[kind][0]:.3f} s, {served:.3f} of it the server's; wall "
                    f"{costs[kind][1]:.3f} s")  # fmt: skip
        cpu, wall = (after / before for before, after in zip(*costs.values(), strict=True))
        say(f"idle run, PostgreSQL to SQLite: CPU x {cpu:.2f}, wall x {wall:.2f}")
