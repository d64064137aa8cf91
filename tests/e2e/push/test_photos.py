"""Photos on their way to Prom: what could not be fetched is reported by good and sent again."""

from __future__ import annotations

from typing import Any

import pytest
from homes import Home
from pictures import named, picture


def unfetched(home: Home) -> dict[str, str]:
    """Return the messages of findings on photos that Prom could not fetch, keyed by good."""
    found = home.run("update", "--format", "json").json["findings"]
    return {one["good_id"]: one["message"] for one in found if one["code"] == "photos-unfetched"}


def images(home: Home, good_id: str) -> int:
    return len(home.sandbox.product(good_id).images)


def test_photos_go_once_more_with_the_next_import(home: Home) -> None:
    """Each good is reported until its photos arrive; no import is sent for them alone."""
    home.misbehave("photos-missing")
    first = home.sync()
    assert first.code == 0
    said = {one["good_id"]: one["message"] for one in first.json["outcomes"] if one["message"]}
    assert said["26902"] == "Prom.ua could not fetch 2 of 2 photos: the address answered with 404"
    assert "26902: " not in unfetched(home)["26902"]
    assert "could not fetch 2 photos, whose address answered with 404" in unfetched(home)["26902"]
    home.misbehave()
    home.sandbox.log.clear()
    assert (home.sync().code, home.writes(), images(home, "26902")) == (0, [], 0)
    home.next_day()
    assert home.sync().code == 0
    newest = home.sandbox.imports()[-1].settings
    assert (newest.force_update, "images_urls" in newest.updated_fields) == (True, True)
    assert images(home, "26902") == 2
    assert unfetched(home) == {}


def test_a_photo_with_the_same_name_is_read_again(filled: Home) -> None:
    """Prom compares only the address, so the import forces the update; another import does not."""
    (filled.shop / "photos" / "26925.jpg").write_bytes(named("another one"))
    filled.sync()
    assert filled.sandbox.imports()[-1].settings.force_update
    filled.edit_row("26926", "ягідний", "малиновий")
    filled.sync()
    assert not filled.sandbox.imports()[-1].settings.force_update


def test_a_draft_is_left_alone(home: Home) -> None:
    """Its photos are not sent: Prom would put it on display."""
    home.misbehave("photos-missing")
    home.sync()
    home.misbehave()
    home.edit_object("respect_display = true", "respect_display = true  # as before")
    home.sandbox.edit_product("26902", status="draft")
    home.next_day()
    ran = home.sync("--fields", "price,quantity,presence")
    assert ran.code == 0
    assert home.sandbox.product("26902").status == "draft"


def changes(home: Home) -> list[dict[str, Any]]:
    """Return the pending changes."""
    found: list[dict[str, Any]] = home.run("update", "--format", "json").json["changes"]
    return found


def broken(home: Home) -> dict[str, list[str]]:
    """Return the codes of findings about photos that are not fit, keyed by good."""
    found = home.run("update", "--format", "json").json["findings"]
    codes: dict[str, list[str]] = {}
    for one in found:
        if one["code"] in ("photo-broken", "photo-unfit"):
            codes.setdefault(one["good_id"], []).append(one["code"])
    return codes


