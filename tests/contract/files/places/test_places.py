"""Places for files, a folder and three kinds of servers, keep the same promises."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from errno import EACCES
from functools import partial
from pathlib import Path

import pytest
from servers import PASSWORD, FtpPlace, ftp_server
from sftp import sftp_server

from torgsync.core.config.storages import without_password
from torgsync.errors import Temporary, TorgsyncError
from torgsync.files.orders.outbox import open_outbox
from torgsync.files.places.folder import FolderPlace
from torgsync.files.places.place import HIDDEN, UNFINISHED, FilePlace, is_address, same_place
from torgsync.files.places.remote import PlaceWords, RemotePlace
from torgsync.i18n import _

FILE = "order-1.json"
WRONG = "wr0ng-invented"
WORDS = PlaceWords(
    _("`{place}` cannot be used: {why}"), _("it needs a library"), _("look at it"), _("check the user")
)


def names(outbox: FilePlace) -> set[str] | None:
    """The names of all files."""
    found = outbox.names()
    return None if found is None else set(found)


def write(outbox: FilePlace, content: bytes = b"{}\n") -> None:
    """Put one file and publish it."""
    outbox.put(FILE, content)
    outbox.publish(FILE)


def refused(address: str, password: str = "", *, match: str) -> TorgsyncError:
    """Return the error of an outbox that cannot be opened."""
    with pytest.raises(TorgsyncError, match=match) as caught, open_outbox(address, password):
        pass
    return caught.value


@pytest.fixture(scope="module")
def ftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpPlace]:
    """An FTP server with an empty folder."""
    with ftp_server(tmp_path_factory.mktemp("ftp")) as place:
        yield place


@pytest.fixture(scope="module")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an SFTP server with an empty folder."""
    with sftp_server(tmp_path_factory.mktemp("sftp")) as url:
        yield url


@pytest.fixture(params=["folder", "ftp", "sftp", "memory"])
def outbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FilePlace]:
    """An outbox whose folder is not there yet; `work` copies instead of renaming, as S3 does."""
    if request.param == "memory":
        import fsspec

        yield RemotePlace(fsspec.filesystem("memory"), f"/{tmp_path.name}", "memory", (), WORDS)
        return
    place: Path | str = tmp_path / "in" / "orders"
    if request.param == "ftp":
        place = f"{request.getfixturevalue('ftp').url}{tmp_path.name}/orders"
    elif request.param == "sftp":
        place = f"{request.getfixturevalue('sftp')}{tmp_path.name}"
    with open_outbox(place, PASSWORD) as opened:
        yield opened


def test_a_file_is_there_whole_or_not_at_all(outbox: FilePlace) -> None:
    """First under a name that Torgsoft does not look for, then under its own; nothing else is left."""
    assert names(outbox) is None
    outbox.put(FILE, b"{}\n")
    outbox.make_durable()
    assert names(outbox) == {f"{FILE}{UNFINISHED}"}
    outbox.publish(FILE)
    outbox.make_durable()
    assert names(outbox) == {FILE}


def test_a_second_file_of_one_name_takes_its_place(outbox: FilePlace) -> None:
    """Written again on purpose, also under its temporary name."""
    for content in (b"old", b"older", b"new"):
        outbox.put(FILE, content)
    outbox.publish(FILE)
    write(outbox, b"newer")
    assert (names(outbox), outbox.read(FILE)) == ({FILE}, b"newer")


def test_a_file_is_taken_back_once(outbox: FilePlace) -> None:
    """The second attempt finds none."""
    write(outbox)
    assert [outbox.remove(FILE) for _ in range(2)] == [True, False]
    assert not names(outbox)


def test_a_file_is_hidden_once_and_restored(outbox: FilePlace) -> None:
    """The first to rename it has it; files are listed with their bytes, and can be read."""
    write(outbox)
    assert (outbox.sizes(), outbox.read(FILE)) == ({FILE: 3}, b"{}\n")
    assert [outbox.hide(FILE) for _ in range(2)] == [True, False]
    assert (names(outbox), outbox.read(FILE)) == ({f"{FILE}{HIDDEN}"}, None)
    outbox.unhide(FILE)
    assert (outbox.sizes(), outbox.read(FILE)) == ({FILE: 3}, b"{}\n")


