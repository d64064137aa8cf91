"""A fleet on one machine: many shops, one PostgreSQL, workers on hosts of their own, and their accidents."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import psutil
from fleet_shops import FleetShop, differences, imported_twice, orders_twice_or_never
from homes import ROOT
from postgres import Cluster

from torgsync.demo.sandbox import SandboxOptions, open_shops
from torgsync.sandbox.faults import Forward, HookAnswer, HookedCall
from torgsync.sandbox.server import Listener, serve_shops
from torgsync.sandbox.shop.shops import Shops

LAUNCHER = Path(__file__).with_name("fleet_host.py")
WENT_THROUGH = (0, 5, 8)
"""Exit codes of a run that made a plan and came to its end; with 5, an import is left to a later run."""


@dataclass
class Used:
    """What the processes of one worker used: seconds of CPU, and the most memory at one moment, in bytes.

    `pss` is what it alone needs, and its part of what it shares; `rss` counts what is shared in full.
    """

    cpu: float = 0
    pss: int = 0
    rss: int = 0


@dataclass
class Worker:
    """A worker on a host of its own, with a home of its own; it can be killed and started again."""

    host: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    killed: bool = False
    used: Used = field(default_factory=Used)
    _before: float = 0  # seconds of CPU of the processes before

    def start(self) -> None:
        """Start it, or start it again."""
        self.killed = False
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=self.environment
            )

    @property
    def alive(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def sample(self) -> None:
        """Note what it uses now. One that ended without being killed is an error."""
        if not self.alive:
            assert self.killed, f"{self.host} ended by itself, see {self.log}"
            return
        assert self.process
        with suppress(psutil.Error):
            process = psutil.Process(self.process.pid)
            times, memory = process.cpu_times(), process.memory_full_info()
            self.used.cpu = self._before + times.user + times.system
            self.used.pss = max(self.used.pss, memory.pss)
            self.used.rss = max(self.used.rss, memory.rss)

    def kill(self) -> None:
        """Kill it in the middle of whatever it does."""
        self.sample()
        self.killed = True
        self._before = self.used.cpu
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = 60) -> int:
        """Ask it to stop, and return its exit code; that of a killed one, where it does not stop in time."""
        assert self.process
        self.sample()
        if self.alive:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


@dataclass(frozen=True)
class RunRow:
    """One run in the history."""

    slug: str
    started: datetime
    finished: datetime | None
    exit: int | None
    host: str
    planned: bool

    @property
    def went_through(self) -> bool:
        """Whether it compared export and marketplace, and sent what it could."""
        return self.planned and self.finished is not None and self.exit in WENT_THROUGH


@dataclass
class Fleet:
    """Shops, a marketplace that plays all of them, a database, and workers.

    `every` is the interval of the shops' schedules. `marketplace` has the shops by token.
    """

    folder: Path
    cluster: Cluster
    state: str
    marketplace: Shops
    server: Listener
    shops: list[FleetShop]
    every: timedelta
    workers: list[Worker] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _lock: Lock = field(default_factory=Lock)

    def environment(self, home: Path) -> dict[str, str]:
        """Return the variables of a program in a home of this fleet."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TORGSYNC_")}
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "TORGSYNC_HOME": str(home),
            "TORGSYNC_STATE": self.state,
            "TORGSYNC_PROM_URL": self.server.url,
            "TORGSYNC_LANG": "en",
            "COLUMNS": "100",
        }

    def home(self, name: str) -> Path:
        """Return a home with the tokens of all shops in its secrets."""
        home = self.folder / name
        secrets = home / "secrets"
        secrets.mkdir(parents=True, mode=0o700)
        for shop in self.shops:
            (secrets / shop.token).write_text(f"{shop.token}\n", "utf-8")
            (secrets / shop.token).chmod(0o600)
        return home

    def push(self) -> str:
        """Write the objects into a folder, push it, and return what was printed."""
        objects = self.folder / "pushed"
        objects.mkdir(exist_ok=True)
        minutes = int(self.every.total_seconds() // 60)
        for shop in self.shops:
            (objects / f"{shop.slug}.toml").write_text(shop.text(self.server.url, f"{minutes}m"), "utf-8")
        home = self.folder / "admin"
        home.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "torgsync", "fleet", "push", str(objects), "--yes", "--shared-disk"]
        done = subprocess.run(
            command,
            env=self.environment(home),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        self.began = datetime.now(UTC)
        return done.stdout

    def add_worker(self, host: str, *options: str, speed: float = 1) -> Worker:
        """Start a worker on a host of its own."""
        command = [sys.executable, str(LAUNCHER), host, str(speed), "fleet", "worker", *options]
        address = self.server.url.split("/")[2]
        command += ["--shared-disk", "--allow-host", address]
        worker = Worker(host, command, self.environment(self.home(host)), self.folder / f"{host}.log")
        self.workers.append(worker)
        worker.start()
        return worker

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return rows of the state."""
        import psycopg

        with psycopg.connect(self.state, autocommit=True) as connection:
            return connection.execute(query, values).fetchall()

    def holder(self, slug: str) -> str:
        """Return the host that runs a shop now, empty for none."""
        found = self.rows("select host from leases where object = %s", slug)
        return str(found[0][0]) if found else ""

    def busy(self, worker: Worker) -> bool:
        """Return whether a worker performs a run now."""
        return bool(self.rows("select 1 from leases where host = %s", worker.host))

    def kill_at(self, worker: Worker, calls: str) -> None:
        """Have a worker killed after the effect of its next call of this kind, before it gets the answer."""
        for shop in self.shops:
            self.marketplace[shop.token].faults.add_hook(calls, self._killing(worker, shop, calls))

    def _killing(self, worker: Worker, shop: FleetShop, calls: str) -> Any:  # noqa: ANN401  # a hook
        def hook(call: HookedCall, forward: Forward) -> HookAnswer:
            with self._lock:
                due = f"{worker.host} at {calls}" not in self.killed and self.holder(shop.slug) == worker.host
                if due:
                    self.killed.append(f"{worker.host} at {calls}")
            answer = forward(call.body)
            if due:
                worker.kill()
            return answer

        return hook

    def runs(self) -> list[RunRow]:
        """Return the history of all runs, oldest first."""
        found = self.rows("select object, started, finished, exit, host, plan from runs order by started")
        return [
            RunRow(
                slug,
                datetime.fromisoformat(started),
                datetime.fromisoformat(finished) if finished else None,
                code,
                host,
                plan is not None,
            )
            for slug, started, finished, code, host, plan in found
        ]

    def longest_gaps(self, until: datetime) -> dict[str, timedelta]:
        """Return the longest time without a run of each shop that went through, from the push on."""
        ends: dict[str, list[datetime]] = {shop.slug: [self.began] for shop in self.shops}
        for run in self.runs():
            if run.went_through and run.finished:
                ends[run.slug].append(run.finished)
        return {
            slug: max(after - before for before, after in zip(found, [*found[1:], until], strict=True))
            for slug, found in ends.items()
        }

    def differences(self) -> list[str]:
        """Return where marketplace and exports differ."""
        return [line for shop in self.shops for line in differences(shop, self.marketplace[shop.token])]

    def duplicates(self) -> list[str]:
        """Return what was imported twice, and orders without exactly one file."""
        found = []
        for shop in self.shops:
            there = self.marketplace[shop.token]
            found += [f"{shop.slug}: {offer} imported twice" for offer in imported_twice(there)]
            found += orders_twice_or_never(shop, there)
        return found

    def sample(self) -> None:
        """Note what the workers use now, and have the accounting programs take their orders."""
        for worker in self.workers:
            worker.sample()
        for shop in self.shops:
            shop.take_orders()

    def wait_until_in_step(self, seconds: float) -> float | None:
        """Return the seconds until all shops are in step, None if never.

        In step is also that the accounting programs got one file of each order. They write the same exports
        again and again: what was sold is kept back until an export is newer than the look that found its file
        taken.
        """
        began = written = time.monotonic()
        while time.monotonic() - began < seconds:
            if time.monotonic() >= written:
                for shop in self.shops:
                    shop.write()
                written += self.every.total_seconds() / 4
            self.sample()
            if not self.differences() and not self.duplicates():
                return time.monotonic() - began
            time.sleep(1)
        return None


@contextmanager
def fleet(
    folder: Path,
    cluster: Cluster,
    shops: int,
    *,
    goods: int = 50,
    minutes: int = 1,
    import_seconds: float = 1.5,
) -> Iterator[Fleet]:
    """Yield a fleet without workers; those that are started are killed at the end."""
    options = SandboxOptions(shops=shops, import_seconds=import_seconds)
    marketplace = open_shops(options)
    with ExitStack() as stack:
        server = stack.enter_context(serve_shops(marketplace))
        made = [
            FleetShop.made(folder / "shops", number, token, goods)
            for number, token in enumerate(marketplace, 1)
        ]
        state = cluster.create("fleet")
        built = Fleet(folder, cluster, state, marketplace, server, made, timedelta(minutes=minutes))
        try:
            yield built
        finally:
            for worker in built.workers:
                if worker.alive:
                    worker.kill()
