"""Pushed objects as a worker has them: read once, named where they are broken, resolved only as allowed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import NOON
from states import ME

from torgsync.core.config.settings import SyncObject
from torgsync.core.config.unattended import Notify
from torgsync.core.fleet.hosts import Host
from torgsync.core.fleet.trust import Trust
from torgsync.errors import ObjectInvalid, UsageError
from torgsync.files.config import objects
from torgsync.files.config.objects import ObjectFile
from torgsync.files.config.objects import settings_in as settings_of_text
from torgsync.files.config.settings import settings_of
from torgsync.files.config.tokens import read_outbox_password, read_token
from torgsync.files.config.toml_edit import remove_field
from torgsync.files.notices.addresses import read_addresses, read_heartbeat
from torgsync.jobs.connect import connect_nameless
from torgsync.jobs.context import JobContext
from torgsync.jobs.fleet.objects import PushedObjects
from torgsync.jobs.fleet.trust import worker_trust
from torgsync.jobs.missed import missed
from torgsync.jobs.timetable import own_times, taking_up
from torgsync.state.store import Store, open_store

TEXT = """
name = "{name}"
api_key = {key}
catalog = {{ path = "../export/goods.trs" }}
orders = {{ outbox = "../orders" }}

[[synchronization_times]]
user = "fleet"
every = "30m"

[[synchronization_times]]
user = "{user}"
every = "1h"
"""
FILE = '{ file = "../secrets/my.token" }'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty state."""
    with closing(open_store(f"sqlite:///{tmp_path / 'state.db'}")) as opened:
        yield opened


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    """That of a worker whose home has secrets of shops, and one that is not for them."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "my.token").write_text("abcdef\n")
    (tmp_path / "other.token").write_text("ghijkl")
    return worker_trust(settings_of(tmp_path), shared_disk=True)


def text(name: str = "My Prom", key: str = FILE, more: str = "") -> str:
    return more + TEXT.format(name=name, key=key, user=ME.user)


def push(store: Store, **texts: str) -> None:
    with store.fleet() as work:
        work.fleet_objects.put({slug: (slug, one) for slug, one in texts.items()}, ME.user, ME.host, NOON)


def pushed(store: Store, trust: Trust, one: str) -> ObjectFile:
    """Return an object as a worker has it. Raises why it is broken."""
    push(store, **{"my-prom": one})
    view = PushedObjects(store, Path(trust.secrets).parent / "objects", trust).view()
    for error in view.broken.values():
        raise error
    return view.files["my-prom"]


def test_each_text_is_read_once(store: Store, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is new, or changed, is read; one that was removed is gone, until it is pushed again."""
    read: list[str] = []

    def settings_in(path: Path, one: str) -> SyncObject:
        read.append(one)
        return settings_of_text(path, one)

    monkeypatch.setattr(objects, "settings_in", settings_in)
    fleet = PushedObjects(store, Path(trust.secrets).parent / "objects", trust)
    assert fleet.view().files == {}
    push(store, a=text("a"), b=text("b"))
    first = fleet.view()
    assert (list(first.files), first.broken, len(read)) == (["a", "b"], {}, 2)
    assert fleet.view().files["a"] is first.files["a"]
    push(store, b=text("b") + "# changed\n")
    assert fleet.view().files["b"] is not first.files["b"]
    assert len(read) == 3
    with store.fleet() as work:
        work.fleet_objects.remove(["a"], NOON)
    assert list(fleet.view().files) == ["b"]
    push(store, a=text("a"))
    assert list(fleet.view().files) == ["a", "b"]


def test_a_broken_object_does_not_hold_others_up(store: Store, trust: Trust) -> None:
    """It is named with its mistakes: no TOML, a key of a newer program, and what is refused."""
    push(store, a=text("a"), b="[", c=text("c", more='later = "1"\n'), d=text("d", '"literal"'))
    view = PushedObjects(store, Path(trust.secrets).parent / "objects", trust).view()
    assert list(view.files) == ["a"]
    found = {slug: error for slug, error in view.broken.items() if isinstance(error, ObjectInvalid)}
    assert {slug: [(one.line, one.where) for one in error.mistakes] for slug, error in found.items()} == {
        "b": [(1, "")],
        "c": [(1, "later")],
        "d": [(3, "api_key")],
    }