def test_a_folder_that_could_not_be_made_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Because a file is in the way, or because the folder above is write-protected."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TorgsyncError, match="cannot be used: Not a directory"):
        FolderPlace(tmp_path / "file" / "in").try_making()
    place = FolderPlace(tmp_path / "in" / "orders")
    place.try_making()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

    def refuse(*_path: object) -> None:
        raise PermissionError(EACCES, "Permission denied")

    monkeypatch.setattr("os.mkdir", refuse)
    with pytest.raises(TorgsyncError, match="cannot be used: Permission denied"):
        place.try_making()


def test_a_share_on_other_disk_from_the_home(outbox: FilePlace, tmp_path: Path) -> None:
    """A folder on the disk of the home does not; a server always does."""
    outbox.put(FILE, b"{}\n")
    assert outbox.on_other_disk(tmp_path) is not isinstance(outbox, FolderPlace)


def test_a_share_that_goes_away_took_nothing(tmp_path: Path) -> None:
    """A file that cannot be hidden because its folder is gone was not taken."""
    folder = FolderPlace(tmp_path / "share")
    with pytest.raises(TorgsyncError, match="cannot be used: No such file"):
        folder.hide(FILE)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ftp://u:p@host/in", "ftp://u@host/in/", True),
        ("ftp://host/in", "ftp://host/out", False),
        ("/a/b", "/a/c/../b", True),
        ("/a/b", "ftp://host/a/b", False),
    ],
)
def test_one_place_has_many_names(one: str, other: str, same: bool) -> None:
    """Passwords, slashes and ways round do not make it another one; a drive of Windows is no address."""
    assert same_place(one, other) is same
    assert is_address("ftp://host/in")
    assert not any(map(is_address, ("C:\\in", "../in")))


@pytest.mark.parametrize("folder", ["bytes", ""])
def test_files_arrive_byte_by_byte(ftp: FtpPlace, folder: str) -> None:
    """The server has what was written, also where the address has no path."""
    content = '{ "Name": "Вигадана" }\r\n'.encode()
    with open_outbox(f"{ftp.url}{folder}", PASSWORD) as outbox:
        write(outbox, content)
        assert (ftp.folder / folder / FILE).read_bytes() == content
        assert FILE in (outbox.names() or ())
        assert outbox.remove(FILE)


def test_a_store_without_folders_has_none_missing() -> None:
    """An empty bucket is an empty outbox; one that is not there took nothing."""
    import fsspec

    class Bucket(fsspec.get_filesystem_class("memory")):  # type: ignore[misc]  # fsspec has no types
        protocol = "s3"
        store: dict[str, object] = {}  # noqa: RUF012  # fsspec's own way
        pseudo_dirs = [""]  # noqa: RUF012  # likewise

    bucket = Bucket()
    outbox = RemotePlace(bucket, "/bucket/orders", "s3://bucket/orders", (), WORDS)
    assert names(outbox) is None
    bucket.mkdir("/bucket")
    assert names(outbox) == set()
    write(outbox)
    assert names(outbox) == {FILE}
    outbox.close()


@pytest.mark.parametrize("address", ["ftp://torgsoft:{}@127.0.0.1:{}/", "ftp://torgsoft@127.0.0.1:{1}/"])
def test_a_refused_login_is_reported_without_the_password(ftp: FtpPlace, address: str) -> None:
    """It may be tried again; no message holds what was typed as a password."""
    error = refused(address.format(WRONG, ftp.port), WRONG, match=r"refuses the user or the password \(530\)")
    assert isinstance(error, Temporary)
    assert WRONG not in f"{error.message} {error.hint}"
    assert "`outbox_password`, under `[orders]`" in str(error.hint)


