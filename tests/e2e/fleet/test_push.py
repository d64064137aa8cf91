"""`torgsync fleet push`: what a folder changes in the fleet, asked, stored whole, and refused whole."""

from __future__ import annotations

import csv
import io
import os
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from postgres import Cluster

from torgsync.cli.base.program import Program
from torgsync.core.fleet.trust import Trust
from torgsync.jobs.fleet import push as pushing
from torgsync.jobs.fleet.objects import PushedObjects
from torgsync.state.store import open_store

if os.name != "nt":
    from terminals import Person, call

OBJECT = """# коментар
name = "{name}"
api_key = {{ file = "../secrets/{token}.token" }}
catalog = {{ path = "https://shop.example/{token}.trs" }}
orders = {{ outbox = "sftp://torgsoft@shop.example/orders" }}
"""
OUTBOX = 'outbox = "sftp://torgsoft@shop.example/orders"'
HOSTILE = "[red] :wrench: `x` \\u202e\\u0007'\\\"$(rm)"
"""A name, as TOML writes it."""


@pytest.fixture(params=["sqlite", "postgresql"])
def fleet(request: pytest.FixtureRequest, mapped: Home, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """A folder of three shops next to a home, whose state is on either database."""
    if request.param == "postgresql":
        postgres: Cluster = request.getfixturevalue("postgres")
        monkeypatch.setenv("TORGSYNC_STATE", postgres.empty("state"))
    folder = mapped.folder.parent / "shops"
    folder.mkdir()
    made = Fleet(mapped, folder)
    for number in (1, 2, 3):
        made.write(f"shop-{number}")
    return made


class Fleet:
    """A home and the folder that is pushed to its state."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home = home
        self.folder = folder

    def write(self, slug: str, more: str = "", *, name: str = "", token: str = "") -> Path:
        """Write the file of an object."""
        path = self.folder / f"{slug}.toml"
        path.write_text(OBJECT.format(name=name or slug, token=token or slug) + more, "utf-8")
        return path

    def push(self, *args: str, code: int = 0) -> Any:  # noqa: ANN401
        """Push without a question; return the document."""
        ran = self.home.run("fleet", "push", str(self.folder), "--yes", "--format", "json", *args)
        assert ran.code == code, ran.err + ran.out
        return ran.json

    @property
    def pushed(self) -> dict[str, str]:
        """The texts that workers would perform, keyed by slug."""
        url = os.environ.get("TORGSYNC_STATE") or f"sqlite:///{self.home.folder / 'state.db'}"
        with closing(open_store(url)) as store, store.look_at_fleet() as work:
            return {slug: one.text for slug, one in work.fleet_objects.all().items()}


def slugs(rows: list[dict[str, str]]) -> list[str]:
    return [row["object"] for row in rows]


def test_a_folder_becomes_the_fleet(fleet: Fleet) -> None:
    """Texts are stored as written; a second push finds nothing, and says so."""
    document = fleet.push()
    assert slugs(document["created"]) == ["shop-1", "shop-2", "shop-3"]
    assert (document["schema"], document["stored"], document["held"]) == (1, True, None)
    assert fleet.pushed["shop-1"] == (fleet.folder / "shop-1.toml").read_text("utf-8")
    again = fleet.push()
    assert (again["created"], again["unchanged"], again["stored"]) == ([], 3, False)
    ran = fleet.home.run("fleet", "push", str(fleet.folder), "--yes")
    assert (ran.code, "there is nothing to push" in ran.err) == (0, True)
    check = fleet.home.run("state", "check", "--format", "json").json
    assert {"shop-1", "shop-2"}.isdisjoint(check["unknown"])


def test_a_state_in_a_file_has_no_workers(fleet: Fleet) -> None:
    """A forgotten `TORGSYNC_STATE` is said before anything is stored, and no worker is promised."""
    in_file = "TORGSYNC_STATE" not in os.environ
    push = ("fleet", "push", str(fleet.folder))
    for options in (["--dry-run"], ["--yes"]):
        ran = fleet.home.run(*push, *options)
        assert ("which no worker reads" in ran.err) is in_file
    assert ("workers follow" in ran.err) is not in_file


def test_objects_without_a_time_for_workers_are_named(fleet: Fleet) -> None:
    """They are stored, and no worker would ever perform them."""
    fleet.write("shop-1", '\n[[synchronization_times]]\nuser = "fleet"\nevery = "30m"\n')
    fleet.write("shop-2", '\n[[synchronization_times]]\nuser = "olena"\nevery = "30m"\n')
    ran = fleet.home.run("fleet", "push", str(fleet.folder), "--yes")
    assert 'they have no time of `user = "fleet"`: `shop-2`, `shop-3`' in ran.err
    assert fleet.push()["idle"] == ["shop-2", "shop-3"]
    shown = fleet.home.run("fleet", "status").out
    assert shown.count("no time for workers") == 2


def test_changes_are_shown_key_by_key(fleet: Fleet) -> None:
    """References as they are; the same change of several objects once; line ends are no change."""
    fleet.push()
    for number in (1, 2):
        fleet.write(f"shop-{number}", '\n[limits]\nremovals = "5%"\n')
    changed = fleet.write("shop-3", token="other")
    changed.write_bytes(changed.read_bytes().replace(b"\n", b"\r\n"))
    fleet.write("shop-4", name="Крамниця")
    command = ("fleet", "push", str(fleet.folder))
    ran = fleet.home.run(*command, "--dry-run")
    assert ran.lines == [
        "+ create  крамниця  Крамниця",
        "~ change  shop-3",
        "    api_key.file: ../secrets/shop-3.token -> ../secrets/other.token",
        "    catalog.path: https://shop.example/shop-3.trs ->",
        "      https://shop.example/other.trs",
        "~ change  shop-1",
        "~ change  shop-2",
        "    limits.removals: – -> 5%",
        "1 to create, 3 to change, 0 to remove, 0 unchanged",
    ]
    assert "nothing was pushed; to push it: torgsync fleet push" in ran.err
    document = fleet.home.run(*command, "--dry-run", "--format", "json").json
    assert (document["stored"], document["changed"][0]["values"]) == (
        False,
        [{"key": "limits.removals", "old": None, "new": "5%"}],
    )
    rows = [*csv.DictReader(io.StringIO(fleet.home.run(*command, "--dry-run", "--format", "csv").out))]
    assert [(row["object"], row["verb"], row["key"]) for row in rows] == [
        ("крамниця", "create", ""),
        ("shop-1", "change", "limits.removals"),
        ("shop-2", "change", "limits.removals"),
        ("shop-3", "change", "api_key.file"),
        ("shop-3", "change", "catalog.path"),
    ]
    assert len(fleet.pushed) == 3
    uk = fleet.home.run("--lang", "uk", *command, "--dry-run")
    assert uk.lines[-1] == "створити: 1, змінити: 3, прибрати: 0, без змін: 0"
    fleet.push()
    path = fleet.folder / "shop-1.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert fleet.push()["unchanged"] == 4
    path.write_text(f"# another comment\n{path.read_text('utf-8')}", "utf-8")
    assert "only comments" in fleet.home.run(*command, "--dry-run").out
    assert slugs(fleet.push()["changed"]) == ["shop-1"]


def test_what_the_folder_lacks_stays_until_it_is_pruned(fleet: Fleet) -> None:
    """It is named with the command; pushed again, it is there again."""
    fleet.push()
    (fleet.folder / "shop-2.toml").unlink()
    ran = fleet.home.run("fleet", "push", str(fleet.folder), "--yes")
    assert "· not in the folder  shop-2" in ran.lines
    assert "--prune" in ran.err
    document = fleet.push()
    assert (slugs(document["missing"]), document["removed"], len(fleet.pushed)) == (["shop-2"], [], 3)
    assert slugs(fleet.push("--prune")["removed"]) == ["shop-2"]
    assert list(fleet.pushed) == ["shop-1", "shop-3"]
    fleet.write("shop-2")
    assert fleet.push()["created"] == [{"object": "shop-2", "name": "shop-2", "again": True}]
    assert len(fleet.pushed) == 3


def test_many_removals_are_held(fleet: Fleet) -> None:
    """What else was changed is pushed; the command that is printed lets exactly them through."""
    fleet.push()
    for number in (1, 2):
        (fleet.folder / f"shop-{number}.toml").unlink()
    fleet.write("shop-4")
    document = fleet.push("--prune", code=8)
    assert document["held"] == {"guard": "removals", "count": 2, "total": 3, "allow": "removals=2"}
    assert (document["stored"], len(fleet.pushed)) == (True, 4)
    ran = fleet.home.run("fleet", "push", str(fleet.folder), "--prune", "--yes")
    assert (ran.code, "· held  shop-1" in ran.lines) == (8, True)
    assert f"fleet push {fleet.folder} --prune --allow removals=2" in ran.err
    fleet.push("--prune", "--allow", "removals=1", code=8)
    assert len(fleet.push("--prune", "--allow", "removals=2")["removed"]) == 2
    assert list(fleet.pushed) == ["shop-3", "shop-4"]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("--allow", "removals=2"), "needs `--prune`"),
        (("--prune", "--allow", "price=2"), "`--allow price=2` cannot be used"),
        (("--prune", "--allow", "removals"), "`removals=N`"),
    ],
)
def test_what_cannot_be_allowed(fleet: Fleet, args: tuple[str, ...], why: str) -> None:
    """It is a mistake of the command line."""
    assert why in str(fleet.push(*args, code=64)["error"])


def test_an_empty_folder_removes_nothing_by_mistake(fleet: Fleet) -> None:
    """It is no folder of objects unless it is to be pruned, and then the guard holds it."""
    fleet.push()
    for path in fleet.folder.iterdir():
        path.unlink()
    assert "there is no sync object in" in fleet.push(code=64)["error"]["message"]
    (fleet.folder / "objects").mkdir()
    (fleet.folder / "objects" / "a.toml").touch()
    assert fleet.push(code=64)["error"]["hint"] == f"is `{fleet.folder / 'objects'}` meant?"
    assert fleet.push("--prune", code=8)["held"]["count"] == 3
    fleet.folder = fleet.folder / "nosuch"
    assert "No such file or directory" in fleet.push("--prune", code=64)["error"]["message"]
    assert len(fleet.pushed) == 3


def test_every_mistake_of_every_file(fleet: Fleet) -> None:
    """With file and line; nothing of the others is stored."""
    fleet.write("a", "later = 1\n")
    fleet.write("b", name="shop-1")
    (fleet.folder / "c.toml").write_text("[")
    (fleet.folder / "d.toml").write_bytes(b"\xff")
    (fleet.folder / "e.toml").mkdir()
    (fleet.folder / "f.toml").write_text(
        'name = "f"\napi_key = "abcdef"\ncatalog = { path = "f.trs" }\n[notify]\nto = ["tgram://abcdef/1"]\n'
    )
    error = fleet.push(code=3)["error"]
    found = [(one["file"], one["line"], one["where"]) for one in error["mistakes"]]
    assert found == [
        ("a.toml", 6, "later"),
        ("c.toml", 1, ""),
        ("d.toml", 0, ""),
        ("e.toml", 0, ""),
        ("f.toml", 1, "orders.outbox"),
        ("f.toml", 2, "api_key"),
        ("f.toml", 3, "catalog.path"),
        ("f.toml", 5, "notify.to[0]"),
        ("shop-1.toml", 2, "name"),
    ]
    assert "`b.toml` has this name too" in error["mistakes"][-1]["message"]
    assert fleet.pushed == {}
    for lang in ("en", "uk"):
        ran = fleet.home.run("--lang", lang, "fleet", "push", str(fleet.folder), "--yes")
        assert (ran.code, "abcdef" in ran.err + ran.out) == (3, False)
        assert "  a.toml  " in ran.err


def test_files_of_one_computer_need_a_shared_disk(fleet: Fleet) -> None:
    """An object of a home is not one for workers; with a shared disk it is, but for its token."""
    text = fleet.home.object.read_text("utf-8")
    path = fleet.folder / "my-prom.toml"
    path.write_text(text, "utf-8")
    places = {one["where"] for one in fleet.push(code=3)["error"]["mistakes"]}
    assert places == {"api_key", "catalog.path", "catalog.photos.folder", "orders.outbox"}
    path.write_text(text.replace('{ file = "token" }', '{ file = "../secrets/token" }'), "utf-8")
    assert "my-prom" in slugs(fleet.push("--shared-disk")["created"])


def test_another_name_of_the_same_shop(fleet: Fleet) -> None:
    """A person is warned before what was sent is forgotten."""
    fleet.push()
    (fleet.folder / "shop-1.toml").unlink()
    fleet.write("new", name="Нова", token="shop-1")
    ran = fleet.home.run("fleet", "push", str(fleet.folder), "--dry-run")
    assert "! `Нова` has the token of `shop-1`" in ran.err
    assert fleet.push()["renamed"] == [{"old": "shop-1", "new": "нова"}]


def test_names_are_shown_as_they_are(fleet: Fleet) -> None:
    """No markup, no control characters; the object is performed under its name."""
    fleet.write("x", name=HOSTILE, token="x")
    ran = fleet.home.run("fleet", "push", str(fleet.folder), "--yes")
    assert ran.code == 0
    assert any("[red] :wrench: `x`" in line for line in ran.lines)
    assert "red-wrench-x-rm" in fleet.pushed


def test_two_pushes_at_once(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second sees that the first has changed what it looked at, and stores nothing."""
    real = pushing.perform

    def slow(*args: Any) -> None:  # noqa: ANN401
        monkeypatch.setattr(pushing, "perform", real)
        fleet.write("shop-1", "# first\n")
        fleet.push()
        real(*args)

    monkeypatch.setattr(pushing, "perform", slow)
    error = fleet.push(code=9)["error"]
    assert (error["kind"], "another person pushed meanwhile" in error["message"]) == ("plan-stale", True)
    assert fleet.pushed["shop-1"].endswith("# first\n")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("y\n", 0)])