def test_a_pushed_object_is_as_one_in_the_home(store: Store, trust: Trust) -> None:
    """Paths are relative to the folder of objects, mistakes are found in its text; it changed when pushed."""
    file = pushed(store, trust, text())
    home = Path(trust.secrets).parent
    assert (file.slug, file.called, file.changed_at) == ("my-prom", '"My Prom"', NOON)
    assert file.catalog_path == home / "export" / "goods.trs"
    assert not file.path.exists()
    assert read_token(file) == "abcdef"
    (home / "secrets" / "my.token").write_text("")
    with pytest.raises(ObjectInvalid) as caught:
        read_token(file)
    assert [(mistake.line, mistake.where) for mistake in caught.value.mistakes] == [(3, "api_key")]


def test_a_pushed_object_is_not_edited(store: Store, trust: Trust) -> None:
    """The error says where to change it."""
    with pytest.raises(ObjectInvalid, match="`My Prom` was pushed") as caught:
        remove_field(pushed(store, trust, text()), "GoodName")
    assert caught.value.hint == "change it in its folder, then push that: torgsync fleet push DIR"


@pytest.mark.parametrize("to", ["../other.token", "{home}/other.token", "link"])
def test_a_link_to_somewhere_outside_is_refused(store: Store, trust: Trust, to: str) -> None:
    """Of the file itself, or of a folder in between."""
    home = Path(trust.secrets).parent
    place = home / "secrets" / "a"
    if to == "link":
        place.symlink_to(home)
        key = '{ file = "../secrets/a/other.token" }'
    else:
        place.symlink_to(to.format(home=home))
        key = '{ file = "../secrets/a" }'
    with pytest.raises(ObjectInvalid) as caught:
        read_token(pushed(store, trust, text(key=key)))
    (mistake,) = caught.value.mistakes
    assert "outside the folder of secrets" in mistake.message
    assert "ghijkl" not in str(caught.value.mistakes)


@pytest.mark.parametrize("place", ["../secrets/my.token", "{home}/secrets", "../link/my.token"])
def test_the_folder_of_secrets_is_for_secrets(store: Store, trust: Trust, place: str) -> None:
    """No export is read from it, and nothing is written there, also where files may be named."""
    home = Path(trust.secrets).parent
    (home / "link").symlink_to("secrets")
    (home / "objects").mkdir()
    for key, usual in (("catalog.path", "../export/goods.trs"), ("orders.outbox", "../orders")):
        named = text().replace(usual, place.format(home=home))
        with pytest.raises(ObjectInvalid) as caught:
            pushed(store, trust, named)
        (mistake,) = caught.value.mistakes
        assert mistake.where == key
        assert "from which only secrets are read" in mistake.message


def test_a_link_inside_is_followed(store: Store, trust: Trust) -> None:
    """As Kubernetes mounts secrets."""
    folder = Path(trust.secrets)
    (folder / "a").symlink_to("my.token")
    assert read_token(pushed(store, trust, text(key='{ file = "../secrets/a" }'))) == "abcdef"


