"""`sync --all --jobs N`: many objects at the same time, each with an output of its own."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from homes import Ran
from many_objects import ManyObjects, many_objects
from matrix import sampled
from receivers import webhook
from terminals import Typist
from typer.testing import CliRunner

from torgsync.cli.app import app
from torgsync.cli.base.program import Program
from torgsync.cli.plan import sync as command
from torgsync.cli.plan.sync_call import SyncCall
from torgsync.core.plan.imports import HANGS_AFTER
from torgsync.errors import Exit
from torgsync.files.config.objects import ObjectFile, name_in
from torgsync.sandbox.faults import parse_fault
from torgsync.state.runs.journal import Holder
from torgsync.state.store import open_store

EXITS = {"shop-001": 0, "shop-002": 4, "shop-003": 3, "shop-004": 10, "shop-005": 0, "shop-006": 5}
"""How the objects of `uneven` end."""


@pytest.fixture
def six(tmp_path: Path) -> Iterator[ManyObjects]:
    """Six objects, whose shops are empty."""
    with many_objects(tmp_path, 6) as made:
        yield made


@pytest.fixture
def uneven(six: ManyObjects) -> ManyObjects:
    """Six objects with changes: one token is refused, one has mistakes, one is busy, one server fails."""
    assert sync(six, "--jobs", "6").code == 0
    for shop in six.shops:
        shop.change(new=False)
    six.there(1).tokens.clear()
    six.file(2).write_text(six.file(2).read_text("utf-8").replace("RetailPrice", "RetailPrise"), "utf-8")
    hold(six, "shop-004")
    six.there(5).misbehave(parse_fault("POST products/edit* 500"))
    return six


def sync(objects: ManyObjects, *args: str) -> Ran:
    """Synchronise all objects without a question."""
    return objects.home.run("sync", "--all", "--yes", *args)


def hold(objects: ManyObjects, slug: str) -> None:
    """Give the lease of an object to a run on another computer."""
    url = f"sqlite:///{objects.folder / 'state.db'}"
    with closing(open_store(url)) as store, store.transaction(slug) as work:
        work.leases.take(99, Holder("olena", "elsewhere", 7), datetime.now(UTC))


def blocks(out: str) -> dict[str, str]:
    """Return what was printed about each object, keyed by slug; the summary has no name."""
    parts = re.split(r"^== (\S+): .*$", out, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_each_is_printed_whole_and_all_in_a_summary(uneven: ManyObjects) -> None:
    """What an object prints is together, below its name; errors of one stop no other."""
    ran = sync(uneven, "--jobs", "6")
    printed = blocks(ran.out)
    assert printed.keys() == EXITS.keys()
    for number, shop in enumerate(uneven.shops, start=1):
        others = {other.slug.replace("-", " ").capitalize() for other in uneven.shops if other is not shop}
        said = printed[shop.slug].rpartition("\nobject ")[0] or printed[shop.slug]
        assert not [name for name in others if name in said], said
        assert (f"Shop {number:03}" in said) == (EXITS[shop.slug] in (0, 5)), said
    assert "error: shop-002: " in ran.err
    assert "error: shop-003: 1 mistake in " in ran.err
    assert ran.lines[-1].startswith("6 objects in ")
    assert ran.lines[-1].endswith(
        " s; done: 2; another run is working with it: 1; failed for now; a later run tries again: 1; "
        "the sync object or the export is invalid: 1; the token was refused: 1"
    )
    table = {line.split()[0]: line for line in ran.lines if line.startswith("shop-00")}
    assert {slug: int(re.findall(r" (\d+)   ", line)[0]) for slug, line in table.items()} == EXITS
    assert ran.code == 4


def test_each_has_a_document(uneven: ManyObjects) -> None:
    """One JSON document, with one of each object as `--all` without `--jobs` prints it."""
    together = sync(uneven, "--jobs", "6", "--format", "json").json
    assert (together["schema"], together["exit"]) == (1, 4)
    names = {slug: name_in(uneven.folder / "objects" / f"{slug}.toml") for slug in EXITS}
    codes = {one["object"]: one for one in together["objects"]}
    assert {slug: codes[name]["exit"] for slug, name in names.items() if name} == EXITS
    apart = sync(uneven, "--format", "json").json
    assert apart["exit"] == 4
    for one in apart["objects"]:
        assert codes[one["object"]].keys() == one.keys()


def test_all_that_follows_runs_follows_them_once(tmp_path: Path) -> None:
    """One message about all objects with one address, one ping for all, one file of metrics."""
    with (
        webhook() as hook,
        many_objects(tmp_path, 5, settings='language = "en"\n') as objects,
    ):
        assert sync(objects, "--jobs", "5").code == 0
        for number in range(5):
            with objects.file(number).open("a", encoding="utf-8") as file:
                file.write(f'\n[notify]\nto = ["json://{hook.host}/olena"]\n')
                file.write(f'heartbeat = "http://{hook.host}/ping/uuid"\n')
            if number != 2:
                objects.there(number).tokens.clear()
        metrics = tmp_path / "torgsync.prom"
        assert sync(objects, "--jobs", "5", "--metrics", str(metrics)).code == 4
        (title,) = hook.titles
        assert title.startswith("Shop 001, Shop 002, ")
        assert title.endswith(": Prom.ua refused the token")
        assert hook.pinged == ["/ping/uuid/start", "/ping/uuid/4"]
        text = metrics.read_text("utf-8")
        assert all(f"shop-{number:03}" in text for number in range(1, 6))


def test_with_one_object_it_changes_nothing(tmp_path: Path) -> None:
    """What is printed is the same as without it, down to the letter but for the times."""
    with many_objects(tmp_path, 1) as one:
        first, second = (sync(one, *args, "--show", "summary") for args in ((), ("--jobs", "8")))
        assert (first.code, second.code) == (0, 0)
        third = sync(one, "--show", "summary")
    assert (second.out, second.err) == (third.out, third.err)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--yes", "--jobs", "2"), "`--jobs` is for several sync objects, and this call is for one"),
        (("--yes", "--jobs", "2", "-o", "shop-001"), "`--jobs` is for several sync objects"),
        (("--all", "--jobs", "2"), "with `--jobs` nothing is asked, so nothing was sent"),
        (("--all", "--yes", "--jobs", "0"), "`--jobs`: 0 is too little; it must be 1 or more"),
        (("--all", "--yes", "--jobs", "65"), "`--jobs`: 65 is too much; it must be 64 or less"),
    ],
)
def test_what_it_cannot_be_given_with(six: ManyObjects, args: tuple[str, ...], said: str) -> None:
    """It is for several objects, and asks no questions; nothing is sent."""
    ran = six.home.run("sync", *args)
    assert (ran.code, ran.out) == (64, "")
    assert said in ran.err
    assert not any(six.there(number).log.records() for number in range(6))


def test_where_both_streams_are_one_each_heading_stands_once(six: ManyObjects) -> None:
    """A log of cron or of CI; whoever reads stderr alone has the names too."""
    six.there(0).tokens.clear()
    command = [sys.executable, "-m", "torgsync", "sync", "--all", "--yes", "--jobs", "3"]
    done = subprocess.run(
        command,
        env=six.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert sorted(blocks(done.stdout)) == [shop.slug for shop in six.shops]
    assert done.stdout.count("== ") == 6


def test_the_environment_may_give_it(six: ManyObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    """It permits nothing that is not permitted without it."""
    monkeypatch.setenv("TORGSYNC_SYNC_JOBS", "3")
    assert "6 objects in " in sync(six).out
    assert six.wrong() == []
    assert six.home.run("sync", "--yes", "-o", "shop-001").code == 0
    ran = six.home.run("sync", "--all")
    assert "there is no terminal to ask on, so nothing was sent" in ran.err


def pressed(six: ManyObjects, number: int, *args: str) -> tuple[int, str, str]:
    """Synchronise all objects, stop that by a signal as soon as the object is at work, and return the end."""
    for shop in range(6):
        six.there(shop).misbehave(parse_fault("slow GET orders/list seconds=1"))
    with six.start("sync", "--all", "--yes", *args) as process:
        until = time.monotonic() + 30
        while not six.there(number).log.records() and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    for shop in range(6):
        six.there(shop).misbehave()
    return process.returncode, out, err


def test_a_stop_begins_no_other_one_after_another(six: ManyObjects) -> None:
    """Who stops the first of many has stopped them all; the next call does the rest."""
    code, out, err = pressed(six, 1)
    assert code == 130
    assert "4 objects were not begun: shop-003, shop-004, shop-005, shop-006" in err
    assert err.splitlines()[-1] == "hint: to go on: torgsync sync --all --yes"
    assert "Shop 003" not in out
    assert not six.there(2).log.records()
    assert sync(six).code == 0
    assert six.wrong() == []


def test_a_stop_leaves_a_whole_document_one_after_another(six: ManyObjects) -> None:
    """As with `--jobs`."""
    code, out, _err = pressed(six, 0, "--format", "json")
    found = json.loads(out)["objects"]
    assert (code, len(found)) == (130, 6)
    assert [one["error"]["kind"] for one in found[1:]] == ["interrupted"] * 5


def test_a_stop_reaches_all_of_them(six: ManyObjects) -> None:
    """Ctrl-C ends what is at work at its next safe point and begins nothing; the next call does the rest."""
    code, out, err = pressed(six, 1, "--jobs", "2")
    assert code == 130, err
    assert "stopping all of them at their next safe points" in err
    left = re.search(r"objects were not begun: (.*)", err)
    assert left
    assert left[1] == "shop-003, shop-004, shop-005, shop-006"
    assert err.splitlines()[-1] == "hint: to go on: torgsync sync --all --yes --jobs 2"
    assert blocks(out).keys() == {"shop-001", "shop-002"}
    assert sync(six, "--jobs", "6").code == 0
    assert six.wrong() == []


def test_a_terminal_shows_one_line_of_progress(six: ManyObjects) -> None:
    """It is there while nothing is printed; what objects print never goes above it, but to its own stream."""
    six.there(1).tokens.clear()
    with Typist(six.home, "sync", "--all", "--yes", "--jobs", "3") as person:
        person.sees("0 of 6 done, 3 at work")
    assert person.code == 4
    assert "3 at work, 1 failed" in person.screen
    assert person.screen.count("error: shop-002: ") == 1
    assert "Shop 001" not in person.screen
    printed = blocks(person.printed)
    assert all(f"Shop {number:03}" in printed[f"shop-{number:03}"] for number in (1, 3, 4, 5, 6))


def test_a_stop_leaves_a_whole_document(six: ManyObjects) -> None:
    """Also those that were not begun are in it."""
    code, out, _err = pressed(six, 1, "--jobs", "2", "--format", "json")
    found = json.loads(out)["objects"]
    assert code == 130
    assert len(found) == 6
    assert {one["error"]["kind"] for one in found} == {"interrupted"}


@pytest.mark.parametrize("after", sampled([0.4, 1.0, 1.6], 1.0))
def test_killed_in_the_middle(tmp_path: Path, after: float) -> None:
    """A later call, one after another, finishes all of them: nothing is imported or written twice."""
    with many_objects(tmp_path, 6, pace=2) as objects:
        assert sync(objects, "--jobs", "6").code == 0
        for number, shop in enumerate(objects.shops):
            shop.order(objects.there(number))
            shop.change(new=True)
            objects.there(number).log.clear()
        with objects.start("sync", "--all", "--yes", "--jobs", "6") as process:
            until = time.monotonic() + 30
            while not objects.there(5).log.records() and time.monotonic() < until:
                time.sleep(0.02)
            time.sleep(after)
            process.kill()
            process.communicate()
        later = datetime.now(UTC) + HANGS_AFTER
        assert objects.home.run("sync", "--all", "--yes", now=later).code == 0
        objects.close_the_day(later)
        assert objects.wrong() == []


def test_the_error_of_the_program_stops_no_other(six: ManyObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown where it happened, in the output of its object."""
    perform = command._perform

    def broken(call: SyncCall, file: ObjectFile) -> Exit:
        if file.slug == "shop-003":
            raise ZeroDivisionError
        return perform(call, file)

    monkeypatch.setattr(command, "_perform", broken)
    program = Program(six.folder, six.server.url)
    ran = CliRunner().invoke(app, ["sync", "--all", "--yes", "--jobs", "3"], obj=program)
    assert ran.exit_code == 1
    assert "ZeroDivisionError" in ran.stderr
    assert ran.stdout.rstrip().endswith("done: 5; failed: 1")
    document = sync(six, "--jobs", "3", "--format", "json").json
    (error,) = [one["error"] for one in document["objects"] if "error" in one]
    assert error == {"kind": "bug", "exit": 1, "message": "ZeroDivisionError"}


@pytest.mark.slow
def test_many_at_a_bad_marketplace(tmp_path: Path) -> None:
    """Every shop is as its export in the end, nothing was imported twice, each order has one file."""
    faults = map(
        parse_fault,
        (
            "503 share=0.1",
            "POST products/edit* share=0.2 500",
            "GET products/list every=7 cut",
            "POST products/import_file every=2 503",
        ),
    )
    rules = list(faults)
    with many_objects(tmp_path, 30) as objects:
        for number in range(30):
            objects.there(number).misbehave(*rules)
        for day in range(4):
            for number, shop in enumerate(objects.shops):
                shop.change(new=True)
                shop.order(objects.there(number))
            later = datetime.now(UTC) + HANGS_AFTER * (day + 1)
            objects.home.run("sync", "--all", "--yes", "--jobs", "16", now=later)
        for number in range(30):
            objects.there(number).misbehave()
        later = datetime.now(UTC) + HANGS_AFTER * 6
        assert objects.home.run("sync", "--all", "--yes", "--jobs", "16", now=later).code == 0
        objects.close_the_day(later)
        assert objects.wrong() == []
