"""Publishing photos: each picture is put once, before the import that needs it, and nothing waits for it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from homes import Home
from pictures import SECRET, named, personal, picture

from torgsync.errors import Interrupted
from torgsync.files.photos.storage import PhotoStorage
from torgsync.i18n import verbatim


@pytest.fixture
def published(home: Home) -> Path:
    """The folder in which a home publishes its photos."""
    folder = home.folder / "public"
    ran = home.run("object", "edit", "My Prom", "--set", f"catalog.photos.publish={folder}")
    assert ran.code == 0, ran.err
    return folder


def images(home: Home, good_id: str) -> list[str]:
    """Return the addresses of a product's photos."""
    return [image.source for image in home.sandbox.product(good_id).images]


def changes(home: Home) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = home.run("update", "--format", "json").json["changes"]
    return found


def test_each_picture_is_published_once(home: Home, published: Path) -> None:
    """Its name is that of its content; a photo that did not change is neither sent nor uploaded again."""
    photos = home.shop / "photos"
    assert home.sync().code == 0
    contents = {path.read_bytes() for path in photos.iterdir()}
    names = {f"{sha256(content).hexdigest()[:32]}.jpg" for content in contents}
    assert {path.name for path in published.iterdir()} == names
    assert {path.read_bytes() for path in published.iterdir()} == contents
    assert {path.stat().st_mode & 0o777 for path in published.iterdir()} == {0o644}
    address = images(home, "26925")[0]
    assert address.rsplit("/", 1)[1] in names
    written = {path: path.stat().st_mtime_ns for path in published.iterdir()}
    photo = photos / "26925.jpg"
    photo.rename(photos / "26925_3.jpg")
    assert (home.sync().code, changes(home)) == (0, [])
    assert {path: path.stat().st_mtime_ns for path in published.iterdir()} == written


def test_a_photo_that_changes_gets_another_address(home: Home, published: Path) -> None:
    """It is prepared: turned upright, without its metadata."""
    home.sync()
    before = images(home, "26925")
    (home.shop / "photos" / "26925.jpg").write_bytes(picture(exif=personal(6)))
    assert home.sync().code == 0
    after = images(home, "26925")[0]
    assert after != before[0]
    content = (published / after.rsplit("/", 1)[1]).read_bytes()
    assert SECRET not in content
    assert home.sync().json["changes"] == []


def test_a_place_that_cannot_be_used(home: Home, published: Path) -> None:
    """Items wait for their new photos, everything else goes, and the next run makes up for it."""
    home.sync()
    other = published.with_name("other")
    other.write_text("a file")
    home.run("object", "edit", "My Prom", "--set", f"catalog.photos.publish={other}")
    (home.shop / "photos" / "26925.jpg").write_bytes(named("other"))
    home.next_day()
    ran = home.sync()
    assert ran.code == 5
    waiting = [one for one in ran.json["outcomes"] if one["state"] == "deferred"]
    assert [one["good_id"] for one in waiting] == ["26925"]
    assert waiting[0]["message"] == (
        'not sent yet: 2 photos could not be published; `torgsync photos publish -o "My Prom"` shows why'
    )
    assert len([one for one in ran.json["outcomes"] if one["state"] == "done"]) > 1
    failed = home.run("photos", "publish", "--yes")
    assert (failed.code, "were not" in failed.out) == (1, True)
    assert "cannot be used" in failed.err
    other.unlink()
    assert home.sync().code == 0
    assert len(list(other.iterdir())) == 2
    assert home.sync().json["changes"] == []


def test_a_place_that_has_lost_its_pictures(home: Home, published: Path) -> None:
    """It may be a disk that is not connected: nothing is put there until a person says so."""
    home.sync()
    there = {path.name for path in published.iterdir()}
    (home.shop / "photos" / "26925.jpg").write_bytes(named("other"))
    shutil.copy(home.shop / "photos" / "26901.jpg", home.shop / "photos" / "26930_1.jpg")
    home.edit_row("26926", "ягідний", "малиновий")
    away = published.rename(home.folder / "away")
    published.mkdir()
    checked = home.run("object", "check", "my-prom")
    assert f"none of the {len(there)} pictures that were published" in " ".join(checked.out.split())
    home.next_day()
    outcomes = home.sync().json["outcomes"]
    assert [one["good_id"] for one in outcomes if one["state"] == "deferred"] == ["26925", "26930"]
    assert ("26926", "done") in [(one["good_id"], one["state"]) for one in outcomes]
    for options in ((), ("--dry-run",), ("--yes",)):
        refused = home.run("photos", "publish", *options)
        assert (refused.code, list(published.iterdir())) == (1, [])
        assert 'torgsync photos publish -o "My Prom" --again' in refused.err
    published.rmdir()
    away.rename(published)
    assert "1 picture" in home.run("photos", "publish", "--yes").out
    home.sync()
    there = {path.name for path in published.iterdir()}
    shutil.rmtree(published)
    again = home.run("photos", "publish", "--again", "--yes", "--format", "json").json
    now = {path.name for path in published.iterdir()}
    assert (again["published"], now) == (len(there), there)
    assert "all photos are published" in home.run("photos", "publish").out


