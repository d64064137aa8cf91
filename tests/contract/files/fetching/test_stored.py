"""Exports from servers with SFTP, FTP and S3: the same promises as from web servers."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import time
from typing import Any

import paramiko
import pytest
import stamina
from builders import sync_object
from servers import PASSWORD, USER
from sftp import Served, sftp_server
from storages import BUCKET, SERVERS, Storage

from torgsync.core.reach import Reach
from torgsync.errors import ExportInvalid, Interrupted, Temporary, TorgsyncError
from torgsync.files.catalog.content import written_at
from torgsync.files.catalog.sources import export_files
from torgsync.files.config.objects import ObjectFile
from torgsync.files.fetching import fetched
from torgsync.files.places import remote
from torgsync.i18n import verbatim

EXPORT = '"GoodID";"GoodName"\r\n"17";"Капці"\r\n'.encode("cp1251") * 9000
OTHER = '"GoodID";"GoodName"\r\n"18";"Чоботи"\r\n'.encode("cp1251")
NAME = "Товари 1.trs"
LAST = 1_770_000_000


@pytest.fixture(autouse=True)
def _ways(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("EXPORT_PW", PASSWORD)
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture(params=SERVERS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """A server of each kind."""
    place = Storage(request.param, tmp_path / "served", "out")
    place.start()
    yield place
    place.stop()


def put(storage: Storage, content: bytes, written: float = LAST) -> None:
    """Put the export on a server, as Torgsoft writes it."""
    if storage.kind == "s3":
        storage.bucket().put_object(Key=f"out/{NAME}", Body=content)
        return
    folder = storage.root / "out"
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_bytes(content)
    os.utime(folder / NAME, (written, written))


def object_on(storage: Storage, home: Path, **asked_for: Any) -> ObjectFile:  # noqa: ANN401
    """Return a sync object whose export is on a server."""
    server: dict[str, Any] = {"user": USER, "password": {"env": "EXPORT_PW"}, "allow_private": True}
    address = f"{storage.kind}://127.0.0.1:{storage.port}/out/{NAME}"
    if storage.kind == "s3":
        address, server["endpoint"] = f"s3://{BUCKET}/out/{NAME}", storage.endpoint
    settings = sync_object(catalog={"path": address, "server": server | asked_for})
    return ObjectFile(home / "my-prom.toml", settings, "my-prom").at_home(home / "fetched")


def again(file: ObjectFile) -> ObjectFile:
    """Return the object for the next job."""
    assert file.copies.folder
    return file.at_home(file.copies.folder.parent)


def content(file: ObjectFile) -> bytes:
    """Return the export as it is read."""
    (path,) = export_files(file)
    assert path.name == NAME
    return path.read_bytes()


def refusal(file: ObjectFile) -> TorgsyncError:
    """Return why an export cannot be fetched."""
    with pytest.raises(TorgsyncError) as refused:
        content(file)
    shown = [str(refused.value), str(refused.value.hint)]
    assert not any(PASSWORD in text for text in shown)
    return refused.value


def test_an_export_is_fetched_once_for_each_version(storage: Storage, tmp_path: Path) -> None:
    """What did not change is not fetched; its age is that on the server."""
    put(storage, EXPORT)
    file = object_on(storage, tmp_path)
    assert content(file) == EXPORT
    written = written_at(file)
    assert written
    if storage.kind != "s3":
        assert written.timestamp() == LAST
    (copy,) = export_files(file)
    before = copy.stat().st_ino
    (copy,) = export_files(again(file))
    assert copy.stat().st_ino == before
    put(storage, OTHER, LAST + 60)
    assert content(again(file)) == OTHER


def test_a_file_that_is_not_there_is_named(storage: Storage, tmp_path: Path) -> None:
    """It is no trouble of the server, and the copy is not used for it."""
    put(storage, EXPORT)
    file = object_on(storage, tmp_path)
    assert content(file) == EXPORT
    if storage.kind == "s3":
        storage.bucket().Object(f"out/{NAME}").delete()
    else:
        (storage.root / "out" / NAME).unlink()
    refused = refusal(again(file))
    assert isinstance(refused, ExportInvalid)
    assert "there is no such file" in refused.message


def test_a_server_that_is_gone_is_temporary(storage: Storage, tmp_path: Path) -> None:
    """The copy that is kept is not used for it."""
    put(storage, EXPORT)
    file = object_on(storage, tmp_path)
    assert content(file) == EXPORT
    storage.stop()
    refused = refusal(again(file))
    assert isinstance(refused, Temporary)
    assert "Connection refused" in refused.message


def test_a_wrong_password_is_no_trouble_that_passes(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried once, and the keys to look at are named."""
    put(storage, EXPORT)
    if storage.kind == "s3":
        storage.check_keys()
    monkeypatch.setenv("EXPORT_PW", "wr0ng-invented")
    refused = refusal(object_on(storage, tmp_path))
    assert isinstance(refused, ExportInvalid)
    assert "under `[catalog.server]`" in str(refused.hint)
    if storage.kind == "ftp":
        assert storage.refused_logins == 1