def test_a_photo_that_is_no_picture_any_more(filled: Home) -> None:
    """The photo on Prom stays, at every look, until there is a picture again; others of its item go."""
    photo, other = (filled.shop / "photos" / name for name in ("26925.jpg", "26925_1.jpg"))
    before = photo.read_bytes()
    photo.write_bytes(before[: len(before) // 2])
    for _ in range(2):
        assert broken(filled) == {"26925": ["photo-broken"]}
        assert changes(filled) == []
    shown = filled.run("update").out
    assert "`26925.jpg` is cut off or damaged" in shown
    assert "`26925.jpg` is cut off or damaged" in filled.run("why", "26925").out
    other.write_bytes(named("other"))
    (change,) = changes(filled)
    kept, added = change["fields"]["photos"]["new"]
    assert kept in change["fields"]["photos"]["old"]
    assert "26925_1.jpg" in added["url"]
    photo.write_bytes(named("mended"))
    other.unlink()
    (change,) = changes(filled)
    assert broken(filled) == {}
    assert change["fields"]["photos"]["new"] != change["fields"]["photos"]["old"]


def test_a_text_is_no_photo(home: Home) -> None:
    """An item that never had another is without photos, also for the filter."""
    for photo in (home.shop / "photos").glob("26902*"):
        photo.write_text("not here yet")
    home.run("object", "edit", "My Prom", "--set", "accounting_centers.only_with_photos=true")
    home.sync()
    assert broken(home)["26902"] == ["photo-broken"] * 2
    assert home.sandbox.products()
    assert all(product.external_id != "26902" for product in home.sandbox.products())
    assert "`26902.jpg` is not a picture" in home.run("why", "26902").out
    out = "37 items go to Prom.ua; 3 stay out: 2 – without photos"
    for state in (home.folder / "state.db", None):  # as a run saw them, and as they begin
        shown = " ".join(home.run("object", "check").out.split())
        assert out in shown, shown
        if state:
            state.unlink()


def test_items_that_lose_their_only_photo(filled: Home) -> None:
    """They are listed as without photos, although their removal is a change; a held one is still there."""
    edit = ("object", "edit", "My Prom", "--set", "accounting_centers.only_with_photos=true")
    filled.run(*edit, "--set", "limits.removals=1%")
    assert "1 of them is still on Prom.ua" in filled.run("update", "--show", "skipped").out
    for number in range(26902, 26908):
        for photo in (filled.shop / "photos").glob(f"{number}*"):
            photo.unlink()
    shown = filled.run("update", "--show", "skipped").out
    assert "7 of them are still on Prom.ua: taking them down is among the changes" in shown
    assert "to be taken down" in filled.run("why", "26902").out
    for only in ("only_with_photos", "only_in_stock", "respect_display"):
        filled.run("object", "edit", "My Prom", "--set", f"accounting_centers.{only}=false")
    assert "no item is skipped" in filled.run("update", "--show", "skipped").out


def test_photos_of_other_kinds(filled: Home) -> None:
    """A picture of any type goes, whatever its name ends with; what cannot be read is reported."""
    photo = filled.shop / "photos" / "26925.jpg"
    photo.unlink()
    photo.with_name("26925").write_bytes(picture("TIFF"))
    assert broken(filled) == {"26925": ["photo-unfit"]}
    (change,) = changes(filled)
    assert "/26925" in change["fields"]["photos"]["new"][0]["url"]
    photo.with_name("26925").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    assert broken(filled) == {"26925": ["photo-broken"]}
    photo.with_name("26925").rename(photo.with_name("26925.heic"))
    assert broken(filled) == {"26925": ["photo-broken"]}


def test_an_extra_photo_that_cannot_be_read_holds_nothing_back(filled: Home) -> None:
    """A file that was no photo before must not keep the others from being sent."""
    photos = filled.shop / "photos"
    (photos / "26925_9.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    (photos / "26925.jpg").write_bytes(named("another"))
    assert broken(filled) == {"26925": ["photo-broken"]}
    assert [change["good_id"] for change in changes(filled)] == ["26925"]


@pytest.mark.parametrize("publishes", [False, True])
def test_a_broken_photo_is_no_change(home: Home, publishes: bool) -> None:
    """An item that went without a photo stays as it is: whatever is read again, and once its file is gone."""
    photo = home.shop / "photos" / "26903.jpg"
    photo.write_text("not here yet")
    if publishes:
        home.run("object", "edit", "My Prom", "--photos-publish", str(home.folder / "public"))
    assert home.sync().code in (0, 5)
    home.next_day()
    home.sync()
    home.run("object", "edit", "My Prom", "--set", "catalog.photos.smallest=201")
    assert broken(home) == {"26903": ["photo-broken"]}
    for _ in range(2):
        assert changes(home) == []
        explained = home.run("why", "26903", "--format", "json").json["good"]
        assert explained["change"] is None
        (reason,) = (one for one in explained["row"]["filters"] if one["filter"] == "no-photos")
        assert reason["message"].startswith("0 photos")
        if photo.exists():
            photo.unlink()
    photo.write_bytes(named("at last"))
    assert [one["good_id"] for one in changes(home)] == ["26903"]


def test_a_file_without_a_content(filled: Home) -> None:
    """It is reported for its item too, keeps its photo on Prom and stops nothing else."""
    photos = filled.shop / "photos"
    for name in ("26901.jpg", "26902.jpg", "26903_7.jpg"):
        (photos / name).unlink(missing_ok=True)
    (photos / "26901.jpg").touch()
    (photos / "26902.jpg").symlink_to("26902.jpg")
    (photos / "26903_7.jpg").symlink_to("26903_7.jpg")
    (photos / "26925.jpg").write_bytes(named("other"))
    found = filled.run("update", "--format", "json").json
    assert [one["good_id"] for one in found["changes"]] == ["26925"]
    unread = [one["message"] for one in found["findings"] if one["code"] == "photos-unread"]
    assert unread == [
        "1 photo is an empty file, `26901.jpg`; it is not sent",
        "2 photos cannot be read, for example `26902.jpg` (Too many levels of symbolic links); none is sent",
    ]
    for good_id, said in (("26901", "is an empty file, `26901.jpg`"), ("26903", "`26903_7.jpg` (Too many")):
        assert said in " ".join(filled.run("why", good_id).out.split())
        checked = filled.run("photos", "check", good_id, "--format", "json")
        spoilt = [one for one in checked.json["items"][0]["photos"] if one["flaws"]]
        assert (checked.code, [(one["flaws"], one["address"]) for one in spoilt]) == (
            8,
            [(["unreadable"], None)],
        )
    shown = filled.run("why", "26901", "--format", "json").json["good"]["findings"]
    assert [one["good_id"] for one in shown] == ["26901"]


def test_a_small_photo_goes_with_a_warning(filled: Home) -> None:
    """Prom may take it, and buyers see more of it than of none."""
    (filled.shop / "photos" / "26925.jpg").write_bytes(picture(sides=(90, 120)))
    assert broken(filled) == {"26925": ["photo-unfit"]}
    assert "`26925.jpg` has only 90 × 120 pixels" in filled.run("update").out
    assert len(changes(filled)) == 1
