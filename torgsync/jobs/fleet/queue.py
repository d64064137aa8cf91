"""The queue of a fleet: jobs that ask for runs, given to one worker each. Only it knows Procrastinate.

A job only asks. The lease, the journal and the attempts in the state decide, so that one that is delivered
twice, late or never does no harm. `queueing_lock` lets one job a shop and lane wait; no `lock` is used,
because a worker that died would block its shop. Jobs are looked for every two seconds and not listened for:
they begin at moments of their own, and connections stay few.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from signal import SIGHUP, SIGINT, SIGTERM, Signals
from threading import Event
from typing import Any, TypeVar

import psycopg
from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.jobs import Job, Status

from torgsync.core.fleet.lanes import STOP_WITHIN, Lane, Slots
from torgsync.core.fleet.ticks import TICK, Ask
from torgsync.errors import TorgsyncError
from torgsync.i18n import _
from torgsync.jobs.fleet.queue_troubles import SCHEMA, unreachable

POLL = 2.0
"""Seconds after which a worker with free slots looks for jobs."""
HEARTBEAT = 10.0
DEAD_AFTER = 45.0
"""Seconds without a sign of life after which the jobs of a worker are taken for stalled."""
KEPT_HOURS = 24
"""How long failed jobs are kept; others are deleted when they end."""
PAUSES = (1.0, 60.0)
"""Seconds to wait before the server is tried again: at first, and at most."""
LEAVE_WITHIN = 5.0
"""Seconds that a worker without runs has to take its leave of a server that may be away."""
CONNECTIONS = 3
"""Connections to the queue at most; each is needed for a moment."""
_NEVER = 1e6
_TASK = "torgsync.run"

_R = TypeVar("_R")
_log = logging.getLogger(__name__)


@dataclass
class Queue:
    """The queue as one worker sees it.

    `serve` serves it in the main thread; meanwhile the other methods may be called in any other thread. They
    raise Temporary where the server cannot be reached.

    Args:
        address: Of the server, as libpq takes it.
        application: The name of its connections.
        slots: How many runs are performed at once, by lane.
        grace: Seconds that runs have to come to a safe point after a stop.
        once: Whether to end as soon as nothing is left to do after the first tick.
    """

    address: str
    application: str
    slots: Sequence[Slots]
    grace: float = STOP_WITHIN
    once: bool = False
    signal: Signals | None = field(default=None, init=False)
    _at_work: set[object] = field(default_factory=set, init=False)
    _ticking: bool = field(default=False, init=False)
    _ended: Event = field(default_factory=Event, init=False)

    def serve(
        self,
        perform: Callable[[str, Lane], Iterable[Ask]],
        tick: Callable[[], None],
        stop: Callable[[], None],
        leave: Callable[[], None],
        warn: Callable[[TorgsyncError], None],
    ) -> None:
        """Serve until a signal asks to stop, which is `signal` then, and all runs have come to an end.

        Args:
            perform: Performs a run in a thread, and returns what is to be asked for after it.
            tick: Asks for what is due; called every minute in a thread.
            stop: Asks all runs to stop.
            leave: Ends the process where runs do not come to an end, a second signal comes, or the server is
                away.
            warn: Receives what goes wrong with the queue; it is tried again all the same.
        """
        for name in ("procrastinate", "psycopg.pool"):
            logging.getLogger(name).addHandler(logging.NullHandler())
            logging.getLogger(name).propagate = False
        self._perform, self._tick, self._stop, self._leave, self._warn = perform, tick, stop, leave, warn
        asyncio.run(self._main())

    def ask(self, asks: Iterable[Ask]) -> int:
        """Ask for runs and return how many were not asked for yet."""
        jobs = [_job(ask) for ask in asks]
        return self._wait(self._defer(jobs)) if jobs else 0

    def asked(self) -> set[tuple[str, Lane]]:
        """Return for which shops and lanes a run is asked for, or performed, now."""
        return {_asks_for(job) for job in self._wait(self._jobs())}

    def stalled(self) -> dict[int, tuple[str, Lane]]:
        """Return what dead workers were performing, keyed by the number of the job."""
        found = self._wait(self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER))
        return {job.id: _asks_for(job) for job in found if job.id is not None and job.task_name == _TASK}

    def fail(self, job: int) -> None:
        """Mark a stalled job as failed, unless another worker has done so."""
        manager = self._app.job_manager
        with suppress(TorgsyncError):
            self._wait(manager.finish_job_by_id_async(job, Status.FAILED, delete_job=False))

    def tidy(self) -> None:
        """Forget workers that died, and jobs that failed long ago."""
        manager = self._app.job_manager
        self._wait(manager.prune_stalled_workers(DEAD_AFTER))
        self._wait(manager.delete_old_jobs(KEPT_HOURS, include_failed=True, include_aborted=True))

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping, self._leaving = asyncio.Event(), asyncio.Event()
        threads = sum(slots.count for slots in self.slots) + 2  # for the tick, and names of hosts
        self._loop.set_default_executor(ThreadPoolExecutor(threads, thread_name_prefix="torgsync"))
        self._loop.set_exception_handler(lambda _loop, _context: None)  # of jobs that end unmarked
        for number in (SIGINT, SIGTERM, SIGHUP):
            self._loop.add_signal_handler(number, self._signalled, number)
        connector = PsycopgConnector(
            conninfo=self.address,
            kwargs={"application_name": self.application},
            configure=_use_schema,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=HEARTBEAT,
            reconnect_timeout=HEARTBEAT,
        )
        self._app = App(connector=connector)
        self._app.task(name=_TASK)(self._run)
        async with self._app.open_async():
            try:
                await self._serve()
            finally:  # whatever ended it: no thread waits for the queue any more, or goes on with a run
                if not self._stopping.is_set():
                    self._stopping.set()
                    self._stop()
                self._ended.set()

    async def _serve(self) -> None:
        ticks = asyncio.create_task(self._tick_on())
        serving = [asyncio.create_task(self._work(slots)) for slots in self.slots]
        await self._stopping.wait()
        for task in (ticks, *serving):
            task.cancel()
        ended = asyncio.gather(*serving, return_exceptions=True)
        if not (
            await self._waited(lambda: not self._at_work, self.grace)
            and await self._waited(lambda: ended.done() and not self._ticking, LEAVE_WITHIN)
        ):
            self._leave()

    async def _waited(self, done: Callable[[], bool], seconds: float) -> bool:
        """Wait at most so long, or until a second signal; return whether it was done."""
        until = self._loop.time() + seconds
        while not done() and not self._leaving.is_set() and self._loop.time() < until:  # noqa: ASYNC110  # threads end
            await asyncio.sleep(POLL / 40)
        return done()

    def _signalled(self, number: Signals) -> None:
        if self.signal is not None:
            self._leaving.set()
            return
        self.signal = number
        self._stopping.set()
        self._stop()

    async def _tick_on(self) -> None:
        """Tick every minute, whatever goes wrong with it."""
        while not self._stopping.is_set():
            began = self._loop.time()
            try:
                await asyncio.to_thread(self._tick_once)
            except TorgsyncError as error:
                self._warn(error)
            except Exception as bug:  # noqa: BLE001  # the runs that are asked for go on
                _log.exception("the tick")
                self._warn(TorgsyncError(_("an error of this program: {error}", error=repr(bug))))
            if self.once:
                await self._drain()
                self._stopping.set()
                return
            await asyncio.sleep(max(0.0, began + TICK.total_seconds() - self._loop.time()))

    def _tick_once(self) -> None:
        self._ticking = True
        try:
            self._tick()
        finally:
            self._ticking = False

    async def _drain(self) -> None:
        """Wait until nothing is at work here and nothing else is to begin before another tick would.

        A job that was just fetched is neither at work yet nor waiting: what is so must be so twice.
        """
        until, idle = datetime.now(UTC) + TICK, 0
        while not self._stopping.is_set():
            at_work = bool(self._at_work)  # before the jobs: what ends in between asks for others
            try:
                jobs = await self._jobs()
            except exceptions.ConnectorException as error:
                self._warn(unreachable(error.__cause__ or error))
                return
            waiting = (job for job in jobs if job.status == Status.TODO.value)
            later = all(job.scheduled_at and job.scheduled_at > until for job in waiting)
            idle = idle + 1 if later and not at_work else 0
            if idle > 1:
                return
            await asyncio.sleep(POLL / 4)

    async def _work(self, slots: Slots) -> None:
        """Perform jobs in some slots, whatever happens to the server, until cancelled."""
        pause = PAUSES[0]
        while not self._stopping.is_set():
            began = self._loop.time()
            try:
                await self._app.run_worker_async(
                    queues=list(map(str, slots.lanes)),
                    concurrency=slots.count,
                    listen_notify=False,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=POLL,
                    abort_job_polling_interval=_NEVER,
                    delete_jobs="successful",
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=DEAD_AFTER,
                )
            except (exceptions.ConnectorException, psycopg.Error, OSError) as error:
                self._warn(unreachable(error.__cause__ or error))
            if self._loop.time() - began > PAUSES[1]:
                pause = PAUSES[0]
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  # workers try at other moments
            pause = min(2 * pause, PAUSES[1])

    def _run(self, slug: str, lane: str) -> None:
        """Perform one job, in a thread."""
        job = object()
        self._at_work.add(job)
        try:
            after = self._perform(slug, Lane(lane))
            with suppress(TorgsyncError):  # the next tick asks for what is due
                self.ask(after)
        finally:
            self._at_work.discard(job)

    async def _jobs(self) -> list[Job]:
        """Return the jobs that wait, or are being performed."""
        manager, states = self._app.job_manager, (Status.TODO, Status.DOING)
        found = [job for state in states for job in await manager.list_jobs_async(status=state.value)]
        return [job for job in found if job.task_name == _TASK]

    async def _defer(self, jobs: Sequence[Job]) -> int:
        """Defer all at once; where some were asked for meanwhile, one after another."""
        try:
            return len(await self._app.job_manager.batch_defer_jobs_async(list(jobs)))
        except exceptions.AlreadyEnqueued:
            return sum([await self._defer_one(job) for job in jobs])

    async def _defer_one(self, job: Job) -> bool:
        """Defer a job and return whether it was; one that waits until later than this one gives way to it."""
        manager = self._app.job_manager
        with suppress(exceptions.AlreadyEnqueued):
            await manager.defer_job_async(job)
            return True
        begin = job.scheduled_at or datetime.now(UTC)
        for other in await manager.list_jobs_async(queueing_lock=job.queueing_lock, status=Status.TODO.value):
            if other.id and other.scheduled_at and begin < other.scheduled_at:
                await manager.cancel_job_by_id_async(other.id, delete_job=True)
                with suppress(exceptions.AlreadyEnqueued):
                    await manager.defer_job_async(job)
                    return True
        return False

    def _wait(self, work: Coroutine[Any, Any, _R]) -> _R:
        """Return the result of what the main thread does with the queue."""
        waiting = asyncio.run_coroutine_threadsafe(work, self._loop)
        while not self._ended.is_set():
            if wait((waiting,), timeout=POLL).done:
                break
        try:
            return waiting.result(timeout=0)
        except (exceptions.ConnectorException, psycopg.Error, TimeoutError, CancelledError) as error:
            raise unreachable(error.__cause__ or error) from error


async def _use_schema(connection: psycopg.AsyncConnection) -> None:
    await connection.execute(f"SET search_path = {SCHEMA}")
    await connection.commit()


def _job(ask: Ask) -> Job:
    now = datetime.now(UTC)
    return Job(
        queue=str(ask.lane),
        task_name=_TASK,
        priority=ask.lane.priority,
        lock=None,
        queueing_lock=f"{ask.lane}/{ask.slug}",
        task_kwargs={"slug": ask.slug, "lane": str(ask.lane)},
        scheduled_at=ask.begin if ask.begin > now else None,
    )


def _asks_for(job: Job) -> tuple[str, Lane]:
    return str(job.task_kwargs["slug"]), Lane(str(job.task_kwargs["lane"]))