def test_what_is_published_of_an_item(home: Home, published: Path) -> None:
    """Prom takes ten photos of an item; what cannot be published is counted, and an empty folder is none."""
    photos = home.shop / "photos"
    for path in photos.iterdir():
        path.unlink()
    for number in range(12):
        (photos / f"26925_{number}.jpg").write_bytes(picture(sides=(300, 300 + number)))
    (photos / "26925_0.jpg").write_text("not here yet")
    (photos / "26902.jpg").touch()
    (photos / "of nobody.jpg").write_text("nothing")
    looked = home.run("photos", "publish", "--dry-run").out
    said = '2 photos cannot be published: torgsync photos check -o "My Prom"'
    assert said in " ".join(looked.split())
    done = home.run("photos", "publish", "--yes", "--format", "json").json
    assert (done["published"], done["unfit"]) == (10, ["26902.jpg", "26925_0.jpg"])
    assert len(list(published.iterdir())) == 10
    shown = " ".join(home.run("photos", "publish").out.split())
    assert "10 pictures are published on" in shown
    assert said in shown
    for path in photos.iterdir():
        path.unlink()
    for command in (("check",), ("publish", "--yes"), ("publish", "--dry-run")):
        refused = home.run("photos", *command)
        assert (refused.code, "there is no photo in `photos`" in refused.err) == (3, True)


