"""Exports from web servers: fetched whole or not at all, and said why, whatever the server does."""

from __future__ import annotations

import gzip
import ssl
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import stamina
from builders import sync_object
from web_server import Answer, Asked, WebServer, if_changed, says, web_server

from torgsync.core.reach import Reach
from torgsync.errors import ExportInvalid, Interrupted, ObjectInvalid, Temporary, TorgsyncError
from torgsync.files.catalog.content import written_at
from torgsync.files.catalog.export import open_export
from torgsync.files.catalog.sources import export_files
from torgsync.files.config.objects import ObjectFile
from torgsync.files.fetching import fetched, web
from torgsync.files.places.place import PlaceUntrusted
from torgsync.files.places.reach import resolve
from torgsync.i18n import verbatim

EXPORT = '"GoodID";"GoodName"\r\n"17";"Капці"\r\n'.encode("cp1251")
OTHER = '"GoodID";"GoodName"\r\n"18";"Чоботи"\r\n'.encode("cp1251")
PATH = "/out/TSGoods.trs"
LAST = "Mon, 30 Mar 2026 06:00:00 GMT"


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
def server() -> Iterator[WebServer]:
    """A server without encryption."""
    with web_server() as served:
        yield served


def object_at(home: Path, address: str, allow_private: bool = True, **asked_for: Any) -> ObjectFile:  # noqa: ANN401
    """Return a sync object whose export is at an address."""
    server = {"allow_private": allow_private, **asked_for}
    settings = sync_object(catalog={"path": address, "server": server})
    return ObjectFile(home / "my-prom.toml", settings, "my-prom").at_home(home / "fetched")


def again(file: ObjectFile) -> ObjectFile:
    """Return the object for the next job."""
    assert file.copies.folder
    return file.at_home(file.copies.folder.parent)


def content(file: ObjectFile) -> bytes:
    """Return the export as it is read."""
    (path,) = export_files(file)
    return path.read_bytes()


def refusal(file: ObjectFile) -> TorgsyncError:
    """Return why an export cannot be fetched; nothing is left of it but what was there."""
    before = sorted(file.path.parent.rglob("*"))
    with pytest.raises(TorgsyncError) as refused:
        content(file)
    left = [path for path in file.path.parent.rglob("*") if path.is_file() and path not in before]
    assert left == []
    return refused.value


def test_an_export_is_fetched_and_read(server: WebServer, tmp_path: Path) -> None:
    """It is kept for its owner alone, and was written when the server says."""
    server.serve(PATH, says(200, EXPORT, Last_Modified=LAST))
    file = object_at(tmp_path, server.url + PATH)
    catalog = open_export(file)
    assert [catalog.good_id(record) for record in catalog.records()] == ["17"]
    assert (catalog.path.name, catalog.path.stat().st_mode & 0o777) == ("TSGoods.trs", 0o600)
    assert catalog.path.parent.stat().st_mode & 0o777 == 0o700
    assert written_at(file) == datetime(2026, 3, 30, 6, tzinfo=UTC)
    assert server.times(PATH) == 1  # however often one job reads it


def test_what_did_not_change_is_not_fetched_again(server: WebServer, tmp_path: Path) -> None:
    """The server recognises the version that is kept, and the copy of it is used."""
    server.serve(PATH, if_changed('"1"', says(200, EXPORT, ETag='"1"', Last_Modified=LAST)))
    file = object_at(tmp_path, server.url + PATH)
    assert content(file) == content(again(file)) == EXPORT
    assert server.asked[1].headers["if-modified-since"] == LAST
    server.serve(PATH, if_changed('"2"', says(200, OTHER, ETag='"2"')))
    assert content(again(file)) == OTHER


def test_a_lost_copy_is_fetched_again(server: WebServer, tmp_path: Path) -> None:
    """A version is asked for only where the copy of it is whole."""
    server.serve(PATH, if_changed('"1"', says(200, EXPORT, ETag='"1"')))
    file = object_at(tmp_path, server.url + PATH)
    (copy,) = export_files(file)
    copy.write_bytes(EXPORT[:10])
    assert content(again(file)) == EXPORT