def test_a_server_that_cannot_be_used_may_be_tried_again(sftp: str) -> None:
    """Nothing listens, or SFTP, whose errors are of a family of their own, refuses the password."""
    for address, why in (
        (sftp, "cannot be used: it does not accept this password"),
        ("ftp://me@127.0.0.1:1/", "ftp://me@127"),
    ):
        assert isinstance(refused(address, WRONG, match=why), Temporary)


def test_a_server_that_goes_away_is_reported(tmp_path: Path) -> None:
    """In the middle of the work, in each of its steps."""
    with ftp_server(tmp_path) as place, open_outbox(f"{place.url}a", PASSWORD) as outbox:
        outbox.put(FILE, b"{}")
        (tmp_path / "a" / f"{FILE}{UNFINISHED}").unlink()
        with pytest.raises(Temporary, match=r"the outbox `ftp://torgsoft@127\.0\.0\.1:.*/a` cannot"):
            outbox.publish(FILE)


def test_a_password_is_never_a_part_of_what_is_said() -> None:
    """Neither one in the address nor one that the back end repeats."""

    class Talkative:
        protocol = ("ftp",)

        def ls(self, path: str, *, detail: bool) -> list[str]:
            raise ValueError(f"login as torgsoft:s3cret for {path} failed, {detail}")

    outbox = RemotePlace(Talkative(), "/in", "ftp://torgsoft@host/in", ("s3cret", ""), WORDS)
    with pytest.raises(Temporary, match=r"login as torgsoft:\[password\] for /in failed"):
        outbox.names()
    short = RemotePlace(Talkative(), "/in", "ftp://torgsoft@host/in", ("s", "in"), WORDS)
    with pytest.raises(Temporary, match=r"login as torgsoft:s3cret for /\[password\] failed"):
        short.names()
    assert without_password("ftp://user:s3cret@host/in") == "ftp://user@host/in"
    assert without_password("ftp://user:a:b@c@host/in") == "ftp://user@host/in"
    assert without_password("s3://bucket/in") == "s3://bucket/in"


@pytest.mark.parametrize(("address", "extra"), [("sftp://host/in", "sftp"), ("s3://bucket/in", "s3")])
def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, address: str, extra: str) -> None:
    """With the command that brings it."""
    from fsspec.registry import _registry

    for known in ("sftp", "s3"):
        monkeypatch.delitem(_registry, known, raising=False)
    for name in ("paramiko", "s3fs"):
        monkeypatch.setitem(sys.modules, name, None)
    for name in [one for one in sys.modules if one.startswith("fsspec.implementations.sftp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "torgsync.files.places.sftp", raising=False)
    assert f"[{extra}]" in (refused(address, match="needs a library").hint or "")


def test_a_folder_that_takes_no_file_is_reported(tmp_path: Path) -> None:
    """A file is in its way: each step says so, with the folder."""
    (tmp_path / "out").write_text("in the way")
    with open_outbox(str(tmp_path / "out" / "in")) as outbox:
        by_name = (outbox.read, outbox.hide, outbox.unhide, outbox.publish, outbox.remove)
        for step in (
            *(partial(method, "a") for method in by_name),
            *(outbox.names, partial(outbox.put, "a", b"")),
            *(partial(outbox.on_other_disk, tmp_path), outbox.make_durable),
        ):
            with pytest.raises(TorgsyncError, match="cannot be used: Not a directory"):
                step()


def test_a_broken_connection_is_ended_without_a_word() -> None:
    """What a library raises then is no news, and an end of file would be taken for a person's."""

    class Broken:
        protocol = "sftp"

        class client:  # noqa: N801  # as fsspec calls it
            @staticmethod
            def close() -> None:
                raise EOFError

    RemotePlace(Broken(), "/in", "sftp://host/in", (), WORDS).close()


def test_libraries_write_nothing_on_the_terminal() -> None:
    """What a library reports of a broken connection by itself is said in our words alone."""
    code = "import logging, torgsync.files.places.remote; logging.getLogger('paramiko.transport').error('x')"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