def test_a_run_stopped_in_the_middle(home: Home, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was published is remembered: the next run uploads the rest."""
    written: list[str] = []
    real = PhotoStorage.write

    def write(storage: PhotoStorage, name: str, content: bytes) -> None:
        if len(written) == 20:
            raise Interrupted(verbatim("stopped by you"))
        written.append(name)
        real(storage, name, content)

    with monkeypatch.context() as patch:
        patch.setattr(PhotoStorage, "write", write)
        assert home.sync().code == 130
    there = {path.name for path in published.iterdir()}
    assert 0 < len(there) <= 20
    again: list[str] = []

    def write_again(storage: PhotoStorage, name: str, content: bytes) -> None:
        again.append(name)
        real(storage, name, content)

    monkeypatch.setattr(PhotoStorage, "write", write_again)
    assert home.sync().code in (0, 5)
    assert len(again) < len({path.read_bytes() for path in (home.shop / "photos").iterdir()})


def test_publish_by_itself(home: Home, published: Path) -> None:
    """It shows what it would do, and does it once that was decided."""
    looked = home.run("photos", "publish", "--dry-run")
    assert (looked.code, "are to be published on" in looked.out, published.exists()) == (0, True, False)
    refused = home.run("photos", "publish")
    assert (refused.code, "--yes" in refused.err) == (64, True)
    done = home.run("photos", "publish", "--yes", "--format", "json").json
    assert done["published"] == done["pending"] == len(list(published.iterdir())) > 10
    assert (done["place"], done["failed"]) == (str(published), [])
    assert "all photos are published" in home.run("photos", "publish").out


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("options", [("--dry-run",), ("--yes",), ("--yes", "--format", "json")])
def test_an_address_that_nobody_reaches(home: Home, options: tuple[str, ...]) -> None:
    """It is said once, also where everything is published already."""
    hidden = "! Prom.ua cannot fetch photos from `http://192.168.0.7/photos/`"
    assert hidden not in " ".join(home.run("photos", "publish", "--dry-run").err.split())
    home.run("object", "edit", "My Prom", "--photos-url", "http://192.168.0.7/photos/")
    for _ in range(2):
        ran = home.run("photos", "publish", *options)
        assert (ran.code, " ".join(ran.err.split()).count(hidden)) == (0, 1), ran.err


def test_an_object_that_publishes_nothing(home: Home) -> None:
    """The way on is a command."""
    ran = home.run("photos", "publish")
    assert (ran.code, "publishes no photos" in ran.err) == (3, True)
    assert "--photos-publish PLACE" in ran.err


def test_people_see_the_name_of_the_file(home: Home, published: Path) -> None:
    """A picture has the name of its content; people know the file, also after it has changed."""
    assert home.sync().code == 0
    name = images(home, "26925")[0].rsplit("/", 1)[1]
    (home.shop / "photos" / "26925.jpg").write_bytes(picture(sides=(301, 301)))
    (home.shop / "photos" / "26925_7.jpg").write_bytes(picture(sides=(302, 302)))
    looked = home.run("update")
    assert "26925.jpg changed; 26925_7.jpg added" in " ".join(looked.out.split())
    (change,) = changes(home)
    assert any(photo["url"].endswith(name) for photo in change["fields"]["photos"]["old"])
    explained = " ".join(home.run("why", "26925").out.split())
    assert "26925.jpg changed; 26925_7.jpg added" in explained
    assert home.sync().code == 0
    past = home.run("history", "2")
    assert "26925.jpg changed; 26925_7.jpg added" in " ".join(past.out.split())
    for shown in (looked.out, explained, past.out):
        assert name[:32] not in shown
    assert published.is_dir()


def test_publishing_that_is_stopped(home: Home, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person learns how far it got; before that, the check names what waits."""
    waiting = home.run("photos", "check")
    assert 'photos are not published yet: torgsync photos publish -o "My Prom"' in waiting.out
    assert "answers with" not in waiting.out
    real = PhotoStorage.write

    def write(storage: PhotoStorage, name: str, content: bytes) -> None:
        real(storage, name, content)
        if len(list(published.iterdir())) >= 5:
            raise Interrupted(verbatim("stopped by you"))

    monkeypatch.setattr(PhotoStorage, "write", write)
    ran = home.run("photos", "publish", "--yes")
    assert ran.code == 130
    assert re.search(r"hint: \d+ of \d+ pictures are published; the next run publishes the rest", ran.err)


def test_what_nothing_uses_is_removed_after_a_month(home: Home, published: Path) -> None:
    """Only what torgsync put there itself, and nothing that a run could still restore."""
    photo, foreign = home.shop / "photos" / "26925.jpg", published / "notes.txt"
    photo.write_bytes(named("first"))
    home.run("photos", "publish", "--yes")
    first = f"{sha256(named('first')).hexdigest()[:32]}.jpg"
    foreign.write_text("of the owner")
    home.run("update")
    before = home.run("photos", "clean", "--format", "json").json
    assert (before["pictures"], before["waiting"]) == ([], 0)
    photo.write_bytes(named("second"))
    home.run("update")
    looked = home.run("photos", "clean", "--yes", "--format", "json").json
    assert (looked["pictures"], looked["waiting"], looked["removed"]) == ([], 1, 0)
    with closing(sqlite3.connect(home.folder / "state.db")) as state, state:
        state.execute("UPDATE uploads SET unused_since = '2020-01-01' || substr(unused_since, 11)")
    dry = home.run("photos", "clean", "--dry-run")
    assert (dry.code, "is used by nothing" in dry.out, (published / first).exists()) == (0, True, True)
    refused = home.run("photos", "clean")
    assert (refused.code, (published / first).exists()) == (64, True)
    assert "so nothing was removed" in refused.err
    assert 'to remove it without a question: torgsync photos clean -o "My Prom" --yes' in refused.err
    away = published.rename(published.with_name("not-connected"))
    assert "is there any more" in home.run("photos", "clean", "--yes").err
    away.rename(published)
    done = home.run("photos", "clean", "--yes")
    assert (done.code, "1 picture was removed" in done.out) == (0, True)
    assert f"26925.jpg  ({first})" in done.err
    assert not (published / first).exists()
    assert foreign.exists()
    photo.write_bytes(named("first"))
    assert home.sync().code == 0
    assert (published / first).exists()
    photo.write_bytes(named("third"))
    home.next_day()
    home.sync()
    with closing(sqlite3.connect(home.folder / "state.db")) as state, state:
        state.execute("UPDATE uploads SET unused_since = '2020-01-01' || substr(at, 11)")
    kept = home.run("photos", "clean", "--dry-run", "--format", "json").json
    assert first not in kept["pictures"]


def test_the_address_of_a_changed_photo_is_marked(home: Home) -> None:
    """Without a place to publish: Prom keeps what it fetched from an address once."""
    photo = home.shop / "photos" / "26925.jpg"
    photo.write_bytes(named("first"))
    plain = changes(home)
    photo.write_bytes(named("second"))
    assert [one["fields"]["photos"]["new"][0]["url"] for one in plain if one["good_id"] == "26925"] == [
        "https://shop.example/photos/26925.jpg"
    ]
    home.sync()
    assert images(home, "26925")[0] == "https://shop.example/photos/26925.jpg"
    photo.write_bytes(named("third"))
    home.next_day()
    home.sync()
    marked = images(home, "26925")[0]
    assert marked.startswith("https://shop.example/photos/26925.jpg?v=")
    home.next_day()
    assert home.sync().json["changes"] == []
    assert images(home, "26925")[0] == marked


@pytest.mark.usefixtures("published")
def test_a_published_address_that_does_not_answer(home: Home) -> None:
    """It is said once for all, and keeps nothing back."""
    home.run("object", "edit", "My Prom", "--photos-url", home.server.url.replace("/api/v1", "/nothing/"))
    assert home.sync().code == 0
    (found,) = home.run("update", "--format", "json").json["findings"]
    assert found["code"] == "photo-unreachable"
    assert "its address answers with 404" in found["message"]
    explained = home.run("why", "26925")
    assert "published; its address answers with 404 (`http" in " ".join(explained.out.split())


@pytest.mark.usefixtures("published")
def test_another_file_at_a_published_address(home: Home) -> None:
    """What an address answered is compared with what was put there; pictures of broken files have none."""
    home.sync()
    photos = home.shop / "photos"
    (photos / "26901.jpg").write_text("not here yet")
    name = images(home, "26925")[0].rsplit("/", 1)[1]
    with closing(sqlite3.connect(home.folder / "state.db")) as state, state:
        state.execute("DELETE FROM photo_addresses")
        answers = [(f"https://shop.example/photos/{one}",) for one in (name, "26901.jpg")]
        for at, answer in zip(answers, ('[200,"image/jpeg",7]', "[404]"), strict=True):
            state.execute("INSERT INTO photo_addresses VALUES ('my-prom', ?, ?)", (*at, answer))
    found = home.run("update", "--format", "json").json["findings"]
    messages = [one["message"] for one in found if one["code"] == "photo-unreachable"]
    address = f"https://shop.example/photos/{name}"
    assert messages == [
        f"1 published photo cannot be fetched, `{address}`: another file is at its address: 7 bytes"
    ]
    (photo, *_) = home.run("why", "26925", "--format", "json").json["good"]["photos"]
    assert (photo["file"], photo["published"], photo["fault"]) == ("26925.jpg", True, "size")
    assert photo["address"] == address


def test_what_settings_do_to_a_picture(home: Home, published: Path) -> None:
    """It is mended where it may be, else it is neither published nor sent; elsewhere it goes as it is."""

    def codes() -> list[str]:
        found = home.run("update", "--format", "json").json["findings"]
        return [one["code"] for one in found if one["good_id"] == "26925"]

    home.sync()
    (home.shop / "photos" / "26925.jpg").write_bytes(picture("WEBP"))
    assert (codes(), [one["good_id"] for one in changes(home)]) == ([], ["26925"])
    home.run("object", "edit", "My Prom", "--set", "catalog.photos.convert=false")
    assert (codes(), changes(home)) == (["photo-refused"], [])
    assert "`26925.jpg` is not published: save it as JPEG" in home.run("update").out
    home.run("object", "edit", "My Prom", "--unset", "catalog.photos.publish")
    assert (codes(), [one["good_id"] for one in changes(home)]) == (["photo-unfit"], ["26925"])
    assert len(list(published.iterdir())) > 1


def test_a_saved_plan_whose_picture_was_removed(home: Home, published: Path) -> None:
    """It is compared with the folder of now: what that lacks is not sent, what it has is uploaded again."""
    home.sync()
    home.next_day()
    photo, saved = home.shop / "photos" / "26925.jpg", str(home.folder.parent / "saved.json")
    first = f"{sha256(named('first')).hexdigest()[:32]}.jpg"
    photo.write_bytes(named("first"))
    home.run("photos", "publish", "--yes")
    home.run("update", "--good", "26925", "--out", saved)
    photo.write_bytes(named("second"))
    home.run("update")
    home.run("photos", "clean")
    with closing(sqlite3.connect(home.folder / "state.db")) as state, state:
        state.execute(
            "UPDATE uploads SET unused_since = '2020-01-01' || substr(at, 11) WHERE name = ?", [first]
        )
    home.run("photos", "clean", "--yes")
    assert not (published / first).exists()
    before = images(home, "26925")
    assert home.run("sync", "--plan", saved).code == 9
    assert images(home, "26925") == before
    photo.write_bytes(named("first"))
    assert home.run("sync", "--plan", saved).code == 0
    assert (published / first).exists()
    assert any(first in address for address in images(home, "26925"))
