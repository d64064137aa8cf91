"""Notifications of unattended runs: whom they go to, what they say, and that they stop nothing."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from clocks import clock_of
from homes import Home, Ran, stopped
from receivers import Webhook, closed_port, end_senders, hanging, webhook

from torgsync.errors import Temporary
from torgsync.extras import install_command
from torgsync.files.config.objects import load_object
from torgsync.files.config.settings import read_settings
from torgsync.i18n import verbatim
from torgsync.jobs.context import JobContext
from torgsync.jobs.run import running
from torgsync.jobs.unattended import notifying
from torgsync.sandbox.shop.orders import ShopBuyer
from torgsync.state.store import open_store

OLENA = ShopBuyer(first_name="Олена", last_name="Вигадана", phone="+380500000001")


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """What people and monitors got."""
    with webhook() as received:
        yield received


@pytest.fixture
def watched(mapped: Home, hook: Webhook) -> Home:
    """The example shop, which notifies one address, in English, and pings a monitor."""
    mapped.edit_object('name = "My Prom"', 'name = "My Prom"\nlanguage = "en"')
    notify(mapped.object, f"json://{hook.host}/olena", heartbeat=f"http://{hook.host}/ping/uuid")
    return mapped


def notify(path: Path, *to: str, heartbeat: str = "") -> None:
    """Have an object notify addresses."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n[notify]\nto = {json.dumps(to)}\n")
        if heartbeat:
            file.write(f"heartbeat = {json.dumps(heartbeat)}\n")


def second(home: Home, hook: Webhook, name: str = "Other") -> Path:
    """Add an object of the same shop, whose token is refused, with an address of its own as well."""
    path = home.second_object(name, f"{name.casefold()}.toml")
    text = path.read_text("utf-8")
    (home.shop / "other-token").write_text("unknown", "utf-8")
    text = text.replace('{ file = "token" }', '{ file = "other-token" }')
    petro = f"json://{hook.host}/petro"
    path.write_text(text.replace('to = ["', f'to = ["{petro}", "'), "utf-8")
    return path


def sync(home: Home, *args: str) -> Ran:
    """Synchronise without a question."""
    return home.run("sync", "--yes", *args)


@pytest.mark.both_states
def test_what_is_held(watched: Home, hook: Webhook) -> None:
    """What, in which shop, since when, and the commands of the terminal; a name is text and calls no one."""
    hostile = "Конструктор @everyone <b>Потяг</b> *x*"
    watched.edit_export(lambda text: text.replace("26925;Конструктор Потяг, 275 деталей", f"26925;{hostile}"))
    watched.edit_export(
        lambda text: text.replace('26925;"Конструктор Потяг, 275 деталей"', f"26925;{hostile}")
    )
    watched.edit_row("26925", ";749;", ";74.9;")
    ran = sync(watched)
    assert (ran.code, hook.titles) == (8, ["My Prom: changes are held until you decide"])
    what, look, allow, since = hook.posted[0]["message"].splitlines()
    assert what.startswith("item 26925 Конструктор @\u2060everyone Потяг *x*: 749.00 -> 74.90 (-90 %)")
    assert look == 'to see all of it: torgsync update -o "My Prom" --show held'
    assert allow.removeprefix("if it is right: ") in ran.out
    assert since.startswith("(since 20")
    assert hook.pinged == ["/ping/uuid/start", "/ping/uuid/0"]
    assert (sync(watched).code, len(hook.posted)) == (8, 1)


def test_an_order_that_waits(watched: Home, hook: Webhook) -> None:
    """Its number, and nothing else of the order or its buyer."""
    foreign = watched.sandbox.add_product(None, name="Без номера", price=Decimal(10))
    number = watched.sandbox.place_order([(foreign, 1)], buyer=OLENA)
    assert sync(watched, "--only", "orders").code == 8
    assert hook.titles == ["My Prom: orders wait for you"]
    said = hook.posted[0]["message"]
    assert said.startswith(f"1 order waits for you: {number}\n")
    for secret in ("Олена", "Вигадана", "380500000001"):
        assert secret not in json.dumps(hook.posted, ensure_ascii=False)


