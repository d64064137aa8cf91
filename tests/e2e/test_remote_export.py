"""A shop whose export is on a server: every command works with it, and none with an old one by itself."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import sleep

import pytest
import stamina
from homes import Home, row_edited
from web_server import Asked, WebServer, if_changed, says, web_server

PATH = "/out/TSGoods.trs"
SECRET = "key=g3heim-invented"


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@dataclass(frozen=True)
class Remote:
    """A home whose export is on a web server, with a secret in its address."""

    home: Home
    server: WebServer
    content: bytes
    written: datetime

    @property
    def address(self) -> str:
        """The address as the sync object has it."""
        return self.server.url + PATH

    @property
    def asked(self) -> str:
        """The path that the server is asked for."""
        return f"{PATH}?{SECRET}"

    def put(self, content: bytes) -> None:
        """Have the accounting program write an export, which the server recognises."""
        etag, last = f'"{hash(content)}"', format_datetime(self.written, usegmt=True)
        answer = says(200, content, ETag=etag, Last_Modified=last)
        self.server.serve(self.asked, if_changed(etag, answer))


@pytest.fixture
def remote(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    """The example shop, its export on a server on this machine, which the object allows."""
    monkeypatch.setenv("EXPORT_QUERY", SECRET)
    with web_server() as server:
        asked_for = '{ query = { env = "EXPORT_QUERY" }, allow_private = true }'
        table = f'path = "{server.url}{PATH}"\nserver = {asked_for}'
        home.edit_object('path = "TSGoods.trs"', table)
        content = home.export.read_bytes()
        home.export.unlink()
        written = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
        here = Remote(home, server, content, written)
        here.put(content)
        yield here


LOOKS = (
    ("object", "check"),
    ("doctor",),
    ("fields", "list"),
    ("fields", "values", "Color"),
    ("update",),
    ("update", "--group", "Взуття"),
    ("why", "26925"),
    ("goods", "list"),
    ("photos", "check"),
)


@pytest.mark.parametrize("command", LOOKS, ids=" ".join)
def test_commands_that_look_fetch_the_export_once(command: tuple[str, ...], remote: Remote) -> None:
    """Each asks the server once, whatever it reads, and shows neither the secret nor where the copy is."""
    ran = remote.home.run(*command)
    assert ran.code in (0, 8), ran.err
    assert remote.server.times(remote.asked) == 1
    shown = ran.out + ran.err
    assert SECRET not in shown
    assert "fetched/" not in shown


def test_a_shop_is_synchronised_from_a_server(remote: Remote) -> None:
    """What did not change is not fetched again, and nothing is sent for it; another price is."""
    ran = remote.home.sync()
    assert ran.code == 0, ran.out + ran.err
    assert ran.json["export"]["path"] == remote.address
    assert remote.home.writes()
    writes = len(remote.home.writes())
    assert remote.home.sync().code == 0
    assert len(remote.home.writes()) == writes
    before = len(remote.server.asked)
    text = row_edited("26925", ";749;0;749;", ";729;0;729;")(remote.content.decode("utf-8-sig"))
    remote.put(b"\xef\xbb\xbf" + text.encode())
    assert remote.home.sync().json["counts"]["update"] == 1
    assert len(remote.server.asked) == before + 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "error: the export cannot be fetched from `{address}`: it answered 503"),
        ("uk", "помилка: не вдалося завантажити вивантаження з `{address}`: він відповів 503"),
    ],
)
def test_an_old_copy_is_not_sent_for_a_server_that_fails(language: str, words: str, remote: Remote) -> None:
    """The run is temporary and says why; orders are fetched all the same."""
    assert remote.home.sync().code == 0
    writes = len(remote.home.writes())
    remote.server.serve(remote.asked, says(503))
    ran = remote.home.run("sync", "--yes", "--lang", language)
    assert ran.code == 5
    said = " ".join(ran.err.split())
    assert words.format(address=remote.address) in said
    assert len(remote.home.writes()) == writes
    ran = remote.home.run("update", "--format", "json")
    assert (ran.code, ran.json["error"]["kind"]) == (5, "temporary")


def test_offline_uses_the_copy(remote: Remote) -> None:
    """No server is asked; without a copy that is said."""
    ran = remote.home.run("update", "--offline")
    assert ran.code == 5
    assert "was never fetched" in " ".join(ran.err.split())
    assert remote.server.asked == []
    assert remote.home.run("update").code == 0
    remote.server.serve(remote.asked, says(500))
    ran = remote.home.run("update", "--offline", "--out", str(remote.home.folder / "plan.json"))
    assert ran.code == 0
    assert "the export is the copy that was fetched last, written" in ran.err
    assert remote.server.times(remote.asked) == 1


def test_the_age_of_an_export_is_that_on_the_server(remote: Remote) -> None:
    """`status` knows it from the copy and asks no server; `doctor` shows it as well."""
    (row,) = remote.home.run("status", "--format", "json").json["objects"]
    assert row["export"] == {"path": remote.address, "written": None, "age": None}
    assert "was not fetched yet" in " ".join(remote.home.run("status").out.split())
    assert "written 3 hours ago" in remote.home.run("doctor").out
    asked = len(remote.server.asked)
    (row,) = remote.home.run("status", "--format", "json").json["objects"]
    assert datetime.fromisoformat(row["export"]["written"]) == remote.written
    assert remote.home.run("object", "list").out.count(remote.address[:40])
    assert len(remote.server.asked) == asked


def test_a_page_instead_of_the_export_is_refused(remote: Remote) -> None:
    """It is called by its address, and does not become the copy."""
    assert remote.home.run("update").code == 0
    remote.server.serve(remote.asked, says(200, b"<!DOCTYPE html><html><p>Log in</p></html>"))
    ran = remote.home.run("update")
    assert ran.code == 3
    said = " ".join(ran.err.split())
    assert f"`{remote.address}` is a web page, not an export" in said
    assert remote.home.run("update", "--offline").code == 0


def test_mistakes_in_rows_name_the_file(remote: Remote) -> None:
    """An export that was written badly is refused with its address."""
    remote.put(remote.content[: len(remote.content) // 2].rsplit(b";", 3)[0])
    ran = remote.home.run("update")
    assert ran.code == 3
    assert remote.address in " ".join(ran.err.split())
    assert "fetched/" not in ran.err


def test_nothing_secret_is_written_anywhere(remote: Remote) -> None:
    """Neither into the state, logs, plans and notes, nor into a recording."""
    assert remote.home.run("sync", "--yes", "--record", str(remote.home.folder / "r.jsonl")).code == 0
    remote.server.serve(remote.asked, says(503))
    assert remote.home.run("-vv", "sync", "--yes").code == 5
    assert SECRET.encode() not in remote.home.everything_written()


def test_an_address_without_leave_is_refused(remote: Remote) -> None:
    """Without encryption it is a mistake, with it the command that allows it is printed, and works."""
    remote.home.edit_object(", allow_private = true", "")
    assert "`http://` is not encrypted" in remote.home.run("update").err
    remote.home.edit_object('path = "http', 'path = "https')
    for command in (("object", "check"), ("update",)):
        ran = remote.home.run(*command)
        assert ran.code == 3
        assert "catalog.server.allow_private=true" in "".join((ran.out + ran.err).split())
    assert remote.server.asked == []
    allow = ("--set", "catalog.server.allow_private=true", "--export", remote.address)
    assert remote.home.run("object", "edit", "My Prom", *allow).code == 0
    assert remote.home.run("update").code == 0


def test_an_export_moves_to_a_folder_and_back(remote: Remote) -> None:
    """What the server asked for goes with it."""
    remote.home.export.write_bytes(remote.content)
    ran = remote.home.run("object", "edit", "My Prom", "--export", str(remote.home.export))
    assert ran.code == 0, ran.err
    assert "catalog.server.query.env" in ran.err
    assert "server" not in remote.home.object.read_text("utf-8")
    ran = remote.home.run(
        *("object", "edit", "My Prom", "--export", remote.address.replace("http", "https")),
        *("--export-user", "torgsoft", "--export-password", "g3heim"),
    )
    text = remote.home.object.read_text("utf-8")
    assert 'user = "torgsoft"' in text
    assert "g3heim" not in text + ran.err
    assert (remote.home.folder / "secrets" / "my-prom.export").read_text() == "g3heim\n"


def test_an_object_is_made_with_an_address(bare: Home) -> None:
    """Without a terminal; its password is kept as its token is, and the check says where the export is."""
    given = ("--export", "sftp://torgsoft@127.0.0.1:1/TSGoods.trs", "--export-password", "g3heim")
    ran = bare.run("object", "add", "Other", *given, "--api-key", "full", "--no-fetch-payments", "--yes")
    assert ran.code == 3
    said = " ".join(ran.out.split())
    assert "it is this computer, or one of a private network" in said
    assert (bare.folder / "secrets" / "other.export").read_text() == "g3heim\n"
    for text in (ran.out + ran.err, (bare.folder / "objects" / "other.toml").read_text("utf-8")):
        assert "g3heim" not in text
    assert bare.run("object", "remove", "Other", "--yes").code == 0
    assert not (bare.folder / "secrets" / "other.export").exists()
    bad = ("--export", "sftp://torgsoft:g3heim@shop.example/TSGoods.trs")
    ran = bare.run("object", "add", "Third", *bad, "--api-key", "full", "--yes")
    assert (ran.code, "g3heim" in ran.out + ran.err) == (3, False)


def test_a_removed_object_leaves_no_copy(remote: Remote) -> None:
    """The copies are of no use to any other."""
    assert remote.home.run("update").code == 0
    copies = remote.home.folder / "fetched"
    assert any(copies.rglob("TSGoods.trs"))
    assert copies.stat().st_mode & 0o777 == 0o700
    assert remote.home.run("object", "remove", "My Prom", "--yes").code == 0
    assert not any(copies.rglob("TSGoods.trs"))


def test_a_completion_asks_no_server(remote: Remote) -> None:
    """It reads the copy where there is one."""
    from torgsync.jobs.completion import Completion

    words = Completion(remote.home.folder, None)
    assert remote.home.run("update").code == 0
    asked = len(remote.server.asked)
    assert "RetailPrice" in words.columns("")
    assert len(remote.server.asked) == asked


CLIENTS = (
    "Олена Коваль;olena@example.com;0501234567;5;;C-17;;;;;;;10.50;0\r\n"
    "Іван Бондар;ivan@example.com;0671234567;5;;C-18;;;;;;;10.50;0\r\n"
)


def test_clients_come_from_a_server_too(remote: Remote) -> None:
    """A person who was forgotten does not stay in a copy; a server that fails does not stop orders."""
    table = f'[clients]\npath = "{remote.server.url}/TSClients.trs"\nserver = {{ allow_private = true }}'
    remote.home.edit_object("[clients]", table)
    remote.server.serve("/TSClients.trs", says(200, CLIENTS.encode("cp1251")))
    ran = remote.home.run("clients", "import")
    assert ran.code == 0, ran.err
    assert "2 clients in `TSClients.trs`" in ran.err
    assert any((remote.home.folder / "fetched").rglob("TSClients.trs"))
    ran = remote.home.run("clients", "forget", "0501234567", "--yes")
    assert ran.code == 0, ran.err
    assert not any((remote.home.folder / "fetched").rglob("TSClients.trs"))
    remote.server.serve("/TSClients.trs", says(500))
    ran = remote.home.run("sync", "--yes")
    assert "the clients cannot be fetched from" in " ".join(ran.out.split())
    assert remote.home.run("clients", "import").code == 5


@pytest.mark.slow
def test_a_call_that_is_killed_while_it_fetches_leaves_nothing(remote: Remote) -> None:
    """The copy stays the one before, and the next call fetches the new one."""
    assert remote.home.run("update").code == 0
    begun = []

    def stalls(_asked: Asked) -> Iterable[bytes]:
        yield f"HTTP/1.1 200 OK\r\nContent-Length: {len(remote.content)}\r\n\r\n".encode()
        yield remote.content[: len(remote.content) // 2]
        begun.append(True)
        while not remote.server.ended.is_set():
            sleep(0.02)
            yield b""

    remote.server.serve(remote.asked, stalls)
    process = remote.home.start("update")
    while not begun:
        assert process.poll() is None
        sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    copies = remote.home.folder / "fetched" / "my-prom"
    (copy,) = copies.rglob("TSGoods.trs")
    assert copy.read_bytes() == remote.content
    remote.put(remote.content + b"")
    assert remote.home.run("update").code == 0
    assert json.loads((copy.parents[1] / "copy.json").read_text())["size"] == len(remote.content)


def test_a_lost_copy_does_no_harm(remote: Remote) -> None:
    """The folder of copies may be deleted at any time."""
    assert remote.home.run("update").code == 0
    shutil.rmtree(remote.home.folder / "fetched")
    assert remote.home.run("update").code == 0
