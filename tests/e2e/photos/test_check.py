"""`torgsync photos check`: what a shop owner learns of the photos before buyers miss them."""

from __future__ import annotations

import csv
import socket
from io import StringIO
from pathlib import Path
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
        ["26902", "26902.jpg", "JPEG 90 × 120   small: take a larger one"],
    ]
    assert "1 photo belongs to no item: `of nobody.jpg`" in checked.out
    assert "which is on this machine or in a private network; it was not asked" in " ".join(
        checked.out.split()
    )
    (photos / "26903.jpg").write_bytes(picture()[:100])
    (photos / "26904.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    damaged = home.run("photos", "check", "26903", "26904").out
    assert "cut off or damaged, and not sent: put the photo" in damaged
    assert "HEIC is not sent: save it as JPEG" in damaged
    assert "not a picture" not in damaged
    assert "2 items with 0 photos; 2 without a photo" in damaged
    (photos / "26903.jpg").write_bytes(picture())
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
    unknown = home.run("photos", "check", "26902", "4444")
    assert (unknown.code, "no item with the id `4444`" in unknown.err) == (64, True)
    table = home.run("photos", "check", "26902,26903", "--format", "csv").out
    assert [row["flaws"] for row in csv.DictReader(StringIO(table))] == ["small", "", ""]


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("http://127.0.0.1:1/photos/", True),
        ("http://192.168.1.5/photos/", True),
        ("http://nas/photos/", True),
        ("https://nas.local/photos/", True),
        ("https://shop.example/photos/", False),
        ("rehearsed", False),
    ],
)
def test_an_address_that_prom_cannot_reach(home: Home, tmp_path: Path, url: str, hidden: bool) -> None:
    """Every command that speaks of photos says so, once; a Prom.ua for rehearsals can be reached."""
    url = home.server.url.replace("/api/v1", "/photos/") if url == "rehearsed" else url
    ran = home.run("object", "edit", "My Prom", "--photos-url", url)
    said = f"Prom.ua cannot fetch photos from `{url}`"
    for place in ("", str(tmp_path)):
        if place:
            ran = home.run("object", "edit", "My Prom", "--photos-publish", place)
        assert " ".join(ran.out.split()).count(said) == hidden
        checked = home.run("object", "check")
        assert " ".join(checked.out.split()).count(said) == hidden
        assert f"Prom.ua fetches them from `{url}`" not in checked.out or not hidden
        found = home.run("update", "--format", "json").json["findings"]
        messages = [one["message"] for one in found if one["code"] == "photo-unreachable"]
        assert messages == [f"{said}, which is on this machine or in a private network"] * hidden


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
    assert "52 photos: their addresses do not answer, for example `https://photos.example/26901.jpg`" in shown


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