def test_the_same_content_stays_as_old_as_it_is(server: WebServer, tmp_path: Path) -> None:
    """A server that says nothing about a version sends it each time; its copy is not younger for that."""
    server.serve(PATH, says(200, EXPORT))
    file = object_at(tmp_path, server.url + PATH)
    first = written_at(file)
    assert first
    assert written_at(again(file)) == first


def test_a_time_in_the_future_is_not_believed(server: WebServer, tmp_path: Path) -> None:
    """An export holds no sale that is yet to come."""
    server.serve(PATH, says(200, EXPORT, Last_Modified="Mon, 30 Mar 2099 06:00:00 GMT"))
    written = written_at(object_at(tmp_path, server.url + PATH))
    assert written
    assert written <= datetime.now(UTC)


def drips(asked: Asked) -> Iterable[bytes]:  # noqa: ARG001  # as answers are
    """Send byte by byte and never be late, until the client has left."""
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    yield from (b"." for _ in iter(lambda: pause(0.05), None))


def drips_head(asked: Asked) -> Iterable[bytes]:  # noqa: ARG001  # likewise
    """The same with the head."""
    yield b"HTTP/1.1 200 OK\r\n"
    yield from (b"X-A: b\r\n" for _ in iter(lambda: pause(0.05), None))


def pause(seconds: float) -> bool:
    """Wait, and return something."""
    from time import sleep

    sleep(seconds)
    return True


def silent(asked: Asked) -> Iterable[bytes]:  # noqa: ARG001  # likewise
    """Say nothing until the client has left."""
    yield from (b"" for _ in iter(lambda: pause(0.05), None))


