"""`torgsync photos check`: what a shop owner learns of the photos before buyers miss them."""

from __future__ import annotations

import csv
import socket
from io import StringIO
from typing import Any

import pytest
from homes import Home
from pictures import picture


@pytest.fixture(autouse=True)
def _no_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name has an address but those of this machine."""
    real = socket.getaddrinfo

    def resolve(host: str | None, *rest: Any) -> Any:  # noqa: ANN401  # as the system's
        if host not in ("127.0.0.1", "localhost", None):
            raise socket.gaierror(-2, "Name or service not known")
        return real(host, *rest)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def at(home: Home, url: str) -> None:
    """Have the photos at another address."""
    home.run("object", "edit", "My Prom", "--photos-url", url)


def test_photos_that_are_not_fit(home: Home) -> None:
    """Each is named with what is to be done; photos of no item are counted."""
    at(home, "http://127.0.0.1:1/photos/")
    photos = home.shop / "photos"
    (photos / "26901.jpg").write_text("not here yet")
    (photos / "26902.jpg").write_bytes(picture(sides=(90, 120)))
    (photos / "of nobody.jpg").write_bytes(picture())
    checked = home.run("photos", "check")
    assert checked.code == 8
    rows = [line.split(maxsplit=2) for line in checked.lines if line.startswith("269")]
    assert rows == [
        ["26901", "26901.jpg", "not a picture   it is not sent: put the photo there again"],
        ["26902", "26902.jpg", "JPEG 90 × 120   small"],
    ]
    assert "1 photo belongs to no item: `of nobody.jpg`" in checked.out
    assert "which is on this machine or in a private network; it was not asked" in " ".join(
        checked.out.split()
    )
    everything = home.run("photos", "check", "--show", "all").out
    assert "26925.jpg" in everything
    assert "26925.jpg" not in checked.out
    one = home.run("photos", "check", "26902", "--format", "json")
    (item,) = one.json["items"]
    assert (one.code, item["good_id"], one.json["unused"]) == (0, "26902", [])
    assert [(photo["file"], photo["flaws"], photo["status"]) for photo in item["photos"]] == [
        ("26902.jpg", ["small"], None),
        ("26902_1.jpg", [], None),
    ]
    assert one.json["not_asked"] == "http://127.0.0.1:1/photos/"


def test_addresses_that_do_not_answer(home: Home) -> None:
    """A Prom.ua for rehearsals has no photos; a name without an address is found out once."""
    at(home, home.server.url.replace("/api/v1", "/nothing/"))
    checked = home.run("photos", "check", "26925")
    assert (checked.code, "its address answers with 404" in checked.out) == (8, True)
    at(home, "ftp://photos.example/")
    checked = home.run("photos", "check", "26925")
    assert (checked.code, "only addresses with `http://` and `https://` are asked" in checked.out) == (
        0,
        True,
    )
    at(home, "https://photos.example/")
    checked = home.run("photos", "check", "26925", "--format", "csv")
    photo = next(csv.DictReader(StringIO(checked.out)))
    assert (checked.code, photo["status"], photo["fault"]) == (8, "0", "no-answer")
    assert photo["address"] == "https://photos.example/26925.jpg"
    shown = home.run("photos", "check").out
    assert "52 photos: its address does not answer, for example `https://photos.example/26901.jpg`" in shown


def test_an_object_without_photos(home: Home) -> None:
    """The way on is a command."""
    home.edit_object("[catalog.photos]", "[elsewhere]")
    text = home.object.read_text("utf-8")
    start = text.index("[elsewhere]")
    end = text.index("[", start + 1)
    home.object.write_text(text[:start] + text[end:], "utf-8")
    checked = home.run("photos", "check")
    assert (checked.code, "has no photo folder" in checked.err) == (3, True)
    assert "--photos DIR --photos-url" in checked.err


def test_in_ukrainian(home: Home) -> None:
    """Words are translated, also those of the table's head."""
    at(home, "http://127.0.0.1:1/photos/")
    (home.shop / "photos" / "26901.jpg").write_text("not here yet")
    shown = home.run("photos", "check", "--lang", "uk").out
    assert "не зображення" in shown
    assert "що виправити" in shown
