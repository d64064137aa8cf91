"""What the index of photos promises: a photo belongs to the good whose id its name bears, and to no other."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Self

import pytest
import xxhash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from torgsync.core.config.settings import Catalog
from torgsync.errors import ObjectInvalid
from torgsync.files.catalog.export import open_catalog
from torgsync.files.photos import folder as photo_folder
from torgsync.files.photos.folder import PhotoFile, index_photos, read_photo

SHOP = Path(__file__).parents[4] / "examples" / "shop"


def names(folder: Path, good_id: str) -> list[str]:
    return [photo.name for photo in index_photos(folder).of(good_id)]


def put(folder: Path, *files: str) -> None:
    for name in files:
        (folder / name).write_bytes(b"x")


def test_the_plain_photo_comes_first_and_the_rest_by_number(tmp_path: Path) -> None:
    """Ten comes after two, and letters of the extension do not matter."""
    put(tmp_path, "178_10.jpg", "178_2.PNG", "178.jpg", "178_1.webp", "178_0.gif")
    assert names(tmp_path, "178") == ["178.jpg", "178_0.gif", "178_1.webp", "178_2.PNG", "178_10.jpg"]


def test_an_id_never_takes_the_photo_of_another(tmp_path: Path) -> None:
    """Neither the beginning of an id, nor its end, nor a number behind the line is the id."""
    put(
        tmp_path,
        "178.jpg",
        "178_17.jpg",
        "1782.jpg",
        "017.jpg",
        "17 (1).jpg",
        "17-1.jpg",
        "17_a.jpg",
        "17_.jpg",
    )
    assert names(tmp_path, "17") == []
    assert names(tmp_path, "178") == ["178.jpg", "178_17.jpg"]
    assert names(tmp_path, "1") == []
    assert names(tmp_path, "") == []


def test_an_id_may_look_like_an_extra_photo(tmp_path: Path) -> None:
    """A key with a line in it still finds its own photos."""
    put(tmp_path, "A_1.jpg", "a_1_2.jpg", "a_1_1.jpg")
    assert names(tmp_path, "A_1") == ["A_1.jpg", "a_1_1.jpg", "a_1_2.jpg"]


@pytest.mark.parametrize(
    "name", ["178.jpg.tmp", "178jpg", "178.txt", "178.pdf", "178.", "178_", "Thumbs.db", "178.jpg~", ".jpg"]
)
def test_other_files_are_no_photos(tmp_path: Path, name: str) -> None:
    """Half-written files and other formats are passed over."""
    put(tmp_path, name)
    assert names(tmp_path, "178") == []


@pytest.mark.parametrize("name", ["178", "178.BMP", "178.tif", "178.heic", "178.avif", "178.jfif"])
def test_a_photo_may_have_another_extension_or_none(tmp_path: Path, name: str) -> None:
    """What it is, its content says; among photos of other numbers it has its place."""
    put(tmp_path, name, f"178_2{name[3:]}", "178_1.jpg")
    assert names(tmp_path, "178") == [name, "178_1.jpg", f"178_2{name[3:]}"]


@pytest.mark.parametrize("name", ["178", "178.BMP", "178.tif", "178.heic", "178.psd"])
def test_the_source_of_a_photo_is_none_of_its_own(tmp_path: Path, name: str) -> None:
    """Next to a photo of the same number, with a usual extension, it would be shown twice."""
    put(tmp_path, name, "178.JPG", f"178_1{name[3:]}", "178_1.png")
    assert names(tmp_path, "178") == ["178.JPG", "178_1.png"]
    assert set(index_photos(tmp_path).files()) == {"178.JPG", "178_1.png"}


@pytest.mark.parametrize("name", ["desktop.ini", "Thumbs.db", ".DS_Store", "README", "TSGoods.trs"])
def test_what_systems_leave_in_a_folder_belongs_to_no_item(tmp_path: Path, name: str) -> None:
    """It is never opened, and no item has a name without digits and extension."""
    put(tmp_path, name)
    assert index_photos(tmp_path).files() == {}


def test_a_folder_with_a_photo_s_name_is_no_photo(tmp_path: Path) -> None:
    """Only files are."""
    (tmp_path / "178.jpg").mkdir()
    assert names(tmp_path, "178") == []


def test_two_files_of_one_number_have_a_steady_order(tmp_path: Path) -> None:
    """By extension, then by name, whatever order the folder has."""
    put(tmp_path, "178.png", "178.jpg", "178.JPEG", "178_01.jpg", "178_1.jpg", "178_1.gif")
    assert names(tmp_path, "178") == [
        "178.JPEG",
        "178.jpg",
        "178.png",
        "178_1.gif",
        "178_01.jpg",
        "178_1.jpg",
    ]


def test_photos_have_a_size_and_a_time(tmp_path: Path) -> None:
    """With them a changed photo is seen without reading it."""
    path = tmp_path / "178.jpg"
    path.write_bytes(b"12345")
    os.utime(path, ns=(0, 1_700_000_000_000_000_000))
    index = index_photos(tmp_path)
    assert index.folder == tmp_path
    assert index.of("178") == (PhotoFile("178.jpg", 5, 1_700_000_000_000_000_000),)


def test_a_missing_folder_is_not_a_shop_without_photos(tmp_path: Path) -> None:
    """A drive that is not connected must not take all photos, or all goods, off the site."""
    put(tmp_path, "file")
    for missing in (tmp_path / "photos", tmp_path / "file"):
        with pytest.raises(ObjectInvalid, match="there is no folder of photos") as caught:
            index_photos(missing)
        assert caught.value.hint == "check the path, and that the folder is connected"


def test_a_folder_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own words are passed on."""

    def forbidden(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", forbidden)
    with pytest.raises(ObjectInvalid, match="cannot be read: Permission denied"):
        index_photos(tmp_path)


def test_a_photo_that_vanishes_while_the_folder_is_read_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torgsoft may be writing the folder at the same moment."""

    class Entry:
        name = "178.jpg"

        def is_file(self) -> bool:
            return True

        def stat(self) -> None:
            raise FileNotFoundError(2, "No such file")

    class Entries(list[Entry]):
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.clear()

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", lambda _: Entries([Entry()]))
        assert names(tmp_path, "178") == []


def test_a_digest_knows_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal contents have equal digests; a file that is too long for a photo is not kept in memory."""
    monkeypatch.setattr(photo_folder, "LONGEST_FILE", 3000)
    monkeypatch.setattr(photo_folder, "BLOCK", 256)
    content = bytes(range(256)) * 10
    for name, written in (("1.jpg", content), ("2.jpg", content), ("3.jpg", content * 2)):
        (tmp_path / name).write_bytes(written)
    first = read_photo(tmp_path / "1.jpg")
    assert first == read_photo(tmp_path / "2.jpg") == (content, xxhash.xxh3_64_hexdigest(content))
    assert read_photo(tmp_path / "3.jpg") == (b"", xxhash.xxh3_64_hexdigest(content * 2))


def test_an_unreadable_photo_is_refused(tmp_path: Path) -> None:
    """It was there when the folder was read."""
    with pytest.raises(ObjectInvalid, match="cannot be read"):
        read_photo(tmp_path / "178.jpg")


def test_the_example_has_photos_for_all_but_two_goods() -> None:
    """They are small, and one has its extension in capital letters."""
    trs = open_catalog(Catalog(path="TSGoods.trs"), SHOP)
    index = index_photos(SHOP / "photos")
    photos = [index.of(trs.good_id(record)) for record in trs.records()]
    assert photos.count(()) == 2
    assert all(photo.size <= 6000 for good in photos for photo in good)
    assert any(photo.name.endswith(".JPG") for good in photos for photo in good)
    assert max(map(len, photos)) == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    files=st.sets(st.from_regex(r"[1-3]{1,3}(_[0-9]{1,2}){0,2}\.(jpg|PNG|txt)", fullmatch=True), max_size=12),
    good_id=st.from_regex(r"[1-3]{1,3}", fullmatch=True),
)
def test_the_rule_of_names_is_the_reference_s(
    tmp_path_factory: pytest.TempPathFactory, files: set[str], good_id: str
) -> None:
    """A photo is a good's if and only if its name is `<id>(_<number>).<extension>`."""
    folder = tmp_path_factory.mktemp("photos")
    put(folder, *files)
    rule = re.compile(rf"{good_id}(_\d+)?\.(jpe?g|png|gif|webp)", re.IGNORECASE)
    assert set(names(folder, good_id)) == {name for name in files if rule.fullmatch(name)}