@pytest.mark.parametrize("answer", [drips, drips_head, silent])
def test_a_slow_server_is_given_up(
    answer: Answer, server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that sends byte by byte is never late, and given up all the same; it is not asked again at once."""
    monkeypatch.setattr(web, "TIMEOUT", 0.3)
    server.serve(PATH, answer)
    began = monotonic()
    refused = refusal(object_at(tmp_path, server.url + PATH))
    assert monotonic() - began < 5
    assert isinstance(refused, Temporary)
    assert "it did not answer in time" in refused.message
    assert server.times(PATH) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (says(200, EXPORT, len(EXPORT) + 5), f"cut off: {len(EXPORT)} of {len(EXPORT) + 5} bytes came"),
        (says(200, gzip.compress(EXPORT)[:-4], Content_Encoding="gzip"), "what came packed has no end"),
        (says(200, b"no gzip at all", Content_Encoding="gzip"), "what came packed is broken"),
        (says(200, gzip.compress(EXPORT) + b"more", Content_Encoding="gzip"), "is broken"),
        (
            lambda _asked: [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nGoodID"],
            "its answer ended too early",
        ),
        (lambda _asked: [b"SSH-2.0-OpenSSH_9.2\r\n\r\n"], "its answer is not HTTP"),
        (lambda _asked: [], "it closed the connection without an answer"),
        (says(500), "it answered 500"),
        (says(503, Retry_After="1"), "it answered 503"),
        (says(429), "it answered 429"),
    ],
)
def test_trouble_that_may_pass_is_tried_again(
    answer: Answer, words: str, server: WebServer, tmp_path: Path
) -> None:
    """It ends as temporary where it does not pass; where it does, it is not reported."""
    server.serve(PATH, answer)
    refused = refusal(object_at(tmp_path, server.url + PATH))
    assert isinstance(refused, Temporary)
    assert words in refused.message
    assert server.url + PATH in refused.message
    assert server.times(PATH) == 3
    server.serve(PATH, answer, says(200, EXPORT))
    assert content(object_at(tmp_path, server.url + PATH)) == EXPORT


def test_a_copy_is_never_used_for_a_server_that_fails(server: WebServer, tmp_path: Path) -> None:
    """Old prices are not sent without a word; `offline` asks for the copy."""
    server.serve(PATH, says(200, EXPORT, ETag='"1"'))
    file = object_at(tmp_path, server.url + PATH)
    assert content(file) == EXPORT
    server.serve(PATH, says(500))
    assert isinstance(refusal(again(file)), Temporary)
    assert file.copies.folder
    assert content(file.at_home(file.copies.folder.parent, offline=True)) == EXPORT


def test_without_a_copy_nothing_is_read_offline(server: WebServer, tmp_path: Path) -> None:
    """No server is asked for it."""
    file = object_at(tmp_path, server.url + PATH).at_home(tmp_path / "fetched", offline=True)
    assert "was never fetched" in refusal(file).message
    assert server.asked == []


PAGE = b"<!DOCTYPE html><html><body><h1>Log in</h1></body></html>"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (says(401), "it refuses the user or the password (401)"),
        (says(403), "it refuses the user or the password (403)"),
        (says(404), "there is no such file"),
        (says(410), "there is no such file"),
        (says(400), "it answered 400"),
        (says(204), "it answered 204"),
        (says(304), "it answered 304"),
        (says(200, PAGE), "is a web page, not an export"),
        (says(200, b"PK\x05\x06" + b"\0" * 18), "is a packed archive (ZIP)"),
        (says(200, EXPORT, Content_Encoding="br"), "packed in a way that was not asked for (`br`)"),
        (says(200, b"", fetched.MOST + 1), "the file is larger than 512 MiB"),
        (says(302, Location=PATH), "it redirects without end"),
        (says(302, Location="http://shop.example/TSGoods.trs"), "it redirects to another server"),
        (says(302, Location="//127.0.0.1:1/TSGoods.trs"), "it redirects to another server"),
        (says(302, Location="http://user@127.0.0.1:1/"), "it redirects to another server"),
        (says(302, Location="http://[::1"), "it redirects to another server"),
        (says(302, Location="ftp://127.0.0.1/"), "it redirects to another server"),
    ],
)
def test_what_a_person_has_to_mend_is_not_tried_again(
    answer: Answer, words: str, server: WebServer, tmp_path: Path
) -> None:
    """The export is refused with its address, and the copy that is kept stays."""
    server.serve("*", says(200, EXPORT))
    file = object_at(tmp_path, server.url + PATH)
    assert content(file) == EXPORT
    server.serve("*", answer)
    refused = refusal(again(file))
    assert isinstance(refused, ExportInvalid)
    assert words in refused.message
    assert server.url + PATH in refused.message
    assert content(file) == EXPORT


def test_redirects_on_the_same_server_are_followed(server: WebServer, tmp_path: Path) -> None:
    """The name stays that of the address."""
    server.serve(PATH, says(301, Location="/b?c=d"))
    server.serve("/b?c=d", says(308, Location="e"))
    server.serve("/e", says(200, EXPORT))
    file = object_at(tmp_path, server.url + PATH)
    assert content(file) == EXPORT
    assert file.catalog_path.name == "TSGoods.trs"


def test_a_packed_answer_is_unpacked(server: WebServer, tmp_path: Path) -> None:
    """It is what the server was asked for."""
    server.serve(PATH, says(200, gzip.compress(EXPORT), Content_Encoding="gzip"))
    assert content(object_at(tmp_path, server.url + PATH)) == EXPORT
    assert server.asked[0].headers["accept-encoding"] == "gzip"


def test_a_few_bytes_cannot_fill_the_disk(
    server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is packed is measured piece by piece, what is not announced as it comes."""
    monkeypatch.setattr(fetched, "MOST", 3 * 1024 * 1024)
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    for answer in (says(200, bomb, Content_Encoding="gzip"), says(200, bytes(4 * 1024 * 1024), -1)):
        server.serve(PATH, answer)
        refused = refusal(object_at(tmp_path, server.url + PATH))
        assert isinstance(refused, ExportInvalid)
        assert "the file is larger than 3 MiB" in refused.message


SECRET = "g3heim-invented"


@pytest.mark.parametrize(
    ("asked_for", "sent", "path"),
    [
        ({"user": "torgsoft", "password": {"env": "EXPORT_PW"}}, "Basic ", PATH),
        ({"password": {"env": "EXPORT_PW"}}, f"Bearer {SECRET}", PATH),
        ({"query": {"env": "EXPORT_PW"}}, "", f"{PATH}?a=b&{SECRET}"),
    ],
)
def test_secrets_are_sent_and_never_shown(
    asked_for: dict[str, Any],
    sent: str,
    path: str,
    server: WebServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A user with a password, a token, and what is secret behind a question mark."""
    monkeypatch.setenv("EXPORT_PW", SECRET)
    address = f"{server.url}{PATH}?a=b" if "query" in asked_for else server.url + PATH
    server.serve(path, says(200, EXPORT))
    file = object_at(tmp_path, address, **asked_for)
    assert content(file) == EXPORT
    assert server.asked[0].headers.get("authorization", "").startswith(sent)
    server.serve(path, says(500))
    caplog.set_level("DEBUG")
    refused = refusal(again(file))
    kept = [one.read_bytes() for one in tmp_path.rglob("*") if one.is_file()]
    shown = [str(refused), str(refused.hint), str(refused.__context__), caplog.text, *map(str, kept)]
    assert not any(SECRET in text or "a=b" in text for text in shown)


def test_a_missing_secret_is_named(server: WebServer, tmp_path: Path) -> None:
    """Nothing is asked without it."""
    (tmp_path / "my-prom.toml").write_text("", "utf-8")
    file = object_at(tmp_path, server.url + PATH, password={"env": "NOT_SET"})
    refused = refusal(file)
    assert isinstance(refused, ObjectInvalid)
    assert refused.mistakes[0].where == "catalog.server.password"
    assert server.asked == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0177.1", "[::1]"]
)
@pytest.mark.parametrize("scheme", ["https", "sftp", "ftp"])
def test_a_private_address_is_not_asked(host: str, scheme: str, tmp_path: Path) -> None:
    """However it is written, nothing on this machine is reached unless that is allowed."""
    refused = refusal(object_at(tmp_path, f"{scheme}://{host}:1/TSGoods.trs", allow_private=False))
    assert isinstance(refused, ExportInvalid)
    assert "it is this computer, or one of a private network" in refused.message
    assert "--set catalog.server.allow_private=true" in str(refused.hint)


def test_whoever_runs_a_worker_may_forbid_private_addresses(server: WebServer, tmp_path: Path) -> None:
    """What the object allows does not count then."""
    file = replace(object_at(tmp_path, server.url + PATH), reach=Reach(private=False))
    refused = refusal(file)
    assert "it is this computer" in refused.message
    assert "--set" not in str(refused.hint)
    assert server.asked == []


def test_a_name_is_resolved_only_once(
    server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to an address that was checked, also where the name has another one by then."""
    import socket

    answers = ["93.184.215.14", "127.0.0.1"]
    found: list[str] = []

    def find(host: str, port: int, *_rest: object, **_more: object) -> list[tuple[object, ...]]:
        found.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    monkeypatch.setattr(socket, "getaddrinfo", find)
    connected: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_rest: object, **_more: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with stamina.set_testing(True, attempts=1):
        assert (
            "Connection refused"
            in refusal(
                object_at(tmp_path, f"https://rebind.example:{server.port}{PATH}", allow_private=False)
            ).message
        )
    assert found == ["rebind.example"]
    assert connected == [("93.184.215.14", server.port)]


def test_only_private_servers_may_do_without_encryption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others on the internet could change prices on the way."""
    import socket

    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: found)
    refused = refusal(object_at(tmp_path, f"http://shop.example{PATH}"))
    assert isinstance(refused, ExportInvalid)
    assert "it is on the internet (93.184.215.14), and `http://` is not encrypted" in refused.message


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that signed itself, with its key."""
    place = tmp_path_factory.mktemp("certificate") / "both.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    )
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    out = ["-keyout", str(place), "-out", str(place.with_suffix(".crt"))]
    subprocess.run([*command.split(), *names, *out], check=True, capture_output=True)
    place.write_text(place.read_text() + place.with_suffix(".crt").read_text())
    return place


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[WebServer]:
    """A server with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with web_server(context) as served:
        yield served


def test_a_certificate_that_is_not_trusted_is_named(encrypted: WebServer, tmp_path: Path) -> None:
    """Nothing is asked from a server that may be another one."""
    encrypted.serve(PATH, says(200, EXPORT))
    refused = refusal(object_at(tmp_path, encrypted.url + PATH))
    assert isinstance(refused, Temporary)
    assert "its certificate is not trusted" in refused.message
    assert encrypted.asked == []


def test_a_certificate_has_to_be_that_of_the_name(
    encrypted: WebServer, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is compared, not the address that was connected to."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    encrypted.serve(PATH, says(200, EXPORT))
    assert content(object_at(tmp_path, f"https://localhost:{encrypted.port}{PATH}")) == EXPORT
    import socket

    find = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, port, *rest, **more: find("127.0.0.1", port, *rest, **more)
    )
    refused = refusal(object_at(tmp_path, f"https://shop.example:{encrypted.port}{PATH}"))
    assert "its certificate is for another name" in refused.message


def test_a_server_that_begins_encryption_and_no_more_is_given_up(
    server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never ends the greeting."""
    monkeypatch.setattr(web, "TIMEOUT", 0.3)
    refused = refusal(object_at(tmp_path, f"https://127.0.0.1:{server.port}{PATH}"))
    assert isinstance(refused, Temporary)
    assert "it did not answer in time" in refused.message


def test_older_versions_go_once_nobody_reads_them(server: WebServer, tmp_path: Path) -> None:
    """Another process may still read the one before; what a killed process left goes as well."""
    import os

    server.serve(PATH, says(200, EXPORT), says(200, OTHER))
    file = object_at(tmp_path, server.url + PATH)
    (first,) = export_files(file)
    leaving = first.parent.parent / ".0123.tmp"
    leaving.write_bytes(b"a part")
    (second,) = export_files(again(file))
    assert first.exists()
    assert leaving.exists()
    for path in (first.parent, leaving):
        os.utime(path, (0, 0))
    export_files(again(file))
    assert [path.name for path in sorted(second.parent.parent.iterdir())] == [second.parent.name, "copy.json"]


def stop() -> None:
    """Have a person press Ctrl-C."""
    raise Interrupted(verbatim("stopped by you"))


def test_a_stop_ends_it_at_once(server: WebServer, tmp_path: Path) -> None:
    """It is no failure of the server, and the next reading of the same job fetches the file."""
    server.serve(PATH, says(200, EXPORT))
    file = object_at(tmp_path, server.url + PATH)
    stopping = file.at_home(tmp_path / "fetched", check=stop)
    for _again in range(2):
        assert isinstance(refusal(stopping), Interrupted)
    assert server.times(PATH) == 2
    assert content(file) == EXPORT


@pytest.mark.parametrize("ip", ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1"])
def test_secrets_of_a_cloud_are_out_of_reach(ip: str) -> None:
    """Also where a worker lets pushed objects fetch from its own network; whoever owns the computer may."""
    pushed = Reach(private=True, own_keys=False)
    with pytest.raises(PlaceUntrusted):
        resolve(ip, 80, pushed)
    assert resolve(ip, 80, Reach())
    assert resolve("127.0.0.1", 80, pushed)
