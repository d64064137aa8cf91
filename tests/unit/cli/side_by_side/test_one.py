"""The work with one object in a thread: nothing of it reaches the work with another."""

from __future__ import annotations

import gc
import io
import logging
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from torgsync.cli.base.language import load_catalog
from torgsync.cli.base.program import Program
from torgsync.cli.base.streams import guard_streams
from torgsync.cli.side_by_side.one import Performed, Work, perform_apart
from torgsync.core.clock import SHOP_ZONE, shop_time, show_times_in
from torgsync.errors import Exit, Temporary
from torgsync.files.config.logs import logged, note_run
from torgsync.i18n import _, translated, use, verbatim
from torgsync.jobs.context import StopSignal

AT_ONCE = 4
NOON = "2026-11-30T10:00:00+00:00"


def guarded(monkeypatch: pytest.MonkeyPatch) -> tuple[io.StringIO, io.StringIO]:
    """Guard the two streams of the process as the program does, and return them."""
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    guard_streams()
    return out, err


def all_at_once(work: Work) -> list[Performed]:
    """Perform the same work for several objects at the same time."""
    program = Program()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [
            pool.submit(perform_apart, program, str(number), work, StopSignal()) for number in range(AT_ONCE)
        ]
        return [job.result() for job in jobs]


def test_output_is_apart_and_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its own lines, of both streams and in their order, whichever way they were printed."""
    streams = guarded(monkeypatch)
    meeting = threading.Barrier(AT_ONCE)

    def work(program: Program) -> Exit:
        mine = threading.current_thread().name
        for number in range(20):
            meeting.wait()
            program.print(verbatim(f"{mine} out {number}"))
            program.notify(verbatim(f"{mine} err {number}"))
            print(f"{mine} \x1b[2Jprint {number}")  # noqa: T201
        return Exit.DONE

    for one in all_at_once(work):
        lines = one.printed.text().splitlines()
        (name,) = {line.partition(" ")[0] for line in lines}
        assert lines == [
            f"{name} {kind} {number}" for number in range(20) for kind in ("out", "err", "[2Jprint")
        ]
        assert len(one.printed.text("stderr").splitlines()) == 20
    assert (streams[0].getvalue(), streams[1].getvalue()) == ("", "")


def test_it_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text goes to its own stream."""
    streams = guarded(monkeypatch)

    def work(program: Program) -> Exit:
        program.print(verbatim("a"))
        program.warn(verbatim("b"))
        return Exit.HELD

    one = perform_apart(Program(), "x", work, StopSignal())
    one.printed.show()
    assert (streams[0].getvalue(), streams[1].getvalue()) == ("a\n", "! b\n")
    assert (one.code, one.error, one.bug) == (Exit.HELD, None, False)


def test_a_language_and_a_clock_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an object chooses holds for its own thread, and until its work ends."""
    guarded(monkeypatch)
    chosen = iter([None, load_catalog("uk"), None, load_catalog("uk")])
    zones = iter(map(ZoneInfo, ("Europe/Kyiv", "UTC", "Asia/Almaty", "Europe/Warsaw")))
    meeting, choosing = threading.Barrier(AT_ONCE), threading.Lock()

    def work(program: Program) -> Exit:
        with choosing:
            catalog, zone = next(chosen), next(zones)
        use(catalog)
        show_times_in(zone)
        meeting.wait()
        program.print(verbatim(f"{translated(_('yes'))} {shop_time(NOON)[-5:]}"))
        return Exit.DONE

    before = use(None)
    show_times_in(SHOP_ZONE)
    try:
        said = sorted(one.printed.text().strip() for one in all_at_once(work))
        assert said == ["yes 12:00", "yes 15:00", "так 10:00", "так 11:00"]
        assert (translated(_("yes")), shop_time(NOON)[-5:]) == ("yes", "12:00")
    finally:
        use(before)


def test_a_log_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One file has the events of all, each with its object and run; a handler has those of its own block."""
    guarded(monkeypatch)
    meeting, path = threading.Barrier(AT_ONCE), tmp_path / "torgsync.log"
    log = logging.getLogger("torgsync.test")
    heard: dict[str, list[str]] = {}

    class Heard(logging.Handler):
        def __init__(self, slug: str) -> None:
            super().__init__(logging.INFO)
            self.events = heard.setdefault(slug, [])

        def emit(self, record: logging.LogRecord) -> None:
            self.events.append(record.getMessage())

    def work(_program: Program) -> Exit:
        slug = threading.current_thread().name.replace(" ", "-")
        with logged(path, slug, Heard(slug)), logged(path, "inner"):
            meeting.wait()
            note_run(len(slug))
            log.info("%s", f"by {slug}")
            meeting.wait()
        return Exit.DONE

    all_at_once(work)
    assert heard == {slug: [f"by {slug}"] for slug in heard}
    assert len(heard) == AT_ONCE
    lines = path.read_text("utf-8").splitlines()
    assert sorted(line.partition("INFO ")[2].strip() for line in lines) == sorted(
        f"{slug} run {len(slug)} by {slug}" for slug in heard
    )
    assert not [handler for handler in logging.getLogger("torgsync").handlers if isinstance(handler, Heard)]


def test_errors_are_printed_and_raise_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the name of the object, and as a document where JSON is wanted; a bug with its place."""
    guarded(monkeypatch)

    def fails(_program: Program) -> Exit:
        raise Temporary(verbatim("the server is away"))

    def breaks(_program: Program) -> Exit:
        return Exit(1 // 0)

    one = perform_apart(Program(), "shop-7", fails, StopSignal())
    assert one.printed.text("stderr") == "error: shop-7: the server is away\n"
    assert (one.code, type(one.error)) == (Exit.TEMPORARY, Temporary)
    bug = perform_apart(Program(json=True), "shop-7", breaks, StopSignal())
    assert (bug.code, bug.bug) == (Exit.ERROR, True)
    assert "ZeroDivisionError" in bug.printed.text("stderr")
    assert '"kind": "bug"' in bug.printed.text("stdout")


def test_nothing_is_left_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that lives for weeks performs any number of them: each call's program ends with it."""
    guarded(monkeypatch)
    made: list[weakref.ref[Program]] = []

    def work(program: Program) -> Exit:
        made.append(weakref.ref(program))
        program.print(verbatim("a"))
        return Exit.DONE

    shared, stop = Program(), StopSignal()
    for number in range(3):
        assert perform_apart(shared, str(number), work, stop).code is Exit.DONE
    gc.collect()
    assert [one() for one in made] == [None] * 3
    assert (shared.stop, shared.live) == (None, True)