def test_one_message_for_all_objects_with_one_address(watched: Home, hook: Webhook) -> None:
    """Who gets messages of both reads one, who gets those of one reads that; one ping has the worst code."""
    second(watched, hook)
    watched.sandbox.tokens.clear()
    assert sync(watched, "--all").code == 4
    assert sorted(hook.titles) == [
        "My Prom, Other: Prom.ua refused the token",
        "Other: Prom.ua refused the token",
    ]
    both = next(message["message"] for message in hook.posted if "My Prom" in message["title"])
    assert both.index("My Prom:") < both.index("Other:")
    assert hook.pinged == ["/ping/uuid/start", "/ping/uuid/4"]


def test_a_token_is_refused_once_for_both_halves(watched: Home, hook: Webhook) -> None:
    """A run for items alone says nothing new after one for orders, and shows that the token works again."""
    tokens = dict(watched.sandbox.tokens)
    watched.sandbox.tokens.clear()
    assert [sync(watched, *only).code for only in (("--only", "orders"), ("--only", "goods"), ())] == [4] * 3
    assert hook.titles == ["My Prom: Prom.ua refused the token"]
    watched.sandbox.tokens.update(tokens)
    assert sync(watched, "--only", "goods").code == 0
    assert hook.titles[1:] == ["My Prom: the synchronization works again"]


def test_what_an_approval_finds_held(watched: Home, hook: Webhook) -> None:
    """The next run says so, with the name of a plan that can be approved; an approval has none."""
    watched.edit_row("26925", ";749;", ";74.9;")
    watched.edit_row("26926", ";129;", ";12.9;")
    plan = json.loads(sync(watched, "--format", "json").out)["kept"]
    watched.edit_row("26925", ";74.9;", ";7.49;")
    assert watched.run("approve", plan, "--yes").code == 6
    assert hook.titles[1:] == ["My Prom: changes did not get to Prom.ua"]
    plan = json.loads(sync(watched, "--format", "json").out)["kept"]
    assert hook.titles[2:] == ["My Prom: changes are held until you decide"]
    assert "7.49" in hook.posted[2]["message"]
    assert f'torgsync approve {plan} -o "My Prom"' in hook.posted[2]["message"]


def test_a_right_that_a_whole_run_lacks(watched: Home, hook: Webhook) -> None:
    """A run for items does not need it, so it shows nothing of it; runs for each half end it together."""
    (token, rights), *_others = watched.sandbox.tokens.items()
    watched.sandbox.tokens[token] = replace(rights, orders="none")
    assert [sync(watched, *only).code for only in ((), ("--only", "goods"), ("--only", "orders"))] == [
        4,
        0,
        4,
    ]
    assert hook.titles == ["My Prom: Prom.ua refused the token"]
    watched.sandbox.tokens[token] = rights
    assert sync(watched, "--only", "orders").code == 0
    assert hook.titles[1:] == ["My Prom: the synchronization works again"]


def test_a_plan_that_is_stale_is_no_failure(watched: Home, hook: Webhook) -> None:
    """Who approved twice reads it on the screen; no synchronization failed."""
    watched.edit_row("26925", ";749;", ";74.9;")
    plan = json.loads(sync(watched, "--format", "json").out)["kept"]
    assert [watched.run("approve", plan, "--yes").code for _ in range(2)] == [0, 9]
    assert hook.titles == ["My Prom: changes are held until you decide"]
    assert hook.pinged[-2:] == ["/ping/uuid/start", "/ping/uuid/0"]