def test_a_person_is_asked(fleet: Fleet, tmp_path: Path, answer: str, code: int) -> None:
    """After all that is to change was shown."""
    person = Person(typed="", answer=answer)
    program = Program(fleet.home.folder, fleet.home.server.url)
    words = ("fleet", "push", str(fleet.folder))
    assert call(program, words, person, ("terminal", "terminal"), tmp_path) == code
    screen = person.screen.decode()
    assert screen.index("+ create  shop-3") < screen.index("3 to create") < screen.index("Push 3 changes")
    assert len(fleet.pushed) == (3 if code == 0 else 0)


def test_the_environment_decides_nothing(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a yes nor a removal, a limit or a disk that is shared."""
    for name in ("YES", "PRUNE", "ALLOW", "SHARED_DISK"):
        monkeypatch.setenv(f"TORGSYNC_FLEET_PUSH_{name}", "1")
    ran = fleet.home.run("fleet", "push", str(fleet.folder))
    assert (ran.code, "--yes" in ran.err) == (64, True)
    monkeypatch.setenv("TORGSYNC_FLEET_PUSH_DRY_RUN", "1")
    ran = fleet.home.run("fleet", "push", str(fleet.folder))
    assert (ran.code, fleet.pushed) == (0, {})


def test_a_worker_sees_a_push_at_once(fleet: Fleet) -> None:
    """Also one that has read the objects before."""
    url = os.environ.get("TORGSYNC_STATE") or f"sqlite:///{fleet.home.folder / 'state.db'}"
    fleet.push()
    with closing(open_store(url)) as store:
        worker = PushedObjects(store, fleet.home.folder / "objects", Trust(str(fleet.folder)))
        assert set(worker.view().broken) == {"shop-1", "shop-2", "shop-3"}  # the outbox's host is unknown
        for number in (1, 2, 3):
            path = fleet.write(f"shop-{number}")
            text = path.read_text("utf-8")
            path.write_text(text.replace(OUTBOX, "enabled = false"), "utf-8")
        fleet.push()
        assert list(worker.view().files) == ["shop-1", "shop-2", "shop-3"]


def test_removals_and_tables_are_shown(fleet: Fleet) -> None:
    """A table of a list as a whole, an object that goes with its sign."""
    fleet.push()
    fleet.write("shop-1", '\n[[payment_methods]]\nid = 9000001\nname = "Готівка"\ncash_register = "Каса 1"\n')
    (fleet.folder / "shop-2.toml").unlink()
    ran = fleet.home.run("fleet", "push", str(fleet.folder), "--prune", "--dry-run")
    assert ran.lines == [
        "~ change  shop-1",
        '    + payment_methods: id = 9000001, name = "Готівка", cash_register = "Каса 1"',
        "- remove  shop-2",
        "0 to create, 1 to change, 1 to remove, 1 unchanged",
    ]
    command = ("fleet", "push", str(fleet.folder), "--prune", "--dry-run", "--format", "csv")
    rows = [*csv.DictReader(io.StringIO(fleet.home.run(*command).out))]
    assert [(row["verb"], row["key"], row["old"]) for row in rows] == [
        ("change", "payment_methods", ""),
        ("remove", "", ""),
    ]