def test_names_of_the_environment(store: Store, trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that begin with the prefix, and no other."""
    monkeypatch.setenv("SHOP_1", "mnopqr")
    shops = worker_trust(settings_of(Path(trust.secrets).parent), "SHOP_", shared_disk=True)
    key = '{ env = "SHOP_1" }'
    assert read_token(pushed(store, shops, text(key=key))) == "mnopqr"
    with pytest.raises(ObjectInvalid):
        pushed(store, trust, text(key=key))


def test_every_reader_of_a_secret_asks_the_trust(store: Store, trust: Trust, tmp_path: Path) -> None:
    """An object that got past the look at its settings gets no secret either."""
    file = pushed(store, trust, text())
    escape = {"file": "../other.token"}
    notify = Notify.model_validate({"to": [escape], "heartbeat": escape})
    (address,) = read_addresses(tmp_path / "objects", notify, trust)
    heartbeat = read_heartbeat(tmp_path / "objects", notify, trust)
    assert heartbeat is not None
    assert address.secret is heartbeat.secret is None
    assert "in its own folder of secrets" in address.trouble
    settings = file.settings.model_validate(
        {
            "name": "My Prom",
            "api_key": escape,
            "catalog": {"path": "a"},
            "orders": {"outbox": "sftp://server.example/x", "outbox_password": escape},
        }
    )
    bad = ObjectFile(file.path, settings, file.called, file.pushed)
    for read in (read_token, read_outbox_password):
        with pytest.raises(ObjectInvalid, match="1 mistake"):
            read(bad)


def test_the_token_goes_to_no_other_host(store: Store, trust: Trust, tmp_path: Path) -> None:
    """Asked again right before it is sent; the address that the worker's own environment names is known."""
    unknown = text(more='connection.url = "http://127.0.0.1:1/api/v1"\n')
    allowed = worker_trust(settings_of(tmp_path), hosts=["127.0.0.1:1"], shared_disk=True)
    assert Host("127.0.0.1", 1) in allowed.hosts
    file = pushed(store, allowed, unknown)
    with connect_nameless(JobContext(settings_of(tmp_path), file, store)):
        pass
    assert file.pushed
    stranger = ObjectFile(
        file.path, file.settings, file.called, objects.Pushed(file.pushed.text, NOON, trust)
    )
    with (
        pytest.raises(ObjectInvalid) as caught,
        connect_nameless(JobContext(settings_of(tmp_path), stranger, store)),
    ):
        pass
    (mistake,) = caught.value.mistakes
    assert (mistake.line, mistake.where) == (1, "connection.url")
    assert "`--allow-host 127.0.0.1:1`" in mistake.message
    rehearsal = settings_of(tmp_path, "http://127.0.0.1:1/api/v1")
    for one in (text(), unknown):
        known = pushed(store, worker_trust(rehearsal, shared_disk=True), one)
        with connect_nameless(JobContext(rehearsal, known, store)):
            pass


@pytest.mark.parametrize("prefix", ["", " ", "T", "TORGSYNC_", "PG", "AWS_SECRET"])
def test_a_prefix_that_gives_too_much(tmp_path: Path, prefix: str) -> None:
    """One that secrets of the program itself have, or none."""
    with pytest.raises(UsageError, match="would let pushed objects read"):
        worker_trust(settings_of(tmp_path), prefix)


def test_a_host_that_is_none(tmp_path: Path) -> None:
    """It is refused with how one looks."""
    with pytest.raises(UsageError, match="is not a host such as"):
        worker_trust(settings_of(tmp_path), hosts=["https://shop.example/"])


def test_workers_perform_their_own_times(
    store: Store, trust: Trust, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a user is called like them; `sync --due` leaves these alone, and does not miss them."""
    monkeypatch.setattr("torgsync.files.config.settings.getpass.getuser", lambda: "fleet")
    worker = pushed(store, trust, text())
    assert [time.user for time in own_times(worker)] == ["fleet"]
    (tmp_path / "my-prom.toml").write_text(text(key='"literal"'))
    local = objects.load_object(tmp_path / "my-prom.toml")
    assert own_times(local) == []
    with taking_up(JobContext(settings_of(tmp_path), worker, store, now=lambda: NOON)) as due:
        assert due is not None
        assert [time.user for time, _moment in due.times] == ["fleet"]
    with taking_up(JobContext(settings_of(tmp_path), local, store, now=lambda: NOON)) as due:
        assert due is None
    late = datetime.now(UTC) + timedelta(hours=3)
    assert missed(worker, late - timedelta(hours=2), late) is not None
    (tmp_path / "my-prom.toml").write_text(text().replace(f'user = "{ME.user}"', 'user = "Fleet"'))
    assert missed(objects.load_object(tmp_path / "my-prom.toml"), late - timedelta(hours=2), late) is None