def test_it_speaks_the_language_of_the_object(
    watched: Home, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else that of `TORGSYNC_LANG`, else Ukrainian; what is printed stays in that of the call."""
    monkeypatch.delenv("TORGSYNC_LANG", raising=False)
    watched.edit_object('language = "en"\n', "")
    watched.sandbox.tokens.clear()
    assert "error: Prom.ua refused" in sync(watched).err
    assert hook.titles == ["My Prom: Prom.ua не прийняв токен"]


def test_a_file_with_a_mistake(watched: Home, hook: Webhook) -> None:
    """What of `[notify]` can be read says where the message goes; the monitor gets the code."""
    watched.edit_object("find_by", "finnd_by")
    watched.edit_object('to = ["json', 'to = [42, "json')
    assert sync(watched).code == 3
    assert hook.titles == ["My Prom: the synchronization failed"]
    assert "did you mean `find_by`?" in hook.posted[0]["message"]
    assert hook.pinged == ["/ping/uuid/3"]
    watched.edit_object("finnd_by", "find_by")
    watched.edit_object("[42, ", "[")
    assert sync(watched).code == 0
    assert hook.titles[1:] == ["My Prom: the synchronization works again"]


@pytest.mark.parametrize("content", [b'name = "Other', b"\xff\xfe"])
def test_a_file_that_is_no_toml(watched: Home, hook: Webhook, content: bytes) -> None:
    """The addresses of the other objects of the home get the message."""
    second(watched, hook).write_bytes(content)
    assert sync(watched, "-o", "my-prom").code == 0
    assert sync(watched, "-o", "other").code == 3
    assert hook.titles == ["other: the synchronization failed"]
    assert sync(watched, "--all").code == 3
    assert len(hook.posted) == 1


def test_a_bug(watched: Home, hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is reported without its text and its traceback, and goes on as it was."""

    def broken(_client: httpx.Client, _request: httpx.Request, **_more: object) -> None:
        raise RuntimeError("a bug with full in it")

    def ping(address: str) -> int:
        hook.pinged.append(address)
        return 200

    with monkeypatch.context() as patch:
        patch.setattr(httpx.Client, "send", broken)
        patch.setattr("torgsync.files.notices.heartbeat._ask", ping)
        with pytest.raises(RuntimeError):
            sync(watched)
    assert hook.titles == ["My Prom: the synchronization failed"]
    assert hook.posted[0]["message"].startswith("This is a bug of torgsync (RuntimeError).")
    assert "with full in it" not in hook.posted[0]["message"]
    assert "Traceback" not in hook.posted[0]["message"]
    assert [path.rpartition("/")[2] for path in hook.pinged] == ["start", "1"]


def stopped_at_once(_seconds: float) -> None:
    """Have a person press Ctrl-C twice."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("stop", [stopped, stopped_at_once])
def test_a_stop_is_no_failure(watched: Home, hook: Webhook, stop: Callable[[float], None]) -> None:
    """People are not notified; the monitor gets the code, else it would wait for an end."""
    watched.next_day()
    watched.set_quirks("import_seconds=60")
    assert watched.run("sync", "--yes", sleep=stop).code == 130
    assert (hook.posted, hook.pinged) == ([], ["/ping/uuid/start", "/ping/uuid/130"])


def test_another_run_holds_the_object(watched: Home, hook: Webhook) -> None:
    """That is no failure, and no run."""
    settings = read_settings(watched.folder, watched.server.url)
    store = open_store(settings.state_url)
    with running(JobContext(settings, load_object(watched.object), store)):
        assert sync(watched).code == 10
    store.close()
    assert (hook.posted, hook.pinged) == ([], [])


def test_an_import_that_is_not_decided_yet(watched: Home, hook: Webhook) -> None:
    """It is no failure for half an hour, neither for people nor for the monitor."""
    clock = clock_of(watched.sandbox)
    watched.next_day()
    watched.set_quirks("import_seconds=7200")
    codes = []
    for _ in range(4):
        codes.append(watched.run("sync", "--yes", "--no-wait", now=clock.now, sleep=clock.sleep).code)
        clock.pass_by(minutes=14)
    assert codes == [5, 5, 5, 8]
    assert [path.rpartition("/")[2] for path in hook.pinged[1::2]] == ["0", "0", "0", "0"]
    assert hook.titles == ["My Prom: Prom.ua accepts no import"]


def test_an_address_that_cannot_be_reached(watched: Home, hook: Webhook) -> None:
    """The run is as it was; `doctor` reports it, and the next call sends the message."""
    port = closed_port()
    watched.edit_object(f"{hook.port}/olena", f"{port}/olena")
    watched.edit_row("26925", ";749;", ";74.9;")
    ran = sync(watched)
    assert ran.code == 8
    assert "! `json://…` was not notified: there was no connection" in ran.err.replace("\n", " ")
    doctor = watched.run("doctor")
    assert "`json://…` has not been reached since" in " ".join(doctor.out.split())
    watched.edit_object(f"{port}/olena", f"{hook.port}/olena")
    assert (sync(watched).code, len(hook.posted)) == (8, 1)
    assert "has not been reached" not in watched.run("doctor").out


@pytest.mark.timeout(60)
@pytest.mark.parametrize("drip", [b"", b"H"])
def test_who_hangs_does_not_hold_up_a_run(
    watched: Home, hook: Webhook, monkeypatch: pytest.MonkeyPatch, drip: bytes
) -> None:
    """Neither a receiver nor a monitor; the other address gets its message."""
    watched.run("object", "check")  # imports the library
    monkeypatch.setattr(notifying, "DEADLINE", 2.0)
    with hanging(drip) as port:
        watched.edit_object('to = ["', f'to = ["json://127.0.0.1:{port}/", "')
        watched.edit_object(f"http://{hook.host}/ping", f"http://127.0.0.1:{port}/ping")
        watched.sandbox.tokens.clear()
        ran = sync(watched)
        assert (ran.code, len(hook.posted)) == (4, 1)
        assert "`json://…#1` was not notified: there was no answer in time" in ran.err
        assert "`http://…` was not notified: there was no answer in time" in ran.err
    end_senders()


def test_without_the_library(watched: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is as it was; the warning and `object check` say what to install."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    watched.sandbox.tokens.clear()
    ran = sync(watched)
    assert ran.code == 4
    command = install_command("notify")
    assert command in ran.err
    assert command in " ".join(watched.run("object", "check", "--format", "json").out.split('\\"'))


def test_an_object_that_nothing_works_with(watched: Home, hook: Webhook) -> None:
    """The call of another object says so, once, and its own call that it works again."""
    clock = clock_of(watched.sandbox)
    other = second(watched, hook)
    other.write_text(other.read_text("utf-8").replace("other-token", "token"), "utf-8")
    os.utime(other, (clock.now().timestamp(),) * 2)
    watched.edit_object(
        "[[synchronization_times]]", "[[synchronization_times]] # none\n[[synchronization_times]]"
    )
    text = watched.object.read_text("utf-8")
    begin, end = text.index("[[synchronization_times]] # none"), text.index("[[fields]]")
    watched.object.write_text(text[:begin] + text[end:], "utf-8")
    clock.pass_by(days=2)
    for _ in range(2):
        assert watched.run("sync", "--yes", "-o", "my-prom", now=clock.now).code == 0
        clock.pass_by(minutes=5)
    assert hook.titles == ["Other: no synchronization takes place"] * 2  # to each of its addresses
    assert "torgsync schedule list -o Other" in hook.posted[0]["message"]
    watched.run("sync", "--yes", "-o", "other", "--only", "orders", now=clock.now)
    assert "Other: the synchronization works again" in hook.titles


def test_a_state_that_cannot_be_used(watched: Home, hook: Webhook) -> None:
    """It is one message too, and when it can be used again another one."""
    state = watched.folder / "state.db"
    whole = state.read_bytes()
    for path in watched.folder.glob("state.db-*"):
        path.unlink()
    state.write_bytes(b"no database" * 1000)
    assert [sync(watched).code for _ in range(2)] == [1, 1]
    assert hook.titles == ["My Prom: the synchronization failed"]
    state.write_bytes(whole)
    assert sync(watched).code == 0
    assert hook.titles[1:] == ["My Prom: the synchronization works again"]
    assert not (watched.folder / "situations.json").exists()


def test_a_call_with_nothing_to_do_is_as_quick_as_before(watched: Home) -> None:
    """No library of notifications is imported, and nothing is looked at."""
    code = (
        "import sys; from torgsync.cli.app import app\n"
        "try: app(['sync', '--due'])\n"
        "except SystemExit: pass\n"
        "print({'apprise', 'sqlalchemy', 'httpx', 'torgsync.jobs.unattended.notifying'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=watched.environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert ran.stdout == "set()\n"


def test_a_rollback(watched: Home, hook: Webhook) -> None:
    """It is an unattended run like others, and says nothing about an export that is broken."""
    whole = watched.export.read_bytes()
    watched.edit_row("26925", ";749;", ";729;")
    assert sync(watched).code == 0
    run = watched.run("history", "--format", "json").json["runs"][0]["run"]
    watched.export.write_bytes(whole[:3000])
    assert sync(watched).code == 3
    assert watched.run("rollback", str(run), "--yes").code == 0
    assert hook.titles == ["My Prom: the synchronization failed"]
    assert hook.pinged[-2:] == ["/ping/uuid/start", "/ping/uuid/0"]
    watched.sandbox.tokens.clear()
    assert watched.run("rollback", str(run), "--yes").code == 4
    assert hook.titles[1:] == ["My Prom: Prom.ua refused the token"]


# `torgsync notify test`


def test_a_test_message(watched: Home, hook: Webhook) -> None:
    """Each address gets one, and the table says what was tried."""
    watched.edit_object('to = ["', f'to = ["json://127.0.0.1:{closed_port()}/x", "nonsense://x", "')
    ran = watched.run("notify", "test")
    assert ran.code == 1
    assert [line.split(maxsplit=3)[2:] for line in ran.lines[2:]] == [
        ["json://…#1", "not sent: there was no connection"],
        ["nonsense://…", "not sent: this is not an address that Apprise knows"],
        ["json://…#2", "sent"],
    ]
    assert hook.titles == ["My Prom: a test of torgsync"]
    assert hook.pinged == []
    document = watched.run("notify", "test", "--heartbeat", "--format", "json").json
    assert [(row["address"], row["ok"], row["code"]) for row in document["addresses"]] == [
        ("json://…#1", False, "unreached"),
        ("nonsense://…", False, "unknown"),
        ("json://…#2", True, None),
        ("http://…", True, None),
    ]
    assert (document["exit"], hook.pinged) == (1, ["/ping/uuid/log"])
    checked = " ".join(watched.run("object", "check").out.split())
    assert "`nonsense://…` is not an address that Apprise knows" in checked
    assert "2 addresses" in checked


def test_a_test_of_several_objects(watched: Home, hook: Webhook) -> None:
    """One with mistakes is a line, and its addresses are tried too; one message for all of an address."""
    path = watched.second_object("Other", "other.toml")
    path.write_text(path.read_text("utf-8").replace('to = "price"', 'to = "prise"'), "utf-8")
    ran = watched.run("notify", "test", "--format", "json")
    assert (ran.code, hook.titles) == (3, ["My Prom, Other: a test of torgsync"])
    assert hook.posted[0]["message"] == "This is a test. Messages about `My Prom`, `Other` arrive here."
    assert [(row["object"], row["address"], row["code"]) for row in ran.json["addresses"]] == [
        ("Other", None, "object-invalid"),
        ("My Prom", "json://…", None),
        ("Other", "json://…", None),
    ]
    assert "1 mistake in `other.toml`" in " ".join(watched.run("notify", "test").out.split())
    assert watched.run("notify", "test", "-o", "Other").code == 3


def test_a_test_without_addresses(mapped: Home) -> None:
    """It says how to set one; that command works, and shows nothing of the address."""
    ran = mapped.run("notify", "test")
    assert (ran.code, ran.out) == (64, "")
    assert 'torgsync object edit "My Prom" --set \'notify.to=[' in ran.err
    edited = mapped.run("object", "edit", "--set", 'notify.to=["json://127.0.0.1/hunter2"]')
    assert edited.code == 0
    heart = mapped.run("object", "edit", "--set", "notify.heartbeat=https://hc.example/hunter2")
    assert heart.code == 0
    shown = mapped.run("object", "show")
    for text in (edited.out, edited.err, heart.out, heart.err, shown.out):
        assert "hunter2" not in text
    again = mapped.run("object", "edit", "--set", 'notify.to=["json://127.0.0.1/hunter3"]')
    assert "an address was replaced" in again.err
    assert load_object(mapped.object).settings.notify.heartbeat is not None


def test_a_test_whose_secret_is_missing(watched: Home) -> None:
    """What cannot be read is named by its place, in the test, in `doctor` and in `object check`."""
    watched.edit_object('to = ["', 'to = [{ env = "INVENTED_MISSING" }, "')
    assert "the environment variable `INVENTED_MISSING` is not set" in " ".join(
        watched.run("notify", "test").out.split()
    )
    for command in (("doctor",), ("object", "check")):
        shown = " ".join(watched.run(*command).out.split())
        assert "the environment variable `INVENTED_MISSING` is not set" in shown
        assert "the address `json://…` is in the sync object's file" in shown
    assert "INVENTED_MISSING" in watched.run("object", "show").out


def test_a_monitor_alone(mapped: Home, hook: Webhook) -> None:
    """It is pinged, and there is nothing to remember; its address may be a secret that is missing."""
    notify(mapped.object, heartbeat=f"http://{hook.host}/ping/uuid")
    mapped.sandbox.tokens.clear()
    assert sync(mapped).code == 4
    assert (hook.posted, hook.pinged) == ([], ["/ping/uuid/start", "/ping/uuid/4"])
    with closing(sqlite3.connect(mapped.folder / "state.db")) as state:
        assert state.execute("SELECT * FROM situations").fetchall() == []
    mapped.edit_object(f'"http://{hook.host}/ping/uuid"', '{ env = "INVENTED_MISSING" }')
    shown = " ".join(mapped.run("object", "check").out.split())
    assert "the environment variable `INVENTED_MISSING` is not set" in shown
    assert "`INVENTED_MISSING` was not notified" in sync(mapped).err
    doctor = " ".join(mapped.run("doctor").out.split())
    assert "`INVENTED_MISSING` has not been reached since" in doctor


# What a message is about


def test_orders_and_their_money(home: Home, hook: Webhook) -> None:
    """Payment methods without a place for their money, and an outbox that cannot be written."""
    notify(home.object, f"json://{hook.host}/")
    home.edit_object('name = "My Prom"', 'name = "My Prom"\nlanguage = "en"')
    assert sync(home).code == 0
    home.run("payments", "fetch")
    number = home.sandbox.place_order([("26901", 1)], buyer=OLENA)
    assert sync(home, "--only", "orders").code == 8
    first, command, _since = hook.posted[0]["message"].splitlines()
    assert first == f"no cash register or account chosen yet for `Пром-оплата`: orders {number}"
    assert command.startswith("torgsync payments map ")
    status = home.run("status").out
    assert "payments fetch" in status
    assert "orders list --held" not in status
    outbox = home.folder / "outbox"
    shutil.rmtree(outbox)
    outbox.write_text("in the way")
    home.sandbox.place_order([("26901", 1)], buyer=OLENA)
    assert sync(home, "--only", "orders").code == 8
    assert "cannot be used" in hook.posted[1]["message"]
    assert hook.titles == ["My Prom: orders wait for you"] * 2
    assert sync(home, "--only", "orders").code == 8
    assert len(hook.posted) == 2


def test_what_prom_refuses(watched: Home, hook: Webhook) -> None:
    """The reason, how many items have it, and where to look."""
    watched.next_day()
    watched.misbehave("import-fails")
    ran = sync(watched)
    assert ran.code == 6
    assert hook.titles == ["My Prom: changes did not get to Prom.ua"]
    *reasons, command, _since = hook.posted[0]["message"].splitlines()
    assert reasons
    assert command == 'torgsync history 2 -o "My Prom"'
    assert watched.run("history", "2").code == 0
    assert hook.pinged[-1].endswith("/6")


def test_errors_in_items(watched: Home, hook: Webhook) -> None:
    """A kind of error that was not there before is a message, another item with it is not."""
    watched.edit_row("26925", ";749;", ";?;")
    for _ in range(2):
        sync(watched)
    assert hook.titles == ["My Prom: errors in items"]
    first, command, _since = hook.posted[0]["message"].splitlines()
    assert first.startswith("item 26925: ")
    assert command == 'torgsync object check "My Prom"'


def test_no_import_is_left(watched: Home, hook: Webhook) -> None:
    """When one is free again is part of the message."""
    watched.edit_object("imports_per_day = 8", "imports_per_day = 1")
    watched.next_day()
    assert sync(watched).code == 5
    assert hook.titles == ["My Prom: Prom.ua accepts no import"]
    assert hook.posted[0]["message"].startswith("no import is left until 20")


def test_what_follows_a_run_does_not_fail_it(
    watched: Home, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a bug in it, of which only the kind is shown, nor a state that is in use."""

    def broken(*_: object) -> None:
        raise KeyError("hunter2")

    def busy(*_: object) -> None:
        raise Temporary(verbatim("the state is in use"))

    watched.sandbox.tokens.clear()
    for what, said in ((broken, "KeyError"), (busy, "the state is in use")):
        with monkeypatch.context() as patch:
            patch.setattr(notifying, "decide", what)
            ran = sync(watched)
        assert f"! notifications were not sent: {said}" in ran.err
        assert "hunter2" not in ran.err
    assert ran.code == 4
    assert hook.posted == []


def test_a_person_who_confirms_needs_no_message(
    watched: Home, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal nothing is sent and nothing is pinged."""
    monkeypatch.setattr("torgsync.cli.base.program.person_there", lambda: True)
    monkeypatch.setattr("torgsync.cli.base.program.confirmed", lambda _question: True)
    watched.edit_row("26925", ";749;", ";729;")
    assert watched.run("sync").code == 0
    watched.sandbox.tokens.clear()
    assert watched.run("sync").code == 4
    assert (hook.posted, hook.pinged) == ([], [])
