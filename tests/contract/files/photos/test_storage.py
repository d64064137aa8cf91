"""Where photos are published: a folder and three kinds of servers keep the same promises."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import EXAMPLE
from matrix import sampled
from pictures import picture
from servers import PASSWORD, USER, ftp_server
from storages import KINDS, SERVERS, Storage

from torgsync.errors import Temporary, TorgsyncError
from torgsync.files.config.objects import load_object
from torgsync.files.photos.storage import PhotoStorage, StorageAccess, place_of

NAME = "0123456789abcdef0123456789abcdef.jpg"
WRONG = "wr0ng-invented"
ENDINGS = (
    "Connection refused",  # at the second attempt of a back end
    "Connection reset by peer",
    "it closed the connection without an answer",
)
HINT = "under `[catalog.photos]`"


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """One place of each kind, whose server runs for all tests."""
    storage = Storage(request.param, tmp_path_factory.mktemp(request.param))
    storage.start()
    yield storage
    storage.stop()


@pytest.fixture
def place(kind: Storage, tmp_path: Path) -> Storage:
    """A folder of the test's own in it, which is not there yet; its name has blanks and Cyrillic letters."""
    kind.prefix = f"{tmp_path.name}/фото товарів/для Prom"
    return kind


@pytest.fixture
def dying(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """A server that is killed while it receives the first file."""
    storage = Storage(request.param, tmp_path / "served")
    storage.start("die 1")
    yield storage
    storage.stop()


def connect(place: Storage, folder: Path, given: str = '{ file = "secret" }') -> PhotoStorage:
    """Return the place as the program uses it, by a sync object in `folder`."""
    folder.mkdir(exist_ok=True)
    (folder / "secret").write_text(f"{PASSWORD}\n", "utf-8")
    path = folder / "shop.toml"
    path.write_text(place.describe((EXAMPLE / "my-prom.toml").read_text("utf-8"), given), "utf-8")
    return PhotoStorage.of_object(load_object(path))


@pytest.fixture
def storage(place: Storage, tmp_path: Path) -> Iterator[PhotoStorage]:
    """It, connected."""
    connected = connect(place, tmp_path / "object")
    yield connected
    connected.close()


def write_to(place: Storage, folder: Path, given: str = '{ file = "secret" }') -> None:
    """Connect and write one picture."""
    storage = connect(place, folder, given)
    try:
        storage.write(NAME, b"a picture")
    finally:
        storage.close()


@pytest.mark.parametrize("content", [b"", picture(), os.urandom(3_000_000)], ids=["empty", "small", "large"])
def test_a_picture_is_there_whole(storage: PhotoStorage, place: Storage, content: bytes) -> None:
    """Under its own name and no other; the folders above it are made."""
    storage.write(NAME, content)
    assert place.files() == {NAME: content}


def test_a_picture_is_replaced(storage: PhotoStorage, place: Storage) -> None:
    """As often as it is written, over one connection."""
    for content in (b"long before", b"before", b"now, and longer"):
        storage.write(NAME, content)
    storage.write(f"f{NAME[1:]}", b"another")
    assert place.files() == {NAME: b"now, and longer", f"f{NAME[1:]}": b"another"}


def test_a_picture_is_removed_once(storage: PhotoStorage, place: Storage) -> None:
    """The second attempt finds none."""
    storage.write(NAME, b"a picture")
    assert [storage.remove(NAME) for _ in range(2)] == [True, False]
    assert place.files() == {}


def test_nothing_is_removed_from_a_folder_that_is_not_there(storage: PhotoStorage) -> None:
    """There was no picture, which is no error."""
    assert storage.remove(NAME) is False


def test_anybody_may_read_pictures(storage: PhotoStorage, place: Storage) -> None:
    """The web server is another user: whatever the umask, files are 0644 and new folders 0755."""
    before = os.umask(0o077)
    try:
        storage.write(NAME, b"a picture")
    finally:
        os.umask(before)
    path = place.root / place.prefix / NAME
    if place.kind in ("folder", "sftp"):
        made = (path, path.parent, path.parent.parent)
        assert [one.stat().st_mode & 0o777 for one in made] == [0o644, 0o755, 0o755]


@pytest.mark.parametrize(("ending", "expected"), [("jpg", "image/jpeg"), ("png", "image/png")])
def test_a_bucket_knows_the_type(place: Storage, storage: PhotoStorage, ending: str, expected: str) -> None:
    """Prom.ua sees it in the answer; a web server finds it by the name."""
    if place.kind == "s3":
        storage.write(f"a.{ending}", b"a picture")
        assert place.bucket().Object(f"{place.prefix}/a.{ending}").content_type == expected


def test_the_password_comes_from_the_environment(
    place: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from a file."""
    monkeypatch.setenv("PHOTOS_PASSWORD", PASSWORD)
    write_to(place, tmp_path, '{ env = "PHOTOS_PASSWORD" }')
    assert place.files() == {NAME: b"a picture"}


def test_two_connections_make_one_folder(place: Storage, tmp_path: Path) -> None:
    """Neither is in the way of the other."""
    one, other = (connect(place, tmp_path) for _ in range(2))
    one.write(NAME, b"one")
    other.write(f"f{NAME[1:]}", b"other")
    for storage in (one, other):
        storage.close()
    assert len(place.files()) == 2


def test_the_label_has_no_password(place: Storage, tmp_path: Path) -> None:
    """It is what is said and remembered."""
    path = tmp_path / "shop.toml"
    text = place.describe((EXAMPLE / "my-prom.toml").read_text("utf-8"), '{ env = "X" }')
    text = re.sub(r"publish_(user|password) = .*\n", "", text)
    path.write_text(text.replace("://127", f"://me:{PASSWORD}@127"), "utf-8")
    assert PASSWORD not in place_of(load_object(path))


def test_a_bucket_of_another_service_is_another_place(tmp_path: Path) -> None:
    """What was put into one is not in the other."""
    path, labels = tmp_path / "shop.toml", []
    for port in (1, 2):
        place = Storage("s3", tmp_path / "served")
        place.port = port
        path.write_text(
            place.describe((EXAMPLE / "my-prom.toml").read_text("utf-8"), '{ env = "X" }'), "utf-8"
        )
        labels.append(place_of(load_object(path)))
    assert labels == [f"s3://shop/photos (http://127.0.0.1:{port})" for port in (1, 2)]


def refused(place: Storage, folder: Path, given: str = '{ file = "secret" }') -> Temporary:
    """Return the error of a place that cannot be used: it may be tried again, and names the way on."""
    with pytest.raises(Temporary, match="photos cannot be published on") as caught:
        write_to(place, folder, given)
    error = caught.value
    assert error.__cause__ is None
    assert place.place in error.message
    assert HINT in str(error.hint)
    assert PASSWORD not in f"{error.message} {error.hint}"
    assert not error.message.endswith(": ")
    return error


@pytest.mark.parametrize("place_kind", SERVERS)
def test_a_wrong_password(place_kind: str, tmp_path: Path) -> None:
    """It is not repeated."""
    place = Storage(place_kind, tmp_path / "served")
    place.start()
    try:
        if place_kind == "s3":  # from now on it looks at keys
            place.check_keys()
        (tmp_path / "wrong").write_text(WRONG)
        error = refused(place, tmp_path, '{ file = "wrong" }')
        assert WRONG not in f"{error.message} {error.hint}"
        assert ": it " in error.message
        assert "`publish_password`" in str(error.hint)
    finally:
        place.stop()


@pytest.mark.parametrize("place_kind", SERVERS)
def test_nothing_listens(place_kind: str, tmp_path: Path) -> None:
    """The server is switched off, or the port is wrong."""
    place = Storage(place_kind, tmp_path / "served")
    place.port = 1
    assert refused(place, tmp_path).message.endswith(": Connection refused")


def test_a_bucket_that_is_not_there(tmp_path: Path) -> None:
    """It is not made: its name may be mistyped."""
    place = Storage("s3", tmp_path / "served")
    place.start()
    try:
        place.bucket().delete()
        assert "bucket" in refused(place, tmp_path).message
    finally:
        place.stop()


@pytest.mark.parametrize("dying", SERVERS, indirect=True)
def test_a_server_is_killed_in_the_middle(dying: Storage, tmp_path: Path) -> None:
    """No picture has its name, and the next connection writes it."""
    assert str(refused(dying, tmp_path).message.args["why"]) in ENDINGS
    dying.wait()
    assert dying.uploads == []
    assert NAME not in (dying.files() if dying.kind != "s3" else {})
    dying.start()
    write_to(dying, tmp_path)
    assert dying.files() == {NAME: b"a picture"}


@pytest.mark.parametrize("place_kind", sampled(SERVERS, "ftp"))
def test_a_server_that_falls_silent(place_kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for without end."""
    monkeypatch.setattr("torgsync.files.places.remote.TIMEOUT", 1)
    place = Storage(place_kind, tmp_path / "served")
    place.start("hang 1")
    try:
        assert refused(place, tmp_path).message.endswith(": it did not answer in time")
    finally:
        place.stop()


@pytest.mark.parametrize("dying", SERVERS, indirect=True)
def test_a_server_that_is_gone_removes_nothing(dying: Storage, tmp_path: Path) -> None:
    """That is not the same as a picture that is not there."""
    dying.stop()
    dying.start()
    storage = connect(dying, tmp_path)
    storage.write(NAME, b"a picture")
    dying.stop()
    with pytest.raises(Temporary, match="photos cannot be published on"):
        storage.remove(NAME)
    storage.close()


def test_a_folder_whose_place_is_taken(tmp_path: Path) -> None:
    """By a file: the message names the folder."""
    place = Storage("folder", tmp_path / "served")
    (place.root / "photos").write_text("a file")
    with pytest.raises(TorgsyncError, match="cannot be used: File exists"):
        write_to(place, tmp_path / "object")


@pytest.mark.parametrize("place_kind", ["ftp", "sftp"])
def test_a_server_on_which_the_folder_cannot_be_made(place_kind: str, tmp_path: Path) -> None:
    """A file is in its way."""
    place = Storage(place_kind, tmp_path / "served")
    (place.root / "photos").write_text("a file")
    place.prefix = "photos/of items"
    place.start()
    try:
        refused(place, tmp_path)
    finally:
        place.stop()


def test_an_ftp_server_that_changes_no_rights(tmp_path: Path) -> None:
    """It knows no `SITE CHMOD`, nor lists for machines: pictures are published all the same."""
    with ftp_server(tmp_path, lacking=("SITE CHMOD", "MFMT", "MLSD", "MLST")) as server:
        access = StorageAccess(f"ftp://127.0.0.1:{server.port}/photos/of items", USER, PASSWORD)
        storage = PhotoStorage(access)
        storage.write(NAME, b"a picture")
        storage.close()
    assert (tmp_path / "photos" / "of items" / NAME).read_bytes() == b"a picture"