def test_a_private_server_is_not_asked(storage: Storage, tmp_path: Path) -> None:
    """Unless the object allows it, and whoever runs the worker does."""
    put(storage, EXPORT)
    file = object_on(storage, tmp_path, allow_private=False)
    assert "it is this computer, or one of a private network" in refusal(file).message
    file = replace(object_on(storage, tmp_path), reach=Reach(private=False))
    assert "it is this computer" in refusal(file).message


def test_a_name_on_s3_is_checked_where_it_is_resolved(tmp_path: Path) -> None:
    """The bucket may be a part of the name."""
    server = {"endpoint": "https://localhost:1", "user": USER, "password": {"env": "EXPORT_PW"}}
    settings = sync_object(catalog={"path": "s3://bucket/TSGoods.trs", "server": server})
    file = ObjectFile(tmp_path / "x.toml", settings, "x").at_home(tmp_path / "fetched")
    assert "it is this computer" in refusal(file).message


def test_what_is_too_large_is_not_fetched(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its size is asked first."""
    monkeypatch.setattr(fetched, "MOST", 1000)
    put(storage, EXPORT)
    assert isinstance(refusal(object_on(storage, tmp_path)), ExportInvalid)


def test_a_file_that_grows_meanwhile_is_not_taken(tmp_path: Path) -> None:
    """The export is still being written: half of it is never read."""
    served = tmp_path / "served"
    served.mkdir()

    class Growing(Served):
        def open(self, path: str, flags: int, attr: Any) -> Any:  # noqa: ANN401
            with (served / NAME).open("ab") as out:
                out.write(OTHER)
            return super().open(path, flags, attr)

    (served / NAME).write_bytes(EXPORT)
    with sftp_server(served, served=Growing) as url:
        refused = refusal(at(f"{url}{NAME}", tmp_path))
    assert isinstance(refused, Temporary)
    assert "the file changed while it was fetched" in refused.message


def test_a_server_that_sends_byte_by_byte_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte is in time, the file never is."""
    served, began = tmp_path / "served", time()
    served.mkdir()

    class Slow(Served):
        def open(self, path: str, flags: int, attr: Any) -> Any:  # noqa: ANN401
            handle = super().open(path, flags, attr)
            assert isinstance(handle, paramiko.SFTPHandle)
            handle.read = lambda _offset, _length: slowly()
            return handle

    def slowly() -> bytes:
        from time import sleep

        sleep(0.05)
        return b"."

    (served / NAME).write_bytes(EXPORT)
    monkeypatch.setattr(remote, "TOTAL", 0.5)
    with sftp_server(served, served=Slow) as url:
        refused = refusal(at(f"{url}{NAME}", tmp_path))
    assert isinstance(refused, Temporary)
    assert "it did not answer in time" in refused.message
    assert time() - began < 10


def test_a_stop_ends_it_at_once(storage: Storage, tmp_path: Path) -> None:
    """It is no failure of the server, wherever it comes."""
    put(storage, EXPORT)

    def stop() -> None:
        raise Interrupted(verbatim("stopped by you"))

    file = object_on(storage, tmp_path)
    assert isinstance(refusal(file.at_home(tmp_path / "fetched", check=stop)), Interrupted)


def at(address: str, home: Path) -> ObjectFile:
    """Return a sync object whose export is at an address with a user."""
    server = {"password": {"env": "EXPORT_PW"}, "allow_private": True}
    settings = sync_object(catalog={"path": address, "server": server})
    return ObjectFile(home / "my-prom.toml", settings, "my-prom").at_home(home / "fetched")


def test_a_name_that_changes_its_address_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library resolves the name of an S3 service itself, by the same rules."""
    answers = ["93.184.215.14", "127.0.0.1"]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda _host, port, *_rest, **_more: [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))
        ],
    )
    server = {"endpoint": "http://s3.example:1", "user": USER, "password": {"env": "EXPORT_PW"}}
    settings = sync_object(catalog={"path": "s3://bucket/TSGoods.trs", "server": server})
    file = ObjectFile(tmp_path / "x.toml", settings, "x").at_home(tmp_path / "fetched")
    assert "it is this computer, or one of a private network: 127.0.0.1" in refusal(file).message
    assert answers == []
