"""Photos on their way to Prom: what could not be fetched is reported by good and sent again."""

from __future__ import annotations

from homes import Home


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
    assert said["26902"] == "Prom.ua could not fetch 2 of 2 photos"
    assert "26902: " not in unfetched(home)["26902"]
    assert "Prom.ua could not fetch 2 photos" in unfetched(home)["26902"]
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
    (filled.shop / "photos" / "26925.jpg").write_bytes(b"another one")
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
