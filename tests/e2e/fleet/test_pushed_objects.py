"""A pushed object goes through the whole program as one with a file does, and is never changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from homes import Home

from torgsync.cli.base.program import Program
from torgsync.files.config.objects import ObjectFile, Pushed, load_object, pushed_object
from torgsync.files.config.settings import settings_of
from torgsync.jobs.fleet.trust import worker_trust

Push = Callable[[str], Home]


@pytest.fixture
def worker(mapped: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose one object has no file: every command finds it among those that were pushed."""
    secrets = mapped.folder / "secrets"
    secrets.mkdir(exist_ok=True)
    (mapped.shop / "token").rename(secrets / "token")
    text = mapped.object.read_text("utf-8").replace('{ file = "token" }', '{ file = "../secrets/token" }')
    at = load_object(mapped.object).changed_at
    mapped.object.unlink()
    trust = worker_trust(settings_of(mapped.folder, mapped.server.url), shared_disk=True)
    file = pushed_object(mapped.shop, "My Prom", Pushed(text, at, trust))

    def found(program: Program, *_wanted: object, **_options: object) -> ObjectFile:
        return program.meet(file)

    monkeypatch.setattr(Program, "object", found)
    monkeypatch.setattr(Program, "objects", lambda program, *_a, **_k: {file.slug: lambda: found(program)})
    return mapped


def test_a_run_of_a_pushed_object(worker: Home) -> None:
    """It does what a run of a file does, also what follows a run, and leaves no file of the object."""
    worker.next_day()
    ran = worker.sync()
    assert ran.code in (0, 8), ran.err
    assert len(ran.json["changes"]) > 3
    assert worker.sync("--all").code in (0, 8)
    for command in (
        "update", "update --format html", "history", "history 1", "why 26931", "orders list", "orders fetch",
        "clients list", "payments list", "schedule list", "goods list", "photos check", "object show",
        "fields list", "status", "sync --due",
    ):  # fmt: skip
        ran = worker.run(*command.split())
        assert ran.code in (0, 1, 2, 8), (command, ran.err)
        assert "cannot be read" not in ran.err, command
        assert "there is no sync object" not in ran.err, command
    assert "✗" not in worker.run("object", "check").out
    assert "✗" not in worker.run("doctor").out
    assert not worker.object.exists()


@pytest.mark.parametrize(
    "command",
    [
        ("object", "edit", "--set", "removal.gone=hide"),
        ("object", "edit", "--api-key", "-"),
        ("object", "remove", "--yes"),
        ("fields", "add", "Age", "--to", "characteristic"),
        ("fields", "add-all"),
        ("fields", "remove", "RetailPrice"),
        ("payments", "fetch"),
        ("payments", "map", "9000001", "--cash-register", "Каса"),
        ("schedule", "add", "--every", "1h"),
        ("schedule", "remove", "1"),
    ],
    ids=" ".join,
)
def test_a_pushed_object_is_not_changed(worker: Home, command: tuple[str, ...]) -> None:
    """Whatever changes objects says where to change this one; its token stays."""
    ran = worker.run(*command, stdin="abcdef\n")
    assert (ran.code, "`My Prom` was pushed, and is not changed here" in ran.err) == (3, True), ran.err
    assert "torgsync fleet push DIR" in ran.err
    assert not worker.object.exists()
    assert (worker.folder / "secrets" / "token").read_text() == "full\n"


def test_mistakes_are_found_in_its_text(worker: Home) -> None:
    """With the line of the text, though there is no file."""
    (worker.folder / "secrets" / "token").write_text("")
    mistake = worker.run("update", "--format", "json").json["error"]["mistakes"][0]
    assert (mistake["where"], mistake["line"] > 1) == ("api_key", True)
